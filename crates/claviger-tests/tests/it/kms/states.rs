//! The answer of each operation for a key in each state (reference: AWS KMS Developer Guide, "Key states of AWS KMS keys").

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{DataKeyPairSpec, DataKeySpec, GrantOperation, KeyState, Tag};
use claviger_tests::{CENTRAL, EAST, Regions, WEST, code_of, key_arn};

use crate::support::{await_state, encrypt, related, settled, single};

/// The expected result of an operation in a state.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    Ok,
    Disabled,
    PendingDeletion,
    NotPendingDeletion,
    Updating,
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
];

/// A key to try an operation on, and the other resources that the operation needs.
struct Subject<'a> {
    regions: &'a Regions,
    key: String,
    blob: Blob,
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
            "CreateGrant" => {
                let grant = kms.create_grant().key_id(key).grantee_principal(GRANTEE);
                code_of(&grant.operations(GrantOperation::Decrypt).send().await)
            }
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

/// The grantee of all grants.
const GRANTEE: &str = "arn:aws:iam::000000000000:root";

/// A key in a state, with a ciphertext, an alias and a grant. It has a replica in the west only if the state needs one.
async fn key_in(regions: &Regions, state: &KeyState, operation: &str) -> (String, Blob, String, String) {
    let kms = regions.kms(CENTRAL);
    let members: &[&str] = if *state == KeyState::PendingDeletion { &[CENTRAL] } else { &[CENTRAL, WEST] };
    // A handover is refused until the replica's report has reached the primary.
    let hands_over = *state == KeyState::Updating || operation == "UpdatePrimaryRegion";
    let key = if hands_over { settled(regions, members).await } else { related(regions, members).await };
    let blob = encrypt(regions, CENTRAL, &key, "x").await;
    let alias = format!("alias/of-{key}");
    kms.create_alias().alias_name(&alias).target_key_id(&key).send().await.unwrap();
    let grant = kms.create_grant().key_id(&key).grantee_principal(GRANTEE).operations(GrantOperation::Decrypt);
    let grant = grant.send().await.unwrap().grant_id.unwrap();
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
            let subject = Subject { regions: &regions, key, blob, alias, grant, other_key: other_key.clone(), number };
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
