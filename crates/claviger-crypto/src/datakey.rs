//! Values sealed under a data key, such as the values of secrets. The data key is stored beside the value, encrypted by a KMS key.

use claviger_types::Random;
use zeroize::Zeroizing;

use crate::primitive::{KeyBytes, WrongKeyLength, silent_debug};
use crate::{OpenError, SealKey};

/// A data key of 256 bits.
pub struct DataKey(KeyBytes);
silent_debug!(DataKey);

impl DataKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> DataKey {
        DataKey(KeyBytes::generate(random))
    }

    /// A key that a KMS key has decrypted.
    ///
    /// # Errors
    ///
    /// [`WrongKeyLength`] if the bytes are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<DataKey, WrongKeyLength> {
        KeyBytes::from_slice(bytes).map(DataKey)
    }

    /// The bytes themselves, only for encrypting them under a KMS key.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    fn seal_key(&self) -> SealKey {
        SealKey::new(&self.0)
    }
}

/// Seals a value, in the form of [`SealKey::seal`]. It opens with this data key and the same `aad` only.
pub fn seal_with_data_key(data_key: &DataKey, aad: &[u8], plaintext: &[u8], random: &dyn Random) -> Vec<u8> {
    data_key.seal_key().seal(random, aad, plaintext)
}

/// Opens what [`seal_with_data_key`] made.
///
/// # Errors
///
/// [`OpenError`] if a bit differs in `sealed` or `aad`, or if another data key sealed it.
pub fn open_with_data_key(data_key: &DataKey, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    data_key.seal_key().open(aad, sealed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    #[test]
    fn a_value_opens_with_its_key_in_its_place() {
        let random = SeededRandom::new(1);
        let key = DataKey::generate(&random);
        let sealed = seal_with_data_key(&key, b"secret|version", b"value", &random);
        let again = DataKey::from_bytes(key.expose()).unwrap();
        assert_eq!(*open_with_data_key(&again, b"secret|version", &sealed).unwrap(), b"value");
        assert_eq!(open_with_data_key(&again, b"secret|other", &sealed), Err(OpenError));
        assert_eq!(open_with_data_key(&DataKey::generate(&random), b"secret|version", &sealed), Err(OpenError));
    }

    #[test]
    fn only_32_bytes_are_a_data_key() {
        assert_eq!(DataKey::from_bytes(&[0; 16]).unwrap_err(), WrongKeyLength);
        assert_eq!(DataKey::from_bytes(&[]).unwrap_err(), WrongKeyLength);
    }
}
