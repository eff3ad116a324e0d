//! The public keys of an issuer (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// The signatures that AWS admits and the library verifies. No algorithm with a shared secret is among them: a public key could be taken for
/// one.
pub(crate) const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::ES256, Algorithm::ES384];

/// The most keys of one issuer. Those after them are not used.
const KEYS_MAX: usize = 100;

/// A key that signatures can be verified with.
pub(crate) struct SigningKey {
    pub(crate) id: Option<String>,
    /// The only algorithm that it is for, if the issuer says so.
    algorithm: Option<Algorithm>,
    pub(crate) key: DecodingKey,
    is_rsa: bool,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl SigningKey {
    /// The keys in an issuer's answer that can be used. None if the answer is no key set. Keys of other kinds are left out.
    pub(crate) fn read_all(body: &[u8]) -> Option<Vec<SigningKey>> {
        let set: KeySet = serde_json::from_slice(body).ok()?;
        Some(set.keys.into_iter().take(KEYS_MAX).filter_map(SigningKey::read).collect())
    }

    fn read(value: serde_json::Value) -> Option<SigningKey> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.common.public_key_use.as_ref().is_some_and(|usage| *usage != PublicKeyUse::Signature) {
            return None;
        }
        let is_rsa = match jwk.algorithm {
            AlgorithmParameters::RSA(_) => true,
            AlgorithmParameters::EllipticCurve(_) => false,
            _ => return None,
        };
        let algorithm = match jwk.common.key_algorithm {
            Some(named) => Some(named.to_string().parse().ok().filter(|named| ALGORITHMS.contains(named))?),
            None => None,
        };
        Some(SigningKey { key: DecodingKey::from_jwk(&jwk).ok()?, id: jwk.common.key_id, algorithm, is_rsa })
    }

    /// Whether a token of this algorithm and key id can be signed by the key. A token without an id can be of any key.
    pub(crate) fn fits(&self, algorithm: Algorithm, id: Option<&str>) -> bool {
        let is_of_kind = matches!(algorithm, Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512) == self.is_rsa;
        is_of_kind
            && self.algorithm.is_none_or(|own| own == algorithm)
            && id.is_none_or(|id| self.id.as_deref() == Some(id))
    }
}
