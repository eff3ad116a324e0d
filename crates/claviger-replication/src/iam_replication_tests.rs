#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::PolicyDocument;
use claviger_store::tables::iam_table::{self, AccessKeyRecord, Identity, PolicyRecord, UserRecord};
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
    }
}

fn save(net: &mut Net, at: usize, record: &UserRecord) {
    net.commit(at, |tx, _| {
        iam_table::save_user(tx, record).unwrap();
        announce_user(tx, &[region(A), region(B), region(C)], &account(), "ada").unwrap();
    });
}

fn found(net: &Net, at: usize) -> Option<UserRecord> {
    net.read(at, |tx| iam_table::user(tx, &account(), "ada").unwrap())
}

#[test]
fn what_the_home_writes_is_everywhere() {
    let mut net = Net::settled(3);
    let record = user("AIDA1", &[]);
    save(&mut net, A, &record);
    net.run();
    assert_eq!((found(&net, B), found(&net, C)), (Some(record.clone()), Some(record.clone())));
    net.commit(A, |tx, _| {
        iam_table::delete_user(tx, &record).unwrap();
        announce_user(tx, &[region(B), region(C)], &account(), "ada").unwrap();
    });
    net.run();
    assert_eq!((found(&net, B), found(&net, C)), (None, None));
}

#[test]
fn what_another_region_writes_is_not() {
    let mut net = Net::settled(3);
    save(&mut net, B, &user("AIDA1", &[]));
    net.run();
    assert_eq!((found(&net, A), found(&net, C)), (None, None));
}

#[test]
fn another_region_that_claims_to_be_home_is_refused() {
    let mut net = Net::settled(3);
    let boots = 99;
    net.engines[B] = crate::Engine::new(region(B), boots, region(B), net.identities.clone());
    save(&mut net, B, &user("AIDA1", &[]));
    net.run();
    assert_eq!((found(&net, A), found(&net, C)), (None, None));
    assert!(net.engines[C].counters().forbidden > 0);
}

#[test]
fn a_user_of_the_same_name_inherits_nothing() {
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
fn versions_of_a_policy_come_and_go() {
    let mut net = Net::settled(2);
    let first = PolicyVersionRecord {
        account: account(),
        policy_id: "ANPA".to_owned(),
        number: 1,
        document: "{}".to_owned(),
        created: Timestamp(1),
    };
    let second = PolicyVersionRecord { number: 2, document: r#"{"Id":"2"}"#.to_owned(), ..first.clone() };
    let announce = |tx: &mut Tx<'_>, version: &PolicyVersionRecord| {
        announce_policy_version(tx, &[region(B)], &account(), &version.policy_id, version.number).unwrap();
    };
    let versions = |net: &Net| net.read(B, |tx| version_table::policy_versions(tx, &account(), "ANPA").unwrap());
    net.commit(A, |tx, _| {
        for version in [&first, &second] {
            version_table::save_policy_version(tx, version).unwrap();
            announce(tx, version);
        }
        let mut policy = policy();
        policy.set_default(&second);
        iam_table::save_policy(tx, &policy).unwrap();
        announce_policy(tx, &[region(B)], &account(), "reader").unwrap();
    });
    net.run();
    assert_eq!(versions(&net), [first.clone(), second.clone()]);
    let there = net.read(B, |tx| iam_table::policy(tx, &account(), "reader").unwrap()).unwrap();
    assert_eq!((there.default_version, there.document.text()), (2, second.document.as_str()));
    net.commit(A, |tx, _| {
        version_table::delete_policy_version(tx, &first).unwrap();
        announce(tx, &first);
    });
    net.run();
    assert_eq!(versions(&net), [second]);
}

#[test]
fn uses_are_counted_where_they_arrive() {
    let mut net = Net::settled(2);
    let policy = policy();
    let mut bounded = user("AIDA1", &[POLICY]);
    bounded.identity.boundary = Some(POLICY.to_owned());
    net.commit(A, |tx, _| {
        // The user's change is sent before the policy's.
        iam_table::save_policy(tx, &policy).unwrap();
        iam_table::save_user(tx, &bounded).unwrap();
        announce_user(tx, &[region(B)], &account(), "ada").unwrap();
        announce_policy(tx, &[region(B)], &account(), "reader").unwrap();
    });
    net.run();
    assert!(net.read(B, |tx| iam_table::policy(tx, &account(), "reader").unwrap()).is_some());
    let uses = net.read(B, |tx| iam_table::count_policy_uses(tx, &account(), POLICY).unwrap());
    assert_eq!((uses.attached, uses.bounding), (1, 1));
}

#[test]
fn an_access_keys_secret_is_sealed_again_and_never_in_a_message() {
    let mut net = Net::settled(2);
    let secret = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    net.commit(A, |tx, site| {
        let sealed = site.keyring.seal(&*site.random, &[b"access-key", b"AKIA1"], secret);
        let record = AccessKeyRecord {
            id: "AKIA1".to_owned(),
            account: account(),
            user: "ada".to_owned(),
            user_id: "AIDA1".to_owned(),
            created: Timestamp(1),
            active: true,
            secret: sealed,
        };
        iam_table::save_access_key(tx, &record).unwrap();
        announce_access_key(tx, &[region(B)], &account(), "AKIA1").unwrap();
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
        claviger_store::tables::list::<claviger_store::tables::log::ReceiveRecord>(
            tx,
            &[claviger_store::tables::Table::Receive as u8],
            None,
            10,
        )
        .unwrap()
    });
    assert!(kept.is_empty(), "the one-time key is erased after its use");
}
