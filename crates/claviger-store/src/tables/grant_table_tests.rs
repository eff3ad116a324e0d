#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::EncryptionContext;
use claviger_types::{KeyOrigin, KeySpec, KeyUsage, Region, SeededRandom};
use proptest::prelude::*;

use super::*;
use crate::conformance::barrier;
use crate::memory::MemoryStore;
use crate::tables::grantee_table::{FORMS_PER_GRANTEE, GrantQuery};
use crate::tables::key_table::{KeyRecord, KeyState, Rotation};
use crate::tables::{fetch, key_table};
use crate::{Tx, commit_blocking};

fn account() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

fn key() -> KeyId {
    KeyId::parse("00000001-0000-4000-8000-000000000000").unwrap()
}

fn principal(id: &str) -> GrantPrincipal {
    GrantPrincipal { arn: format!("arn:{id}"), id: id.to_owned() }
}

fn record(number: usize, set: GrantSetId) -> GrantRecord {
    GrantRecord {
        id: format!("{number:064x}"),
        set,
        account: account(),
        key: key(),
        name: None,
        created: Timestamp(1),
        grantee: principal("AIDAGRANTEE"),
        retiring: None,
        issuer: account(),
        operations: vec![GrantOperation::Decrypt],
        constraint: None,
    }
}

fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Runs a change in a transaction of its own and commits it.
fn change<T>(store: &MemoryStore, run: impl FnOnce(&mut Tx<'_>) -> T) -> T {
    let (barrier, random) = (barrier(1), SeededRandom::new(1));
    let mut tx = Tx::begin(store, &barrier, &random).unwrap();
    let result = run(&mut tx);
    if tx.has_writes() {
        commit_blocking(store, tx.into_batch()).unwrap();
    }
    result
}

fn new_set(store: &MemoryStore) -> GrantSetId {
    change(store, |tx| grant_set_or_new(tx, &account(), &key(), &SeededRandom::new(7)).unwrap())
}

/// The number of rows of all tables of grants.
fn rows(store: &MemoryStore) -> usize {
    change(store, |tx| {
        let tables = Table::Grant as u8..=Table::GrantPurge as u8;
        tables.map(|table| tx.scan(&[table], &[table + 1], usize::MAX).unwrap().len()).sum()
    })
}

fn decrypts(tx: &Tx<'_>, set: &GrantSetId, given: &EncryptionContext) -> bool {
    let operations = [GrantOperation::Decrypt].into_iter().collect();
    GrantQuery::with_context(operations, given).is_allowed(tx, set, "AIDAGRANTEE").unwrap()
}

#[test]
fn a_grant_is_found_by_each_of_its_names() {
    let store = MemoryStore::new();
    let set = new_set(&store);
    let mut grant = record(1, set);
    grant.name = Some("backup".into());
    grant.retiring = Some(principal("AROARETIRING"));
    change(&store, |tx| save_new_grant(tx, &grant).unwrap().unwrap());
    change(&store, |tx| {
        assert_eq!(grant_set(tx, &account(), &key()).unwrap(), Some(set));
        assert_eq!(grant_set_or_new(tx, &account(), &key(), &SeededRandom::new(8)).unwrap(), set);
        assert_eq!(super::grant(tx, &set, &grant.id).unwrap().as_ref(), Some(&grant));
        let lists = [
            grants(tx, &set, None, 9).unwrap(),
            grants_of_grantee(tx, &set, "AIDAGRANTEE", None, 9).unwrap(),
            retirable_grants(tx, "AROARETIRING", None, 9).unwrap(),
        ];
        assert!(lists.iter().all(|list| list.len() == 1 && list[0].1 == grant));
        assert!(grants_of_grantee(tx, &set, "AROARETIRING", None, 9).unwrap().is_empty());
        assert!(retirable_grants(tx, "AIDAGRANTEE", None, 9).unwrap().is_empty());
        assert!(decrypts(tx, &set, &context(&[])));
    });
    change(&store, |tx| delete_grant(tx, &grant).unwrap());
    change(&store, |tx| {
        assert_eq!(grant_count(tx, &set).unwrap(), 0);
        assert!(!decrypts(tx, &set, &context(&[])));
    });
    // The set and its count stay.
    assert_eq!(rows(&store), 2);
}

#[test]
fn a_named_grant_is_found_again_if_all_else_is_the_same() {
    let store = MemoryStore::new();
    let set = new_set(&store);
    let constraint = GrantConstraint::Equals(context(&[("a", "1")]));
    let named = GrantRecord { name: Some("n".into()), constraint: Some(constraint), ..record(1, set) };
    change(&store, |tx| save_new_grant(tx, &named).unwrap().unwrap());
    let found = |other: &GrantRecord| {
        change(&store, |tx| grant_named_alike(tx, other).unwrap().map(|grant| grant.id)) == Some(named.id.clone())
    };
    let again = GrantRecord { id: "2".into(), created: Timestamp(9), ..named.clone() };
    assert!(found(&again));
    for other in [
        GrantRecord { name: Some("m".into()), ..again.clone() },
        GrantRecord { grantee: principal("AIDAOTHER"), ..again.clone() },
        GrantRecord { retiring: Some(principal("AIDAGRANTEE")), ..again.clone() },
        GrantRecord { operations: vec![GrantOperation::Encrypt], ..again.clone() },
        GrantRecord { constraint: None, ..again.clone() },
        GrantRecord { constraint: Some(GrantConstraint::Subset(context(&[("a", "1")]))), ..again.clone() },
        GrantRecord { constraint: Some(GrantConstraint::Equals(context(&[("a", "2")]))), ..again.clone() },
        GrantRecord { issuer: AccountId::parse("444455556666").unwrap(), ..again.clone() },
    ] {
        assert!(!found(&other), "{other:?}");
    }
}

#[test]
fn a_key_that_was_deleted_has_no_grants_and_its_rows_go_in_batches() {
    let store = MemoryStore::new();
    let set = new_set(&store);
    change(&store, |tx| {
        for number in 0..10 {
            let name = Some(format!("n{number}"));
            let retiring = Some(principal("AROARETIRING"));
            save_new_grant(tx, &GrantRecord { name, retiring, ..record(number, set) }).unwrap().unwrap();
        }
    });
    change(&store, |tx| drop_grants(tx, &account(), &key()).unwrap());
    change(&store, |tx| assert_eq!(grant_set(tx, &account(), &key()).unwrap(), None));
    // A key of the same id, made again, has a set of its own.
    let next = change(&store, |tx| grant_set_or_new(tx, &account(), &key(), &SeededRandom::new(9)).unwrap());
    assert_ne!(next, set);
    change(&store, |tx| assert!(!decrypts(tx, &next, &context(&[]))));

    let (due, purged) = change(&store, |tx| purges_due(tx, Timestamp(5), 9).unwrap()).into_iter().next().unwrap();
    assert_eq!(purged, set);
    change(&store, |tx| assert!(!purge_grants(tx, &set, 4).unwrap()));
    change(&store, |tx| assert_eq!(grants(tx, &set, None, 99).unwrap().len(), 6));
    change(&store, |tx| assert!(!purge_grants(tx, &set, 4).unwrap()));
    change(&store, |tx| {
        assert!(purge_grants(tx, &set, 4).unwrap());
        tx.delete(due).unwrap();
    });
    // The set of the key that was made again.
    assert_eq!(rows(&store), 1);
}

/// The rows of forms and the index lead to a grant, and the grant itself decides.
#[test]
fn no_grant_is_allowed_by_its_index_rows_alone() {
    let (blue, empty) = (context(&[("tenant", "blue")]), context(&[]));
    for constraint in [None, Some(GrantConstraint::Equals(blue.clone())), Some(GrantConstraint::Subset(blue.clone()))] {
        let store = MemoryStore::new();
        let set = new_set(&store);
        let grant = GrantRecord { constraint: constraint.clone(), ..record(1, set) };
        change(&store, |tx| save_new_grant(tx, &grant).unwrap().unwrap());
        let asks = |query: &dyn Fn() -> GrantQuery<'static>| {
            change(&store, |tx| query().is_allowed(tx, &set, "AIDAGRANTEE").unwrap())
        };
        let decrypt = || [GrantOperation::Decrypt].into_iter().collect();
        let without_context = || asks(&|| GrantQuery::without_context(decrypt()));
        assert!(change(&store, |tx| decrypts(tx, &set, &blue)) && without_context(), "{constraint:?}");
        let red = Some(GrantConstraint::Equals(context(&[("tenant", "red")])));
        for (other, allows_context) in [
            (GrantRecord { operations: vec![GrantOperation::Encrypt], ..grant.clone() }, false),
            (GrantRecord { grantee: principal("AIDAOTHER"), ..grant.clone() }, false),
            (GrantRecord { constraint: red, ..grant.clone() }, true),
        ] {
            change(&store, |tx| put(tx, grant_row(tx, &set, &grant.id), &other).unwrap());
            assert!(!change(&store, |tx| decrypts(tx, &set, &blue)), "{other:?}");
            assert!(!change(&store, |tx| decrypts(tx, &set, &empty)), "{other:?}");
            assert_eq!(without_context(), allows_context, "{other:?}");
        }
        change(&store, |tx| tx.delete(grant_row(tx, &set, &grant.id)).unwrap());
        assert!(!change(&store, |tx| decrypts(tx, &set, &blue)) && !without_context(), "{constraint:?}");
    }
}

fn key_record(id: KeyId) -> KeyRecord {
    KeyRecord {
        id,
        account: account(),
        created: Timestamp(1),
        description: String::new(),
        state: KeyState::Enabled,
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: KeyOrigin::AwsKms,
        managed_by: None,
        policy: "{}".into(),
        tags: Vec::new(),
        rotation: Rotation::default(),
        material_count: 0,
        current: None,
        multi_region: None,
        bound: Vec::new(),
        region: Region::parse("eu-central-1").unwrap(),
        import: None,
    }
}

#[test]
fn deleting_a_key_drops_its_own_grants_and_no_others() {
    let store = MemoryStore::new();
    let set = new_set(&store);
    let with_grants = key_record(key());
    let without = key_record(KeyId::parse("00000002-0000-4000-8000-000000000000").unwrap());
    change(&store, |tx| {
        key_table::save_key(tx, &with_grants).unwrap();
        key_table::save_key(tx, &without).unwrap();
        save_new_grant(tx, &record(1, set)).unwrap().unwrap();
    });
    let before = rows(&store);
    change(&store, |tx| key_table::delete_key(tx, &without).unwrap());
    assert_eq!(rows(&store), before);
    change(&store, |tx| {
        assert!(key_table::key(tx, &account(), &without.id).unwrap().is_none());
        assert!(purges_due(tx, Timestamp(5), 9).unwrap().is_empty());
        assert!(decrypts(tx, &set, &context(&[])));
    });
    change(&store, |tx| key_table::delete_key(tx, &with_grants).unwrap());
    change(&store, |tx| {
        assert_eq!(grant_set(tx, &account(), &key()).unwrap(), None);
        let due: Vec<GrantSetId> = purges_due(tx, Timestamp(5), 9).unwrap().into_iter().map(|(_, set)| set).collect();
        assert_eq!(due, [set]);
    });
}

#[test]
fn a_key_has_a_most_of_grants_and_a_grantee_a_most_of_forms() {
    let store = MemoryStore::new();
    let set = new_set(&store);
    change(&store, |tx| {
        let row = count_row(tx, &set);
        put(tx, row, &GrantCountRecord { count: GRANTS_PER_KEY - 1 }).unwrap();
        assert_eq!(save_new_grant(tx, &record(1, set)).unwrap(), Ok(()));
        assert_eq!(save_new_grant(tx, &record(2, set)).unwrap(), Err(GrantLimit::Grants));
        assert_eq!(super::grant(tx, &set, &record(2, set).id).unwrap(), None);
        delete_grant(tx, &record(1, set)).unwrap();
        assert_eq!(save_new_grant(tx, &record(2, set)).unwrap(), Ok(()));
        delete_grant(tx, &record(2, set)).unwrap();
        let row = count_row(tx, &set);
        put(tx, row, &GrantCountRecord { count: 0 }).unwrap();

        let of_form = |number: usize| GrantRecord {
            constraint: Some(GrantConstraint::Subset(context(&[(&format!("name{number}"), "v")]))),
            ..record(number, set)
        };
        for number in 0..FORMS_PER_GRANTEE {
            assert_eq!(save_new_grant(tx, &of_form(number)).unwrap(), Ok(()));
        }
        assert_eq!(save_new_grant(tx, &of_form(FORMS_PER_GRANTEE)).unwrap(), Err(GrantLimit::Forms));
        // A further grant of a known form, and one of another grantee.
        assert_eq!(save_new_grant(tx, &GrantRecord { id: "x".into(), ..of_form(0) }).unwrap(), Ok(()));
        let other = GrantRecord { grantee: principal("AIDAOTHER"), ..of_form(FORMS_PER_GRANTEE) };
        assert_eq!(save_new_grant(tx, &other).unwrap(), Ok(()));
        delete_grant(tx, &of_form(1)).unwrap();
        assert_eq!(save_new_grant(tx, &of_form(FORMS_PER_GRANTEE)).unwrap(), Ok(()));
        let grantee = grantee_table::grantee_row(tx, &set, "AIDAGRANTEE");
        let forms = fetch::<grantee_table::GranteeRecord>(tx, &grantee).unwrap().unwrap().forms;
        assert_eq!(forms.iter().map(|known| known.count as usize).sum::<usize>(), FORMS_PER_GRANTEE + 1);
    });
}

fn constraints() -> impl Strategy<Value = Option<GrantConstraint>> {
    let pairs = prop::collection::btree_map("[aAb]", "[12]", 1..4);
    prop::option::weighted(0.8, (any::<bool>(), pairs)).prop_map(|constraint| {
        let (is_equals, pairs) = constraint?;
        Some(if is_equals { GrantConstraint::Equals(pairs) } else { GrantConstraint::Subset(pairs) })
    })
}

fn operations() -> impl Strategy<Value = Vec<GrantOperation>> {
    use GrantOperation::{CreateGrant, Decrypt, DescribeKey, Encrypt};
    prop::sample::subsequence(vec![Decrypt, Encrypt, DescribeKey, CreateGrant], 1..4)
}

const GRANTEES: [&str; 2] = ["AIDAGRANTEE", "AIDAOTHER"];

/// The grantee's number, the operations and the constraint of a grant.
type Made = (usize, Vec<GrantOperation>, Option<GrantConstraint>);

proptest! {
    /// The answers from the index are those that reading every grant gives.
    #[test]
    fn the_index_allows_what_some_grant_allows(
        made in prop::collection::vec((0..2_usize, operations(), constraints()), 0..12),
        deleted in prop::collection::btree_set(0..12_usize, 0..6),
        given in prop::collection::btree_map("[aAbc]", "[12]", 0..4),
        child in constraints(),
        needed in operations(),
    ) {
        let store = MemoryStore::new();
        let set = new_set(&store);
        let grant = |(number, (who, operations, constraint)): (usize, Made)| GrantRecord {
            grantee: principal(GRANTEES[who]),
            operations,
            constraint,
            ..record(number, set)
        };
        let all: Vec<GrantRecord> = made.into_iter().enumerate().map(grant).collect();
        change(&store, |tx| all.iter().for_each(|grant| save_new_grant(tx, grant).unwrap().unwrap()));
        let is_gone = |number: &usize| deleted.contains(number);
        let (gone, left): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(number, _)| is_gone(number));
        change(&store, |tx| gone.iter().for_each(|(_, grant)| delete_grant(tx, grant).unwrap()));

        let needed: GrantOperations = needed.into_iter().collect();
        for grantee in GRANTEES {
            let constraints = || {
                let fits = |grant: &GrantRecord| grant.grantee.id == grantee && grant.operation_set().has_all(needed);
                left.iter().filter(move |(_, grant)| fits(grant)).map(|(_, grant)| grant.constraint.as_ref())
            };
            let admitted = constraints().any(|own| own.is_none_or(|own| own.admits(&given)));
            let admitted_child = constraints().any(|own| own.is_none_or(|own| own.admits_child(child.as_ref())));
            change(&store, |tx| {
                let asks = |query: GrantQuery<'_>| query.is_allowed(tx, &set, grantee).unwrap();
                assert_eq!(asks(GrantQuery::with_context(needed, &given)), admitted);
                assert_eq!(asks(GrantQuery::for_child(needed, child.as_ref())), admitted_child);
                assert_eq!(asks(GrantQuery::without_context(needed)), constraints().next().is_some());
            });
        }
        change(&store, |tx| assert_eq!(grant_count(tx, &set).unwrap() as usize, left.len()));
        change(&store, |tx| left.iter().for_each(|(_, grant)| delete_grant(tx, grant).unwrap()));
        prop_assert_eq!(rows(&store), if all.is_empty() { 1 } else { 2 });
    }
}
