//! Key material: the secret that a KMS key computes with, and the form in which a store keeps it.

use claviger_types::{KeyId, KeySpec, MaterialId, Random};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::mac::{MacHash, MacKey};
use crate::primitive::{self, DerivationKey, KeyBytes, silent_debug};
use crate::private_key::{Curve, MlDsaLevel, PrivateKey, PrivateKeyKind, RsaSize};
use crate::{Keyring, OpenError};

/// The kinds of material. A key's spec determines the kind, so it is not stored with the material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaterialKind {
    /// 256 bits, for symmetric encryption.
    Symmetric,
    /// The key of an HMAC.
    Mac(MacHash),
    /// A private key.
    Private(PrivateKeyKind),
}

impl MaterialKind {
    /// The kind of material that keys of a spec have.
    pub fn of(spec: KeySpec) -> MaterialKind {
        let private = MaterialKind::Private;
        match spec {
            KeySpec::SymmetricDefault => MaterialKind::Symmetric,
            KeySpec::Rsa2048 => private(PrivateKeyKind::Rsa(RsaSize::Bits2048)),
            KeySpec::Rsa3072 => private(PrivateKeyKind::Rsa(RsaSize::Bits3072)),
            KeySpec::Rsa4096 => private(PrivateKeyKind::Rsa(RsaSize::Bits4096)),
            KeySpec::EccNistP256 => private(PrivateKeyKind::Ec(Curve::P256)),
            KeySpec::EccNistP384 => private(PrivateKeyKind::Ec(Curve::P384)),
            KeySpec::EccNistP521 => private(PrivateKeyKind::Ec(Curve::P521)),
            KeySpec::EccSecgP256k1 => private(PrivateKeyKind::Ec(Curve::Secp256k1)),
            KeySpec::EccNistEdwards25519 => private(PrivateKeyKind::Ed25519),
            KeySpec::MlDsa44 => private(PrivateKeyKind::MlDsa(MlDsaLevel::MlDsa44)),
            KeySpec::MlDsa65 => private(PrivateKeyKind::MlDsa(MlDsaLevel::MlDsa65)),
            KeySpec::MlDsa87 => private(PrivateKeyKind::MlDsa(MlDsaLevel::MlDsa87)),
            KeySpec::Hmac224 => MaterialKind::Mac(MacHash::Sha224),
            KeySpec::Hmac256 => MaterialKind::Mac(MacHash::Sha256),
            KeySpec::Hmac384 => MaterialKind::Mac(MacHash::Sha384),
            KeySpec::Hmac512 => MaterialKind::Mac(MacHash::Sha512),
            KeySpec::Sm2 => private(PrivateKeyKind::Sm2),
        }
    }

    /// The label of the id. Each family of kinds has its own, so that equal bytes of two of them have unrelated ids. The bytes of a
    /// private key name their algorithm themselves.
    fn id_label(self) -> &'static [u8] {
        match self {
            MaterialKind::Symmetric => b"claviger material id v1",
            MaterialKind::Mac(MacHash::Sha224) => b"claviger material id v1 HMAC_224",
            MaterialKind::Mac(MacHash::Sha256) => b"claviger material id v1 HMAC_256",
            MaterialKind::Mac(MacHash::Sha384) => b"claviger material id v1 HMAC_384",
            MaterialKind::Mac(MacHash::Sha512) => b"claviger material id v1 HMAC_512",
            MaterialKind::Private(_) => b"claviger material id v1 private key",
        }
    }
}

/// Bytes that are not material of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not key material of this kind")]
pub struct WrongMaterial;

/// One version of a key's material.
pub enum Material {
    /// Of a symmetric encryption key.
    Symmetric(SymmetricKey),
    /// Of an HMAC key.
    Mac(MacKey),
    /// Of an asymmetric key.
    Private(PrivateKey),
}

/// 256 bits that [`encrypt`](crate::encrypt) and [`Blob::decrypt`](crate::Blob::decrypt) derive each message's keys from.
pub struct SymmetricKey {
    bytes: KeyBytes,
    derivation: DerivationKey,
}
silent_debug!(Material, SymmetricKey);

impl SymmetricKey {
    fn new(bytes: KeyBytes) -> SymmetricKey {
        SymmetricKey { derivation: DerivationKey::new(bytes.expose()), bytes }
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.bytes.expose()
    }

    /// The key from which the keys of messages are derived.
    pub(crate) fn derivation(&self) -> &DerivationKey {
        &self.derivation
    }
}

impl Material {
    /// New material. That of a private key is not from `random`; see [`PrivateKey::generate`].
    pub fn generate(kind: MaterialKind, random: &dyn Random) -> Material {
        match kind {
            MaterialKind::Symmetric => Material::Symmetric(SymmetricKey::new(KeyBytes::generate(random))),
            MaterialKind::Mac(hash) => Material::Mac(MacKey::generate(hash, random)),
            MaterialKind::Private(kind) => Material::Private(PrivateKey::generate(kind)),
        }
    }

    /// Material that a caller imports.
    ///
    /// # Errors
    ///
    /// As [`Material::from_bytes`].
    pub fn import(kind: MaterialKind, bytes: Zeroizing<Vec<u8>>) -> Result<Material, WrongMaterial> {
        match kind {
            MaterialKind::Private(kind) => {
                PrivateKey::import(kind, bytes).map(Material::Private).map_err(|_| WrongMaterial)
            }
            MaterialKind::Symmetric | MaterialKind::Mac(_) => Material::from_bytes(kind, bytes),
        }
    }

    /// Material from a store or from another region.
    ///
    /// # Errors
    ///
    /// [`WrongMaterial`] if they are not 32 bytes for a symmetric key, not between the hash's length and 128 bytes for an HMAC key, or
    /// not PKCS#8 of the right kind for a private key.
    pub fn from_bytes(kind: MaterialKind, bytes: Zeroizing<Vec<u8>>) -> Result<Material, WrongMaterial> {
        match kind {
            MaterialKind::Symmetric => KeyBytes::from_slice(&bytes)
                .map(|key| Material::Symmetric(SymmetricKey::new(key)))
                .map_err(|_| WrongMaterial),
            MaterialKind::Mac(hash) => MacKey::from_bytes(hash, bytes).map(Material::Mac).ok_or(WrongMaterial),
            MaterialKind::Private(kind) => {
                PrivateKey::from_pkcs8(kind, bytes).map(Material::Private).map_err(|_| WrongMaterial)
            }
        }
    }

    /// The kind.
    pub fn kind(&self) -> MaterialKind {
        match self {
            Material::Symmetric(_) => MaterialKind::Symmetric,
            Material::Mac(key) => MaterialKind::Mac(key.hash()),
            Material::Private(key) => MaterialKind::Private(key.kind()),
        }
    }

    /// The id of this material in a key. Equal bytes in the same key have the same id, in every region and after every
    /// import. In another key, or as another kind of material, they have an unrelated one. SHA-256 over the kind's label, the
    /// key id's form and 16 bytes, and the bytes.
    pub fn id(&self, key: &KeyId) -> MaterialId {
        let form = [u8::from(key.is_multi_region())];
        MaterialId(primitive::sha256(&[self.kind().id_label(), &form, &key.to_bytes(), self.expose()]))
    }

    /// The bytes themselves, only for sealing them: into a store or for another region.
    pub fn expose(&self) -> &[u8] {
        match self {
            Material::Symmetric(key) => key.bytes(),
            Material::Mac(key) => key.bytes(),
            Material::Private(key) => key.expose(),
        }
    }

    /// Seals the material for the store, bound to its key and its id.
    pub fn seal(&self, keyring: &Keyring, random: &dyn Random, key: &KeyId) -> SealedMaterial {
        SealedMaterial(keyring.seal(random, &context(key, &self.id(key)), self.expose()))
    }
}

/// Material in the form in which a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct SealedMaterial(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

impl SealedMaterial {
    /// The material, which must be of this kind and have this id in this key.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it was altered, moved from another key or version, or sealed by another region.
    pub fn open(
        &self,
        keyring: &Keyring,
        kind: MaterialKind,
        key: &KeyId,
        id: &MaterialId,
    ) -> Result<Material, OpenError> {
        let bytes = keyring.open_sealed(&context(key, id), &self.0)?;
        let material = Material::from_bytes(kind, bytes).map_err(|_| OpenError)?;
        // The seal authenticates the region that sealed the bytes. This check proves that the id was computed from them.
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
        let (a, b) = (
            Material::generate(MaterialKind::Symmetric, &SeededRandom::new(1)),
            Material::generate(MaterialKind::Symmetric, &SeededRandom::new(2)),
        );
        let single = key("1234abcd-12ab-34cd-56ef-1234567890ab");
        let multi = key("mrk-1234abcd12ab34cd56ef1234567890ab");
        assert_eq!(a.id(&single), Material::generate(MaterialKind::Symmetric, &SeededRandom::new(1)).id(&single));
        assert_ne!(a.id(&single), b.id(&single));
        assert_ne!(a.id(&single), a.id(&multi));
    }

    #[test]
    fn sealed_material_opens_for_its_key_and_id_only() {
        let random = SeededRandom::new(1);
        let (ring, _) = Keyring::create(&RootKey::generate(&random), &random);
        let (one, other) = (KeyId::generate(&random, false), KeyId::generate(&random, true));
        let material = Material::generate(MaterialKind::Symmetric, &random);
        let sealed = material.seal(&ring, &random, &one);
        let opened = sealed.open(&ring, MaterialKind::Symmetric, &one, &material.id(&one)).unwrap();
        assert_eq!(opened.expose(), material.expose());
        assert_eq!(sealed.open(&ring, MaterialKind::Symmetric, &other, &material.id(&other)).unwrap_err(), OpenError);
        assert_eq!(sealed.open(&ring, MaterialKind::Symmetric, &one, &material.id(&other)).unwrap_err(), OpenError);
    }

    #[test]
    fn an_id_that_is_not_that_of_the_bytes_is_found() {
        let random = SeededRandom::new(1);
        let (ring, _) = Keyring::create(&RootKey::generate(&random), &random);
        let key = KeyId::generate(&random, false);
        let claimed = Material::generate(MaterialKind::Symmetric, &random).id(&key);
        let sealed = |bytes: &[u8]| SealedMaterial(ring.seal(&random, &context(&key, &claimed), bytes));
        assert_eq!(sealed(&[7; 32]).open(&ring, MaterialKind::Symmetric, &key, &claimed).unwrap_err(), OpenError);
        assert_eq!(sealed(&[7; 31]).open(&ring, MaterialKind::Symmetric, &key, &claimed).unwrap_err(), OpenError);
    }

    #[test]
    fn stored_form_is_a_string_of_bytes() {
        let sealed = SealedMaterial(vec![1, 2, 3]);
        let bytes = minicbor::to_vec(&sealed).unwrap();
        assert_eq!(bytes, [0x43, 1, 2, 3]);
        assert_eq!(minicbor::decode::<SealedMaterial>(&bytes).unwrap(), sealed);
    }

    #[test]
    fn only_32_bytes_are_symmetric_material() {
        assert!(Material::from_bytes(MaterialKind::Symmetric, Zeroizing::new(vec![0; 32])).is_ok());
        for len in [0, 16, 31, 33] {
            assert_eq!(
                Material::from_bytes(MaterialKind::Symmetric, Zeroizing::new(vec![0; len])).unwrap_err(),
                WrongMaterial
            );
        }
    }
}
