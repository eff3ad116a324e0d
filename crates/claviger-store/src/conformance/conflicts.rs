//! The conflicts of concurrent transactions.

use super::{Case, delete, position, put, write};
use crate::{Batch, Error, Store, Write, commit_blocking};

pub(super) const CASES: &[Case] = &[
    a_row_that_was_read_may_not_change,
    the_absence_of_a_row_is_a_read_too,
    a_range_that_was_read_may_not_change,
    rows_that_were_not_read_may_change,
    one_of_two_crossing_transactions_commits,
    a_batch_is_written_whole_or_not_at_all,
];

/// Checks whether a transaction with these reads may commit after `others` have.
fn check(store: &dyn Store, reads: &[&str], ranges: &[(&str, &str)], others: Vec<Write>, expected: bool) {
    write(store, vec![put(b"b", b"1"), put(b"d", b"1"), delete(b"a"), delete(b"c"), delete(b"mine")]);
    let batch = Batch {
        position: position(store),
        reads: reads.iter().map(|key| key.as_bytes().to_vec()).collect(),
        ranges: ranges.iter().map(|(start, end)| (start.as_bytes().to_vec(), end.as_bytes().to_vec())).collect(),
        writes: vec![put(b"mine", b"1")],
    };
    write(store, others);
    let result = commit_blocking(store, batch);
    let now = position(store);
    assert_eq!(result, if expected { Ok(now) } else { Err(Error::Conflict) }, "{reads:?} {ranges:?}");
}

fn a_row_that_was_read_may_not_change(store: &dyn Store) {
    check(store, &["d", "b"], &[], vec![put(b"b", b"2")], false);
    check(store, &["b"], &[], vec![put(b"b", b"1")], false);
    check(store, &["b"], &[], vec![delete(b"b")], false);
}

fn the_absence_of_a_row_is_a_read_too(store: &dyn Store) {
    check(store, &["a"], &[], vec![put(b"a", b"1")], false);
}

fn a_range_that_was_read_may_not_change(store: &dyn Store) {
    for other in [put(b"c", b"new"), put(b"b", b"2"), delete(b"b"), put(b"c\0", b"new")] {
        check(store, &[], &[("b", "d")], vec![other.clone()], false);
        check(store, &[], &[("x", "y"), ("b", "")], vec![other], false);
    }
}

fn rows_that_were_not_read_may_change(store: &dyn Store) {
    check(store, &["a", "b"], &[("c", "d")], vec![put(b"d", b"2"), put(b"bb", b"2"), put(b"a\0", b"2")], true);
    check(store, &[], &[], vec![put(b"mine", b"2"), put(b"b", b"2")], true);
    check(store, &[], &[("c", "c"), ("d", "b")], vec![put(b"c", b"2")], true);
}

/// Write skew: each transaction reads a row that the other one writes. If both committed, the condition that each of them
/// checked would be violated.
fn one_of_two_crossing_transactions_commits(store: &dyn Store) {
    write(store, vec![put(b"on-call/a", b"yes"), put(b"on-call/b", b"yes")]);
    let position = position(store);
    let leave = |who: &[u8]| Batch {
        position,
        reads: vec![b"on-call/a".to_vec(), b"on-call/b".to_vec()],
        ranges: vec![],
        writes: vec![put(who, b"no")],
    };
    assert!(commit_blocking(store, leave(b"on-call/a")).is_ok());
    assert_eq!(commit_blocking(store, leave(b"on-call/b")), Err(Error::Conflict));
}

fn a_batch_is_written_whole_or_not_at_all(store: &dyn Store) {
    write(store, vec![put(b"a", b"1")]);
    let writes = vec![put(b"b", b"1"), delete(b"a"), put(b"c", b"1")];
    let stale = Batch { position: 0, reads: vec![b"a".to_vec()], ranges: vec![], writes };
    assert_eq!(commit_blocking(store, stale), Err(Error::Conflict));
    assert_eq!(super::keys(&super::scan(store, b"", b"", 10)), ["a"]);
}
