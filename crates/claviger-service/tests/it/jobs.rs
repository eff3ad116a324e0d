//! Due work: notes that are dropped, and records that are damaged.

use claviger_store::{Batch, Key, Store, Write, commit_blocking};
use serde_json::{Value, json};

use crate::kit::{HOME, World};

const DAY_MS: i64 = 86_400_000;
const KEYS: u8 = 10;
const KEY_NOTES: u8 = 15;
const SECRETS: u8 = 20;
const SECRET_NOTES: u8 = 23;

fn rows(world: &World, table: u8) -> Vec<(Key, Vec<u8>)> {
    world.store(HOME).snapshot().unwrap().scan(&[table], &[table + 1], usize::MAX).unwrap()
}

fn put(world: &World, key: &Key, value: Vec<u8>) {
    let store = world.store(HOME);
    let position = store.snapshot().unwrap().position();
    let writes = vec![Write::Put { key: key.clone(), value }];
    commit_blocking(store, Batch { position, reads: Vec::new(), ranges: Vec::new(), writes }).unwrap();
}

fn damage(world: &World, (key, value): &(Key, Vec<u8>)) {
    let mut value = value.clone();
    *value.last_mut().unwrap() ^= 1;
    put(world, key, value);
}

fn kms(world: &World, operation: &str, body: Value) -> Value {
    world.kms(HOME, operation, &body).unwrap_or_else(|e| panic!("{operation} {body}: {e}"))
}

fn create_key(world: &World) -> Value {
    kms(world, "CreateKey", json!({}))["KeyMetadata"]["KeyId"].clone()
}

#[test]
fn a_damaged_key_holds_up_no_other() {
    let world = World::new();
    let damaged = create_key(&world);
    let row = rows(&world, KEYS).remove(0);
    let sound: Vec<Value> = (0..3).map(|_| create_key(&world)).collect();
    for id in std::iter::once(&damaged).chain(&sound) {
        kms(&world, "ScheduleKeyDeletion", json!({"KeyId": id, "PendingWindowInDays": 7}));
    }
    let row = rows(&world, KEYS).into_iter().find(|(key, _)| *key == row.0).unwrap();
    damage(&world, &row);
    world.clock.advance_ms(8 * DAY_MS);
    world.run_jobs(HOME);
    for id in &sound {
        assert_eq!(world.kms(HOME, "DescribeKey", &json!({"KeyId": id})).unwrap_err()["__type"], "NotFoundException");
    }
    let notes = rows(&world, KEY_NOTES);
    assert_eq!(notes.len(), 1, "the damaged key's work is put off");
    world.run_jobs(HOME);
    assert_eq!(rows(&world, KEY_NOTES), notes, "not before an hour has passed");
    // Its row is restored: the work goes on.
    put(&world, &row.0, row.1);
    world.clock.advance_ms(3_600_001);
    world.run_jobs(HOME);
    let gone = world.kms(HOME, "DescribeKey", &json!({"KeyId": damaged})).unwrap_err();
    assert_eq!(gone["__type"], "NotFoundException");
    assert!(rows(&world, KEY_NOTES).is_empty());
}

#[test]
fn a_damaged_secret_or_note_holds_up_no_other() {
    let world = World::new();
    let delete = |name: &str| {
        world.secrets(HOME, "CreateSecret", &json!({"Name": name})).unwrap();
        world.secrets(HOME, "DeleteSecret", &json!({"SecretId": name, "RecoveryWindowInDays": 7})).unwrap();
    };
    delete("damaged");
    damage(&world, &rows(&world, SECRETS)[0]);
    delete("unknown");
    // Rows of notes are in the order of time, and these two have the same one.
    world.clock.advance_ms(1);
    delete("sound");
    let note = rows(&world, SECRET_NOTES).remove(0);
    damage(&world, &note);
    world.clock.advance_ms(8 * DAY_MS);
    world.run_jobs(HOME);
    let listed = world.secrets(HOME, "RestoreSecret", &json!({"SecretId": "sound"})).unwrap_err();
    assert_eq!(listed["__type"], "ResourceNotFoundException");
    assert!(!rows(&world, SECRET_NOTES).iter().any(|(key, _)| *key == note.0));
}

#[test]
fn notes_do_not_pile_up() {
    let world = World::new();
    let id = create_key(&world);
    for n in 0..20 {
        kms(&world, "EnableKeyRotation", json!({"KeyId": id, "RotationPeriodInDays": 90 + n % 2}));
        kms(&world, "ScheduleKeyDeletion", json!({"KeyId": id}));
        kms(&world, "CancelKeyDeletion", json!({"KeyId": id}));
        kms(&world, "EnableKey", json!({"KeyId": id}));
        world.clock.advance_ms(1000);
    }
    assert_eq!(rows(&world, KEY_NOTES).len(), 1, "the rotation's");
    kms(&world, "DisableKeyRotation", json!({"KeyId": id}));
    assert_eq!(rows(&world, KEY_NOTES).len(), 0);

    world.secrets(HOME, "CreateSecret", &json!({"Name": "s"})).unwrap();
    for _ in 0..3 {
        world.secrets(HOME, "DeleteSecret", &json!({"SecretId": "s"})).unwrap();
        world.secrets(HOME, "RestoreSecret", &json!({"SecretId": "s"})).unwrap();
        world.clock.advance_ms(1000);
    }
    assert_eq!(rows(&world, SECRET_NOTES).len(), 0);
}

#[test]
fn a_deletion_and_a_rotation_of_one_moment_share_a_note() {
    let world = World::new();
    let id = create_key(&world);
    kms(&world, "EnableKeyRotation", json!({"KeyId": id, "RotationPeriodInDays": 90}));
    world.clock.advance_ms(60 * DAY_MS);
    kms(&world, "ScheduleKeyDeletion", json!({"KeyId": id, "PendingWindowInDays": 30}));
    kms(&world, "CancelKeyDeletion", json!({"KeyId": id}));
    kms(&world, "EnableKey", json!({"KeyId": id}));
    let material =
        |world: &World| kms(world, "DescribeKey", json!({"KeyId": id}))["KeyMetadata"]["CurrentKeyMaterialId"].clone();
    let before = material(&world);
    world.clock.advance_ms(31 * DAY_MS);
    world.run_jobs(HOME);
    assert_ne!(material(&world), before);
}
