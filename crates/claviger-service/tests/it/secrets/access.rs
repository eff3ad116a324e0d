//! The permissions of callers other than root: identity policies, condition keys, KMS permissions through the service, other
//! accounts.

use serde_json::{Value, json};

use super::{ACCOUNT, MISSING, create, ok, token};
use crate::identities::user_with_policy;
use crate::kit::{HOME, Keys, World};

/// A caller of Secrets Manager in the home region.
struct Caller(Keys);

impl Caller {
    /// A user with one policy.
    fn user(world: &World, name: &str, statements: Value) -> Caller {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let keys = user_with_policy(world, name, &policy);
        world.settle();
        Caller(keys)
    }

    fn call(&self, world: &World, operation: &str, body: &Value) -> Result<Value, Value> {
        world.call_as(&self.0, HOME, &format!("secretsmanager.{operation}"), body)
    }

    fn ok(&self, world: &World, operation: &str, body: Value) -> Value {
        self.call(world, operation, &body).unwrap_or_else(|e| panic!("{operation} {body}: {e}"))
    }

    fn denied(&self, world: &World, operation: &str, body: Value, text: &str) {
        let error = self.call(world, operation, &body).expect_err(&format!("{operation} {body}"));
        let found = (error["__type"].as_str(), error["message"].as_str());
        assert_eq!(found, (Some("AccessDeniedException"), Some(text)), "{operation} {body}");
    }
}

fn user_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

fn allow(action: &str, resource: &str) -> Value {
    json!([{"Effect": "Allow", "Action": action, "Resource": resource}])
}

#[test]
fn no_kms_permission_is_needed_under_the_default_key() {
    let world = World::new();
    let user = Caller::user(&world, "ana", allow("secretsmanager:*", "*"));
    // The first use makes the key, the second finds it.
    for name in ["one", "two"] {
        let body = json!({"Name": name, "SecretString": "x", "ClientRequestToken": token(1)});
        user.ok(&world, "CreateSecret", body);
        assert_eq!(user.ok(&world, "GetSecretValue", json!({"SecretId": name}))["SecretString"], "x");
    }
}

#[test]
fn a_customer_key_asks_for_kms_permissions() {
    let world = World::new();
    let user = Caller::user(&world, "ana", allow("secretsmanager:*", "*"));
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].clone();
    let body = json!({"Name": "s", "KmsKeyId": key, "SecretString": "x", "ClientRequestToken": token(1)});
    ok(&world, "CreateSecret", body.clone());
    let denied = "Access to KMS is not allowed";
    user.denied(&world, "GetSecretValue", json!({"SecretId": "s"}), denied);
    let put = json!({"SecretId": "s", "SecretString": "y", "ClientRequestToken": token(2)});
    user.denied(&world, "PutSecretValue", put.clone(), denied);
    user.ok(&world, "DescribeSecret", json!({"SecretId": "s"}));
    // Without the right to read it, the answer does not show whether the value is the stored one.
    user.denied(&world, "CreateSecret", body, denied);

    let service = format!("secretsmanager.{HOME}.amazonaws.com");
    let statements = json!([
        {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
        {
            "Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key,
            "Condition": {"StringEquals": {"kms:ViaService": service, "kms:EncryptionContext:SecretVersionId": token(2)}}
        }
    ]);
    let second = Caller::user(&world, "second", statements);
    second.ok(&world, "PutSecretValue", put);
    assert_eq!(second.ok(&world, "GetSecretValue", json!({"SecretId": "s"}))["SecretString"], "y");
    let first = json!({"SecretId": "s", "VersionId": token(1)});
    second.denied(&world, "GetSecretValue", first, denied);
}

#[test]
fn denials_name_secrets_of_the_own_account_by_their_arn() {
    let world = World::new();
    let arn = create(&world, "prod/db", "x");
    let resource = format!("arn:aws:secretsmanager:{HOME}:{ACCOUNT}:secret:prod/*");
    let user = Caller::user(&world, "ana", allow("secretsmanager:*", &resource));
    let who = user_arn("ana");
    let text = |operation: &str, resource: &str| {
        format!(
            "User: {who} is not authorized to perform: secretsmanager:{operation} on resource: {resource} because no \
             identity-based policy allows the secretsmanager:{operation} action"
        )
    };
    assert_eq!(user.ok(&world, "GetSecretValue", json!({"SecretId": "prod/db"}))["ARN"], arn);
    // A secret that does not exist has no ARN that the policy could match by name.
    user.denied(&world, "GetSecretValue", json!({"SecretId": "prod/no"}), &text("GetSecretValue", "prod/no"));
    let partial = format!("arn:aws:secretsmanager:{HOME}:{ACCOUNT}:secret:prod/no");
    let missing = user.call(&world, "GetSecretValue", &json!({"SecretId": partial})).unwrap_err();
    assert_eq!(missing["Message"], MISSING);
    let other = create(&world, "dev/db", "x");
    user.denied(&world, "GetSecretValue", json!({"SecretId": "dev/db"}), &text("GetSecretValue", &other));
    let elsewhere = other.replace(HOME, "us-east-1");
    user.denied(&world, "GetSecretValue", json!({"SecretId": elsewhere}), &text("GetSecretValue", &other));
    let body = json!({"Name": "dev/new", "SecretString": "x", "ClientRequestToken": token(1)});
    user.denied(&world, "CreateSecret", body, &text("CreateSecret", "dev/new"));
    user.ok(&world, "CreateSecret", json!({"Name": "prod/new", "SecretString": "x", "ClientRequestToken": token(1)}));
    let list = format!(
        "User: {who} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the \
         secretsmanager:ListSecrets action"
    );
    user.denied(&world, "ListSecrets", json!({}), &list);
}

#[test]
fn creating_with_tags_or_replicas_asks_for_more() {
    let world = World::new();
    let resource = format!("arn:aws:secretsmanager:{HOME}:{ACCOUNT}:secret:app-??????");
    let user = Caller::user(&world, "ana", allow("secretsmanager:CreateSecret", &resource));
    let text = |operation: &str| {
        format!(
            "User: {} is not authorized to perform: secretsmanager:{operation} on resource: app because no identity-based \
             policy allows the secretsmanager:{operation} action",
            user_arn("ana")
        )
    };
    let tagged = json!({"Name": "app", "Tags": [{"Key": "a", "Value": "b"}]});
    user.denied(&world, "CreateSecret", tagged, &text("TagResource"));
    let replicated = json!({"Name": "app", "AddReplicaRegions": [{"Region": "eu-west-1"}]});
    user.denied(&world, "CreateSecret", replicated, &text("ReplicateSecretToRegions"));
    user.ok(&world, "CreateSecret", json!({"Name": "app"}));
}

#[test]
fn condition_keys_of_requests_and_secrets_hold() {
    let world = World::new();
    let tagged = json!({
        "Name": "mine", "SecretString": "x", "ClientRequestToken": token(1), "Tags": [{"Key": "team", "Value": "blue"}]
    });
    ok(&world, "CreateSecret", tagged);
    create(&world, "theirs", "x");
    let own = json!({"StringEquals": {"secretsmanager:ResourceTag/team": "blue"}});
    let statements = json!([
        {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": own},
        {
            "Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
            "Condition": {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}}
        },
        {
            "Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
            "Condition": {"NumericLessThan": {"secretsmanager:RecoveryWindowInDays": "14"}}
        }
    ]);
    let user = Caller::user(&world, "ana", statements);
    user.ok(&world, "GetSecretValue", json!({"SecretId": "mine"}));
    assert!(user.call(&world, "GetSecretValue", &json!({"SecretId": "theirs"})).is_err());
    // A caller cannot change tags so that it loses its own rights.
    let out = json!({"SecretId": "mine", "Tags": [{"Key": "team", "Value": "red"}]});
    assert_eq!(user.call(&world, "TagResource", &out).unwrap_err()["__type"], "AccessDeniedException");
    let out = json!({"SecretId": "mine", "TagKeys": ["team"]});
    assert_eq!(user.call(&world, "UntagResource", &out).unwrap_err()["__type"], "AccessDeniedException");
    user.ok(&world, "TagResource", json!({"SecretId": "mine", "Tags": [{"Key": "env", "Value": "prod"}]}));
    for body in [
        json!({"SecretId": "mine", "ForceDeleteWithoutRecovery": true}),
        json!({"SecretId": "mine", "RecoveryWindowInDays": 7}),
    ] {
        assert_eq!(user.call(&world, "DeleteSecret", &body).unwrap_err()["__type"], "AccessDeniedException", "{body}");
    }
    user.ok(&world, "DeleteSecret", json!({"SecretId": "mine"}));
}

#[test]
fn another_account_needs_a_policy_and_a_customer_key() {
    let world = World::new();
    let foreign = "111122223333";
    let other = Caller(Keys::root_of(foreign));
    let arn = create(&world, "s", "x");
    let who = format!("arn:aws:iam::{foreign}:root");
    let text = format!(
        "User: {who} is not authorized to perform: secretsmanager:GetSecretValue on resource: {arn} because no resource-based \
         policy allows the secretsmanager:GetSecretValue action"
    );
    other.denied(&world, "GetSecretValue", json!({"SecretId": arn}), &text);
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": who}, "Action": "secretsmanager:*", "Resource": "*"
    }});
    ok(&world, "PutResourcePolicy", json!({"SecretId": "s", "ResourcePolicy": policy.to_string()}));
    assert_eq!(other.ok(&world, "DescribeSecret", json!({"SecretId": arn}))["ARN"], arn);
    let default = "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS \
                   service key.";
    let put = json!({"SecretId": arn, "SecretString": "y", "ClientRequestToken": token(2)});
    for (operation, body) in [("GetSecretValue", json!({"SecretId": arn})), ("PutSecretValue", put.clone())] {
        let error = other.call(&world, operation, &body).unwrap_err();
        let found = (error["__type"].as_str(), error["Message"].as_str());
        assert_eq!(found, (Some("InvalidRequestException"), Some(default)), "{operation}");
    }

    let key_policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "kms:*", "Resource": "*"},
        {
            "Effect": "Allow", "Principal": {"AWS": who}, "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
            "Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": arn}}
        }
    ]});
    let key = world.kms(HOME, "CreateKey", &json!({"Policy": key_policy.to_string()})).unwrap();
    ok(&world, "UpdateSecret", json!({"SecretId": "s", "KmsKeyId": key["KeyMetadata"]["Arn"]}));
    assert_eq!(other.ok(&world, "GetSecretValue", json!({"SecretId": arn}))["SecretString"], "x");
    other.ok(&world, "PutSecretValue", put);
    assert_eq!(ok(&world, "GetSecretValue", json!({"SecretId": "s"}))["SecretString"], "y");
    // A name always means the caller's own account.
    let error = other.call(&world, "GetSecretValue", &json!({"SecretId": "s"})).unwrap_err();
    assert_eq!(error["Message"], MISSING);
}

#[test]
fn another_accounts_secret_is_denied_alike_whether_it_exists_or_not() {
    let world = World::new();
    let other = Caller(Keys::root_of("111122223333"));
    create(&world, "db", "x");
    for name in ["db", "absent"] {
        let partial = format!("arn:aws:secretsmanager:{HOME}:{ACCOUNT}:secret:{name}");
        let text = format!(
            "User: arn:aws:iam::111122223333:root is not authorized to perform: secretsmanager:GetSecretValue on resource: \
             {partial} because no resource-based policy allows the secretsmanager:GetSecretValue action"
        );
        other.denied(&world, "GetSecretValue", json!({"SecretId": partial}), &text);
    }
}

#[test]
fn the_key_condition_does_not_show_which_keys_another_account_has() {
    let world = World::new();
    let root = Keys::root_of("111122223333");
    let target = |operation: &str| format!("TrentService.{operation}");
    let key = world.call_as(&root, HOME, &target("CreateKey"), &json!({})).unwrap();
    let key = key["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    let alias = json!({"AliasName": "alias/present", "TargetKeyId": key});
    world.call_as(&root, HOME, &target("CreateAlias"), &alias).unwrap();
    let absent = format!("arn:aws:kms:{HOME}:111122223333:key/00000000-0000-4000-8000-000000000000");
    let alias = |name: &str| format!("arn:aws:kms:{HOME}:111122223333:alias/{name}");
    let statement = |effect: &str, condition: Value| json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition});
    for (name, condition) in [
        ("known", json!({"Null": {"secretsmanager:KmsKeyArn": "false"}})),
        ("guessed", json!({"StringEquals": {"secretsmanager:KmsKeyArn": key}})),
    ] {
        let statements = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}, statement("Deny", condition)]);
        let user = Caller::user(&world, name, statements);
        let answer = |named: &str| {
            let body = json!({"Name": "s", "KmsKeyId": named, "SecretString": "x", "ClientRequestToken": token(1)});
            user.call(&world, "CreateSecret", &body).unwrap_err()
        };
        assert_eq!(answer(&alias("present")), answer(&alias("absent")), "{name}");
        if name == "known" {
            assert_eq!(answer(&key), answer(&absent), "{name}");
        }
    }
}

#[test]
fn a_denial_of_kms_also_holds_for_a_default_key_that_does_not_exist_yet() {
    let world = World::new();
    let statements = json!([
        {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "kms:*", "Resource": "*"},
    ]);
    let user = Caller::user(&world, "ana", statements);
    let body = json!({"Name": "one", "SecretString": "x", "ClientRequestToken": token(1)});
    user.denied(&world, "CreateSecret", body, "Access to KMS is not allowed");
}
