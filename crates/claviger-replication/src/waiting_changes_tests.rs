#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::Named;
use claviger_store::tables::iam_table::{Identity, UserRecord};
use claviger_types::Timestamp;

use super::*;
use crate::testing::{A, B, Net, account, region};
use crate::{home_row, resync};

fn waiting(net: &Net, at: usize, of: usize) -> WaitingChanges {
    net.read(at, |tx| WaitingChanges::read(tx, &region(of), 100).unwrap())
}

#[test]
fn changes_are_named_and_reports_are_told_apart() {
    let mut net = Net::settled(2);
    assert!(waiting(&net, A, B).is_empty());
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, false);
    net.put_value(A, "db", "second");
    let arn = net.secret(A, "db").unwrap().arn;
    let found = waiting(&net, A, B);
    assert_eq!(found.keys, BTreeMap::from([((account(), id.clone()), 1)]));
    assert_eq!(found.secrets, BTreeMap::from([(arn.clone(), 2)]));
    assert!(!found.is_empty() && !found.more && found.reports == 0);

    // B asks for the contents, which A's outbox names as well; what B asks for is no loss.
    net.run_to(&[B]);
    let requested = net.read(B, |tx| WaitingChanges::requested(tx, &region(A), 100).unwrap());
    assert_eq!((requested.keys.len(), requested.secrets.get(&arn)), (1, Some(&1)));
    let asks = waiting(&net, B, A);
    assert!(asks.is_empty() && asks.reports > 0, "{asks:?}");
    net.run();
    assert!(waiting(&net, A, B).is_empty());
    assert!(net.read(B, |tx| WaitingChanges::requested(tx, &region(A), 100).unwrap()).is_empty());
}

#[test]
fn a_change_of_iam_and_a_snapshot_are_counted() {
    let mut net = Net::settled(2);
    net.commit(A, |tx, _| {
        let identity = Identity {
            account: account(),
            name: "ada".to_owned(),
            path: "/".to_owned(),
            id: "AIDAEXAMPLE".to_owned(),
            created: Timestamp(1),
            attached: Vec::new(),
            boundary: None,
            inline: Vec::new(),
            tags: Vec::new(),
        };
        let record = UserRecord { identity, groups: Vec::new() };
        home_row::announce::<UserRecord>(tx, &[region(B)], &record.row_name()).unwrap();
    });
    let found = waiting(&net, A, B);
    assert!(found.iam == 1 && !found.is_empty() && !found.snapshot);
    net.run();
    assert!(waiting(&net, A, B).is_empty());
    // Before a step of the engine replaces its row by those of its pages.
    let mut tx = net.sites[A].begin().unwrap();
    resync(&mut tx, &region(B)).unwrap();
    net.sites[A].commit(tx.into_batch()).unwrap();
    let found = waiting(&net, A, B);
    assert!(found.snapshot && !found.is_empty());
}

#[test]
fn more_rows_than_the_limit_are_no_empty_outbox() {
    let mut net = Net::settled(2);
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, false);
    for version in ["b", "c", "d"] {
        net.put_value(A, "db", version);
    }
    let found = net.read(A, |tx| WaitingChanges::read(tx, &region(B), 2).unwrap());
    assert!(found.more && found.secrets.values().sum::<u64>() == 2);
    let reports = WaitingChanges { reports: 2, more: true, ..WaitingChanges::default() };
    assert!(!reports.is_empty() && reports.is_report_only());
}

#[test]
fn changes_are_told_apart_by_the_commits_that_made_them() {
    let mut net = Net::settled(2);
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, false);
    net.put_value(A, "db", "b");
    let position = net.read(A, |tx| tx.position());
    for version in ["c", "d", "e"] {
        net.put_value(A, "db", version);
    }
    let read = |limit| {
        let (before, since) = net.read(A, |tx| WaitingChanges::read_until(tx, &region(B), position, limit).unwrap());
        ((before.changes(), before.more), (since.changes(), since.more))
    };
    assert_eq!(read(100), ((2, false), (3, false)));
    assert_eq!(read(5), ((2, false), (3, false)));
    assert_eq!(read(3), ((2, false), (1, true)));
    assert_eq!(read(1), ((1, true), (0, false)));
}

#[test]
fn lists_and_copies_are_no_changes() {
    use crate::home_row::HomeRow;
    let kind = Kind::of_table(UserRecord::TABLE);
    let is_change = |row: &HomeRow<UserRecord>| is_change(kind, Part::State, &crate::change::cbor(row));
    assert!(!is_change(&HomeRow::List { after: None }));
    assert!(!is_change(&HomeRow::Held { names: Vec::new(), last: None }));
    let identity = Identity {
        account: account(),
        name: "ada".to_owned(),
        path: "/".to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
        created: Timestamp(1),
        attached: Vec::new(),
        boundary: None,
        inline: Vec::new(),
        tags: Vec::new(),
    };
    let name = UserRecord { identity, groups: Vec::new() }.row_name();
    assert!(is_change(&HomeRow::Row { name, record: None }));
    assert!(super::is_change(kind, Part::State, &[0xff]), "it may be a record");
    assert!(super::is_change(Kind::of_notice(99), Part::State, &[]), "a later release has more kinds");
    assert!(!super::is_change(KeyCopy::KIND, Part::State, &[]));
    assert!(!super::is_change(kind, Part::Request, &[]));
}
