//! Secrets of every kind pass through many calls, and none of them is in a record of any region.

use serde_json::{Value, json};

use super::{new_key, token};
use crate::identities::{ALLOW_KMS, iam, trust};
use crate::kit::{AWAY, HOME, Keys, World};

/// The values that must not be in any record.
#[derive(Default)]
struct Canaries(Vec<(String, String)>);

impl Canaries {
    fn add(&mut self, what: &str, value: &str) {
        assert!(value.len() >= 8, "{what} {value} could be anywhere");
        self.0.push((what.to_owned(), value.to_owned()));
    }

    /// Adds all secrets and ciphertexts of an answer.
    fn add_answer(&mut self, operation: &str, answer: &Value) -> Value {
        for member in ["Plaintext", "CiphertextBlob", "SecretString", "SecretBinary"] {
            if let Some(value) = answer[member].as_str() {
                self.add(&format!("{operation}: {member}"), value);
            }
        }
        answer.clone()
    }

    fn add_credentials(&mut self, action: &str, xml: &str) -> Keys {
        let keys = Keys::in_answer(xml);
        self.add(&format!("{action}: secret"), &keys.secret);
        if !keys.token.is_empty() {
            self.add(&format!("{action}: token"), &keys.token);
        }
        keys
    }

    fn check(&self, world: &World) {
        let lines = [HOME, AWAY].map(|region| world.tape(region).take_lines()).concat();
        assert!(lines.len() > 30, "only {} lines", lines.len());
        for line in &lines {
            for (what, value) in &self.0 {
                assert!(!line.contains(value.as_str()), "{what} in {line}");
            }
            for member in ["plaintext", "ciphertextBlob", "secretString", "secretBinary", "tokenCode", "sessionToken"] {
                assert!(!line.contains(&format!("\"{member}\"")), "{member} in {line}");
            }
        }
    }
}

const TEXT: &str = "canary-of-a-secret-string";
const BASE64: &str = "Y2FuYXJ5LW9mLWEtcGxhaW50ZXh0";

#[test]
fn no_line_has_a_secret() {
    let world = World::new();
    let mut canaries = Canaries::default();
    for (what, value) in [("text", TEXT), ("plaintext", BASE64), ("plaintext in the clear", "canary-of-a-plaintext")] {
        canaries.add(what, value);
    }
    cryptography(&world, &mut canaries);
    secrets(&world, &mut canaries);
    refused(&world, &mut canaries);
    credentials(&world, &mut canaries);
    canaries.check(&world);
}

fn cryptography(world: &World, canaries: &mut Canaries) {
    let (key, other) = (new_key(world), new_key(world));
    let mut kms = |operation: &str, body: Value| {
        let answer = world.kms(HOME, operation, &body).unwrap_or_else(|e| panic!("{operation}: {e}"));
        canaries.add_answer(operation, &answer)
    };
    let sealed = kms("Encrypt", json!({"KeyId": key, "Plaintext": BASE64, "EncryptionContext": {"a": "b"}}));
    let blob = &sealed["CiphertextBlob"];
    kms("Decrypt", json!({"CiphertextBlob": blob, "EncryptionContext": {"a": "b"}}));
    kms("ReEncrypt", json!({"CiphertextBlob": blob, "SourceEncryptionContext": {"a": "b"}, "DestinationKeyId": other}));
    kms("GenerateDataKey", json!({"KeyId": key, "NumberOfBytes": 1024}));
    kms("GenerateDataKeyWithoutPlaintext", json!({"KeyId": key, "KeySpec": "AES_128"}));
    kms("GenerateRandom", json!({"NumberOfBytes": 16}));
    // The parameters of refused requests are secret too.
    world.kms(HOME, "Decrypt", &json!({"CiphertextBlob": blob})).unwrap_err();
    world.kms(HOME, "Decrypt", &json!({"CiphertextBlob": blob, "KeyId": other})).unwrap_err();
    world.kms(HOME, "Encrypt", &json!({"KeyId": "nope", "Plaintext": BASE64})).unwrap_err();
    world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": BASE64.repeat(300)})).unwrap_err();
    world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": {"not": BASE64}})).unwrap_err();
    world.kms(HOME, "Decrypt", &json!({"CiphertextBlob": BASE64})).unwrap_err();
    world.kms(HOME, "Decrypt", &json!({"CiphertextBlob": blob, "GrantTokens": [TEXT]})).unwrap_err();
}

fn secrets(world: &World, canaries: &mut Canaries) {
    let key = new_key(world);
    let mut call = |operation: &str, body: Value| {
        let answer = world.secrets(HOME, operation, &body).unwrap_or_else(|e| panic!("{operation}: {e}"));
        canaries.add_answer(operation, &answer)
    };
    let replicas = json!([{"Region": AWAY}]);
    call(
        "CreateSecret",
        json!({"Name": "s", "SecretString": TEXT, "ClientRequestToken": token(1), "AddReplicaRegions": replicas}),
    );
    call("PutSecretValue", json!({"SecretId": "s", "SecretBinary": BASE64, "ClientRequestToken": token(2)}));
    call("GetSecretValue", json!({"SecretId": "s"}));
    call(
        "UpdateSecret",
        json!({"SecretId": "s", "SecretString": TEXT, "ClientRequestToken": token(3), "KmsKeyId": key}),
    );
    call("GetSecretValue", json!({"SecretId": "s", "VersionStage": "AWSPREVIOUS"}));
    world.settle();
    let there = world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": "s"})).unwrap();
    assert_eq!(there["SecretString"], TEXT);
}

fn refused(world: &World, canaries: &mut Canaries) {
    let long = TEXT.repeat(3000);
    canaries.add("a long text", &long);
    for (operation, body) in [
        ("CreateSecret", json!({"Name": "s", "SecretString": TEXT, "ClientRequestToken": token(9)})),
        ("CreateSecret", json!({"Name": "t", "SecretString": long, "ClientRequestToken": token(9)})),
        ("CreateSecret", json!({"Name": "a b", "SecretString": TEXT, "ClientRequestToken": token(9)})),
        (
            "CreateSecret",
            json!({"Name": "t", "SecretString": TEXT, "SecretBinary": BASE64, "ClientRequestToken": token(9)}),
        ),
        ("CreateSecret", json!({"Name": "t", "SecretString": [TEXT], "ClientRequestToken": token(9)})),
        (
            "CreateSecret",
            json!({"Name": "t", "SecretString": TEXT, "ClientRequestToken": token(9), "KmsKeyId": "alias/no"}),
        ),
        ("PutSecretValue", json!({"SecretId": "s", "SecretString": TEXT, "ClientRequestToken": token(2)})),
        ("PutSecretValue", json!({"SecretId": "absent", "SecretString": TEXT, "ClientRequestToken": token(9)})),
        // A member that the model does not know.
        ("DescribeSecret", json!({"SecretId": "absent", "SecretValue": TEXT, "Secretstring": TEXT})),
    ] {
        world.secrets(HOME, operation, &body).expect_err(operation);
    }
}

fn credentials(world: &World, canaries: &mut Canaries) {
    let root = "arn:aws:iam::000000000000:root";
    iam(world, "CreateUser", &[("UserName", "ana")]);
    iam(world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    iam(world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(root, ""))]);
    let ana = canaries.add_credentials("CreateAccessKey", &iam(world, "CreateAccessKey", &[("UserName", "ana")]));
    world.settle();
    let sts = |who: &Keys, action: &str, parameters: &[(&str, &str)]| world.query(who, HOME, "sts", action, parameters);
    let session = canaries.add_credentials("GetSessionToken", &sts(&ana, "GetSessionToken", &[]).unwrap());
    let role = [("RoleArn", "arn:aws:iam::000000000000:role/ops"), ("RoleSessionName", "s1")];
    let assumed = canaries.add_credentials("AssumeRole", &sts(&Keys::root(), "AssumeRole", &role).unwrap());
    for who in [&ana, &session, &assumed] {
        sts(who, "GetCallerIdentity", &[]).unwrap();
        for region in [HOME, AWAY] {
            // An allowed call and a denied call are both recorded.
            let _ = world.call_as(who, region, "TrentService.ListKeys", &json!({}));
        }
    }
    canaries.add("a code", "987654321");
    let code = [("SerialNumber", "arn:aws:iam::000000000000:mfa/ana"), ("TokenCode", "987654321")];
    sts(&ana, "GetSessionToken", &code).unwrap_err();
    let code = [role.as_slice(), code.as_slice()].concat();
    sts(&ana, "AssumeRole", &code).unwrap_err();
}
