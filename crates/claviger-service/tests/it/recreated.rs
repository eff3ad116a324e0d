//! Users and roles that are deleted and made again under the same names: older policies do not apply to the new ones.

use serde_json::{Value, json};

use crate::identities::{iam, keys_of, refusal, text, trust};
use crate::kit::{AWAY, HOME, Keys, World};

const ANA: &str = "arn:aws:iam::000000000000:user/ana";
const OPS: &str = "arn:aws:iam::000000000000:role/ops";

/// A user `ana`, with her id and keys.
fn make_ana(world: &World) -> (String, Keys) {
    let made = iam(world, "CreateUser", &[("UserName", "ana")]);
    let keys = keys_of(world, "ana");
    world.settle();
    (text(&made, "UserId").to_owned(), keys)
}

/// The same once more, after the first one is gone.
fn make_ana_again(world: &World, old: &Keys) -> (String, Keys) {
    iam(world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &old.id)]);
    iam(world, "DeleteUser", &[("UserName", "ana")]);
    make_ana(world)
}

/// A key policy that allows the account and the named principal. Its unusual white space must be kept.
fn key_policy(named: &str) -> String {
    format!(
        r#"{{ "Version":"2012-10-17",  "Id": "{named}", "Statement":[
  {{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::000000000000:root"}},"Action":"kms:*","Resource":"*"}},
  {{"Effect":"Allow","Principal":{{"AWS" : ["{named}"]}},"Action":["kms:Encrypt","kms:DescribeKey"],"Resource":"*"}}]}}"#
    )
}

fn stored_key_policy(world: &World, region: &str, key: &str) -> String {
    let answer = world.kms(region, "GetKeyPolicy", &json!({"KeyId": key, "PolicyName": "default"})).unwrap();
    answer["Policy"].as_str().unwrap().to_owned()
}

/// Checks a key's policy in `region` when the user `ana`, whom it names, is deleted and made again.
fn check_key(world: &World, region: &str, key: &str) {
    let (id, keys) = make_ana(world);
    let policy = key_policy(ANA);
    world.kms(region, "PutKeyPolicy", &json!({"KeyId": key, "Policy": policy})).unwrap();
    check_key_that_names(world, region, key, (&id, &keys));
}

fn check_key_that_names(world: &World, region: &str, key: &str, (id, keys): (&str, &Keys)) {
    let encrypt =
        |keys: &Keys| world.call_as(keys, region, "TrentService.Encrypt", &json!({"KeyId": key, "Plaintext": "AAAA"}));
    encrypt(keys).unwrap();
    let policy = key_policy(ANA);
    assert_eq!(stored_key_policy(world, region, key), policy);

    let (new_id, new_keys) = make_ana_again(world, keys);
    assert_ne!(id, new_id);
    assert_eq!(encrypt(&new_keys).unwrap_err()["__type"], "AccessDeniedException");
    let shown = policy.replace(&format!(r#"["{ANA}"]"#), &format!(r#"["{id}"]"#));
    assert_eq!(stored_key_policy(world, region, key), shown);
    // A policy with the old user's id is refused, since no user has that id. A policy with the name binds the present user.
    let refused = world.kms(region, "PutKeyPolicy", &json!({"KeyId": key, "Policy": shown})).unwrap_err();
    assert_eq!(refused["__type"], "MalformedPolicyDocumentException");
    world.kms(region, "PutKeyPolicy", &json!({"KeyId": key, "Policy": policy})).unwrap();
    encrypt(&new_keys).unwrap();
    assert_eq!(stored_key_policy(world, region, key), policy);
}

#[test]
fn key_policies_that_were_put() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].clone();
    check_key(&world, HOME, key.as_str().unwrap());
}

#[test]
fn key_policies_that_were_given_at_creation() {
    let world = World::new();
    let (id, keys) = make_ana(&world);
    let key = world.kms(HOME, "CreateKey", &json!({"Policy": key_policy(ANA)})).unwrap()["KeyMetadata"]["Arn"].clone();
    check_key_that_names(&world, HOME, key.as_str().unwrap(), (&id, &keys));
}

#[test]
fn key_policies_of_replicas() {
    let world = World::new();
    let (id, keys) = make_ana(&world);
    let key = world.kms(HOME, "CreateKey", &json!({"MultiRegion": true})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let body = json!({"KeyId": key, "ReplicaRegion": AWAY, "Policy": key_policy(ANA)});
    world.kms(HOME, "ReplicateKey", &body).unwrap();
    world.settle();
    check_key_that_names(&world, AWAY, key.as_str().unwrap(), (&id, &keys));
}

#[test]
fn resource_policies_and_their_copies_in_other_regions() {
    let world = World::new();
    let (id, keys) = make_ana(&world);
    let body = json!({
        "Name": "s", "SecretString": "x", "ClientRequestToken": "00000000-0000-4000-8000-000000000001",
        "AddReplicaRegions": [{"Region": AWAY}]
    });
    world.secrets(HOME, "CreateSecret", &body).unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{ANA}"}},"Action":"secretsmanager:*","Resource":"*"}}}}"#
    );
    world.secrets(HOME, "PutResourcePolicy", &json!({"SecretId": "s", "ResourcePolicy": policy})).unwrap();
    world.settle();
    let describe = |keys: &Keys, region: &str| {
        world.call_as(keys, region, "secretsmanager.DescribeSecret", &json!({"SecretId": "s"}))
    };
    let shown = |region: &str| {
        world.secrets(region, "GetResourcePolicy", &json!({"SecretId": "s"})).unwrap()["ResourcePolicy"].clone()
    };
    for region in [HOME, AWAY] {
        describe(&keys, region).unwrap();
        assert_eq!(shown(region), policy);
    }
    let (_, new_keys) = make_ana_again(&world, &keys);
    for region in [HOME, AWAY] {
        assert_eq!(describe(&new_keys, region).unwrap_err()["__type"], "AccessDeniedException", "{region}");
        assert_eq!(shown(region), policy.replace(ANA, &id), "{region}");
    }
    // After the policy is deleted, its bindings are gone too.
    world.secrets(HOME, "DeleteResourcePolicy", &json!({"SecretId": "s"})).unwrap();
    assert_eq!(shown(HOME), Value::Null);
}

#[test]
fn trust_policies() {
    let world = World::new();
    let (id, keys) = make_ana(&world);
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
    let assume =
        |keys: &Keys| world.query(keys, HOME, "sts", "AssumeRole", &[("RoleArn", OPS), ("RoleSessionName", "s1")]);
    assume(&keys).unwrap();
    let document = |xml: String| text(&xml, "AssumeRolePolicyDocument").to_owned();
    let before = document(iam(&world, "GetRole", &[("RoleName", "ops")]));
    let escaped = ANA.replace(':', "%3A").replace('/', "%2F");
    assert!(before.contains(&escaped), "{before}");

    let (_, new_keys) = make_ana_again(&world, &keys);
    assert_eq!(refusal(assume(&new_keys)).0, 403);
    for (action, parameters) in [("GetRole", vec![("RoleName", "ops")]), ("ListRoles", vec![])] {
        assert_eq!(document(iam(&world, action, &parameters)), before.replace(&escaped, &id), "{action}");
    }
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "ops"), ("PolicyDocument", &trust(ANA, ""))]);
    assume(&new_keys).unwrap();
    assert_eq!(document(iam(&world, "GetRole", &[("RoleName", "ops")])), before);
}

#[test]
fn sessions_of_a_role_of_the_same_name() {
    let world = World::new();
    let (_, ana) = make_ana(&world);
    let session = || {
        iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
        let parameters = [("RoleArn", OPS), ("RoleSessionName", "s1")];
        let xml = world.query(&ana, HOME, "sts", "AssumeRole", &parameters).unwrap();
        Keys::in_answer(&xml)
    };
    for named in [OPS, "arn:aws:sts::000000000000:assumed-role/ops/s1"] {
        let first = session();
        let key = world.kms(HOME, "CreateKey", &json!({"Policy": key_policy(named)})).unwrap();
        let key = &key["KeyMetadata"]["KeyId"];
        let describe = |keys: &Keys| world.call_as(keys, HOME, "TrentService.DescribeKey", &json!({"KeyId": key}));
        describe(&first).unwrap();
        iam(&world, "DeleteRole", &[("RoleName", "ops")]);
        let second = session();
        assert_eq!(describe(&second).unwrap_err()["__type"], "AccessDeniedException", "{named}");
        iam(&world, "DeleteRole", &[("RoleName", "ops")]);
    }
}

#[test]
fn a_new_name_changes_nobodys_rights() {
    let world = World::new();
    let (id, keys) = make_ana(&world);
    let key =
        world.kms(HOME, "CreateKey", &json!({"Policy": key_policy(ANA)})).unwrap()["KeyMetadata"]["KeyId"].clone();
    iam(&world, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "bea")]);
    let describe = |keys: &Keys| world.call_as(keys, HOME, "TrentService.DescribeKey", &json!({"KeyId": key}));
    describe(&keys).unwrap();
    assert!(stored_key_policy(&world, HOME, key.as_str().unwrap()).contains(&format!("[\"{id}\"]")));
    // The policy does not apply to the present user `ana`.
    let (_, other) = make_ana(&world);
    assert_eq!(describe(&other).unwrap_err()["__type"], "AccessDeniedException");
}
