//! The checks that must hold once all faults are repaired and no message is under way: the regions agree.

use std::collections::BTreeSet;

use claviger_crypto::{Blob as Ciphertext, Material, MaterialKind};
use claviger_store::tables::fleet_table;
use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::key_table::{self, KeyRecord, KeyState};
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::secret_table::{self, ReplicaStatus, SecretRecord, SecretReplica};
use claviger_store::tables::{Epoch, Record, list, log};
use claviger_store::tables::{region_table, run_table};
use claviger_types::{KeyId, MaterialId, Region};

use crate::engine::Event;
use crate::state_digest;

use super::check::shared_content;
use super::fixtures::{SECRET_NAMES, account};
use super::site::{Outcome, Site, text};
use super::world::World;

/// How many times all regions process their outboxes before the simulation reports that they do not become idle.
const ROUNDS_MAX: usize = 500;
/// Longer than any wait of a link.
const ROUND_MS: i64 = 1_000;

impl World {
    /// Repairs all faults, delivers all messages, and checks that the regions agree.
    pub(super) fn agree(&mut self) -> Outcome<()> {
        self.network.heal();
        self.network.faulty = false;
        self.start_all()?;
        self.come_to_rest()?;
        self.accept_restored()?;
        self.check_members()?;
        for id in self.facts.keys.clone() {
            if !self.went_with_a_disk(&id)? {
                self.check_set(&id)?;
            }
            if self.members_of(&id)?.is_empty() {
                self.facts.forget(&id);
            }
        }
        self.check_blobs()?;
        for name in SECRET_NAMES {
            self.check_replicas_of(name)?;
        }
        self.check_iam()?;
        self.check_token_keys()?;
        self.network.faulty = true;
        self.sites.iter_mut().for_each(|site| site.refuses = false);
        self.report.agreements += 1;
        Ok(())
    }

    fn come_to_rest(&mut self) -> Outcome<()> {
        for _ in 0..ROUNDS_MAX {
            while self.deliver()? {}
            if self.engines_are_idle() && self.outboxes_are_empty()? {
                return Ok(());
            }
            self.advance(ROUND_MS);
            self.rebuild_held()?;
            for index in 0..self.sites.len() {
                self.wake(index, &Event::Tick)?;
            }
        }
        Err(format!("the regions do not come to rest: {}", self.waiting()?))
    }

    /// The outbox rows and counters of each region, for the text of a violation.
    fn waiting(&self) -> Outcome<String> {
        let mut out = String::new();
        for (site, engine) in self.sites.iter().zip(&self.engines) {
            let tx = site.begin()?;
            let state = (run_table::held(&tx).map_err(text)?, fleet_table::rebuild(&tx).map_err(text)?);
            out.push_str(&format!("{}: {state:?}, idle {}, {:?}", site.region, engine.is_idle(), engine.counters()));
            for peer in &self.sites {
                let rows = log::outbox(&site.begin()?, &peer.region, None, 1_000).map_err(text)?;
                out.push_str(&format!(", {} for {}", rows.len(), peer.region));
            }
            out.push_str("; ");
        }
        Ok(out)
    }

    fn outboxes_are_empty(&self) -> Outcome<bool> {
        for site in &self.sites {
            let tx = site.begin()?;
            for peer in &self.sites {
                if !log::outbox(&tx, &peer.region, None, 1).map_err(text)?.is_empty() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether the only copy of a key's material was on a lost disk. Its related keys wait for it, until they are deleted.
    fn went_with_a_disk(&self, id: &KeyId) -> Outcome<bool> {
        if self.report.rebuilds == 0 {
            return Ok(false);
        }
        for (site, record) in self.live(id)? {
            if !key_table::held_materials(&site.begin()?, &record).map_err(text)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Checks all related keys of one set: there is one primary, and the shared state is equal.
    fn check_set(&self, id: &KeyId) -> Outcome<()> {
        let members = self.live(id)?;
        let Some((first_site, first)) = members.first() else { return Ok(()) };
        let regions: BTreeSet<&Region> = members.iter().map(|(site, _)| &site.region).collect();
        for (site, record) in &members {
            let at = format!("key {id} in {}", site.region);
            let shared = record.multi_region.as_ref().ok_or("a key has become single-Region")?;
            let known: BTreeSet<&Region> = shared.members().collect();
            if known != regions {
                return Err(format!("{at}: knows the members {known:?}, and they are {regions:?}"));
            }
            let (a, b) = (shared_part(site, record)?, shared_part(first_site, first)?);
            if a != b {
                return Err(format!("{at}: does not agree with the others: {a:?} and {b:?}"));
            }
            let digest = |site: &Site, record| state_digest::of_key(&site.begin()?, record).map_err(text);
            let own = digest(site, record)?;
            if own != digest(first_site, first)? {
                return Err(format!("{at}: its digest is not that of the others"));
            }
            let (_, primary) = members.iter().find(|(site, _)| site.region == shared.primary).ok_or("no primary")?;
            let holders = primary.multi_region.iter().flat_map(|shared| &shared.holders);
            let ready = matches!(record.state, KeyState::Enabled | KeyState::Disabled);
            let reported = own.filter(|_| ready);
            if holders.filter(|holder| holder.region == site.region).any(|holder| holder.digest != reported) {
                return Err(format!("{at}: its primary knows another digest"));
            }
            if !shared.pending.is_empty() && shared.primary == site.region {
                return Err(format!("{at}: still waits for replicas"));
            }
            if matches!(record.state, KeyState::Creating | KeyState::Updating) {
                return Err(format!("{at}: is {:?} for ever", record.state));
            }
            if key_table::material(&site.begin()?, id, &record.current.ok_or(format!("{at}: no current material"))?)
                .map_err(text)?
                .is_none()
            {
                return Err(format!("{at}: the current material is not held"));
            }
            let awaited = crate::key_replication::awaited_material(&site.begin()?, record).map_err(text)?.is_some();
            if awaited && shared.primary == site.region {
                return Err(format!("{at}: a rotation does not end"));
            }
        }
        Ok(())
    }

    /// The related keys of a set. A key that a restored region has again from before it was replicated, and whose replica there was deleted since,
    /// is none of them: it knows nobody who could tell it.
    fn live(&self, id: &KeyId) -> Outcome<Vec<(&Site, KeyRecord)>> {
        let (alone, mut live): (Vec<_>, Vec<_>) =
            self.members_of(id)?.into_iter().partition(|(_, record)| is_alone(record));
        let sets = live.iter().filter_map(|(_, record)| record.multi_region.as_ref());
        let former: BTreeSet<Region> = sets.flat_map(|shared| shared.former.iter().cloned()).collect();
        let returned = |site: &Site| self.facts.restored.contains(&site.region) && former.contains(&site.region);
        live.extend(alone.into_iter().filter(|(site, _)| !returned(site)));
        Ok(live)
    }

    fn members_of(&self, id: &KeyId) -> Outcome<Vec<(&Site, KeyRecord)>> {
        let mut members = Vec::new();
        for site in &self.sites {
            let record = key_table::key(&site.begin()?, &account(), id).map_err(text)?;
            members.extend(record.map(|record| (site, record)));
        }
        Ok(members)
    }

    /// Checks that every ciphertext opens in every region that has the key.
    fn check_blobs(&self) -> Outcome<()> {
        for blob in &self.facts.blobs {
            // The last region that held it may have deleted its key while the one that lost its disk was still asking for the material.
            if self.report.rebuilds > 0 && !self.is_held_except(self.sites.len(), &blob.key, &blob.material)? {
                continue;
            }
            for (site, _) in self.live(&blob.key)? {
                let at = format!("key {} in {}", blob.key, site.region);
                let sealed = key_table::material(&site.begin()?, &blob.key, &blob.material).map_err(text)?;
                let sealed = sealed.ok_or(format!("{at}: cannot open an acknowledged ciphertext"))?;
                let opened = sealed.open(&site.keyring, MaterialKind::Symmetric, &blob.key, &blob.material);
                let Material::Symmetric(material) = opened.map_err(text)? else { return Err(at) };
                let parsed = Ciphertext::parse(&blob.bytes).map_err(text)?;
                parsed.decrypt(&material, &Default::default()).map_err(|e| format!("{at}: {e}"))?;
            }
        }
        Ok(())
    }

    fn check_replicas_of(&self, name: &str) -> Outcome<()> {
        for site in &self.sites {
            let Some(primary) = find(site, name)?.filter(|record| !record.is_replica()) else { continue };
            if self.is_superseded(&primary)? {
                continue;
            }
            let Some(shared) = &primary.replication else { continue };
            for entry in &shared.replicas {
                let at = format!("secret {name} of {} in {}", site.region, entry.region);
                let there = self.sites.iter().find(|site| site.region == entry.region).ok_or("no such region")?;
                let replica = find(there, name)?.filter(|record| is_replica_of(record, &primary));
                match (entry.status, replica) {
                    (ReplicaStatus::InSync, Some(replica)) if shared_content(&replica) == shared_content(&primary) => {
                        let own = state_digest::of_secret(&primary);
                        let reported = entry.reported.and_then(|reported| reported.digest);
                        if state_digest::of_secret(&replica) != own || reported != own {
                            return Err(format!("{at}: InSync, and its digest differs"));
                        }
                    }
                    (ReplicaStatus::InSync, _) => return Err(format!("{at}: InSync, and its content differs")),
                    (ReplicaStatus::InProgress, _) => return Err(format!("{at}: InProgress for ever")),
                    (ReplicaStatus::Failed, _) if entry.status_message.is_none() => {
                        return Err(format!("{at}: failed without a reason"));
                    }
                    (ReplicaStatus::Failed, Some(replica)) if position(&replica) == position(&primary) => {
                        return Err(format!("{at}: failed, and it has the primary's revision"));
                    }
                    (ReplicaStatus::Failed, _) => {}
                }
            }
            for there in &self.sites {
                let unlisted = shared.replicas.iter().all(|entry| entry.region != there.region);
                let replica = find(there, name)?.filter(|record| is_replica_of(record, &primary));
                // A replica of an earlier epoch is an orphan: its primary was overwritten by another region's and has begun a
                // new epoch.
                if replica.is_some_and(|replica| unlisted && epoch(&replica) == epoch(&primary)) {
                    return Err(format!("secret {name} of {} in {}: an unknown replica", site.region, there.region));
                }
            }
        }
        Ok(())
    }

    /// Whether another region has taken the place of this primary, and this region may not seal what that one sends.
    fn is_superseded(&self, primary: &SecretRecord) -> Outcome<bool> {
        for site in &self.sites {
            let later = find(site, &primary.arn.name)?.filter(|other| {
                !other.is_replica()
                    && other.arn.in_region(&primary.arn.region) == primary.arn
                    && epoch(other) > epoch(primary)
            });
            let entries = later.and_then(|later| later.replication).map(|shared| shared.replicas).unwrap_or_default();
            let failed =
                |entry: &SecretReplica| entry.region == primary.arn.region && entry.status == ReplicaStatus::Failed;
            if entries.iter().any(failed) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn check_iam(&self) -> Outcome<()> {
        let mut homes: Option<[Vec<Vec<u8>>; 5]> = None;
        for site in &self.sites {
            let mut access_keys = all::<AccessKeyRecord>(site)?;
            for key in &mut access_keys {
                let opened = site.keyring.open_sealed(&[b"access-key", key.id.as_bytes()], &key.secret);
                key.secret = match opened {
                    Ok(secret) => secret.to_vec(),
                    // A secret that only a lost disk had is in no region.
                    Err(_) if self.report.rebuilds > 0 && key.secret.is_empty() => Vec::new(),
                    Err(e) => return Err(format!("access key {} in {}: {e}", key.id, site.region)),
                };
            }
            let copy = [
                encoded(all::<UserRecord>(site)?),
                encoded(all::<RoleRecord>(site)?),
                encoded(all::<PolicyRecord>(site)?),
                encoded(all::<PolicyVersionRecord>(site)?),
                encoded(access_keys),
            ];
            let home = homes.get_or_insert_with(|| copy.clone());
            if *home != copy {
                return Err(format!("IAM in {} is not that of its home", site.region));
            }
        }
        Ok(())
    }

    /// Every region knows the session-token keys that every other one knows, and so the one that each uses now.
    fn check_token_keys(&self) -> Outcome<()> {
        let (mut all, mut opened_in, mut closed) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for site in &self.sites {
            let record = region_table::region(&site.begin()?).map_err(text)?.ok_or("the region's record is gone")?;
            all.insert(record.token_key);
            all.extend(region_table::token_keys(&site.begin()?, 1_000).map_err(text)?.into_iter().map(|key| key.id));
        }
        for site in &self.sites {
            let keys = region_table::token_keys(&site.begin()?, 1_000).map_err(text)?;
            if keys.len() != all.len() {
                return Err(format!("{} knows {} of {} session-token keys", site.region, keys.len(), all.len()));
            }
            for key in keys {
                let opened = site.keyring.open_sealed(&[b"token-key", key.id.as_bytes()], &key.sealed);
                match opened {
                    Ok(_) => drop(opened_in.insert(key.id)),
                    Err(e) => closed.push((key.id, format!("{} of {}: {e}", site.region, key.region))),
                }
            }
        }
        // A key that opens in no region was on a lost disk only.
        match closed.iter().find(|(id, _)| opened_in.contains(id) || self.report.rebuilds == 0) {
            Some((id, at)) => Err(format!("token key {id} in {at}")),
            None => Ok(()),
        }
    }

    /// No region is still being rebuilt, and all agree about the members and the home of IAM.
    fn check_members(&self) -> Outcome<()> {
        let mut homes = BTreeSet::new();
        for (index, site) in self.sites.iter().enumerate() {
            if self.is_rebuilding(index)? {
                let rebuild = fleet_table::rebuild(&site.begin()?).map_err(text)?;
                return Err(format!("{} is being rebuilt for ever: {rebuild:?}", site.region));
            }
            let tx = site.begin()?;
            let awaited = fleet_table::rebuilt(&tx).map_err(text)?.map(|rebuilt| rebuilt.awaited).unwrap_or_default();
            if !awaited.is_empty() {
                return Err(format!("{} waits for snapshots for ever: {awaited:?}", site.region));
            }
            let record = region_table::region(&tx).map_err(text)?.ok_or("the region's record is gone")?;
            homes.insert((record.iam_home, record.home_counter));
            for member in fleet_table::members(&tx).map_err(text)? {
                if !self.identities.contains(&(member.region.clone(), member.identity)) {
                    return Err(format!("{} knows {} by another identity", site.region, member.region));
                }
            }
        }
        if homes.len() != 1 {
            return Err(format!("there are several homes of IAM: {homes:?}"));
        }
        Ok(())
    }
}

type SharedPart = (Region, BTreeSet<Region>, u64, u64, Option<MaterialId>, BTreeSet<MaterialId>, Option<i64>);

/// The epoch and the revision of a secret.
fn position(record: &SecretRecord) -> Option<(&Epoch, u64)> {
    record.replication.as_ref().map(|shared| (&shared.epoch, shared.revision))
}

/// Whether a key is a primary that has never had a replica, as it knows.
fn is_alone(record: &KeyRecord) -> bool {
    let shared = record.multi_region.as_ref().filter(|shared| shared.primary == record.region);
    shared.is_some_and(|shared| shared.replicas.is_empty() && shared.former.is_empty())
}

fn shared_part(site: &Site, record: &KeyRecord) -> Outcome<Option<SharedPart>> {
    let Some(shared) = &record.multi_region else { return Ok(None) };
    let materials = key_table::materials(&site.begin()?, &record.id).map_err(text)?;
    Ok(Some((
        shared.primary.clone(),
        shared.replicas.iter().cloned().collect(),
        shared.epoch.counter,
        shared.revision,
        record.current,
        materials.iter().map(|meta| meta.id).collect(),
        record.rotation.period_days,
    )))
}

fn find(site: &Site, name: &str) -> Outcome<Option<SecretRecord>> {
    secret_table::secret(&site.begin()?, &account(), name).map_err(text)
}

fn epoch(record: &SecretRecord) -> Option<&Epoch> {
    record.replication.as_ref().map(|shared| &shared.epoch)
}

fn is_replica_of(record: &SecretRecord, primary: &SecretRecord) -> bool {
    let shared = record.replication.as_ref();
    record.arn.in_region(&primary.arn.region) == primary.arn
        && shared.is_some_and(|shared| shared.primary == primary.arn.region)
        && record.is_replica()
}

fn all<T: Record>(site: &Site) -> Outcome<Vec<T>> {
    let rows = list::<T>(&site.begin()?, &[T::TABLE as u8], None, 1_000).map_err(text)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// Encodes and sorts the records, since row names, and so the order of rows, differ between regions.
fn encoded<T: Record>(records: Vec<T>) -> Vec<Vec<u8>> {
    let mut encoded: Vec<Vec<u8>> = records.iter().map(crate::change::cbor).collect();
    encoded.sort();
    encoded
}
