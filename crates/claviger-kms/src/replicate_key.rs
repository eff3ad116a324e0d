//! ReplicateKey: a related key in another region. Called in the primary's region; the replica is made there later.

use claviger_model::kms::{ReplicateKeyRequest, ReplicateKeyResponse, error};
use claviger_replication::key_replication;
use claviger_store::tables::Tag;
use claviger_store::tables::key_table::{self, KeyRecord, KeyState, PendingReplica};
use claviger_types::Region;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::key_lookup::{self, FoundKey};
use super::key_permissions;
use super::metadata::metadata;
use super::state::{self, KeyAction};
use super::{policy, tags};

pub(crate) struct ReplicateKey;

/// The primary, and the region and tags of the replica.
pub(crate) struct Plan {
    key: FoundKey,
    region: Region,
    tags: Vec<Tag>,
}

impl Operation for ReplicateKey {
    const ACTION: &'static str = "kms:ReplicateKey";
    const READ_ONLY: bool = false;
    type Input = ReplicateKeyRequest;
    type Output = ReplicateKeyResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        let key = key_lookup::find_own(cx, &input.key_id)?;
        let tags = tags::parse(input.tags.as_deref().unwrap_or_default())?;
        let region = Region::parse(&input.replica_region).map_err(|_| unknown_region(&input.replica_region))?;
        let plan = Plan { key, region, tags };
        Ok(Resolved::new(permissions(input, &plan, cx)?, Ok(plan)))
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (Plan { key, region, tags }, facts) = (plan.into_inner(), cx.facts);
        state::require_primary(&key.record, &key.arn)?;
        require_free(cx, &key, &region)?;
        state::require(KeyAction::Replicate, &key)?;
        let (policy, bound) = match input.policy {
            Some(text) => {
                let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
                let bound = policy::check(cx, &text, &replica(&key, &region, &tags), bypass)?;
                (text, bound)
            }
            None => (policy::default_policy(cx, &key.record.account), Vec::new()),
        };

        let mut primary = key.record;
        key_replication::raise_revision(&mut primary);
        let Some(shared) = primary.multi_region.as_mut() else {
            return Err(Error::Internal(format!("primary {} is not multi-Region", primary.id)));
        };
        shared.add(region.clone());
        let pending = PendingReplica {
            region: region.clone(),
            policy: policy.clone().into(),
            description: input.description.unwrap_or_default(),
            tags: tags.clone(),
            created: cx.now,
            generation: shared.revision,
            epoch: shared.epoch.clone(),
            bound,
        };
        shared.pending.push(pending.clone());
        key_table::save_key(cx.tx, &primary)?;
        key_replication::announce(cx.tx, &facts.name, &primary)?;

        // The answer shows the replica in its first state.
        primary.state = KeyState::Creating;
        primary.created = pending.created;
        primary.description = pending.description;
        Ok(ReplicateKeyResponse {
            replica_key_metadata: Some(metadata(&primary, &region)),
            replica_policy: Some(policy),
            replica_tags: (!tags.is_empty()).then(|| tags.into_iter().map(tags::wire).collect()),
        })
    }
}

fn permissions(input: &ReplicateKeyRequest, plan: &Plan, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
    let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false).to_string();
    let replicate = key_permissions::permission(ReplicateKey::ACTION, &plan.key, cx)?
        .with("kms:ReplicaRegion", plan.region.as_str())
        .with("kms:BypassPolicyLockoutSafetyCheck", bypass.as_str());
    // The caller must have the permission to make a key there. IAM is the same in every region, so it can be decided here.
    let there = |action| {
        let record = &plan.key.record;
        let permission = RequiredPermission::new(action, "*", cx.account(), ResourcePolicy::Identity)
            .with("aws:RequestedRegion", plan.region.as_str())
            .with("kms:CallerAccount", cx.account().as_str());
        let permission = key_permissions::spec_conditions(permission, record.spec, record.usage, record.origin)
            .with("kms:MultiRegion", "true")
            .with("kms:MultiRegionKeyType", "REPLICA");
        tags::with_request_tags(permission, &plan.tags)
    };
    let create = there("kms:CreateKey").with("kms:BypassPolicyLockoutSafetyCheck", bypass.as_str());
    let mut permissions = vec![replicate, create];
    if !plan.tags.is_empty() {
        permissions.push(there("kms:TagResource"));
    }
    Ok(permissions)
}

/// The replica as policies see it: the primary in another region, with tags of its own.
fn replica(primary: &FoundKey, region: &Region, tags: &[Tag]) -> FoundKey {
    let record = KeyRecord { tags: tags.to_vec(), ..primary.record.clone().into_owned() };
    let arn = record.id.arn(region, &record.account);
    FoundKey::new(record, arn)
}

fn unknown_region(region: &str) -> Error {
    Error::Validation(format!("Region {region} is not a Region that a key can be replicated to."))
}

/// Checks that the region is another one of the partition and holds no related key yet.
fn require_free(cx: &Cx<'_, '_>, key: &FoundKey, region: &Region) -> Result<(), Error> {
    if region == cx.region() || !cx.facts.topology.get().regions.contains(region) {
        return Err(unknown_region(region.as_str()));
    }
    let taken = key.record.multi_region.as_ref().is_some_and(|m| m.members().any(|member| member == region));
    if taken {
        let arn = key.record.id.arn(region, &key.record.account);
        return Err(Error::new(error::ALREADY_EXISTS_EXCEPTION, format!("Key {arn} already exists.")));
    }
    Ok(())
}
