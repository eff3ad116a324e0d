//! AWS KMS: the table of operations, and the rules they share.

mod cancel_key_deletion;
mod create_alias;
pub(crate) mod create_key;
mod decrypt;
mod delete_alias;
mod describe_key;
mod disable_key;
mod disable_key_rotation;
mod enable_key;
mod enable_key_rotation;
mod encrypt;
mod generate_data_key;
mod generate_data_key_without_plaintext;
mod generate_random;
mod get_key_policy;
mod get_key_rotation_status;
mod list_aliases;
mod list_key_policies;
mod list_keys;
mod list_resource_tags;
mod put_key_policy;
mod re_encrypt;
mod replicate_key;
mod schedule_key_deletion;
mod tag_resource;
mod untag_resource;
mod update_alias;
mod update_key_description;
mod update_primary_region;

mod aliases;
pub(crate) mod crypto;
mod data_keys;
pub(crate) mod keys;
pub(crate) mod managed;
mod metadata;
mod pages;
pub(crate) mod policy;
mod rotation;
pub(crate) mod state;
mod tags;

use crate::operation::Entry;

/// Every KMS operation that this release builds. Dispatch, the action names and the compatibility page are read from it.
pub const TABLE: &[Entry] = &[
    Entry::of::<cancel_key_deletion::CancelKeyDeletion>(),
    Entry::of::<create_alias::CreateAlias>(),
    Entry::of::<create_key::CreateKey>(),
    Entry::of::<decrypt::Decrypt>(),
    Entry::of::<delete_alias::DeleteAlias>(),
    Entry::of::<describe_key::DescribeKey>(),
    Entry::of::<disable_key::DisableKey>(),
    Entry::of::<disable_key_rotation::DisableKeyRotation>(),
    Entry::of::<enable_key::EnableKey>(),
    Entry::of::<enable_key_rotation::EnableKeyRotation>(),
    Entry::of::<encrypt::Encrypt>(),
    Entry::of::<generate_data_key::GenerateDataKey>(),
    Entry::of::<generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>(),
    Entry::of::<generate_random::GenerateRandom>(),
    Entry::of::<get_key_policy::GetKeyPolicy>(),
    Entry::of::<get_key_rotation_status::GetKeyRotationStatus>(),
    Entry::of::<list_aliases::ListAliases>(),
    Entry::of::<list_key_policies::ListKeyPolicies>(),
    Entry::of::<list_keys::ListKeys>(),
    Entry::of::<list_resource_tags::ListResourceTags>(),
    Entry::of::<put_key_policy::PutKeyPolicy>(),
    Entry::of::<re_encrypt::ReEncrypt>(),
    Entry::of::<replicate_key::ReplicateKey>(),
    Entry::of::<schedule_key_deletion::ScheduleKeyDeletion>(),
    Entry::of::<tag_resource::TagResource>(),
    Entry::of::<untag_resource::UntagResource>(),
    Entry::of::<update_alias::UpdateAlias>(),
    Entry::of::<update_key_description::UpdateKeyDescription>(),
    Entry::of::<update_primary_region::UpdatePrimaryRegion>(),
];
