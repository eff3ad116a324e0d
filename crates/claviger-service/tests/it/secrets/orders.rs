//! The orders of ListSecrets, after each kind of change.

use serde_json::{Value, json};

use super::{create, names, ok, put, token};
use crate::kit::{AWAY, HOME, World};

const DAY_MS: i64 = 86_400_000;

/// The member of an entry by which each order sorts.
const MEMBERS: [(&str, &str); 4] = [
    ("name", "Name"),
    ("created-date", "CreatedDate"),
    ("last-changed-date", "LastChangedDate"),
    ("last-accessed-date", "LastAccessedDate"),
];

fn list(world: &World, region: &str, body: &Value) -> Value {
    world.secrets(region, "ListSecrets", body).unwrap_or_else(|e| panic!("{body}: {e}"))
}

/// The names on all pages.
fn walk(world: &World, region: &str, mut body: Value) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let page = list(world, region, &body);
        assert!(names(&page).len() <= body["MaxResults"].as_u64().unwrap() as usize);
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["NextToken"].as_str() else { return seen };
        body["NextToken"] = json!(next);
    }
}

/// Compares each order, in pages, with the entries of the default order, sorted here. Returns the names in the order of names.
fn check(world: &World, region: &str) -> Vec<String> {
    for deleted in [true, false] {
        let all = list(world, region, &json!({"IncludePlannedDeletion": deleted}));
        for (by, member) in MEMBERS {
            // The newest first is the default order. Secrets of equal dates are ordered by hashes there.
            for order in ["asc", "desc"].into_iter().filter(|order| (by, *order) != ("created-date", "desc")) {
                let mut entries: Vec<&Value> = all["SecretList"].as_array().unwrap().iter().collect();
                entries.sort_by(|a, b| {
                    let text = |entry: &Value| entry["Name"].as_str().unwrap().to_owned();
                    let names = text(a).cmp(&text(b));
                    let date = |entry: &Value| entry[member].as_f64().unwrap_or(f64::MIN);
                    let (first, then) = if by == "name" {
                        (names, std::cmp::Ordering::Equal)
                    } else {
                        (date(a).total_cmp(&date(b)), names)
                    };
                    (if order == "desc" { first.reverse() } else { first }).then(then)
                });
                let expected: Vec<&str> = entries.iter().map(|entry| entry["Name"].as_str().unwrap()).collect();
                for size in [1, 2, 100] {
                    let body = json!({
                        "SortBy": by, "SortOrder": order, "MaxResults": size, "IncludePlannedDeletion": deleted
                    });
                    assert_eq!(walk(world, region, body.clone()), expected, "{body}: {all}");
                }
            }
        }
    }
    walk(world, region, json!({"SortBy": "name", "MaxResults": 100}))
}

#[test]
fn each_order_shows_each_change_at_once() {
    let world = World::new();
    assert!(check(&world, HOME).is_empty());
    // The last two have the same dates.
    for (name, ms) in [("b/one", 1000), ("a/two", 2000), ("c/three", 1000), ("ab", 0), ("a", 3000)] {
        create(&world, name, "x");
        check(&world, HOME);
        world.clock.advance_ms(ms);
    }
    put(&world, "b/one", 2, &[]);
    check(&world, HOME);
    for name in ["ab", "c/three"] {
        world.clock.advance_ms(DAY_MS);
        ok(&world, "GetSecretValue", json!({"SecretId": name}));
        check(&world, HOME);
    }
    world.clock.advance_ms(1000);
    for (operation, body) in [
        ("UpdateSecret", json!({"SecretId": "a/two", "Description": "changed"})),
        ("TagResource", json!({"SecretId": "ab", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("UpdateSecretVersionStage", json!({"SecretId": "ab", "VersionStage": "X", "MoveToVersionId": token(1)})),
        ("DeleteSecret", json!({"SecretId": "a", "RecoveryWindowInDays": 7})),
        ("DeleteSecret", json!({"SecretId": "ab", "RecoveryWindowInDays": 7})),
        ("RestoreSecret", json!({"SecretId": "ab"})),
        ("DeleteSecret", json!({"SecretId": "c/three", "ForceDeleteWithoutRecovery": true})),
    ] {
        ok(&world, operation, body);
        check(&world, HOME);
        world.clock.advance_ms(1000);
    }
    world.clock.advance_ms(8 * DAY_MS);
    world.run_jobs(HOME);
    assert_eq!(check(&world, HOME), ["a/two", "ab", "b/one"]);
    let all = list(&world, HOME, &json!({"SortBy": "name", "IncludePlannedDeletion": true}));
    assert_eq!(names(&all), ["a/two", "ab", "b/one"], "the job has deleted `a`");
}

#[test]
fn each_order_shows_changes_from_another_region() {
    let world = World::new();
    for name in ["b", "c"] {
        create(&world, name, "x");
        world.clock.advance_ms(1000);
    }
    let own = json!({"Name": "a", "SecretString": "own", "ClientRequestToken": token(5)});
    world.secrets(AWAY, "CreateSecret", &own).unwrap();
    assert_eq!(check(&world, AWAY), ["a"]);
    let replica = |name: &str| json!({"SecretId": name, "AddReplicaRegions": [{"Region": AWAY}]});
    for name in ["b", "c"] {
        ok(&world, "ReplicateSecretToRegions", replica(name));
        world.settle();
    }
    assert_eq!(
        (check(&world, AWAY), check(&world, HOME)),
        (["a", "b", "c"].map(str::to_owned).into(), ["b", "c"].map(str::to_owned).into())
    );
    world.clock.advance_ms(DAY_MS);
    put(&world, "b", 2, &[]);
    world.settle();
    check(&world, AWAY);
    world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": "c"})).unwrap();
    check(&world, AWAY);
    world.settle();
    check(&world, HOME);
    // A secret of the other region's own gives way to a replica.
    create(&world, "a", "x");
    let mut forced = replica("a");
    forced["ForceOverwriteReplicaSecret"] = json!(true);
    ok(&world, "ReplicateSecretToRegions", forced);
    world.settle();
    check(&world, AWAY);
    world.secrets(AWAY, "StopReplicationToReplica", &json!({"SecretId": "b"})).unwrap();
    check(&world, AWAY);
    ok(&world, "RemoveRegionsFromReplication", json!({"SecretId": "c", "RemoveReplicaRegions": [AWAY]}));
    world.settle();
    assert_eq!((check(&world, AWAY), check(&world, HOME).len()), (["a", "b"].map(str::to_owned).into(), 3));
}

#[test]
fn pages_neither_repeat_nor_skip_secrets_while_others_change() {
    let world = World::new();
    for n in 0..8 {
        create(&world, &format!("s{n}"), "x");
        world.clock.advance_ms(1000);
    }
    for (by, order) in [("name", "asc"), ("name", "desc"), ("created-date", "asc"), ("last-changed-date", "asc")] {
        let mut body = json!({"SortBy": by, "SortOrder": order, "MaxResults": 2});
        let mut seen = Vec::new();
        for round in 0.. {
            let page = list(&world, HOME, &body);
            seen.extend(names(&page).into_iter().filter(|name| name.starts_with('s')).map(str::to_owned));
            let Some(next) = page["NextToken"].as_str() else { break };
            body["NextToken"] = json!(next);
            // Others come and go, in front of the page, behind it, and where it ends.
            for (at, name) in [(0, "a"), (1, "s3-"), (2, "z"), (3, "s1-")] {
                if round == at {
                    create(&world, name, "x");
                }
                if round == at + 1 {
                    ok(&world, "DeleteSecret", json!({"SecretId": name, "ForceDeleteWithoutRecovery": true}));
                }
            }
        }
        seen.retain(|name| !name.ends_with('-'));
        let mut expected: Vec<String> = (0..8).map(|n| format!("s{n}")).collect();
        if order == "desc" {
            expected.reverse();
        }
        assert_eq!(seen, expected, "{by} {order}");
        for name in ["a", "s3-", "z", "s1-"] {
            // Some rounds end before the secret is deleted.
            let _ = world.secrets(HOME, "DeleteSecret", &json!({"SecretId": name, "ForceDeleteWithoutRecovery": true}));
        }
    }
}

#[test]
fn a_token_of_one_order_does_not_open_in_another() {
    let world = World::new();
    for name in ["a", "b"] {
        create(&world, name, "x");
    }
    let first = list(&world, HOME, &json!({"SortBy": "name", "MaxResults": 1}));
    for other in [json!({}), json!({"SortBy": "name", "SortOrder": "desc"}), json!({"SortBy": "last-changed-date"})] {
        let mut body = other;
        body["NextToken"] = first["NextToken"].clone();
        let error = world.secrets(HOME, "ListSecrets", &body).unwrap_err();
        assert_eq!(error["__type"], "InvalidNextTokenException");
    }
}
