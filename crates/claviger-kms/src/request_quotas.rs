//! The request quotas of KMS, as AWS has them by default (reference: AWS KMS Developer Guide, "Request quotas"). They are in force only
//! where the operator or developer asks for them.

use claviger_types::{KeySpec, Region};

use claviger_core::quotas::RequestQuota;

const SYMMETRIC: &str = "CryptographicOperationsSymmetric";
const RSA: &str = "CryptographicOperationsRsa";
const ECC: &str = "CryptographicOperationsEcc";
const ML_DSA: &str = "CryptographicOperationsMlDsa";

const RSA_2048_PAIRS: &str = "GenerateDataKeyPairRsa2048";
const RSA_3072_PAIRS: &str = "GenerateDataKeyPairRsa3072";
const RSA_4096_PAIRS: &str = "GenerateDataKeyPairRsa4096";
const ECC_PAIRS: &str = "GenerateDataKeyPairEcc";

/// The operations that make pairs.
const PAIRS: [&str; 2] = ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"];

/// The regions where the quota of symmetric operations is higher.
const LARGE: [&str; 6] =
    ["us-east-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-central-1", "eu-west-2"];
const LARGEST: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];

/// The quota that a request counts against: that of all cryptographic operations with such a key, or the operation's own. `spec` is
/// that of the key which the request used, if it used one, or of the pair that it made.
pub fn quota_of(operation: &'static str, spec: Option<KeySpec>, region: &Region) -> RequestQuota {
    let quota = |name, per_second| RequestQuota { name, per_second };
    match operation {
        name if is_cryptographic(name) => match family(spec) {
            Family::Symmetric => quota(SYMMETRIC, symmetric_rate(region)),
            Family::Rsa => quota(RSA, 1000),
            Family::Ecc => quota(ECC, 1000),
            Family::MlDsa => quota(ML_DSA, 1000),
        },
        name if PAIRS.contains(&name) => match spec {
            Some(KeySpec::Rsa2048) => quota(RSA_2048_PAIRS, 20),
            Some(KeySpec::Rsa3072) => quota(RSA_3072_PAIRS, 4),
            Some(KeySpec::Rsa4096) => quota(RSA_4096_PAIRS, 1),
            _ => quota(ECC_PAIRS, 100),
        },
        _ => quota(operation, rate(operation)),
    }
}

/// The names of all quotas: those of groups, and those of operations that have one of their own.
pub fn names() -> impl Iterator<Item = &'static str> {
    let groups = [SYMMETRIC, RSA, ECC, ML_DSA, RSA_2048_PAIRS, RSA_3072_PAIRS, RSA_4096_PAIRS, ECC_PAIRS];
    let own = crate::TABLE.iter().map(|entry| entry.name);
    groups.into_iter().chain(own.filter(|name| !is_cryptographic(name) && !PAIRS.contains(name)))
}

fn rate(operation: &str) -> u32 {
    match operation {
        "DescribeKey" | "GetPublicKey" | "ListResourceTags" => 2000,
        "GetKeyPolicy" | "GetKeyRotationStatus" => 1000,
        "ListAliases" | "ListKeys" => 500,
        "ListGrants" | "ListKeyPolicies" | "ListKeyRotations" | "ListRetirableGrants" => 100,
        "CreateGrant" | "RetireGrant" | "RevokeGrant" => 50,
        "DeleteAlias"
        | "DeleteImportedKeyMaterial"
        | "EnableKeyRotation"
        | "ImportKeyMaterial"
        | "PutKeyPolicy"
        | "ScheduleKeyDeletion" => 15,
        "TagResource" => 10,
        "GetParametersForImport" => 1,
        _ => 5,
    }
}

fn symmetric_rate(region: &Region) -> u32 {
    match region.as_str() {
        name if LARGEST.contains(&name) => 100_000,
        name if LARGE.contains(&name) => 20_000,
        _ => 10_000,
    }
}

fn is_cryptographic(operation: &str) -> bool {
    matches!(
        operation,
        "Encrypt"
            | "Decrypt"
            | "ReEncrypt"
            | "GenerateDataKey"
            | "GenerateDataKeyWithoutPlaintext"
            | "GenerateMac"
            | "VerifyMac"
            | "GenerateRandom"
            | "Sign"
            | "Verify"
            | "DeriveSharedSecret"
    )
}

enum Family {
    Symmetric,
    Rsa,
    Ecc,
    MlDsa,
}

fn family(spec: Option<KeySpec>) -> Family {
    match spec {
        None
        | Some(KeySpec::SymmetricDefault | KeySpec::Hmac224 | KeySpec::Hmac256 | KeySpec::Hmac384 | KeySpec::Hmac512) => {
            Family::Symmetric
        }
        Some(KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096) => Family::Rsa,
        Some(
            KeySpec::EccNistP256
            | KeySpec::EccNistP384
            | KeySpec::EccNistP521
            | KeySpec::EccSecgP256k1
            | KeySpec::EccNistEdwards25519
            | KeySpec::Sm2,
        ) => Family::Ecc,
        Some(KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87) => Family::MlDsa,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn cryptographic_operations_share_a_quota_by_their_keys() {
        let of = |operation, spec, region| {
            let RequestQuota { name, per_second } = quota_of(operation, spec, &Region::parse(region).unwrap());
            (name, per_second)
        };
        assert_eq!(of("Decrypt", None, "us-east-1"), (SYMMETRIC, 100_000));
        assert_eq!(of("GenerateMac", Some(KeySpec::Hmac256), "eu-central-1"), (SYMMETRIC, 20_000));
        assert_eq!(of("Decrypt", Some(KeySpec::Rsa2048), "eu-south-1"), (RSA, 1000));
        assert_eq!(of("Sign", Some(KeySpec::EccNistP256), "eu-south-1"), (ECC, 1000));
        assert_eq!(of("CreateKey", None, "eu-south-1"), ("CreateKey", 5));
        assert_eq!(of("GenerateDataKeyPair", Some(KeySpec::Rsa3072), "eu-south-1"), (RSA_3072_PAIRS, 4));
        assert_eq!(
            of("GenerateDataKeyPairWithoutPlaintext", Some(KeySpec::EccNistP384), "eu-south-1"),
            (ECC_PAIRS, 100)
        );
    }
}
