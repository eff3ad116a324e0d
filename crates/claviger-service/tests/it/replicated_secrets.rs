//! A secret and its replica.

use serde_json::{Value, json};

use crate::identities::{iam, user_with_policy};
use crate::kit::{AWAY, HOME, World};

const NAME: &str = "database/password";

fn token(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

fn replicated(world: &World, replica: &Value) -> String {
    let body =
        json!({"Name": NAME, "SecretString": "first", "ClientRequestToken": token(1), "AddReplicaRegions": [replica]});
    let made = world.secrets(HOME, "CreateSecret", &body).unwrap();
    assert_eq!(made["ReplicationStatus"][0]["Status"], "InProgress");
    world.settle();
    made["ARN"].as_str().unwrap().to_owned()
}

fn status(world: &World) -> Value {
    world.secrets(HOME, "DescribeSecret", &json!({"SecretId": NAME})).unwrap()["ReplicationStatus"][0].clone()
}

#[test]
fn values_and_labels_follow_the_primary() {
    let world = World::new();
    let arn = replicated(&world, &json!({"Region": AWAY}));
    assert_eq!(status(&world)["Status"], "InSync", "{}", status(&world));
    let read = |id: &Value| world.secrets(AWAY, "GetSecretValue", id);
    let there = read(&json!({"SecretId": arn.replace(HOME, AWAY)})).unwrap();
    assert_eq!(there["SecretString"], "first");
    let put = json!({"SecretId": NAME, "SecretString": "second", "ClientRequestToken": token(2)});
    world.secrets(HOME, "PutSecretValue", &put).unwrap();
    world.settle();
    assert_eq!(read(&json!({"SecretId": NAME})).unwrap()["SecretString"], "second");
    assert_eq!(read(&json!({"SecretId": NAME, "VersionStage": "AWSPREVIOUS"})).unwrap()["SecretString"], "first");
    let refused = world.secrets(AWAY, "PutSecretValue", &put).unwrap_err();
    assert_eq!(
        refused["Message"],
        "Operation not permitted on a replica secret. Call must be made in primary secret's region."
    );
}

#[test]
fn a_replica_whose_key_is_missing_fails_and_can_be_mended() {
    let world = World::new();
    replicated(&world, &json!({"Region": AWAY, "KmsKeyId": "alias/not-there"}));
    assert_eq!(status(&world)["Status"], "Failed");
    let key = world.kms(AWAY, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.kms(AWAY, "CreateAlias", &json!({"AliasName": "alias/not-there", "TargetKeyId": key})).unwrap();
    let again = json!({"SecretId": NAME, "AddReplicaRegions": [{"Region": AWAY, "KmsKeyId": "alias/not-there"}]});
    world.secrets(HOME, "ReplicateSecretToRegions", &again).unwrap();
    world.settle();
    assert_eq!(status(&world)["Status"], "InSync", "{}", status(&world));
    assert_eq!(world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": NAME})).unwrap()["SecretString"], "first");
}

/// Has the home region's scheduled work done after so many seconds.
fn wait(world: &World, secs: i64) {
    world.clock.advance_ms(secs * 1000);
    world.run_jobs(HOME);
    world.settle();
}

#[test]
fn a_failed_replica_is_tried_again_until_the_cause_is_gone() {
    let world = World::new();
    let key = world.kms(AWAY, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.kms(AWAY, "DisableKey", &json!({"KeyId": key})).unwrap();
    replicated(&world, &json!({"Region": AWAY, "KmsKeyId": key}));
    assert_eq!(status(&world)["Status"], "Failed");
    wait(&world, 30);
    assert_eq!(status(&world)["Status"], "Failed", "the key is still disabled");
    world.kms(AWAY, "EnableKey", &json!({"KeyId": key})).unwrap();
    wait(&world, 60);
    assert_eq!(status(&world)["Status"], "InSync", "{}", status(&world));
    assert_eq!(world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": NAME})).unwrap()["SecretString"], "first");
    // A change that fails later is tried again from the first delay on.
    world.kms(AWAY, "DisableKey", &json!({"KeyId": key})).unwrap();
    let put = json!({"SecretId": NAME, "SecretString": "second", "ClientRequestToken": token(2)});
    world.secrets(HOME, "PutSecretValue", &put).unwrap();
    world.settle();
    assert_eq!(status(&world)["Status"], "Failed");
    world.kms(AWAY, "EnableKey", &json!({"KeyId": key})).unwrap();
    wait(&world, 30);
    assert_eq!(status(&world)["Status"], "InSync", "{}", status(&world));
    assert_eq!(world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": NAME})).unwrap()["SecretString"], "second");
}

#[test]
fn a_replica_follows_once_its_name_is_free() {
    let world = World::new();
    let other = json!({"Name": NAME, "SecretString": "another", "ClientRequestToken": token(1)});
    world.secrets(AWAY, "CreateSecret", &other).unwrap();
    replicated(&world, &json!({"Region": AWAY}));
    assert_eq!(status(&world)["Status"], "Failed");
    let delete = json!({"SecretId": NAME, "ForceDeleteWithoutRecovery": true});
    world.secrets(AWAY, "DeleteSecret", &delete).unwrap();
    world.run_jobs(AWAY);
    // The deletion is done by a job. Then the next attempt comes within a quarter of an hour.
    for _ in 0..20 {
        wait(&world, 900);
        if status(&world)["Status"] == "InSync" {
            break;
        }
    }
    assert_eq!(world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": NAME})).unwrap()["SecretString"], "first");
}

#[test]
fn a_promoted_replica_stands_alone() {
    let world = World::new();
    replicated(&world, &json!({"Region": AWAY}));
    world.secrets(AWAY, "StopReplicationToReplica", &json!({"SecretId": NAME})).unwrap();
    let put = |region, n, text: &str| {
        let body = json!({"SecretId": NAME, "SecretString": text, "ClientRequestToken": token(n)});
        world.secrets(region, "PutSecretValue", &body).unwrap()
    };
    put(AWAY, 3, "away");
    put(HOME, 4, "home");
    world.settle();
    let read =
        |region| world.secrets(region, "GetSecretValue", &json!({"SecretId": NAME})).unwrap()["SecretString"].clone();
    assert_eq!((read(HOME), read(AWAY)), (json!("home"), json!("away")));
}

#[test]
fn a_replica_outlives_the_user_who_asked_for_it() {
    let world = World::new();
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let ana = user_with_policy(&world, "ana", policy);
    world.settle();
    let key = |region: &str| world.kms(region, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let (here, there) = (key(HOME), key(AWAY));
    let create = json!({
        "Name": NAME, "KmsKeyId": here, "SecretString": "first", "ClientRequestToken": token(1),
        "AddReplicaRegions": [{"Region": AWAY, "KmsKeyId": there}]
    });
    world.call_as(&ana, HOME, "secretsmanager.CreateSecret", &create).unwrap();
    world.settle();
    assert_eq!(status(&world)["Status"], "InSync", "{}", status(&world));
    iam(&world, "DeleteUserPolicy", &[("UserName", "ana"), ("PolicyName", "p")]);
    iam(&world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &ana.id)]);
    iam(&world, "DeleteUser", &[("UserName", "ana")]);
    world.settle();
    let read = || world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": NAME})).unwrap()["SecretString"].clone();
    // A value that another caller writes is replicated with that caller's permissions.
    let put = json!({"SecretId": NAME, "SecretString": "second", "ClientRequestToken": token(2)});
    world.secrets(HOME, "PutSecretValue", &put).unwrap();
    world.settle();
    assert_eq!((read(), status(&world)["Status"].as_str()), (json!("second"), Some("InSync")), "{}", status(&world));
    let update = json!({"SecretId": NAME, "SecretString": "third", "ClientRequestToken": token(3)});
    world.secrets(HOME, "UpdateSecret", &update).unwrap();
    world.settle();
    assert_eq!(read(), "third");
}

#[test]
fn a_failed_status_speaks_of_no_request() {
    let world = World::new();
    let key = world.kms(AWAY, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.kms(AWAY, "DisableKey", &json!({"KeyId": key})).unwrap();
    replicated(&world, &json!({"Region": AWAY, "KmsKeyId": key}));
    let text = status(&world)["StatusMessage"].as_str().unwrap().to_owned();
    assert!(text.ends_with("Error Code: DisabledException)"), "{text}");
}
