//! AWS Secrets Manager: the table of operations, and the rules they share.

mod create_secret;
mod delete_resource_policy;
mod delete_secret;
mod describe_secret;
mod get_resource_policy;
mod get_secret_value;
mod list_secret_version_ids;
mod list_secrets;
mod put_resource_policy;
mod put_secret_value;
mod remove_regions_from_replication;
mod replicate_secret_to_regions;
mod restore_secret;
mod stop_replication_to_replica;
mod tag_resource;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;

pub(crate) mod describe;
pub(crate) mod filters;
pub(crate) mod lookup;
pub(crate) mod policy;
mod rekey;
pub(crate) mod replicas;
pub(crate) mod stages;
pub(crate) mod tags;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod testing;
pub(crate) mod transfer;
pub(crate) mod value;
pub(crate) mod vault;
pub(crate) mod versions;
mod write;

use crate::operation::Entry;

/// Every Secrets Manager operation that this release builds. Dispatch, the action names and the compatibility page are read
/// from it.
pub const TABLE: &[Entry] = &[
    Entry::of::<create_secret::CreateSecret>(),
    Entry::of::<delete_resource_policy::DeleteResourcePolicy>(),
    Entry::of::<delete_secret::DeleteSecret>(),
    Entry::of::<describe_secret::DescribeSecret>(),
    Entry::of::<get_resource_policy::GetResourcePolicy>(),
    Entry::of::<get_secret_value::GetSecretValue>(),
    Entry::of::<list_secret_version_ids::ListSecretVersionIds>(),
    Entry::of::<list_secrets::ListSecrets>(),
    Entry::of::<put_resource_policy::PutResourcePolicy>(),
    Entry::of::<put_secret_value::PutSecretValue>(),
    Entry::of::<remove_regions_from_replication::RemoveRegionsFromReplication>(),
    Entry::of::<replicate_secret_to_regions::ReplicateSecretToRegions>(),
    Entry::of::<restore_secret::RestoreSecret>(),
    Entry::of::<stop_replication_to_replica::StopReplicationToReplica>(),
    Entry::of::<tag_resource::TagResource>(),
    Entry::of::<untag_resource::UntagResource>(),
    Entry::of::<update_secret::UpdateSecret>(),
    Entry::of::<update_secret_version_stage::UpdateSecretVersionStage>(),
];
