//! Every condition key of Secrets Manager (reference: Service Authorization Reference, "Condition keys for AWS Secrets Manager"): a Deny
//! that depends on it stops the request that has the value, and the same request passes without the Deny.

use serde_json::{Value, json};

use super::{create, ok, token};
use crate::identities::user_with_policy;
use crate::kit::rotation_functions::FUNCTION;
use crate::kit::{AWAY, HOME, Keys, World};

/// An operator, a condition key and its value, and a request that has it.
struct Case {
    condition: Value,
    operation: &'static str,
    body: Value,
}

fn case(operator: &str, key: &str, value: impl Into<Value>, operation: &'static str, body: Value) -> Case {
    Case { condition: json!({operator: {key: value.into()}}), operation, body }
}

/// Requests that read or fail behind the permissions, so that the order of the cases makes no difference.
fn cases(arn: &str, typed: &str, key: &str) -> Vec<Case> {
    let s = |more: Value| {
        let mut body = json!({"SecretId": "s"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    // The name is taken.
    let new = |more: Value| {
        let mut body = json!({"Name": "s", "SecretString": "x", "ClientRequestToken": token(7)});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let replicas = json!([{"Region": AWAY}]);
    let role = "arn:aws:iam::000000000000:role/r";
    let tag = json!([{"Key": "team", "Value": "red"}]);
    vec![
        case("ArnEquals", "secretsmanager:SecretId", arn, "DescribeSecret", s(json!({}))),
        case("StringEquals", "secretsmanager:SecretPrimaryRegion", HOME, "DescribeSecret", s(json!({}))),
        case("StringEquals", "secretsmanager:ResourceTag/team", "blue", "DescribeSecret", s(json!({}))),
        case("StringEquals", "aws:ResourceTag/team", "blue", "DescribeSecret", s(json!({}))),
        case("ArnEquals", "secretsmanager:resource/AllowRotationLambdaArn", FUNCTION, "DescribeSecret", s(json!({}))),
        case("StringEquals", "secretsmanager:resource/Type", "Kind", "DescribeSecret", json!({"SecretId": typed})),
        case("StringEquals", "secretsmanager:Name", "s", "CreateSecret", new(json!({}))),
        case("StringEquals", "secretsmanager:Description", "d", "CreateSecret", new(json!({"Description": "d"}))),
        case("StringEquals", "secretsmanager:KmsKeyId", key, "CreateSecret", new(json!({"KmsKeyId": key}))),
        case(
            "ArnEquals",
            "secretsmanager:KmsKeyArn",
            key,
            "CreateSecret",
            new(json!({"KmsKeyId": key, "Name": "keyed"})),
        ),
        case("StringEquals", "secretsmanager:Type", "Kind", "CreateSecret", new(json!({"Type": "Kind"}))),
        case(
            "ForAnyValue:StringEquals",
            "secretsmanager:AddReplicaRegions",
            AWAY,
            "CreateSecret",
            new(json!({"AddReplicaRegions": replicas})),
        ),
        case(
            "Bool",
            "secretsmanager:ForceOverwriteReplicaSecret",
            "true",
            "CreateSecret",
            new(json!({"AddReplicaRegions": replicas, "ForceOverwriteReplicaSecret": true})),
        ),
        case("StringEquals", "aws:RequestTag/team", "red", "CreateSecret", new(json!({"Tags": tag}))),
        case("ForAnyValue:StringEquals", "aws:TagKeys", "team", "CreateSecret", new(json!({"Tags": tag}))),
        case("StringEquals", "secretsmanager:Description", "e", "UpdateSecret", s(json!({"Description": "e"}))),
        case("StringEquals", "secretsmanager:KmsKeyId", key, "UpdateSecret", s(json!({"KmsKeyId": key}))),
        case("ArnEquals", "secretsmanager:KmsKeyArn", key, "UpdateSecret", s(json!({"KmsKeyId": key}))),
        case("StringEquals", "secretsmanager:Type", "Kind", "UpdateSecret", s(json!({"Type": "Kind"}))),
        case("StringEquals", "secretsmanager:VersionId", token(1), "GetSecretValue", s(json!({"VersionId": token(1)}))),
        case("StringEquals", "secretsmanager:VersionStage", "AWSCURRENT", "GetSecretValue", s(json!({}))),
        case(
            "StringEquals",
            "secretsmanager:VersionStage",
            "AWSPREVIOUS",
            "GetSecretValue",
            s(json!({"VersionStage": "AWSPREVIOUS"})),
        ),
        case(
            "StringEquals",
            "secretsmanager:VersionStage",
            "x",
            "UpdateSecretVersionStage",
            s(json!({"VersionStage": "x", "MoveToVersionId": token(1)})),
        ),
        case(
            "ForAnyValue:StringEquals",
            "secretsmanager:AddReplicaRegions",
            AWAY,
            "ReplicateSecretToRegions",
            s(json!({"AddReplicaRegions": replicas})),
        ),
        case(
            "Bool",
            "secretsmanager:ForceOverwriteReplicaSecret",
            "true",
            "ReplicateSecretToRegions",
            s(json!({"AddReplicaRegions": replicas, "ForceOverwriteReplicaSecret": true})),
        ),
        case(
            "Bool",
            "secretsmanager:BlockPublicPolicy",
            "false",
            "PutResourcePolicy",
            s(json!({"ResourcePolicy": "{}"})),
        ),
        case(
            "Bool",
            "secretsmanager:BlockPublicPolicy",
            "true",
            "PutResourcePolicy",
            s(json!({"ResourcePolicy": "{}", "BlockPublicPolicy": true})),
        ),
        case(
            "NumericEquals",
            "secretsmanager:RecoveryWindowInDays",
            "9",
            "DeleteSecret",
            json!({"SecretId": "d1", "RecoveryWindowInDays": 9}),
        ),
        case("NumericEquals", "secretsmanager:RecoveryWindowInDays", "30", "DeleteSecret", json!({"SecretId": "d2"})),
        case(
            "Bool",
            "secretsmanager:ForceDeleteWithoutRecovery",
            "true",
            "DeleteSecret",
            json!({"SecretId": "d3", "ForceDeleteWithoutRecovery": true}),
        ),
        case("StringEquals", "aws:RequestTag/team", "red", "TagResource", s(json!({"Tags": tag}))),
        case("ForAnyValue:StringEquals", "aws:TagKeys", "other", "UntagResource", s(json!({"TagKeys": ["other"]}))),
        case(
            "ArnEquals",
            "secretsmanager:RotationLambdaARN",
            FUNCTION,
            "RotateSecret",
            s(json!({"RotationLambdaARN": FUNCTION, "ClientRequestToken": token(1)})),
        ),
        case(
            "Bool",
            "secretsmanager:RotateImmediately",
            "true",
            "RotateSecret",
            s(json!({"ClientRequestToken": token(1)})),
        ),
        case(
            "Bool",
            "secretsmanager:RotateImmediately",
            "false",
            "RotateSecret",
            s(json!({"ClientRequestToken": token(1), "RotateImmediately": false})),
        ),
        case(
            "Bool",
            "secretsmanager:ModifyRotationRules",
            "true",
            "RotateSecret",
            s(json!({"ClientRequestToken": token(1), "RotationRules": {"AutomaticallyAfterDays": 9}})),
        ),
        case(
            "ArnEquals",
            "secretsmanager:ExternalSecretRotationRoleArn",
            role,
            "RotateSecret",
            s(json!({"ClientRequestToken": token(1), "ExternalSecretRotationRoleArn": role})),
        ),
    ]
}

#[test]
fn each_condition_key_stops_the_request_that_has_its_value() {
    let world = World::new();
    let tags = json!([{"Key": "team", "Value": "blue"}]);
    let body = json!({"Name": "s", "SecretString": "x", "ClientRequestToken": token(1), "Tags": tags});
    let arn = ok(&world, "CreateSecret", body)["ARN"].as_str().unwrap().to_owned();
    let body = json!({"SecretId": "s", "ClientRequestToken": token(2), "RotationLambdaARN": FUNCTION, "RotateImmediately": false});
    ok(&world, "RotateSecret", body);
    let body = json!({"Name": "typed", "SecretString": "x", "ClientRequestToken": token(1), "Type": "Kind"});
    ok(&world, "CreateSecret", body);
    ["d1", "d2", "d3"].into_iter().for_each(|name| drop(create(&world, name, "x")));
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    let user = |name: &str, deny: Option<&Value>| {
        let mut statements = vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})];
        statements.extend(deny.map(|condition| json!({"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*", "Condition": condition})));
        user_with_policy(&world, name, &json!({"Version": "2012-10-17", "Statement": statements}).to_string())
    };
    let free = user("free", None);
    for (n, Case { condition, operation, body }) in cases(&arn, "typed", &key).iter().enumerate() {
        let bound = user(&format!("bound-{n}"), Some(condition));
        world.settle();
        let call = |who| world.call_as(who, HOME, &format!("secretsmanager.{operation}"), body);
        let is_denied = |answer: &Result<Value, Value>| {
            answer.as_ref().is_err_and(|e| e["__type"] == json!("AccessDeniedException"))
        };
        let denied = call(&bound);
        assert!(is_denied(&denied), "{operation} {condition}: {denied:?}");
        let passed = call(&free);
        assert!(!is_denied(&passed), "{operation} {condition}: {passed:?}");
    }
}

/// The analysis of public access counts on these keys (`claviger-policy`, `public/strangers.rs`).
#[test]
fn every_request_has_the_keys_that_say_who_the_caller_is() {
    let world = World::new();
    create(&world, "s", "x");
    for key in ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:userid"] {
        let statements = json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {key: "true"}}}
        ]);
        let name = key.replace(':', "-");
        let user =
            user_with_policy(&world, &name, &json!({"Version": "2012-10-17", "Statement": statements}).to_string());
        world.settle();
        world.call_as(&user, HOME, "secretsmanager.DescribeSecret", &json!({"SecretId": "s"})).unwrap();
    }
}

#[test]
fn a_perimeter_around_an_organization_keeps_strangers_out() {
    let world = World::new();
    let arn = create(&world, "s", "x");
    let stranger = Keys::root_of("111122223333");
    let describe = || world.call_as(&stranger, HOME, "secretsmanager.DescribeSecret", &json!({"SecretId": arn}));
    let everyone = json!({"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"});
    let put = |statements: Value, block: bool| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let body = json!({"SecretId": "s", "ResourcePolicy": policy, "BlockPublicPolicy": block});
        world.secrets(HOME, "PutResourcePolicy", &body)
    };
    put(json!([everyone]), false).unwrap();
    describe().unwrap();
    // The account's own principals are of no organization here, so the root is let through by its account.
    let outside = json!({
        "StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:PrincipalAccount": "000000000000"},
        "Bool": {"aws:PrincipalIsAWSService": "false"}
    });
    let others = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": outside});
    put(json!([everyone, others]), true).unwrap();
    assert_eq!(describe().unwrap_err()["__type"], "AccessDeniedException");
    assert_eq!(put(json!([everyone]), true).unwrap_err()["__type"], "PublicPolicyException");
}
