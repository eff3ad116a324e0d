//! AWS Signature Version 4: verifies and makes signatures of requests.
//!
//! The functions take the parts of a request and give a [`Claim`] or a typed [`Refusal`]. They are synchronous and take the current
//! time as an argument. The crate has no accounts, no secrets and no HTTP library: the service looks up the key id of the claim
//! and maps a [`Reason`] to its protocol's code and status.
//!
//! A server takes three steps. [`claim`] reads the claimed signer, without any secret. [`check`] checks the time
//! and the scope. [`verify`] computes the signature and compares it. Where AWS's rules allow two readings of a request, the
//! stricter one is implemented: credentials in header and query together, two `Authorization` headers, and `x-amz-*` headers
//! that are not signed are refused.
//!
//! ```
//! use claviger_sigv4::{Credentials, Expect, Parts, SigningKeys, check, claim, sign, verify};
//! use claviger_types::Timestamp;
//!
//! let now = Timestamp::from_secs(1_795_532_645);
//! let mut headers = vec![("host".to_owned(), b"kms.example.test".to_vec())];
//! let credentials = Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: "example", session_token: None };
//! let unsigned = Parts { method: "POST", path: "/", query: "", headers: &headers, body: b"{}" };
//! let added = sign(&unsigned, &credentials, "eu-west-1", "kms", now);
//! headers.extend(added.into_iter().map(|(name, value)| (name, value.into_bytes())));
//!
//! let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: b"{}" };
//! let claim = claim(&parts)?;
//! check(&claim, &Expect { service: "kms", now, window_secs: 300, presigned_secs: None, region: Some("eu-west-1") })?;
//! let key = SigningKeys::new().derive(&claim.access_key_id, "example", &claim.date, &claim.region, &claim.service);
//! verify(&claim, &parts, &key)?;
//! # Ok::<(), claviger_sigv4::Refusal>(())
//! ```
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

mod authorization;
mod canonical;
mod check;
mod claim;
mod date;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod headers;
mod key;
mod keys;
mod path;
mod presigned;
mod query;
mod refusal;
mod sign;
mod signature_parts;
mod verify;

pub use check::{Expect, check};
pub use claim::{Claim, claim};
pub use key::SigningKey;
pub use keys::SigningKeys;
pub use refusal::{Reason, Refusal};
pub use sign::{Credentials, presign, sign};
pub use verify::{verify, verify_unknown_key};

/// The only supported algorithm. SigV4a (`AWS4-ECDSA-P256-SHA256`) is not supported.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every credential scope.
const TERMINATOR: &str = "aws4_request";

/// A request as it arrived, before any router or parser has changed it.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The method, such as `POST`.
    pub method: &'a str,
    /// The raw path, still percent-encoded; empty means `/`.
    pub path: &'a str,
    /// The raw query without its `?`; empty if there is none.
    pub query: &'a str,
    /// Names in lower case with the bytes of their values, in order of arrival.
    pub headers: &'a [(String, Vec<u8>)],
    /// The whole body, after any chunked transfer coding is undone.
    pub body: &'a [u8],
}
