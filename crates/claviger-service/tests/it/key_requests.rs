//! Answers to requests about keys: a service's key, refusals, and the order of checks.

use serde_json::{Value, json};

use crate::kit::{AWAY, HOME, World};

const ALIAS: &str = "alias/aws/secretsmanager";

fn kms(world: &World, operation: &str, body: Value) -> Value {
    world.kms(HOME, operation, &body).unwrap_or_else(|e| panic!("{operation} {body}: {e}"))
}

#[test]
fn a_services_key_is_made_when_it_is_looked_at_and_rotates_by_itself() {
    let world = World::new();
    let arn = format!("arn:aws:kms:{HOME}:000000000000:{ALIAS}");
    let made = kms(&world, "DescribeKey", json!({"KeyId": arn}))["KeyMetadata"].clone();
    assert_eq!((made["KeyManager"].as_str(), made["KeyState"].as_str()), (Some("AWS"), Some("Enabled")));
    assert_eq!(kms(&world, "DescribeKey", json!({"KeyId": ALIAS}))["KeyMetadata"], made);
    // Secrets are encrypted under this key.
    world
        .secrets(HOME, "CreateSecret", &json!({"Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32)}))
        .unwrap();
    let keys = kms(&world, "ListKeys", json!({}));
    assert_eq!(keys["Keys"].as_array().unwrap().len(), 1, "{keys}");

    let status = kms(&world, "GetKeyRotationStatus", json!({"KeyId": made["KeyId"]}));
    assert_eq!((&status["KeyRotationEnabled"], &status["RotationPeriodInDays"]), (&json!(true), &json!(365)));
    world.clock.advance_ms(366 * 86_400_000);
    world.run_jobs(HOME);
    let rotated = kms(&world, "DescribeKey", json!({"KeyId": ALIAS}))["KeyMetadata"].clone();
    assert_ne!(rotated["CurrentKeyMaterialId"], made["CurrentKeyMaterialId"]);
    assert_eq!(world.secrets(HOME, "GetSecretValue", &json!({"SecretId": "s"})).unwrap()["SecretString"], "x");
    // Other services' aliases do not exist, nor does the key of another account.
    let other = world.kms(HOME, "DescribeKey", &json!({"KeyId": "alias/aws/s3"})).unwrap_err();
    assert_eq!(other["__type"], "NotFoundException");
}

#[test]
fn a_disabled_primary_is_disabled_before_its_new_region_is_looked_at() {
    let world = World::new();
    let key = kms(&world, "CreateKey", json!({"MultiRegion": true}))["KeyMetadata"].clone();
    kms(&world, "DisableKey", json!({"KeyId": key["KeyId"]}));
    for region in [AWAY, "us-west-2", HOME] {
        let body = json!({"KeyId": key["KeyId"], "PrimaryRegion": region});
        let refused = world.kms(HOME, "UpdatePrimaryRegion", &body).unwrap_err();
        assert_eq!(refused["__type"], "DisabledException", "{region}");
    }
}

#[test]
fn a_custom_key_store_is_named_where_it_is_refused() {
    let world = World::new();
    let body = json!({"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "cks-1234567890abcdef0"});
    let refused = world.kms(HOME, "CreateKey", &body).unwrap_err();
    assert_eq!(refused["__type"], "UnsupportedOperationException");
    assert_eq!(refused["message"], "Claviger has no AWS CloudHSM key stores. Use an Origin of EXTERNAL_KEY_STORE.");
}

#[test]
fn an_encryption_context_has_a_longest() {
    let world = World::new();
    let id = kms(&world, "CreateKey", json!({}))["KeyMetadata"]["KeyId"].clone();
    let context = |len: usize| json!({"k": "x".repeat(len)});
    let sealed = kms(&world, "Encrypt", json!({"KeyId": id, "Plaintext": "eA==", "EncryptionContext": context(8184)}));
    let blob = &sealed["CiphertextBlob"];
    kms(&world, "Decrypt", json!({"CiphertextBlob": blob, "EncryptionContext": context(8184)}));
    let long = context(8185);
    for (operation, body) in [
        ("Encrypt", json!({"KeyId": id, "Plaintext": "eA==", "EncryptionContext": long})),
        ("Decrypt", json!({"CiphertextBlob": blob, "EncryptionContext": long})),
        ("GenerateDataKey", json!({"KeyId": id, "KeySpec": "AES_256", "EncryptionContext": long})),
        ("GenerateDataKeyWithoutPlaintext", json!({"KeyId": id, "KeySpec": "AES_256", "EncryptionContext": long})),
        ("ReEncrypt", json!({"CiphertextBlob": blob, "DestinationKeyId": id, "SourceEncryptionContext": long})),
        (
            "ReEncrypt",
            json!({
                "CiphertextBlob": blob, "DestinationKeyId": id, "SourceEncryptionContext": context(8184),
                "DestinationEncryptionContext": long
            }),
        ),
    ] {
        let refused = world.kms(HOME, operation, &body).unwrap_err();
        assert_eq!(refused["__type"], "ValidationException", "{operation}: {refused}");
        assert_eq!(refused["message"], "The encryption context is 8193 bytes long; at most 8192 are allowed.");
    }
}
