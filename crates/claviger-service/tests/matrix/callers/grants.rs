//! Grants on the keys of an entry.

use serde_json::{Value, json};

use super::people::Who;
use super::rules::grantable_on;
use super::stage::Stage;

/// Gives the caller grants on keys, of every operation that a grant on the key can name but one.
///
/// A grant is made on an enabled key only. The keys are in their states again afterwards.
pub(crate) fn grant(stage: &Stage, keys: &[String], who: &Who, left_out: &str) {
    for key in keys {
        let state = enable(stage, key);
        let described = stage.root("kms", "DescribeKey", &json!({"KeyId": key}));
        let usage = described["KeyMetadata"]["KeyUsage"].as_str().unwrap();
        let operations: Vec<&str> =
            grantable_on(usage).iter().copied().filter(|operation| *operation != left_out).collect();
        let input = json!({"KeyId": key, "GranteePrincipal": who.arn, "Operations": operations});
        let made = stage.root("kms", "CreateGrant", &input);
        if stage.case.operation == "RetireGrant" {
            // A grant lets its grantee retire that grant alone.
            let id = made["GrantId"].as_str().unwrap().to_owned();
            stage.names.borrow_mut().insert("grant", id);
        }
        restore(stage, key, &state);
    }
}

/// Enables a key. Answers its state before.
fn enable(stage: &Stage, key: &str) -> String {
    let named = json!({"KeyId": key});
    let described = stage.root("kms", "DescribeKey", &named);
    let state = described["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned();
    match state.as_str() {
        "Enabled" => {}
        "Disabled" => drop(stage.root("kms", "EnableKey", &named)),
        "PendingDeletion" => {
            stage.root("kms", "CancelKeyDeletion", &named);
            stage.root("kms", "EnableKey", &named);
        }
        "PendingImport" => drop(stage.root("kms", "ImportKeyMaterial", &import(stage, key))),
        other => panic!("the key is {other}"),
    }
    state
}

fn restore(stage: &Stage, key: &str, state: &str) {
    let named = json!({"KeyId": key});
    match state {
        "Disabled" => drop(stage.root("kms", "DisableKey", &named)),
        "PendingDeletion" => drop(stage.root("kms", "ScheduleKeyDeletion", &named)),
        "PendingImport" => drop(stage.root("kms", "DeleteImportedKeyMaterial", &named)),
        _ => {}
    }
}

fn import(stage: &Stage, key: &str) -> Value {
    let (token, material) = (stage.name("token").unwrap(), stage.name("wrapped").unwrap());
    json!({
        "KeyId": key, "ImportToken": token, "EncryptedKeyMaterial": material,
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    })
}
