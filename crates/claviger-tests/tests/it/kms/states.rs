//! The answer of each operation for a key in each state (reference: AWS KMS Developer Guide, "Key states of AWS KMS keys").

use std::collections::BTreeSet;

use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::operation::create_grant::{CreateGrantError, CreateGrantOutput};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeyPairSpec, DataKeySpec, GrantOperation, KeyAgreementAlgorithmSpec, KeySpec, KeyState, KeyUsageType,
    MacAlgorithmSpec, SigningAlgorithmSpec, Tag,
};
use claviger_tests::{CENTRAL, EAST, Regions, WEST, code_of, key_arn};

use super::imports::{Wrapped, external, import, import_new, parameters, wrap};
use crate::support::{Kind, SYMMETRIC, await_state, encrypt, related, related_of, settled_of, single};

/// The expected result of an operation in a state.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    Ok,
    Disabled,
    PendingDeletion,
    NotPendingDeletion,
    Updating,
    PendingImport,
    External,
}

use Cell::*;

impl Cell {
    /// Code and text, for a key with this ARN.
    fn wanted(self, arn: &str) -> (String, String) {
        let (code, text) = match self {
            Ok => return ("ok".to_owned(), String::new()),
            Disabled => ("DisabledException", format!("{arn} is disabled.")),
            PendingDeletion => ("KMSInvalidStateException", format!("{arn} is pending deletion.")),
            NotPendingDeletion => ("KMSInvalidStateException", format!("{arn} is not pending deletion.")),
            Updating => ("KMSInvalidStateException", format!("{arn} is updating.")),
            PendingImport => ("KMSInvalidStateException", format!("{arn} is pending import.")),
            External => (
                "UnsupportedOperationException",
                format!("{arn} origin is EXTERNAL which is not valid for this operation."),
            ),
        };
        (code.to_owned(), text)
    }
}

/// The states that a key can be brought into, in the order of the table's columns. A key that waits for its replicas' deletion
/// is answered like one that waits for its own.
const STATES: [KeyState; 5] = [
    KeyState::Enabled,
    KeyState::Disabled,
    KeyState::PendingDeletion,
    KeyState::PendingReplicaDeletion,
    KeyState::Updating,
];

const USES: [Cell; 4] = [Ok, Disabled, PendingDeletion, Ok];
const READS: [Cell; 4] = [Ok, Ok, Ok, Ok];
const WRITES: [Cell; 4] = [Ok, Ok, PendingDeletion, Ok];

/// Columns: Enabled, Disabled, PendingDeletion (and PendingReplicaDeletion), Updating.
const TABLE: &[(&str, [Cell; 4])] = &[
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
    ("RetireGrant", READS),
    ("RevokeGrant", READS),
    ("CreateGrant", USES),
    ("CreateAlias", WRITES),
    ("UpdateKeyDescription", WRITES),
    ("TagResource", WRITES),
    ("UntagResource", WRITES),
    ("UpdateAlias to", WRITES),
    ("UpdateAlias away", READS),
    ("EnableKey", [Ok, Ok, PendingDeletion, Updating]),
    ("DisableKey", [Ok, Ok, PendingDeletion, Updating]),
    // AWS accepts a change of the rotation during a handover. Claviger refuses it for that moment: the change would belong to
    // the old primary, and be lost with its role.
    ("EnableKeyRotation", [Ok, Disabled, PendingDeletion, Updating]),
    ("DisableKeyRotation", [Ok, Disabled, PendingDeletion, Updating]),
    ("GetKeyRotationStatus", READS),
    ("ScheduleKeyDeletion", [Ok, Ok, PendingDeletion, Updating]),
    ("CancelKeyDeletion", [NotPendingDeletion, NotPendingDeletion, Ok, NotPendingDeletion]),
    ("ReplicateKey", [Ok, Disabled, PendingDeletion, Updating]),
    // The table has "ok" for Updating. The page on changing the primary requires both keys to be enabled, which is the stricter
    // reading.
    ("UpdatePrimaryRegion", [Ok, Disabled, PendingDeletion, Updating]),
    ("RotateKeyOnDemand", [Ok, Disabled, PendingDeletion, Updating]),
    ("ListKeyRotations", READS),
    ("Sign", USES),
    ("Verify", USES),
    ("GetPublicKey", [Ok, Ok, PendingDeletion, Ok]),
    ("GenerateMac", USES),
    ("VerifyMac", USES),
    ("DeriveSharedSecret", USES),
];

/// Keys whose material is imported. Columns: Enabled, Disabled, PendingDeletion, PendingImport.
const IMPORTED: &[(&str, [Cell; 4])] = &[
    ("Encrypt", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("GenerateDataKey", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("GenerateDataKeyWithoutPlaintext", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("GenerateDataKeyPair", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("GenerateDataKeyPairWithoutPlaintext", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("ReEncrypt to", [Ok, Disabled, PendingDeletion, PendingImport]),
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
    ("CreateGrant", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("CreateAlias", WRITES),
    ("UpdateKeyDescription", WRITES),
    ("TagResource", WRITES),
    ("UntagResource", WRITES),
    ("UpdateAlias to", WRITES),
    ("UpdateAlias away", READS),
    ("EnableKey", [Ok, Ok, PendingDeletion, PendingImport]),
    ("DisableKey", [Ok, Ok, PendingDeletion, PendingImport]),
    ("EnableKeyRotation", [External, External, External, External]),
    ("DisableKeyRotation", [External, External, External, External]),
    ("GetKeyRotationStatus", [External, External, External, External]),
    ("ListKeyRotations", READS),
    ("RotateKeyOnDemand", [Ok, Disabled, PendingDeletion, PendingImport]),
    ("GetParametersForImport", [Ok, Ok, PendingDeletion, Ok]),
    ("ImportKeyMaterial", [Ok, Ok, PendingDeletion, Ok]),
    ("DeleteImportedKeyMaterial", READS),
    ("ScheduleKeyDeletion", [Ok, Ok, PendingDeletion, Ok]),
    ("CancelKeyDeletion", [NotPendingDeletion, NotPendingDeletion, Ok, NotPendingDeletion]),
    ("ReplicateKey", [Ok, Disabled, PendingDeletion, PendingImport]),
];

const IMPORTED_STATES: [KeyState; 4] =
    [KeyState::Enabled, KeyState::Disabled, KeyState::PendingDeletion, KeyState::PendingImport];

/// Operations that name no key, or whose target has no state of a key.
const WITHOUT_A_KEY: &[&str] = &[
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

/// The kind of key that an operation is tried on.
fn kind_for(operation: &str) -> Kind {
    match operation {
        "Sign" | "Verify" | "GetPublicKey" => (KeySpec::EccNistP256, KeyUsageType::SignVerify),
        "GenerateMac" | "VerifyMac" => (KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac),
        "DeriveSharedSecret" => (KeySpec::EccNistP256, KeyUsageType::KeyAgreement),
        _ => SYMMETRIC,
    }
}

/// A key to try an operation on, and the other resources that the operation needs.
struct Subject<'a> {
    regions: &'a Regions,
    key: String,
    blob: Blob,
    wrapped: Option<Wrapped>,
    alias: String,
    grant: String,
    other_key: String,
    number: usize,
}

impl Subject<'_> {
    async fn call(&self, operation: &str) -> (String, String) {
        let kms = self.regions.kms(CENTRAL);
        let key = self.key.as_str();
        let fresh_alias = format!("alias/fresh-{}", self.number);
        let tag = Tag::builder().tag_key("a").tag_value("b").build().unwrap();
        match operation {
            "Encrypt" => code_of(&kms.encrypt().key_id(key).plaintext(Blob::new("x")).send().await),
            "Decrypt" => code_of(&kms.decrypt().ciphertext_blob(self.blob.clone()).send().await),
            "ReEncrypt from" => {
                let moved = kms.re_encrypt().ciphertext_blob(self.blob.clone()).destination_key_id(&self.other_key);
                code_of(&moved.send().await)
            }
            "ReEncrypt to" => {
                let blob = encrypt(self.regions, CENTRAL, &self.other_key, "x").await;
                code_of(&kms.re_encrypt().ciphertext_blob(blob).destination_key_id(key).send().await)
            }
            "GenerateDataKey" => {
                code_of(&kms.generate_data_key().key_id(key).key_spec(DataKeySpec::Aes256).send().await)
            }
            "GenerateDataKeyWithoutPlaintext" => {
                code_of(&kms.generate_data_key_without_plaintext().key_id(key).number_of_bytes(7).send().await)
            }
            "GenerateDataKeyPair" => {
                let pair = kms.generate_data_key_pair().key_id(key).key_pair_spec(DataKeyPairSpec::EccNistP256);
                code_of(&pair.send().await)
            }
            "GenerateDataKeyPairWithoutPlaintext" => {
                let pair = kms.generate_data_key_pair_without_plaintext().key_id(key);
                code_of(&pair.key_pair_spec(DataKeyPairSpec::EccNistP256).send().await)
            }
            "DescribeKey" => code_of(&kms.describe_key().key_id(key).send().await),
            "GetKeyLastUsage" => code_of(&kms.get_key_last_usage().key_id(key).send().await),
            "GetKeyPolicy" => code_of(&kms.get_key_policy().key_id(key).send().await),
            "PutKeyPolicy" => {
                let policy = kms.get_key_policy().key_id(key).send().await.unwrap().policy.unwrap();
                code_of(&kms.put_key_policy().key_id(key).policy(policy).send().await)
            }
            "ListKeyPolicies" => code_of(&kms.list_key_policies().key_id(key).send().await),
            "ListAliases" => code_of(&kms.list_aliases().key_id(key).send().await),
            "DeleteAlias" => code_of(&kms.delete_alias().alias_name(&self.alias).send().await),
            "ListResourceTags" => code_of(&kms.list_resource_tags().key_id(key).send().await),
            "ListGrants" => code_of(&kms.list_grants().key_id(key).send().await),
            "RetireGrant" => code_of(&kms.retire_grant().key_id(key).grant_id(&self.grant).send().await),
            "RevokeGrant" => code_of(&kms.revoke_grant().key_id(key).grant_id(&self.grant).send().await),
            "CreateGrant" => code_of(&grant_on(self.regions, key).await),
            "CreateAlias" => code_of(&kms.create_alias().alias_name(fresh_alias).target_key_id(key).send().await),
            "UpdateKeyDescription" => code_of(&kms.update_key_description().key_id(key).description("d").send().await),
            "TagResource" => code_of(&kms.tag_resource().key_id(key).tags(tag).send().await),
            "UntagResource" => code_of(&kms.untag_resource().key_id(key).tag_keys("a").send().await),
            "UpdateAlias to" => {
                kms.create_alias().alias_name(&fresh_alias).target_key_id(&self.other_key).send().await.unwrap();
                code_of(&kms.update_alias().alias_name(fresh_alias).target_key_id(key).send().await)
            }
            "UpdateAlias away" => {
                code_of(&kms.update_alias().alias_name(&self.alias).target_key_id(&self.other_key).send().await)
            }
            "EnableKey" => code_of(&kms.enable_key().key_id(key).send().await),
            "DisableKey" => code_of(&kms.disable_key().key_id(key).send().await),
            "EnableKeyRotation" => code_of(&kms.enable_key_rotation().key_id(key).send().await),
            "DisableKeyRotation" => code_of(&kms.disable_key_rotation().key_id(key).send().await),
            "GetKeyRotationStatus" => code_of(&kms.get_key_rotation_status().key_id(key).send().await),
            "RotateKeyOnDemand" => code_of(&kms.rotate_key_on_demand().key_id(key).send().await),
            "ListKeyRotations" => code_of(&kms.list_key_rotations().key_id(key).send().await),
            "GetParametersForImport" => code_of(&parameters(self.regions, key).await),
            "ImportKeyMaterial" => {
                let wrapped = self.wrapped.clone().expect("a key that imports its material");
                code_of(&import(self.regions, key, wrapped).await)
            }
            "DeleteImportedKeyMaterial" => code_of(&kms.delete_imported_key_material().key_id(key).send().await),
            "GetPublicKey" => code_of(&kms.get_public_key().key_id(key).send().await),
            "Sign" => {
                let signed = kms.sign().key_id(key).message(Blob::new("x"));
                code_of(&signed.signing_algorithm(SigningAlgorithmSpec::EcdsaSha256).send().await)
            }
            "Verify" => {
                let verified = kms.verify().key_id(key).message(Blob::new("x")).signature(self.blob.clone());
                code_of(&verified.signing_algorithm(SigningAlgorithmSpec::EcdsaSha256).send().await)
            }
            "GenerateMac" => {
                let made = kms.generate_mac().key_id(key).message(Blob::new("x"));
                code_of(&made.mac_algorithm(MacAlgorithmSpec::HmacSha256).send().await)
            }
            "VerifyMac" => {
                let verified = kms.verify_mac().key_id(key).message(Blob::new("x")).mac(self.blob.clone());
                code_of(&verified.mac_algorithm(MacAlgorithmSpec::HmacSha256).send().await)
            }
            "DeriveSharedSecret" => {
                let agreed = kms.derive_shared_secret().key_id(key).public_key(self.blob.clone());
                code_of(&agreed.key_agreement_algorithm(KeyAgreementAlgorithmSpec::Ecdh).send().await)
            }
            "ScheduleKeyDeletion" => code_of(&kms.schedule_key_deletion().key_id(key).send().await),
            "CancelKeyDeletion" => code_of(&kms.cancel_key_deletion().key_id(key).send().await),
            "ReplicateKey" => code_of(&kms.replicate_key().key_id(key).replica_region(EAST).send().await),
            "UpdatePrimaryRegion" => {
                code_of(&kms.update_primary_region().key_id(key).primary_region(WEST).send().await)
            }
            unknown => panic!("{unknown} is not in this list"),
        }
    }
}

/// Makes a grant that a key of any kind can have.
async fn grant_on(regions: &Regions, key: &str) -> Result<CreateGrantOutput, SdkError<CreateGrantError>> {
    let grant = regions.kms(CENTRAL).create_grant().key_id(key).grantee_principal("arn:aws:iam::000000000000:root");
    grant.operations(GrantOperation::DescribeKey).send().await
}

/// A key in a state, with a ciphertext, an alias and a grant. It has a replica in the west only if the state needs one.
async fn key_in(regions: &Regions, state: &KeyState, operation: &str) -> (String, Blob, String, String) {
    let kms = regions.kms(CENTRAL);
    let members: &[&str] = if *state == KeyState::PendingDeletion { &[CENTRAL] } else { &[CENTRAL, WEST] };
    // A handover is refused until the replica's report has reached the primary.
    let hands_over = *state == KeyState::Updating || operation == "UpdatePrimaryRegion";
    let kind = kind_for(operation);
    let key = match hands_over {
        true => settled_of(regions, members, kind).await,
        false => related_of(regions, members, kind).await,
    };
    let blob = made_by(regions, operation, &key).await;
    let alias = format!("alias/of-{key}");
    kms.create_alias().alias_name(&alias).target_key_id(&key).send().await.unwrap();
    let grant = grant_on(regions, &key).await.unwrap().grant_id.unwrap();
    match state {
        KeyState::Enabled => {}
        KeyState::Disabled => drop(kms.disable_key().key_id(&key).send().await.unwrap()),
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => {
            kms.schedule_key_deletion().key_id(&key).send().await.unwrap();
        }
        KeyState::Updating => {
            // The link is cut, so the handover does not go on.
            regions.cut(CENTRAL, WEST, true);
            kms.update_primary_region().key_id(&key).primary_region(WEST).send().await.unwrap();
        }
        other => panic!("no key can be brought into state {other}"),
    }
    await_state(regions, CENTRAL, &key, state.clone()).await;
    (key, blob, alias, grant)
}

/// The ciphertext, signature, MAC or public key that an operation takes, made by the key while it is enabled.
async fn made_by(regions: &Regions, operation: &str, key: &str) -> Blob {
    let kms = regions.kms(CENTRAL);
    match operation {
        "Verify" => {
            let signed = kms.sign().key_id(key).message(Blob::new("x"));
            signed.signing_algorithm(SigningAlgorithmSpec::EcdsaSha256).send().await.unwrap().signature.unwrap()
        }
        "VerifyMac" => {
            let made = kms.generate_mac().key_id(key).message(Blob::new("x"));
            made.mac_algorithm(MacAlgorithmSpec::HmacSha256).send().await.unwrap().mac.unwrap()
        }
        "DeriveSharedSecret" => kms.get_public_key().key_id(key).send().await.unwrap().public_key.unwrap(),
        "Sign" | "GetPublicKey" | "GenerateMac" => Blob::new(""),
        _ => encrypt(regions, CENTRAL, key, "x").await,
    }
}

/// A key in a state whose material is imported, the next import of the same material, an alias and a grant.
async fn imported_key_in(regions: &Regions, state: &KeyState, operation: &str) -> (String, Wrapped, String, String) {
    let kms = regions.kms(CENTRAL);
    let key = external(regions, CENTRAL).await;
    let wrapped = wrap(&parameters(regions, &key).await.unwrap(), 1);
    import(regions, &key, wrapped.clone()).await.unwrap();
    if operation == "RotateKeyOnDemand" && *state != KeyState::PendingImport {
        import_new(regions, &key, 2).await;
    }
    let alias = format!("alias/of-{key}");
    kms.create_alias().alias_name(&alias).target_key_id(&key).send().await.unwrap();
    let grant = grant_on(regions, &key).await.unwrap().grant_id.unwrap();
    match state {
        KeyState::Enabled => {}
        KeyState::Disabled => drop(kms.disable_key().key_id(&key).send().await.unwrap()),
        KeyState::PendingDeletion => drop(kms.schedule_key_deletion().key_id(&key).send().await.unwrap()),
        KeyState::PendingImport => drop(kms.delete_imported_key_material().key_id(&key).send().await.unwrap()),
        other => panic!("no key can be brought into state {other}"),
    }
    await_state(regions, CENTRAL, &key, state.clone()).await;
    (key, wrapped, alias, grant)
}

#[test]
fn every_operation_on_a_key_is_in_a_table() {
    let tried: BTreeSet<&str> = TABLE.iter().chain(IMPORTED).map(|(row, _)| row.split(' ').next().unwrap()).collect();
    let built: BTreeSet<&str> = claviger_kms::TABLE.iter().map(|entry| entry.name).collect();
    let wanted: BTreeSet<&str> = built.into_iter().filter(|name| !WITHOUT_A_KEY.contains(name)).collect();
    assert_eq!(tried, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_in_every_state_of_imported_keys() {
    let regions = Regions::start().await;
    let other_key = single(&regions, CENTRAL).await;
    let mut wrong = Vec::new();
    for (column, state) in IMPORTED_STATES.iter().enumerate() {
        for (number, (operation, cells)) in IMPORTED.iter().enumerate() {
            let (key, wrapped, alias, grant) = imported_key_in(&regions, state, operation).await;
            let wanted = cells[column].wanted(&key_arn(CENTRAL, &key));
            let (wrapped, blob, number) = (Some(wrapped), Blob::new(""), column * 1000 + number);
            let other_key = other_key.clone();
            let subject = Subject { regions: &regions, key, blob, wrapped, alias, grant, other_key, number };
            let got = subject.call(operation).await;
            if got != wanted {
                wrong.push(format!("{operation} in {state}: wanted {wanted:?}, got {got:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_in_every_state() {
    let regions = Regions::start().await;
    let other_key = single(&regions, CENTRAL).await;
    let mut wrong = Vec::new();
    let mut number = 0;
    for state in &STATES {
        for (operation, cells) in TABLE {
            let cell = match state {
                KeyState::Enabled => cells[0],
                KeyState::Disabled => cells[1],
                KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => cells[2],
                _ => cells[3],
            };
            if (*operation, state) == ("UpdatePrimaryRegion", &KeyState::PendingDeletion) {
                continue; // a primary without replicas cannot hand over its role, in any state
            }
            number += 1;
            let (key, blob, alias, grant) = key_in(&regions, state, operation).await;
            let wanted = cell.wanted(&key_arn(CENTRAL, &key));
            let (wrapped, other_key) = (None, other_key.clone());
            let subject = Subject { regions: &regions, key, blob, wrapped, alias, grant, other_key, number };
            let got = subject.call(operation).await;
            if got != wanted {
                wrong.push(format!("{operation} in {state}: wanted {wanted:?}, got {got:?}"));
            }
            regions.cut(CENTRAL, WEST, false);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(number > 130);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_not_made_yet() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = related(&regions, &[CENTRAL]).await;
    regions.cut(CENTRAL, WEST, true);
    let answer = kms.replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
    assert_eq!(answer.replica_key_metadata.unwrap().key_state, Some(KeyState::Creating));
    // In its own region the replica does not exist yet, or is being made. In neither case can it be used.
    let used = regions.kms(WEST).encrypt().key_id(&key).plaintext(Blob::new("x")).send().await;
    let arn = key_arn(WEST, &key);
    let allowed = [
        ("NotFoundException".to_owned(), format!("Key '{arn}' does not exist")),
        ("KMSInvalidStateException".to_owned(), format!("{arn} is creating.")),
    ];
    assert!(allowed.contains(&code_of(&used)), "{used:?}");
    let handed = kms.update_primary_region().key_id(&key).primary_region(WEST).send().await;
    assert_eq!(code_of(&handed), ("KMSInvalidStateException".to_owned(), format!("{arn} is creating.")));
    regions.cut(CENTRAL, WEST, false);
    await_state(&regions, WEST, &key, KeyState::Enabled).await;
    regions.stop().await;
}
