#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::iam_table::{self, Identity, RoleRecord, entity_name};
use claviger_store::tables::last_use_table::UsedPrincipal;
use claviger_types::Timestamp;

use super::*;
use crate::home_row::announce;
use crate::testing::{A, B, C, Net, account, region};

fn role(id: &str) -> RoleRecord {
    RoleRecord {
        identity: Identity {
            account: account(),
            name: "ops".to_owned(),
            path: "/".to_owned(),
            id: id.to_owned(),
            created: Timestamp(1),
            tags: Vec::new(),
            attached: Vec::new(),
            inline: Vec::new(),
            boundary: None,
        },
        trust: "{}".into(),
        description: None,
        max_session_secs: 3600,
        bound: Vec::new(),
    }
}

fn a_use(at: usize, id: &str, secs: i64) -> LastUseRecord {
    let principal = UsedPrincipal::Role { account: account(), name: "ops".to_owned(), id: id.to_owned() };
    LastUseRecord::of(principal, [of_service(at, secs, "kms")]).unwrap()
}

fn of_service(at: usize, secs: i64, service: &str) -> ServiceUse {
    ServiceUse { at: Timestamp::from_secs(secs), region: region(at), service: service.to_owned() }
}

/// Three regions that know the role.
fn net(id: &str) -> Net {
    let mut net = Net::settled(3);
    net.commit(A, |tx, _| {
        iam_table::save_role(tx, &role(id)).unwrap();
        announce::<RoleRecord>(tx, &[region(B), region(C)], &entity_name(&account(), "ops")).unwrap();
    });
    net.run();
    net
}

fn record(net: &mut Net, at: usize, id: &str, secs: i64) {
    net.commit(at, |tx, _| record_use(tx, &region(A), &a_use(at, id, secs)).unwrap());
}

fn stored(net: &Net, at: usize, id: &str) -> Option<(Region, i64)> {
    let found = net.read(at, |tx| last_use_table::last_use(tx, id).unwrap());
    found.map(|record| (record.region, record.at.secs()))
}

#[test]
fn the_home_keeps_the_latest_use_of_any_region() {
    let mut net = net("AROA1");
    record(&mut net, B, "AROA1", 200);
    record(&mut net, C, "AROA1", 300);
    record(&mut net, A, "AROA1", 100);
    net.run();
    assert_eq!(stored(&net, A, "AROA1"), Some((region(C), 300)));
    assert_eq!(stored(&net, B, "AROA1"), Some((region(B), 200)), "each other region keeps its own");
    record(&mut net, A, "AROA1", 400);
    net.run();
    assert_eq!(stored(&net, A, "AROA1"), Some((region(A), 400)));
}

#[test]
fn the_home_keeps_the_latest_use_of_each_service() {
    let mut net = net("AROA1");
    for (at, secs, service) in [(B, 200, "kms"), (B, 210, "sts"), (C, 220, "kms"), (C, 190, "sts")] {
        let principal = a_use(at, "AROA1", secs).principal;
        let used = LastUseRecord::of(principal, [of_service(at, secs, service)]).unwrap();
        net.commit(at, |tx, _| record_use(tx, &region(A), &used).unwrap());
        net.run();
    }
    let found = net.read(A, |tx| last_use_table::last_use(tx, "AROA1").unwrap()).unwrap();
    assert_eq!(found.uses().collect::<Vec<_>>(), [of_service(C, 220, "kms"), of_service(B, 210, "sts")]);
}

#[test]
fn of_a_record_the_home_takes_the_uses_of_the_region_that_sends_it() {
    let mut net = net("AROA1");
    let mixed = LastUseRecord { others: vec![of_service(C, 100, "sts")], ..a_use(B, "AROA1", 200) };
    net.commit(B, |tx, _| record_use(tx, &region(A), &mixed).unwrap());
    net.run();
    let found = net.read(A, |tx| last_use_table::last_use(tx, "AROA1").unwrap()).unwrap();
    assert_eq!(found.uses().collect::<Vec<_>>(), [of_service(B, 200, "kms")]);
}

#[test]
fn a_region_with_many_services_does_not_displace_the_uses_of_another() {
    let mut net = net("AROA1");
    record(&mut net, C, "AROA1", 100);
    net.run();
    let principal = a_use(B, "AROA1", 200).principal;
    let invented = (0..40).map(|n| of_service(B, 200 + n, &format!("s{n}")));
    let many = LastUseRecord::of(principal, invented).unwrap();
    net.commit(B, |tx, _| record_use(tx, &region(A), &many).unwrap());
    net.run();
    let found = net.read(A, |tx| last_use_table::last_use(tx, "AROA1").unwrap()).unwrap();
    assert!(found.uses().any(|used| used == of_service(C, 100, "kms")));
    assert!(found.uses().any(|used| used.service == "s39"));
}

#[test]
fn the_home_refuses_uses_of_what_is_no_service() {
    let mut net = net("AROA1");
    for name in ["KMS", "a b", &"a".repeat(65)] {
        let named = LastUseRecord { others: vec![of_service(B, 100, name)], ..a_use(B, "AROA1", 200) };
        net.commit(B, |tx, _| record_use(tx, &region(A), &named).unwrap());
        net.run();
        assert_eq!(stored(&net, A, "AROA1"), None, "{name}");
    }
}

#[test]
fn a_late_use_does_not_restore_a_deleted_roles_last_use() {
    let mut net = net("AROA1");
    record(&mut net, B, "AROA1", 200);
    net.run();
    // A use that B announces while the deletion of the role is under way to B.
    record(&mut net, B, "AROA1", 300);
    net.commit(A, |tx, _| {
        iam_table::delete_role(tx, &role("AROA1")).unwrap();
        announce::<RoleRecord>(tx, &[region(B), region(C)], &entity_name(&account(), "ops")).unwrap();
    });
    net.run();
    assert_eq!((stored(&net, A, "AROA1"), stored(&net, B, "AROA1")), (None, None));
    record(&mut net, B, "AROA1", 400);
    net.run();
    assert_eq!((stored(&net, A, "AROA1"), stored(&net, B, "AROA1")), (None, None));
}

#[test]
fn a_role_that_is_made_again_begins_unused_everywhere() {
    let mut net = net("AROA1");
    record(&mut net, B, "AROA1", 200);
    net.run();
    net.commit(A, |tx, _| {
        // The other regions receive one change. They never receive the first role's deletion.
        iam_table::delete_role(tx, &role("AROA1")).unwrap();
        iam_table::save_role(tx, &role("AROA2")).unwrap();
        announce::<RoleRecord>(tx, &[region(B), region(C)], &entity_name(&account(), "ops")).unwrap();
    });
    net.run();
    for at in [A, B, C] {
        assert_eq!((stored(&net, at, "AROA1"), stored(&net, at, "AROA2")), (None, None), "{at}");
    }
}

#[test]
fn only_a_snapshot_for_the_home_contains_last_uses() {
    let mut net = net("AROA1");
    record(&mut net, B, "AROA1", 200);
    net.run();
    // The home has lost the row. The snapshot restores it.
    net.commit(A, |tx, _| {
        iam_table::delete_role(tx, &role("AROA1")).unwrap();
        iam_table::save_role(tx, &role("AROA1")).unwrap();
    });
    assert_eq!(stored(&net, A, "AROA1"), None);
    net.commit(B, |tx, _| {
        crate::resync(tx, &region(A)).unwrap();
        crate::resync(tx, &region(C)).unwrap();
    });
    net.run();
    assert_eq!(stored(&net, A, "AROA1"), Some((region(B), 200)));
    assert_eq!(stored(&net, C, "AROA1"), None);
    assert_eq!(net.engines[C].counters().forbidden, 0);
}

#[test]
fn uses_of_other_regions_are_refused_and_future_times_are_capped() {
    let mut net = net("AROA1");
    // An announcement that only region C may send.
    net.commit(B, |tx, _| record_use(tx, &region(A), &a_use(C, "AROA1", 200)).unwrap());
    net.run();
    assert_eq!((stored(&net, A, "AROA1"), net.engines[A].counters().forbidden), (None, 1));
    let now = net.now.secs();
    record(&mut net, B, "AROA1", now + 86_400);
    net.run();
    let (_, at) = stored(&net, A, "AROA1").unwrap();
    assert!((now..now + 1_000).contains(&at), "{at}");
}
