//! The record of a change is committed with it, and moved to the trail later.

use claviger_store::fault::Fault;
use serde_json::{Value, json};

use super::{new_key, outline, token};
use crate::kit::{HOME, World};

fn tag(key: &str) -> Value {
    json!({"KeyId": key, "Tags": [{"TagKey": "k", "TagValue": "v"}]})
}

#[test]
fn a_change_is_recorded_by_its_own_commit() {
    let world = World::new();
    let key = new_key(&world);
    world.tape(HOME).take();
    let before = world.commits(HOME);
    world.kms(HOME, "TagResource", &tag(&key)).unwrap();
    world.secrets(HOME, "ListSecrets", &json!({})).unwrap();
    assert_eq!(world.commits(HOME), before + 1);
    assert_eq!(outline(&world.tape_as_it_is(HOME).take()), ["ListSecrets"], "the change's record is in the store");
    assert_eq!(outline(&world.tape(HOME).take()), ["TagResource"]);
    // Rows are dropped in one commit, and are not moved again.
    assert_eq!(world.commits(HOME), before + 2);
    assert!(world.tape(HOME).take().is_empty());
    assert_eq!(world.commits(HOME), before + 2);
}

#[test]
fn a_run_that_is_repeated_leaves_one_record() {
    let world = World::new();
    let key = new_key(&world);
    world.tape(HOME).take();
    world.store(HOME).inner().fail(0, Fault::Conflict);
    world.kms(HOME, "TagResource", &tag(&key)).unwrap();
    assert_eq!(outline(&world.tape(HOME).take()), ["TagResource"]);
}

#[test]
fn a_change_that_is_not_committed_is_recorded_as_an_error() {
    let world = World::new();
    let key = new_key(&world);
    world.tape(HOME).take();
    world.store(HOME).inner().fail(0, Fault::Full);
    world.kms(HOME, "TagResource", &tag(&key)).unwrap_err();
    assert_eq!(outline(&world.tape(HOME).take()), ["TagResource InternalFailure"]);
    assert!(
        world.kms(HOME, "ListResourceTags", &json!({"KeyId": key})).unwrap()["Tags"].as_array().unwrap().is_empty()
    );
}

#[test]
fn a_read_that_stores_a_date_is_recorded_as_a_read() {
    let world = World::new();
    let body = json!({"Name": "s", "SecretString": "v", "ClientRequestToken": token(1)});
    world.secrets(HOME, "CreateSecret", &body).unwrap();
    world.tape(HOME).take();
    let before = world.commits(HOME);
    world.secrets(HOME, "GetSecretValue", &json!({"SecretId": "s"})).unwrap();
    assert_eq!(world.commits(HOME), before + 1, "the date of the access");
    assert_eq!(outline(&world.tape_as_it_is(HOME).take()), ["Decrypt", "GetSecretValue"]);
}

#[test]
fn changes_are_not_made_while_records_cannot_be_moved() {
    let world = World::new();
    let key = new_key(&world);
    world.tape(HOME).take();
    world.kms(HOME, "TagResource", &tag(&key)).unwrap();
    // The sink takes lines and does not bring them to its disk.
    world.tape_as_it_is(HOME).set_syncs(false);
    assert!(world.tape(HOME).take().len() == 1 && !world.node(HOME).audits());
    let before = world.commits(HOME);
    world.kms(HOME, "TagResource", &tag(&key)).unwrap_err();
    assert_eq!(world.commits(HOME), before);
    assert_eq!(outline(&world.tape(HOME).take()), ["TagResource InternalFailure"], "lines are not written again");
    world.tape_as_it_is(HOME).set_syncs(true);
    assert!(world.tape(HOME).take().is_empty() && world.node(HOME).audits());
    world.kms(HOME, "TagResource", &tag(&key)).unwrap();
    assert_eq!(outline(&world.tape(HOME).take()), ["TagResource"]);
}

#[test]
fn rows_that_cannot_be_dropped_are_not_written_again() {
    let world = World::new();
    let key = new_key(&world);
    world.tape(HOME).take();
    world.kms(HOME, "TagResource", &tag(&key)).unwrap();
    world.store(HOME).inner().fail(0, Fault::Full);
    assert_eq!(outline(&world.tape(HOME).take()), ["TagResource"]);
    assert!(!world.node(HOME).audits());
    assert!(world.tape(HOME).take().is_empty());
    assert!(world.node(HOME).audits());
}
