//! The condition keys of keys, tested for each operation that has them in the reference.

use serde_json::{Value, json};

use crate::identities::user_with_policy;
use crate::kit::{AWAY, HOME, Keys, World};

/// A user with one policy.
fn user(world: &World, statements: &str) -> Keys {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    user_with_policy(world, "ana", &document)
}

fn call(world: &World, who: &Keys, operation: &str, body: &Value) -> Result<Value, Value> {
    world.call_as(who, HOME, &format!("TrentService.{operation}"), body)
}

/// The condition keys of a key's spec, usage and origin, under all their names.
const KIND: &str = r#""kms:KeySpec":"SYMMETRIC_DEFAULT","kms:CustomerMasterKeySpec":"SYMMETRIC_DEFAULT",
    "kms:KeyUsage":"ENCRYPT_DECRYPT","kms:CustomerMasterKeyUsage":"ENCRYPT_DECRYPT","kms:KeyOrigin":"AWS_KMS",
    "kms:CallerAccount":"000000000000""#;

#[test]
fn keys_are_made_tagged_and_replicated_by_their_kind() {
    let world = World::new();
    let ana = user(
        &world,
        &format!(
            r#"{{"Effect":"Allow","Action":["kms:CreateKey","kms:TagResource","kms:ReplicateKey"],"Resource":"*",
            "Condition":{{"StringEquals":{{{KIND}}},"Bool":{{"kms:MultiRegion":"true"}}}}}}"#
        ),
    );
    let tags = json!([{"TagKey": "k", "TagValue": "v"}]);
    let made = call(&world, &ana, "CreateKey", &json!({"MultiRegion": true, "Tags": tags})).unwrap();
    let id = &made["KeyMetadata"]["KeyId"];
    call(&world, &ana, "ReplicateKey", &json!({"KeyId": id, "ReplicaRegion": AWAY, "Tags": tags})).unwrap();
    call(&world, &ana, "CreateKey", &json!({"Tags": tags})).unwrap_err();
}

#[test]
fn lists_know_the_callers_account() {
    let world = World::new();
    let ana = user(
        &world,
        r#"{"Effect":"Allow","Action":"kms:List*","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"000000000000"}}}"#,
    );
    for operation in ["ListKeys", "ListAliases"] {
        call(&world, &ana, operation, &json!({})).unwrap();
    }
}

#[test]
fn a_second_spelling_in_an_encryption_context_earns_nothing() {
    let world = World::new();
    let on = |effect: &str, action: &str, value: &str| {
        format!(
            r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*",
            "Condition":{{"StringEquals":{{"kms:EncryptionContext:dept":"{value}"}}}}}}"#
        )
    };
    let statements = [
        on("Allow", "kms:Encrypt", "red"),
        r#"{"Effect":"Allow","Action":"kms:GenerateDataKey","Resource":"*"}"#.to_owned(),
        on("Deny", "kms:GenerateDataKey", "red"),
    ];
    let ana = user(&world, &statements.join(","));
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let encrypt = |context: Value| {
        call(&world, &ana, "Encrypt", &json!({"KeyId": key, "Plaintext": "AAAA", "EncryptionContext": context}))
    };
    encrypt(json!({"dept": "red"})).unwrap();
    encrypt(json!({"DEPT": "red"})).unwrap();
    encrypt(json!({"dept": "red", "DEPT": "blue"})).unwrap_err();
    let generate = |context: Value| {
        call(
            &world,
            &ana,
            "GenerateDataKey",
            &json!({"KeyId": key, "KeySpec": "AES_256", "EncryptionContext": context}),
        )
    };
    generate(json!({"dept": "blue"})).unwrap();
    generate(json!({"DEPT": "red"})).unwrap_err();
    generate(json!({"dept": "blue", "DEPT": "red"})).unwrap_err();
}

/// A key policy that lets the account change the key under a condition.
fn key_policy(condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"000000000000"}},"Action":"kms:*",
        "Resource":"*","Condition":{{"StringEquals":{{{condition}}}}}}}]}}"#
    )
}

#[test]
fn the_lock_out_check_asks_as_a_later_change_would() {
    let world = World::new();
    let locked = |outcome: Result<Value, Value>| {
        assert_eq!(
            outcome.unwrap_err()["message"],
            "The new key policy will not allow you to update the key policy in the future."
        );
    };
    let tags = json!([{"TagKey": "team", "TagValue": "red"}]);
    let tagged = key_policy(&format!(r#"{KIND},"aws:ResourceTag/team":"red","aws:RequestedRegion":"{HOME}""#));
    let create = |body: Value| world.kms(HOME, "CreateKey", &body);
    let key = create(json!({"Policy": tagged, "Tags": tags})).unwrap()["KeyMetadata"]["KeyId"].clone();
    locked(create(json!({"Policy": tagged})));
    let put = |key: &Value, policy: &str| world.kms(HOME, "PutKeyPolicy", &json!({"KeyId": key, "Policy": policy}));
    put(&key, &tagged).unwrap();
    locked(put(&key, &key_policy(r#""aws:ResourceTag/team":"blue""#)));
    locked(put(&key, &key_policy(r#""kms:KeySpec":"RSA_2048""#)));
    put(&key, &key_policy(r#""kms:BypassPolicyLockoutSafetyCheck":"false""#)).unwrap();

    // A replica has a region and tags of its own, and none of the primary's aliases.
    let primary = create(json!({"MultiRegion": true, "Tags": tags})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.kms(HOME, "CreateAlias", &json!({"AliasName": "alias/a", "TargetKeyId": primary})).unwrap();
    let replicate = |policy: String, tags: Value| {
        let body = json!({"KeyId": primary, "ReplicaRegion": AWAY, "Policy": policy, "Tags": tags});
        world.kms(HOME, "ReplicateKey", &body)
    };
    let there = format!(r#"{KIND},"aws:RequestedRegion":"{AWAY}","kms:MultiRegionKeyType":"REPLICA""#);
    locked(replicate(tagged, tags.clone()));
    locked(replicate(key_policy(&format!(r#"{there},"kms:ResourceAliases":"alias/a""#)), tags));
    locked(replicate(key_policy(&format!(r#"{there},"aws:ResourceTag/team":"red""#)), json!([])));
    let blue = json!([{"TagKey": "team", "TagValue": "blue"}]);
    let policy = key_policy(&format!(r#"{there},"aws:ResourceTag/team":"blue""#));
    replicate(policy.clone(), blue).unwrap();
    world.settle();
    // The policy can be changed there.
    world.kms(AWAY, "PutKeyPolicy", &json!({"KeyId": primary, "Policy": policy})).unwrap();
}
