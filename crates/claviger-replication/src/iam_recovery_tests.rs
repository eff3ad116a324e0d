#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::fleet_table::MemberRecord;
use claviger_store::tables::iam_table::{self, Identity, UserRecord};
use claviger_store::tables::log::AppliedPoint;
use claviger_store::tables::{Named, save};
use claviger_types::Timestamp;

use super::*;
use crate::testing::{A, B, C, Net, account, region};
use crate::{Event, fleet_replication, home_row, rebuild};

/// More than a step deletes.
const USERS: usize = 300;

fn user(name: &str) -> UserRecord {
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
    UserRecord { identity, groups: Vec::new() }
}

fn users(net: &Net, at: usize) -> usize {
    net.read(at, |tx| iam_table::users(tx, &account(), None, 10_000).unwrap().len())
}

fn stage(net: &Net) -> Option<IamStage> {
    net.read(A, |tx| fleet_table::rebuild(tx).unwrap()).and_then(|rebuild| rebuild.iam)
}

fn add_users(net: &mut Net, prefix: &str, count: usize) {
    net.commit(A, |tx, _| {
        for number in 0..count {
            let user = user(&format!("{prefix}{number}"));
            save(tx, &user).unwrap();
            home_row::announce::<UserRecord>(tx, &[region(B), region(C)], &user.row_name()).unwrap();
        }
    });
}

fn restored(net: &mut Net) {
    let backup = net.backup(A);
    add_users(net, "late", 1);
    net.run();
    net.restore(A, &backup);
    net.wire.clear();
    let now = net.now;
    net.commit(A, |tx, _| rebuild::begin_restored(tx, &[region(B), region(C)], now).unwrap());
    net.restart(A);
}

/// Delivers messages one by one until the home's rebuilding has come so far.
fn until(net: &mut Net, done: impl Fn(&Net) -> bool) {
    for _ in 0..20_000 {
        if done(net) {
            return;
        }
        if net.wire.is_empty() {
            net.now = net.now.plus_secs(1);
            [A, B, C].into_iter().for_each(|at| net.event(at, &Event::Tick));
        } else {
            let message = net.wire.remove(0);
            net.deliver(&message);
        }
    }
    panic!("it does not come so far");
}

#[test]
fn the_homes_rows_are_deleted_in_pages_and_copies_are_asked_for_afterwards() {
    let mut net = Net::settled(3);
    add_users(&mut net, "u", USERS);
    net.run();
    restored(&mut net);
    // The choice is made in one commit, and each page is deleted in another one. A crash in between does not matter.
    let mut steps = 0;
    net.with_context(A, B, |cx| {
        let mut rebuild = fleet_table::rebuild(cx.tx).unwrap().unwrap();
        for source in &mut rebuild.sources {
            (source.applied, source.follows) = (Some(AppliedPoint { whole: None, session: 1, applied: 1 }), true);
        }
        choose(cx.tx, &mut rebuild).unwrap();
        assert_eq!(rebuild.iam, Some(IamStage::Deleting));
        while rebuild.iam == Some(IamStage::Deleting) {
            assert!(go_on(cx.tx, &mut rebuild).unwrap());
            let left = iam_table::users(cx.tx, &account(), None, 10_000).unwrap().len();
            assert!(left == 0 || rebuild.iam == Some(IamStage::Deleting), "asked before the end");
            steps += 1;
        }
        assert!(!go_on(cx.tx, &mut rebuild).unwrap());
    });
    assert_eq!(steps, USERS / 128 + 2, "pages, and the request");
    until(&mut net, |net| stage(net) == Some(IamStage::Requested));
    assert_eq!(users(&net, A), 0);
    net.restart(A);
    net.run();
    assert_eq!((users(&net, A), users(&net, B), users(&net, C)), (USERS + 1, USERS + 1, USERS + 1));
    let rebuilt = net.read(A, |tx| fleet_table::rebuilt(tx).unwrap()).unwrap();
    assert_eq!(rebuilt.found.iam as usize, USERS + 1);
}

#[test]
fn another_region_sends_iam_if_the_chosen_one_is_removed() {
    for partly in [false, true] {
        let mut net = Net::settled(3);
        for at in [A, B, C] {
            for of in [A, B, C].into_iter().filter(|of| *of != at) {
                let identity = net.sites[of].identity.public();
                let member = MemberRecord { region: region(of), identity, addresses: Vec::new() };
                net.commit(at, |tx, _| fleet_table::save_member(tx, &member).unwrap());
            }
        }
        add_users(&mut net, "u", USERS);
        net.run();
        restored(&mut net);
        until(&mut net, |net| stage(net) == Some(IamStage::Requested) && (!partly || users(net, A) > 10));
        let rebuild = net.read(A, |tx| fleet_table::rebuild(tx).unwrap()).unwrap();
        let chosen = rebuild.sources.iter().find(|source| source.sends_iam).unwrap().region.clone();
        let other = if chosen == region(B) { C } else { B };
        // The home removes the region while it is rebuilt itself.
        net.commit(A, |tx, site| fleet_replication::remove(tx, &site.region, &chosen).unwrap());
        let left: Vec<_> = net.identities.iter().filter(|(of, _)| *of != chosen).cloned().collect();
        for at in [A, other] {
            net.engines[at].set_peers(left.clone());
        }
        let rebuild = net.read(A, |tx| fleet_table::rebuild(tx).unwrap()).unwrap();
        assert!(rebuild.sources.iter().all(|source| source.region == region(other) && source.sends_iam));
        net.wire.retain(|message| message.from != chosen && message.to != chosen);
        for _ in 0..40 {
            net.run_to(&[A, other]);
            net.now = net.now.plus_secs(10);
            [A, other].into_iter().for_each(|at| net.event(at, &Event::Tick));
        }
        assert_eq!(net.read(A, |tx| fleet_table::rebuild(tx).unwrap()), None, "it ends without the removed region");
        assert_eq!((users(&net, A), users(&net, other)), (USERS + 1, USERS + 1));
        // The other one hears of the removal, whose announcement the home could not make while it was rebuilt.
        assert!(net.read(other, |tx| fleet_table::is_former_member(tx, &chosen).unwrap()));
    }
}
