#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use claviger_types::{AccountId, KeyId, KeyOrigin, KeySpec, KeyUsage, Region, SecretArn};
use proptest::prelude::*;

use super::*;
use claviger_types::SeededRandom;

use crate::conformance::barrier;
use crate::memory::MemoryStore;
use crate::tables::group_table::{self, GroupRecord};
use crate::tables::iam_table::{self, AccessKeyRecord, Identity, RoleRecord, UserRecord};
use crate::tables::key_table::{self, AliasRecord, KeyRecord, KeyState, MultiRegion, Rotation};
use crate::tables::secret_table::{self, Deletion, Replication, SecretRecord};
use crate::tables::{Epoch, list, successor};
use crate::{Tx, commit_blocking};

/// The tables that hold nothing but index rows.
const INDEX_TABLES: [Table; 12] = [
    Table::AliasByKey,
    Table::KeyDue,
    Table::KeyOwner,
    Table::SecretDue,
    Table::SecretByAge,
    Table::AccessKeyByUser,
    Table::PolicyUse,
    Table::UserById,
    Table::GroupByName,
    Table::GroupMember,
    Table::InstanceProfileByRole,
    Table::AccountByAlias,
];

const HERE: &str = "eu-central-1";
const ELSEWHERE: &str = "eu-west-1";

/// A change of one record. The numbers choose among few names, so that records are replaced, renamed and made again.
#[derive(Debug, Clone)]
enum Change {
    SaveKey { key: usize, state: u8, rotates: bool, date: i64, replica: Option<bool> },
    DeleteKey(usize),
    SaveAlias { alias: usize, key: usize },
    DeleteAlias(usize),
    SaveSecret { secret: usize, created: i64, deletion: Option<i64>, replica: bool },
    DeleteSecret(usize),
    SaveUser { user: usize, id: u8, attached: Vec<u8>, boundary: Option<u8>, groups: Vec<u8> },
    DeleteUser(usize),
    RenameUser { from: usize, to: usize, save_first: bool },
    SaveGroup { group: usize, id: u8, attached: Vec<u8> },
    DeleteGroup(u8),
    SaveRole { role: usize, id: u8, attached: Vec<u8>, boundary: Option<u8> },
    DeleteRole(usize),
    SaveAccessKey { key: u8, user: u8 },
    DeleteAccessKey(u8),
    Commit,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    use Change::*;
    let policies = || prop::collection::btree_set(0..4_u8, 0..3).prop_map(Vec::from_iter);
    let boundary = || prop::option::of(0..4_u8);
    let change = prop_oneof![
        (0..3_usize, 0..5_u8, any::<bool>(), -2..3_i64, prop::option::of(any::<bool>()))
            .prop_map(|(key, state, rotates, date, replica)| SaveKey { key, state, rotates, date, replica }),
        (0..3_usize).prop_map(DeleteKey),
        (0..3_usize, 0..3_usize).prop_map(|(alias, key)| SaveAlias { alias, key }),
        (0..3_usize).prop_map(DeleteAlias),
        (0..3_usize, -2..3_i64, prop::option::of(-2..3_i64), any::<bool>())
            .prop_map(|(secret, created, deletion, replica)| SaveSecret { secret, created, deletion, replica }),
        (0..3_usize).prop_map(DeleteSecret),
        (0..4_usize, 0..3_u8, policies(), boundary(), policies())
            .prop_map(|(user, id, attached, boundary, groups)| SaveUser { user, id, attached, boundary, groups }),
        (0..4_usize).prop_map(DeleteUser),
        (0..4_usize, 0..4_usize, any::<bool>()).prop_map(|(from, to, save_first)| RenameUser { from, to, save_first }),
        (0..4_usize, 0..3_u8, policies()).prop_map(|(group, id, attached)| SaveGroup { group, id, attached }),
        (0..3_u8).prop_map(DeleteGroup),
        (0..3_usize, 0..3_u8, policies(), boundary()).prop_map(|(role, id, attached, boundary)| SaveRole {
            role,
            id,
            attached,
            boundary
        }),
        (0..3_usize).prop_map(DeleteRole),
        (0..3_u8, 0..3_u8).prop_map(|(key, user)| SaveAccessKey { key, user }),
        (0..3_u8).prop_map(DeleteAccessKey),
        Just(Commit),
    ];
    prop::collection::vec(change, 1..60)
}

/// IAM treats the first two as one name.
const NAMES: [&str; 4] = ["ada", "Ada", "bob", "eve"];

fn account() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

fn region(replica: bool) -> Region {
    Region::parse(if replica { ELSEWHERE } else { HERE }).unwrap()
}

fn key_id(number: usize) -> KeyId {
    KeyId::parse(&format!("0000000{number}-0000-4000-8000-000000000000")).unwrap()
}

fn epoch() -> Epoch {
    Epoch { counter: 1, region: region(false) }
}

fn key(number: usize, state: u8, rotates: bool, date: i64, replica: Option<bool>) -> KeyRecord {
    let multi_region = |replica| MultiRegion {
        primary: region(replica),
        replicas: vec![region(!replica)],
        epoch: epoch(),
        revision: 1,
        pending: Vec::new(),
        holders: Vec::new(),
        handover: None,
        former: Vec::new(),
        known_since: None,
    };
    KeyRecord {
        id: key_id(number),
        account: account(),
        created: Timestamp(0),
        description: String::new(),
        state: match state {
            0 => KeyState::Disabled,
            1 => KeyState::PendingDeletion { date: Timestamp(date) },
            2 => KeyState::Updating,
            _ => KeyState::Enabled,
        },
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: KeyOrigin::AwsKms,
        managed_by: None,
        policy: String::new().into(),
        tags: Vec::new(),
        rotation: Rotation { enabled: rotates, period_days: None, next: rotates.then_some(Timestamp(date)) },
        material_count: 0,
        current: None,
        multi_region: replica.map(multi_region),
        bound: Vec::new(),
        import: None,
        region: region(false),
    }
}

fn secret(number: usize, created: i64, deletion: Option<i64>, replica: bool) -> SecretRecord {
    let replication = Replication {
        primary: region(replica),
        epoch: epoch(),
        revision: 1,
        replicas: Vec::new(),
        generation: 0,
        succession: None,
        first_epoch: None,
        held_since: None,
    };
    SecretRecord {
        arn: SecretArn {
            region: region(false),
            account: account(),
            name: NAMES[number].into(),
            suffix: "AAAAAA".into(),
        },
        created: Timestamp(created),
        description: None,
        kms_key_id: None,
        tags: None,
        policy: None,
        kind: None,
        last_changed: Timestamp(created),
        last_accessed: None,
        deletion: deletion.map(|date| Deletion { requested: Timestamp(0), date: Timestamp(date) }),
        versions: Vec::new(),
        replication: Some(replication),
        bound: Vec::new(),
        rotation: None,
    }
}

fn identity(name: usize, id: u8, attached: &[u8], boundary: Option<u8>) -> Identity {
    let arn = |policy: u8| format!("arn:aws:iam::111122223333:policy/{policy}");
    Identity {
        account: account(),
        name: NAMES[name].to_owned(),
        path: "/".to_owned(),
        id: id.to_string(),
        created: Timestamp(0),
        tags: Vec::new(),
        attached: attached.iter().map(|policy| arn(*policy)).collect(),
        inline: Vec::new(),
        boundary: boundary.map(arn),
    }
}

fn user(identity: Identity, groups: &[u8]) -> UserRecord {
    UserRecord { identity, groups: groups.iter().map(u8::to_string).collect() }
}

fn role(identity: Identity) -> RoleRecord {
    RoleRecord { identity, trust: String::new().into(), description: None, max_session_secs: 3600, bound: Vec::new() }
}

fn access_key(key: u8, user: u8) -> AccessKeyRecord {
    AccessKeyRecord {
        id: format!("AKIA{key}"),
        account: account(),
        user: "ada".to_owned(),
        user_id: user.to_string(),
        created: Timestamp(0),
        active: true,
        secret: Vec::new(),
    }
}

fn apply(tx: &mut Tx<'_>, change: Change) {
    match change {
        Change::SaveKey { key: number, state, rotates, date, replica } => {
            save(tx, &key(number, state, rotates, date, replica)).unwrap();
        }
        Change::DeleteKey(number) => key_table::delete_key(tx, &key(number, 0, false, 0, None)).unwrap(),
        Change::SaveAlias { alias, key } => {
            let (name, target) = (format!("alias/{alias}"), key_id(key));
            let record = AliasRecord { account: account(), name, target, created: Timestamp(0), updated: Timestamp(0) };
            save(tx, &record).unwrap();
        }
        Change::DeleteAlias(alias) => key_table::delete_alias(tx, &account(), &format!("alias/{alias}")).unwrap(),
        Change::SaveSecret { secret: number, created, deletion, replica } => {
            save(tx, &secret(number, created, deletion, replica)).unwrap();
        }
        Change::DeleteSecret(number) => secret_table::delete_secret(tx, &secret(number, 0, None, false)).unwrap(),
        Change::SaveUser { user: name, id, attached, boundary, groups } => {
            save(tx, &user(identity(name, id, &attached, boundary), &groups)).unwrap();
        }
        Change::DeleteUser(name) => delete(tx, &user(identity(name, 0, &[], None), &[])).unwrap(),
        Change::SaveGroup { group: name, id, attached } => {
            let group = GroupRecord { identity: identity(name, id, &attached, None) };
            save(tx, &group).unwrap();
            let found = group_table::group_named(tx, &account(), NAMES[name]).unwrap().unwrap();
            assert!(found.identity.name.eq_ignore_ascii_case(NAMES[name]), "found by its name, old or new");
            assert_eq!(group_table::group_with_id(tx, &account(), &id.to_string()).unwrap(), Some(group));
        }
        Change::DeleteGroup(id) => {
            delete(tx, &GroupRecord { identity: identity(0, id, &[], None) }).unwrap();
            assert_eq!(group_table::group_with_id(tx, &account(), &id.to_string()).unwrap(), None);
        }
        Change::RenameUser { from, to, save_first } => {
            let Some(old) = iam_table::user(tx, &account(), NAMES[from]).unwrap() else { return };
            let mut new = old.clone();
            new.identity.name = NAMES[to].to_owned();
            if save_first && !NAMES[from].eq_ignore_ascii_case(NAMES[to]) {
                save(tx, &new).unwrap();
                delete(tx, &old).unwrap();
            } else {
                delete(tx, &old).unwrap();
                save(tx, &new).unwrap();
            }
            let found = iam_table::user_with_id(tx, &account(), &new.identity.id, "nobody").unwrap();
            assert!(found.is_some_and(|found| found.identity.id == new.identity.id));
        }
        Change::SaveRole { role: name, id, attached, boundary } => {
            save(tx, &role(identity(name, id, &attached, boundary))).unwrap();
        }
        Change::DeleteRole(name) => delete(tx, &role(identity(name, 0, &[], None))).unwrap(),
        Change::SaveAccessKey { key, user } => save(tx, &access_key(key, user)).unwrap(),
        Change::DeleteAccessKey(key) => delete(tx, &access_key(key, 0)).unwrap(),
        Change::Commit => unreachable!("committed by the caller"),
    }
}

type Rows = BTreeMap<Key, Vec<u8>>;

/// The index rows of all records of a table, computed from scratch.
fn computed<T: Indexed>(tx: &Tx<'_>) -> Vec<IndexRow> {
    let records = list::<T>(tx, &[T::TABLE as u8], None, usize::MAX).unwrap();
    records.into_iter().flat_map(|(_, record)| record.index(tx).unwrap()).collect()
}

fn check_index(tx: &Tx<'_>) {
    let mut rows = computed::<KeyRecord>(tx);
    rows.extend(computed::<AliasRecord>(tx));
    rows.extend(computed::<SecretRecord>(tx));
    rows.extend(computed::<UserRecord>(tx));
    rows.extend(computed::<GroupRecord>(tx));
    rows.extend(computed::<RoleRecord>(tx));
    rows.extend(computed::<AccessKeyRecord>(tx));
    let count = rows.len();
    let expected: Rows = rows.into_iter().map(|row| (row.key, row.value)).collect();
    assert_eq!(expected.len(), count, "two records share an index row");
    let mut stored = Rows::new();
    for table in INDEX_TABLES {
        let prefix = [table as u8];
        let rows = tx.scan(&prefix, &successor(&prefix), usize::MAX).unwrap();
        stored.extend(rows.into_iter().map(|(key, value)| (key, value.to_vec())));
    }
    assert_eq!(stored, expected);
}

proptest! {
    #[test]
    fn index_rows_are_those_of_the_records(changes in changes()) {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(2));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        for change in changes {
            if matches!(change, Change::Commit) {
                commit_blocking(&store, tx.into_batch()).unwrap();
                tx = Tx::begin(&store, &barrier, &random).unwrap();
            } else {
                apply(&mut tx, change);
            }
            check_index(&tx);
        }
    }
}

#[test]
fn work_is_due_by_state_and_role() {
    let due = |state, rotates, replica| key(0, state, rotates, 5, replica).due();
    let at = Some(Timestamp(5));
    assert_eq!((due(3, true, None), due(3, false, None)), (at, None));
    assert_eq!((due(0, true, None), due(2, true, None)), (None, None), "disabled, or being handed over");
    assert_eq!((due(1, true, None), due(1, false, Some(true))), (at, at), "pending deletion");
    assert_eq!((due(3, true, Some(false)), due(3, true, Some(true))), (at, None), "the primary rotates");
    assert_eq!(secret(0, 0, Some(5), false).due(), at);
    assert_eq!((secret(0, 0, None, false).due(), secret(0, 0, Some(5), true).due()), (None, None));
}
