#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::iam_table::{self, Identity, UserRecord};
use claviger_store::tables::{Named, region_table, save};
use claviger_types::{Region, Timestamp};

use super::HomeMoved;
use crate::testing::{A, B, C, Net, account, region};
use crate::{change, home_row};

fn add(net: &mut Net, at: usize, name: &str) {
    let identity = Identity {
        account: account(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: format!("AIDA{name}"),
        created: Timestamp(1),
        tags: Vec::new(),
        attached: Vec::new(),
        inline: Vec::new(),
        boundary: None,
    };
    let user = UserRecord { identity, groups: Vec::new() };
    let peers: Vec<Region> = [A, B, C].into_iter().filter(|other| *other != at).map(region).collect();
    net.commit(at, |tx, _| {
        save(tx, &user).unwrap();
        home_row::announce::<UserRecord>(tx, &peers, &user.row_name()).unwrap();
    });
}

fn users(net: &Net, at: usize) -> Vec<String> {
    net.read(at, |tx| {
        let users = iam_table::users(tx, &account(), None, 1_000).unwrap();
        let mut names: Vec<String> = users.into_iter().map(|(_, user)| user.identity.name).collect();
        names.sort();
        names
    })
}

fn home(net: &Net, at: usize) -> (Region, Option<u64>) {
    let record = net.read(at, |tx| region_table::region(tx).unwrap()).unwrap();
    assert_eq!(&record.iam_home, net.engines[at].iam_home());
    (record.iam_home, record.home_counter)
}

#[test]
fn the_old_home_follows_the_new_one_when_it_is_back() {
    let mut net = Net::settled(3);
    add(&mut net, A, "ada");
    net.run();
    // A is cut off, and writes on.
    add(&mut net, A, "unsent");
    net.wire.clear();
    net.move_home(B);
    add(&mut net, B, "bob");
    net.run_to(&[B, C]);
    assert_eq!(users(&net, C), ["ada", "bob"]);
    assert_eq!((home(&net, A).0, home(&net, C)), (region(A), (region(B), Some(1))));
    net.restart(A);
    net.run();
    for at in [A, B, C] {
        assert_eq!((users(&net, at), home(&net, at)), (vec!["ada".into(), "bob".into()], (region(B), Some(1))), "{at}");
    }
    add(&mut net, B, "cy");
    net.run();
    assert_eq!(users(&net, A), ["ada", "bob", "cy"]);
}

#[test]
fn the_later_of_two_homes_wins() {
    let mut net = Net::settled(3);
    net.move_home(B);
    net.move_home(C);
    add(&mut net, B, "bob");
    add(&mut net, C, "cy");
    net.run();
    for at in [A, B, C] {
        assert_eq!((users(&net, at), home(&net, at)), (vec!["cy".into()], (region(C), Some(1))), "{at}");
    }
}

#[test]
fn no_region_names_another_one_as_the_home() {
    let mut net = Net::settled(3);
    net.commit(C, |tx, _| {
        let moved = HomeMoved::by(region(B), 9);
        change::announce::<HomeMoved>(tx, &region(A), &moved).unwrap();
    });
    net.run();
    assert_eq!(home(&net, A), (region(A), None));
    assert_eq!(net.engines[A].counters().forbidden, 1);
}
