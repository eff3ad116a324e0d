//! Random bytes.

use serde_json::json;

use crate::kit::{HOME, World};

#[test]
fn as_many_bytes_as_asked_for_and_never_the_same() {
    let world = World::new();
    let random = |bytes: u32| world.kms(HOME, "GenerateRandom", &json!({ "NumberOfBytes": bytes })).unwrap();
    let text = |bytes| random(bytes)["Plaintext"].as_str().unwrap().to_owned();
    // Base64 with padding: four characters for each three bytes begun.
    assert_eq!((text(1).len(), text(32).len(), text(1024).len()), (4, 44, 1368));
    assert_ne!(text(32), text(32));
}

#[test]
fn how_many_has_to_be_said_and_has_limits() {
    let world = World::new();
    let refused = |body| world.kms(HOME, "GenerateRandom", &body).unwrap_err();
    let validation = |text: &str| json!({"__type": "ValidationException", "message": text});
    assert_eq!(refused(json!({})), validation("NumberOfBytes is required."));
    let limit = |value: u32, rule: &str| {
        format!(
            "1 validation error detected: Value '{value}' at 'numberOfBytes' failed to satisfy constraint: Member must have value {rule}"
        )
    };
    assert_eq!(refused(json!({"NumberOfBytes": 0})), validation(&limit(0, "greater than or equal to 1")));
    assert_eq!(refused(json!({"NumberOfBytes": 1025})), validation(&limit(1025, "less than or equal to 1024")));
}
