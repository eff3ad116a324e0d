//! The operations that a KMS grant can allow, and which of them fit a key
//! (reference: AWS KMS Developer Guide, "Grants in AWS KMS", grant operations).

use minicbor::{Decode, Encode};

use crate::key_spec::{KeySpec, KeyUsage};
use crate::text_enum::text_enum;

text_enum! {
    /// An operation that a grant can allow.
    GrantOperation, "grant operation" {
        Decrypt = "Decrypt",
        Encrypt = "Encrypt",
        GenerateDataKey = "GenerateDataKey",
        GenerateDataKeyWithoutPlaintext = "GenerateDataKeyWithoutPlaintext",
        ReEncryptFrom = "ReEncryptFrom",
        ReEncryptTo = "ReEncryptTo",
        Sign = "Sign",
        Verify = "Verify",
        GetPublicKey = "GetPublicKey",
        CreateGrant = "CreateGrant",
        RetireGrant = "RetireGrant",
        DescribeKey = "DescribeKey",
        GenerateDataKeyPair = "GenerateDataKeyPair",
        GenerateDataKeyPairWithoutPlaintext = "GenerateDataKeyPairWithoutPlaintext",
        GenerateMac = "GenerateMac",
        VerifyMac = "VerifyMac",
        DeriveSharedSecret = "DeriveSharedSecret",
    }
}

use GrantOperation as G;

/// For the symmetric encryption keys.
const SYMMETRIC: &[GrantOperation] = &[
    G::Decrypt,
    G::Encrypt,
    G::GenerateDataKey,
    G::GenerateDataKeyWithoutPlaintext,
    G::ReEncryptFrom,
    G::ReEncryptTo,
    G::CreateGrant,
    G::RetireGrant,
    G::DescribeKey,
    G::GenerateDataKeyPair,
    G::GenerateDataKeyPairWithoutPlaintext,
];

impl GrantOperation {
    /// Whether requests have an encryption context, which the constraint of a grant is compared with.
    pub const fn has_encryption_context(self) -> bool {
        matches!(
            self,
            G::Decrypt
                | G::Encrypt
                | G::GenerateDataKey
                | G::GenerateDataKeyWithoutPlaintext
                | G::GenerateDataKeyPair
                | G::GenerateDataKeyPairWithoutPlaintext
                | G::ReEncryptFrom
                | G::ReEncryptTo
        )
    }

    /// The operations that a grant on a key of this spec and usage can allow.
    pub fn fitting(spec: KeySpec, usage: KeyUsage) -> &'static [GrantOperation] {
        match usage {
            KeyUsage::EncryptDecrypt if spec == KeySpec::SymmetricDefault => SYMMETRIC,
            KeyUsage::EncryptDecrypt => &[
                G::Decrypt,
                G::Encrypt,
                G::ReEncryptFrom,
                G::ReEncryptTo,
                G::GetPublicKey,
                G::CreateGrant,
                G::RetireGrant,
                G::DescribeKey,
            ],
            KeyUsage::SignVerify => {
                &[G::Sign, G::Verify, G::GetPublicKey, G::CreateGrant, G::RetireGrant, G::DescribeKey]
            }
            KeyUsage::GenerateVerifyMac => {
                &[G::CreateGrant, G::RetireGrant, G::DescribeKey, G::GenerateMac, G::VerifyMac]
            }
            KeyUsage::KeyAgreement => {
                &[G::GetPublicKey, G::CreateGrant, G::RetireGrant, G::DescribeKey, G::DeriveSharedSecret]
            }
        }
    }
}

/// A set of grant operations. As CBOR it is the number whose bit N is the N-th operation of [`GrantOperation::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct GrantOperations(#[n(0)] u32);

impl GrantOperations {
    /// The set with one more operation.
    #[must_use]
    pub const fn with(self, operation: GrantOperation) -> GrantOperations {
        GrantOperations(self.0 | 1 << operation as u32)
    }

    /// The operations of both sets.
    #[must_use]
    pub const fn with_all(self, others: GrantOperations) -> GrantOperations {
        GrantOperations(self.0 | others.0)
    }

    /// Whether the set has an operation.
    pub const fn contains(self, operation: GrantOperation) -> bool {
        self.has_all(GrantOperations(0).with(operation))
    }

    /// Whether the set has all operations of the other.
    pub const fn has_all(self, others: GrantOperations) -> bool {
        self.0 & others.0 == others.0
    }

    /// The number that stands for the set.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl FromIterator<GrantOperation> for GrantOperations {
    fn from_iter<I: IntoIterator<Item = GrantOperation>>(operations: I) -> GrantOperations {
        operations.into_iter().fold(GrantOperations::default(), GrantOperations::with)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set: GrantOperations = [G::Decrypt, G::Sign, G::Decrypt].into_iter().collect();
        assert!(set.contains(G::Decrypt) && set.contains(G::Sign) && !set.contains(G::Encrypt));
        assert!(set.has_all(GrantOperations::default().with(G::Sign)) && set.has_all(GrantOperations::default()));
        assert!(!set.has_all(set.with(G::VerifyMac)));
        // Stored records hold these numbers.
        assert_eq!(set.bits(), 1 | 1 << 6);
        assert_eq!(GrantOperations::default().with(G::DeriveSharedSecret).bits(), 1 << 16);
        assert_eq!(minicbor::to_vec(set).unwrap(), minicbor::to_vec(set.bits()).unwrap());
    }

    #[test]
    fn operations_that_fit_a_key() {
        let check = |spec, usage, fitting: &[GrantOperation], unfit: &[GrantOperation]| {
            let found = GrantOperation::fitting(spec, usage);
            let always = [G::CreateGrant, G::RetireGrant, G::DescribeKey];
            assert!(fitting.iter().chain(&always).all(|operation| found.contains(operation)), "{spec} {usage}");
            assert!(unfit.iter().all(|operation| !found.contains(operation)), "{spec} {usage}");
            assert_eq!(found.len(), fitting.len() + always.len(), "{spec} {usage}");
        };
        let pairs = [G::GenerateDataKeyPair, G::GenerateDataKeyPairWithoutPlaintext];
        let data_keys = [G::GenerateDataKey, G::GenerateDataKeyWithoutPlaintext];
        let encryption = [G::Encrypt, G::Decrypt, G::ReEncryptFrom, G::ReEncryptTo];
        let symmetric = [&encryption[..], &data_keys, &pairs].concat();
        check(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, &symmetric, &[G::Sign, G::GetPublicKey]);
        let rsa = [&encryption[..], &[G::GetPublicKey]].concat();
        check(KeySpec::Rsa2048, KeyUsage::EncryptDecrypt, &rsa, &data_keys);
        let signing = [G::Sign, G::Verify, G::GetPublicKey];
        check(KeySpec::Rsa2048, KeyUsage::SignVerify, &signing, &encryption);
        check(KeySpec::MlDsa65, KeyUsage::SignVerify, &signing, &[G::GenerateMac]);
        check(KeySpec::Hmac256, KeyUsage::GenerateVerifyMac, &[G::GenerateMac, G::VerifyMac], &signing);
        let agreement = [G::DeriveSharedSecret, G::GetPublicKey];
        check(KeySpec::EccNistP256, KeyUsage::KeyAgreement, &agreement, &[G::Sign, G::Decrypt]);
    }
}
