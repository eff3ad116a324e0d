//! Regions that lose their disks, regions that are restored from an older copy of their store, and moves of IAM's home that an operator forces.

use std::collections::BTreeMap;

use claviger_store::tables::fleet_table::{self, MemberRecord};
use claviger_store::tables::key_table;
use claviger_store::tables::run_table;
use claviger_store::tables::secret_table;
use claviger_store::tables::{Epoch, region_table};
use claviger_types::{KeyId, MaterialId, Region, SecretArn};

use crate::{fleet_replication, iam_home, rebuild};

use super::fixtures::{SECRET_NAMES, account};
use super::site::{Outcome, Site, text};
use super::world::World;

impl World {
    /// Replaces a region by one with an empty store and another identity, which is rebuilt from the others. Does nothing if the store of another
    /// region was lost or restored and is not whole again, or if no other region is up.
    pub(super) fn lose_disk(&mut self, index: usize) -> Outcome<()> {
        if self.has_disaster()? {
            return Ok(());
        }
        // They have another identity of this region, which only an operator can correct.
        self.sites.iter_mut().for_each(|site| site.backup = None);
        let Some(region) = self.sites.get(index).map(|site| site.region.clone()) else { return Ok(()) };
        let Some((home, counter)) = self.latest_home(index)? else { return Ok(()) };
        let regions: Vec<Region> = self.sites.iter().map(|site| site.region.clone()).collect();
        let mut site = Site::new(region.clone(), &regions, &home, &self.random)?;
        site.frames_max = self.frames_max;
        site.operators = self.sites.get(index).map(|lost| lost.operators.clone()).unwrap_or_default();
        let identity = site.identity.public();
        let others: Vec<Region> = regions.into_iter().filter(|other| *other != region).collect();
        let mut tx = site.begin()?;
        let mut record = region_table::region(&tx).map_err(text)?.ok_or("the region's record is gone")?;
        record.home_counter = counter;
        region_table::save_region(&mut tx, &record).map_err(text)?;
        self.identities
            .iter()
            .filter(|(other, _)| *other != region)
            .try_for_each(|(other, identity)| rebuild::pin_member(&mut tx, other, *identity).map(drop).map_err(text))?;
        rebuild::begin(&mut tx, &others, site.clock(self.now)).map_err(text)?;
        site.commit(tx.into_batch())?;
        if let Some(known) = self.identities.iter_mut().find(|(known, _)| *known == region) {
            known.1 = identity;
        }
        self.network.disconnect();
        let engine = site.start(&self.identities, self.broken)?;
        if let (Some(lost), Some(stopped)) = (self.sites.get_mut(index), self.engines.get_mut(index)) {
            (*lost, *stopped) = (site, engine);
        }
        self.forget_store(index, &region)?;
        let member = MemberRecord { region, identity, addresses: Vec::new() };
        for other in (0..self.sites.len()).filter(|other| *other != index) {
            if self.sites.get(other).is_some_and(|site| site.down) {
                self.missed.insert(other, member.clone());
            } else {
                self.replace_member(other, &member)?;
            }
        }
        self.report.rebuilds += 1;
        Ok(())
    }

    /// Has a region pin the new identity of another one. Its engine starts anew, so that no message from before is repeated.
    pub(super) fn replace_member(&mut self, at: usize, member: &MemberRecord) -> Outcome<()> {
        self.transact(at, |tx, site| {
            rebuild::replace_member(tx, member).map_err(text)?;
            let record = region_table::region(tx).map_err(text)?.ok_or("the region's record is gone")?;
            if record.iam_home == site.region {
                fleet_replication::announce(tx, &site.region, &member.region).map_err(text)?;
            }
            Ok(true)
        })?;
        self.restart(at)
    }

    /// Keeps a copy of a region's store, from which it may be restored later.
    pub(super) fn back_up(&mut self, index: usize) -> Outcome<()> {
        if self.serves_nobody(index)? || self.missed.contains_key(&index) {
            return Ok(());
        }
        if let Some(site) = self.sites.get_mut(index) {
            site.backup = Some(site.store.copy().map_err(text)?);
        }
        Ok(())
    }

    /// Restores a region from its copy. Until another region tells it that its store has been further, it does not know. Its users wait until it
    /// was rebuilt: what they would change before could be lost. Does nothing if the store of another region was lost or restored and is not
    /// whole again.
    pub(super) fn restore(&mut self, index: usize) -> Outcome<()> {
        if self.has_disaster()? {
            return Ok(());
        }
        let Some(site) = self.sites.get_mut(index) else { return Ok(()) };
        let Some(copy) = site.backup.take() else { return Ok(()) };
        site.store = copy;
        let region = site.region.clone();
        self.network.disconnect();
        self.restart(index)?;
        self.restored.insert(index);
        self.facts.restored.insert(region.clone());
        // Until it is held it takes part in replication unobserved, and may end a rotation without a region that it cannot reach.
        self.facts.forced.extend(self.facts.keys.iter().cloned());
        self.forget_store(index, &region)?;
        self.report.restores += 1;
        Ok(())
    }

    /// Has the regions rebuilt, as an operator does, that are held. They were restored from an older copy, or a region that was restored remembers
    /// points of theirs from before they were restored themselves.
    pub(super) fn rebuild_held(&mut self) -> Outcome<()> {
        for index in 0..self.sites.len() {
            let Some(site) = self.sites.get(index).filter(|site| !site.down) else { continue };
            if !self.is_held(index)? {
                continue;
            }
            let (sources, now) = (self.peers_of(index), site.clock(self.now));
            self.transact(index, |tx, _| {
                rebuild::begin_restored(tx, &sources, now).map_err(text)?;
                Ok(true)
            })?;
            self.restart(index)?;
            self.restored.remove(&index);
            self.facts.fresh.insert(index);
            self.report.rebuilds += 1;
        }
        Ok(())
    }

    /// Lets the restored regions serve requests of which every other region knows nothing later.
    pub(super) fn accept_restored(&mut self) -> Outcome<()> {
        for index in std::mem::take(&mut self.restored) {
            self.facts.fresh.insert(index);
            // It goes on as the primary that it was, from the revisions that it had.
            let Some(site) = self.sites.get(index) else { continue };
            let mut present: BTreeMap<SecretArn, (Epoch, u64)> = BTreeMap::new();
            for name in SECRET_NAMES {
                let record = secret_table::secret(&site.begin()?, &account(), name).map_err(text)?;
                let Some((arn, shared)) = record.and_then(|record| Some((record.arn, record.replication?))) else {
                    continue;
                };
                present.insert(arn, (shared.epoch, shared.revision));
            }
            // A secret that it does not have does not begin again: a new one of this name has another ARN.
            let begins_again = |arn: &SecretArn, epoch: &Epoch, revision: u64| {
                present.get(arn).is_some_and(|(at, last)| (epoch, revision) > (at, *last))
            };
            let region = &site.region;
            self.facts.claims.retain(|(_, epoch)| epoch.region != *region);
            self.facts.undo_revisions(|arn, epoch, at| arn.region == *region && begins_again(arn, epoch, at));
            self.check(index, true)?;
        }
        Ok(())
    }

    fn restart(&mut self, index: usize) -> Outcome<()> {
        let (Some(site), Some(engine)) = (self.sites.get_mut(index), self.engines.get_mut(index)) else {
            return Ok(());
        };
        *engine = site.start(&self.identities, self.broken)?;
        Ok(())
    }

    /// Whether the store of a region was lost or restored, and not every region knows or the region is not whole again.
    fn has_disaster(&self) -> Outcome<bool> {
        for at in 0..self.sites.len() {
            if self.serves_nobody(at)? || self.missed.contains_key(&at) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a region is being rebuilt, was restored from an older copy, or is held. It serves no requests then.
    pub(super) fn serves_nobody(&self, index: usize) -> Outcome<bool> {
        Ok(self.restored.contains(&index) || self.is_rebuilding(index)? || self.is_held(index)?)
    }

    /// Whether a region was restored from an older copy, and does not know it yet.
    pub(super) fn is_restored(&self, region: &Region) -> bool {
        self.restored.iter().filter_map(|index| self.sites.get(*index)).any(|site| site.region == *region)
    }

    fn is_held(&self, index: usize) -> Outcome<bool> {
        let Some(site) = self.sites.get(index) else { return Ok(false) };
        Ok(run_table::held(&site.begin()?).map_err(text)?.is_some())
    }

    /// Whether a region is being rebuilt.
    pub(super) fn is_rebuilding(&self, index: usize) -> Outcome<bool> {
        let Some(site) = self.sites.get(index) else { return Ok(false) };
        Ok(fleet_table::rebuild(&site.begin()?).map_err(text)?.is_some())
    }

    /// The latest home that a region other than this one knows, among those that are up.
    fn latest_home(&self, except: usize) -> Outcome<Option<(Region, Option<u64>)>> {
        let mut latest: Option<(Region, Option<u64>)> = None;
        for (_, site) in self.sites.iter().enumerate().filter(|(at, site)| *at != except && !site.down) {
            let record = region_table::region(&site.begin()?).map_err(text)?.ok_or("the region's record is gone")?;
            let found = (record.iam_home, record.home_counter);
            if latest.as_ref().is_none_or(|(home, counter)| (counter, home) < (&found.1, &found.0)) {
                latest = Some(found);
            }
        }
        Ok(latest)
    }

    /// Forgets what only the lost store knew, or what was later than the restored copy: what it had acknowledged and no region has may be gone.
    /// Called when the region has its new store.
    fn forget_store(&mut self, index: usize, region: &Region) -> Outcome<()> {
        self.facts.seen_keys.retain(|(at, _), _| *at != index);
        self.facts.seen_secrets.retain(|(at, _), _| *at != index);
        self.facts.ended.retain(|(arn, _), _| arn.region != *region);
        self.facts.fresh.insert(index);
        for id in self.facts.keys.clone() {
            let mut known = None;
            for site in &self.sites {
                let record = key_table::key(&site.begin()?, &account(), &id).map_err(text)?;
                let Some(shared) = record.and_then(|record| record.multi_region) else { continue };
                // The replica that the lost store had made may be made again for the same request.
                let pending = shared.pending.iter().filter(|pending| pending.region == *region).count();
                *self.facts.asked.entry((id.clone(), region.clone())).or_default() += pending as u64;
                known = known.max(Some(shared.epoch));
            }
            // An epoch that no region has heard of may begin again.
            let unheard = |epoch: &Epoch| epoch.region == *region && known.as_ref().is_none_or(|known| epoch > known);
            self.facts.claims.retain(|(key, epoch)| *key != id || !unheard(epoch));
        }
        self.forget_secret_epochs(region)?;
        let mut blobs = std::mem::take(&mut self.facts.blobs);
        let mut kept = Vec::new();
        for blob in blobs.drain(..) {
            if self.is_held_except(self.sites.len(), &blob.key, &blob.material)? {
                kept.push(blob);
            }
        }
        self.facts.blobs = kept;
        Ok(())
    }

    /// Forgets the revisions of epochs of the lost store that no region has heard of: they may begin again.
    fn forget_secret_epochs(&mut self, region: &Region) -> Outcome<()> {
        let mut known: BTreeMap<SecretArn, Epoch> = BTreeMap::new();
        for site in &self.sites {
            for name in SECRET_NAMES {
                let record = secret_table::secret(&site.begin()?, &account(), name).map_err(text)?;
                let Some(record) = record else { continue };
                let Some(shared) = record.replication else { continue };
                let entry = known.entry(record.arn.in_region(region)).or_insert_with(|| shared.epoch.clone());
                *entry = entry.clone().max(shared.epoch);
            }
        }
        let unheard = |arn: &SecretArn, epoch: &Epoch| known.get(arn).is_none_or(|known| epoch > known);
        self.facts.undo_revisions(|arn, epoch, _| arn.region == *region && unheard(arn, epoch));
        Ok(())
    }

    /// Whether a region other than this one holds a material.
    pub(super) fn is_held_except(&self, index: usize, id: &KeyId, material: &MaterialId) -> Outcome<bool> {
        for (_, site) in self.sites.iter().enumerate().filter(|(at, _)| *at != index) {
            if key_table::material(&site.begin()?, id, material).map_err(text)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes a region the home of IAM, and often others before either hears of it.
    pub(super) fn move_home(&mut self, index: usize) -> Outcome<()> {
        for at in 0..self.sites.len() {
            let chosen = at == index || self.random.one_in(4);
            if !chosen || self.sites.get(at).is_none_or(|site| site.down) || self.serves_nobody(at)? {
                continue;
            }
            let peers = self.peers_of(at);
            let (now, broken) = (self.now, self.broken);
            let moved = self.transact(at, |tx, site| {
                let lost = region_table::region(tx).map_err(text)?.map(|own| own.iam_home);
                let signed = lost.and_then(|lost| site.signed(&lost, now, broken));
                iam_home::take_over(tx, &site.region, &peers, signed.as_ref()).map_err(text)
            })?;
            self.report.homes += u64::from(moved);
        }
        Ok(())
    }

    /// All other regions.
    pub(super) fn peers_of(&self, index: usize) -> Vec<Region> {
        let others = self.sites.iter().enumerate().filter(|(at, _)| *at != index);
        others.map(|(_, site)| site.region.clone()).collect()
    }
}
