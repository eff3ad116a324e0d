//! A change counts for the very next request: no request uses a state that is older than an acknowledged change, although rows,
//! opened material and compiled policies are kept in memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::identities::{ALLOW_KMS, iam, keys_of, user_with_policy};
use crate::kit::{HOME, Keys, World};

const DENY_KMS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:*","Resource":"*"}]}"#;

/// A key, and a ciphertext under it.
fn key_and_blob(world: &World) -> (Value, Value) {
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let blob =
        world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": "eA=="})).unwrap()["CiphertextBlob"].clone();
    (key, blob)
}

/// The code of the refusal of a Decrypt, or nothing if it is answered.
fn decrypt(world: &World, who: &Keys, blob: &Value) -> String {
    let answer = world.call_as(who, HOME, "TrentService.Decrypt", &json!({"CiphertextBlob": blob}));
    answer.err().map(|error| error["__type"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

#[test]
fn each_change_of_a_key_counts_for_the_next_request() {
    let world = World::new();
    let (key, blob) = key_and_blob(&world);
    let root = Keys::root();
    let check = |operation: &str, body: Value, expected: &str| {
        // Decrypted twice before, so that everything is in memory.
        world.kms(HOME, operation, &body).unwrap();
        for _ in 0..2 {
            assert_eq!(decrypt(&world, &root, &blob), expected, "{operation}");
        }
    };
    assert_eq!(decrypt(&world, &root, &blob), "");
    for _ in 0..3 {
        check("DisableKey", json!({"KeyId": key}), "DisabledException");
        check("EnableKey", json!({"KeyId": key}), "");
        check("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7}), "KMSInvalidStateException");
        check("CancelKeyDeletion", json!({"KeyId": key}), "DisabledException");
        check("EnableKey", json!({"KeyId": key}), "");
    }
}

#[test]
fn each_change_of_a_permission_counts_for_the_next_request() {
    let world = World::new();
    let (_, blob) = key_and_blob(&world);
    let ana = user_with_policy(&world, "ana", ALLOW_KMS);
    let user = ("UserName", "ana");
    let check = |action: &str, parameters: &[(&str, &str)], expected: &str| {
        iam(&world, action, parameters);
        for _ in 0..2 {
            assert_eq!(decrypt(&world, &ana, &blob), expected, "{action}");
        }
    };
    assert_eq!(decrypt(&world, &ana, &blob), "");
    let managed = iam(&world, "CreatePolicy", &[("PolicyName", "all"), ("PolicyDocument", ALLOW_KMS)]);
    let arn = crate::identities::text(&managed, "Arn").to_owned();
    for _ in 0..2 {
        check("DeleteUserPolicy", &[user, ("PolicyName", "p")], "AccessDeniedException");
        check("AttachUserPolicy", &[user, ("PolicyArn", &arn)], "");
        check("PutUserPolicy", &[user, ("PolicyName", "p"), ("PolicyDocument", DENY_KMS)], "AccessDeniedException");
        check("PutUserPolicy", &[user, ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)], "");
        check("DetachUserPolicy", &[user, ("PolicyArn", &arn)], "");
        let key_id = ("AccessKeyId", ana.id.as_str());
        check("UpdateAccessKey", &[user, key_id, ("Status", "Inactive")], "UnrecognizedClientException");
        check("UpdateAccessKey", &[user, key_id, ("Status", "Active")], "");
    }
    let other = keys_of(&world, "ana");
    assert_eq!(decrypt(&world, &other, &blob), "");
    iam(&world, "DeleteAccessKey", &[user, ("AccessKeyId", &other.id)]);
    assert_eq!(decrypt(&world, &other, &blob), "UnrecognizedClientException");
}

/// Threads decrypt while another one disables and enables the key. An answer that began and ended while the key was known to be in
/// one state is that state's.
#[test]
fn readers_that_race_a_change_never_see_the_state_before_it_was_acknowledged() {
    const ROUNDS: u64 = 40;
    let world = World::new();
    let (key, blob) = key_and_blob(&world);
    // Even: enabled. Odd: disabled. Between two changes that are under way, the high bit is set.
    const CHANGING: u64 = 1 << 63;
    let state = AtomicU64::new(0);
    let read = || {
        let root = Keys::root();
        loop {
            let before = state.load(Ordering::SeqCst);
            let found = decrypt(&world, &root, &blob);
            if state.load(Ordering::SeqCst) == before && before & CHANGING == 0 {
                let expected = if before.is_multiple_of(2) { "" } else { "DisabledException" };
                assert_eq!(found, expected, "in round {before}");
            }
            if before == 2 * ROUNDS {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(read);
        }
        for round in 1..=2 * ROUNDS {
            state.store(round | CHANGING, Ordering::SeqCst);
            let operation = if round.is_multiple_of(2) { "EnableKey" } else { "DisableKey" };
            world.kms(HOME, operation, &json!({"KeyId": key})).unwrap();
            state.store(round, Ordering::SeqCst);
            // The readers get a turn in this state.
            assert_eq!(decrypt(&world, &Keys::root(), &blob).is_empty(), round.is_multiple_of(2));
        }
    });
}
