//! ML-DSA of FIPS 204, with the message itself or with the value `mu` that was computed from it elsewhere.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{
    KeyPair, ML_DSA_44, ML_DSA_44_SIGNING, ML_DSA_65, ML_DSA_65_SIGNING, ML_DSA_87, ML_DSA_87_SIGNING, PqdsaKeyPair,
    PqdsaSigningAlgorithm, PqdsaVerificationAlgorithm, UnparsedPublicKey,
};
use claviger_types::Algorithm;
use ml_dsa::common::array::Array;
use ml_dsa::common::array::sizes::U64;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed, Signature, SigningKey};
use zeroize::Zeroizing;

use super::{MessageToSign, PrivateKeyError, WrongPrivateKey};

/// The parameter sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MlDsaLevel {
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl MlDsaLevel {
    fn signing(self) -> &'static PqdsaSigningAlgorithm {
        match self {
            MlDsaLevel::MlDsa44 => &ML_DSA_44_SIGNING,
            MlDsaLevel::MlDsa65 => &ML_DSA_65_SIGNING,
            MlDsaLevel::MlDsa87 => &ML_DSA_87_SIGNING,
        }
    }

    fn verification(self) -> &'static PqdsaVerificationAlgorithm {
        match self {
            MlDsaLevel::MlDsa44 => &ML_DSA_44,
            MlDsaLevel::MlDsa65 => &ML_DSA_65,
            MlDsaLevel::MlDsa87 => &ML_DSA_87,
        }
    }
}

type Mu = Array<u8, U64>;

/// The bytes in front of the seed in the PKCS#8 form of RFC 9881 that holds the seed alone: version, algorithm and tags.
const SEED_AT: usize = 22;
/// The length of that form.
const PKCS8_LEN: usize = 54;

pub(super) fn generate(level: MlDsaLevel) -> Option<Zeroizing<Vec<u8>>> {
    let document = PqdsaKeyPair::generate(level.signing()).ok()?.to_pkcs8v1().ok()?;
    Some(Zeroizing::new(document.as_ref().to_vec()))
}

pub(super) struct MlDsaKey {
    level: MlDsaLevel,
    pair: PqdsaKeyPair,
    seed: Zeroizing<[u8; 32]>,
}

impl MlDsaKey {
    pub(super) fn parse(level: MlDsaLevel, pkcs8: &[u8]) -> Result<(MlDsaKey, Vec<u8>), WrongPrivateKey> {
        let pair = PqdsaKeyPair::from_pkcs8(level.signing(), pkcs8).map_err(|_| WrongPrivateKey)?;
        let seed = pkcs8.get(SEED_AT..).filter(|_| pkcs8.len() == PKCS8_LEN);
        let seed = Zeroizing::new(seed.and_then(|seed| seed.try_into().ok()).ok_or(WrongPrivateKey)?);
        let public = pair.public_key().as_der().map_err(|_| WrongPrivateKey)?.as_ref().to_vec();
        Ok((MlDsaKey { level, pair, seed }, public))
    }

    pub(super) fn sign(&self, algorithm: Algorithm, message: MessageToSign<'_>) -> Result<Vec<u8>, PrivateKeyError> {
        match message {
            _ if algorithm != Algorithm::MlDsaShake256 => Err(PrivateKeyError::WrongAlgorithm),
            MessageToSign::Raw(bytes) => {
                let mut out = vec![0; self.level.signing().signature_len()];
                self.pair.sign(bytes, &mut out).map(|_| out).map_err(|_| PrivateKeyError::Invalid)
            }
            MessageToSign::ExternalMu(bytes) => {
                let mu = mu(bytes)?;
                Ok(match self.level {
                    MlDsaLevel::MlDsa44 => sign_mu::<MlDsa44>(&self.seed, &mu),
                    MlDsaLevel::MlDsa65 => sign_mu::<MlDsa65>(&self.seed, &mu),
                    MlDsaLevel::MlDsa87 => sign_mu::<MlDsa87>(&self.seed, &mu),
                })
            }
            MessageToSign::Digest(_) => Err(PrivateKeyError::WrongAlgorithm),
        }
    }

    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: MessageToSign<'_>,
        signature: &[u8],
    ) -> Result<(), PrivateKeyError> {
        match message {
            _ if algorithm != Algorithm::MlDsaShake256 => Err(PrivateKeyError::WrongAlgorithm),
            MessageToSign::Raw(bytes) => verify_raw(self.level, bytes, signature, self.pair.public_key().as_ref()),
            MessageToSign::ExternalMu(bytes) => {
                let mu = mu(bytes)?;
                let valid = match self.level {
                    MlDsaLevel::MlDsa44 => verify_mu::<MlDsa44>(&self.seed, &mu, signature),
                    MlDsaLevel::MlDsa65 => verify_mu::<MlDsa65>(&self.seed, &mu, signature),
                    MlDsaLevel::MlDsa87 => verify_mu::<MlDsa87>(&self.seed, &mu, signature),
                };
                if valid { Ok(()) } else { Err(PrivateKeyError::Invalid) }
            }
            MessageToSign::Digest(_) => Err(PrivateKeyError::WrongAlgorithm),
        }
    }
}

fn mu(bytes: &[u8]) -> Result<Mu, PrivateKeyError> {
    Mu::try_from(bytes).map_err(|_| PrivateKeyError::WrongLength)
}

/// The deterministic form of FIPS 204, which needs no randomness.
/// Checks a signature of a message by the key with this public key.
pub(super) fn verify_raw(
    level: MlDsaLevel,
    message: &[u8],
    signature: &[u8],
    public: &[u8],
) -> Result<(), PrivateKeyError> {
    let key = UnparsedPublicKey::new(level.verification(), public);
    key.verify(message, signature).map_err(|_| PrivateKeyError::Invalid)
}

fn sign_mu<P: MlDsaParams>(seed: &[u8; 32], mu: &Mu) -> Vec<u8> {
    signing_key::<P>(seed).expanded_key().sign_mu_deterministic(mu).encode().to_vec()
}

fn verify_mu<P: MlDsaParams>(seed: &[u8; 32], mu: &Mu, signature: &[u8]) -> bool {
    let Some(signature) = signature.try_into().ok().and_then(|bytes| Signature::<P>::decode(&bytes)) else {
        return false;
    };
    signing_key::<P>(seed).expanded_key().verifying_key().verify_mu(mu, &signature)
}

/// The library's form of the key, which it wipes. The copy of the seed is wiped too.
fn signing_key<P: MlDsaParams>(seed: &[u8; 32]) -> SigningKey<P> {
    SigningKey::from_seed(&Zeroizing::new(Seed::from(*seed)))
}
