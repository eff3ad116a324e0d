//! Replicas as the primary keeps them (reference: Secrets Manager User Guide, "Replicate secrets across Regions").
//!
//! A request writes its own region's store only. Its changes are announced to the replicas in the same commit, and each
//! replica's status becomes `InProgress` until its region has reported.

use claviger_model::secretsmanager::{ReplicaRegionType, ReplicationStatusType, error};
use claviger_replication::secret_replication;
use claviger_store::tables::secret_table::{self, ReplicaStatus, Replication, SecretRecord, SecretReplica};
use claviger_types::{Caller, Region};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::value_key;

/// A replica that a request names.
#[derive(Debug)]
pub(crate) struct Wanted {
    region: Region,
    kms_key_id: Option<String>,
    force_overwrite: bool,
}

/// The regions of the requested replicas.
pub(crate) fn regions(wanted: &[Wanted]) -> Vec<Region> {
    wanted.iter().map(|w| w.region.clone()).collect()
}

/// Checks the regions that a request names.
pub(crate) fn parse(cx: &Cx<'_, '_>, regions: &[ReplicaRegionType], force: Option<bool>) -> Result<Vec<Wanted>, Error> {
    let mut wanted: Vec<Wanted> = Vec::with_capacity(regions.len());
    for replica in regions {
        let region = replica.region.as_deref().unwrap_or_default();
        let region = Region::parse(region).map_err(|_| invalid_region())?;
        if &region == cx.region() || !cx.facts.topology.get().regions.contains(&region) {
            return Err(invalid_region());
        }
        if wanted.iter().any(|w| w.region == region) {
            let text = format!("You can't specify the replica region {region} more than once.");
            return Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
        }
        let kms_key_id = replica.kms_key_id.clone().filter(|id| !id.is_empty());
        wanted.push(Wanted { region, kms_key_id, force_overwrite: force.unwrap_or(false) });
    }
    Ok(wanted)
}

fn invalid_region() -> Error {
    Error::new(error::INVALID_PARAMETER_EXCEPTION, "Invalid replica region.")
}

/// Adds the condition keys of a request for replicas.
pub(crate) fn with_wanted(
    permission: RequiredPermission,
    wanted: &[Wanted],
    force: Option<bool>,
) -> RequiredPermission {
    let permission =
        permission.with_opt("secretsmanager:ForceOverwriteReplicaSecret", force.map(|force| force.to_string()));
    if wanted.is_empty() {
        return permission;
    }
    permission.with_many("secretsmanager:AddReplicaRegions", wanted.iter().map(|w| w.region.to_string()).collect())
}

/// Adds replicas that must be made, or made again, with the caller's permissions. The caller saves with [`save_changed`].
pub(crate) fn add(cx: &mut Cx<'_, '_>, record: &mut SecretRecord, wanted: Vec<Wanted>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    secret_replication::become_primary(cx.tx, record)?;
    if let Some(replication) = &mut record.replication {
        // `save_changed` raises the revision; the replicas are of the raised one.
        let generation = replication.revision.saturating_add(1);
        wanted.into_iter().for_each(|wanted| ask(replication, wanted, generation, cx.caller));
    }
    Ok(())
}

fn ask(replication: &mut Replication, wanted: Wanted, generation: u64, caller: &Caller) {
    let present = replication.replicas.iter().position(|r| r.region == wanted.region);
    let Wanted { region, kms_key_id, force_overwrite } = wanted;
    let mut asked = SecretReplica {
        region,
        kms_key_id,
        status: ReplicaStatus::InProgress,
        status_message: None,
        last_accessed: None,
        force_overwrite,
        caller: caller.clone(),
        generation,
        retry: None,
        reported: None,
    };
    match present.and_then(|at| replication.replicas.get_mut(at)) {
        Some(present) => {
            asked.last_accessed = present.last_accessed;
            *present = asked;
        }
        None => replication.replicas.push(asked),
    }
}

/// Removes replicas. Regions that hold none are ignored. Returns the removed ones. The caller saves with [`save_changed`].
pub(crate) fn remove(record: &mut SecretRecord, regions: &[String]) -> Vec<SecretReplica> {
    let Some(replication) = record.replication.as_mut() else { return Vec::new() };
    let (removed, kept) = std::mem::take(&mut replication.replicas)
        .into_iter()
        .partition(|r| regions.iter().any(|n| n == r.region.as_str()));
    replication.replicas = kept;
    removed
}

/// Writes a secret whose values or labels were changed here. From now on the replicas are written with the permissions of this caller:
/// the caller who requested them may have been deleted since.
pub(crate) fn save_written(cx: &mut Cx<'_, '_>, record: &mut SecretRecord) -> Result<(), Error> {
    hand_to(record, cx.caller);
    save_changed(cx, record)
}

fn hand_to(record: &mut SecretRecord, writer: &Caller) {
    for replica in record.replication.iter_mut().flat_map(|shared| &mut shared.replicas) {
        replica.caller = writer.clone();
    }
}

/// Writes a secret for which replicas in these regions were requested. Replicas in other regions that are in sync stay so.
pub(crate) fn save_asked(cx: &mut Cx<'_, '_>, record: &mut SecretRecord, asked: &[Region]) -> Result<(), Error> {
    touch_only(record, asked);
    secret_table::save_secret(cx.tx, record)?;
    Ok(secret_replication::announce(cx.tx, record)?)
}

fn touch_only(record: &mut SecretRecord, asked: &[Region]) {
    let before = record.replication.as_ref().map(|shared| shared.replicas.clone()).unwrap_or_default();
    secret_replication::raise_revision(record);
    for replica in record.replication.iter_mut().flat_map(|shared| &mut shared.replicas) {
        let present = before.iter().find(|b| b.region == replica.region && b.status == ReplicaStatus::InSync);
        if let Some(present) = present.filter(|_| !asked.contains(&replica.region)) {
            replica.status = present.status;
            replica.status_message = present.status_message.clone();
        }
    }
}

/// Writes a secret that was changed here. Its replicas are announced the change in the same commit, and each is `InProgress` until it
/// has reported.
pub(crate) fn save_changed(cx: &mut Cx<'_, '_>, record: &mut SecretRecord) -> Result<(), Error> {
    secret_replication::raise_revision(record);
    secret_table::save_secret(cx.tx, record)?;
    Ok(secret_replication::announce(cx.tx, record)?)
}

/// `ReplicationStatus`, shown by the primary only and only while it has replicas.
pub(crate) fn status(record: &SecretRecord) -> Option<Vec<ReplicationStatusType>> {
    let replication = record.replicated().filter(|_| !record.is_replica())?;
    Some(replication.replicas.iter().map(shown).collect())
}

fn shown(replica: &SecretReplica) -> ReplicationStatusType {
    let status = match replica.status {
        ReplicaStatus::InProgress => "InProgress",
        ReplicaStatus::InSync => "InSync",
        ReplicaStatus::Failed => "Failed",
    };
    ReplicationStatusType {
        region: Some(replica.region.to_string()),
        // The key in the caller's own form: clients compare it with their configuration.
        kms_key_id: Some(replica.kms_key_id.clone().unwrap_or_else(|| value_key::DEFAULT_KEY.to_owned())),
        status: Some(status.to_owned()),
        status_message: replica.status_message.clone(),
        last_accessed_date: replica.last_accessed,
    }
}

/// A primary cannot be deleted before its replicas.
pub(crate) fn require_none(record: &SecretRecord) -> Result<(), Error> {
    match record.replication.as_ref().is_some_and(|shared| !shared.replicas.is_empty()) {
        true => Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, secret_replication::still_has_replicas(record))),
        false => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::testing::{region, replication, root, secret};

    fn primary(others: &[&str]) -> SecretRecord {
        SecretRecord { replication: Some(replication("us-east-1", others)), ..secret("x") }
    }

    #[test]
    fn asking_again_changes_the_entry() {
        let mut record = primary(&["eu-west-1"]);
        let wanted = |name: &str, key: &str| Wanted {
            region: region(name),
            kms_key_id: Some(key.to_owned()),
            force_overwrite: true,
        };
        let replication = record.replication.as_mut().unwrap();
        ask(replication, wanted("eu-west-1", "alias/theirs"), 7, &root());
        ask(replication, wanted("eu-central-1", "alias/other"), 7, &root());
        assert!(replication.replicas.iter().all(|r| r.generation == 7 && r.force_overwrite));
        let entry = |region: &str, key: &str| ReplicationStatusType {
            region: Some(region.to_owned()),
            kms_key_id: Some(key.to_owned()),
            status: Some("InProgress".to_owned()),
            ..ReplicationStatusType::default()
        };
        let expected = [entry("eu-west-1", "alias/theirs"), entry("eu-central-1", "alias/other")];
        assert_eq!(status(&record).unwrap(), expected);
    }

    #[test]
    fn asking_for_one_region_leaves_the_others_in_sync() {
        let mut record = primary(&["eu-west-1", "us-west-2", "eu-central-1"]);
        record.replication.as_mut().unwrap().replicas[1].status = ReplicaStatus::Failed;
        let revision = record.replication.as_ref().unwrap().revision;
        touch_only(&mut record, &[region("eu-central-1")]);
        let shown = status(&record).unwrap();
        let statuses: Vec<_> = shown.iter().map(|s| s.status.as_deref().unwrap()).collect();
        assert_eq!(statuses, ["InSync", "InProgress", "InProgress"]);
        assert_eq!(shown[0].status_message.as_deref(), Some("Replication succeeded"));
        assert_eq!(record.replication.unwrap().revision, revision + 1);
    }

    #[test]
    fn the_default_key_is_shown_by_its_alias() {
        let shown = status(&primary(&["eu-west-1"])).unwrap();
        assert_eq!(shown[0].kms_key_id.as_deref(), Some("alias/aws/secretsmanager"));
        assert_eq!(shown[0].status_message.as_deref(), Some("Replication succeeded"));
    }

    #[test]
    fn only_a_primary_with_replicas_shows_a_status() {
        assert_eq!(status(&secret("x")), None);
        assert_eq!(status(&primary(&[])), None);
        let replica = SecretRecord { replication: Some(replication("eu-west-1", &[])), ..secret("x") };
        assert_eq!(status(&replica), None);
    }

    #[test]
    fn regions_without_a_replica_are_ignored_on_removal() {
        let mut record = primary(&["eu-west-1", "eu-central-1"]);
        let removed = remove(&mut record, &["eu-west-1".to_owned(), "ap-south-1".to_owned()]);
        assert_eq!(removed.iter().map(|r| r.region.as_str()).collect::<Vec<_>>(), ["eu-west-1"]);
        assert_eq!(status(&record).unwrap().len(), 1);
        assert!(remove(&mut secret("x"), &["eu-west-1".to_owned()]).is_empty());
    }

    #[test]
    fn a_primary_with_replicas_stays() {
        let text = require_none(&primary(&["eu-west-1", "us-west-2"])).unwrap_err().to_string();
        assert_eq!(
            text,
            "InvalidParameterException: You can't delete secret \
             arn:aws:secretsmanager:us-east-1:111122223333:secret:x-a1B2c3 that still has replica regions \
             [eu-west-1, us-west-2]."
        );
        assert!(require_none(&primary(&[])).is_ok());
        assert!(require_none(&secret("x")).is_ok());
    }
}
