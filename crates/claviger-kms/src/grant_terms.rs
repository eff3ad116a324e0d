//! The operations and the constraint that a request gives to a new grant.

use claviger_crypto::EncryptionContext;
use claviger_model::kms::GrantConstraints;
use claviger_store::tables::grant_table::GrantConstraint;
use claviger_types::{GrantOperation, KeySpec, KeyUsage};

use claviger_core::error::Error;

/// The most pairs of a constraint.
const PAIRS_MAX: usize = 8;

/// The most characters of a constraint's value.
const VALUE_CHARS_MAX: usize = 384;

const EQUALS: &str = "encryptionContextEquals";
const SUBSET: &str = "encryptionContextSubset";

/// The operations of a request, each once.
pub(crate) fn operations(given: &[String]) -> Result<Vec<GrantOperation>, Error> {
    let mut operations = Vec::new();
    for name in given {
        let operation = GrantOperation::parse(name).map_err(|error| Error::Validation(error.to_string()))?;
        if !operations.contains(&operation) {
            operations.push(operation);
        }
    }
    if operations.is_empty() {
        return Err(Error::Validation("A grant must allow at least one operation.".to_owned()));
    }
    Ok(operations)
}

/// The constraint of a request, checked as far as it does not depend on the key.
///
/// Terraform sends both members, one of them empty. An empty one is left out beside another. Alone it is refused, since it could
/// mean a grant without a constraint as well as one for requests without an encryption context.
pub(crate) fn constraint(given: Option<&GrantConstraints>) -> Result<Option<GrantConstraint>, Error> {
    let Some(GrantConstraints { encryption_context_equals: equals, encryption_context_subset: subset }) = given else {
        return Ok(None);
    };
    let with_pairs = |pairs: &Option<EncryptionContext>| pairs.clone().filter(|pairs| !pairs.is_empty());
    match (with_pairs(equals), with_pairs(subset)) {
        (Some(_), Some(_)) => {
            Err(Error::Validation("Specify either EncryptionContextEquals or EncryptionContextSubset.".to_owned()))
        }
        (Some(pairs), None) => {
            require_short(EQUALS, &pairs)?;
            Ok(Some(GrantConstraint::Equals(pairs)))
        }
        (None, Some(pairs)) => {
            require_short(SUBSET, &pairs)?;
            Ok(Some(GrantConstraint::Subset(pairs)))
        }
        (None, None) => match (equals, subset) {
            (None, None) => Ok(None),
            (Some(_), _) => Err(outside(EQUALS, "greater", 1)),
            (None, Some(_)) => Err(outside(SUBSET, "greater", 1)),
        },
    }
}

fn require_short(member: &str, pairs: &EncryptionContext) -> Result<(), Error> {
    if pairs.len() > PAIRS_MAX {
        return Err(outside(member, "less", PAIRS_MAX));
    }
    match pairs.iter().find(|(_, value)| value.chars().count() > VALUE_CHARS_MAX) {
        Some((name, _)) => Err(outside(&format!("{member}.{name}"), "less", VALUE_CHARS_MAX)),
        None => Ok(()),
    }
}

/// The error that a member of the constraint is too long or too short, in the words of a constraint of the model.
fn outside(member: &str, bound: &str, length: usize) -> Error {
    Error::Validation(format!(
        "1 validation error detected: Value at 'constraints.{member}' failed to satisfy constraint: Member must have length \
         {bound} than or equal to {length}"
    ))
}

/// Refuses operations and a constraint that do not fit the key.
pub(crate) fn require_fitting(
    spec: KeySpec,
    usage: KeyUsage,
    operations: &[GrantOperation],
    constraint: Option<&GrantConstraint>,
) -> Result<(), Error> {
    let valid = GrantOperation::fitting(spec, usage);
    let unfit: Vec<GrantOperation> = operations.iter().copied().filter(|given| !valid.contains(given)).collect();
    if !unfit.is_empty() {
        return Err(Error::Validation(format!(
            "Operations {} are not supported when creating a grant for {} KMS key with key usage {usage}. Valid operations are {}",
            listed(&unfit),
            kind(spec),
            listed(valid)
        )));
    }
    if constraint.is_some() && spec != KeySpec::SymmetricDefault {
        let text = "EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key.";
        return Err(Error::Validation(text.to_owned()));
    }
    Ok(())
}

fn kind(spec: KeySpec) -> &'static str {
    match spec {
        KeySpec::SymmetricDefault => "a symmetric encryption",
        spec if spec.is_asymmetric() => "an asymmetric",
        _ => "an HMAC",
    }
}

fn listed(operations: &[GrantOperation]) -> String {
    let names: Vec<&str> = operations.iter().map(|operation| operation.as_str()).collect();
    format!("[{}]", names.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn text<T: std::fmt::Debug>(refused: Result<T, Error>) -> String {
        match refused {
            Err(Error::Validation(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    fn pairs(count: usize, value: &str) -> EncryptionContext {
        (0..count).map(|number| (format!("n{number}"), value.to_owned())).collect()
    }

    #[test]
    fn operations_are_kept_once_in_their_order() {
        let given = ["Encrypt", "Decrypt", "Encrypt"].map(str::to_owned);
        assert_eq!(operations(&given).unwrap(), [GrantOperation::Encrypt, GrantOperation::Decrypt]);
        assert!(operations(&[]).is_err() && operations(&["ListKeys".to_owned()]).is_err());
    }

    #[test]
    fn constraints_have_bounds() {
        let equals = |pairs| {
            constraint(Some(&GrantConstraints {
                encryption_context_equals: Some(pairs),
                ..GrantConstraints::default()
            }))
        };
        assert_eq!(constraint(None).unwrap(), None);
        assert_eq!(constraint(Some(&GrantConstraints::default())).unwrap(), None);
        assert_eq!(equals(pairs(8, "v")).unwrap(), Some(GrantConstraint::Equals(pairs(8, "v"))));
        let start = "1 validation error detected: Value at 'constraints.encryptionContextEquals";
        let member = "failed to satisfy constraint: Member must have length";
        assert_eq!(text(equals(pairs(9, "v"))), format!("{start}' {member} less than or equal to 8"));
        assert_eq!(text(equals(pairs(0, "v"))), format!("{start}' {member} greater than or equal to 1"));
        assert!(equals(pairs(1, &"ä".repeat(384))).is_ok());
        assert_eq!(text(equals(pairs(1, &"v".repeat(385)))), format!("{start}.n0' {member} less than or equal to 384"));
        let one_empty = GrantConstraints {
            encryption_context_equals: Some(pairs(0, "v")),
            encryption_context_subset: Some(pairs(1, "v")),
        };
        assert_eq!(constraint(Some(&one_empty)).unwrap(), Some(GrantConstraint::Subset(pairs(1, "v"))));
        let both_empty = GrantConstraints { encryption_context_subset: Some(pairs(0, "v")), ..one_empty };
        assert_eq!(text(constraint(Some(&both_empty))), format!("{start}' {member} greater than or equal to 1"));
        let both = GrantConstraints {
            encryption_context_equals: Some(pairs(1, "v")),
            encryption_context_subset: Some(pairs(1, "v")),
        };
        text(constraint(Some(&both)));
    }

    #[test]
    fn operations_and_constraints_fit_the_key() {
        use GrantOperation::{Decrypt, GenerateDataKey, GenerateMac, Sign};
        let check =
            |spec, usage, operations: &[GrantOperation], constraint: Option<GrantConstraint>, expected: &str| {
                let found = require_fitting(spec, usage, operations, constraint.as_ref());
                assert_eq!(found.map_or_else(|error| text::<()>(Err(error)), |()| String::new()), expected);
            };
        let constraint = || Some(GrantConstraint::Subset(pairs(1, "v")));
        check(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, &[Decrypt, GenerateDataKey], constraint(), "");
        check(KeySpec::Rsa2048, KeyUsage::SignVerify, &[Sign], None, "");
        check(
            KeySpec::Rsa2048,
            KeyUsage::SignVerify,
            &[Sign, GenerateDataKey],
            None,
            "Operations [GenerateDataKey] are not supported when creating a grant for an asymmetric KMS key with key usage \
             SIGN_VERIFY. Valid operations are [Sign, Verify, GetPublicKey, CreateGrant, RetireGrant, DescribeKey]",
        );
        check(
            KeySpec::Hmac256,
            KeyUsage::GenerateVerifyMac,
            &[GenerateMac],
            constraint(),
            "EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key.",
        );
    }
}
