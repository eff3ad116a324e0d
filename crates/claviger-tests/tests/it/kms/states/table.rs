//! The answers of operations on keys: a row for each operation, a column for each state of the key.

/// The expected result of an operation in a state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Answered,
    Disabled,
    PendingDeletion,
    NotPendingDeletion,
    Updating,
    PendingImport,
    Creating,
    Unavailable,
    /// The material is imported.
    External,
    /// The material is made here.
    Internal,
    /// The key is in a custom key store.
    InKeyStore,
    /// The key is not a multi-Region primary.
    NotPrimary,
    /// A key in this state has no grants.
    NoGrant,
}

use Cell::*;

impl Cell {
    /// Code and text, for a key with this ARN.
    pub(super) fn wanted(self, arn: &str) -> (String, String) {
        let invalid = |state: &str| ("KMSInvalidStateException", format!("{arn} is {state}."));
        let origin = |origin: &str| {
            let text = format!("{arn} origin is {origin} which is not valid for this operation.");
            ("UnsupportedOperationException", text)
        };
        let (code, text) = match self {
            Answered => return ("ok".to_owned(), String::new()),
            Disabled => ("DisabledException", format!("{arn} is disabled.")),
            PendingDeletion => invalid("pending deletion"),
            NotPendingDeletion => invalid("not pending deletion"),
            Updating => invalid("updating"),
            PendingImport => invalid("pending import"),
            Creating => invalid("creating"),
            Unavailable => invalid("unavailable"),
            External => origin("EXTERNAL"),
            Internal => origin("AWS_KMS"),
            InKeyStore => origin("EXTERNAL_KEY_STORE"),
            NotPrimary => ("UnsupportedOperationException", format!("{arn} is not a multi-region primary key.")),
            NoGrant => ("NotFoundException", String::new()),
        };
        (code.to_owned(), text)
    }
}

const USES: [Cell; 5] = [Answered, Disabled, PendingDeletion, Answered, Creating];
const READS: [Cell; 5] = [Answered; 5];
const WRITES: [Cell; 5] = [Answered, Answered, PendingDeletion, Answered, Answered];
const GRANTS: [Cell; 5] = [Answered, Answered, Answered, Answered, NoGrant];
const IMPORTS: [Cell; 5] = [Internal; 5];

/// Keys whose material is made here. Columns: Enabled, Disabled, PendingDeletion (and PendingReplicaDeletion), Updating, Creating.
/// The key is a primary, but for Creating: that is a replica that waits for its material.
pub(super) const TABLE: &[(&str, [Cell; 5])] = &[
    ("Encrypt", USES),
    ("Decrypt", USES),
    ("ReEncrypt from", USES),
    ("ReEncrypt to", USES),
    ("GenerateDataKey", USES),
    ("GenerateDataKeyWithoutPlaintext", USES),
    ("GenerateDataKeyPair", USES),
    ("GenerateDataKeyPairWithoutPlaintext", USES),
    ("DescribeKey", READS),
    ("GetKeyLastUsage", READS),
    ("GetKeyPolicy", READS),
    ("PutKeyPolicy", READS),
    ("ListKeyPolicies", READS),
    ("ListAliases", READS),
    ("DeleteAlias", READS),
    ("ListResourceTags", READS),
    ("ListGrants", READS),
    ("RetireGrant", GRANTS),
    ("RevokeGrant", GRANTS),
    ("CreateGrant", USES),
    ("CreateAlias", WRITES),
    ("UpdateKeyDescription", WRITES),
    ("TagResource", WRITES),
    ("UntagResource", WRITES),
    ("UpdateAlias to", WRITES),
    ("UpdateAlias away", READS),
    ("EnableKey", [Answered, Answered, PendingDeletion, Updating, Creating]),
    ("DisableKey", [Answered, Answered, PendingDeletion, Updating, Creating]),
    // AWS accepts a change of the rotation, and a rotation, during a handover. Claviger refuses them for that moment: they would
    // belong to the old primary, and be lost with its role.
    ("EnableKeyRotation", [Answered, Disabled, PendingDeletion, Updating, Creating]),
    ("DisableKeyRotation", [Answered, Disabled, PendingDeletion, Updating, Creating]),
    ("GetKeyRotationStatus", READS),
    ("ScheduleKeyDeletion", [Answered, Answered, PendingDeletion, Updating, Answered]),
    ("CancelKeyDeletion", [NotPendingDeletion, NotPendingDeletion, Answered, NotPendingDeletion, NotPendingDeletion]),
    // A replica neither replicates nor hands over, in any state.
    ("ReplicateKey", [Answered, Disabled, PendingDeletion, Updating, NotPrimary]),
    // The table has "ok" for Updating. The page on changing the primary requires both keys to be enabled, which is the stricter
    // reading.
    ("UpdatePrimaryRegion", [Answered, Disabled, PendingDeletion, Updating, NotPrimary]),
    ("RotateKeyOnDemand", [Answered, Disabled, PendingDeletion, Updating, Creating]),
    ("ListKeyRotations", READS),
    ("GetParametersForImport", IMPORTS),
    ("ImportKeyMaterial", IMPORTS),
    ("DeleteImportedKeyMaterial", IMPORTS),
    ("Sign", USES),
    ("Verify", USES),
    ("GetPublicKey", [Answered, Answered, PendingDeletion, Answered, Creating]),
    ("GenerateMac", USES),
    ("VerifyMac", USES),
    ("DeriveSharedSecret", USES),
];

const IMPORTED_USES: [Cell; 5] = [Answered, Disabled, PendingDeletion, PendingImport, Answered];

/// Keys whose material is imported. Columns: Enabled, Disabled, PendingDeletion, PendingImport, Updating. A replica of such a key is
/// never Creating: it is made without material.
pub(super) const IMPORTED: &[(&str, [Cell; 5])] = &[
    ("Encrypt", IMPORTED_USES),
    ("Decrypt", IMPORTED_USES),
    ("ReEncrypt from", IMPORTED_USES),
    ("ReEncrypt to", IMPORTED_USES),
    ("GenerateDataKey", IMPORTED_USES),
    ("GenerateDataKeyWithoutPlaintext", IMPORTED_USES),
    ("GenerateDataKeyPair", IMPORTED_USES),
    ("GenerateDataKeyPairWithoutPlaintext", IMPORTED_USES),
    ("DescribeKey", READS),
    ("GetKeyLastUsage", READS),
    ("GetKeyPolicy", READS),
    ("PutKeyPolicy", READS),
    ("ListKeyPolicies", READS),
    ("ListAliases", READS),
    ("DeleteAlias", READS),
    ("ListResourceTags", READS),
    ("ListGrants", READS),
    ("RetireGrant", READS),
    ("RevokeGrant", READS),
    ("CreateGrant", IMPORTED_USES),
    ("CreateAlias", WRITES),
    ("UpdateKeyDescription", WRITES),
    ("TagResource", WRITES),
    ("UntagResource", WRITES),
    ("UpdateAlias to", WRITES),
    ("UpdateAlias away", READS),
    ("EnableKey", [Answered, Answered, PendingDeletion, PendingImport, Updating]),
    ("DisableKey", [Answered, Answered, PendingDeletion, PendingImport, Updating]),
    ("EnableKeyRotation", [External; 5]),
    ("DisableKeyRotation", [External; 5]),
    ("GetKeyRotationStatus", [External; 5]),
    ("ListKeyRotations", READS),
    ("RotateKeyOnDemand", [Answered, Disabled, PendingDeletion, PendingImport, Updating]),
    ("GetParametersForImport", [Answered, Answered, PendingDeletion, Answered, Updating]),
    ("ImportKeyMaterial", [Answered, Answered, PendingDeletion, Answered, Answered]),
    ("DeleteImportedKeyMaterial", [Answered, Answered, Answered, Answered, Updating]),
    ("ScheduleKeyDeletion", [Answered, Answered, PendingDeletion, Answered, Updating]),
    ("CancelKeyDeletion", [NotPendingDeletion, NotPendingDeletion, Answered, NotPendingDeletion, NotPendingDeletion]),
    ("ReplicateKey", [Answered, Disabled, PendingDeletion, PendingImport, Updating]),
    ("UpdatePrimaryRegion", [Answered, Disabled, PendingDeletion, PendingImport, Updating]),
    ("Sign", IMPORTED_USES),
    ("Verify", IMPORTED_USES),
    ("GetPublicKey", [Answered, Answered, PendingDeletion, Answered, Answered]),
    ("GenerateMac", IMPORTED_USES),
    ("VerifyMac", IMPORTED_USES),
    ("DeriveSharedSecret", IMPORTED_USES),
];

/// Keys in a custom key store that is not connected. Such keys are symmetric and of one region.
pub(super) const UNAVAILABLE: &[(&str, Cell)] = &[
    ("Encrypt", Unavailable),
    ("Decrypt", Unavailable),
    ("ReEncrypt from", Unavailable),
    ("ReEncrypt to", Unavailable),
    ("GenerateDataKey", Unavailable),
    ("GenerateDataKeyWithoutPlaintext", Unavailable),
    ("GenerateDataKeyPair", InKeyStore),
    ("GenerateDataKeyPairWithoutPlaintext", InKeyStore),
    ("DescribeKey", Answered),
    ("GetKeyLastUsage", Answered),
    ("GetKeyPolicy", Answered),
    ("PutKeyPolicy", Answered),
    ("ListKeyPolicies", Answered),
    ("ListAliases", Answered),
    ("DeleteAlias", Answered),
    ("ListResourceTags", Answered),
    ("ListGrants", Answered),
    ("RetireGrant", Answered),
    ("RevokeGrant", Answered),
    ("CreateGrant", Answered),
    ("CreateAlias", Answered),
    ("UpdateKeyDescription", Answered),
    ("TagResource", Answered),
    ("UntagResource", Answered),
    ("UpdateAlias to", Answered),
    ("UpdateAlias away", Answered),
    ("EnableKey", Answered),
    ("DisableKey", Answered),
    ("EnableKeyRotation", InKeyStore),
    ("DisableKeyRotation", InKeyStore),
    ("GetKeyRotationStatus", InKeyStore),
    ("ListKeyRotations", InKeyStore),
    ("RotateKeyOnDemand", InKeyStore),
    ("GetParametersForImport", InKeyStore),
    ("ImportKeyMaterial", InKeyStore),
    ("DeleteImportedKeyMaterial", InKeyStore),
    ("ScheduleKeyDeletion", Answered),
    ("CancelKeyDeletion", NotPendingDeletion),
    ("ReplicateKey", NotPrimary),
    ("UpdatePrimaryRegion", NotPrimary),
];

/// Operations on keys of kinds that no key store has.
pub(super) const NOT_IN_KEY_STORES: &[&str] =
    &["DeriveSharedSecret", "GenerateMac", "GetPublicKey", "Sign", "Verify", "VerifyMac"];

/// Operations that name no key, or whose target has no state of a key.
pub(super) const WITHOUT_A_KEY: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "CreateKey",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "GenerateRandom",
    "ListKeys",
    "ListRetirableGrants",
    "UpdateCustomKeyStore",
];
