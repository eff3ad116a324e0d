#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::fleet_table::MemberRecord;
use claviger_store::tables::log;
use claviger_types::KeyId;

use super::*;
use crate::testing::{A, B, C, Net, region};
use crate::{fleet_replication, key_replication};

/// Three regions of which A is the home of IAM.
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

/// A key with its primary in A and replicas in B and C.
fn key(net: &mut Net) -> KeyId {
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.replicate_key(A, &id, C);
    net.run();
    id
}

/// Removes C, which is gone.
fn remove_c(net: &mut Net) {
    net.wire.retain(|message| message.from != region(C) && message.to != region(C));
    net.commit(A, |tx, site| fleet_replication::remove(tx, &site.region, &region(C)).unwrap());
    for at in [A, B] {
        net.engines[at].set_peers(net.identities.clone().into_iter().filter(|(of, _)| *of != region(C)));
    }
    settle(net, &[A, B]);
}

/// Goes on until these regions have taken what left the fleet out of all sets.
fn settle(net: &mut Net, regions: &[usize]) {
    net.run_to(&[A, B]);
    for at in regions {
        while net.read(*at, |tx| fleet_table::departure(tx).unwrap()).is_some() {
            net.event(*at, &crate::Event::Tick);
        }
    }
    net.run_to(&[A, B]);
}

fn replicas(net: &Net, at: usize, id: &KeyId) -> Vec<Region> {
    net.key(at, id).unwrap().multi_region.unwrap().replicas
}

fn waiting(net: &Net, at: usize, of: usize) -> usize {
    net.read(at, |tx| log::waiting(tx, &region(of), 100).unwrap())
}

#[test]
fn a_removed_region_is_in_no_set_and_nothing_waits_for_it() {
    let mut net = fleet();
    let id = key(&mut net);
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_secret(A, "db", B, false);
    net.replicate_secret(A, "db", C, false);
    let theirs = key(&mut net);
    net.hand_over(A, &theirs, B);
    net.run();
    remove_c(&mut net);
    for at in [A, B] {
        assert_eq!(replicas(&net, at, &id), [region(B)]);
        assert_eq!(replicas(&net, at, &theirs), [region(A)], "of a key whose primary is in B");
        assert_eq!(net.read(at, |tx| fleet_table::departure(tx).unwrap()), None);
    }
    assert!(net.status(A, "db", C).is_none() && net.status(A, "db", B).is_some());
    // Nothing is put into the outbox for it any more.
    net.put_value(A, "db", "second");
    net.commit(A, |tx, _| crate::resync(tx, &region(C)).unwrap());
    net.rotate_key(A, &id);
    net.run_to(&[A, B]);
    assert_eq!((waiting(&net, A, C), waiting(&net, B, C)), (0, 0));
    assert_eq!(net.key(A, &id).unwrap().current, net.key(B, &id).unwrap().current);
    assert_eq!(net.materials(B, &id).len(), 2);
    assert!(net.materials(A, &id)[1].rotated.is_some(), "the rotation ended without the removed region");
}

#[test]
fn a_change_of_the_primary_to_a_removed_region_ends() {
    let mut net = fleet();
    let id = key(&mut net);
    net.hand_over(A, &id, C);
    assert_eq!(net.role(A, &id).2, KeyState::Updating);
    remove_c(&mut net);
    assert_eq!(net.role(A, &id), (region(A), 1, KeyState::Enabled));
}

#[test]
fn a_deletion_does_not_wait_for_the_replica_of_a_removed_region() {
    let mut net = fleet();
    let id = key(&mut net);
    net.delete_key(B, &id);
    net.run();
    net.change_key(A, &id, |_, _, record| record.state = KeyState::PendingReplicaDeletion { window_days: 7 });
    remove_c(&mut net);
    let now = net.now;
    let KeyState::PendingDeletion { date } = net.role(A, &id).2 else { panic!("it waits") };
    assert!(date > now && date <= now.plus_days(7));
}

#[test]
fn a_region_that_has_not_heard_of_the_removal_does_not_bring_the_region_back() {
    let mut net = fleet();
    let id = key(&mut net);
    // B has heard of the removal, and becomes the primary by an offer of A, which has not.
    net.commit(B, |tx, _| {
        fleet_table::delete_member(tx, &region(C)).unwrap();
        begin(tx, &region(C)).unwrap();
    });
    net.hand_over(A, &id, B);
    settle(&mut net, &[B]);
    assert_eq!(net.role(A, &id).0, region(B));
    for at in [A, B] {
        assert_eq!(replicas(&net, at, &id), [region(A)]);
    }
}

#[test]
fn a_region_that_is_admitted_again_stays_in_new_sets() {
    let mut net = fleet();
    let id = key(&mut net);
    remove_c(&mut net);
    let member = MemberRecord { region: region(C), identity: net.sites[C].identity.public(), addresses: Vec::new() };
    net.commit(A, |tx, site| fleet_replication::admit(tx, &site.region, &member, false).unwrap());
    assert!(!net.read(A, |tx| fleet_table::is_former_member(tx, &region(C)).unwrap()));
    net.change_key(A, &id, |tx, site, record| {
        record.multi_region.as_mut().unwrap().replicas.push(region(C));
        raise_revision(record);
        key_replication::announce(tx, &site.region, record).unwrap();
    });
    assert_eq!(waiting(&net, A, C), 1);
    net.event(A, &crate::Event::Tick);
    assert_eq!(replicas(&net, A, &id), [region(B), region(C)]);
}

#[test]
fn another_region_becomes_the_primary_of_what_a_removed_region_had() {
    let mut net = fleet();
    let id = key(&mut net);
    net.hand_over(A, &id, C);
    net.create_secret(C, "db", "AAAAAA");
    net.replicate_secret(C, "db", A, false);
    net.replicate_secret(C, "db", B, false);
    net.run();
    assert_eq!((net.role(A, &id).0, net.value(B, "db").as_deref()), (region(C), Some("first-AAAAAA")));
    remove_c(&mut net);
    assert_eq!(net.role(A, &id).0, region(C), "nobody may write to it");
    net.promote_key(A, &id);
    net.promote_secret(A, "db");
    net.run_to(&[A, B]);
    for at in [A, B] {
        assert_eq!((net.role(at, &id).0, replicas(&net, at, &id)), (region(A), vec![region(B)]));
    }
    let secret = |at| net.secret(at, "db").unwrap().replication.unwrap();
    assert!(
        secret(A).replicas.iter().map(|replica| &replica.region).eq([&region(B)]),
        "the removed region is in no set"
    );
    assert_eq!((secret(A).primary, secret(B).primary), (region(A), region(A)));
    assert_eq!((waiting(&net, A, C), waiting(&net, B, C)), (0, 0));
}
