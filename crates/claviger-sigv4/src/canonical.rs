//! The canonical request, the string to sign, and the signature over it.

use aws_lc_rs::digest;
use claviger_types::Timestamp;

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
    pub(crate) fn signature(&self, key: &SigningKey) -> String {
        let string_to_sign = format!(
            "{ALGORITHM}\n{}\n{}/{}/{}/{TERMINATOR}\n{}",
            self.time.iso8601_basic(),
            self.date,
            self.region,
            self.service,
            hex(&sha256(&self.canonical_request()))
        );
        hex(&key.sign(string_to_sign.as_bytes()))
    }

    fn canonical_request(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        for line in [self.method, &path::canonical(self.path), &self.query] {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        self.headers.write_canonical(self.signed_headers, &mut out);
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(hex(&self.body_hash).as_bytes());
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

/// Lower-case hexadecimal digits, two for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing() {
        assert_eq!(hex(&sha256(b"")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
