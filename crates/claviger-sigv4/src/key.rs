//! The signing key, which is derived from a secret for one day, region and service.

use std::fmt;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::TERMINATOR;

/// `hmac(hmac(hmac(hmac("AWS4" + secret, date), region), service), "aws4_request")` with SHA-256: 32 bytes, wiped on
/// drop.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>, step 4.
// The key is boxed, so that moving it leaves no copy. It is kept as HMAC's two inner states, which the key is hashed into once: a
// signature costs two blocks of SHA-256 less than from the bytes. The library wipes them on drop.
pub struct SigningKey(Box<hmac::Key>);

impl SigningKey {
    /// Derives the key for a `date` (`YYYYMMDD`), a region and a service, as they stand in the credential scope.
    pub fn derive(secret: &str, date: &str, region: &str, service: &str) -> SigningKey {
        SigningKey(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, date, region, service)[..])))
    }

    /// `hmac(key, text)`: 32 bytes.
    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 32] {
        *bytes(&hmac::sign(&self.0, text))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(<sensitive>)")
    }
}

fn derive(secret: &str, date: &str, region: &str, service: &str) -> Zeroizing<[u8; 32]> {
    let seed = Zeroizing::new([b"AWS4", secret.as_bytes()].concat());
    let mut key = hmac_sha256(&seed, date.as_bytes());
    for text in [region, service, TERMINATOR] {
        key = hmac_sha256(&key[..], text.as_bytes());
    }
    key
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> Zeroizing<[u8; 32]> {
    bytes(&hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text))
}

fn bytes(tag: &hmac::Tag) -> Zeroizing<[u8; 32]> {
    // An HMAC-SHA-256 tag is 32 bytes long, so all of `out` is written.
    let mut out = Zeroizing::new([0; 32]);
    for (to, from) in out.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use claviger_types::Hex;

    /// The known answer that AWS's general reference gave for its example secret.
    #[test]
    fn known_answer() {
        let example = ("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
        let key = derive(example.0, example.1, example.2, example.3);
        assert_eq!(Hex::of(&key).as_str(), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
        let signing = SigningKey::derive(example.0, example.1, example.2, example.3);
        assert_eq!(signing.sign(b"text"), *hmac_sha256(&key[..], b"text"));
        assert_eq!(format!("{signing:?}"), "SigningKey(<sensitive>)");
    }
}
