//! What AWS documents of the callers of each operation: whether another account may call it, and which policy its resource has.
//! (References: KMS Developer Guide, "KMS permissions reference" and "Grants"; Secrets Manager User Guide, "Cross-account access" and
//! "Secret encryption and decryption".)

/// What AWS documents of one operation.
pub(crate) struct Rule {
    pub(crate) operation: &'static str,
    pub(crate) across: Across,
    pub(crate) policy: Policy,
    /// The permissions on a customer managed key that Secrets Manager needs in the caller's name, in the order in which it asks for them.
    pub(crate) kms: &'static [&'static str],
}

/// What a caller of another account gets where both accounts allow the operation.
#[derive(Clone, Copy)]
pub(crate) enum Across {
    /// What a caller of the same account gets.
    Permitted,
    /// The same. The ciphertext alone names the key, so a refusal by the key's account does not show which one it is.
    ByCiphertext,
    /// The operation acts on the caller's own account, and shows nothing of another.
    Own,
    /// A refusal: one of the resources of the other account has no policy, so that account cannot allow it.
    NoPolicy,
    /// A refusal with this code and text: for this operation the resources of other accounts do not exist.
    Missing(&'static str, &'static str),
    /// A refusal as if the other account had no such key: a grant alone can allow the operation.
    ByGrant,
}

/// The policy that the operation's resource has, besides the caller's own policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// A key policy.
    Key,
    /// A secret's resource policy.
    Secret,
    /// None: lists, creations, random bytes and key stores.
    None,
}

/// The operations that a grant can allow.
pub(crate) const GRANTABLE: [&str; 17] = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeriveSharedSecret",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:GetPublicKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:RetireGrant",
    "kms:Sign",
    "kms:Verify",
    "kms:VerifyMac",
];

/// The operations that a grant on a key of this usage can name.
pub(crate) fn grantable_on(usage: &str) -> &'static [&'static str] {
    match usage {
        "ENCRYPT_DECRYPT" => &[
            "CreateGrant",
            "Decrypt",
            "DescribeKey",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
            "RetireGrant",
        ],
        "SIGN_VERIFY" => &["CreateGrant", "DescribeKey", "GetPublicKey", "RetireGrant", "Sign", "Verify"],
        "GENERATE_VERIFY_MAC" => &["CreateGrant", "DescribeKey", "GenerateMac", "RetireGrant", "VerifyMac"],
        "KEY_AGREEMENT" => &["CreateGrant", "DeriveSharedSecret", "DescribeKey", "GetPublicKey", "RetireGrant"],
        other => panic!("no grant is known for a key of usage {other}"),
    }
}

/// The rules of a service, by its signing name.
pub(crate) fn rules(service: &str) -> &'static [Rule] {
    match service {
        "kms" => KMS,
        "secretsmanager" => SECRETS_MANAGER,
        other => panic!("no rules for {other}"),
    }
}

/// For operations that AWS keeps to the key's account, the keys of other accounts do not exist.
const NO_KEY: Across = Across::Missing("NotFoundException", "Key '<key-arn>' does not exist");

/// The name of an alias is looked up in the caller's account.
const NO_ALIAS: Across = Across::Missing("NotFoundException", "Alias <strangers-alias-arn> is not found.");

/// The id of a key store is, too.
const NO_STORE: Across = Across::Missing("CustomKeyStoreNotFoundException", "Custom key store <store> does not exist.");

const fn rule(operation: &'static str, across: Across, policy: Policy) -> Rule {
    Rule { operation, across, policy, kms: &[] }
}

const fn on_key(operation: &'static str, across: Across) -> Rule {
    rule(operation, across, Policy::Key)
}

const fn on_secret(operation: &'static str, across: Across) -> Rule {
    rule(operation, across, Policy::Secret)
}

const fn on_none(operation: &'static str, across: Across) -> Rule {
    rule(operation, across, Policy::None)
}

const fn with_kms(kms: &'static [&'static str], rule: Rule) -> Rule {
    Rule { kms, ..rule }
}

const KMS: &[Rule] = &[
    on_key("CancelKeyDeletion", NO_KEY),
    on_none("ConnectCustomKeyStore", NO_STORE),
    on_key("CreateAlias", NO_KEY),
    on_none("CreateCustomKeyStore", Across::Own),
    on_key("CreateGrant", Across::Permitted),
    on_none("CreateKey", Across::Own),
    on_key("Decrypt", Across::ByCiphertext),
    on_key("DeleteAlias", NO_ALIAS),
    on_none("DeleteCustomKeyStore", NO_STORE),
    on_key("DeleteImportedKeyMaterial", NO_KEY),
    on_key("DeriveSharedSecret", Across::Permitted),
    on_none("DescribeCustomKeyStores", NO_STORE),
    on_key("DescribeKey", Across::Permitted),
    on_key("DisableKey", NO_KEY),
    on_key("DisableKeyRotation", NO_KEY),
    on_none("DisconnectCustomKeyStore", NO_STORE),
    on_key("EnableKey", NO_KEY),
    on_key("EnableKeyRotation", NO_KEY),
    on_key("Encrypt", Across::Permitted),
    on_key("GenerateDataKey", Across::Permitted),
    on_key("GenerateDataKeyPair", Across::Permitted),
    on_key("GenerateDataKeyPairWithoutPlaintext", Across::Permitted),
    on_key("GenerateDataKeyWithoutPlaintext", Across::Permitted),
    on_key("GenerateMac", Across::Permitted),
    on_none("GenerateRandom", Across::Own),
    on_key("GetKeyLastUsage", NO_KEY),
    on_key("GetKeyPolicy", NO_KEY),
    on_key("GetKeyRotationStatus", Across::Permitted),
    on_key("GetParametersForImport", NO_KEY),
    on_key("GetPublicKey", Across::Permitted),
    on_key("ImportKeyMaterial", NO_KEY),
    on_none("ListAliases", Across::Own),
    on_key("ListGrants", Across::Permitted),
    on_key("ListKeyPolicies", NO_KEY),
    on_key("ListKeyRotations", NO_KEY),
    on_none("ListKeys", Across::Own),
    on_key("ListResourceTags", NO_KEY),
    on_none("ListRetirableGrants", Across::NoPolicy),
    on_key("PutKeyPolicy", NO_KEY),
    on_key("ReEncrypt", Across::ByCiphertext),
    on_key("ReplicateKey", NO_KEY),
    on_key("RetireGrant", Across::ByGrant),
    on_key("RevokeGrant", Across::Permitted),
    on_key("RotateKeyOnDemand", NO_KEY),
    on_key("ScheduleKeyDeletion", NO_KEY),
    on_key("Sign", Across::Permitted),
    on_key("TagResource", NO_KEY),
    on_key("UntagResource", NO_KEY),
    on_key("UpdateAlias", NO_ALIAS),
    on_none("UpdateCustomKeyStore", NO_STORE),
    on_key("UpdateKeyDescription", NO_KEY),
    on_key("UpdatePrimaryRegion", NO_KEY),
    on_key("Verify", Across::Permitted),
    on_key("VerifyMac", Across::Permitted),
];

const SECRETS_MANAGER: &[Rule] = &[
    with_kms(&["kms:Decrypt"], on_none("BatchGetSecretValue", Across::Permitted)),
    on_secret("CancelRotateSecret", Across::Permitted),
    with_kms(&["kms:GenerateDataKey", "kms:Decrypt"], on_none("CreateSecret", Across::Own)),
    on_secret("DeleteResourcePolicy", Across::Permitted),
    on_secret("DeleteSecret", Across::Permitted),
    on_secret("DescribeSecret", Across::Permitted),
    on_none("GetRandomPassword", Across::Own),
    on_secret("GetResourcePolicy", Across::Permitted),
    with_kms(&["kms:Decrypt"], on_secret("GetSecretValue", Across::Permitted)),
    on_secret("ListSecretVersionIds", Across::Permitted),
    on_none("ListSecrets", Across::Own),
    on_secret("PutResourcePolicy", Across::Permitted),
    with_kms(&["kms:GenerateDataKey", "kms:Decrypt"], on_secret("PutSecretValue", Across::Permitted)),
    on_secret("RemoveRegionsFromReplication", Across::Permitted),
    on_secret("ReplicateSecretToRegions", Across::Permitted),
    on_secret("RestoreSecret", Across::Permitted),
    on_secret("RotateSecret", Across::NoPolicy),
    on_secret("StopReplicationToReplica", Across::Permitted),
    on_secret("TagResource", Across::Permitted),
    on_secret("UntagResource", Across::Permitted),
    on_secret("UpdateSecret", Across::Permitted),
    on_secret("UpdateSecretVersionStage", Across::Permitted),
    on_secret("ValidateResourcePolicy", Across::Permitted),
];
