//! Messages of a rebuilding that come twice, or that are of an earlier one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::fleet_table;
use claviger_store::tables::log;
use claviger_store::tables::region_table::{self, TokenKeyRecord};
use claviger_store::tables::secret_table::ReplicaStatus;

use super::RebuildEnd;
use crate::change::{self, Copied, Envelope, OutboxRow};
use crate::context::Verdict;
use crate::copies_wanted::CopiesWanted;
use crate::kind::Replicated;
use crate::testing::{A, B, C, Net, region};
use crate::{compact, secret_replication};

const NAME: &str = "db";

/// A secret of A with replicas in both other regions.
fn fleet() -> Net {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.replicate_secret(A, NAME, C, false);
    net.run();
    net
}

fn is_rebuilt(net: &Net) -> bool {
    let done =
        net.read(A, |tx| fleet_table::rebuild(tx).unwrap().is_none() && fleet_table::rebuilt(tx).unwrap().is_some());
    done && net.value(A, NAME).is_some()
}

#[test]
fn an_end_of_an_earlier_rebuilding_ends_nothing() {
    let mut net = fleet();
    let stale = RebuildEnd { of: Copied::Shared, answered: true, request: 7 };
    for at in [B, C] {
        // It waits in the outbox when the store is lost again.
        let site = &net.sites[at];
        let mut tx = site.begin().unwrap();
        change::announce::<RebuildEnd>(&mut tx, &region(A), &stale).unwrap();
        site.commit(tx.into_batch()).unwrap();
    }
    net.lose_store(A);
    net.run();
    assert!(is_rebuilt(&net));
}

#[test]
fn a_request_for_copies_that_comes_twice_is_served_once() {
    let net = fleet();
    net.with_context(B, A, |cx| {
        let wanted = |request| CopiesWanted { request, first: true };
        assert_eq!(wanted(5).apply(cx).unwrap(), Verdict::Applied);
        assert_eq!(wanted(5).apply(cx).unwrap(), Verdict::Stale);
        assert_eq!(wanted(6).apply(cx).unwrap(), Verdict::Applied);
    });
}

#[test]
fn a_source_that_loses_its_store_meanwhile_is_asked_again() {
    let mut net = fleet();
    net.lose_store(A);
    // B has been asked, and has not answered yet.
    net.run_to(&[B]);
    net.lose_store(B);
    net.run();
    assert!(is_rebuilt(&net));
    assert_eq!(net.status(A, NAME, B).unwrap().0, ReplicaStatus::InSync);
}

#[test]
fn a_compacted_outbox_still_gives_a_region_its_session_token_keys_back() {
    let mut net = Net::settled(2);
    let id = |net: &Net, at| net.read(at, |tx| region_table::region(tx).unwrap()).unwrap().token_key;
    let (own, given_back) = (id(&net, A), id(&net, B));
    let site = &net.sites[A];
    let mut tx = site.begin().unwrap();
    for id in [&own, &given_back] {
        change::announce::<TokenKeyRecord>(&mut tx, &region(B), id).unwrap();
    }
    site.commit(tx.into_batch()).unwrap();
    let mut tx = site.begin().unwrap();
    assert!(compact::compact(&mut tx, &region(B), None, 1).unwrap());
    site.commit(tx.into_batch()).unwrap();
    let rows = net.read(A, |tx| log::outbox(tx, &region(B), None, 10).unwrap());
    let left: Vec<OutboxRow> = rows.iter().map(|(_, bytes)| minicbor::decode(bytes).unwrap()).collect();
    let [OutboxRow::Change(kept), OutboxRow::Resync(_)] = &left[..] else { panic!("{left:?}") };
    assert_eq!(*kept, Envelope::naming::<TokenKeyRecord>(&given_back));
    net.event(A, &crate::Event::Committed);
    net.run();
}

#[test]
fn a_rebuilt_region_hears_from_the_others_that_it_is_the_home_of_iam() {
    let mut net = Net::settled(3);
    net.move_home(B);
    net.run();
    // The new store begins with A as the home, as a configuration has it.
    net.lose_store(B);
    net.run();
    for at in [A, B, C] {
        let record = net.read(at, |tx| region_table::region(tx).unwrap()).unwrap();
        assert_eq!((record.iam_home, record.home_counter), (region(B), Some(1)));
    }
}

#[test]
fn an_old_primary_does_not_make_a_replica_of_what_its_successor_has_deleted() {
    let mut net = fleet();
    // A does not hear of the promotion of B.
    net.promote_secret(B, NAME);
    net.wire.clear();
    let record = net.secret(B, NAME).unwrap();
    let site = &net.sites[B];
    let mut tx = site.begin().unwrap();
    secret_replication::record_deletion(&mut tx, &record).unwrap();
    claviger_store::tables::secret_table::delete_secret(&mut tx, &record).unwrap();
    for at in [A, C] {
        log::clear_outbox(&mut tx, &region(at)).unwrap();
    }
    site.commit(tx.into_batch()).unwrap();
    net.restart(B);
    net.put_value(A, NAME, "second");
    net.run();
    assert_eq!(net.secret(B, NAME), None);
    assert_eq!(net.status(A, NAME, B), None);
}
