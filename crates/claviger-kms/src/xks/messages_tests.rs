#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

/// The example of the specification: its associated data, its plaintext, and its answer.
fn example() -> (Vec<u8>, Vec<u8>, Value) {
    let answer = json!({
        "authenticationTag": "vBxN2ncH1oEkR8WVXpmyYQ==",
        "ciphertext": "ghxkK1txeDNn3q8Y",
        "ciphertextDataIntegrityValue": "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=",
        "ciphertextMetadata": "a2V5X3ZlcnNpb249MQ==",
        "initializationVector": "HMrlRw85cAJUd5Ax",
    });
    (b"project=nile,department=marketing".to_vec(), b"Hello World!".to_vec(), answer)
}

#[test]
fn the_encryption_of_the_specification_is_accepted() {
    let (associated, plaintext, answer) = example();
    let encrypted = read_encrypted(answer.to_string().as_bytes(), &plaintext, &associated).unwrap();
    assert_eq!(encrypted.parts().metadata, b"key_version=1");
    assert_eq!((encrypted.parts().iv.len(), encrypted.parts().ciphertext.len()), (12, 12));
}

#[test]
fn an_encryption_with_any_part_damaged_is_refused() {
    let (associated, plaintext, answer) = example();
    let refused = |answer: &Value| read_encrypted(answer.to_string().as_bytes(), &plaintext, &associated).err();
    for (name, value) in answer.as_object().unwrap() {
        let whole = bytes(value.as_str().unwrap()).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut damaged = (whole.clone(), answer.clone());
            damaged.0[bit / 8] ^= 1 << (bit % 8);
            damaged.1[name] = STANDARD.encode(&damaged.0).into();
            assert_eq!(refused(&damaged.1), Some(ProxyFailure::Malformed), "{name}, bit {bit}");
        }
        let mut shorter = answer.clone();
        shorter[name] = STANDARD.encode(&whole[1..]).into();
        assert_eq!(refused(&shorter), Some(ProxyFailure::Malformed), "{name}");
        shorter[name] = json!(7);
        assert_eq!(refused(&shorter), Some(ProxyFailure::Malformed), "{name}");
        shorter.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&shorter), Some(ProxyFailure::Malformed), "{name}");
    }
    let other = read_encrypted(answer.to_string().as_bytes(), b"Hello World", &associated);
    assert_eq!(other.err(), Some(ProxyFailure::Malformed));
}

#[test]
fn health() {
    let manager = |status: &str| json!({"id": "1", "model": "m", "healthStatus": status});
    let answer = |fleet: i64, managers: Vec<Value>| {
        let body = json!({
            "xksProxyFleetSize": fleet, "xksProxyVendor": "v", "xksProxyModel": "m", "ekmVendor": "e",
            "ekmFleetDetails": managers,
        });
        read_health(body.to_string().as_bytes())
    };
    assert_eq!(answer(1, vec![manager("ACTIVE")]), Ok(()));
    assert_eq!(answer(2, vec![manager("UNAVAILABLE"), manager("DEGRADED")]), Ok(()));
    assert_eq!(answer(1, vec![manager("UNAVAILABLE")]), Err(ProxyFailure::Internal));
    assert_eq!(answer(0, vec![manager("ACTIVE")]), Err(ProxyFailure::Malformed));
    assert_eq!(answer(-1, vec![manager("ACTIVE")]), Err(ProxyFailure::Malformed));
    assert_eq!(answer(1, vec![]), Err(ProxyFailure::Malformed));
    assert_eq!(answer(1, vec![manager("ACTIVE"); 11]), Err(ProxyFailure::Malformed));
    assert_eq!(answer(1, vec![manager("FINE")]), Err(ProxyFailure::Malformed));
    for bad in ["", "{}", "[]", "null", "ACTIVE"] {
        assert_eq!(read_health(bad.as_bytes()), Err(ProxyFailure::Malformed), "{bad}");
    }
}

#[test]
fn metadata_of_keys() {
    let answer = |spec: &str, usage: &[&str], status: &str| {
        read_metadata(json!({"keySpec": spec, "keyUsage": usage, "keyStatus": status}).to_string().as_bytes())
    };
    assert_eq!(answer("AES_256", &["DECRYPT", "WRAP", "ENCRYPT"], "ENABLED"), Ok(()));
    assert_eq!(answer("AES_128", &["ENCRYPT", "DECRYPT"], "ENABLED"), Err(ProxyFailure::InvalidKeyUsage));
    assert_eq!(answer("AES_256", &["ENCRYPT"], "ENABLED"), Err(ProxyFailure::InvalidKeyUsage));
    assert_eq!(answer("AES_256", &["ENCRYPT", "DECRYPT"], "DISABLED"), Err(ProxyFailure::InvalidState));
    assert_eq!(answer("AES_256", &["ENCRYPT", "DECRYPT"], "on"), Err(ProxyFailure::Malformed));
    assert_eq!(answer("AES_256", &["ENCRYPT"; 11], "ENABLED"), Err(ProxyFailure::Malformed));
}

#[test]
fn failures_are_read_by_their_name_alone() {
    let named = |name: &str| read_failure(json!({"errorName": name, "errorMessage": "m"}).to_string().as_bytes());
    assert_eq!(named("KeyNotFoundException"), ProxyFailure::KeyNotFound);
    assert_eq!(named("AuthenticationFailedException"), ProxyFailure::AuthenticationFailed);
    assert_eq!(named("SomethingException"), ProxyFailure::Malformed);
    for body in ["", "<html>", "{}", r#"{"errorName": 7}"#, r#"{"errorName":"a","errorName":"b"}"#] {
        assert_eq!(read_failure(body.as_bytes()), ProxyFailure::Malformed, "{body}");
    }
}

#[test]
fn a_decryption_sends_metadata_only_if_there_are_any_and_answers_as_many_bytes() {
    let parts = ExternalParts { iv: &[1; 12], tag: &[2; 16], metadata: b"", ciphertext: b"abc" };
    assert!(decrypt(json!({}), &parts, b"").get("ciphertextMetadata").is_none());
    let sent = decrypt(json!({}), &ExternalParts { metadata: b"v1", ..parts }, b"aad");
    assert_eq!((&sent["ciphertextMetadata"], &sent["additionalAuthenticatedData"]), (&json!("djE="), &json!("YWFk")));
    let answer = |text: &str| read_decrypted(json!({"plaintext": text}).to_string().as_bytes(), &parts);
    assert_eq!(answer("eHl6").unwrap(), b"xyz");
    for bad in ["", "eHk=", "eHl6eg==", "!!!!"] {
        assert_eq!(answer(bad), Err(ProxyFailure::Malformed), "{bad}");
    }
}

/// Answers that are nearly right: the members of all calls, with any texts.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let names =
        ["authenticationTag", "ciphertext", "ciphertextDataIntegrityValue", "initializationVector", "plaintext"];
    let others = ["ciphertextMetadata", "errorName", "keySpec", "keyStatus", "keyUsage", "ekmVendor"];
    let name = proptest::sample::select([&names[..], &others].concat());
    let object = proptest::collection::btree_map(name, "[A-Za-z0-9+/]{0,24}={0,2}", 0..8);
    prop_oneof![
        object.prop_map(|members| serde_json::to_vec(&members).unwrap()),
        proptest::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    /// A proxy is another server, whose answers can be anything.
    #[test]
    fn any_answer_is_read_without_harm(answer in answers()) {
        let (associated, plaintext, _) = example();
        prop_assert!(read_encrypted(&answer, &plaintext, &associated).is_err());
        let _ = (read_health(&answer), read_metadata(&answer), read_failure(&answer));
    }
}
