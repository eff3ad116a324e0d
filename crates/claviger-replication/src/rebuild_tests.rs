#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use claviger_store::tables::fleet_table::{self, MemberRecord, RebuildCounts, RebuiltRecord};
use claviger_store::tables::iam_table::{self, AccessKeyRecord, Identity, UserRecord};
use claviger_store::tables::key_table::KeyState;
use claviger_store::tables::log::{self, InboxRecord};
use claviger_store::tables::run_table::{SignedPoint, StorePoint};
use claviger_store::tables::secret_table::{self, ReplicaStatus};
use claviger_store::tables::{Named, delete, region_table, run_table, save};
use claviger_types::Timestamp;

use super::{RebuildEnd, begin_restored};
use crate::change::Copied;
use crate::iam_recovery::IamWanted;
use crate::key_copy::KeyCopy;
use crate::key_messages::KeyName;
use crate::secret_copy::SecretCopy;
use crate::testing::{A, B, C, Net, account, region};
use crate::{Event, change, fleet_replication, home_row};

const NAME: &str = "db";

/// A key and a secret with their primaries in A, and a key and a secret with their primaries in B, all with replicas in both other regions.
fn fleet() -> (Net, Vec<claviger_types::KeyId>) {
    let mut net = Net::settled(3);
    let keys = vec![net.create_key(), net.create_key()];
    for key in &keys {
        net.replicate_key(A, key, B);
        net.replicate_key(A, key, C);
    }
    net.run();
    net.hand_over(A, &keys[1], B);
    net.run();
    for key in &keys {
        let at = if net.role(A, key).0 == region(A) { A } else { B };
        net.rotate_key(at, key);
    }
    for (at, name) in [(A, NAME), (B, "of-b")] {
        net.create_secret(at, name, "AAAAAA");
        for to in [A, B, C].into_iter().filter(|to| *to != at) {
            net.replicate_secret(at, name, to, false);
        }
        net.put_value(at, name, "second");
    }
    net.run();
    (net, keys)
}

fn rebuilt(net: &Net, at: usize) -> RebuiltRecord {
    assert_eq!(net.read(at, |tx| fleet_table::rebuild(tx).unwrap()), None);
    net.read(at, |tx| fleet_table::rebuilt(tx).unwrap()).unwrap()
}

fn is_whole(net: &Net, keys: &[claviger_types::KeyId]) {
    for (key, primary, counter) in [(&keys[0], A, None), (&keys[1], B, None::<u64>)] {
        let roles: Vec<_> = [A, B, C].map(|at| net.role(at, key)).to_vec();
        assert!(roles.iter().all(|role| role == &roles[0]), "{roles:?}");
        assert_eq!((&roles[0].0, &roles[0].2), (&region(primary), &KeyState::Enabled));
        assert!(counter.is_none_or(|counter| roles[0].1 == counter));
        let materials: Vec<_> =
            [A, B, C].map(|at| net.materials(at, key).iter().map(|m| m.id).collect::<Vec<_>>()).to_vec();
        assert!(materials.iter().all(|held| held.len() == 2 && held == &materials[0]), "{materials:?}");
        let current: Vec<_> = [A, B, C].map(|at| net.key(at, key).unwrap().current).to_vec();
        assert!(current[0].is_some() && current.iter().all(|id| id == &current[0]));
    }
    for (name, primary) in [(NAME, A), ("of-b", B)] {
        for at in [A, B, C] {
            assert_eq!(net.value(at, name).as_deref(), Some("second"), "{name} in {at}");
            if at != primary {
                assert_eq!(net.status(primary, name, at).unwrap().0, ReplicaStatus::InSync, "{name} in {at}");
            }
        }
    }
}

#[test]
fn a_region_that_lost_its_store_gets_back_what_others_know() {
    for lost in [A, B, C] {
        let (mut net, keys) = fleet();
        is_whole(&net, &keys);
        net.lose_store(lost);
        assert_eq!(net.key(lost, &keys[0]), None);
        net.run();
        is_whole(&net, &keys);
        let secrets = if lost == C { 0 } else { 1 };
        let expected = RebuildCounts { keys: 2, keys_with_borrowed_settings: 2, secrets, ..RebuildCounts::default() };
        assert_eq!(rebuilt(&net, lost).found, expected);
        // It is a full member again.
        for (at, key) in [(A, &keys[0]), (B, &keys[1])] {
            net.rotate_key(at, key);
            net.run();
            assert!([A, B, C].iter().all(|at| net.materials(*at, key).len() == 3));
            net.hand_over(at, key, C);
            net.run();
            assert!([A, B, C].iter().all(|at| net.role(*at, key).0 == region(C)));
        }
        for (at, name) in [(A, NAME), (B, "of-b")] {
            net.put_value(at, name, "third");
            net.run();
            assert!([A, B, C].iter().all(|at| net.value(*at, name).as_deref() == Some("third")));
        }
    }
}

#[test]
fn a_region_is_rebuilt_in_spite_of_crashes() {
    for lost in [A, B] {
        for crash in [A, B, C] {
            let (mut net, keys) = fleet();
            net.lose_store(lost);
            // The messages of each region are cut off once, wherever the rebuilding is.
            for _ in 0..6 {
                let before = net.wire.len().min(3);
                for _ in 0..before {
                    let message = net.wire.remove(0);
                    net.deliver(&message);
                }
                net.restart(crash);
            }
            net.run();
            is_whole(&net, &keys);
            rebuilt(&net, lost);
        }
    }
}

#[test]
fn two_lost_regions_are_rebuilt_from_the_third() {
    let (mut net, keys) = fleet();
    net.lose_store(A);
    net.lose_store(B);
    net.run();
    is_whole(&net, &keys);
    assert_eq!((rebuilt(&net, A).found.secrets, rebuilt(&net, B).found.secrets), (1, 1));
}

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

fn users(net: &Net, at: usize) -> Vec<String> {
    net.read(at, |tx| {
        let users = iam_table::users(tx, &account(), None, 1_000).unwrap();
        let mut names: Vec<String> = users.into_iter().map(|(_, user)| user.identity.name).collect();
        names.sort();
        names
    })
}

#[test]
fn the_home_gets_iam_from_the_region_that_had_applied_most() {
    let mut net = Net::settled(3);
    let peers = [region(B), region(C)];
    let change = |net: &mut Net, user: &UserRecord, deleted: bool| {
        net.commit(A, |tx, _| {
            if deleted {
                delete(tx, user).unwrap()
            } else {
                save(tx, user).unwrap()
            }
            home_row::announce::<UserRecord>(tx, &peers, &user.row_name()).unwrap();
        });
    };
    change(&mut net, &user("ada"), false);
    change(&mut net, &user("revoked"), false);
    net.run();
    // C does not hear of the revocation before the home is lost.
    change(&mut net, &user("revoked"), true);
    change(&mut net, &user("late"), false);
    net.run_to(&[A, B]);
    assert_eq!(
        (users(&net, B), users(&net, C)),
        (vec!["ada".into(), "late".into()], vec!["ada".into(), "revoked".into()])
    );
    net.lose_store(A);
    net.run();
    for at in [A, B, C] {
        assert_eq!(users(&net, at), ["ada", "late"], "{at}");
    }
    assert_eq!(rebuilt(&net, A).found.iam, 2);
}

#[test]
fn sessions_of_the_lost_region_stay_valid_everywhere() {
    let mut net = Net::settled(3);
    let keys = |net: &Net, at: usize| {
        let keys = net.read(at, |tx| region_table::token_keys(tx, 100).unwrap());
        assert!(keys.iter().all(|key| !key.sealed.is_empty()));
        keys.into_iter().map(|key| key.id).collect::<BTreeSet<String>>()
    };
    let before = keys(&net, A);
    assert_eq!(before.len(), 3);
    net.lose_store(B);
    net.run();
    for at in [A, B, C] {
        let after = keys(&net, at);
        assert!(after.is_superset(&before) && after.len() == 4, "{at}");
    }
}

#[test]
fn nobody_gives_a_region_copies_that_is_not_rebuilt() {
    let (mut net, keys) = fleet();
    let before = net.key(B, &keys[0]);
    net.commit(A, |tx, _| {
        let name = KeyName { account: account(), id: keys[0].clone() };
        change::announce::<KeyCopy>(tx, &region(B), &name).unwrap();
        let arn = secret_table::secret(tx, &account(), NAME).unwrap().unwrap().arn.in_region(&region(B));
        change::announce::<SecretCopy>(tx, &region(B), &arn).unwrap();
        change::announce::<RebuildEnd>(tx, &region(B), &RebuildEnd { of: Copied::Shared, answered: true, request: 1 })
            .unwrap();
        change::announce::<IamWanted>(tx, &region(B), &IamWanted { request: 1 }).unwrap();
    });
    net.run();
    assert_eq!(net.key(B, &keys[0]), before);
    assert_eq!(net.read(B, |tx| fleet_table::rebuilt(tx).unwrap()), None);
    let iam_wanted = net.engines[B].counters();
    assert_eq!(iam_wanted.forbidden, 1, "the copy of the key: {iam_wanted:?}");
}

/// A promotion without the old primary, whose region is cut off.
#[test]
fn a_forced_primary_of_a_secret_has_all_replicas_and_the_old_primary_steps_down() {
    let (mut net, _) = fleet();
    net.promote_secret(B, NAME);
    net.put_value(B, NAME, "of the new primary");
    net.run_to(&[B, C]);
    assert_eq!(net.value(C, NAME).as_deref(), Some("of the new primary"));
    // The old primary does not know it yet, and sets a value that will be lost.
    net.put_value(A, NAME, "of the old primary");
    net.run();
    for at in [A, B, C] {
        assert_eq!(net.value(at, NAME).as_deref(), Some("of the new primary"), "{at}");
        assert_eq!(net.secret(at, NAME).unwrap().replication.unwrap().primary, region(B));
    }
    for at in [A, C] {
        assert_eq!(net.status(B, NAME, at).unwrap().0, ReplicaStatus::InSync);
    }
    net.put_value(B, NAME, "later");
    net.run();
    assert!([A, B, C].iter().all(|at| net.value(*at, NAME).as_deref() == Some("later")));
}

/// Two regions are promoted before either hears of the other.
#[test]
fn the_later_epoch_wins_among_two_forced_primaries() {
    let (mut net, keys) = fleet();
    for at in [B, C] {
        net.promote_secret(at, NAME);
        net.promote_key(at, &keys[0]);
        net.put_value(at, NAME, &format!("of {at}"));
    }
    net.run();
    // us-east-1 is after eu-west-1.
    for at in [A, B, C] {
        assert_eq!(net.role(at, &keys[0]).0, region(C));
        assert_eq!(net.value(at, NAME).as_deref(), Some("of 2"), "{at}");
    }
}

/// What happens to the fleet between the backup of a region and its loss.
fn go_on(net: &mut Net, keys: &[claviger_types::KeyId]) {
    for (at, key) in [(A, &keys[0]), (B, &keys[1])] {
        net.rotate_key(at, key);
    }
    for (at, name) in [(A, NAME), (B, "of-b")] {
        net.put_value(at, name, "third");
    }
    net.run();
}

#[test]
fn a_store_that_was_restored_from_an_older_copy_is_held_until_it_is_rebuilt() {
    for restored in [A, B, C] {
        let (mut net, keys) = fleet();
        let backup = net.backup(restored);
        go_on(&mut net, &keys);
        net.restore(restored, &backup);
        net.run_on();
        let held = net.read(restored, |tx| run_table::held(tx).unwrap());
        assert!(held.is_some(), "{restored}");
        for at in [A, B, C].into_iter().filter(|at| *at != restored) {
            assert_eq!(net.materials(at, &keys[0]).len(), 3, "nothing goes back in {at}");
            assert_eq!(net.value(at, NAME).as_deref(), Some("third"));
        }
        let other = if restored == C { A } else { C };
        let current: Vec<_> = keys.iter().map(|key| net.key(other, key).unwrap().current.unwrap()).collect();
        let sources: Vec<_> = [A, B, C].into_iter().filter(|at| *at != restored).map(region).collect();
        let now = net.now;
        net.commit(restored, |tx, _| begin_restored(tx, &sources, now).unwrap());
        net.restart(restored);
        net.run();
        rebuilt(&net, restored);
        assert_eq!(net.read(restored, |tx| run_table::held(tx).unwrap()), None);
        for at in [A, B, C] {
            for key in &keys {
                assert_eq!(net.materials(at, key).len(), 3, "{at} after {restored} was restored");
                assert_eq!(net.role(at, key), net.role(A, key));
            }
            for (key, current) in keys.iter().zip(&current) {
                assert_eq!(net.key(at, key).unwrap().current, Some(*current), "the rotation stays done");
            }
            for name in [NAME, "of-b"] {
                assert_eq!(net.value(at, name).as_deref(), Some("third"), "{name} in {at}");
            }
        }
        // It is a full member, and is not held again.
        go_on(&mut net, &keys);
        net.restart(restored);
        net.run();
        assert_eq!(net.read(restored, |tx| run_table::held(tx).unwrap()), None);
        assert!([A, B, C].iter().all(|at| net.materials(*at, &keys[0]).len() == 4));
    }
}

#[test]
fn a_home_that_was_restored_does_not_bring_deleted_users_back() {
    let mut net = Net::settled(2);
    let peers = [region(B)];
    let change = |net: &mut Net, user: &UserRecord, deleted: bool| {
        net.commit(A, |tx, _| {
            if deleted {
                delete(tx, user).unwrap()
            } else {
                save(tx, user).unwrap()
            }
            home_row::announce::<UserRecord>(tx, &peers, &user.row_name()).unwrap();
        });
        net.run();
    };
    change(&mut net, &user("revoked"), false);
    let backup = net.backup(A);
    change(&mut net, &user("revoked"), true);
    change(&mut net, &user("late"), false);
    net.restore(A, &backup);
    net.run_on();
    assert_eq!((users(&net, A), users(&net, B)), (vec!["revoked".into()], vec!["late".into()]));
    let now = net.now;
    net.commit(A, |tx, _| begin_restored(tx, &[region(B)], now).unwrap());
    net.restart(A);
    net.run();
    assert_eq!((users(&net, A), users(&net, B)), (vec!["late".into()], vec!["late".into()]));
}

#[test]
fn a_region_that_only_restarts_is_not_held() {
    let (mut net, keys) = fleet();
    for round in 0..6 {
        net.restart(round % 3);
        go_on(&mut net, &keys);
    }
    for at in [A, B, C] {
        assert_eq!(net.read(at, |tx| run_table::held(tx).unwrap()), None);
    }
}

#[test]
fn a_copy_of_the_store_that_lacks_nothing_is_not_held() {
    for at in [A, B, C] {
        let (mut net, keys) = fleet();
        let copy = net.backup(at);
        net.restore(at, &copy);
        net.run();
        go_on(&mut net, &keys);
        assert_eq!(net.read(at, |tx| run_table::held(tx).unwrap()), None);
    }
}

fn access_key(id: &str, user: &UserRecord, sealed: Vec<u8>) -> AccessKeyRecord {
    AccessKeyRecord {
        id: id.to_owned(),
        account: account(),
        user: user.identity.name.clone(),
        user_id: user.identity.id.clone(),
        secret: sealed,
        created: Timestamp(1),
        active: true,
    }
}

/// A home with many users and an access key, of which every region has a copy.
fn home_with_iam() -> Net {
    let mut net = Net::settled(3);
    let peers = [region(B), region(C)];
    for n in 0..200 {
        let user = user(&format!("user-{n}"));
        net.commit(A, |tx, _| {
            save(tx, &user).unwrap();
            home_row::announce::<UserRecord>(tx, &peers, &user.row_name()).unwrap();
        });
    }
    net.commit(A, |tx, site| {
        let sealed = site.keyring.seal(&*site.random, &[b"access-key", b"AKIA1"], b"secret");
        save(tx, &access_key("AKIA1", &user("user-0"), sealed)).unwrap();
        home_row::announce::<AccessKeyRecord>(tx, &peers, &iam_table::access_key_name("AKIA1")).unwrap();
    });
    net.run();
    net
}

fn has_iam(net: &Net, at: usize) {
    assert_eq!(users(net, at).len(), 200, "{at}");
    let key = net.read(at, |tx| iam_table::access_key(tx, "AKIA1").unwrap()).unwrap();
    let opened = net.sites[at].keyring.open_sealed(&[b"access-key", b"AKIA1"], &key.secret).unwrap();
    assert_eq!(opened.as_slice(), b"secret", "{at}");
}

#[test]
fn a_home_that_is_rebuilt_deletes_nothing_elsewhere() {
    let mut net = home_with_iam();
    net.lose_store(A);
    // One source is cut off while the other one talks to the home.
    for _ in 0..20 {
        net.run_to(&[A, B]);
        net.now = net.now.plus_secs(10);
        [A, B].into_iter().for_each(|at| net.event(at, &Event::Tick));
        net.wire.retain(|message| message.to != region(C) && message.from != region(C));
    }
    has_iam(&net, B);
    has_iam(&net, C);
    net.run();
    [A, B, C].into_iter().for_each(|at| has_iam(&net, at));
}

#[test]
fn a_home_that_was_restored_deletes_nothing_elsewhere() {
    let mut net = Net::settled(3);
    let older = net.backup(A);
    net = {
        // The same stores go on, with IAM that the copy does not have.
        let peers = [region(B), region(C)];
        for n in 0..200 {
            let user = user(&format!("user-{n}"));
            net.commit(A, |tx, _| {
                save(tx, &user).unwrap();
                home_row::announce::<UserRecord>(tx, &peers, &user.row_name()).unwrap();
            });
        }
        net.run();
        net
    };
    net.restore(A, &older);
    net.run_on();
    assert_eq!((users(&net, B).len(), users(&net, C).len()), (200, 200));
    let (now, sources) = (net.now, [region(B), region(C)]);
    net.commit(A, |tx, _| begin_restored(tx, &sources, now).unwrap());
    net.restart(A);
    net.run();
    assert!([A, B, C].iter().all(|at| users(&net, *at).len() == 200));
}

#[test]
fn a_region_that_was_removed_and_joins_anew_is_not_held() {
    let (mut net, _) = fleet();
    for at in [A, B] {
        let member = |of: usize| MemberRecord {
            region: region(of),
            identity: net.sites[of].identity.public(),
            addresses: Vec::new(),
        };
        let others: Vec<MemberRecord> = [A, B, C].into_iter().filter(|of| *of != at).map(member).collect();
        net.commit(at, |tx, _| others.iter().for_each(|member| fleet_table::save_member(tx, member).unwrap()));
    }
    net.commit(A, |tx, site| fleet_replication::remove(tx, &site.region, &region(C)).unwrap());
    net.run_to(&[A, B]);
    assert_eq!(net.read(B, |tx| log::inbox(tx, &region(C)).unwrap()), InboxRecord::default());
    assert_eq!(net.read(A, |tx| log::waiting(tx, &region(C), 10).unwrap()), 0);
}

#[test]
fn nobody_else_can_say_where_a_store_has_been() {
    let (mut net, _) = fleet();
    let point = StorePoint { boots: u64::MAX, position: u64::MAX, run: 1 };
    let forged = SignedPoint::sign(point, &net.sites[B].identity);
    net.commit(B, |tx, _| {
        let inbox = log::inbox(tx, &region(A)).unwrap();
        log::save_inbox(tx, &region(A), &InboxRecord { seen: Some(forged), ..inbox }).unwrap();
    });
    net.restart(A);
    net.run();
    assert_eq!(net.read(A, |tx| run_table::held(tx).unwrap()), None);
}
