//! Rows, scans, stamps and snapshots.

use super::{Case, delete, get, keys, position, put, scan, write};
use crate::{Batch, CommitCounts, Error, Key, Store, Write, commit_blocking};

pub(super) const CASES: &[Case] = &[
    a_new_store_is_empty,
    rows_are_put_replaced_and_deleted,
    writes_of_a_batch_apply_in_order,
    any_bytes_are_a_key_and_a_value,
    large_values,
    scans_keep_order_bounds_and_limit,
    snapshots_stay_as_they_were,
    nonblocking_reads_answer_the_same_or_would_block,
    stamped_rows_lie_in_the_order_of_commits,
    a_stamp_needs_room,
    a_batch_without_writes_takes_no_position,
    the_position_and_the_changes_of_rows_follow_commits,
    the_changed_rows_of_a_watched_prefix_follow_commits,
    a_closed_store_refuses,
];

fn a_new_store_is_empty(store: &dyn Store) {
    assert!(store.healthy());
    assert_eq!(position(store), 0);
    assert_eq!(get(store, b"a"), None);
    assert_eq!(scan(store, b"", b"", 10), []);
}

fn rows_are_put_replaced_and_deleted(store: &dyn Store) {
    assert_eq!(write(store, vec![put(b"a", b"1"), put(b"b", b"2")]), 1);
    assert_eq!(write(store, vec![put(b"a", b"3"), delete(b"b"), delete(b"never")]), 2);
    assert_eq!((get(store, b"a"), get(store, b"b")), (Some(b"3".to_vec()), None));
    assert_eq!(position(store), 2);
}

fn writes_of_a_batch_apply_in_order(store: &dyn Store) {
    write(store, vec![put(b"a", b"1"), delete(b"a"), put(b"b", b"1"), put(b"b", b"2"), delete(b"c"), put(b"c", b"3")]);
    let expected = [(b"b".to_vec(), b"2".to_vec()), (b"c".to_vec(), b"3".to_vec())];
    assert_eq!(scan(store, b"", b"", 10), expected);
}

fn any_bytes_are_a_key_and_a_value(store: &dyn Store) {
    let odd: Vec<Key> = vec![vec![], vec![0], vec![0, 0], vec![0, 255], b"a'b".to_vec(), vec![255], vec![255; 300]];
    write(store, odd.iter().map(|key| put(key, key)).collect());
    let rows = scan(store, b"", b"", 100);
    assert_eq!(rows, odd.iter().map(|key| (key.clone(), key.clone())).collect::<Vec<_>>());
    assert!(odd.iter().all(|key| get(store, key).as_ref() == Some(key)));
}

fn large_values(store: &dyn Store) {
    let value: Vec<u8> = (0..3u32 << 18).flat_map(u32::to_be_bytes).collect();
    write(store, vec![put(b"large", &value), put(b"small", b"1")]);
    assert!(get(store, b"large").is_some_and(|read| read == value));
    write(store, vec![put(b"large", b"")]);
    assert_eq!(get(store, b"large"), Some(vec![]));
}

fn scans_keep_order_bounds_and_limit(store: &dyn Store) {
    write(store, ["d", "b", "ba", "a", "c"].iter().map(|key| put(key.as_bytes(), b"")).collect());
    let check = |start: &str, end: &str, limit: usize, expected: &[&str]| {
        let rows = scan(store, start.as_bytes(), end.as_bytes(), limit);
        assert_eq!(keys(&rows), expected, "`{start}` to `{end}`, {limit}");
    };
    check("", "", 10, &["a", "b", "ba", "c", "d"]);
    check("", "", usize::MAX, &["a", "b", "ba", "c", "d"]);
    check("b", "d", 10, &["b", "ba", "c"]);
    check("b", "d", 2, &["b", "ba"]);
    check("b\0", "", 1, &["ba"]);
    check("b", "b", 10, &[]);
    check("c", "b", 10, &[]);
    check("", "", 0, &[]);
    check("e", "", 10, &[]);
}

fn nonblocking_reads_answer_the_same_or_would_block(store: &dyn Store) {
    write(store, vec![put(b"a", b"1"), put(b"b", b"2")]);
    let snapshot = match store.snapshot_nonblocking() {
        Err(error) => return assert_eq!(error, Error::WouldBlock),
        Ok(snapshot) => snapshot,
    };
    assert_eq!(snapshot.position(), position(store));
    for key in [b"a", b"c"] {
        let answer = snapshot.get(key);
        assert!(answer == Err(Error::WouldBlock) || answer == Ok(get(store, key)));
    }
    let rows = snapshot.scan(b"", b"", 10);
    assert!(rows == Err(Error::WouldBlock) || rows == Ok(scan(store, b"", b"", 10)));
}

fn snapshots_stay_as_they_were(store: &dyn Store) {
    write(store, vec![put(b"a", b"1"), put(b"b", b"1")]);
    let before = store.snapshot().unwrap();
    for round in 0..50u8 {
        write(store, vec![put(b"a", &[round]), put(&[b'c', round], b"new"), delete(b"b")]);
        assert_eq!(before.get(b"a").unwrap(), Some(b"1".to_vec()));
    }
    assert_eq!(before.position(), 1);
    assert_eq!(keys(&before.scan(b"", b"", 100).unwrap()), ["a", "b"]);
    assert_eq!((get(store, b"a"), get(store, b"b")), (Some(vec![49]), None));
    assert_eq!(position(store), 51);
}

fn stamped_rows_lie_in_the_order_of_commits(store: &dyn Store) {
    let stamped = |suffix: &[u8]| Write::PutStamped {
        key: [b"log/".as_slice(), &[0xff; 8], suffix].concat(),
        stamp_at: 4,
        value: suffix.to_vec(),
    };
    let positions = [
        write(store, vec![stamped(b"z")]),
        write(store, vec![put(b"log/", b"not a row of the log")]),
        write(store, vec![stamped(b"b"), stamped(b"a")]),
    ];
    let key = |position: u64, suffix: &[u8]| [b"log/".as_slice(), &position.to_be_bytes(), suffix].concat();
    let rows = scan(store, b"log/\0", b"log0", 10);
    let expected = [(positions[0], b"z"), (positions[2], b"a"), (positions[2], b"b")];
    assert_eq!(rows, expected.map(|(position, suffix)| (key(position, suffix), suffix.to_vec())));
}

fn a_stamp_needs_room(store: &dyn Store) {
    let writes = vec![put(b"a", b""), Write::PutStamped { key: vec![0; 9], stamp_at: 2, value: vec![] }];
    assert_eq!(commit_blocking(store, Batch { writes, ..Batch::default() }), Err(Error::BadKey { len: 9 }));
    assert_eq!(get(store, b"a"), None, "nothing of the batch is written");
    assert_eq!(write(store, vec![put(b"a", b"")]), 1);
}

fn a_batch_without_writes_takes_no_position(store: &dyn Store) {
    write(store, vec![put(b"a", b"")]);
    let read = Batch { position: 1, reads: vec![b"a".to_vec()], ..Batch::default() };
    assert_eq!(commit_blocking(store, read.clone()), Ok(1));
    write(store, vec![put(b"a", b"")]);
    assert_eq!(commit_blocking(store, read), Err(Error::Conflict));
    assert_eq!(store.commit_counts(), CommitCounts { commits: 2, groups: 2, conflicts: 1 });
}

fn the_position_and_the_changes_of_rows_follow_commits(store: &dyn Store) {
    assert_eq!((store.position(), store.changed_at(b"a")), (0, 0));
    let at = write(store, vec![put(b"a", b"1"), delete(b"b")]);
    assert_eq!((store.position(), store.changed_at(b"a"), store.changed_at(b"b")), (at, at, at));
    let stamped = Write::PutStamped { key: [b"log/".as_slice(), &[0; 8]].concat(), stamp_at: 4, value: vec![] };
    let next = write(store, vec![stamped]);
    assert_eq!(store.position(), next);
    assert_eq!(store.changed_at(&[b"log/".as_slice(), &next.to_be_bytes()].concat()), next);
}

fn the_changed_rows_of_a_watched_prefix_follow_commits(store: &dyn Store) {
    let first = write(store, vec![put(b"a1", b"")]);
    assert_eq!(store.changed_since(b"a", first), None, "no prefix is watched");
    store.watch(b"a");
    assert_eq!(store.changed_since(b"a", first), Some(vec![]));
    assert_eq!(store.changed_since(b"a", first - 1), None);
    let second = write(store, vec![put(b"a2", b""), put(b"b", b""), delete(b"a1")]);
    write(store, vec![put(b"a2", b"2")]);
    let mut changed = store.changed_since(b"a", first).unwrap();
    changed.sort();
    assert_eq!(changed, [b"a1".to_vec(), b"a2".to_vec()]);
    assert_eq!(store.changed_since(b"a", second), Some(vec![b"a2".to_vec()]));
    assert_eq!(store.changed_since(b"b", second), None, "another prefix is watched");
}

fn a_closed_store_refuses(store: &dyn Store) {
    write(store, vec![put(b"a", b"")]);
    store.close();
    assert!(!store.healthy());
    assert_eq!(commit_blocking(store, Batch::default()), Err(Error::Closed));
    assert_eq!(store.snapshot().err(), Some(Error::Closed));
    assert_eq!(store.snapshot_nonblocking().err(), Some(Error::Closed));
    store.close();
}
