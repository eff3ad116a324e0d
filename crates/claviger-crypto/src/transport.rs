//! Key material and secret values in transport to another region.
//!
//! The receiver makes a key pair for one use and sends the public key. The sender seals to it by HPKE (RFC 9180, base mode,
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM) and signs the result. The contents stay secret on any link, and stay
//! so when a long-lived key of either region is compromised later.

use aws_lc_rs::agreement;
use claviger_types::Random;
use hpke::rand_core::{Infallible, TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::primitive::{self, KeyBytes, WrongKeyLength, silent_debug};
use crate::{Identity, OpenError, PublicIdentity};

type Aead = hpke::aead::AesGcm256;
type Kdf = hpke::kdf::HkdfSha256;
type X25519 = hpke::kem::X25519HkdfSha256;

const LABEL: &[u8] = b"claviger parcel v1";
const DOMAIN: &str = "parcel";

/// The private key of a one-time key pair, with which a region receives. It is erased after the one use.
pub struct ReceiveKey(KeyBytes);
silent_debug!(ReceiveKey);

impl ReceiveKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> ReceiveKey {
        ReceiveKey(KeyBytes::generate(random))
    }

    /// The key that [`ReceiveKey::to_bytes`] was taken from.
    ///
    /// # Errors
    ///
    /// [`WrongKeyLength`] if the bytes are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<ReceiveKey, WrongKeyLength> {
        KeyBytes::from_slice(bytes).map(ReceiveKey)
    }

    /// The bytes themselves, only for sealing them into the region's own store until the payload arrives.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.0.expose())
    }

    /// The public key, to which the sender seals.
    #[expect(clippy::expect_used, reason = "any 32 bytes are a private key of X25519, whose public key is 32 bytes")]
    pub fn public(&self) -> ReceivePublic {
        let private = agreement::PrivateKey::from_private_key(&agreement::X25519, self.0.expose());
        let public = private.expect("any 32 bytes are a private key").compute_public_key();
        let public = public.expect("a private key has a public key");
        ReceivePublic(public.as_ref().try_into().expect("a public key of X25519 is 32 bytes"))
    }

    #[expect(clippy::expect_used, reason = "any 32 bytes are a private key of X25519")]
    fn private(&self) -> <X25519 as Kem>::PrivateKey {
        <X25519 as Kem>::PrivateKey::from_bytes(self.0.expose()).expect("any 32 bytes are a private key")
    }
}

/// The public key of a [`ReceiveKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ReceivePublic(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

/// A public key of low order: its shared secrets are publicly known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public key gives no secret")]
pub struct WeakPublicKey;

impl ReceivePublic {
    /// The key's encoding.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Contents sealed for one receiver and signed by one sender.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedPayload {
    #[cbor(n(0), with = "minicbor::bytes")]
    enc: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    signature: [u8; 64],
}

/// Seals `contents` to a receiver's one-time key. `info` identifies the contents, the sender and the receiver (key id, material id,
/// source, destination, epoch, purpose). The receiver must give the same `info` to open them.
///
/// # Errors
///
/// [`WeakPublicKey`] if the receiver's key is a point of low order.
pub fn seal_for(
    to: &ReceivePublic,
    info: &[u8],
    contents: &[u8],
    from: &Identity,
    random: &dyn Random,
) -> Result<SealedPayload, WeakPublicKey> {
    let public = <X25519 as Kem>::PublicKey::from_bytes(&to.0).map_err(|_| WeakPublicKey)?;
    // HPKE fails only if the shared secret is zero, which it is for the points of low order.
    let (enc, ciphertext) = hpke::single_shot_seal_with_rng::<Aead, Kdf, X25519>(
        &OpModeS::Base,
        &public,
        &bound_info(info, &from.public()),
        contents,
        &[],
        &mut Source(random),
    )
    .map_err(|_| WeakPublicKey)?;
    let enc: [u8; 32] = enc.to_bytes().into();
    let signature = from.sign(DOMAIN, &signed(&enc, &ciphertext, info));
    Ok(SealedPayload { enc, ciphertext, signature })
}

/// The contents of a payload. The signature is verified first, so that nothing from an unknown sender is decrypted.
///
/// # Errors
///
/// [`OpenError`] if the payload is altered, from another sender, for another key, or was sealed with another `info`.
pub fn open_from(
    key: &ReceiveKey,
    info: &[u8],
    parcel: &SealedPayload,
    from: &PublicIdentity,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if !from.verify(DOMAIN, &signed(&parcel.enc, &parcel.ciphertext, info), &parcel.signature) {
        return Err(OpenError);
    }
    let enc = <X25519 as Kem>::EncappedKey::from_bytes(&parcel.enc).map_err(|_| OpenError)?;
    hpke::single_shot_open::<Aead, Kdf, X25519>(
        &OpModeR::Base,
        &key.private(),
        &enc,
        &bound_info(info, from),
        &parcel.ciphertext,
        &[],
    )
    .map(Zeroizing::new)
    .map_err(|_| OpenError)
}

/// HPKE's base mode does not authenticate the sender, so the sender's identity is part of the key agreement: an attacker cannot
/// replace the signature and send the contents as its own.
fn bound_info(info: &[u8], from: &PublicIdentity) -> Vec<u8> {
    primitive::join(&[LABEL, &from.0, info])
}

fn signed(enc: &[u8], ciphertext: &[u8], info: &[u8]) -> Vec<u8> {
    primitive::join(&[enc, ciphertext, info])
}

/// Adapts [`Random`] to the trait that the HPKE library uses.
struct Source<'a>(&'a dyn Random);

impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Source<'_> {}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    const INFO: &[u8] = b"key 1|eu-west-1|eu-central-1";

    struct Sent {
        random: SeededRandom,
        key: ReceiveKey,
        sender: Identity,
        parcel: SealedPayload,
    }

    fn sent() -> Sent {
        let random = SeededRandom::new(1);
        let (key, sender) = (ReceiveKey::generate(&random), Identity::generate(&random));
        let parcel = seal_for(&key.public(), INFO, b"material", &sender, &random).unwrap();
        Sent { random, key, sender, parcel }
    }

    #[test]
    fn a_parcel_opens_for_its_receiver_from_its_sender() {
        let Sent { random, key, sender, parcel } = sent();
        let from = sender.public();
        let kept = ReceiveKey::from_bytes(&*key.to_bytes()).unwrap();
        assert_eq!(*open_from(&kept, INFO, &parcel, &from).unwrap(), b"material");
        assert_eq!(open_from(&key, b"other", &parcel, &from), Err(OpenError));
        assert_eq!(open_from(&ReceiveKey::generate(&random), INFO, &parcel, &from), Err(OpenError));
        assert_eq!(open_from(&key, INFO, &parcel, &Identity::generate(&random).public()), Err(OpenError));
    }

    #[test]
    fn a_parcel_cannot_be_signed_again_by_another() {
        let Sent { random, key, parcel, .. } = sent();
        let thief = Identity::generate(&random);
        let signature = thief.sign(DOMAIN, &signed(&parcel.enc, &parcel.ciphertext, INFO));
        let stolen = SealedPayload { signature, ..parcel };
        assert_eq!(open_from(&key, INFO, &stolen, &thief.public()), Err(OpenError));
    }

    #[test]
    fn every_bit_of_a_parcel_counts() {
        let Sent { key, sender, parcel, .. } = sent();
        let bytes = minicbor::to_vec(&parcel).unwrap();
        assert_eq!(minicbor::decode::<SealedPayload>(&bytes).unwrap(), parcel);
        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let opened = minicbor::decode::<SealedPayload>(&altered)
                .ok()
                .and_then(|parcel| open_from(&key, INFO, &parcel, &sender.public()).ok());
            assert_eq!(opened, None, "bit {bit}");
        }
    }

    #[test]
    fn a_senders_own_nonsense_does_not_open() {
        let Sent { key, sender, .. } = sent();
        for (enc, ciphertext) in [([0; 32], vec![]), ([0; 32], vec![0; 64]), ([9; 32], vec![0; 15])] {
            let signature = sender.sign(DOMAIN, &signed(&enc, &ciphertext, INFO));
            let parcel = SealedPayload { enc, ciphertext, signature };
            assert_eq!(open_from(&key, INFO, &parcel, &sender.public()), Err(OpenError));
        }
    }

    #[test]
    fn points_of_low_order_are_no_keys() {
        let mut one = [0; 32];
        one[0] = 1;
        let mut minus_one = [0xff; 32];
        (minus_one[0], minus_one[31]) = (0xec, 0x7f);
        let Sent { random, sender, .. } = sent();
        for weak in [[0; 32], one, minus_one] {
            let sealed = seal_for(&ReceivePublic(weak), INFO, b"material", &sender, &random);
            assert_eq!(sealed, Err(WeakPublicKey));
        }
        let good = sent().key.public();
        let encoded = minicbor::to_vec(good).unwrap();
        assert_eq!(minicbor::decode::<ReceivePublic>(&encoded).unwrap(), good);
    }
}
