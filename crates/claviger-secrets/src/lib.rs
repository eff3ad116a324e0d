//! AWS Secrets Manager: the tables of operations and jobs.

mod batch_get_secret_value;
mod cancel_rotate_secret;
mod create_secret;
mod delete_resource_policy;
mod delete_secret;
mod describe_secret;
mod get_random_password;
mod get_resource_policy;
mod get_secret_value;
mod list_secret_version_ids;
mod list_secrets;
mod put_resource_policy;
mod put_secret_value;
mod remove_regions_from_replication;
mod replicate_secret_to_regions;
mod restore_secret;
mod rotate_secret;
mod stop_replication_to_replica;
mod tag_resource;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;
mod validate_resource_policy;

pub(crate) mod describe;
pub(crate) mod filters;
mod kms_client;
pub mod lookup;
mod on_secret;
pub(crate) mod password;
mod policy;
mod rekey;
pub(crate) mod replicas;
pub mod rotation;
pub(crate) mod rotation_settings;
mod secret_work;
pub(crate) mod stages;
pub(crate) mod tags;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod testing;
pub mod transfer;
pub(crate) mod value;
mod value_key;
pub(crate) mod vault;
pub(crate) mod versions;
mod write;

use claviger_core::entry::OperationEntry;
use claviger_core::job_runner::JobEntry;

use on_secret::OnSecret;

/// Every Secrets Manager operation that this release builds. The pipeline dispatches by it, and the compatibility page is made from
/// it.
pub const TABLE: &[OperationEntry] = &[
    OperationEntry::of::<batch_get_secret_value::BatchGetSecretValue>(),
    OperationEntry::of::<OnSecret<cancel_rotate_secret::CancelRotateSecret>>(),
    OperationEntry::of::<create_secret::CreateSecret>(),
    OperationEntry::of::<OnSecret<delete_resource_policy::DeleteResourcePolicy>>(),
    OperationEntry::of::<delete_secret::DeleteSecret>(),
    OperationEntry::of::<OnSecret<describe_secret::DescribeSecret>>(),
    OperationEntry::of::<get_random_password::GetRandomPassword>(),
    OperationEntry::of::<OnSecret<get_resource_policy::GetResourcePolicy>>(),
    OperationEntry::of::<get_secret_value::GetSecretValue>(),
    OperationEntry::of::<OnSecret<list_secret_version_ids::ListSecretVersionIds>>(),
    OperationEntry::of::<list_secrets::ListSecrets>(),
    OperationEntry::of::<OnSecret<put_resource_policy::PutResourcePolicy>>(),
    OperationEntry::of::<put_secret_value::PutSecretValue>(),
    OperationEntry::of::<OnSecret<remove_regions_from_replication::RemoveRegionsFromReplication>>(),
    OperationEntry::of::<replicate_secret_to_regions::ReplicateSecretToRegions>(),
    OperationEntry::of::<OnSecret<restore_secret::RestoreSecret>>(),
    OperationEntry::of::<rotate_secret::RotateSecret>(),
    OperationEntry::of::<OnSecret<stop_replication_to_replica::StopReplicationToReplica>>(),
    OperationEntry::of::<OnSecret<tag_resource::TagResource>>(),
    OperationEntry::of::<OnSecret<untag_resource::UntagResource>>(),
    OperationEntry::of::<update_secret::UpdateSecret>(),
    OperationEntry::of::<OnSecret<update_secret_version_stage::UpdateSecretVersionStage>>(),
    OperationEntry::of::<validate_resource_policy::ValidateResourcePolicy>(),
];

/// The background jobs of Secrets Manager.
pub const JOBS: &[JobEntry] = &[JobEntry::of::<secret_work::SecretWork>()];
