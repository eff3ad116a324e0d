//! The KMS keys that values are under, and the caller's rights on them.

use serde_json::{Value, json};

use super::{ACCOUNT, MISSING, create, members, ok, put, refused, token};
use crate::kit::{HOME, World};

#[test]
fn descriptions_types_and_keys_are_kept_and_cleared() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"].clone();
    let (id, arn) = (key["KeyId"].as_str().unwrap(), key["Arn"].as_str().unwrap());
    world.kms(HOME, "CreateAlias", &json!({"AliasName": "alias/mine", "TargetKeyId": id})).unwrap();
    for name in [id, arn, "alias/mine"] {
        let body = json!({
            "Name": format!("under/{}", name.replace(':', ".")), "KmsKeyId": name, "Description": "d",
            "SecretString": "x", "ClientRequestToken": token(1)
        });
        let made = ok(&world, "CreateSecret", body);
        let shown = ok(&world, "DescribeSecret", json!({"SecretId": made["ARN"]}));
        assert_eq!((shown["KmsKeyId"].as_str(), shown["Description"].as_str()), (Some(name), Some("d")));
        let listed = ok(&world, "ListSecretVersionIds", json!({"SecretId": made["ARN"]}));
        assert_eq!(listed["Versions"][0]["KmsKeyIds"], json!([arn]));
        let cleared = json!({"SecretId": made["ARN"], "KmsKeyId": "", "Description": ""});
        let answer = ok(&world, "UpdateSecret", cleared);
        assert_eq!(members(&answer), ["ARN", "Name"]);
        let shown = ok(&world, "DescribeSecret", json!({"SecretId": made["ARN"]}));
        assert!(shown.get("KmsKeyId").is_none() && shown.get("Description").is_none(), "{shown}");
        // The version in use has moved under the default key.
        let listed = ok(&world, "ListSecretVersionIds", json!({"SecretId": made["ARN"]}));
        assert_eq!(listed["Versions"][0]["KmsKeyIds"], json!(["DefaultEncryptionKey"]));
        assert_eq!(ok(&world, "GetSecretValue", json!({"SecretId": made["ARN"]}))["SecretString"], "x");
    }
}

#[test]
fn changing_the_key_moves_the_versions_in_use() {
    let world = World::new();
    create(&world, "s", "v1");
    put(&world, "s", 2, &[]);
    put(&world, "s", 3, &[]);
    put(&world, "s", 4, &["AWSPENDING"]);
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"].clone();
    let arn = key["Arn"].as_str().unwrap();
    ok(&world, "UpdateSecret", json!({"SecretId": "s", "KmsKeyId": arn}));
    let list = ok(&world, "ListSecretVersionIds", json!({"SecretId": "s", "IncludeDeprecated": true}));
    let keys: Vec<&str> =
        list["Versions"].as_array().unwrap().iter().map(|v| v["KmsKeyIds"][0].as_str().unwrap()).collect();
    assert_eq!(keys, ["DefaultEncryptionKey", arn, arn, arn]);
    for n in 1..=4 {
        let read = ok(&world, "GetSecretValue", json!({"SecretId": "s", "VersionId": token(n)}));
        assert_eq!(read["SecretString"], format!("v{n}"));
    }
    world.kms(HOME, "DisableKey", &json!({"KeyId": arn})).unwrap();
    let text = format!(
        "Secrets Manager can't decrypt the secret value: {arn} is disabled. (Service: AWSKMS; Status Code: 400; Error Code: \
         DisabledException; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)"
    );
    refused(&world, "GetSecretValue", json!({"SecretId": "s"}), "DecryptionFailure", &text);
    ok(&world, "GetSecretValue", json!({"SecretId": "s", "VersionId": token(1)}));
    let text = format!(
        "Secrets Manager can't encrypt the secret value: {arn} is disabled. (Service: AWSKMS; Status Code: 400; Error Code: \
         DisabledException; Request ID: 00000000-0000-4000-8000-000000000000)"
    );
    let body = json!({"SecretId": "s", "SecretString": "x", "ClientRequestToken": token(5)});
    refused(&world, "PutSecretValue", body, "EncryptionFailure", &text);
    // Back under the default key: values under the disabled key stay there, and new values can be written.
    ok(&world, "UpdateSecret", json!({"SecretId": "s", "KmsKeyId": "alias/aws/secretsmanager"}));
    put(&world, "s", 6, &[]);
    assert_eq!(ok(&world, "GetSecretValue", json!({"SecretId": "s"}))["SecretString"], "v6");
}

#[test]
fn the_default_key_belongs_to_the_service() {
    let world = World::new();
    create(&world, "s", "v1");
    let key =
        world.kms(HOME, "DescribeKey", &json!({"KeyId": "alias/aws/secretsmanager"})).unwrap()["KeyMetadata"].clone();
    assert_eq!(key["KeyManager"], "AWS");
    let policy = world.kms(HOME, "GetKeyPolicy", &json!({"KeyId": key["KeyId"], "PolicyName": "default"})).unwrap();
    let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Id"], "auto-secretsmanager-2");
    // Even root may use it only through the service.
    let denied = world.kms(HOME, "Encrypt", &json!({"KeyId": key["KeyId"], "Plaintext": "AA=="})).unwrap_err();
    assert_eq!(denied["__type"], "AccessDeniedException", "{denied}");
    // Named by its id or ARN it counts as the default key, too.
    for (n, name) in
        [key["KeyId"].as_str().unwrap(), key["Arn"].as_str().unwrap(), "alias/aws/secretsmanager"].iter().enumerate()
    {
        let secret = format!("n{n}");
        let body = json!({"Name": secret, "KmsKeyId": name, "SecretString": "x", "ClientRequestToken": token(1)});
        ok(&world, "CreateSecret", body);
        let listed = ok(&world, "ListSecretVersionIds", json!({"SecretId": secret}));
        assert_eq!(listed["Versions"][0]["KmsKeyIds"], json!(["DefaultEncryptionKey"]));
    }
}

#[test]
fn missing_keys_are_told_in_the_services_frame() {
    let world = World::new();
    let arn = format!("arn:aws:kms:{HOME}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    let text = format!(
        "Secrets Manager can't encrypt the secret value: Key '{arn}' does not exist (Service: AWSKMS; Status Code: 400; Error \
         Code: NotFoundException; Request ID: 00000000-0000-4000-8000-000000000000)"
    );
    refused(&world, "CreateSecret", json!({"Name": "x", "KmsKeyId": arn}), "EncryptionFailure", &text);
    let text = "The operation failed because of an invalid KMS key: Invalid keyId";
    refused(&world, "CreateSecret", json!({"Name": "x", "KmsKeyId": "nonsense"}), "InvalidParameterException", text);
    refused(&world, "DescribeSecret", json!({"SecretId": "x"}), "ResourceNotFoundException", MISSING);
}

/// A key whose permissions the account's IAM policies decide, except for the statement's denial.
fn key_with_denial(world: &World, denial: Value) -> String {
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let mut denial = denial;
    denial["Effect"] = json!("Deny");
    denial["Principal"] = json!("*");
    denial["Resource"] = json!("*");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}, denial]
    });
    let made = world.kms(HOME, "CreateKey", &json!({"Policy": policy.to_string()})).unwrap();
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

#[test]
fn the_callers_rights_on_the_key_decide() {
    let world = World::new();
    let denied = "Access to KMS is not allowed";
    let service = format!("secretsmanager.{HOME}.amazonaws.com");
    let via = json!({"StringEquals": {"kms:ViaService": service}});
    let unwritable = key_with_denial(&world, json!({"Action": "kms:GenerateDataKey", "Condition": via}));
    let body = json!({"Name": "w", "KmsKeyId": unwritable, "SecretString": "x", "ClientRequestToken": token(1)});
    refused(&world, "CreateSecret", body, "AccessDeniedException", denied);
    // A direct call is not the service's.
    world.kms(HOME, "GenerateDataKey", &json!({"KeyId": unwritable, "KeySpec": "AES_256"})).unwrap();

    let other = json!({"StringLike": {"kms:EncryptionContext:SecretARN": "*:secret:secret/*"}});
    let bound = key_with_denial(&world, json!({"Action": "kms:Decrypt", "Condition": other}));
    let body =
        |name: &str| json!({"Name": name, "KmsKeyId": bound, "SecretString": "x", "ClientRequestToken": token(1)});
    refused(&world, "CreateSecret", body("secret/a"), "AccessDeniedException", denied);
    ok(&world, "CreateSecret", body("other/a"));
    ok(&world, "GetSecretValue", json!({"SecretId": "other/a"}));

    // The denial applies to one version only.
    let third = json!({"StringEquals": {"kms:EncryptionContext:SecretVersionId": token(3)}});
    let picky = key_with_denial(&world, json!({"Action": "kms:Decrypt", "Condition": third}));
    create(&world, "p", "v1");
    ok(&world, "UpdateSecret", json!({"SecretId": "p", "KmsKeyId": picky}));
    put(&world, "p", 2, &[]);
    let body = json!({"SecretId": "p", "SecretString": "v3", "ClientRequestToken": token(3)});
    refused(&world, "PutSecretValue", body, "AccessDeniedException", denied);
    assert_eq!(ok(&world, "GetSecretValue", json!({"SecretId": "p"}))["SecretString"], "v2");
}

#[test]
fn without_encrypt_on_the_new_key_old_versions_stay() {
    let world = World::new();
    create(&world, "s", "v1");
    let key = key_with_denial(&world, json!({"Action": "kms:Encrypt"}));
    ok(&world, "UpdateSecret", json!({"SecretId": "s", "KmsKeyId": key}));
    let listed =
        |n: usize| ok(&world, "ListSecretVersionIds", json!({"SecretId": "s"}))["Versions"][n]["KmsKeyIds"].clone();
    assert_eq!(listed(0), json!(["DefaultEncryptionKey"]));
    put(&world, "s", 2, &[]);
    assert_eq!((listed(0), listed(1)), (json!(["DefaultEncryptionKey"]), json!([key])));
}

#[test]
fn key_and_value_change_in_one_call() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].clone();
    let body = json!({"Name": "s", "KmsKeyId": key, "SecretString": "v1", "ClientRequestToken": token(1)});
    ok(&world, "CreateSecret", body);
    // To the default key. This call makes it once, for the new value and for the old one.
    let update = json!({"SecretId": "s", "KmsKeyId": "", "SecretString": "v2", "ClientRequestToken": token(2)});
    ok(&world, "UpdateSecret", update);
    let keys = world.kms(HOME, "ListKeys", &json!({})).unwrap();
    assert_eq!(keys["Keys"].as_array().unwrap().len(), 2, "{keys}");
    // The same value again, with another key: it is compared, and then moved.
    let again = json!({"SecretId": "s", "KmsKeyId": key, "SecretString": "v2", "ClientRequestToken": token(2)});
    assert_eq!(ok(&world, "UpdateSecret", again)["VersionId"], token(2));
    let listed = ok(&world, "ListSecretVersionIds", json!({"SecretId": "s"}));
    for (n, version) in listed["Versions"].as_array().unwrap().iter().enumerate() {
        assert_eq!(version["KmsKeyIds"], json!([key]));
        let read = ok(&world, "GetSecretValue", json!({"SecretId": "s", "VersionId": version["VersionId"]}));
        assert_eq!(read["SecretString"], format!("v{}", n + 1));
    }
}
