//! AWS KMS: the tables of operations and jobs.

mod cancel_key_deletion;
mod connect_custom_key_store;
mod create_alias;
mod create_custom_key_store;
mod create_grant;
mod create_key;
mod decrypt;
mod delete_alias;
mod delete_custom_key_store;
mod delete_imported_key_material;
mod derive_shared_secret;
mod describe_custom_key_stores;
mod describe_key;
mod disable_key;
mod disable_key_rotation;
mod disconnect_custom_key_store;
mod enable_key;
mod enable_key_rotation;
mod encrypt;
mod generate_data_key;
mod generate_data_key_pair;
mod generate_data_key_pair_without_plaintext;
mod generate_data_key_without_plaintext;
mod generate_mac;
mod generate_random;
mod get_key_last_usage;
mod get_key_policy;
mod get_key_rotation_status;
mod get_parameters_for_import;
mod get_public_key;
mod import_key_material;
mod list_aliases;
mod list_grants;
mod list_key_policies;
mod list_key_rotations;
mod list_keys;
mod list_resource_tags;
mod list_retirable_grants;
mod put_key_policy;
mod re_encrypt;
mod recipient;
mod region_specs;
mod replicate_key;
mod retire_grant;
mod revoke_grant;
mod rotate_key_on_demand;
mod schedule_key_deletion;
mod sign;
mod tag_resource;
mod untag_resource;
mod update_alias;
mod update_custom_key_store;
mod update_key_description;
mod update_primary_region;
mod verify;
mod verify_mac;

mod aliases;
pub mod crypto;
mod data_keys;
mod envelope;
mod external;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod grant_lookup;
mod grant_principals;
mod grant_terms;
mod import_token;
pub mod key_lookup;
pub mod key_permissions;
mod key_stores;
pub mod managed;
mod materials;
mod metadata;
mod new_external_key;
mod new_key;
mod on_crypto;
mod on_key;
mod on_key_store;
mod origin;
mod pages;
pub mod policy;
pub mod request_quotas;
mod rotation;
mod signing;
pub mod state;
mod tags;
mod xks;

mod grants_of_deleted_keys;
mod keys_due;

use claviger_core::entry::OperationEntry;
use claviger_core::job_runner::JobEntry;

use on_crypto::WithKey;
use on_key::OnKey;
use on_key_store::OnKeyStore;

/// Every KMS operation that this release builds. The pipeline dispatches by it, and the compatibility page is made from it.
pub const TABLE: &[OperationEntry] = &[
    OperationEntry::of::<OnKey<cancel_key_deletion::CancelKeyDeletion>>(),
    OperationEntry::of::<OnKeyStore<connect_custom_key_store::ConnectCustomKeyStore>>(),
    OperationEntry::of::<create_alias::CreateAlias>(),
    OperationEntry::of::<create_grant::CreateGrant>(),
    OperationEntry::of::<create_custom_key_store::CreateCustomKeyStore>(),
    OperationEntry::of::<create_key::CreateKey>(),
    OperationEntry::of::<WithKey<decrypt::Decrypt>>(),
    OperationEntry::of::<delete_alias::DeleteAlias>(),
    OperationEntry::of::<OnKey<delete_imported_key_material::DeleteImportedKeyMaterial>>(),
    OperationEntry::of::<OnKeyStore<delete_custom_key_store::DeleteCustomKeyStore>>(),
    OperationEntry::of::<WithKey<derive_shared_secret::DeriveSharedSecret>>(),
    OperationEntry::of::<describe_custom_key_stores::DescribeCustomKeyStores>(),
    OperationEntry::of::<describe_key::DescribeKey>(),
    OperationEntry::of::<OnKey<disable_key::DisableKey>>(),
    OperationEntry::of::<OnKey<disable_key_rotation::DisableKeyRotation>>(),
    OperationEntry::of::<OnKeyStore<disconnect_custom_key_store::DisconnectCustomKeyStore>>(),
    OperationEntry::of::<OnKey<enable_key::EnableKey>>(),
    OperationEntry::of::<OnKey<enable_key_rotation::EnableKeyRotation>>(),
    OperationEntry::of::<WithKey<encrypt::Encrypt>>(),
    OperationEntry::of::<WithKey<generate_data_key::GenerateDataKey>>(),
    OperationEntry::of::<WithKey<generate_data_key_pair::GenerateDataKeyPair>>(),
    OperationEntry::of::<WithKey<generate_data_key_pair_without_plaintext::GenerateDataKeyPairWithoutPlaintext>>(),
    OperationEntry::of::<WithKey<generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>>(),
    OperationEntry::of::<WithKey<generate_mac::GenerateMac>>(),
    OperationEntry::of::<generate_random::GenerateRandom>(),
    OperationEntry::of::<OnKey<get_key_last_usage::GetKeyLastUsage>>(),
    OperationEntry::of::<OnKey<get_key_policy::GetKeyPolicy>>(),
    OperationEntry::of::<get_key_rotation_status::GetKeyRotationStatus>(),
    OperationEntry::of::<OnKey<get_parameters_for_import::GetParametersForImport>>(),
    OperationEntry::of::<get_public_key::GetPublicKey>(),
    OperationEntry::of::<OnKey<import_key_material::ImportKeyMaterial>>(),
    OperationEntry::of::<list_aliases::ListAliases>(),
    OperationEntry::of::<list_grants::ListGrants>(),
    OperationEntry::of::<OnKey<list_key_policies::ListKeyPolicies>>(),
    OperationEntry::of::<OnKey<list_key_rotations::ListKeyRotations>>(),
    OperationEntry::of::<list_keys::ListKeys>(),
    OperationEntry::of::<OnKey<list_resource_tags::ListResourceTags>>(),
    OperationEntry::of::<list_retirable_grants::ListRetirableGrants>(),
    OperationEntry::of::<OnKey<put_key_policy::PutKeyPolicy>>(),
    OperationEntry::of::<re_encrypt::ReEncrypt>(),
    OperationEntry::of::<replicate_key::ReplicateKey>(),
    OperationEntry::of::<retire_grant::RetireGrant>(),
    OperationEntry::of::<revoke_grant::RevokeGrant>(),
    OperationEntry::of::<OnKey<rotate_key_on_demand::RotateKeyOnDemand>>(),
    OperationEntry::of::<OnKey<schedule_key_deletion::ScheduleKeyDeletion>>(),
    OperationEntry::of::<WithKey<sign::Sign>>(),
    OperationEntry::of::<OnKey<tag_resource::TagResource>>(),
    OperationEntry::of::<OnKey<untag_resource::UntagResource>>(),
    OperationEntry::of::<update_alias::UpdateAlias>(),
    OperationEntry::of::<OnKeyStore<update_custom_key_store::UpdateCustomKeyStore>>(),
    OperationEntry::of::<OnKey<update_key_description::UpdateKeyDescription>>(),
    OperationEntry::of::<OnKey<update_primary_region::UpdatePrimaryRegion>>(),
    OperationEntry::of::<WithKey<verify::Verify>>(),
    OperationEntry::of::<WithKey<verify_mac::VerifyMac>>(),
];

/// The background jobs of KMS.
pub const JOBS: &[JobEntry] =
    &[JobEntry::of::<keys_due::KeysDue>(), JobEntry::of::<grants_of_deleted_keys::GrantsOfDeletedKeys>()];
