//! Deletion: scheduled, cancelled, forced.

use serde_json::json;

use super::{ACCOUNT, MISSING, create, describe, members, names, ok, refused, token};
use crate::kit::{HOME, World};

#[test]
fn a_scheduled_deletion_is_called_off_or_ends() {
    let world = World::new();
    let arn = create(&world, "s", "v1");
    let deleted = ok(&world, "DeleteSecret", json!({"SecretId": "s", "RecoveryWindowInDays": 7}));
    assert_eq!(members(&deleted), ["ARN", "DeletionDate", "Name"]);
    assert!(describe(&world, "s").get("DeletedDate").is_some());
    let marked = "You can't perform this operation on the secret because it was marked for deletion.";
    let update = json!({"SecretId": "s", "SecretString": "x", "ClientRequestToken": token(9)});
    for (operation, body) in [
        ("GetSecretValue", json!({"SecretId": "s"})),
        ("PutSecretValue", update.clone()),
        ("UpdateSecret", update),
        ("TagResource", json!({"SecretId": "s", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("UntagResource", json!({"SecretId": "s", "TagKeys": ["a"]})),
        ("GetResourcePolicy", json!({"SecretId": "s"})),
        ("DeleteResourcePolicy", json!({"SecretId": "s"})),
        ("UpdateSecretVersionStage", json!({"SecretId": "s", "VersionStage": "a", "MoveToVersionId": token(1)})),
    ] {
        refused(&world, operation, body, "InvalidRequestException", marked);
    }
    ok(&world, "ListSecretVersionIds", json!({"SecretId": "s"}));
    let create_again = json!({"Name": "s", "SecretString": "x", "ClientRequestToken": token(2)});
    let text = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    refused(&world, "CreateSecret", create_again.clone(), "InvalidRequestException", text);
    let text = "You can't perform this operation on the secret because it was already scheduled for deletion.";
    refused(&world, "DeleteSecret", json!({"SecretId": "s"}), "InvalidRequestException", text);
    assert!(names(&ok(&world, "ListSecrets", json!({}))).is_empty());
    assert_eq!(names(&ok(&world, "ListSecrets", json!({"IncludePlannedDeletion": true}))), ["s"]);

    let restored = ok(&world, "RestoreSecret", json!({"SecretId": "s"}));
    assert_eq!(members(&restored), ["ARN", "Name"]);
    assert!(describe(&world, "s").get("DeletedDate").is_none());
    ok(&world, "RestoreSecret", json!({"SecretId": "s"}));
    let run_jobs = || world.run_jobs(HOME);
    world.clock.advance_ms(8 * 86_400_000);
    run_jobs();
    assert_eq!(describe(&world, "s")["ARN"], arn, "a restored secret was deleted");

    ok(&world, "DeleteSecret", json!({"SecretId": "s"}));
    world.clock.advance_ms(29 * 86_400_000);
    run_jobs();
    describe(&world, "s");
    world.clock.advance_ms(86_400_000);
    run_jobs();
    refused(&world, "DescribeSecret", json!({"SecretId": "s"}), "ResourceNotFoundException", MISSING);
    let made = ok(&world, "CreateSecret", create_again);
    assert_ne!(made["ARN"], arn);
    assert_eq!(ok(&world, "GetSecretValue", json!({"SecretId": "s"}))["SecretString"], "x");
}

#[test]
fn a_forced_deletion_frees_the_name_at_once() {
    let world = World::new();
    let arn = create(&world, "s", "v1");
    ok(&world, "DeleteSecret", json!({"SecretId": "s"}));
    ok(&world, "DeleteSecret", json!({"SecretId": "s", "ForceDeleteWithoutRecovery": true}));
    refused(&world, "GetSecretValue", json!({"SecretId": arn}), "ResourceNotFoundException", MISSING);
    assert_ne!(create(&world, "s", "v2"), arn);
    refused(&world, "DescribeSecret", json!({"SecretId": arn}), "ResourceNotFoundException", MISSING);

    refused(&world, "DeleteSecret", json!({"SecretId": "nothing"}), "ResourceNotFoundException", MISSING);
    let unknown = ok(&world, "DeleteSecret", json!({"SecretId": "nothing", "ForceDeleteWithoutRecovery": true}));
    assert_eq!(unknown["Name"], "nothing");
    let start = format!("arn:aws:secretsmanager:{HOME}:{ACCOUNT}:secret:nothing-");
    assert!(unknown["ARN"].as_str().unwrap().starts_with(&start), "{unknown}");
}
