//! Backing keys: the material that a KMS key encrypts with, and the form in which a store keeps it.

use claviger_types::{KeyId, MaterialId, Random};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::primitive::{self, KeyBytes, WrongKeyLength, silent_debug};
use crate::{Keyring, OpenError};

const ID_LABEL: &[u8] = b"claviger material id v1";

/// One version of a symmetric key's material: 256 bits.
pub struct Material(KeyBytes);
silent_debug!(Material);

impl Material {
    /// New material.
    pub fn generate(random: &dyn Random) -> Material {
        Material(KeyBytes::generate(random))
    }

    /// Material that came from outside: imported, or opened from a parcel.
    ///
    /// # Errors
    ///
    /// [`WrongKeyLength`] if the bytes are not 32.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Material, WrongKeyLength> {
        KeyBytes::from_slice(&bytes).map(Material)
    }

    /// The id of this material in a key. Equal bytes in the same key have the same id, in every region and after every
    /// import; in another key, an unrelated one. SHA-256 over a label, the key id's 16 bytes and form, and the bytes.
    pub fn id(&self, key: &KeyId) -> MaterialId {
        let form = [u8::from(key.is_multi_region())];
        MaterialId(primitive::sha256(&[ID_LABEL, &form, &key.to_bytes(), self.0.expose()]))
    }

    /// The bytes themselves, only for sealing them: into a store or for another region.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// Seals the material for the store, bound to its key and its id.
    pub fn seal(&self, keyring: &Keyring, random: &dyn Random, key: &KeyId) -> SealedMaterial {
        SealedMaterial(keyring.seal(random, &context(key, &self.id(key)), self.expose()))
    }

    pub(crate) fn key_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

/// Material as a store keeps it: it is opened for use and never written back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct SealedMaterial(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

impl SealedMaterial {
    /// The material, which must be that of this key and id.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it was altered, moved from another key or version, or sealed by another region.
    pub fn open(&self, keyring: &Keyring, key: &KeyId, id: &MaterialId) -> Result<Material, OpenError> {
        let bytes = keyring.open_sealed(&context(key, id), &self.0)?;
        let material = Material::from_bytes(bytes).map_err(|_| OpenError)?;
        // Whoever could seal may still have sealed the wrong bytes: the id is a statement about them and is checked.
        if primitive::equal(&material.id(key).0, &id.0) { Ok(material) } else { Err(OpenError) }
    }
}

fn context<'a>(key: &'a KeyId, id: &'a MaterialId) -> [&'a [u8]; 3] {
    [b"material", key.as_str().as_bytes(), &id.0]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::RootKey;
    use claviger_types::SeededRandom;

    fn key(text: &str) -> KeyId {
        KeyId::parse(text).unwrap()
    }

    #[test]
    fn an_id_is_of_the_bytes_and_of_the_key() {
        let (a, b) = (Material::generate(&SeededRandom::new(1)), Material::generate(&SeededRandom::new(2)));
        let single = key("1234abcd-12ab-34cd-56ef-1234567890ab");
        let multi = key("mrk-1234abcd12ab34cd56ef1234567890ab");
        assert_eq!(a.id(&single), Material::generate(&SeededRandom::new(1)).id(&single));
        assert_ne!(a.id(&single), b.id(&single));
        assert_ne!(a.id(&single), a.id(&multi));
    }

    #[test]
    fn sealed_material_opens_for_its_key_and_id_only() {
        let random = SeededRandom::new(1);
        let (ring, _) = Keyring::create(&RootKey::generate(&random), &random);
        let (one, other) = (KeyId::generate(&random, false), KeyId::generate(&random, true));
        let material = Material::generate(&random);
        let sealed = material.seal(&ring, &random, &one);
        let opened = sealed.open(&ring, &one, &material.id(&one)).unwrap();
        assert_eq!(opened.expose(), material.expose());
        assert_eq!(sealed.open(&ring, &other, &material.id(&other)).unwrap_err(), OpenError);
        assert_eq!(sealed.open(&ring, &one, &material.id(&other)).unwrap_err(), OpenError);
    }

    #[test]
    fn an_id_that_is_not_that_of_the_bytes_is_found() {
        let random = SeededRandom::new(1);
        let (ring, _) = Keyring::create(&RootKey::generate(&random), &random);
        let key = KeyId::generate(&random, false);
        let claimed = Material::generate(&random).id(&key);
        let sealed = |bytes: &[u8]| SealedMaterial(ring.seal(&random, &context(&key, &claimed), bytes));
        assert_eq!(sealed(&[7; 32]).open(&ring, &key, &claimed).unwrap_err(), OpenError);
        assert_eq!(sealed(&[7; 31]).open(&ring, &key, &claimed).unwrap_err(), OpenError);
    }

    #[test]
    fn stored_form_is_a_string_of_bytes() {
        let sealed = SealedMaterial(vec![1, 2, 3]);
        let bytes = minicbor::to_vec(&sealed).unwrap();
        assert_eq!(bytes, [0x43, 1, 2, 3]);
        assert_eq!(minicbor::decode::<SealedMaterial>(&bytes).unwrap(), sealed);
    }

    #[test]
    fn only_32_bytes_are_material() {
        assert!(Material::from_bytes(Zeroizing::new(vec![0; 32])).is_ok());
        for len in [0, 16, 31, 33] {
            assert_eq!(Material::from_bytes(Zeroizing::new(vec![0; len])).unwrap_err(), WrongKeyLength);
        }
    }
}
