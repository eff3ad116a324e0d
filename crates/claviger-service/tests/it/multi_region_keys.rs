//! A key and its replica: creation, use, handover, deletion.

use serde_json::{Value, json};

use crate::kit::{AWAY, HOME, World};

fn replicated(world: &World) -> Value {
    let key = world.kms(HOME, "CreateKey", &json!({"MultiRegion": true, "Description": "first"})).unwrap();
    let id = key["KeyMetadata"]["KeyId"].clone();
    let answer = world.kms(HOME, "ReplicateKey", &json!({"KeyId": id, "ReplicaRegion": AWAY})).unwrap();
    let replica = &answer["ReplicaKeyMetadata"];
    assert_eq!(replica["KeyState"], "Creating");
    assert_eq!(replica["Description"], "");
    assert!(replica.get("CurrentKeyMaterialId").is_none());
    world.settle();
    id
}

fn state(world: &World, region: &str, id: &Value) -> Value {
    world.kms(region, "DescribeKey", &json!({"KeyId": id})).unwrap()["KeyMetadata"].clone()
}

#[test]
fn what_one_region_encrypts_the_other_decrypts() {
    let world = World::new();
    let id = replicated(&world);
    let (home, away) = (state(&world, HOME, &id), state(&world, AWAY, &id));
    assert_eq!(away["KeyState"], "Enabled");
    assert_eq!(home["CurrentKeyMaterialId"], away["CurrentKeyMaterialId"]);
    assert_eq!(home["MultiRegionConfiguration"]["MultiRegionKeyType"], "PRIMARY");
    assert_eq!(away["MultiRegionConfiguration"]["MultiRegionKeyType"], "REPLICA");
    assert_eq!(away["MultiRegionConfiguration"]["ReplicaKeys"][0]["Region"], AWAY);
    for (from, to) in [(HOME, AWAY), (AWAY, HOME)] {
        let blob = world.kms(from, "Encrypt", &json!({"KeyId": id, "Plaintext": "aGVsbG8="})).unwrap();
        let opened = world.kms(to, "Decrypt", &json!({"CiphertextBlob": blob["CiphertextBlob"]})).unwrap();
        assert_eq!(opened["Plaintext"], "aGVsbG8=");
        assert!(opened["KeyId"].as_str().unwrap().contains(to));
    }
}

#[test]
fn rotation_settings_reach_the_replica_and_cannot_be_set_there() {
    let world = World::new();
    let id = replicated(&world);
    world.kms(HOME, "EnableKeyRotation", &json!({"KeyId": id, "RotationPeriodInDays": 100})).unwrap();
    world.settle();
    let status = world.kms(AWAY, "GetKeyRotationStatus", &json!({"KeyId": id})).unwrap();
    assert_eq!(status["RotationPeriodInDays"], 100);
    let refused = world.kms(AWAY, "DisableKeyRotation", &json!({"KeyId": id})).unwrap_err();
    assert_eq!(refused["__type"], "UnsupportedOperationException");
    // A hundred days later the key has new material in both regions, and the old ciphertext still opens.
    let before = world.kms(HOME, "Encrypt", &json!({"KeyId": id, "Plaintext": "aGVsbG8="})).unwrap();
    let old = state(&world, HOME, &id)["CurrentKeyMaterialId"].clone();
    world.clock.advance_ms(101 * 86_400_000);
    world.run_jobs(HOME);
    world.settle();
    let (home, away) = (state(&world, HOME, &id), state(&world, AWAY, &id));
    assert_ne!(home["CurrentKeyMaterialId"], old);
    assert_eq!(home["CurrentKeyMaterialId"], away["CurrentKeyMaterialId"]);
    let opened = world.kms(AWAY, "Decrypt", &json!({"CiphertextBlob": before["CiphertextBlob"]})).unwrap();
    assert_eq!(opened["Plaintext"], "aGVsbG8=");
}

#[test]
fn the_primary_moves_and_both_end_enabled() {
    let world = World::new();
    let id = replicated(&world);
    world.kms(HOME, "UpdatePrimaryRegion", &json!({"KeyId": id, "PrimaryRegion": AWAY})).unwrap();
    assert_eq!(state(&world, HOME, &id)["KeyState"], "Updating");
    world.kms(HOME, "Encrypt", &json!({"KeyId": id, "Plaintext": "aGVsbG8="})).unwrap();
    world.settle();
    for region in [HOME, AWAY] {
        let key = state(&world, region, &id);
        assert_eq!(key["KeyState"], "Enabled", "{region}");
        assert_eq!(key["MultiRegionConfiguration"]["PrimaryKey"]["Region"], AWAY);
    }
    let refused = world.kms(HOME, "UpdatePrimaryRegion", &json!({"KeyId": id, "PrimaryRegion": AWAY})).unwrap_err();
    assert!(refused["message"].as_str().unwrap().ends_with("is not a multi-region primary key."));
}

#[test]
fn a_disabled_replica_declines_the_role() {
    let world = World::new();
    let id = replicated(&world);
    world.kms(AWAY, "DisableKey", &json!({"KeyId": id})).unwrap();
    world.kms(HOME, "UpdatePrimaryRegion", &json!({"KeyId": id, "PrimaryRegion": AWAY})).unwrap();
    world.settle();
    let home = state(&world, HOME, &id);
    assert_eq!(
        (&home["KeyState"], &home["MultiRegionConfiguration"]["PrimaryKey"]["Region"]),
        (&json!("Enabled"), &json!(HOME))
    );
    assert_eq!(state(&world, AWAY, &id)["KeyState"], "Disabled");
}

#[test]
fn a_primary_waits_for_its_replicas_to_be_deleted() {
    let world = World::new();
    let id = replicated(&world);
    let pending = world.kms(HOME, "ScheduleKeyDeletion", &json!({"KeyId": id, "PendingWindowInDays": 9})).unwrap();
    assert_eq!(pending["KeyState"], "PendingReplicaDeletion");
    assert!(pending.get("DeletionDate").is_none());
    world.kms(AWAY, "ScheduleKeyDeletion", &json!({"KeyId": id, "PendingWindowInDays": 7})).unwrap();
    world.clock.advance_ms(8 * 86_400_000);
    world.run_jobs(AWAY);
    world.settle();
    let gone = world.kms(AWAY, "DescribeKey", &json!({"KeyId": id})).unwrap_err();
    assert_eq!(gone["__type"], "NotFoundException");
    let home = state(&world, HOME, &id);
    assert_eq!(home["KeyState"], "PendingDeletion");
    assert_eq!(home["MultiRegionConfiguration"]["ReplicaKeys"], json!([]));
    world.clock.advance_ms(10 * 86_400_000);
    world.run_jobs(HOME);
    assert!(world.kms(HOME, "DescribeKey", &json!({"KeyId": id})).is_err());
}

#[test]
fn a_replica_without_material_is_being_made_whatever_is_cancelled() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({"MultiRegion": true})).unwrap();
    let id = key["KeyMetadata"]["KeyId"].clone();
    world.kms(HOME, "ReplicateKey", &json!({"KeyId": id, "ReplicaRegion": AWAY})).unwrap();
    // Step by step, until the replica exists in its region and lacks its material.
    world.settle_until(|| world.kms(AWAY, "DescribeKey", &json!({"KeyId": id})).is_ok());
    assert_eq!(state(&world, AWAY, &id)["KeyState"], "Creating");
    world.kms(AWAY, "ScheduleKeyDeletion", &json!({"KeyId": id, "PendingWindowInDays": 7})).unwrap();
    world.kms(AWAY, "CancelKeyDeletion", &json!({"KeyId": id})).unwrap();
    assert_eq!(state(&world, AWAY, &id)["KeyState"], "Creating");
    world.settle();
    assert_eq!(state(&world, AWAY, &id)["KeyState"], "Enabled");
}
