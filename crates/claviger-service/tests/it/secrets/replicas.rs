//! Replicas: described, guarded, removed, promoted.

use serde_json::{Value, json};

use super::{create, describe, ok, put, refused, token};
use crate::kit::{AWAY, HOME, World};

#[test]
fn replicas_are_described_removed_and_guarded() {
    let world = World::new();
    let body = json!({"Name": "r", "ClientRequestToken": token(1), "AddReplicaRegions": [{"Region": AWAY}]});
    let made = ok(&world, "CreateSecret", body);
    let arn = made["ARN"].as_str().unwrap();
    let entry = json!([{"Region": AWAY, "KmsKeyId": "alias/aws/secretsmanager", "Status": "InProgress"}]);
    assert_eq!(made["ReplicationStatus"], entry);
    world.settle();
    let shown = describe(&world, "r");
    assert_eq!(
        (shown["PrimaryRegion"].as_str(), &shown["ReplicationStatus"][0]["Status"]),
        (Some(HOME), &json!("InSync"))
    );
    assert_eq!(shown["ReplicationStatus"][0]["StatusMessage"], "Replication succeeded");
    let there = world.secrets(AWAY, "DescribeSecret", &json!({"SecretId": "r"})).unwrap();
    assert_eq!(there["ARN"], arn.replace(HOME, AWAY));
    assert_eq!((there["PrimaryRegion"].as_str(), there.get("ReplicationStatus")), (Some(HOME), None));

    let text = format!("You can't delete secret {arn} that still has replica regions [{AWAY}].");
    for body in [json!({"SecretId": "r"}), json!({"SecretId": "r", "ForceDeleteWithoutRecovery": true})] {
        refused(&world, "DeleteSecret", body, "InvalidParameterException", &text);
    }
    let replica = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
    for (operation, body) in [
        ("DeleteSecret", json!({"SecretId": "r", "ForceDeleteWithoutRecovery": true})),
        ("PutSecretValue", json!({"SecretId": "r", "SecretString": "x", "ClientRequestToken": token(2)})),
        ("UpdateSecret", json!({"SecretId": "r", "Description": "x"})),
        ("TagResource", json!({"SecretId": "r", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("UntagResource", json!({"SecretId": "r", "TagKeys": ["a"]})),
        ("RestoreSecret", json!({"SecretId": "r"})),
        ("PutResourcePolicy", json!({"SecretId": "r", "ResourcePolicy": "{}"})),
        ("DeleteResourcePolicy", json!({"SecretId": "r"})),
        ("ReplicateSecretToRegions", json!({"SecretId": "r", "AddReplicaRegions": [{"Region": HOME}]})),
        ("RemoveRegionsFromReplication", json!({"SecretId": "r", "RemoveReplicaRegions": [AWAY]})),
    ] {
        let error = world.secrets(AWAY, operation, &body).unwrap_err();
        let found = (error["__type"].as_str(), error["Message"].as_str());
        assert_eq!(found, (Some("InvalidParameterException"), Some(replica)), "{operation}");
    }
    let removed = ok(&world, "RemoveRegionsFromReplication", json!({"SecretId": "r", "RemoveReplicaRegions": [AWAY]}));
    assert_eq!(removed["ReplicationStatus"], json!([]));
    world.settle();
    let error = world.secrets(AWAY, "DescribeSecret", &json!({"SecretId": "r"})).unwrap_err();
    assert_eq!(error["__type"], "ResourceNotFoundException");
    let shown = describe(&world, "r");
    assert!(shown.get("PrimaryRegion").is_none() && shown.get("ReplicationStatus").is_none(), "{shown}");
    for region in [HOME, "us-west-2"] {
        let body = json!({"SecretId": "r", "AddReplicaRegions": [{"Region": region}]});
        refused(&world, "ReplicateSecretToRegions", body, "InvalidParameterException", "Invalid replica region.");
    }
    // Once more, after it was removed; then the secret itself can go.
    ok(&world, "ReplicateSecretToRegions", json!({"SecretId": "r", "AddReplicaRegions": [{"Region": AWAY}]}));
    world.settle();
    assert_eq!(describe(&world, "r")["ReplicationStatus"][0]["Status"], "InSync");
    ok(&world, "RemoveRegionsFromReplication", json!({"SecretId": "r", "RemoveReplicaRegions": [AWAY]}));
    ok(&world, "DeleteSecret", json!({"SecretId": "r", "ForceDeleteWithoutRecovery": true}));
}

#[test]
fn a_promoted_replica_replicates_back() {
    let world = World::new();
    let body = json!({
        "Name": "r", "SecretString": "v1", "ClientRequestToken": token(1), "AddReplicaRegions": [{"Region": AWAY}]
    });
    ok(&world, "CreateSecret", body);
    world.settle();
    let away = |operation: &str, body: Value| {
        world.secrets(AWAY, operation, &body).unwrap_or_else(|e| panic!("{operation} {body}: {e}"))
    };
    // Several changes of direction: each time the other side's secret is overwritten.
    away("StopReplicationToReplica", json!({"SecretId": "r"}));
    world.settle();
    assert!(describe(&world, "r").get("ReplicationStatus").is_none());
    let over = |region: &str| json!({"SecretId": "r", "AddReplicaRegions": [{"Region": region}], "ForceOverwriteReplicaSecret": true});
    away("PutSecretValue", json!({"SecretId": "r", "SecretString": "v2", "ClientRequestToken": token(2)}));
    away("ReplicateSecretToRegions", over(HOME));
    world.settle();
    assert_eq!(ok(&world, "GetSecretValue", json!({"SecretId": "r"}))["SecretString"], "v2");
    assert_eq!(describe(&world, "r")["PrimaryRegion"], AWAY);
    ok(&world, "StopReplicationToReplica", json!({"SecretId": "r"}));
    world.settle();
    put(&world, "r", 3, &[]);
    ok(&world, "ReplicateSecretToRegions", over(AWAY));
    world.settle();
    assert_eq!(describe(&world, "r")["ReplicationStatus"][0]["Status"], "InSync", "{}", describe(&world, "r"));
    assert_eq!(away("GetSecretValue", json!({"SecretId": "r"}))["SecretString"], "v3");
}

#[test]
fn a_name_that_is_taken_there_fails_the_replica() {
    let world = World::new();
    let body = json!({"Name": "r", "SecretString": "theirs", "ClientRequestToken": token(1)});
    world.secrets(AWAY, "CreateSecret", &body).unwrap();
    create(&world, "r", "ours");
    ok(&world, "ReplicateSecretToRegions", json!({"SecretId": "r", "AddReplicaRegions": [{"Region": AWAY}]}));
    world.settle();
    assert_eq!(describe(&world, "r")["ReplicationStatus"][0]["Status"], "Failed");
    let read = world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": "r"})).unwrap();
    assert_eq!(read["SecretString"], "theirs");
}

#[test]
fn a_replica_needs_the_askers_rights_on_both_keys() {
    let world = World::new();
    let deny = |action: &str| {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {
                "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "kms:*",
                "Resource": "*"
            },
            {
                "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*",
                "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*"}}
            }
        ]});
        json!({"Policy": policy.to_string()})
    };
    let status = |name: &str| describe(&world, name)["ReplicationStatus"][0].clone();
    let failed = (json!("Failed"), json!("Access to KMS is not allowed"));

    let key = world.kms(AWAY, "CreateKey", &deny("kms:Encrypt")).unwrap()["KeyMetadata"]["Arn"].clone();
    create(&world, "there", "x");
    let spread =
        |name: &str, key: &Value| json!({"SecretId": name, "AddReplicaRegions": [{"Region": AWAY, "KmsKeyId": key}]});
    ok(&world, "ReplicateSecretToRegions", spread("there", &key));
    world.settle();
    let shown = status("there");
    assert_eq!((shown["Status"].clone(), shown["StatusMessage"].clone()), failed);
    assert_eq!(shown["KmsKeyId"], key);
    assert!(world.secrets(AWAY, "DescribeSecret", &json!({"SecretId": "there"})).is_err());

    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].clone();
    let body = json!({"Name": "here", "KmsKeyId": key, "SecretString": "x", "ClientRequestToken": token(1)});
    ok(&world, "CreateSecret", body);
    let mut policy = deny("kms:Decrypt");
    policy["KeyId"] = key;
    world.kms(HOME, "PutKeyPolicy", &policy).unwrap();
    ok(&world, "ReplicateSecretToRegions", json!({"SecretId": "here", "AddReplicaRegions": [{"Region": AWAY}]}));
    world.settle();
    let shown = status("here");
    assert_eq!((shown["Status"].clone(), shown["StatusMessage"].clone()), failed);
    // A failed replica can be taken away again.
    ok(&world, "RemoveRegionsFromReplication", json!({"SecretId": "here", "RemoveReplicaRegions": [AWAY]}));
    assert!(describe(&world, "here").get("ReplicationStatus").is_none());
}

#[test]
fn labels_tags_and_policies_follow() {
    let world = World::new();
    create(&world, "r", "v1");
    ok(&world, "ReplicateSecretToRegions", json!({"SecretId": "r", "AddReplicaRegions": [{"Region": AWAY}]}));
    world.settle();
    put(&world, "r", 2, &["AWSPENDING"]);
    ok(&world, "TagResource", json!({"SecretId": "r", "Tags": [{"Key": "a", "Value": "b"}]}));
    ok(&world, "UpdateSecret", json!({"SecretId": "r", "Description": "described"}));
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        "Condition": {"StringEquals": {"secretsmanager:VersionStage": "AWSPENDING"}}
    }});
    ok(&world, "PutResourcePolicy", json!({"SecretId": "r", "ResourcePolicy": policy.to_string()}));
    assert_eq!(describe(&world, "r")["ReplicationStatus"][0]["Status"], "InProgress");
    world.settle();
    let away = |operation: &str, body: Value| world.secrets(AWAY, operation, &body);
    let there = away("DescribeSecret", json!({"SecretId": "r"})).unwrap();
    let here = describe(&world, "r");
    for member in ["VersionIdsToStages", "Tags", "Description", "CreatedDate", "LastChangedDate", "Name"] {
        assert_eq!(there[member], here[member], "{member}");
    }
    let pending = json!({"SecretId": "r", "VersionStage": "AWSPENDING"});
    assert_eq!(away("GetSecretValue", pending).unwrap_err()["__type"], "AccessDeniedException");
    assert_eq!(away("GetSecretValue", json!({"SecretId": "r"})).unwrap()["SecretString"], "v1");
    // The day of the last read there is sent to the primary, and is not the primary's own.
    world.settle();
    let shown = describe(&world, "r");
    assert!(shown["ReplicationStatus"][0]["LastAccessedDate"].is_number(), "{shown}");
    assert!(shown.get("LastAccessedDate").is_none(), "{shown}");
}
