//! Changes of secrets by users, made as the service's operations make them.

use claviger_store::Tx;
use claviger_store::tables::Tag;
use claviger_store::tables::secret_table::{self, ReplicaStatus, SecretRecord, SecretReplica, VersionMeta};
use claviger_types::{Random, SecretArn};

use crate::secret_replication;

use super::fixtures::{SECRET_NAMES, account, caller};
use super::report::ChangeMix;
use super::site::{Outcome, Site, text};
use super::world::World;

/// The labels that users move.
const LABELS: [&str; 4] = ["AWSCURRENT", "AWSPENDING", "blue", "green"];

impl World {
    /// Makes a random change of a secret in a region. Returns whether it did.
    pub(super) fn change_secrets(&mut self, index: usize) -> Outcome<bool> {
        let at = usize::try_from(self.random.below(SECRET_NAMES.len() as u64)).map_err(text)?;
        let Some(name) = SECRET_NAMES.get(at) else { return Ok(false) };
        match self.random.below(100) {
            0..10 => self.create_secret(index, name),
            10..35 => self.replicate_secret(index, name),
            35..60 => self.put_value(index, name),
            60..72 => self.move_label(index, name),
            72..75 => self.retry_failed(index, name),
            75..85 => self.change_description(index, name),
            85..91 => self.remove_replica(index, name),
            91..95 => self.detach(index, name),
            95..97 if self.changes != ChangeMix::Disasters => self.detach(index, name),
            95..98 if self.changes == ChangeMix::Disasters => self.promote_secret_by_force(index, name),
            _ => self.delete_secret(index, name),
        }
    }

    /// Moves labels of a secret that the region may write, many in a row. Returns whether it did.
    pub(super) fn move_labels(&mut self, index: usize) -> Outcome<bool> {
        let at = usize::try_from(self.random.below(SECRET_NAMES.len() as u64)).map_err(text)?;
        let Some(name) = SECRET_NAMES.get(at) else { return Ok(false) };
        let mut moved = false;
        for _ in 0..self.random.below(64) {
            moved |= self.move_label(index, name)?;
        }
        Ok(moved)
    }

    fn create_secret(&mut self, index: usize, name: &str) -> Outcome<bool> {
        let now = self.now;
        let random: &dyn Random = &*self.random;
        let suffix = random.text(6, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef");
        self.transact(index, |tx, site| {
            if secret_table::secret(tx, &account(), name).map_err(text)?.is_some() {
                return Ok(false);
            }
            let arn = SecretArn { region: site.region.clone(), account: account(), name: name.to_owned(), suffix };
            let mut record = SecretRecord {
                arn,
                created: now,
                description: None,
                kms_key_id: None,
                tags: None,
                policy: None,
                kind: None,
                last_changed: now,
                last_accessed: None,
                deletion: None,
                versions: Vec::new(),
                replication: None,
                bound: Vec::new(),
                rotation: None,
            };
            add_version(tx, site, &mut record)?;
            secret_table::save_secret(tx, &record).map_err(text)?;
            Ok(true)
        })
    }

    fn replicate_secret(&mut self, index: usize, name: &str) -> Outcome<bool> {
        let Some(region) = self.sites.get(self.any_site()).map(|site| site.region.clone()) else { return Ok(false) };
        let (force_overwrite, other_key) = (self.random.one_in(3), self.random.one_in(3));
        self.change_own(index, name, |tx, site, record| {
            if region == site.region {
                return Ok(false);
            }
            secret_replication::become_primary(tx, record).map_err(text)?;
            secret_replication::raise_revision(record);
            let Some(shared) = record.replication.as_mut() else { return Ok(false) };
            let kms_key_id = other_key.then(|| "alias/other".to_owned());
            if let Some(entry) = shared.replicas.iter_mut().find(|entry| entry.region == region) {
                entry.kms_key_id = kms_key_id;
            } else {
                shared.replicas.push(SecretReplica {
                    region,
                    kms_key_id,
                    status: ReplicaStatus::InProgress,
                    status_message: None,
                    last_accessed: None,
                    force_overwrite,
                    caller: caller(),
                    generation: shared.revision,
                    retry: None,
                    reported: None,
                });
            }
            Ok(true)
        })
    }

    fn put_value(&mut self, index: usize, name: &str) -> Outcome<bool> {
        self.change_own(index, name, |tx, site, record| {
            add_version(tx, site, record)?;
            secret_replication::raise_revision(record);
            Ok(true)
        })
    }

    /// Moves a label to any version, as UpdateSecretVersionStage does. A version that gets its first label has to be sent to replicas
    /// that do not have its value any more.
    fn move_label(&mut self, index: usize, name: &str) -> Outcome<bool> {
        let (pick, label) = (self.random.next(), self.random.below(LABELS.len() as u64));
        let label = usize::try_from(label).ok().and_then(|at| LABELS.get(at)).copied().unwrap_or("AWSCURRENT");
        let moved = self.change_own(index, name, |_, _, record| {
            let at = pick.checked_rem(record.versions.len() as u64).and_then(|at| usize::try_from(at).ok());
            let Some(target) = at.and_then(|at| record.versions.get(at)).map(|v| v.id.clone()) else {
                return Ok(false);
            };
            let before = record.staged(label).map(|version| version.id.clone());
            if before.as_ref() == Some(&target) {
                return Ok(false);
            }
            attach(record, label, &target);
            if let Some(before) = before.filter(|_| label == "AWSCURRENT") {
                attach(record, "AWSPREVIOUS", &before);
            }
            secret_replication::raise_revision(record);
            Ok(true)
        })?;
        self.report.label_moves += u64::from(moved);
        Ok(moved)
    }

    /// Tries again what replicas could not apply, as a job does when its time has come.
    fn retry_failed(&mut self, index: usize, name: &str) -> Outcome<bool> {
        self.transact(index, |tx, _| {
            let Some(mut record) = secret_table::secret(tx, &account(), name).map_err(text)? else { return Ok(false) };
            let Some(due) = record.due() else { return Ok(false) };
            secret_replication::retry_failed(tx, &mut record, due).map_err(text)?;
            secret_table::save_secret(tx, &record).map_err(text)?;
            Ok(true)
        })
    }

    fn change_description(&mut self, index: usize, name: &str) -> Outcome<bool> {
        let word = format!("{:x}", self.random.next());
        self.change_own(index, name, |_, _, record| {
            record.tags = Some(vec![Tag { key: "word".to_owned(), value: word.clone() }]);
            record.description = Some(word);
            secret_replication::raise_revision(record);
            Ok(true)
        })
    }

    fn remove_replica(&mut self, index: usize, name: &str) -> Outcome<bool> {
        let pick = self.random.next();
        self.change_own(index, name, |tx, _, record| {
            let arn = record.arn.clone();
            let Some(shared) = record.replication.as_mut() else { return Ok(false) };
            let at = pick.checked_rem(shared.replicas.len() as u64).and_then(|at| usize::try_from(at).ok());
            let Some(at) = at else { return Ok(false) };
            let entry = shared.replicas.remove(at);
            secret_replication::announce_removal(tx, &arn, &entry.region, entry.generation, &shared.epoch)
                .map_err(text)?;
            secret_replication::raise_revision(record);
            Ok(true)
        })
    }

    fn detach(&mut self, index: usize, name: &str) -> Outcome<bool> {
        self.transact(index, |tx, _| {
            let found = secret_table::secret(tx, &account(), name).map_err(text)?;
            let Some(mut record) = found.filter(SecretRecord::is_replica) else { return Ok(false) };
            secret_replication::detach(tx, &mut record).map_err(text)?;
            secret_table::save_secret(tx, &record).map_err(text)?;
            Ok(true)
        })
    }

    /// Promotes a replica as an operator does who forces it without the old primary, and often further ones before either region hears
    /// of the other.
    fn promote_secret_by_force(&mut self, index: usize, name: &'static str) -> Outcome<bool> {
        let forced = self.force_secret(index, name)?;
        for other in (0..self.sites.len()).filter(|_| forced) {
            let chosen =
                other != index && self.random.one_in(2) && self.sites.get(other).is_some_and(|site| !site.down);
            if chosen && !self.serves_nobody(other)? && self.force_secret(other, name)? {
                self.check(other, true)?;
            }
        }
        Ok(forced)
    }

    fn force_secret(&mut self, index: usize, name: &str) -> Outcome<bool> {
        let (now, broken) = (self.now, self.broken);
        let forced = self.transact(index, |tx, site| {
            let found = secret_table::secret(tx, &account(), name).map_err(text)?;
            let Some(mut record) = found.filter(SecretRecord::is_replica) else { return Ok(false) };
            let lost = record.replication.as_ref().map(|shared| shared.primary.clone());
            let signed = lost.and_then(|lost| site.signed(&lost, now, broken));
            secret_replication::promote(tx, &mut record, site.clock(now), signed.as_ref()).map_err(text)?;
            secret_table::save_secret(tx, &record).map_err(text)?;
            Ok(true)
        })?;
        self.report.secrets_forced += u64::from(forced);
        Ok(forced)
    }

    fn delete_secret(&mut self, index: usize, name: &str) -> Outcome<bool> {
        self.transact(index, |tx, _| {
            let Some(record) = secret_table::secret(tx, &account(), name).map_err(text)? else { return Ok(false) };
            let lone = record.replication.as_ref().is_none_or(|shared| shared.replicas.is_empty());
            if record.is_replica() || !lone {
                return Ok(false);
            }
            secret_replication::record_deletion(tx, &record).map_err(text)?;
            secret_table::delete_secret(tx, &record).map_err(text)?;
            Ok(true)
        })
    }

    /// Changes a secret that is not a replica, and announces it.
    fn change_own(
        &self,
        index: usize,
        name: &str,
        change: impl FnOnce(&mut Tx<'_>, &Site, &mut SecretRecord) -> Outcome<bool>,
    ) -> Outcome<bool> {
        self.transact(index, |tx, site| {
            let Some(mut record) = secret_table::secret(tx, &account(), name).map_err(text)? else { return Ok(false) };
            if record.is_replica() || !change(tx, site, &mut record)? {
                return Ok(false);
            }
            secret_table::save_secret(tx, &record).map_err(text)?;
            secret_replication::announce(tx, &record).map_err(text)?;
            Ok(true)
        })
    }
}

/// Gives a label to one version, and takes it from all others.
fn attach(record: &mut SecretRecord, label: &str, target: &str) {
    for version in &mut record.versions {
        version.stages.retain(|stage| stage != label);
        if version.id == target {
            version.stages.push(label.to_owned());
            version.stages.sort();
        }
    }
}

/// Adds a current version. The one before becomes the previous one. Older ones lose their labels and are deleted.
fn add_version(tx: &mut Tx<'_>, site: &Site, record: &mut SecretRecord) -> Outcome<()> {
    let random: &dyn Random = &*site.random;
    for version in &mut record.versions {
        let was_current = version.stages.iter().any(|stage| stage == "AWSCURRENT");
        version.stages = if was_current { vec!["AWSPREVIOUS".to_owned()] } else { Vec::new() };
    }
    let (labelled, old): (Vec<_>, Vec<_>) =
        std::mem::take(&mut record.versions).into_iter().partition(|version| !version.stages.is_empty());
    record.versions = labelled;
    for version in old {
        secret_table::delete_value(tx, &record.arn, &version.id).map_err(text)?;
    }
    let id = random.uuid();
    let value = site.seal(record, &id, id.as_bytes());
    secret_table::save_value(tx, &record.arn, &id, &value).map_err(text)?;
    record.versions.push(VersionMeta {
        id,
        stages: vec!["AWSCURRENT".to_owned()],
        created: record.created,
        last_accessed: None,
        kms_key: None,
        has_value: true,
    });
    Ok(())
}
