//! The ciphertext of symmetric KMS keys, described to the byte in `docs/reference/ciphertext-format.md`.
//!
//! A blob names its key and material, so that the caller of Decrypt need not name them. It names no region, so that every
//! region with a related key decrypts it. Its commitment binds it to one material, header and encryption context, even
//! against an attacker who knows the material, such as the owner of imported material.

use claviger_types::{KeyId, MaterialId, Random};
use zeroize::Zeroizing;

use crate::SymmetricKey;
use crate::context::{EncryptionContext, associated_data};
use crate::external::{self, ExternalParts};
use crate::primitive::{self, NONCE_LEN, TAG_LEN};

/// Bytes that encryption adds to the plaintext.
pub const BLOB_OVERHEAD: usize = HEADER_LEN + COMMITMENT_LEN + TAG_LEN;

/// Format version 1, magic, and suite 1: SP 800-108 with HMAC-SHA256, AES-256-GCM, commitment by HMAC-SHA256.
const PREFIX: [u8; 5] = [1, b'C', b'L', b'V', 1];
const HEADER_LEN: usize = PREFIX.len() + 1 + 16 + 32 + NONCE_LEN;
const COMMITMENT_LEN: usize = 32;
const LABEL: &str = "claviger ciphertext v1";

/// Bytes that are no ciphertext, or not one of this material and encryption context. The error does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ciphertext is invalid")]
pub struct InvalidCiphertext;

/// Encrypts `plaintext` under a key's material. `id` is the material's id in this key.
pub fn encrypt(
    material: &SymmetricKey,
    key: &KeyId,
    id: &MaterialId,
    context: &EncryptionContext,
    plaintext: &[u8],
    random: &dyn Random,
) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = random.bytes();
    let mut blob = Vec::with_capacity(BLOB_OVERHEAD + plaintext.len());
    blob.extend_from_slice(&PREFIX);
    blob.push(u8::from(key.is_multi_region()));
    blob.extend_from_slice(&key.to_bytes());
    blob.extend_from_slice(&id.0);
    blob.extend_from_slice(&nonce);
    let aad = associated_data(&blob, context);
    let [encryption_key, commitment_key] = &*material.derivation().derive(LABEL, &nonce);
    blob.extend_from_slice(&primitive::hmac(commitment_key, &aad));
    primitive::aead_seal(encryption_key, &aad, plaintext, &mut blob);
    blob
}

/// A parsed ciphertext. Nothing in it is authenticated before [`Blob::decrypt`] has succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob<'a> {
    key_id: KeyId,
    material_id: MaterialId,
    body: Body<'a>,
}

/// The part of a blob that its suite decides on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body<'a> {
    /// Suite 1.
    Own { nonce: &'a [u8; NONCE_LEN], header: &'a [u8], commitment: &'a [u8; COMMITMENT_LEN], message: &'a [u8] },
    /// Suite 2: a ciphertext of suite 1 that a key outside of the server has encrypted once more.
    External(ExternalParts<'a>),
}

impl<'a> Blob<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`InvalidCiphertext`] if the bytes are too few or of another format, version or suite.
    pub fn parse(bytes: &'a [u8]) -> Result<Blob<'a>, InvalidCiphertext> {
        let external = || {
            let (key_id, material_id, parts) = external::read(bytes)?;
            Some(Blob { key_id, material_id, body: Body::External(parts) })
        };
        Blob::read(bytes).or_else(external).ok_or(InvalidCiphertext)
    }

    fn read(bytes: &'a [u8]) -> Option<Blob<'a>> {
        let (header, body) = bytes.split_at_checked(HEADER_LEN)?;
        let (&form, ids) = header.strip_prefix(&PREFIX)?.split_first()?;
        let (key_id, ids) = ids.split_first_chunk::<16>()?;
        let (material_id, nonce) = ids.split_first_chunk::<32>()?;
        let (commitment, message) = body.split_first_chunk::<COMMITMENT_LEN>()?;
        if form > 1 || message.len() < TAG_LEN {
            return None;
        }
        Some(Blob {
            key_id: KeyId::from_bytes(*key_id, form == 1),
            material_id: MaterialId(*material_id),
            body: Body::Own { nonce: nonce.try_into().ok()?, header, commitment, message },
        })
    }

    /// The key that the blob says it was encrypted with.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The version of the key's material that the blob says it was encrypted with.
    pub fn material_id(&self) -> &MaterialId {
        &self.material_id
    }

    /// The parts of a ciphertext of suite 2, for the key outside of the server to decrypt. None for suite 1.
    pub fn external(&self) -> Option<&ExternalParts<'a>> {
        match &self.body {
            Body::External(parts) => Some(parts),
            Body::Own { .. } => None,
        }
    }

    /// The plaintext.
    ///
    /// # Errors
    ///
    /// [`InvalidCiphertext`] if a bit was changed, or the material or encryption context is another. Always for suite 2.
    pub fn decrypt(
        &self,
        material: &SymmetricKey,
        context: &EncryptionContext,
    ) -> Result<Zeroizing<Vec<u8>>, InvalidCiphertext> {
        let Body::Own { nonce, header, commitment, message } = &self.body else { return Err(InvalidCiphertext) };
        let aad = associated_data(header, context);
        let [encryption_key, commitment_key] = &*material.derivation().derive(LABEL, *nonce);
        if !primitive::equal(&primitive::hmac(commitment_key, &aad), *commitment) {
            return Err(InvalidCiphertext);
        }
        primitive::aead_open(encryption_key, &aad, message).map_err(|_| InvalidCiphertext)
    }
}

#[cfg(test)]
#[path = "ciphertext_tests.rs"]
mod tests;
