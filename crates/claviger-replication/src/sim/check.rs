//! The invariants that must hold after every step in the region that the step has written to.

use std::collections::{BTreeMap, BTreeSet};

use claviger_crypto::MaterialKind;
use claviger_store::Tx;
use claviger_store::tables::Epoch;
use claviger_store::tables::key_table::{self, KeyState};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::{KeyId, MaterialId, Region, SecretArn};

use crate::change::cbor;

use super::facts::{SeenKey, SeenSecret};
use super::fixtures::{SECRET_NAMES, account};
use super::site::{Outcome, text};
use super::world::World;

impl World {
    /// Checks a region after a commit. `own` is whether the commit was made by the region's own user and not by replication.
    /// A region that is being rebuilt, or was restored from an older copy, serves nobody, and takes states in any order: it is checked when that has
    /// ended.
    pub(super) fn check(&mut self, index: usize, own: bool) -> Outcome<()> {
        if self.serves_nobody(index)? {
            return Ok(());
        }
        let own = own || self.facts.fresh.contains(&index);
        for id in self.facts.keys.clone() {
            self.check_key(index, &id)?;
        }
        SECRET_NAMES.into_iter().try_for_each(|name| self.check_secret(index, name, own))?;
        self.facts.fresh.remove(&index);
        Ok(())
    }

    fn check_key(&mut self, index: usize, id: &KeyId) -> Outcome<()> {
        let Some(site) = self.sites.get(index) else { return Ok(()) };
        let region = site.region.clone();
        let at = format!("key {id} in {region}");
        let tx = site.begin()?;
        let seen = self.facts.seen_keys.remove(&(index, id.clone()));
        let Some(record) = key_table::key(&tx, &account(), id).map_err(text)? else { return Ok(()) };
        let shared = record.multi_region.clone().ok_or("a key has become single-Region")?;
        let metas = key_table::materials(&tx, id).map_err(text)?;
        if metas.len() != record.material_count as usize {
            return Err(format!("{at}: counts {} materials and holds {}", record.material_count, metas.len()));
        }
        let materials: BTreeSet<MaterialId> = metas.iter().map(|meta| meta.id).collect();
        for new in materials.iter().filter(|id| seen.as_ref().is_none_or(|seen| !seen.materials.contains(id))) {
            let sealed = key_table::material(&tx, id, new).map_err(text)?.ok_or(format!("{at}: no material {new}"))?;
            sealed.open(&site.keyring, MaterialKind::Symmetric, id, new).map_err(|e| format!("{at}: {e}"))?;
            self.facts.holders.entry((id.clone(), *new)).or_default().insert(index);
        }
        drop(tx);
        if record.current.is_some_and(|current| !materials.contains(&current)) {
            return Err(format!("{at}: the current material is not held"));
        }
        let primary = shared.primary == region;
        match &seen {
            Some(seen) => {
                if (&shared.epoch, shared.revision) < (&seen.epoch, seen.revision) {
                    let (now, then) = ((&shared.epoch, shared.revision), (&seen.epoch, seen.revision));
                    return Err(format!("{at}: went back from {then:?} to {now:?}"));
                }
                if !seen.materials.is_subset(&materials) {
                    return Err(format!("{at}: material was lost"));
                }
                if primary && seen.primary && seen.current != record.current {
                    self.report.rotations += 1;
                    self.check_holders(index, id, record.current, !shared.replicas.is_empty())?;
                }
            }
            // What a rebuilt region was given back, nobody asked for.
            None if self.facts.fresh.contains(&index) => {}
            None => self.check_made(id, &region, primary)?,
        }
        if primary && seen.as_ref().is_none_or(|seen| !seen.primary || seen.epoch != shared.epoch) {
            if shared.epoch.region != region {
                return Err(format!("{at}: primary of an epoch of {}", shared.epoch.region));
            }
            if !self.facts.claims.insert((id.clone(), shared.epoch.clone())) {
                return Err(format!("{at}: primary again of epoch {:?}", shared.epoch));
            }
            self.report.primaries += 1;
            let claims = self.facts.claims.iter().filter(|(key, e)| key == id && e.counter == shared.epoch.counter);
            if claims.count() > 1 && !self.facts.forced.contains(id) {
                return Err(format!("{at}: two primaries of epoch {}", shared.epoch.counter));
            }
        }
        let (epoch, revision, current) = (shared.epoch, shared.revision, record.current);
        self.facts.seen_keys.insert((index, id.clone()), SeenKey { epoch, revision, materials, primary, current });
        Ok(())
    }

    /// Checks that a replica is made at most once for each request.
    fn check_made(&mut self, id: &KeyId, region: &Region, primary: bool) -> Outcome<()> {
        if primary {
            return Ok(());
        }
        let asked = self.facts.asked.entry((id.clone(), region.clone())).or_default();
        *asked = asked.checked_sub(1).ok_or(format!("key {id} in {region}: a deleted replica came back"))?;
        Ok(())
    }

    /// Notes the regions that were away when new material of a key became current, and checks that another region has held it by then.
    fn check_holders(
        &mut self,
        index: usize,
        id: &KeyId,
        current: Option<MaterialId>,
        has_replicas: bool,
    ) -> Outcome<()> {
        let Some(current) = current else { return Ok(()) };
        // A later message of the same step can be the answer of a region that was away when an earlier one was handled. A region that has
        // crashed since its commit has no engine.
        let after = self.engines.get(index).map(|engine| engine.away().clone()).unwrap_or_default();
        let away: BTreeSet<_> = self.facts.away_before.union(&after).cloned().collect();
        let material = (id.clone(), current);
        // A region that is being rebuilt is not checked, and may hold it all the same.
        let others = self.is_held_except(index, id, &current)?
            || self.facts.holders.get(&material).is_some_and(|holders| holders.iter().any(|at| *at != index));
        let alone = has_replicas && !away.is_empty() && !others;
        self.facts.away.insert(material, away);
        if alone { Err(format!("key {id}: no other region has ever held the current material")) } else { Ok(()) }
    }

    /// Checks that every usable related key can open the new ciphertext, unless its region was away when the material became current,
    /// or the primary was ever forced: then the missing material may still be under way.
    pub(super) fn check_everybody_opens(&self, id: &KeyId, material: &MaterialId, by: &Region) -> Outcome<()> {
        if self.facts.forced.contains(id) {
            return Ok(());
        }
        let away = self.facts.away.get(&(id.clone(), *material));
        for (index, site) in self.sites.iter().enumerate() {
            if self.serves_nobody(index)? || away.is_some_and(|away| away.contains(&site.region)) {
                continue;
            }
            let tx = site.begin()?;
            let record = key_table::key(&tx, &account(), id).map_err(text)?;
            let made = record.filter(|record| record.state != KeyState::Creating && record.current.is_some());
            let held = key_table::materials(&tx, id).map_err(text)?;
            if made.is_some() && held.iter().all(|meta| meta.id != *material) {
                return Err(format!("key {id}: {by} encrypts with material that {} lacks", site.region));
            }
        }
        Ok(())
    }

    fn check_secret(&mut self, index: usize, name: &'static str, own: bool) -> Outcome<()> {
        let Some(site) = self.sites.get(index) else { return Ok(()) };
        let at = format!("secret {name} in {}", site.region);
        let tx = site.begin()?;
        let seen = self.facts.seen_secrets.remove(&(index, name));
        let record = secret_table::secret(&tx, &account(), name).map_err(text)?;
        if let Some(seen) = &seen {
            note_end(&mut self.facts.ended, &seen.record, record.as_ref());
        }
        let Some(record) = record else {
            let independent = seen.is_some_and(|seen| !seen.record.is_replica());
            // Of several messages one may overwrite it by a replica, and the next remove that.
            return if independent && !own && self.together < 2 {
                Err(format!("{at}: an independent secret is gone"))
            } else {
                Ok(())
            };
        };
        if record.is_replica() {
            self.report.replicas += u64::from(seen.as_ref().is_none_or(|seen| seen.record.versions != record.versions));
            self.check_replica(&at, &record, seen.as_ref().map(|seen| &seen.record))?;
        } else {
            let same = |seen: &SeenSecret| {
                seen.record.arn == record.arn && shared_content(&seen.record) == shared_content(&record)
            };
            if !own && !seen.as_ref().is_some_and(same) {
                return Err(format!("{at}: an independent secret was changed from outside"));
            }
            if let Some(shared) = &record.replication {
                let revision = (record.arn.clone(), shared.epoch.clone(), shared.revision);
                let says = self.facts.revisions.entry(revision).or_insert_with(|| shared_content(&record));
                if *says != shared_content(&record) {
                    return Err(format!("{at}: changed within a revision"));
                }
            }
        }
        self.check_values(index, &tx_values(&record))?;
        self.facts.seen_secrets.insert((index, name), SeenSecret { record });
        Ok(())
    }

    fn check_replica(&self, at: &str, record: &SecretRecord, seen: Option<&SecretRecord>) -> Outcome<()> {
        let Some(shared) = &record.replication else { return Ok(()) };
        let ended = self.facts.ended.get(&(record.arn.clone(), shared.first_epoch().clone()));
        if ended.is_some_and(|(epoch, generation)| (&shared.epoch, shared.generation) <= (epoch, *generation)) {
            return Err(format!(
                "{at}: a replica that had ended came back: {ended:?}, now {:?}",
                (&shared.primary, &shared.epoch, shared.revision, shared.generation)
            ));
        }
        let same = |seen: &&SecretRecord| seen.arn == record.arn && seen.is_replica();
        if let Some(before) = seen.filter(same).and_then(|seen| seen.replication.as_ref())
            && before.primary == shared.primary
            && (&shared.epoch, shared.revision) < (&before.epoch, before.revision)
        {
            return Err(format!("{at}: went back"));
        }
        let primary = record.arn.in_region(&shared.primary);
        let content = shared_content(record);
        let says = self.facts.revisions.get(&(primary.clone(), shared.epoch.clone(), shared.revision));
        let undone = (primary, shared.epoch.clone(), shared.revision, content);
        let may_be_undone = self.facts.restored.contains(&record.arn.region);
        // A primary that was restored, and does not know it yet, is not observed. It may have raised its epoch meanwhile.
        let is_unobserved = says.is_none() && self.is_restored(&shared.primary);
        if says != Some(&undone.3) && !is_unobserved && !(may_be_undone && self.facts.undone.contains(&undone)) {
            return Err(format!("{at}: differs from the content of the primary in revision {}", shared.revision));
        }
        Ok(())
    }

    /// Every version that has a value opens.
    fn check_values(&self, index: usize, wanted: &(SecretRecord, Vec<String>)) -> Outcome<()> {
        let Some(site) = self.sites.get(index) else { return Ok(()) };
        let tx: Tx<'_> = site.begin()?;
        for version in &wanted.1 {
            let value = site.open(&tx, &wanted.0, version)?;
            if value.bytes.as_slice() != version.as_bytes() {
                return Err(format!("{}: another value in version {version}", wanted.0.arn));
            }
        }
        Ok(())
    }
}

fn tx_values(record: &SecretRecord) -> (SecretRecord, Vec<String>) {
    let ids = record.versions.iter().filter(|version| version.has_value).map(|version| version.id.clone());
    (record.clone(), ids.collect())
}

/// Records the end of a replica that is no replica any more, or that another one has replaced.
fn note_end(ended: &mut BTreeMap<(SecretArn, Epoch), (Epoch, u64)>, seen: &SecretRecord, now: Option<&SecretRecord>) {
    let Some(before) = seen.replication.as_ref().filter(|_| seen.is_replica()) else { return };
    let goes_on = now.filter(|now| now.arn == seen.arn && now.is_replica()).and_then(|now| now.replication.as_ref());
    if goes_on.is_some_and(|now| now.primary == before.primary && now.generation == before.generation) {
        return;
    }
    let mark = (before.epoch.clone(), before.generation);
    let first = before.first_epoch().clone();
    let entry = ended.entry((seen.arn.clone(), first)).or_insert_with(|| mark.clone());
    *entry = entry.clone().max(mark);
}

/// The shared content of a primary's secret, as bytes.
pub(super) fn shared_content(record: &SecretRecord) -> Vec<u8> {
    let versions: Vec<(&String, &Vec<String>, bool)> = record
        .versions
        .iter()
        .filter(|version| !version.stages.is_empty())
        .map(|version| (&version.id, &version.stages, version.has_value))
        .collect();
    cbor(&(&record.description, &record.tags, &record.policy, &record.created, versions))
}
