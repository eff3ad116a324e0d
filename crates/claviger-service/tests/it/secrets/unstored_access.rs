//! Reads of a value whose date of access cannot be stored.

use claviger_store::fault::Fault;
use serde_json::{Value, json};

use super::{create, describe, ok, token};
use crate::kit::{HOME, World};

fn world() -> World {
    let world = World::new();
    create(&world, "s", "v1");
    world.tape(HOME).take_lines();
    world
}

fn read(world: &World) -> Value {
    ok(world, "GetSecretValue", json!({"SecretId": "s"}))["SecretString"].clone()
}

/// Whether a change of the secret is refused with the service's own fault.
fn refuses_changes(world: &World) -> bool {
    let body = json!({"SecretId": "s", "SecretString": "v2", "ClientRequestToken": token(2)});
    world.secrets(HOME, "PutSecretValue", &body).is_err_and(|error| error["__type"] == "InternalServiceError")
}

fn has_access_date(world: &World) -> bool {
    describe(world, "s").get("LastAccessedDate").is_some()
}

#[test]
fn a_full_disk_hides_no_value() {
    let world = world();
    let store = world.store(HOME).inner();
    store.fail_each(Fault::Full);
    assert_eq!(read(&world), "v1");
    let records = world.tape(HOME).take();
    let recorded: Vec<_> = records.iter().map(|record| (&record["eventName"], record.get("errorCode"))).collect();
    assert_eq!(recorded, [(&json!("Decrypt"), None), (&json!("GetSecretValue"), None)]);
    assert!(refuses_changes(&world) && !has_access_date(&world));
    // Once there is room, the next read notes its date.
    store.heal();
    assert_eq!(read(&world), "v1");
    assert!(has_access_date(&world));
}

#[test]
fn a_lost_sync_hides_no_value() {
    let world = world();
    world.store(HOME).inner().fail(0, Fault::Lost);
    // The first read meets the failed sync, the second one a store that takes no writes.
    assert_eq!((read(&world), read(&world)), (json!("v1"), json!("v1")));
    assert!(refuses_changes(&world) && !has_access_date(&world));
}

#[test]
fn a_conflict_is_tried_again_and_hides_no_value_when_it_lasts() {
    let world = world();
    let store = world.store(HOME);
    store.inner().fail_each(Fault::Conflict);
    store.take_opened();
    assert_eq!(read(&world), "v1");
    assert_eq!(store.take_opened(), 16, "each attempt has a snapshot of its own");
    assert!(!has_access_date(&world));
    store.inner().heal();
    store.inner().fail(0, Fault::Conflict);
    assert_eq!(read(&world), "v1");
    assert!(has_access_date(&world));
}
