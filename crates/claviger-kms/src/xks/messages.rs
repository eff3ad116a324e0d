//! The bodies of the proxy's API.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_crypto::{ExternalParts, sha256};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::failure::ProxyFailure;

/// The facts about a request to KMS that a proxy learns.
#[derive(Debug, Clone, Copy)]
pub struct Purpose {
    /// The operation of KMS.
    pub operation: &'static str,
    /// The service that called KMS for the caller: `secretsmanager`.
    pub via: Option<&'static str>,
}

impl Purpose {
    /// A call to KMS itself.
    pub const fn of(operation: &'static str) -> Purpose {
        Purpose { operation, via: None }
    }
}

/// The answer of the proxy's health check.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    xks_proxy_fleet_size: u64,
    #[serde(rename = "xksProxyVendor")]
    _proxy_vendor: String,
    #[serde(rename = "xksProxyModel")]
    _proxy_model: String,
    #[serde(rename = "ekmVendor")]
    _manager_vendor: String,
    ekm_fleet_details: Vec<Manager>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manager {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "model")]
    _model: String,
    health_status: String,
}

/// Whether the proxy and a key manager behind it can be used.
pub(super) fn read_health(body: &[u8]) -> Result<(), ProxyFailure> {
    let health: Health = read(body)?;
    let managers = &health.ekm_fleet_details;
    let known = managers.iter().all(|m| ["ACTIVE", "DEGRADED", "UNAVAILABLE"].contains(&m.health_status.as_str()));
    if health.xks_proxy_fleet_size == 0 || !(1..=10).contains(&managers.len()) || !known {
        return Err(ProxyFailure::Malformed);
    }
    if managers.iter().all(|m| m.health_status == "UNAVAILABLE") { Err(ProxyFailure::Internal) } else { Ok(()) }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    key_spec: String,
    key_usage: Vec<String>,
    key_status: String,
}

/// Whether the key outside can stand behind a KMS key.
pub(super) fn read_metadata(body: &[u8]) -> Result<(), ProxyFailure> {
    let Metadata { key_spec, key_usage, key_status } = read(body)?;
    if key_usage.len() > 10 || !["ENABLED", "DISABLED"].contains(&key_status.as_str()) {
        return Err(ProxyFailure::Malformed);
    }
    let encrypts = ["ENCRYPT", "DECRYPT"].iter().all(|usage| key_usage.iter().any(|given| given == usage));
    if key_spec != "AES_256" || !encrypts {
        return Err(ProxyFailure::InvalidKeyUsage);
    }
    if key_status == "ENABLED" { Ok(()) } else { Err(ProxyFailure::InvalidState) }
}

/// The result of an encryption by the proxy.
pub(crate) struct Encrypted {
    iv: Vec<u8>,
    tag: [u8; 16],
    metadata: Vec<u8>,
    ciphertext: Vec<u8>,
}

impl Encrypted {
    pub(crate) fn parts(&self) -> ExternalParts<'_> {
        ExternalParts { iv: &self.iv, tag: &self.tag, metadata: &self.metadata, ciphertext: &self.ciphertext }
    }
}

pub(super) fn encrypt(metadata: Value, plaintext: &[u8], associated_data: &[u8]) -> Value {
    json!({
        "requestMetadata": metadata,
        "plaintext": STANDARD.encode(plaintext),
        "encryptionAlgorithm": "AES_GCM",
        "additionalAuthenticatedData": STANDARD.encode(associated_data),
        "ciphertextDataIntegrityValueAlgorithm": "SHA_256",
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncryptAnswer {
    ciphertext: String,
    ciphertext_metadata: Option<String>,
    initialization_vector: String,
    authentication_tag: String,
    ciphertext_data_integrity_value: Option<String>,
}

/// The result of an encryption. It is refused unless its lengths are right and its hash is that of its parts: what is damaged here could never
/// be decrypted.
pub(super) fn read_encrypted(body: &[u8], plaintext: &[u8], associated_data: &[u8]) -> Result<Encrypted, ProxyFailure> {
    let answer: EncryptAnswer = read(body)?;
    let encrypted = Encrypted {
        iv: bytes(&answer.initialization_vector)?,
        tag: bytes(&answer.authentication_tag)?.try_into().map_err(|_| ProxyFailure::Malformed)?,
        metadata: answer.ciphertext_metadata.as_deref().map_or(Ok(Vec::new()), bytes)?,
        ciphertext: bytes(&answer.ciphertext)?,
    };
    let Encrypted { iv, tag, metadata, ciphertext } = &encrypted;
    let integrity = sha256(&[associated_data, metadata, iv, ciphertext, tag].concat());
    let stated = answer.ciphertext_data_integrity_value.as_deref().map(bytes).transpose()?;
    let is_whole = stated.is_some_and(|stated| stated == integrity);
    let fits = encrypted.parts().fit() && ciphertext.len() == plaintext.len();
    if is_whole && fits { Ok(encrypted) } else { Err(ProxyFailure::Malformed) }
}

pub(super) fn decrypt(metadata: Value, parts: &ExternalParts<'_>, associated_data: &[u8]) -> Value {
    let mut body = json!({
        "requestMetadata": metadata,
        "ciphertext": STANDARD.encode(parts.ciphertext),
        "encryptionAlgorithm": "AES_GCM",
        "additionalAuthenticatedData": STANDARD.encode(associated_data),
        "initializationVector": STANDARD.encode(parts.iv),
        "authenticationTag": STANDARD.encode(parts.tag),
    });
    if let (false, Some(members)) = (parts.metadata.is_empty(), body.as_object_mut()) {
        members.insert("ciphertextMetadata".to_owned(), Value::String(STANDARD.encode(parts.metadata)));
    }
    body
}

#[derive(Debug, Deserialize)]
struct DecryptAnswer {
    plaintext: String,
}

/// The plaintext, which is as long as the ciphertext.
pub(super) fn read_decrypted(body: &[u8], parts: &ExternalParts<'_>) -> Result<Vec<u8>, ProxyFailure> {
    let plaintext = bytes(&read::<DecryptAnswer>(body)?.plaintext)?;
    if plaintext.len() == parts.ciphertext.len() { Ok(plaintext) } else { Err(ProxyFailure::Malformed) }
}

/// The body of a request that has only metadata.
pub(super) fn of_metadata(metadata: Value) -> Value {
    json!({ "requestMetadata": metadata })
}

/// The members of the request's metadata that are present.
pub(super) fn metadata<const N: usize>(members: [(&str, Option<String>); N]) -> Value {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
    Value::Object(present.collect::<Map<String, Value>>())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorAnswer {
    error_name: String,
}

/// The failure that an answer of another status than 200 states.
pub(super) fn read_failure(body: &[u8]) -> ProxyFailure {
    read::<ErrorAnswer>(body).map_or_else(|failure| failure, |answer| ProxyFailure::named(&answer.error_name))
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ProxyFailure> {
    serde_json::from_slice(body).map_err(|_| ProxyFailure::Malformed)
}

fn bytes(text: &str) -> Result<Vec<u8>, ProxyFailure> {
    STANDARD.decode(text).map_err(|_| ProxyFailure::Malformed)
}

#[cfg(test)]
#[path = "messages_tests.rs"]
mod tests;
