//! Grants on KMS keys, and the rows that lead to them.

use claviger_types::{GrantOperation, GrantOperations};

use super::*;
use crate::tables::grant_table::{
    GrantByGranteeRecord, GrantByNameRecord, GrantConstraint, GrantCountRecord, GrantPrincipal, GrantPurgeRecord,
    GrantRecord, GrantSetId, GrantSetRecord, RetirableGrantRecord,
};
use crate::tables::grantee_table::{ConstraintForm, FormCount, GrantForm, GranteeRecord, NameTag};

pub(super) const CHECKS: &[Check] = &[
    || check(&grants()),
    || check(&[GrantSetRecord { set: set() }]),
    || check(&[GrantCountRecord { count: 50_000 }]),
    || check(&[GrantByGranteeRecord { id: id() }]),
    || check(&[GrantByNameRecord { id: id() }]),
    || check(&[RetirableGrantRecord { set: set(), id: id() }]),
    || check(&[GranteeRecord { forms: forms().to_vec() }]),
    || check(&[GrantPurgeRecord { set: set() }]),
];

fn set() -> GrantSetId {
    GrantSetId::from([7; 16])
}

fn id() -> String {
    "1f".repeat(32)
}

fn grants() -> [GrantRecord; 3] {
    let grant = |name, retiring, operations: &[GrantOperation], constraint| GrantRecord {
        id: id(),
        set: set(),
        account: account(),
        key: key_id(),
        name,
        created: Timestamp(1_795_532_645_123),
        grantee: principal("arn:aws:iam::111122223333:role/ops", "AROAEXAMPLEEXAMPLE001"),
        retiring,
        issuer: account(),
        operations: operations.to_vec(),
        constraint,
    };
    let pairs = || [("tenant".to_owned(), "blue".to_owned())].into();
    let retiring = principal("arn:aws:iam::111122223333:user/ana", "AIDAEXAMPLEEXAMPLE001");
    [
        grant(None, None, &[GrantOperation::Sign], None),
        grant(Some("n".to_owned()), Some(retiring), GrantOperation::ALL, Some(GrantConstraint::Equals(pairs()))),
        grant(None, None, &[GrantOperation::Decrypt], Some(GrantConstraint::Subset(pairs()))),
    ]
}

fn principal(arn: &str, id: &str) -> GrantPrincipal {
    GrantPrincipal { arn: arn.to_owned(), id: id.to_owned() }
}

fn forms() -> [FormCount; 3] {
    let form = |operations: &[GrantOperation], constraint, count| {
        let operations: GrantOperations = operations.iter().copied().collect();
        FormCount { form: GrantForm { operations, constraint }, count }
    };
    [
        form(GrantOperation::ALL, ConstraintForm::None, 1),
        form(&[GrantOperation::Decrypt], ConstraintForm::Equals, 2),
        form(&[GrantOperation::Encrypt], ConstraintForm::Subset(vec![NameTag::from([3; 16])]), 50_000),
    ]
}
