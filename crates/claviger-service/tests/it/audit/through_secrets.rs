//! The calls that Secrets Manager makes to KMS for its callers.

use serde_json::{Value, json};

use super::{REQUEST, new_key, outline, token, user};
use crate::kit::{AWAY, HOME, Keys, World};

const SERVICE: &str = "secretsmanager.amazonaws.com";
const ALLOW_SECRETS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}]}"#;

const ALLOW_BATCHES: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:Batch*","Resource":"*"}]}"#;

/// Creates a secret under a key and clears the tape; answers its ARN.
fn secret_under(world: &World, key: &str) -> String {
    let body = json!({"Name": "s", "KmsKeyId": key, "SecretString": "x", "ClientRequestToken": token(1)});
    let made = world.secrets(HOME, "CreateSecret", &body).unwrap();
    world.tape(HOME).take();
    made["ARN"].as_str().unwrap().to_owned()
}

/// Checks a record of a call that the service made.
fn check(record: &Value, key: &str, secret: &str, version: &str) {
    assert_eq!(record["eventSource"], "kms.amazonaws.com");
    for by in [&record["userIdentity"]["invokedBy"], &record["sourceIPAddress"], &record["userAgent"]] {
        assert_eq!(by, SERVICE, "{record}");
    }
    let context = json!({"SecretARN": secret, "SecretVersionId": version});
    assert_eq!(record["requestParameters"]["encryptionContext"], context);
    assert_eq!(record["requestParameters"]["keyId"], key);
    assert_eq!(record["resources"], json!([{"ARN": key, "accountId": "000000000000", "type": "AWS::KMS::Key"}]));
    assert_eq!((&record["readOnly"], &record["responseElements"]), (&json!(true), &Value::Null));
}

#[test]
fn reading_decrypts() {
    let world = World::new();
    let key = new_key(&world);
    let secret = secret_under(&world, &key);
    world.secrets(HOME, "GetSecretValue", &json!({"SecretId": "s"})).unwrap();
    let records = world.tape(HOME).take();
    assert_eq!(outline(&records), ["Decrypt", "GetSecretValue"]);
    check(&records[0], &key, &secret, &token(1));
    let described = world.kms(HOME, "DescribeKey", &json!({"KeyId": key})).unwrap();
    let material = &described["KeyMetadata"]["CurrentKeyMaterialId"];
    assert_eq!(&records[0]["additionalEventData"]["keyMaterialId"], material);
    assert_eq!(records[0]["requestID"], REQUEST);
    let own = &records[1];
    assert_eq!(own["eventSource"], SERVICE);
    assert_eq!(own["userIdentity"].get("invokedBy"), None);
    assert_eq!(own["requestParameters"], json!({"secretId": "s"}));
    let resources = json!([{"ARN": secret, "accountId": "000000000000", "type": "AWS::SecretsManager::Secret"}]);
    assert_eq!((&own["resources"], own.get("additionalEventData")), (&resources, None));
}

#[test]
fn a_batch_is_told_value_by_value() {
    let world = World::new();
    let key = new_key(&world);
    let secret = secret_under(&world, &key);
    world.secrets(HOME, "BatchGetSecretValue", &json!({"SecretIdList": ["s", "none"]})).unwrap();
    let records = world.tape(HOME).take();
    assert_eq!(
        outline(&records),
        ["Decrypt", "GetSecretValue", "GetSecretValue ResourceNotFoundException", "BatchGetSecretValue"]
    );
    check(&records[0], &key, &secret, &token(1));
    let resources = json!([{"ARN": secret, "accountId": "000000000000", "type": "AWS::SecretsManager::Secret"}]);
    assert_eq!(records[1]["resources"], resources);
    assert_eq!(records[1]["requestParameters"], json!({"secretId": "s"}));
    assert_eq!(records[2]["requestParameters"], json!({"secretId": "none"}));
    for record in &records[1..] {
        assert_eq!((&record["eventSource"], &record["requestID"]), (&json!(SERVICE), &json!(REQUEST)));
        assert_eq!(record["userIdentity"].get("invokedBy"), None);
        assert_eq!(record["readOnly"], json!(true));
    }
    assert_eq!(records[3].get("resources"), None);
    // What the caller may not read is told, too.
    let reader = user(&world, "ana", ALLOW_BATCHES);
    world.tape(HOME).take();
    world.call_as(&reader, HOME, "secretsmanager.BatchGetSecretValue", &json!({"SecretIdList": ["s"]})).unwrap();
    let records = world.tape(HOME).take();
    assert_eq!(outline(&records), ["GetSecretValue AccessDenied", "BatchGetSecretValue"]);
}

#[test]
fn writing_generates_data_keys() {
    let world = World::new();
    let key = new_key(&world);
    world.tape(HOME).take();
    let body = json!({"Name": "s", "KmsKeyId": key, "SecretString": "x", "ClientRequestToken": token(1)});
    let secret = world.secrets(HOME, "CreateSecret", &body).unwrap()["ARN"].as_str().unwrap().to_owned();
    let records = world.tape(HOME).take();
    // A key that is named is tried first, as AWS does.
    assert_eq!(outline(&records), ["GenerateDataKey", "Decrypt", "GenerateDataKey", "CreateSecret"]);
    check(&records[0], &key, &secret, "RequestToValidateKeyAccess");
    check(&records[1], &key, &secret, "RequestToValidateKeyAccess");
    check(&records[2], &key, &secret, &token(1));
    assert_eq!(records[2]["requestParameters"]["keySpec"], "AES_256");
    assert_eq!(records[3]["resources"][0]["ARN"], secret);

    let body = json!({"SecretId": "s", "SecretString": "y", "ClientRequestToken": token(2)});
    world.secrets(HOME, "PutSecretValue", &body).unwrap();
    let mut records = world.tape(HOME).take();
    world.secrets(HOME, "PutSecretValue", &body).unwrap();
    // The second request has a token that was used, so its value is compared with the stored one.
    records.extend(world.tape(HOME).take());
    assert_eq!(outline(&records), ["GenerateDataKey", "PutSecretValue", "Decrypt", "PutSecretValue"]);
    // An operation that reads and writes no value makes no call to KMS.
    world.secrets(HOME, "DescribeSecret", &json!({"SecretId": "s"})).unwrap();
    assert_eq!(outline(&world.tape(HOME).take()), ["DescribeSecret"]);
}

#[test]
fn a_new_key_takes_the_versions_over() {
    let world = World::new();
    let (old, new) = (new_key(&world), new_key(&world));
    let secret = secret_under(&world, &old);
    world.secrets(HOME, "UpdateSecret", &json!({"SecretId": "s", "KmsKeyId": new})).unwrap();
    let records = world.tape(HOME).take();
    let expected = ["GenerateDataKey", "Decrypt", "Decrypt", "GenerateDataKey", "UpdateSecret"];
    assert_eq!(outline(&records), expected);
    check(&records[2], &old, &secret, &token(1));
    check(&records[3], &new, &secret, &token(1));
}

#[test]
fn denials_are_told_as_kms_would_put_them() {
    let world = World::new();
    let key = new_key(&world);
    let secret = secret_under(&world, &key);
    let ana = user(&world, "ana", ALLOW_SECRETS);
    world.tape(HOME).take();
    let read = |who: &Keys| world.call_as(who, HOME, "secretsmanager.GetSecretValue", &json!({"SecretId": "s"}));
    read(&ana).unwrap_err();
    let records = world.tape(HOME).take();
    assert_eq!(outline(&records), ["Decrypt AccessDenied", "GetSecretValue AccessDenied"]);
    check(&records[0], &key, &secret, &token(1));
    let text = format!(
        "User: arn:aws:iam::000000000000:user/ana is not authorized to perform: kms:Decrypt on resource: {key} "
    );
    assert!(records[0]["errorMessage"].as_str().unwrap().starts_with(&text), "{}", records[0]);
    assert_eq!(records[1]["errorMessage"], "Access to KMS is not allowed");
}

#[test]
fn failures_are_told_and_nothing_is_where_the_secret_is_out_of_reach() {
    let world = World::new();
    let key = new_key(&world);
    let secret = secret_under(&world, &key);
    let nobody = user(
        &world,
        "nobody",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#,
    );
    let read = |who: &Keys| world.call_as(who, HOME, "secretsmanager.GetSecretValue", &json!({"SecretId": "s"}));
    world.kms(HOME, "DisableKey", &json!({"KeyId": key})).unwrap();
    world.tape(HOME).take();
    read(&Keys::root()).unwrap_err();
    read(&nobody).unwrap_err();
    let records = world.tape(HOME).take();
    let expected = ["Decrypt DisabledException", "GetSecretValue DecryptionFailure", "GetSecretValue AccessDenied"];
    assert_eq!(outline(&records), expected);
    check(&records[0], &key, &secret, &token(1));
    assert_eq!(records[0]["errorMessage"], format!("{key} is disabled."));

    world.kms(HOME, "ScheduleKeyDeletion", &json!({"KeyId": key, "PendingWindowInDays": 7})).unwrap();
    world.clock.advance_ms(7 * 86_400_000);
    world.run_jobs(HOME);
    world.tape(HOME).take();
    read(&Keys::root()).unwrap_err();
    read(&nobody).unwrap_err();
    let records = world.tape(HOME).take();
    let expected = ["Decrypt NotFoundException", "GetSecretValue DecryptionFailure", "GetSecretValue AccessDenied"];
    assert_eq!(outline(&records), expected);
    assert_eq!((&records[0]["requestParameters"]["keyId"], records[0].get("resources")), (&json!(key), None));
}

#[test]
fn replication_asks_both_keys() {
    let world = World::new();
    let body = json!({
        "Name": "s", "SecretString": "x", "ClientRequestToken": token(1), "AddReplicaRegions": [{"Region": AWAY}]
    });
    let secret = world.secrets(HOME, "CreateSecret", &body).unwrap()["ARN"].as_str().unwrap().to_owned();
    world.tape(HOME).take();
    world.settle();
    let (here, there) = (world.tape(HOME).take(), world.tape(AWAY).take());
    assert_eq!((outline(&here), outline(&there)), (vec!["Decrypt".to_owned()], vec!["GenerateDataKey".to_owned()]));
    for (record, region) in [(&here[0], HOME), (&there[0], AWAY)] {
        let key = world.kms(region, "DescribeKey", &json!({"KeyId": "alias/aws/secretsmanager"})).unwrap();
        let key = key["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
        check(record, &key, &secret.replace(HOME, region), &token(1));
        assert_eq!((record["awsRegion"].as_str(), &record["requestID"]), (Some(region), &Value::Null));
        assert_eq!(record["userIdentity"]["arn"], "arn:aws:iam::000000000000:root");
    }
}
