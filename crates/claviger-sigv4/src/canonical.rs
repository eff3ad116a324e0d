//! The canonical request, the string to sign, and the signature over it.

use aws_lc_rs::digest;
use claviger_types::{Hex, Timestamp};

use crate::headers::Headers;
use crate::key::SigningKey;
use crate::query::Query;
use crate::{ALGORITHM, Parts, TERMINATOR, path};

/// Everything that a signature covers, except the key.
pub(crate) struct Signable<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The canonical query.
    pub(crate) query: String,
    pub(crate) headers: &'a Headers<'a>,
    /// Sorted lower-case names, joined by `;`.
    pub(crate) signed_headers: &'a str,
    /// SHA-256 of the body.
    pub(crate) body_hash: [u8; 32],
    pub(crate) time: Timestamp,
    pub(crate) date: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

impl Signable<'_> {
    /// `hex(hmac(key, string to sign))`: 64 lower-case characters.
    pub(crate) fn signature(&self, key: &SigningKey) -> Hex {
        let (time, hash) = (self.time.iso8601_basic(), Hex::of(&sha256(&self.canonical_request())));
        let mut out = String::with_capacity(256);
        let lines =
            [ALGORITHM, "\n", &time, "\n", self.date, "/", self.region, "/", self.service, "/", TERMINATOR, "\n"];
        out.extend(lines);
        out.push_str(hash.as_str());
        Hex::of(&key.sign(out.as_bytes()))
    }

    fn canonical_request(&self) -> Vec<u8> {
        let size = self.path.len() + self.query.len() + self.headers.bytes() + self.signed_headers.len();
        let mut out = Vec::with_capacity(size + 256);
        for line in [self.method, &path::canonical(self.path), &self.query] {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        self.headers.write_canonical(self.signed_headers, &mut out);
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(Hex::of(&self.body_hash).as_str().as_bytes());
        out
    }
}

/// The query parameter that holds the signature and so is not covered by it.
pub(crate) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// The canonical query of a request that is already known to decode; presigned, it is without its signature.
pub(crate) fn canonical_query(parts: &Parts<'_>, presigned: bool) -> String {
    let query = Query::parse(parts.query).unwrap_or_default();
    query.canonical(presigned.then_some(SIGNATURE_PARAMETER))
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    // A SHA-256 digest is 32 bytes long, so all of `out` is written.
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing() {
        assert_eq!(Hex::of(&sha256(b"")).as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
