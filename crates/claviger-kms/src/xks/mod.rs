//! The client of external key store proxies (AWS KMS External Key Store Proxy API, version 1).
//!
//! A call is one signed `POST` with a JSON body. The region's pipeline sends it (`core/src/outbound_calls.rs`): the operation that makes the call ends,
//! and runs again when the answer is there.

mod failure;
mod messages;

use std::sync::Arc;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_crypto::ExternalParts;
use claviger_model::kms::error;
use claviger_sigv4::{Credentials, Parts, sign};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::KeyStoreRecord;
use claviger_types::{KeyArn, OutboundMethod, OutboundRequest, Reach, Sensitive};
use serde_json::Value;

pub(crate) use failure::ProxyFailure;
pub(crate) use messages::Encrypted;
pub use messages::Purpose;

/// The service in the scope of the signatures.
const SERVICE: &str = "kms-xks-proxy";

/// The outcome of a call. The outer error ends the run of the operation, and the caller must return it.
pub(crate) type Outcome<T> = Result<Result<T, ProxyFailure>, Error>;

/// The proxy of a key store.
pub(crate) struct Proxy<'a, 'c, 's> {
    cx: &'a Cx<'c, 's>,
    key_store: &'a Shared<KeyStoreRecord>,
}

/// A key outside, for the KMS key that it stands behind.
#[derive(Clone, Copy)]
pub(crate) struct ExternalKey<'a> {
    pub(crate) xks_key_id: &'a str,
    pub(crate) arn: &'a KeyArn,
}

impl<'a, 'c, 's> Proxy<'a, 'c, 's> {
    pub(crate) fn of(cx: &'a Cx<'c, 's>, key_store: &'a Shared<KeyStoreRecord>) -> Proxy<'a, 'c, 's> {
        Proxy { cx, key_store }
    }

    /// Whether the proxy can be used with the key store's credentials.
    pub(crate) fn health(&self, operation: &str) -> Outcome<()> {
        let metadata = messages::metadata([
            ("kmsRequestId", Some(self.cx.request.id.clone())),
            ("kmsOperation", Some(operation.to_owned())),
        ]);
        self.call("/health", &messages::of_metadata(metadata), messages::read_health)
    }

    /// Whether a key outside can stand behind a new KMS key.
    pub(crate) fn check_key(&self, operation: &'static str, xks_key_id: &str) -> Outcome<()> {
        let metadata = self.metadata(Purpose::of(operation), None);
        self.call(&format!("/keys/{xks_key_id}/metadata"), &messages::of_metadata(metadata), messages::read_metadata)
    }

    pub(crate) fn encrypt(
        &self,
        purpose: Purpose,
        key: ExternalKey<'_>,
        plaintext: &[u8],
        associated_data: &[u8],
    ) -> Outcome<Encrypted> {
        let body = messages::encrypt(self.metadata(purpose, Some(key.arn)), plaintext, associated_data);
        let read = |answer: &[u8]| messages::read_encrypted(answer, plaintext, associated_data);
        self.call(&format!("/keys/{}/encrypt", key.xks_key_id), &body, read)
    }

    pub(crate) fn decrypt(
        &self,
        purpose: Purpose,
        key: ExternalKey<'_>,
        parts: &ExternalParts<'_>,
        associated_data: &[u8],
    ) -> Outcome<Vec<u8>> {
        let body = messages::decrypt(self.metadata(purpose, Some(key.arn)), parts, associated_data);
        let read = |answer: &[u8]| messages::read_decrypted(answer, parts);
        self.call(&format!("/keys/{}/decrypt", key.xks_key_id), &body, read)
    }

    fn metadata(&self, purpose: Purpose, key: Option<&KeyArn>) -> Value {
        let cx = self.cx;
        messages::metadata([
            ("awsPrincipalArn", Some(cx.caller.principal_arn(cx.partition()))),
            ("kmsKeyArn", key.map(KeyArn::text)),
            ("kmsOperation", Some(purpose.operation.to_owned())),
            ("kmsRequestId", Some(cx.request.id.clone())),
            ("kmsViaService", purpose.via.map(str::to_owned)),
        ])
    }

    fn call<T>(&self, path: &str, body: &Value, read: impl FnOnce(&[u8]) -> Result<T, ProxyFailure>) -> Outcome<T> {
        if !self.cx.outbound.are_possible() {
            let text = "The key is in an external key store, which work in the background does not call.";
            return Err(Error::new(error::KEY_UNAVAILABLE_EXCEPTION, text));
        }
        let reply = self.cx.outbound.ask(self.request(path, body.to_string().into_bytes())?)?;
        Ok(reply.map_err(ProxyFailure::from).and_then(|answer| match answer.status {
            200 => read(answer.body.expose()),
            _ => Err(messages::read_failure(answer.body.expose())),
        }))
    }

    fn request(&self, path: &str, body: Vec<u8>) -> Result<OutboundRequest, Error> {
        let KeyStoreRecord { endpoint, path: base, access_key_id, .. } = &**self.key_store;
        let path = format!("{base}{path}");
        let host = endpoint.strip_prefix("https://").unwrap_or_default();
        let secret = self.secret()?;
        let headers = [("host", host), ("content-type", "application/json")];
        let headers: Vec<(String, Vec<u8>)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        let parts = Parts { method: "POST", path: &path, query: "", headers: &headers, body: &body };
        let credentials = Credentials { access_key_id, secret_access_key: secret.expose(), session_token: None };
        let signed = sign(&parts, &credentials, self.cx.region().as_str(), SERVICE, self.cx.now);
        let mut headers = vec![("content-type", Sensitive::new("application/json".to_owned()))];
        for (name, value) in signed {
            let name = if name == "authorization" { "authorization" } else { "x-amz-date" };
            headers.push((name, Sensitive::new(value)));
        }
        Ok(OutboundRequest {
            method: OutboundMethod::Post,
            reach: Reach::Listed,
            url: format!("{endpoint}{path}"),
            headers,
            body: Sensitive::new(body),
        })
    }

    /// The secret of the credentials, opened once for all requests that share the record.
    fn secret(&self) -> Result<Arc<Sensitive<String>>, Error> {
        self.key_store.derived(|record| {
            let opened = self.cx.keyring.open_sealed(&secret_context(&record.id), &record.secret);
            let text = opened.ok().and_then(|bytes| std::str::from_utf8(&bytes).ok().map(str::to_owned));
            let damaged = || Error::Internal(format!("the credentials of key store {} do not open", record.id));
            text.map(Sensitive::new).ok_or_else(damaged)
        })
    }
}

/// Seals the secret of a key store's credentials.
pub(crate) fn seal_secret(cx: &Cx<'_, '_>, key_store: &str, secret: &Sensitive<String>) -> Vec<u8> {
    cx.keyring.seal(cx.random, &secret_context(key_store), secret.expose().as_bytes())
}

fn secret_context(key_store: &str) -> [&[u8]; 2] {
    [b"xks proxy credential", key_store.as_bytes()]
}
