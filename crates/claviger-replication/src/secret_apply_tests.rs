#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::Epoch;
use claviger_store::tables::refused_secret_table::refused_secrets;
use claviger_store::tables::secret_table::ReplicaStatus::{Failed, InProgress, InSync};
use claviger_store::tables::secret_table::{self, ReplicaStatus, VersionMeta};
use claviger_types::Timestamp;

use crate::secret_replication;
use crate::testing::{A, B, C, Net, account, region};

const NAME: &str = "db";

/// A secret in A with a replica in B.
fn replicated() -> Net {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.run();
    net
}

fn status(net: &Net, of: usize) -> Option<ReplicaStatus> {
    net.status(A, NAME, of).map(|(status, _)| status)
}

/// What of A's a region could not apply.
fn refused(net: &Net, at: usize) -> Vec<String> {
    let records = net.read(at, |tx| refused_secrets(tx, &region(A), 10).unwrap());
    records.into_iter().map(|record| record.reason).collect()
}

fn remove(net: &mut Net, of: usize) {
    net.remove_replica(A, NAME, of);
}

fn detach(net: &mut Net, at: usize) {
    net.change_secret(at, NAME, |tx, _, record| secret_replication::detach(tx, record).unwrap());
}

#[test]
fn a_replica_copies_everything_but_the_key() {
    let mut net = replicated();
    assert_eq!(net.status(A, NAME, B), Some((InSync, "Replication succeeded".to_owned())));
    assert_eq!(net.value(B, NAME).as_deref(), Some("first-AAAAAA"));
    net.put_value(A, NAME, "second");
    assert_eq!(status(&net, B), Some(InProgress));
    net.run();
    assert_eq!((net.value(B, NAME).as_deref(), status(&net, B)), (Some("second"), Some(InSync)));
    let (primary, replica) = (net.secret(A, NAME).unwrap(), net.secret(B, NAME).unwrap());
    assert!(replica.is_replica() && !primary.is_replica());
    assert_eq!(replica.arn, primary.arn.in_region(&region(B)));
    assert_eq!(replica.created, primary.created);
    assert_eq!(replica.description.as_deref(), Some("made in eu-central-1"));
    let labels = |record: &secret_table::SecretRecord| -> Vec<(String, Vec<String>)> {
        record.versions.iter().map(|v| (v.id.clone(), v.stages.clone())).collect()
    };
    assert_eq!(labels(&replica), labels(&primary));
}

#[test]
fn a_replica_changes_only_once_its_values_arrive() {
    let mut net = replicated();
    let before = net.secret(B, NAME);
    net.put_value(A, NAME, "second");
    net.run_to(&[B]);
    assert_eq!(net.secret(B, NAME), before);
    net.run();
    assert_ne!(net.secret(B, NAME), before);
}

#[test]
fn versions_without_labels_are_not_replicated_and_are_deleted() {
    let mut net = replicated();
    for version in ["second", "third", "fourth"] {
        net.put_value(A, NAME, version);
        net.run();
    }
    let replica = net.secret(B, NAME).unwrap();
    assert_eq!(replica.versions.iter().map(|v| v.id.as_str()).collect::<Vec<_>>(), ["third", "fourth"]);
    let old = net.read(B, |tx| secret_table::value(tx, &replica.arn, "first-AAAAAA").unwrap());
    assert_eq!(old, None);
}

#[test]
fn a_version_without_a_value_is_replicated_without_one() {
    let mut net = replicated();
    net.change_secret(A, NAME, |_, _, record| {
        record.versions.push(VersionMeta {
            id: "pending".to_owned(),
            stages: vec!["AWSPENDING".to_owned()],
            created: Timestamp(1),
            last_accessed: None,
            kms_key: None,
            has_value: false,
        });
        secret_replication::raise_revision(record);
    });
    net.run();
    assert_eq!(status(&net, B), Some(InSync));
    assert!(net.secret(B, NAME).unwrap().staged("AWSPENDING").is_some_and(|version| !version.has_value));
}

#[test]
fn a_taken_name_fails_unless_overwriting_is_forced() {
    let mut net = replicated();
    net.create_secret(C, NAME, "CCCCCC");
    net.replicate_secret(A, NAME, C, false);
    net.run();
    let (status, message) = net.status(A, NAME, C).unwrap();
    assert_eq!(status, Failed);
    assert!(message.contains("already exists in this region"));
    assert_eq!(net.value(C, NAME).as_deref(), Some("first-CCCCCC"));
    assert_eq!(refused(&net, C), [message]);

    remove(&mut net, C);
    net.run();
    assert!(refused(&net, C).is_empty());
    assert_eq!(net.value(C, NAME).as_deref(), Some("first-CCCCCC"), "an independent secret stays");
    net.replicate_secret(A, NAME, C, true);
    net.run();
    assert_eq!(net.value(C, NAME).as_deref(), Some("first-AAAAAA"));
    assert_eq!(net.secret(C, NAME).unwrap().arn.suffix, "AAAAAA");
}

#[test]
fn a_response_that_comes_late_does_not_fail() {
    let mut net = replicated();
    let (state, parts) = net.with_context(A, B, |cx| {
        let arn = secret_table::secret(cx.tx, &account(), NAME).unwrap().unwrap().arn;
        let (record, state) = secret_replication::shared(cx, &arn).unwrap().unwrap();
        let parts = secret_replication::open_values(cx, &record, &state, &|_| false).unwrap();
        (state, parts)
    });
    net.sites[B].refuses = true;
    assert!(!parts.is_empty());
    net.with_context(B, A, |cx| {
        super::receive(cx, state, parts, None).unwrap();
        assert!(refused_secrets(cx.tx, &region(A), 10).unwrap().is_empty());
    });
}

#[test]
fn a_failure_lasts_until_the_next_announcement() {
    let mut net = replicated();
    net.sites[B].refuses = true;
    net.put_value(A, NAME, "second");
    net.run();
    assert_eq!(net.status(A, NAME, B), Some((Failed, "not allowed to encrypt in the replica's region".to_owned())));
    assert_eq!(net.value(B, NAME).as_deref(), Some("first-AAAAAA"));
    assert_eq!(refused(&net, B), ["not allowed to encrypt in the replica's region"]);
    net.sites[B].refuses = false;
    net.run();
    assert_eq!(status(&net, B), Some(Failed));
    net.change_secret(A, NAME, |_, _, record| secret_replication::raise_revision(record));
    net.run();
    assert_eq!((status(&net, B), net.value(B, NAME).as_deref()), (Some(InSync), Some("second")));
    assert!(refused(&net, B).is_empty());
}

/// B could not apply the last state of A's secret.
fn refusing() -> Net {
    let mut net = replicated();
    net.sites[B].refuses = true;
    net.put_value(A, NAME, "second");
    net.run();
    assert_eq!(refused(&net, B).len(), 1);
    net
}

#[test]
fn a_refusal_ends_when_the_secret_takes_the_place_of_its_primary() {
    let mut net = refusing();
    net.promote_secret(B, NAME);
    assert!(refused(&net, B).is_empty());
    // The former primary announces its state until it hears of its successor.
    net.change_secret(A, NAME, |_, _, record| secret_replication::raise_revision(record));
    net.run();
    assert!(net.secret(A, NAME).unwrap().is_replica() && refused(&net, B).is_empty());
}

#[test]
fn a_refusal_ends_when_a_state_of_another_primary_is_applied() {
    let mut net = replicated();
    net.replicate_secret(A, NAME, C, false);
    net.run();
    net.sites[C].refuses = true;
    net.put_value(A, NAME, "second");
    net.run();
    assert_eq!(refused(&net, C).len(), 1);
    net.sites[C].refuses = false;
    net.promote_secret(B, NAME);
    net.run();
    assert_eq!((net.value(C, NAME).as_deref(), refused(&net, C).len()), (Some("second"), 0));
}

#[test]
fn a_refusal_ends_when_the_secret_becomes_independent() {
    let mut net = refusing();
    detach(&mut net, B);
    assert!(refused(&net, B).is_empty());
    net.run();
    assert!(refused(&net, B).is_empty());
}

#[test]
fn a_region_that_is_rebuilt_forgets_what_it_had_refused() {
    let mut net = refusing();
    let backup = net.backup(B);
    remove(&mut net, B);
    net.run();
    assert!(refused(&net, B).is_empty());
    // By this the others know that the store was further.
    net.create_secret(B, "own", "BBBBBB");
    net.replicate_secret(B, "own", A, false);
    net.run();
    net.restore_and_rebuild(B, &backup);
    net.run();
    assert!(refused(&net, B).is_empty());
}

#[test]
fn the_requesting_caller_must_be_allowed_to_use_the_primarys_key() {
    let mut net = replicated();
    net.sites[A].refuses = true;
    net.put_value(A, NAME, "second");
    // The stream continues after the refusal.
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    assert_eq!(net.status(A, NAME, B), Some((Failed, "not allowed to decrypt in the primary's region".to_owned())));
    assert!(net.key(B, &id).unwrap().current.is_some());
}

#[test]
fn a_change_of_the_replicas_key_reseals_its_values() {
    let mut net = replicated();
    let arn = net.secret(B, NAME).unwrap().arn;
    let sealed = |net: &Net| net.read(B, |tx| secret_table::value(tx, &arn, "first-AAAAAA").unwrap());
    let before = sealed(&net);
    net.change_secret(A, NAME, |_, _, record| {
        secret_replication::raise_revision(record);
        record.replication.as_mut().unwrap().replicas[0].kms_key_id = Some("alias/other".to_owned());
    });
    net.run();
    assert_eq!(net.secret(B, NAME).unwrap().kms_key_id.as_deref(), Some("alias/other"));
    assert_ne!(sealed(&net), before);
    assert_eq!((net.value(B, NAME).as_deref(), status(&net, B)), (Some("first-AAAAAA"), Some(InSync)));
}

#[test]
fn a_removed_replica_is_deleted_and_can_be_requested_again() {
    let mut net = replicated();
    remove(&mut net, B);
    net.run();
    assert!(net.secret(B, NAME).is_none());
    net.replicate_secret(A, NAME, B, false);
    net.run();
    assert_eq!((net.value(B, NAME).as_deref(), status(&net, B)), (Some("first-AAAAAA"), Some(InSync)));
}

#[test]
fn a_removal_followed_by_a_new_request_results_in_a_replica() {
    let mut net = replicated();
    remove(&mut net, B);
    net.replicate_secret(A, NAME, B, false);
    net.wire.clear();
    net.run();
    assert_eq!((net.value(B, NAME).as_deref(), status(&net, B)), (Some("first-AAAAAA"), Some(InSync)));
}

#[test]
fn a_detached_replica_is_never_overwritten() {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, true);
    net.run();
    // A has not received the detachment yet, and forces an overwrite.
    detach(&mut net, B);
    net.wire.clear();
    net.put_value(A, NAME, "late");
    net.run_to(&[B]);
    let alone = net.secret(B, NAME).unwrap();
    assert_eq!((net.value(B, NAME).as_deref(), alone.replication), (Some("first-AAAAAA"), None));
    net.run();
    assert_eq!(net.value(B, NAME).as_deref(), Some("first-AAAAAA"));
    assert_eq!(status(&net, B), None, "the primary drops the region");

    // After B has deleted the secret, A's announcements do not restore it.
    net.commit(B, |tx, _| {
        let record = secret_table::secret(tx, &account(), NAME).unwrap().unwrap();
        secret_table::delete_secret(tx, &record).unwrap();
    });
    net.put_value(A, NAME, "later");
    net.run();
    assert!(net.secret(B, NAME).is_none());
}

#[test]
fn a_detached_replica_can_become_the_primary_of_the_old_one() {
    let mut net = replicated();
    detach(&mut net, B);
    net.wire.clear();
    net.put_value(B, NAME, "after");
    net.replicate_secret(B, NAME, C, false);
    net.replicate_secret(B, NAME, A, true);
    net.run();
    for at in [A, C] {
        assert_eq!(net.value(at, NAME).as_deref(), Some("after"));
        assert_eq!(net.status(B, NAME, at).map(|(status, _)| status), Some(InSync));
    }
    assert!(net.secret(A, NAME).unwrap().is_replica());
    assert_eq!(net.secret(B, NAME).unwrap().replication.unwrap().epoch.counter, 2);
}

#[test]
fn each_promotion_of_a_secret_begins_a_new_epoch() {
    let mut net = Net::settled(2);
    net.create_secret(A, NAME, "AAAAAA");
    for expected in 1..4 {
        net.change_secret(A, NAME, |tx, _, record| {
            secret_replication::become_primary(tx, record).unwrap();
            assert_eq!(record.replication.take().unwrap().epoch.counter, expected);
        });
    }
}

#[test]
fn only_the_report_of_the_newest_revision_sets_the_status() {
    let mut net = replicated();
    net.put_value(A, NAME, "second");
    net.run_to(&[B]);
    net.put_value(A, NAME, "third");
    let third = net.secret(A, NAME).unwrap().replication.unwrap().revision;
    // The response to the request for the second value carries the third.
    net.run();
    assert_eq!(net.secret(B, NAME).unwrap().replication.unwrap().revision, third);
    assert_eq!((net.value(B, NAME).as_deref(), status(&net, B)), (Some("third"), Some(InSync)));
}

#[test]
fn the_date_of_the_last_read_is_reported_to_the_primary() {
    let mut net = replicated();
    net.commit(B, |tx, _| {
        let mut record = secret_table::secret(tx, &account(), NAME).unwrap().unwrap();
        record.last_accessed = Some(Timestamp(86_400_000));
        secret_table::save_secret(tx, &record).unwrap();
        secret_replication::report_access(tx, &record).unwrap();
    });
    net.run();
    let entry = net.secret(A, NAME).unwrap().replication.unwrap().replicas.remove(0);
    assert_eq!((entry.last_accessed, entry.status), (Some(Timestamp(86_400_000)), InSync));
}

/// B takes A's place and wants no replica in A, so A is an independent primary from then on. C follows B.
#[test]
fn a_primary_learns_that_a_replica_follows_another_one() {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.replicate_secret(A, NAME, C, false);
    net.run();
    // A hears of both at once.
    let now = net.now;
    net.change_secret(B, NAME, |tx, site, record| {
        let signed = site.authorization(&region(A), now);
        secret_replication::promote(tx, record, now, Some(&signed)).unwrap();
        let shared = record.replication.as_mut().unwrap();
        let at = shared.replicas.iter().position(|entry| entry.region == region(A)).unwrap();
        let (entry, epoch) = (shared.replicas.remove(at), shared.epoch.clone());
        let arn = record.arn.clone();
        secret_replication::announce_removal(tx, &arn, &entry.region, entry.generation, &epoch).unwrap();
    });
    net.run();
    let status = |net: &Net, at| net.status(at, NAME, C).map(|(status, _)| status);
    assert_eq!(net.secret(C, NAME).unwrap().replication.unwrap().primary, region(B));
    assert_eq!(status(&net, B), Some(InSync));
    assert_eq!(net.status(A, NAME, C).unwrap(), (Failed, format!("The replica follows the primary in {}", region(B))));
    net.put_value(A, NAME, "later");
    net.run_on();
    assert_eq!(status(&net, A), Some(Failed));
    assert_ne!(net.value(C, NAME).as_deref(), Some("later"));
}

/// A mark may be of another line of primaries with the same ARN.
#[test]
fn a_later_mark_does_not_end_a_replica_that_follows_a_successor() {
    let mut net = Net::settled(3);
    net.create_secret(A, NAME, "AAAAAA");
    net.replicate_secret(A, NAME, B, false);
    net.replicate_secret(A, NAME, C, false);
    net.run();
    let arn = net.secret(C, NAME).unwrap().arn;
    let later = Epoch { counter: 9, region: region(A) };
    net.commit(C, |tx, _| secret_replication::leave_mark(tx, &arn, &later, 99).unwrap());
    net.promote_secret(B, NAME);
    net.run();
    net.put_value(B, NAME, "later");
    net.run();
    assert_eq!(net.value(C, NAME).as_deref(), Some("later"));
    assert_eq!(net.status(B, NAME, C).map(|(status, _)| status), Some(InSync));
}
