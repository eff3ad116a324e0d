//! Transactions through the barrier.

use claviger_types::Random;

use claviger_types::SeededRandom;

use super::{Case, barrier, get, put, scan, write};
use crate::{Barrier, Error, KEY_BYTES_MAX, Key, Store, Tx, commit_blocking};

pub(super) const CASES: &[Case] = &[
    a_new_row_is_not_read_and_conflicts_with_another_of_its_key,
    own_writes_are_visible,
    scans_merge_own_writes,
    conflicts_are_detected,
    only_the_rows_that_a_scan_returned_are_protected,
    unchecked_reads_are_not_protected,
    appended_rows_keep_their_order,
    names_and_values_are_hidden_from_the_backend,
    moved_or_altered_rows_are_corrupt,
    overlong_keys_are_refused,
];

/// The store and the other parts of a transaction.
struct Rig<'s> {
    store: &'s dyn Store,
    barrier: Barrier,
    random: SeededRandom,
}

impl<'s> Rig<'s> {
    fn new(store: &'s dyn Store) -> Rig<'s> {
        Rig { store, barrier: barrier(1), random: SeededRandom::new(2) }
    }

    fn begin(&self) -> Tx<'_> {
        Tx::begin(self.store, &self.barrier, &self.random).unwrap()
    }

    fn commit(&self, tx: Tx<'_>) -> Result<u64, Error> {
        let batch = tx.into_batch();
        commit_blocking(self.store, batch)
    }

    /// Writes rows, each with its key as its value.
    fn fill(&self, keys: &[&str]) {
        let mut tx = self.begin();
        keys.iter().for_each(|key| tx.put(key.as_bytes().to_vec(), key.as_bytes()).unwrap());
        self.commit(tx).unwrap();
    }
}

fn read(tx: &Tx<'_>, key: &str) -> Option<String> {
    tx.get(key.as_bytes()).unwrap().map(|value| String::from_utf8(value.to_vec()).unwrap())
}

fn list(tx: &Tx<'_>, start: &str, end: &str, limit: usize) -> Vec<String> {
    let rows = tx.scan(start.as_bytes(), end.as_bytes(), limit).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    rows.iter().map(|(key, value)| format!("{}={}", text(key), text(value))).collect()
}

fn a_new_row_is_not_read_and_conflicts_with_another_of_its_key(store: &dyn Store) {
    let rig = Rig::new(store);
    let (mut first, mut second) = (rig.begin(), rig.begin());
    for tx in [&mut first, &mut second] {
        tx.put_new(b"new".to_vec(), b"1").unwrap();
        assert_eq!(read(tx, "new"), Some("1".into()));
    }
    // Writing it again in the same transaction is allowed.
    first.put_new(b"new".to_vec(), b"2").unwrap();
    first.put(b"new".to_vec(), b"3").unwrap();
    rig.commit(first).unwrap();
    assert_eq!(rig.commit(second), Err(Error::Conflict));
    assert_eq!(read(&rig.begin(), "new"), Some("3".into()));
}

fn own_writes_are_visible(store: &dyn Store) {
    let rig = Rig::new(store);
    rig.fill(&["a", "b"]);
    let mut tx = rig.begin();
    assert!(!tx.has_writes());
    tx.put(b"a".to_vec(), b"2").unwrap();
    tx.delete(b"b".to_vec()).unwrap();
    tx.put(b"c".to_vec(), b"3").unwrap();
    assert!(tx.has_writes());
    assert_eq!((read(&tx, "a"), read(&tx, "b"), read(&tx, "c")), (Some("2".into()), None, Some("3".into())));
    assert_eq!(tx.get_unchecked(b"b").unwrap(), None);
    assert_eq!(read(&rig.begin(), "b"), Some("b".into()), "others see nothing before the commit");
    tx.put(b"b".to_vec(), b"again").unwrap();
    tx.put(b"a".to_vec(), b"3").unwrap();
    assert_eq!(rig.commit(tx), Ok(2));
    assert_eq!(list(&rig.begin(), "", "", 10), ["a=3", "b=again", "c=3"]);
}

fn scans_merge_own_writes(store: &dyn Store) {
    let rig = Rig::new(store);
    rig.fill(&["b", "d", "f", "h"]);
    let mut tx = rig.begin();
    tx.delete(b"b".to_vec()).unwrap();
    tx.delete(b"f".to_vec()).unwrap();
    tx.delete(b"never".to_vec()).unwrap();
    tx.put(b"c".to_vec(), b"1").unwrap();
    tx.put(b"d".to_vec(), b"2").unwrap();
    tx.put(b"z".to_vec(), b"3").unwrap();
    assert_eq!(list(&tx, "", "", 10), ["c=1", "d=2", "h=h", "z=3"]);
    assert_eq!(list(&tx, "", "", 3), ["c=1", "d=2", "h=h"]);
    assert_eq!(list(&tx, "c\0", "h", 10), ["d=2"]);
    assert_eq!(list(&tx, "", "", 0), Vec::<String>::new());
    assert_eq!(list(&tx, "h", "b", 9), Vec::<String>::new());
    rig.commit(tx).unwrap();
    assert_eq!(list(&rig.begin(), "", "", 10), ["c=1", "d=2", "h=h", "z=3"]);
}

/// Begins, does one thing, lets another transaction write `other`, and commits.
fn crossing(store: &dyn Store, act: impl Fn(&mut Tx<'_>), other: &str) -> Result<u64, Error> {
    let rig = Rig::new(store);
    rig.fill(&["b", "d", "f"]);
    let mut tx = rig.begin();
    act(&mut tx);
    tx.put(b"mine".to_vec(), b"1").unwrap();
    rig.fill(&[other]);
    rig.commit(tx)
}

fn conflicts_are_detected(store: &dyn Store) {
    let conflict = Err(Error::Conflict);
    assert_eq!(crossing(store, |tx| drop(read(tx, "b")), "b"), conflict);
    assert_eq!(crossing(store, |tx| drop(read(tx, "c")), "c"), conflict, "a row that was not there");
    assert_eq!(crossing(store, |tx| tx.put(b"b".to_vec(), b"2").unwrap(), "b"), conflict, "a put reads the version");
    assert_eq!(crossing(store, |_| (), "mine"), conflict);
    assert_eq!(crossing(store, |tx| drop(list(tx, "b", "e", 9)), "cc"), conflict, "a phantom");
    assert!(crossing(store, |tx| drop(list(tx, "b", "e", 9)), "e").is_ok());
    assert!(crossing(store, |tx| drop(read(tx, "b")), "d").is_ok());
}

fn only_the_rows_that_a_scan_returned_are_protected(store: &dyn Store) {
    let two = |tx: &mut Tx<'_>| assert_eq!(list(tx, "b", "", 2).len(), 2);
    assert_eq!(crossing(store, two, "d"), Err(Error::Conflict));
    assert_eq!(crossing(store, two, "bb"), Err(Error::Conflict));
    write(store, vec![super::delete(b"bb")]);
    assert!(crossing(store, two, "d\0").is_ok());
    assert!(crossing(store, |tx| drop(list(tx, "b", "", 0)), "b").is_ok());
}

fn unchecked_reads_are_not_protected(store: &dyn Store) {
    let unchecked = |tx: &mut Tx<'_>| assert!(tx.get_unchecked(b"b").unwrap().is_some());
    assert!(crossing(store, unchecked, "b").is_ok());
    let then_written = |tx: &mut Tx<'_>| {
        unchecked(tx);
        tx.put(b"b".to_vec(), b"2").unwrap();
    };
    assert_eq!(crossing(store, then_written, "b"), Err(Error::Conflict));
}

fn appended_rows_keep_their_order(store: &dyn Store) {
    let rig = Rig::new(store);
    for commit in 0..3 {
        let mut tx = rig.begin();
        for (suffix, value) in [("z", "first"), ("a", "second"), ("a", "third")] {
            tx.append(b"log/", suffix.as_bytes(), format!("{value} of {commit}").as_bytes()).unwrap();
        }
        assert!(tx.has_writes());
        assert_eq!(tx.scan(b"log/", b"log0", 100).unwrap().len(), 3 * commit);
        rig.commit(tx).unwrap();
    }
    let mut tx = rig.begin();
    let rows = tx.scan(b"log/", b"log0", 100).unwrap();
    let values: Vec<_> = rows.iter().map(|(_, value)| String::from_utf8(value.to_vec()).unwrap()).collect();
    let expected: Vec<_> = (0..3).flat_map(|c| ["first", "second", "third"].map(|v| format!("{v} of {c}"))).collect();
    assert_eq!(values, expected);
    // A row of a log can be read, written and deleted by its key like any other.
    assert!(tx.get(&rows[4].0).unwrap().is_some_and(|value| value == rows[4].1));
    tx.put(rows[4].0.clone(), b"changed").unwrap();
    tx.delete(rows[0].0.clone()).unwrap();
    rig.commit(tx).unwrap();
    let tx = rig.begin();
    assert_eq!(tx.get(&rows[4].0).unwrap().map(|value| value.to_vec()), Some(b"changed".to_vec()));
    assert_eq!(tx.scan(b"log/", b"log0", 100).unwrap().len(), 8);
}

fn names_and_values_are_hidden_from_the_backend(store: &dyn Store) {
    let rig = Rig::new(store);
    let mut tx = rig.begin();
    let secret = b"correct horse battery staple";
    let name = tx.name(&[b"account", b"prod/database"]).to_vec();
    tx.put(name, secret).unwrap();
    tx.append(b"log/", b"", secret).unwrap();
    rig.commit(tx).unwrap();
    let rows = scan(store, b"", b"", 10);
    assert_eq!(rows.len(), 2);
    let shows = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    assert!(rows.iter().all(|(key, value)| !shows(value, b"horse") && !shows(key, b"prod")));
}

fn moved_or_altered_rows_are_corrupt(store: &dyn Store) {
    let rig = Rig::new(store);
    rig.fill(&["a", "b"]);
    let old = get(store, b"a").unwrap();
    rig.fill(&["a"]);
    let new = get(store, b"a").unwrap();
    let corrupt = |row: &[u8], value: &[u8]| {
        write(store, vec![put(row, value)]);
        let (tx, error) = (rig.begin(), Error::Corrupt { key: row.to_vec() });
        assert_eq!(tx.get(row).err(), Some(error.clone()));
        assert_eq!(tx.get_unchecked(row).err(), Some(error.clone()));
        assert_eq!(tx.scan(b"", b"", 10).err(), Some(error));
    };
    corrupt(b"b", &new);
    rig.fill(&["b"]);
    corrupt(b"a", &[&new[..8], &old[8..]].concat());
    corrupt(b"a", &[&old[..8], &new[8..]].concat());
    corrupt(b"a", &new[..new.len() - 1]);
    corrupt(b"a", b"");
    assert_eq!(rig.begin().put(b"a".to_vec(), b"").err(), Some(Error::Corrupt { key: b"a".to_vec() }));
    write(store, vec![put(b"a", &new)]);
    assert_eq!(read(&rig.begin(), "a"), Some("a".into()), "the others are not hurt");
}

fn overlong_keys_are_refused(store: &dyn Store) {
    let rig = Rig::new(store);
    let mut key: Key = vec![0; KEY_BYTES_MAX];
    (&rig.random as &dyn Random).fill(&mut key);
    let mut tx = rig.begin();
    assert_eq!(tx.put(key.clone(), b""), Ok(()));
    assert_eq!(tx.append(&key[12..], b"", b""), Ok(()));
    let refused = Err(Error::BadKey { len: KEY_BYTES_MAX + 1 });
    assert_eq!(tx.append(&key[12..], b"x", b""), refused);
    key.push(0);
    assert_eq!(tx.put(key.clone(), b""), refused);
    assert_eq!(tx.delete(key), refused);
    assert_eq!(rig.commit(tx), Ok(1));
}
