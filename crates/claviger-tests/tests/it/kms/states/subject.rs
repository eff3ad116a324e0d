//! A key in a state, and the calls of the operations on it.

use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::operation::create_grant::{CreateGrantError, CreateGrantOutput};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeyPairSpec, DataKeySpec, GrantOperation, KeyAgreementAlgorithmSpec, MacAlgorithmSpec, SigningAlgorithmSpec,
    Tag,
};
use claviger_tests::{EAST, Regions, WEST, code_of, key_arn};

use super::table::Cell;
use crate::kms::imports::{Wrapped, import_in, parameters_in};
use crate::support::encrypt;

/// A key to try an operation on, and the other resources that the operation needs.
pub(super) struct Subject<'a> {
    pub(super) regions: &'a Regions,
    pub(super) region: &'static str,
    pub(super) key: String,
    pub(super) blob: Blob,
    pub(super) wrapped: Option<Wrapped>,
    pub(super) alias: String,
    pub(super) grant: String,
    pub(super) other_key: String,
    pub(super) number: usize,
}

impl<'a> Subject<'a> {
    pub(super) fn new(regions: &'a Regions, region: &'static str, key: String) -> Subject<'a> {
        Subject {
            regions,
            region,
            key,
            blob: Blob::new(""),
            wrapped: None,
            alias: String::new(),
            grant: String::new(),
            other_key: String::new(),
            number: 0,
        }
    }

    pub(super) async fn add_alias(&mut self) {
        self.alias = format!("alias/of-{}", self.key);
        let alias = self.regions.kms(self.region).create_alias().alias_name(&self.alias).target_key_id(&self.key);
        alias.send().await.unwrap();
    }

    /// Calls an operation, with another key to go with it. The answer is compared with the wanted one; their difference, if any.
    pub(super) async fn check(
        &mut self,
        operation: &str,
        other_key: &str,
        number: usize,
        wanted: Cell,
    ) -> Option<String> {
        (self.other_key, self.number) = (other_key.to_owned(), number);
        let wanted = wanted.wanted(&key_arn(self.region, &self.key));
        let mut got = self.call(operation).await;
        if wanted.1.is_empty() {
            got.1.clear();
        }
        (got != wanted).then(|| format!("wanted {wanted:?}, got {got:?}"))
    }
}

impl Subject<'_> {
    /// Code and text of the answer.
    pub(super) async fn call(&self, operation: &str) -> (String, String) {
        let kms = self.regions.kms(self.region);
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
                let blob = encrypt(self.regions, self.region, &self.other_key, "x").await;
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
            "CreateGrant" => code_of(&grant_on(self.regions, self.region, key).await),
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
            "GetParametersForImport" => code_of(&parameters_in(self.regions, self.region, key).await),
            "ImportKeyMaterial" => {
                let wrapped = self.wrapped.clone().unwrap_or_else(Wrapped::nothing);
                code_of(&import_in(self.regions, self.region, key, wrapped).await)
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
pub(super) async fn grant_on(
    regions: &Regions,
    region: &str,
    key: &str,
) -> Result<CreateGrantOutput, SdkError<CreateGrantError>> {
    let grant = regions.kms(region).create_grant().key_id(key).grantee_principal("arn:aws:iam::000000000000:root");
    grant.operations(GrantOperation::DescribeKey).send().await
}
