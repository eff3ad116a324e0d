//! The kinds of KMS keys: key spec, usage, origin, and the algorithms that go with them
//! (reference: AWS KMS Developer Guide, "Key spec reference").

use crate::text_enum::text_enum;

text_enum! {
    /// The type of a key's material. It decides the operations that the key can be used for.
    KeySpec, "key spec" {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256k1 = "ECC_SECG_P256K1",
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256",
        Hmac384 = "HMAC_384",
        Hmac512 = "HMAC_512",
        Sm2 = "SM2",
        MlDsa44 = "ML_DSA_44",
        MlDsa65 = "ML_DSA_65",
        MlDsa87 = "ML_DSA_87",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
    }
}

text_enum! {
    /// The one type of cryptographic operation that a key is for.
    KeyUsage, "key usage" {
        SignVerify = "SIGN_VERIFY",
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        KeyAgreement = "KEY_AGREEMENT",
    }
}

text_enum! {
    /// Where a key's material comes from.
    KeyOrigin, "key origin" {
        AwsKms = "AWS_KMS",
        External = "EXTERNAL",
        AwsCloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

text_enum! {
    /// An algorithm of a cryptographic operation: for encryption, signatures, MACs or key agreement.
    Algorithm, "algorithm" {
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        Sm2Pke = "SM2PKE",
        RsassaPssSha256 = "RSASSA_PSS_SHA_256",
        RsassaPssSha384 = "RSASSA_PSS_SHA_384",
        RsassaPssSha512 = "RSASSA_PSS_SHA_512",
        RsassaPkcs1V15Sha256 = "RSASSA_PKCS1_V1_5_SHA_256",
        RsassaPkcs1V15Sha384 = "RSASSA_PKCS1_V1_5_SHA_384",
        RsassaPkcs1V15Sha512 = "RSASSA_PKCS1_V1_5_SHA_512",
        EcdsaSha256 = "ECDSA_SHA_256",
        EcdsaSha384 = "ECDSA_SHA_384",
        EcdsaSha512 = "ECDSA_SHA_512",
        Sm2Dsa = "SM2DSA",
        MlDsaShake256 = "ML_DSA_SHAKE_256",
        Ed25519Sha512 = "ED25519_SHA_512",
        Ed25519PhSha512 = "ED25519_PH_SHA_512",
        HmacSha224 = "HMAC_SHA_224",
        HmacSha256 = "HMAC_SHA_256",
        HmacSha384 = "HMAC_SHA_384",
        HmacSha512 = "HMAC_SHA_512",
        Ecdh = "ECDH",
    }
}

type Uses = &'static [(KeyUsage, &'static [Algorithm])];

impl KeySpec {
    /// The usages that a key of this spec can have, one of which it is created with.
    pub fn usages(self) -> impl Iterator<Item = KeyUsage> {
        self.uses().iter().map(|(usage, _)| *usage)
    }

    /// The algorithms of a key of this spec and usage, in the order in which the API lists them. Empty for a usage that the spec
    /// does not have.
    pub fn algorithms(self, usage: KeyUsage) -> &'static [Algorithm] {
        self.uses().iter().find(|(known, _)| *known == usage).map_or(&[], |(_, algorithms)| algorithms)
    }

    /// Whether a key of this spec and usage can be used with an algorithm.
    pub fn allows(self, usage: KeyUsage, algorithm: Algorithm) -> bool {
        self.algorithms(usage).contains(&algorithm)
    }

    /// Whether keys of this spec have a public and a private key.
    pub fn is_asymmetric(self) -> bool {
        !matches!(
            self,
            KeySpec::SymmetricDefault | KeySpec::Hmac224 | KeySpec::Hmac256 | KeySpec::Hmac384 | KeySpec::Hmac512
        )
    }

    fn uses(self) -> Uses {
        use KeyUsage::{EncryptDecrypt, GenerateVerifyMac, KeyAgreement, SignVerify};
        match self {
            KeySpec::SymmetricDefault => &[(EncryptDecrypt, &[Algorithm::SymmetricDefault])],
            KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => {
                &[(EncryptDecrypt, RSA_ENCRYPTION), (SignVerify, RSA_SIGNING)]
            }
            KeySpec::EccNistP256 => &[(SignVerify, &[Algorithm::EcdsaSha256]), (KeyAgreement, &[Algorithm::Ecdh])],
            KeySpec::EccNistP384 => &[(SignVerify, &[Algorithm::EcdsaSha384]), (KeyAgreement, &[Algorithm::Ecdh])],
            KeySpec::EccNistP521 => &[(SignVerify, &[Algorithm::EcdsaSha512]), (KeyAgreement, &[Algorithm::Ecdh])],
            KeySpec::EccSecgP256k1 => &[(SignVerify, &[Algorithm::EcdsaSha256])],
            KeySpec::EccNistEdwards25519 => &[(SignVerify, &[Algorithm::Ed25519Sha512, Algorithm::Ed25519PhSha512])],
            KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87 => &[(SignVerify, &[Algorithm::MlDsaShake256])],
            KeySpec::Hmac224 => &[(GenerateVerifyMac, &[Algorithm::HmacSha224])],
            KeySpec::Hmac256 => &[(GenerateVerifyMac, &[Algorithm::HmacSha256])],
            KeySpec::Hmac384 => &[(GenerateVerifyMac, &[Algorithm::HmacSha384])],
            KeySpec::Hmac512 => &[(GenerateVerifyMac, &[Algorithm::HmacSha512])],
            KeySpec::Sm2 => &[
                (EncryptDecrypt, &[Algorithm::Sm2Pke]),
                (SignVerify, &[Algorithm::Sm2Dsa]),
                (KeyAgreement, &[Algorithm::Ecdh]),
            ],
        }
    }
}

const RSA_ENCRYPTION: &[Algorithm] = &[Algorithm::RsaesOaepSha1, Algorithm::RsaesOaepSha256];

const RSA_SIGNING: &[Algorithm] = &[
    Algorithm::RsassaPkcs1V15Sha256,
    Algorithm::RsassaPkcs1V15Sha384,
    Algorithm::RsassaPkcs1V15Sha512,
    Algorithm::RsassaPssSha256,
    Algorithm::RsassaPssSha384,
    Algorithm::RsassaPssSha512,
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        assert!(KeySpec::ALL.iter().all(|spec| KeySpec::parse(spec.as_str()) == Ok(*spec)));
        assert!(KeyUsage::ALL.iter().all(|usage| KeyUsage::parse(usage.as_str()) == Ok(*usage)));
        assert!(KeyOrigin::ALL.iter().all(|origin| KeyOrigin::parse(origin.as_str()) == Ok(*origin)));
        assert!(Algorithm::ALL.iter().all(|algorithm| Algorithm::parse(algorithm.as_str()) == Ok(*algorithm)));
        assert!(KeySpec::parse("rsa_2048").is_err() && KeySpec::parse("").is_err());
    }

    #[test]
    fn cbor_is_the_word() {
        let bytes = minicbor::to_vec(KeySpec::Rsa2048).unwrap();
        assert_eq!(bytes, minicbor::to_vec("RSA_2048").unwrap());
        assert_eq!(minicbor::decode::<KeySpec>(&bytes).unwrap(), KeySpec::Rsa2048);
        assert!(minicbor::decode::<KeySpec>(&minicbor::to_vec("RSA_1024").unwrap()).is_err());
    }

    #[test]
    fn algorithms_of_a_spec_and_usage() {
        let check = |spec: KeySpec, usage: KeyUsage, algorithm: Algorithm, expected: bool| {
            assert_eq!(spec.allows(usage, algorithm), expected, "{spec} {usage} {algorithm}");
        };
        check(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, Algorithm::SymmetricDefault, true);
        check(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, Algorithm::RsaesOaepSha1, false);
        check(KeySpec::SymmetricDefault, KeyUsage::SignVerify, Algorithm::SymmetricDefault, false);
        check(KeySpec::Rsa4096, KeyUsage::SignVerify, Algorithm::RsassaPssSha512, true);
        check(KeySpec::Rsa4096, KeyUsage::EncryptDecrypt, Algorithm::RsassaPssSha512, false);
        check(KeySpec::EccNistP384, KeyUsage::SignVerify, Algorithm::EcdsaSha384, true);
        check(KeySpec::EccNistP384, KeyUsage::SignVerify, Algorithm::EcdsaSha256, false);
        check(KeySpec::EccNistP384, KeyUsage::KeyAgreement, Algorithm::Ecdh, true);
        check(KeySpec::EccSecgP256k1, KeyUsage::KeyAgreement, Algorithm::Ecdh, false);
        check(KeySpec::Hmac224, KeyUsage::GenerateVerifyMac, Algorithm::HmacSha256, false);
    }

    #[test]
    fn every_spec_has_a_usage_and_every_algorithm_a_spec() {
        let mut used = BTreeSet::new();
        for spec in KeySpec::ALL {
            assert!(spec.usages().next().is_some(), "{spec}");
            for usage in spec.usages() {
                assert!(!spec.algorithms(usage).is_empty(), "{spec} {usage}");
                used.extend(spec.algorithms(usage));
            }
        }
        assert_eq!(used, Algorithm::ALL.iter().copied().collect());
    }
}
