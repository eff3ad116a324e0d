//! The encryption context, and its form as associated data.

use std::collections::BTreeMap;

use crate::primitive;

/// Names and values that the ciphertext is bound to. Decryption needs the same ones.
pub type EncryptionContext = BTreeMap<String, String>;

/// The header, which has a fixed length, and then each name and value behind its length, in the order of the names.
pub(crate) fn associated_data(header: &[u8], context: &EncryptionContext) -> Vec<u8> {
    let parts: Vec<&[u8]> = context.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]).collect();
    [header, &primitive::join(&parts)].concat()
}
