use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use claviger_types::{Region, SecretArn, SeededRandom, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::conformance::barrier;
use crate::memory::MemoryStore;
use crate::sqlite::SqliteStore;
use crate::tables::secret_table::{
    ListedSecret, Replication, SecretRecord, delete_secret, save_secret, secret, secret_row, secrets,
    secrets_newest_first,
};
use crate::tables::{Epoch, Table, Tag};
use crate::{Barrier, RowCache, Store, commit_blocking};

/// No restriction.
const ALL: Restriction = Restriction { names: None, attributes: Vec::new() };

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// Every order that a list may ask for.
const ORDERS: [SecretOrder; 8] = {
    const fn order(by: SortedBy, descending: bool) -> SecretOrder {
        SecretOrder { by, descending }
    }
    [
        order(SortedBy::Name, false),
        order(SortedBy::Name, true),
        order(SortedBy::Created, false),
        order(SortedBy::Created, true),
        order(SortedBy::Changed, false),
        order(SortedBy::Changed, true),
        order(SortedBy::Accessed, false),
        order(SortedBy::Accessed, true),
    ]
};

fn account(n: usize) -> AccountId {
    AccountId::parse(ACCOUNTS[n]).unwrap()
}

fn record(account: usize, name: &str, dates: [i64; 3]) -> SecretRecord {
    let arn = format!("arn:aws:secretsmanager:us-east-1:{}:secret:{name}-a1B2c3", ACCOUNTS[account]);
    SecretRecord {
        arn: SecretArn::parse(&arn).unwrap(),
        created: Timestamp(dates[0]),
        description: None,
        kms_key_id: None,
        tags: None,
        policy: None,
        kind: None,
        last_changed: Timestamp(dates[1]),
        last_accessed: (dates[2] != 0).then_some(Timestamp(dates[2])),
        deletion: None,
        versions: Vec::new(),
        replication: None,
        bound: Vec::new(),
        rotation: None,
    }
}

struct Site<'s> {
    store: &'s dyn Store,
    barrier: Barrier,
    random: SeededRandom,
    orders: SecretOrders,
}

impl<'s> Site<'s> {
    fn new(store: &'s dyn Store, bytes_max: usize) -> Site<'s> {
        let orders = SecretOrders::with_limit(bytes_max);
        // From the beginning, so that transactions that began before the first list can also list.
        store.watch(&[Table::Secret as u8]);
        Site { store, barrier: barrier(1), random: SeededRandom::new(1), orders }
    }

    fn begin(&self) -> Tx<'_> {
        Tx::begin(self.store, &self.barrier, &self.random).unwrap()
    }

    fn write(&self, change: impl Fn(&mut Tx<'_>)) {
        loop {
            let mut tx = self.begin();
            change(&mut tx);
            let done = commit_blocking(self.store, tx.into_batch());
            if done != Err(Error::Conflict) {
                assert!(done.is_ok(), "{done:?}");
                return;
            }
        }
    }

    fn save(&self, account: usize, name: &str, dates: [i64; 3]) {
        self.save_tagged(account, name, dates, &[]);
    }

    fn save_tagged(&self, account: usize, name: &str, dates: [i64; 3], tags: &[(String, String)]) {
        let tag = |(key, value): &(String, String)| Tag { key: key.clone(), value: value.clone() };
        let tags = (!tags.is_empty()).then(|| tags.iter().map(tag).collect());
        // A secret of an odd date is a replica.
        let primary = Replication {
            primary: Region::parse("eu-west-1").unwrap(),
            epoch: Epoch { counter: 1, region: Region::parse("eu-west-1").unwrap() },
            revision: 1,
            replicas: Vec::new(),
            generation: 1,
            succession: None,
            first_epoch: None,
            held_since: None,
        };
        let replication = (dates[0] % 2 == 1).then_some(primary);
        let record = SecretRecord { tags, replication, ..record(account, name, dates) };
        self.write(|tx| save_secret(tx, &record).unwrap());
    }

    fn delete(&self, owner: usize, name: &str) {
        self.write(|tx| {
            if let Some(record) = secret(tx, &account(owner), name).unwrap() {
                delete_secret(tx, &record).unwrap();
            }
        });
    }

    /// All pages of a list, put together.
    fn listed(&self, tx: &Tx<'_>, owner: usize, order: SecretOrder, size: usize) -> Vec<String> {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = self.orders.next(tx, &account(owner), &ALL, order, after.as_ref(), size).unwrap();
            let Some(last) = page.last() else { return names };
            // A marker is bytes.
            after = Some(SecretPlace::from_bytes(&last.to_bytes()).unwrap());
            names.extend(page.iter().map(|place| place.name.to_string()));
        }
    }

    /// All pages of a list with a restriction, put together, and how many secrets it came to.
    fn listed_of(
        &self,
        tx: &Tx<'_>,
        owner: usize,
        restriction: &Restriction,
        order: SecretOrder,
        size: usize,
    ) -> (Vec<String>, usize) {
        let (mut names, mut examined, mut after) = (Vec::new(), 0, None);
        loop {
            let page = self.orders.list(tx, &account(owner), restriction, order, after.as_ref(), size).unwrap();
            let Some((last, _)) = page.last() else { return (names, examined) };
            after = Some(SecretPlace::from_bytes(last).unwrap());
            examined += page.len();
            let records = page.into_iter().filter_map(|(_, record)| record);
            names.extend(records.filter(|record| fits(restriction, record)).map(|record| record.arn.name.clone()));
        }
    }
}

/// The model: all secrets of the snapshot, compared member by member.
fn sorted(tx: &Tx<'_>, owner: usize, order: SecretOrder) -> Vec<String> {
    sorted_of(tx, owner, &ALL, order)
}

/// The model of a list with a restriction.
fn sorted_of(tx: &Tx<'_>, owner: usize, restriction: &Restriction, order: SecretOrder) -> Vec<String> {
    let rows = secrets(tx, &account(owner), None, usize::MAX).unwrap();
    let fits = |record: &SecretRecord| fits(restriction, record);
    let mut records: Vec<SecretRecord> = rows.into_iter().map(|(_, record)| record).filter(fits).collect();
    let directed = |ordering: std::cmp::Ordering| if order.descending { ordering.reverse() } else { ordering };
    records.sort_by(|a, b| {
        let names = a.arn.name.cmp(&b.arn.name);
        match order.by {
            SortedBy::Name => directed(names),
            SortedBy::Created => directed(a.created.cmp(&b.created)).then(names),
            SortedBy::Changed => directed(a.last_changed.cmp(&b.last_changed)).then(names),
            SortedBy::Accessed => directed(a.last_accessed.cmp(&b.last_accessed)).then(names),
        }
    });
    records.into_iter().map(|record| record.arn.name).collect()
}

fn fits(restriction: &Restriction, record: &SecretRecord) -> bool {
    let has = |(attribute, prefixes): &(SecretAttribute, Prefixes)| {
        attribute.values(record).iter().any(|value| prefixes.begin(value))
    };
    restriction.may_name(&record.arn.name) && restriction.attributes.iter().all(has)
}

#[track_caller]
fn check(dates: &[(&str, [i64; 3])], order: SecretOrder, expected: &str) {
    let store = MemoryStore::new();
    let site = Site::new(&store, BYTES_MAX);
    dates.iter().for_each(|(name, dates)| site.save(0, name, *dates));
    let tx = site.begin();
    assert_eq!(site.listed(&tx, 0, order, 3).join(" "), expected, "{order:?}");
    assert_eq!(sorted(&tx, 0, order).join(" "), expected, "{order:?}");
}

#[test]
fn secrets_with_equal_dates_are_ordered_by_name() {
    let dates = [("a", [3, 10, 0]), ("ab", [1, 30, 5]), ("b", [2, 20, -5]), ("c", [2, 20, 5])];
    let check = |by, descending, expected| check(&dates, SecretOrder { by, descending }, expected);
    check(SortedBy::Created, true, "a b c ab");
    check(SortedBy::Created, false, "ab b c a");
    check(SortedBy::Name, false, "a ab b c");
    check(SortedBy::Name, true, "c b ab a");
    check(SortedBy::Changed, true, "ab b c a");
    check(SortedBy::Accessed, true, "ab c b a");
    check(SortedBy::Accessed, false, "a b ab c");
}

#[derive(Debug, Clone)]
enum Step {
    Save(usize, u8, [i64; 3], Vec<(String, String)>),
    Delete(usize, u8),
    /// Begins a transaction that lists later.
    Begin,
    /// Lists in a transaction that began earlier, perhaps before others that have listed already.
    List {
        begun: usize,
        owner: usize,
        order: usize,
        size: usize,
        restriction: Restriction,
    },
}

fn restriction() -> impl Strategy<Value = Restriction> {
    let prefixes = |texts: Vec<String>| Prefixes::new(texts.iter().map(String::as_str));
    let names = proptest::option::of(vec("1?[0-3]?", 1..3).prop_map(prefixes));
    let attribute = prop_oneof![
        (Just(SecretAttribute::TagKey), vec("[ab]{0,2}", 1..3)),
        (Just(SecretAttribute::TagValue), vec("[ab]{0,2}", 1..3)),
        (Just(SecretAttribute::PrimaryRegion), vec("(eu-west-1)?", 1..2)),
    ];
    let attribute = attribute.prop_map(move |(attribute, texts)| (attribute, prefixes(texts)));
    (names, vec(attribute, 0..3)).prop_map(|(names, attributes)| Restriction { names, attributes })
}

fn step() -> impl Strategy<Value = Step> {
    let list = (0..4_usize, 0..2_usize, 0..ORDERS.len(), 1..4_usize, restriction())
        .prop_map(|(begun, owner, order, size, restriction)| Step::List { begun, owner, order, size, restriction });
    let dates = [0..4_i64, 0..4_i64, 0..4_i64];
    prop_oneof![
        4 => (0..2_usize, 0..12_u8, dates, vec(("[ab]{1,2}", "[ab]{0,2}"), 0..3))
            .prop_map(|(owner, name, dates, tags)| Step::Save(owner, name, dates, tags)),
        1 => (0..2_usize, 0..12_u8).prop_map(|(owner, name)| Step::Delete(owner, name)),
        1 => Just(Step::Begin),
        4 => list,
    ]
}

proptest! {
    /// Transactions of different positions list in any order, so that the orders go forwards and backwards.
    #[test]
    fn each_list_is_of_its_own_snapshot(steps in vec(step(), 0..60), bytes_max in prop_oneof![Just(0), Just(BYTES_MAX)]) {
        let store = MemoryStore::new();
        let site = Site::new(&store, bytes_max);
        let mut begun = vec![site.begin()];
        for step in steps {
            match step {
                Step::Save(owner, name, dates, tags) => site.save_tagged(owner, &name.to_string(), dates, &tags),
                Step::Delete(owner, name) => site.delete(owner, &name.to_string()),
                Step::Begin => begun.push(site.begin()),
                Step::List { begun: at, owner, order, size, restriction } => {
                    let (tx, order) = (&begun[at % begun.len()], ORDERS[order]);
                    prop_assert_eq!(site.listed(tx, owner, order, size), sorted(tx, owner, order));
                    let (names, examined) = site.listed_of(tx, owner, &restriction, order, size);
                    prop_assert_eq!(&names, &sorted_of(tx, owner, &restriction, order));
                    // One attribute is found by index, and with it names in their own order.
                    let by_index = restriction.names.is_none() || order.by == SortedBy::Name;
                    if restriction.attributes.len() <= 1 && by_index {
                        prop_assert_eq!(names.len(), examined);
                    }
                }
            }
        }
    }
}

/// Writers change secrets, and set the date of one to the number of writes that are acknowledged. Readers list meanwhile.
fn race(store: &dyn Store, bytes_max: usize) {
    const LAST: u64 = 300;
    let site = Site::new(store, bytes_max);
    let (acknowledged, ended) = (AtomicU64::new(0), AtomicBool::new(false));
    site.save(0, "newest", [0, 0, 0]);
    let list = |reader: usize| {
        let mut round = reader;
        while !ended.load(Ordering::Acquire) {
            round += 1;
            let order = ORDERS[round % ORDERS.len()];
            let least = acknowledged.load(Ordering::Acquire);
            let tx = site.begin();
            if round.is_multiple_of(5) {
                thread::yield_now();
            }
            let names = site.listed(&tx, 0, order, 1 + round % 7);
            assert_eq!(names, sorted(&tx, 0, order), "{order:?}");
            let by_change = SecretOrder { by: SortedBy::Changed, descending: true };
            let first = site.orders.next(&tx, &account(0), &ALL, by_change, None, 1).unwrap();
            assert_eq!(&*first[0].name, "newest");
            assert!(!first[0].date >= i64::try_from(least).unwrap(), "{least} was acknowledged before {:?}", first[0]);
            site.listed(&tx, 1, order, 10);
        }
    };
    let write = |writer: u64| {
        for n in 0..LAST {
            let name = format!("{writer}-{}", n % 17);
            let date = i64::try_from(n % 13).unwrap() - 20;
            match n % 7 {
                0 => site.delete(0, &name),
                _ => site.save(usize::from(n % 11 == 0), &name, [date, date - 1, date % 3]),
            }
        }
    };
    thread::scope(|scope| {
        let (list, write) = (&list, &write);
        for reader in 0..3 {
            scope.spawn(move || list(reader));
        }
        let writers: Vec<_> = (0..2).map(|writer| scope.spawn(move || write(writer))).collect();
        for value in 1..=LAST {
            site.save(0, "newest", [0, i64::try_from(value).unwrap(), 0]);
            acknowledged.store(value, Ordering::Release);
        }
        let ends: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        ended.store(true, Ordering::Release);
        ends.into_iter().for_each(|end| end.unwrap());
    });
}

#[test]
fn lists_that_race_with_writers_are_of_one_state_and_not_older_than_acknowledged() {
    race(&MemoryStore::new(), BYTES_MAX);
    race(&MemoryStore::new(), 0);
    let folder = tempfile::tempdir().unwrap();
    race(&SqliteStore::open(&folder.path().join("store")).unwrap(), BYTES_MAX);
}

#[test]
fn only_the_first_list_reads_all_secrets_and_it_needs_a_thread_that_may_wait() {
    let store = MemoryStore::new();
    let site = Site::new(&store, BYTES_MAX);
    let lazy = || Tx::begin_nonblocking(&store, &site.barrier, &site.random);
    let first = |tx: &Tx<'_>| site.orders.next(tx, &account(0), &ALL, ORDERS[0], None, 1);
    site.save(0, "b", [0; 3]);
    let tx = lazy();
    assert_eq!((first(&tx), tx.has_blocked()), (Err(Error::WouldBlock), true));
    assert_eq!(&*first(&site.begin()).unwrap()[0].name, "b");
    site.save(0, "a", [0; 3]);
    let tx = lazy();
    assert_eq!((&*first(&tx).unwrap()[0].name, tx.has_blocked()), ("a", false));
    // Somebody else is reading many rows meanwhile.
    let orders = site.orders.of(&account(0));
    let held = orders.lock().unwrap();
    let tx = lazy();
    assert_eq!((first(&tx), tx.has_blocked()), (Err(Error::WouldBlock), true));
    drop(held);
    site.orders.clear();
    assert_eq!(first(&lazy()), Err(Error::WouldBlock));
}

#[test]
fn many_changed_rows_are_read_on_a_thread_that_may_wait() {
    let store = MemoryStore::new();
    let site = Site::new(&store, BYTES_MAX);
    let lazy = || Tx::begin_nonblocking(&store, &site.barrier, &site.random);
    let listed = |tx: &Tx<'_>, owner: usize| {
        site.orders.next(tx, &account(owner), &ALL, ORDERS[0], None, 100).map(|page| page.len())
    };
    let save = |owner: usize, count: usize| (0..count).for_each(|n| site.save(owner, &n.to_string(), [0; 3]));
    save(0, 1);
    assert_eq!((listed(&site.begin(), 0), listed(&site.begin(), 1)), (Ok(1), Ok(0)));
    save(0, 32);
    assert_eq!(listed(&lazy(), 0), Ok(32));
    save(0, 33);
    // The rows of one account do not count for another.
    assert_eq!((listed(&lazy(), 0), listed(&lazy(), 1)), (Err(Error::WouldBlock), Ok(0)));
    assert_eq!((listed(&site.begin(), 0), listed(&lazy(), 0)), (Ok(33), Ok(33)));
}

#[test]
fn a_list_whose_snapshot_is_much_older_than_the_last_is_a_conflict() {
    let store = MemoryStore::new();
    let site = Site::new(&store, BYTES_MAX);
    let listed = |tx: &Tx<'_>| site.orders.next(tx, &account(0), &ALL, ORDERS[0], None, 1000).map(|page| page.len());
    let save = |count: usize| (0..count).for_each(|n| site.save(0, &n.to_string(), [0; 3]));
    let empty = site.begin();
    save(256);
    let middle = site.begin();
    assert_eq!((listed(&middle), listed(&empty), listed(&middle)), (Ok(256), Ok(0), Ok(256)));
    save(257);
    let last = site.begin();
    assert_eq!((listed(&last), listed(&middle)), (Ok(257), Err(Error::Conflict)));
    // The orders have stayed at the later snapshot, and the run again needs no rows.
    let again = Tx::begin_nonblocking(&store, &site.barrier, &site.random);
    assert_eq!((listed(&again), listed(&last)), (Ok(257), Ok(257)));
}

#[test]
fn a_list_is_a_conflict_if_the_store_has_forgotten_what_has_changed_since_its_snapshot() {
    let store = MemoryStore::new();
    let random = SeededRandom::new(1);
    let site = Site { store: &store, barrier: barrier(1), random, orders: SecretOrders::new() };
    let list = |tx: &Tx<'_>| site.orders.next(tx, &account(0), &ALL, ORDERS[0], None, 10).map(|page| page.len());
    let old = site.begin();
    site.save(0, "a", [0; 3]);
    // The first list has the store watch the rows.
    assert_eq!((list(&site.begin()), list(&old)), (Ok(1), Err(Error::Conflict)));
}

#[test]
fn only_the_first_page_of_a_list_keeps_its_rows() {
    let (store, cache) = (MemoryStore::new(), RowCache::new());
    let site = Site::new(&store, BYTES_MAX);
    let names: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    for (name, created) in names.iter().zip((0..9).rev()) {
        site.save(0, name, [created, 0, 0]);
    }
    let begin = || site.begin().with_cache(&cache);
    let newest = |after: Option<&[u8]>, limit| secrets_newest_first(&begin(), &account(0), after, limit).unwrap();
    let by_name = |after: Option<&[u8]>, limit| {
        let after = after.map(|place| SecretPlace::from_bytes(place).unwrap());
        site.orders.list(&begin(), &account(0), &ALL, ORDERS[0], after.as_ref(), limit).unwrap()
    };
    let kept = || {
        let tx = site.begin();
        names.iter().filter(|name| cache.get(&secret_row(&tx, &account(0), name)).is_some()).count()
    };
    type List<'a> = &'a dyn Fn(Option<&[u8]>, usize) -> Vec<ListedSecret>;
    let lists: [List<'_>; 2] = [&newest, &by_name];
    for list in lists {
        let page = list(None, 3);
        assert_eq!((page.len(), kept()), (3, 3));
        assert_eq!((list(Some(&page[2].0), 6).len(), kept()), (6, 3));
        // The second page has the rows that are kept.
        let again = list(Some(&page[0].0), 2);
        let shared = |one: &ListedSecret, other: &ListedSecret| {
            std::ptr::eq(&raw const **one.1.as_ref().unwrap(), &raw const **other.1.as_ref().unwrap())
        };
        assert!(shared(&again[0], &page[1]) && shared(&again[1], &page[2]));
        cache.clear();
        // A first page of many rows is read for a filter.
        assert_eq!((list(None, 129).len(), kept()), (9, 0));
    }
}

#[test]
fn a_transaction_sees_its_own_writes_and_shares_them_with_none() {
    let store = MemoryStore::new();
    let site = Site::new(&store, BYTES_MAX);
    site.save(0, "b", [0; 3]);
    let mut tx = site.begin();
    save_secret(&mut tx, &record(0, "a", [0; 3])).unwrap();
    assert_eq!(site.listed(&tx, 0, ORDERS[0], 1), ["a", "b"]);
    assert_eq!(site.listed(&site.begin(), 0, ORDERS[0], 1), ["b"]);
}

#[test]
fn the_accounts_that_were_not_listed_for_long_are_dropped() {
    let store = MemoryStore::new();
    let site = Site::new(&store, 3 * ACCOUNT_COST);
    let accounts: Vec<AccountId> = (0..5).map(|n| AccountId::parse(&format!("11112222333{n}")).unwrap()).collect();
    let list = |account: &AccountId| drop(site.orders.next(&site.begin(), account, &ALL, ORDERS[0], None, 1).unwrap());
    accounts.iter().for_each(list);
    list(&accounts[2]);
    let kept = || {
        let accounts = site.orders.accounts();
        let mut names: Vec<String> = accounts.slots.keys().map(|account| account.as_str().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(kept(), ["111122223332", "111122223333", "111122223334"]);
    list(&accounts[0]);
    assert_eq!(kept(), ["111122223330", "111122223332", "111122223334"]);
}

#[test]
fn an_account_is_counted_while_its_secrets_are_read_and_stays_meanwhile() {
    let store = MemoryStore::new();
    let site = Site::new(&store, 3 * ACCOUNT_COST);
    (0..3).for_each(|n| site.save(0, &n.to_string(), [0; 3]));
    let total = || {
        let accounts = site.orders.accounts();
        let sum: usize = accounts.slots.values().map(|slot| slot.bytes).sum();
        assert_eq!(accounts.bytes, sum);
        (sum, accounts.slots.len())
    };
    site.listed(&site.begin(), 1, ORDERS[0], 10);
    assert_eq!(total(), (ACCOUNT_COST, 1));
    let reading = site.orders.of(&account(0));
    let counted = std::cell::RefCell::new(Vec::new());
    let count = |bytes: usize| {
        site.orders.count(&account(0), &reading, bytes);
        counted.borrow_mut().push(total());
    };
    AccountOrders::default().bring_to(&site.begin(), &account(0), &count).unwrap();
    assert_eq!(counted.take(), [(2 * ACCOUNT_COST + 3 * 129, 2)]);
    // The other account is dropped. This one is in use, and stays although it is too large.
    count(3 * ACCOUNT_COST);
    assert_eq!(counted.take(), [(4 * ACCOUNT_COST, 1)]);
    site.listed(&site.begin(), 1, ORDERS[0], 10);
    assert_eq!(total(), (5 * ACCOUNT_COST, 2));
    drop(reading);
    site.listed(&site.begin(), 1, ORDERS[0], 10);
    assert_eq!(total(), (ACCOUNT_COST, 1));
    site.orders.clear();
    assert_eq!(total(), (0, 0));
}

#[test]
fn a_value_that_many_others_begin_with_is_no_restriction_that_an_order_has() {
    let store = MemoryStore::new();
    let site = Site::new(&store, BYTES_MAX);
    let tag = |n: usize| vec![("id".to_owned(), format!("v{n:03}"))];
    (0..257).for_each(|n| site.save_tagged(0, &format!("{n:03}"), [1; 3], &tag(n)));
    let examined = |attribute: SecretAttribute, value: &str| {
        let attributes = vec![(attribute, Prefixes::new([value].into_iter()))];
        let restriction = Restriction { names: None, attributes };
        let (names, examined) = site.listed_of(&site.begin(), 0, &restriction, ORDERS[2], 100);
        (names.len(), examined)
    };
    assert_eq!(examined(SecretAttribute::TagValue, "v00"), (10, 10));
    assert_eq!(examined(SecretAttribute::TagValue, "v"), (257, 257));
    site.save(0, "untagged", [1; 3]);
    assert_eq!(examined(SecretAttribute::TagValue, "v"), (257, 258));
    site.delete(0, "000");
    assert_eq!(examined(SecretAttribute::TagValue, "v"), (256, 256));
    assert_eq!(examined(SecretAttribute::TagKey, "id"), (256, 256));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A few names in an order of dates.
    #[test]
    fn few_secrets_with_some_beginnings_are_sorted(
        secrets in vec(("[ab/]{1,4}", [0..3_i64, 0..3, 0..3]), 0..20),
        prefixes in vec("[ab/]{0,3}", 1..4),
        (order, size, most) in (2..ORDERS.len(), 1..4_usize, 0..20_usize),
    ) {
        let store = MemoryStore::new();
        let site = Site::new(&store, BYTES_MAX);
        secrets.iter().for_each(|(name, dates)| site.save(0, name, *dates));
        let (tx, order) = (site.begin(), ORDERS[order]);
        let prefixes = Prefixes::new(prefixes.iter().map(String::as_str));
        let expected = sorted_of(&tx, 0, &Restriction { names: Some(prefixes.clone()), attributes: Vec::new() }, order);
        let Some(named) = site.orders.named(&tx, &account(0), &prefixes, order, most).unwrap() else {
            prop_assert!(expected.len() > most);
            return Ok(());
        };
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = named.list(&tx, &account(0), after.as_ref(), size).unwrap();
            let Some((last, _)) = page.last() else { break };
            after = Some(SecretPlace::from_bytes(last).unwrap());
            names.extend(page.into_iter().map(|(_, record)| record.unwrap().arn.name.clone()));
        }
        prop_assert_eq!(names, expected);
    }
}
