//! Signs requests, for Claviger's command line, benchmarks and tests.

use claviger_types::Timestamp;

use crate::canonical::{Signable, canonical_query, sha256};
use crate::headers::Headers;
use crate::key::SigningKey;
use crate::query::encode;
use crate::{ALGORITHM, Parts, TERMINATOR};

/// The credentials to sign with. The type has no `Debug`, because it holds a secret.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret_access_key: &'a str,
    /// The session token, with temporary credentials.
    pub session_token: Option<&'a str>,
}

/// The headers to add to a request so that it is signed: `x-amz-date`, `x-amz-security-token` if there is a token, and
/// `authorization`.
///
/// `parts` must hold a `host` header, as it will be sent. Signed are `host`, `content-type` and all `x-amz-*`. Headers
/// in `parts` of the names that are returned do not count: the caller replaces them. A query that does not decode is
/// signed as if it were empty, and any server refuses it.
pub fn sign(
    parts: &Parts<'_>,
    credentials: &Credentials<'_>,
    region: &str,
    service: &str,
    now: Timestamp,
) -> Vec<(String, String)> {
    let time = now.iso8601_basic();
    let mut added = vec![("x-amz-date", time.as_str())];
    added.extend(credentials.session_token.map(|token| ("x-amz-security-token", token)));
    let replaced = ["x-amz-date", "x-amz-security-token"];
    let signed = |name: &str| {
        matches!(name, "host" | "content-type") || (name.starts_with("x-amz-") && !replaced.contains(&name))
    };
    let kept = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
    let headers: Headers<'_> = kept
        .filter(|(name, _)| signed(name))
        .chain(added.iter().map(|(name, value)| (*name, value.as_bytes())))
        .collect();

    let scope = Scope::new(&time, region, service);
    let signed_headers = join_names(&headers);
    let query = canonical_query(parts, false);
    let signature = scope.signature(parts, query, &headers, &signed_headers, credentials, now);
    let credential = scope.credential(credentials);
    let authorization =
        format!("{ALGORITHM} Credential={credential}, SignedHeaders={signed_headers}, Signature={signature}");

    let mut out: Vec<(String, String)> = added.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    out.push(("authorization".to_owned(), authorization));
    out
}

/// The whole query string, without `?`, of a request that carries its signature in its URL for `expires_secs` seconds.
///
/// The query of `parts` comes first. Every header in `parts` is signed, so give those that the sender will send, and
/// `host` among them.
pub fn presign(
    parts: &Parts<'_>,
    credentials: &Credentials<'_>,
    region: &str,
    service: &str,
    now: Timestamp,
    expires_secs: u32,
) -> String {
    let time = now.iso8601_basic();
    let headers = Headers::new(parts.headers);
    let signed_headers = join_names(&headers);
    let scope = Scope::new(&time, region, service);
    let mut query = parts.query.to_owned();
    let mut push = |name: &str, value: &str| {
        let separator = if query.is_empty() { "" } else { "&" };
        query.push_str(&format!("{separator}{name}={}", encode(value.as_bytes())));
    };
    push("X-Amz-Algorithm", ALGORITHM);
    push("X-Amz-Credential", &scope.credential(credentials));
    push("X-Amz-Date", &time);
    push("X-Amz-Expires", &expires_secs.to_string());
    push("X-Amz-SignedHeaders", &signed_headers);
    if let Some(token) = credentials.session_token {
        push("X-Amz-Security-Token", token);
    }
    let canonical = canonical_query(&Parts { query: &query, ..*parts }, true);
    let signature = scope.signature(parts, canonical, &headers, &signed_headers, credentials, now);
    format!("{query}&X-Amz-Signature={signature}")
}

struct Scope<'a> {
    date: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Scope<'a> {
    fn new(time: &'a str, region: &'a str, service: &'a str) -> Scope<'a> {
        Scope { date: time.split('T').next().unwrap_or_default(), region, service }
    }

    fn credential(&self, credentials: &Credentials<'_>) -> String {
        format!("{}/{}/{}/{}/{TERMINATOR}", credentials.access_key_id, self.date, self.region, self.service)
    }

    fn signature(
        &self,
        parts: &Parts<'_>,
        query: String,
        headers: &Headers<'_>,
        signed_headers: &str,
        credentials: &Credentials<'_>,
        now: Timestamp,
    ) -> String {
        let key = SigningKey::derive(credentials.secret_access_key, self.date, self.region, self.service);
        let signable = Signable {
            method: parts.method,
            path: parts.path,
            query,
            headers,
            signed_headers,
            body_hash: sha256(parts.body),
            time: now,
            date: self.date,
            region: self.region,
            service: self.service,
        };
        signable.signature(&key).as_str().to_owned()
    }
}

fn join_names(headers: &Headers<'_>) -> String {
    let mut names: Vec<&str> = headers.names().collect();
    names.dedup();
    names.join(";")
}
