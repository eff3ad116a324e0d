#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::iam_table::{
    self as iam_table, AccessKeyRecord, Identity, PolicyRecord, UserRecord, entity_name,
};
use claviger_store::tables::policy_version_table::{self as version_table, PolicyVersionRecord};
use claviger_store::tables::region_table::{self, RegionRecord};
use claviger_store::tables::{PolicyDocument, log};
use claviger_types::Timestamp;

use super::*;
use crate::testing::{A, B, C, Net, account, region};

const POLICY: &str = "arn:aws:iam::000000000000:policy/reader";

fn user(id: &str, attached: &[&str]) -> UserRecord {
    UserRecord {
        identity: Identity {
            account: account(),
            name: "ada".to_owned(),
            path: "/".to_owned(),
            id: id.to_owned(),
            created: Timestamp(1),
            tags: Vec::new(),
            attached: attached.iter().map(|arn| (*arn).to_owned()).collect(),
            inline: Vec::new(),
            boundary: None,
        },
        groups: Vec::new(),
    }
}

fn save(net: &mut Net, at: usize, record: &UserRecord) {
    net.commit(at, |tx, _| {
        iam_table::save_user(tx, record).unwrap();
        announce::<UserRecord>(tx, &[region(A), region(B), region(C)], &entity_name(&account(), "ada")).unwrap();
    });
}

fn found(net: &Net, at: usize) -> Option<UserRecord> {
    net.read(at, |tx| iam_table::user(tx, &account(), "ada").unwrap())
}

#[test]
fn rows_of_the_home_are_copied_to_all_regions() {
    let mut net = Net::settled(3);
    let record = user("AIDA1", &[]);
    save(&mut net, A, &record);
    net.run();
    assert_eq!((found(&net, B), found(&net, C)), (Some(record.clone()), Some(record.clone())));
    net.commit(A, |tx, _| {
        iam_table::delete_user(tx, &record).unwrap();
        announce::<UserRecord>(tx, &[region(B), region(C)], &entity_name(&account(), "ada")).unwrap();
    });
    net.run();
    assert_eq!((found(&net, B), found(&net, C)), (None, None));
}

#[test]
fn rows_of_another_region_are_not_copied() {
    let mut net = Net::settled(3);
    save(&mut net, B, &user("AIDA1", &[]));
    net.run();
    assert_eq!((found(&net, A), found(&net, C)), (None, None));
}

#[test]
fn another_region_that_claims_to_be_home_is_refused() {
    let mut net = Net::settled(3);
    net.commit(B, |tx, _| {
        let record = region_table::region(tx).unwrap().unwrap();
        region_table::save_region(tx, &RegionRecord { iam_home: region(B), ..record }).unwrap();
    });
    save(&mut net, B, &user("AIDA1", &[]));
    net.run();
    assert_eq!((found(&net, A), found(&net, C)), (None, None));
    assert!(net.engines[C].counters().forbidden > 0);
}

#[test]
fn a_user_of_the_same_name_replaces_the_policy_uses() {
    let mut net = Net::settled(2);
    save(&mut net, A, &user("AIDA1", &[POLICY]));
    net.run();
    let uses = |net: &Net| net.read(B, |tx| iam_table::policy_uses(tx, &account(), POLICY, None, 10).unwrap());
    assert_eq!(uses(&net)[0].1.id, "AIDA1");
    save(&mut net, A, &user("AIDA2", &[POLICY]));
    net.run();
    assert_eq!(uses(&net)[0].1.id, "AIDA2");
}

fn policy() -> PolicyRecord {
    PolicyRecord {
        account: account(),
        name: "reader".to_owned(),
        path: "/".to_owned(),
        id: "ANPA".to_owned(),
        created: Timestamp(1),
        updated: Timestamp(1),
        description: None,
        tags: Vec::new(),
        default_version: 1,
        document: PolicyDocument::new("{}".to_owned()),
        next_version: 2,
    }
}

#[test]
fn policy_versions_are_added_and_deleted() {
    let mut net = Net::settled(2);
    let first = PolicyVersionRecord {
        account: account(),
        policy_id: "ANPA".to_owned(),
        number: 1,
        document: "{}".to_owned(),
        created: Timestamp(1),
    };
    let second = PolicyVersionRecord { number: 2, document: r#"{"Id":"2"}"#.to_owned(), ..first.clone() };
    let tell = |tx: &mut Tx<'_>, version: &PolicyVersionRecord| {
        announce::<PolicyVersionRecord>(tx, &[region(B)], &version.row_name()).unwrap();
    };
    let versions = |net: &Net| net.read(B, |tx| version_table::policy_versions(tx, &account(), "ANPA").unwrap());
    net.commit(A, |tx, _| {
        for version in [&first, &second] {
            version_table::save_policy_version(tx, version).unwrap();
            tell(tx, version);
        }
        let mut policy = policy();
        policy.set_default(&second);
        iam_table::save_policy(tx, &policy).unwrap();
        announce::<PolicyRecord>(tx, &[region(B)], &policy.row_name()).unwrap();
    });
    net.run();
    assert_eq!(versions(&net), [first.clone(), second.clone()]);
    let there = net.read(B, |tx| iam_table::policy(tx, &account(), "reader").unwrap()).unwrap();
    assert_eq!((there.default_version, there.document.text()), (2, second.document.as_str()));
    net.commit(A, |tx, _| {
        version_table::delete_policy_version(tx, &first).unwrap();
        tell(tx, &first);
    });
    net.run();
    assert_eq!(versions(&net), [second]);
}

#[test]
fn policy_uses_are_counted_at_the_copy() {
    let mut net = Net::settled(2);
    let policy = policy();
    let mut bounded = user("AIDA1", &[POLICY]);
    bounded.identity.boundary = Some(POLICY.to_owned());
    net.commit(A, |tx, _| {
        // The user's change is sent before the policy's.
        iam_table::save_policy(tx, &policy).unwrap();
        iam_table::save_user(tx, &bounded).unwrap();
        announce::<UserRecord>(tx, &[region(B)], &entity_name(&account(), "ada")).unwrap();
        announce::<PolicyRecord>(tx, &[region(B)], &entity_name(&account(), "reader")).unwrap();
    });
    net.run();
    assert!(net.read(B, |tx| iam_table::policy(tx, &account(), "reader").unwrap()).is_some());
    let uses = net.read(B, |tx| iam_table::count_policy_uses(tx, &account(), POLICY).unwrap());
    assert_eq!((uses.attached, uses.bounding), (1, 1));
}

#[test]
fn an_access_keys_secret_is_resealed_and_never_in_the_clear() {
    let mut net = Net::settled(2);
    let secret = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    net.commit(A, |tx, site| {
        let sealed = site.keyring.seal(&*site.random, &[b"access-key", b"AKIA1"], secret);
        iam_table::save_access_key(tx, &access_key("AKIA1", sealed)).unwrap();
        announce::<AccessKeyRecord>(tx, &[region(B)], &iam_table::access_key_name("AKIA1")).unwrap();
    });
    let mut messages = 0;
    while !net.wire.is_empty() {
        let message = net.wire.remove(0);
        messages += 1;
        assert!(!message.to_bytes().windows(secret.len()).any(|window| window == secret));
        net.deliver(&message);
    }
    assert!(messages > 4);
    let there = net.read(B, |tx| iam_table::access_key(tx, "AKIA1").unwrap()).unwrap();
    let opened = net.sites[B].keyring.open_sealed(&[b"access-key", b"AKIA1"], &there.secret).unwrap();
    assert_eq!(opened.as_slice(), secret);
    let kept = net.read(B, |tx| {
        list::<log::ReceiveRecord>(tx, &[claviger_store::tables::Table::Receive as u8], None, 10).unwrap()
    });
    assert!(kept.is_empty(), "the one-time key is erased after its use");
}

fn named(n: usize) -> UserRecord {
    let mut record = user(&format!("AIDA{n}"), &[POLICY]);
    record.identity.name = format!("user-{n}");
    record
}

/// The number of users in a region, and the number of policy uses that lead to them.
fn counted(net: &Net, at: usize) -> (usize, usize) {
    net.read(at, |tx| {
        let users = iam_table::users(tx, &account(), None, 1_000).unwrap().len();
        (users, iam_table::policy_uses(tx, &account(), POLICY, None, 1_000).unwrap().len())
    })
}

/// Users and an access key that the home and its copy both have. The home then loses some of them without an announcement, as
/// when the peer acknowledges a deletion and its store is then restored from a backup.
fn with_unannounced_deletions(users: usize) -> Net {
    let mut net = Net::settled(2);
    net.commit(A, |tx, site| {
        for n in 0..users {
            iam_table::save_user(tx, &named(n)).unwrap();
        }
        let secret = site.keyring.seal(&*site.random, &[b"access-key", b"AKIA1"], b"secret");
        iam_table::save_access_key(tx, &access_key("AKIA1", secret)).unwrap();
        crate::resync(tx, &region(B)).unwrap();
    });
    (0..5).for_each(|_| net.run());
    assert_eq!(counted(&net, B), (users, users));
    assert!(net.read(B, |tx| iam_table::access_key(tx, "AKIA1").unwrap()).is_some_and(|key| !key.secret.is_empty()));
    net.commit(A, |tx, _| {
        for n in (0..users).filter(|n| n % 3 != 0) {
            iam_table::delete_user(tx, &named(n)).unwrap();
        }
        let key = iam_table::access_key(tx, "AKIA1").unwrap().unwrap();
        iam_table::delete_access_key(tx, &key).unwrap();
    });
    net.run();
    assert_eq!(counted(&net, B).0, users, "the deletions were not announced");
    net
}

fn access_key(id: &str, secret: Vec<u8>) -> AccessKeyRecord {
    AccessKeyRecord {
        id: id.to_owned(),
        account: account(),
        user: "ada".to_owned(),
        user_id: "AIDA1".to_owned(),
        created: Timestamp(1),
        active: true,
        secret,
    }
}

#[test]
fn a_snapshot_deletes_rows_that_the_home_does_not_have() {
    // More than two pages of the copy's answer.
    let mut net = with_unannounced_deletions(300);
    net.commit(A, |tx, _| crate::resync(tx, &region(B)).unwrap());
    (0..5).for_each(|_| net.run());
    assert_eq!(counted(&net, B), (100, 100));
    assert_eq!(net.read(B, |tx| iam_table::access_key(tx, "AKIA1").unwrap()), None);
}

#[test]
fn an_interrupted_snapshot_still_deletes_them() {
    let mut net = with_unannounced_deletions(6);
    net.commit(A, |tx, _| crate::resync(tx, &region(B)).unwrap());
    net.run_to(&[B]);
    net.restart(B);
    net.wire.clear();
    net.restart(A);
    (0..5).for_each(|_| net.run());
    assert_eq!(counted(&net, B), (2, 2));
}

#[test]
fn a_row_that_is_made_again_during_a_snapshot_stays() {
    let mut net = with_unannounced_deletions(3);
    net.commit(A, |tx, _| crate::resync(tx, &region(B)).unwrap());
    // The peer's list, which names user 1, is under way when user 1 is made again.
    net.run_to(&[B]);
    let held = std::mem::take(&mut net.wire);
    net.commit(A, |tx, _| {
        iam_table::save_user(tx, &named(1)).unwrap();
        announce::<UserRecord>(tx, &[region(B)], &named(1).row_name()).unwrap();
    });
    net.wire.extend(held);
    net.run();
    assert_eq!(counted(&net, B), (2, 2));
    assert!(net.read(B, |tx| find::<UserRecord>(tx, &named(1).row_name()).unwrap()).is_some());
}

#[test]
fn a_damaged_row_of_the_home_does_not_delete_its_copy() {
    let mut net = with_unannounced_deletions(6);
    let row = net.read(A, |tx| named(3).row_name().row::<UserRecord>(tx));
    crate::damage_tests::damage_row(&net, A, row);
    net.commit(A, |tx, _| crate::resync(tx, &region(B)).unwrap());
    (0..5).for_each(|_| net.run());
    assert_eq!(counted(&net, B), (2, 2), "0, and 3 whose row is damaged");
}

#[test]
fn only_the_home_may_request_and_receive_lists() {
    let mut net = Net::settled(3);
    let forbidden = |net: &Net, at: usize| net.engines[at].counters().forbidden;
    let before = (forbidden(&net, A), forbidden(&net, C));
    let list = HomeRow::<UserRecord>::List { after: None };
    let held = HomeRow::<UserRecord>::Held { names: vec![named(1).row_name()], last: None };
    let other = HomeRow::Row { name: named(1).row_name(), record: Some(named(2)) };
    tell(&mut net, B, C, &list);
    tell(&mut net, B, C, &held);
    tell(&mut net, B, A, &list);
    assert_eq!((forbidden(&net, A), forbidden(&net, C)), (before.0 + 1, before.1 + 2));
    // A record under another record's name is refused, even from the home.
    tell(&mut net, A, C, &other);
    assert_eq!(forbidden(&net, C), before.1 + 3);
    assert_eq!(counted(&net, C), (0, 0));
}

/// Passes a state to `to` as the next message from another region.
fn tell(net: &mut Net, from: usize, to: usize, state: &HomeRow<UserRecord>) {
    let inbox = net.read(to, |tx| log::inbox(tx, &region(from)).unwrap());
    let payload = crate::frame::Bytes::of(&crate::testing::says(state));
    let frame = crate::frame::Frame::Data {
        session: inbox.session,
        sequence: inbox.applied + 1,
        sending: 1,
        payload,
        point: None,
        whole: false,
    };
    net.deliver(&crate::Message::of(&region(from), &region(to), &frame, &net.sites[from].identity));
}
