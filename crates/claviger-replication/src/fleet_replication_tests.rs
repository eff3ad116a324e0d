#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::PublicIdentity;
use claviger_store::tables::fleet_table::{self, MemberRecord};
use claviger_store::tables::lineage_table::{add_former_identities, former_identities};

use super::{admit, remove};
use crate::testing::{A, B, C, Net, region};

fn record(at: usize, byte: u8) -> MemberRecord {
    MemberRecord { region: region(at), identity: PublicIdentity([byte; 32]), addresses: vec!["a:1".to_owned()] }
}

fn known(net: &Net, at: usize, of: usize) -> Option<MemberRecord> {
    net.read(at, |tx| fleet_table::member(tx, &region(of)).unwrap())
}

/// Every region knows the others.
fn fleet() -> Net {
    let mut net = Net::settled(3);
    for at in [A, B, C] {
        for of in [A, B, C].into_iter().filter(|of| *of != at) {
            let member =
                MemberRecord { region: region(of), identity: net.sites[of].identity.public(), addresses: Vec::new() };
            net.commit(at, |tx, _| fleet_table::save_member(tx, &member).unwrap());
        }
    }
    net
}

#[test]
fn the_home_admits_and_removes_for_all() {
    let mut net = fleet();
    let new = MemberRecord { addresses: vec!["b:1".to_owned()], ..known(&net, A, C).unwrap() };
    net.commit(A, |tx, site| admit(tx, &site.region, &new, false).unwrap());
    net.run();
    assert_eq!(known(&net, B, C), Some(new));
    assert!(net.engines[B].take_fleet_change() && !net.engines[B].take_fleet_change());
    net.commit(A, |tx, site| remove(tx, &site.region, &region(C)).unwrap());
    net.run();
    assert_eq!((known(&net, A, C), known(&net, B, C)), (None, None));
}

#[test]
fn a_member_that_lost_its_store_is_replaced_everywhere() {
    let mut net = fleet();
    net.commit(A, |tx, site| admit(tx, &site.region, &record(C, 9), true).unwrap());
    net.run_to(&[A, B]);
    assert_eq!(known(&net, B, C), Some(record(C, 9)));
    // B sends what it knows of C to the new store, which counts from the beginning.
    let applied = net.read(B, |tx| claviger_store::tables::log::inbox(tx, &region(C)).unwrap());
    assert_eq!(applied.session, 0);
}

/// C was away while B lost its store twice, and A has noted both identities. B itself has forgotten them.
#[test]
fn the_home_says_which_identities_a_member_had() {
    let mut net = fleet();
    let (first, second) = (PublicIdentity([7; 32]), PublicIdentity([8; 32]));
    net.commit(A, |tx, _| add_former_identities(tx, &region(B), &[first, second]).unwrap());
    for to in [B, C] {
        net.commit(A, |tx, _| crate::resync(tx, &region(to)).unwrap());
    }
    net.run();
    for at in [B, C] {
        assert_eq!(net.read(at, |tx| former_identities(tx, &region(B)).unwrap()), [first, second], "{at}");
    }
    // Those of a region that is not the home do not count, and no more are kept than there is room for.
    net.commit(B, |tx, _| add_former_identities(tx, &region(A), &[first]).unwrap());
    net.commit(B, |tx, _| crate::resync(tx, &region(C)).unwrap());
    let many: Vec<PublicIdentity> = (20..30).map(|byte| PublicIdentity([byte; 32])).collect();
    net.commit(C, |tx, _| add_former_identities(tx, &region(B), &many).unwrap());
    net.run();
    assert_eq!(net.read(C, |tx| former_identities(tx, &region(A)).unwrap()), []);
    let kept = net.read(C, |tx| former_identities(tx, &region(B)).unwrap());
    assert_eq!(kept, [many[8], many[9], first, second]);
}

#[test]
fn only_the_home_says_who_takes_part() {
    let mut net = fleet();
    let before = known(&net, A, C);
    net.commit(B, |tx, site| admit(tx, &site.region, &record(C, 9), true).unwrap());
    net.run_to(&[A]);
    assert_eq!(known(&net, A, C), before);
}
