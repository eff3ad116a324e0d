#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::PublicIdentity;
use claviger_store::memory::MemoryStore;

use super::*;
use crate::testing::{A, B, C, Net, region};
use crate::{fleet_replication, rebuild};

const NAMES: [&str; 2] = ["us-west-2", "ap-south-1"];

/// A region that does not run.
fn member(at: usize, byte: u8) -> MemberRecord {
    let region = Region::parse(NAMES[at]).unwrap();
    MemberRecord { region, identity: PublicIdentity([byte; 32]), addresses: vec!["a.test:1".to_owned()] }
}

fn save(net: &mut Net, at: usize, member: &MemberRecord) {
    net.commit(at, |tx, _| fleet_table::save_member(tx, member).unwrap());
}

fn knows(net: &Net, at: usize, member: &MemberRecord) -> bool {
    net.read(at, |tx| fleet_table::member(tx, &member.region).unwrap()).as_ref() == Some(member)
}

/// Every region knows the others, and one that does not run.
fn fleet() -> Net {
    let mut net = Net::settled(3);
    for at in [A, B, C] {
        for of in [A, B, C].into_iter().filter(|of| *of != at) {
            let identity = net.sites[of].identity.public();
            save(&mut net, at, &MemberRecord { region: region(of), identity, addresses: Vec::new() });
        }
        save(&mut net, at, &member(0, 7));
    }
    net
}

/// Has A, the home of IAM, rebuilt from an older copy of its store.
fn rebuild_home(net: &mut Net, backup: &MemoryStore) {
    net.restore(A, backup);
    let now = net.now;
    net.commit(A, |tx, _| rebuild::begin_restored(tx, &[region(B), region(C)], now).unwrap());
    net.restart(A);
    net.run();
    assert_eq!(net.read(A, |tx| fleet_table::rebuild(tx).unwrap()), None);
}

#[test]
fn a_home_that_was_restored_takes_the_members_from_the_region_that_had_applied_most() {
    let mut net = fleet();
    let backup = net.backup(A);
    // One region is removed and another one admitted, of which C does not hear.
    let (gone, new) = (member(0, 7), member(1, 8));
    net.commit(A, |tx, site| fleet_replication::remove(tx, &site.region, &gone.region).unwrap());
    net.commit(A, |tx, site| fleet_replication::admit(tx, &site.region, &new, false).unwrap());
    net.run_to(&[A, B]);
    assert!(!knows(&net, B, &gone) && knows(&net, B, &new) && knows(&net, C, &gone) && !knows(&net, C, &new));
    net.wire.clear();
    rebuild_home(&mut net, &backup);
    for at in [A, B, C] {
        assert!(!knows(&net, at, &gone) && knows(&net, at, &new), "{at}");
        assert!(net.read(at, |tx| fleet_table::is_former_member(tx, &gone.region).unwrap()), "{at}");
        for of in [A, B, C].into_iter().filter(|of| *of != at) {
            assert!(net.read(at, |tx| fleet_table::member(tx, &region(of)).unwrap()).is_some());
        }
    }
}

#[test]
fn only_the_source_of_iam_says_who_the_members_are() {
    let mut net = fleet();
    save(&mut net, B, &member(1, 8));
    net.commit(B, |tx, _| crate::change::announce::<FleetCopy>(tx, &region(A), &FleetCopyName {}).unwrap());
    net.run();
    assert!(knows(&net, A, &member(0, 7)) && !knows(&net, A, &member(1, 8)));
    assert_eq!(net.engines[A].counters().forbidden, 1);
}
