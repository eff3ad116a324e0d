//! The answer of each operation for a key in each state (reference: AWS KMS Developer Guide, "Key states of AWS KMS keys").

mod setup;
mod subject;
mod table;

use std::collections::BTreeSet;

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::KeyState;
use claviger_tests::{CENTRAL, Regions, WEST, code_of, key_arn};

use self::setup::{imported_key_in, key_in};
use self::subject::{Subject, grant_on};
use self::table::{Cell, IMPORTED, NOT_IN_KEY_STORES, TABLE, UNAVAILABLE, WITHOUT_A_KEY};
use super::key_stores::Setting;
use crate::support::{await_state, encrypt, related, single};

/// The states that a key can be brought into, with their column of the table. A key that waits for its replicas' deletion is
/// answered like one that waits for its own.
const STATES: [(KeyState, usize); 6] = [
    (KeyState::Enabled, 0),
    (KeyState::Disabled, 1),
    (KeyState::PendingDeletion, 2),
    (KeyState::PendingReplicaDeletion, 2),
    (KeyState::Updating, 3),
    (KeyState::Creating, 4),
];

const IMPORTED_STATES: [KeyState; 5] =
    [KeyState::Enabled, KeyState::Disabled, KeyState::PendingDeletion, KeyState::PendingImport, KeyState::Updating];

#[test]
fn every_operation_on_a_key_is_in_every_table() {
    let wanted: BTreeSet<&str> =
        claviger_kms::TABLE.iter().map(|entry| entry.name).filter(|name| !WITHOUT_A_KEY.contains(name)).collect();
    let operations =
        |rows: &[&'static str]| rows.iter().map(|row| row.split(' ').next().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(operations(&TABLE.iter().map(|(row, _)| *row).collect::<Vec<_>>()), wanted);
    assert_eq!(operations(&IMPORTED.iter().map(|(row, _)| *row).collect::<Vec<_>>()), wanted);
    let in_key_stores: Vec<&str> =
        UNAVAILABLE.iter().map(|(row, _)| *row).chain(NOT_IN_KEY_STORES.iter().copied()).collect();
    assert_eq!(operations(&in_key_stores), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_in_every_state() {
    let regions = Regions::start().await;
    let mut walk = Walk::new(&regions).await;
    for (state, column) in &STATES {
        let cells = TABLE.iter().map(|(operation, cells)| (*operation, cells[*column]));
        let (shared, own): (Vec<_>, Vec<_>) = cells.partition(|(operation, _)| leaves_the_key(operation));
        walk.check(state, key_in(&regions, state, "Encrypt").await, &shared).await;
        for row in own {
            walk.check(state, key_in(&regions, state, row.0).await, &[row]).await;
        }
    }
    walk.end();
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_in_every_state_of_imported_keys() {
    let regions = Regions::start().await;
    let mut walk = Walk::new(&regions).await;
    for (column, state) in IMPORTED_STATES.iter().enumerate() {
        let cells = IMPORTED.iter().map(|(operation, cells)| (*operation, cells[column]));
        let (shared, own): (Vec<_>, Vec<_>) = cells.partition(|(operation, _)| leaves_the_key(operation));
        walk.check(state, imported_key_in(&regions, state, "Encrypt").await, &shared).await;
        for row in own {
            walk.check(state, imported_key_in(&regions, state, row.0).await, &[row]).await;
        }
    }
    walk.end();
    regions.stop().await;
}

/// A walk through a table.
struct Walk<'a> {
    regions: &'a Regions,
    /// A key of each region, for operations that need another one.
    other_keys: [(&'static str, String); 2],
    number: usize,
    wrong: Vec<String>,
}

impl<'a> Walk<'a> {
    async fn new(regions: &'a Regions) -> Walk<'a> {
        let other_keys = [(CENTRAL, single(regions, CENTRAL).await), (WEST, single(regions, WEST).await)];
        Walk { regions, other_keys, number: 0, wrong: Vec::new() }
    }

    /// Calls operations on a key in a state.
    async fn check(&mut self, state: &KeyState, mut subject: Subject<'_>, rows: &[(&str, Cell)]) {
        let other_key = self.other_keys.iter().find(|(region, _)| *region == subject.region).unwrap().1.clone();
        for (operation, cell) in rows {
            self.number += 1;
            let difference = subject.check(operation, &other_key, self.number, *cell).await;
            self.wrong.extend(difference.map(|text| format!("{operation} in {state}: {text}")));
        }
        self.regions.cut(CENTRAL, WEST, false);
    }

    fn end(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.number > 200);
    }
}

/// Whether an operation on a symmetric key leaves it as it was for the operations after it, so that they can share the key.
fn leaves_the_key(operation: &str) -> bool {
    let kept = [
        "CreateAlias",
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GetKeyLastUsage",
        "GetKeyPolicy",
        "GetKeyRotationStatus",
        "GetParametersForImport",
        "ListAliases",
        "ListGrants",
        "ListKeyPolicies",
        "ListKeyRotations",
        "ListResourceTags",
        "PutKeyPolicy",
        "ReEncrypt from",
        "ReEncrypt to",
        "TagResource",
        "UntagResource",
        "UpdateAlias to",
        "UpdateKeyDescription",
    ];
    kept.contains(&operation)
}

/// The column Unavailable.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_on_an_unavailable_key() {
    let setting = Setting::new().await;
    let regions = &setting.regions;
    let store = setting.connected("vault").await;
    let other_key = single(regions, CENTRAL).await;
    let mut subjects = Vec::new();
    for number in 0..UNAVAILABLE.len() {
        let key = setting.key(&store, &format!("key-{}", number + 1)).await;
        let mut subject = Subject::new(regions, CENTRAL, key.clone());
        subject.blob = encrypt(regions, CENTRAL, &key, "x").await;
        subject.add_alias().await;
        subject.grant = grant_on(regions, CENTRAL, &key).await.unwrap().grant_id.unwrap();
        subjects.push(subject);
    }
    setting.disconnect(&store).await;
    let mut wrong = Vec::new();
    for (number, (mut subject, (operation, cell))) in subjects.into_iter().zip(UNAVAILABLE).enumerate() {
        let difference = subject.check(operation, &other_key, number, *cell).await;
        wrong.extend(difference.map(|text| format!("{operation}: {text}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_not_made_yet() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = related(&regions, &[CENTRAL]).await;
    regions.cut(CENTRAL, WEST, true);
    let answer = kms.replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
    assert_eq!(answer.replica_key_metadata.unwrap().key_state, Some(KeyState::Creating));
    // In its own region the replica does not exist yet, or is being made. In neither case can it be used.
    let used = regions.kms(WEST).encrypt().key_id(&key).plaintext(Blob::new("x")).send().await;
    let arn = key_arn(WEST, &key);
    let allowed = [
        ("NotFoundException".to_owned(), format!("Key '{arn}' does not exist")),
        ("KMSInvalidStateException".to_owned(), format!("{arn} is creating.")),
    ];
    assert!(allowed.contains(&code_of(&used)), "{used:?}");
    let handed = kms.update_primary_region().key_id(&key).primary_region(WEST).send().await;
    assert_eq!(code_of(&handed), ("KMSInvalidStateException".to_owned(), format!("{arn} is creating.")));
    regions.cut(CENTRAL, WEST, false);
    await_state(&regions, WEST, &key, KeyState::Enabled).await;
    regions.stop().await;
}
