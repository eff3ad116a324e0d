//! An audit trail that fails: calls are refused, and no secret is answered.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{new_key, outline, token};
use crate::identities::{iam, keys_of};
use crate::kit::{AWAY, HOME, Keys, World};

const SECRET: &str = "a value that must stay";
/// The same in base64.
const SECRET_BASE64: &str = "YSB2YWx1ZSB0aGF0IG11c3Qgc3RheQ==";

fn tear(world: &World, region: &str, torn: bool) {
    world.tape(region).broken.store(torn, Ordering::SeqCst);
}

/// Sends a valid call and expects a failure that shows nothing of its result.
fn check_refused(world: &World, target: &str, body: &Value, code: &str) {
    let response = world.post(&Keys::root(), HOME, target, body.to_string());
    let text = String::from_utf8(response.body.to_vec()).unwrap();
    assert_eq!(response.status, 500, "{target}: {text}");
    for hidden in [SECRET, SECRET_BASE64, "tape", "Plaintext", "CiphertextBlob"] {
        assert!(!text.contains(hidden), "{target}: {text}");
    }
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["__type"], code, "{target}");
}

#[test]
fn reads_answer_nothing() {
    let world = World::new();
    let key = new_key(&world);
    let sealed = world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": SECRET_BASE64})).unwrap();
    let body = json!({"Name": "s", "SecretString": SECRET, "ClientRequestToken": token(1)});
    world.secrets(HOME, "CreateSecret", &body).unwrap();
    tear(&world, HOME, true);
    let kms = "KMSInternalException";
    check_refused(&world, "TrentService.Decrypt", &json!({"CiphertextBlob": sealed["CiphertextBlob"]}), kms);
    check_refused(&world, "TrentService.GenerateDataKey", &json!({"KeyId": key, "KeySpec": "AES_256"}), kms);
    check_refused(&world, "TrentService.GenerateRandom", &json!({"NumberOfBytes": 32}), kms);
    check_refused(&world, "TrentService.ListKeys", &json!({}), kms);
    let read = json!({"SecretId": "s"});
    check_refused(&world, "secretsmanager.GetSecretValue", &read, "InternalServiceError");
    // A refusal is answered by the same error: the fact that a request was refused may be secret too.
    check_refused(&world, "TrentService.Decrypt", &json!({"CiphertextBlob": "AAAA"}), kms);
    check_refused(&world, "TrentService.Conjure", &json!({}), kms);

    tear(&world, HOME, false);
    assert_eq!(world.secrets(HOME, "GetSecretValue", &read).unwrap()["SecretString"], SECRET);
    let opened = world.kms(HOME, "Decrypt", &json!({"CiphertextBlob": sealed["CiphertextBlob"]})).unwrap();
    assert_eq!(opened["Plaintext"], SECRET_BASE64);
}

#[test]
fn credentials_do_not_leave() {
    let world = World::new();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    let ana = keys_of(&world, "ana");
    tear(&world, HOME, true);
    for (who, service, action, parameters) in
        [(&Keys::root(), "iam", "CreateAccessKey", vec![("UserName", "ana")]), (&ana, "sts", "GetSessionToken", vec![])]
    {
        let (status, text) = world.query(who, HOME, service, action, &parameters).unwrap_err();
        assert_eq!(status, 500, "{action}: {text}");
        assert!(!text.contains("SecretAccessKey") && !text.contains("SessionToken"), "{text}");
    }
}

#[test]
fn values_do_not_go_to_other_regions() {
    let world = World::new();
    let body = json!({
        "Name": "s", "SecretString": SECRET, "ClientRequestToken": token(1), "AddReplicaRegions": [{"Region": AWAY}]
    });
    world.secrets(HOME, "CreateSecret", &body).unwrap();
    tear(&world, HOME, true);
    world.settle();
    tear(&world, HOME, false);
    let status = || {
        let shown = world.secrets(HOME, "DescribeSecret", &json!({"SecretId": "s"})).unwrap();
        shown["ReplicationStatus"][0]["Status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(), "Failed");
    world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": "s"})).unwrap_err();
    // After another request the replica is made.
    let again = json!({"SecretId": "s", "AddReplicaRegions": [{"Region": AWAY}]});
    world.secrets(HOME, "ReplicateSecretToRegions", &again).unwrap();
    world.tape(HOME).take();
    world.settle();
    assert_eq!(outline(&world.tape(HOME).take()), ["Decrypt"]);
    assert_eq!(status(), "InSync");
}
