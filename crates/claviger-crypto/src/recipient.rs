//! Encryption to the public key of an attestation document.

use std::fmt;

use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use claviger_types::Random;
use der::Decode;
use der::asn1::AnyRef;
use zeroize::Zeroizing;

use crate::cms::{self, IV_BYTES, Parts};
use crate::digest::sha256;

/// The sizes of the RSA keys that are accepted, in bits.
const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// The length of an AES block, and the most bytes that padding adds.
const BLOCK_BYTES: usize = 16;

/// An RSA public key that secrets are encrypted to.
pub struct RecipientKey {
    key: OaepPublicEncryptingKey,
    /// SHA-256 of the SubjectPublicKeyInfo.
    id: [u8; 32],
}

/// Bytes that are no RSA key of an accepted size, or a library that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not encrypted to this key")]
pub struct RecipientKeyError;

impl RecipientKey {
    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    ///
    /// [`RecipientKeyError`] unless it is an RSA key of 2048 to 4096 bits.
    pub fn from_spki(der: &[u8]) -> Result<RecipientKey, RecipientKeyError> {
        // The library ignores bytes behind the key.
        AnyRef::from_der(der).map_err(|_| RecipientKeyError)?;
        let key = PublicEncryptingKey::from_der(der).map_err(|_| RecipientKeyError)?;
        if !BITS.contains(&key.key_size_bits()) {
            return Err(RecipientKeyError);
        }
        let key = OaepPublicEncryptingKey::new(key).map_err(|_| RecipientKeyError)?;
        Ok(RecipientKey { key, id: sha256(der) })
    }

    /// Encrypts a secret as CMS EnvelopedData: under a fresh key with AES-256-CBC, and that key with RSAES-OAEP and SHA-256.
    ///
    /// The result has no authentication of its own. It comes over TLS from the server that made it, as AWS's does.
    ///
    /// # Errors
    ///
    /// [`RecipientKeyError`] if the library fails.
    pub fn encrypt(&self, secret: &[u8], random: &dyn Random) -> Result<Vec<u8>, RecipientKeyError> {
        let (mut content_key, mut iv) = (Zeroizing::new([0; 32]), [0; IV_BYTES]);
        random.fill(content_key.as_mut_slice());
        random.fill(&mut iv);
        let ciphertext = encrypt_content(&content_key, iv, secret)?;
        let mut encrypted_key = vec![0; self.key.ciphertext_size()];
        self.key
            .encrypt(&OAEP_SHA256_MGF1SHA256, content_key.as_slice(), &mut encrypted_key, None)
            .map_err(|_| RecipientKeyError)?;
        Ok(cms::enveloped_data(&Parts {
            key_id: &self.id,
            encrypted_key: &encrypted_key,
            iv: &iv,
            ciphertext: &ciphertext,
        }))
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecipientKey").field("bits", &self.key.key_size_bits()).finish_non_exhaustive()
    }
}

/// AES-256-CBC with the padding of RFC 5652, 6.3. The plaintext is overwritten in place: its copy is large enough for the padding, so
/// that no second copy is left behind.
fn encrypt_content(key: &[u8; 32], iv: [u8; IV_BYTES], secret: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecipientKeyError> {
    let mut content = Zeroizing::new(Vec::with_capacity(secret.len() + BLOCK_BYTES));
    content.extend_from_slice(secret);
    let key = UnboundCipherKey::new(&AES_256, key).map_err(|_| RecipientKeyError)?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(|_| RecipientKeyError)?;
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(&mut *content, context).map_err(|_| RecipientKeyError)?;
    Ok(content)
}
