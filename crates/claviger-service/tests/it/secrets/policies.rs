//! Resource policies.

use serde_json::{Value, json};

use super::{ACCOUNT, create, members, ok, put, refused};
use crate::kit::{HOME, World};

#[test]
fn policies_are_kept_as_given_and_checked() {
    let world = World::new();
    create(&world, "s", "v1");
    assert_eq!(members(&ok(&world, "GetResourcePolicy", json!({"SecretId": "s"}))), ["ARN", "Name"]);
    let statement = |principal: Value| {
        let statement = json!({
            "Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"
        });
        json!({"Version": "2012-10-17", "Statement": statement}).to_string()
    };
    let anyone = statement(json!("*"));
    ok(&world, "PutResourcePolicy", json!({"SecretId": "s", "ResourcePolicy": anyone}));
    assert_eq!(ok(&world, "GetResourcePolicy", json!({"SecretId": "s"}))["ResourcePolicy"], anyone);
    let blocked = json!({"SecretId": "s", "ResourcePolicy": anyone, "BlockPublicPolicy": true});
    let error = world.secrets(HOME, "PutResourcePolicy", &blocked).unwrap_err();
    assert_eq!(error["__type"], "PublicPolicyException");
    let nobody = statement(json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/nobody")}));
    let text = "This resource policy contains an unsupported principal";
    let body = json!({"SecretId": "s", "ResourcePolicy": nobody});
    refused(&world, "PutResourcePolicy", body, "MalformedPolicyDocumentException", text);
    let error = world.secrets(HOME, "PutResourcePolicy", &json!({"SecretId": "s", "ResourcePolicy": "{"})).unwrap_err();
    assert_eq!(error["__type"], "MalformedPolicyDocumentException");
    for _ in 0..2 {
        ok(&world, "DeleteResourcePolicy", json!({"SecretId": "s"}));
    }
    assert!(ok(&world, "GetResourcePolicy", json!({"SecretId": "s"})).get("ResourcePolicy").is_none());
}

#[test]
fn an_explicit_denial_in_the_policy_holds() {
    let world = World::new();
    let arn = create(&world, "s", "v1");
    put(&world, "s", 2, &[]);
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        "Condition": {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    }});
    ok(&world, "PutResourcePolicy", json!({"SecretId": "s", "ResourcePolicy": policy.to_string()}));
    ok(&world, "GetSecretValue", json!({"SecretId": "s", "VersionStage": "AWSPREVIOUS"}));
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: secretsmanager:GetSecretValue on resource: {arn} with an \
         explicit deny in a resource-based policy"
    );
    refused(&world, "GetSecretValue", json!({"SecretId": "s"}), "AccessDeniedException", &text);
}

#[test]
fn nobody_locks_itself_out() {
    let world = World::new();
    create(&world, "s", "v1");
    let policy = |action: &str| {
        let statement = json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"});
        json!({"Version": "2012-10-17", "Statement": statement}).to_string()
    };
    let text = "The new resource policy will not allow you to update the resource policy in the future.";
    for action in ["secretsmanager:*", "secretsmanager:PutResourcePolicy", "*"] {
        let body = json!({"SecretId": "s", "ResourcePolicy": policy(action)});
        refused(&world, "PutResourcePolicy", body, "MalformedPolicyDocumentException", text);
    }
    assert!(ok(&world, "GetResourcePolicy", json!({"SecretId": "s"})).get("ResourcePolicy").is_none());
    let body = json!({"SecretId": "s", "ResourcePolicy": policy("secretsmanager:DeleteSecret")});
    ok(&world, "PutResourcePolicy", body);
}

#[test]
fn arns_of_another_partition_name_nothing_here() {
    let world = World::new();
    let arn = create(&world, "s", "v1");
    ok(&world, "DescribeSecret", json!({"SecretId": arn}));
    let elsewhere = arn.replacen("arn:aws:", "arn:aws-cn:", 1);
    let error = world.secrets(HOME, "DescribeSecret", &json!({"SecretId": elsewhere})).unwrap_err();
    assert_eq!(error["__type"], "ValidationException");
}
