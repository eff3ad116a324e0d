//! Computes a request's signature and compares it with the one that the request carries.

use std::hint::black_box;
use std::sync::OnceLock;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::Parts;
use crate::canonical::{Signable, sha256};
use crate::claim::{Claim, digest_of_text};
use crate::headers::Headers;
use crate::key::SigningKey;
use crate::keys::CacheKey;
use crate::query::Query;
use crate::refusal::Refusal;

/// Computes the signature of `parts` and compares it in constant time with the one that `claim` carries.
///
/// `claim` must be the one that [`claim`](crate::claim) read from these same `parts`, and `key` must be derived for the
/// claim's date, region and service. The body's hash is always that of the bytes received. A digest that the request
/// itself states must be that hash too.
pub fn verify(claim: &Claim, parts: &Parts<'_>, key: &SigningKey) -> Result<(), Refusal> {
    let headers = Headers::new(parts.headers);
    let query = Query::parse(parts.query)?;
    let body_hash = sha256(parts.body);
    let signable = Signable {
        method: parts.method,
        path: parts.path,
        query: query.canonical(claim.form.uncovered()),
        headers: &headers,
        signed_headers: &claim.signed_headers,
        body_hash,
        time: claim.time,
        date: &claim.date,
        region: &claim.region,
        service: &claim.service,
    };
    let expected = signable.signature(key);
    let equal = verify_slices_are_equal(expected.as_str().as_bytes(), claim.signature.as_bytes()).is_ok();
    let (header, parameter) = (headers.single("x-amz-content-sha256")?, query.first("X-Amz-Content-Sha256"));
    let mut stated = [header.as_deref(), parameter.as_deref()].into_iter().flatten();
    if stated.any(|text| digest_of_text(text) != Some(body_hash)) {
        return Err(Refusal::mismatch("The provided 'x-amz-content-sha256' does not match what was computed."));
    }
    if equal { Ok(()) } else { Err(Refusal::wrong_signature()) }
}

/// Does the work of [`verify`] and of deriving a signing key for a request whose key id is unknown, so that the time until the answer
/// does not reveal which key ids exist.
pub fn verify_unknown_key(claim: &Claim, parts: &Parts<'_>) {
    /// A secret of the length of real ones. No access key has it.
    const SECRET: &str = "not-the-secret-key-of-any-real-principal";
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    let key = KEY.get_or_init(|| SigningKey::derive(SECRET, "19700101", "nowhere", "nothing"));
    black_box(CacheKey::of([&claim.access_key_id, &claim.date, &claim.region, &claim.service], SECRET));
    // The result is not used. `black_box` keeps the compiler from leaving the work out.
    let _ = black_box(verify(claim, parts, key));
}
