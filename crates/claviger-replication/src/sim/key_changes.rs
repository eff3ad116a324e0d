//! Changes of keys by users, made as the service's operations make them.

use std::collections::BTreeMap;

use claviger_crypto::{Material, MaterialKind, encrypt};
use claviger_store::Tx;
use claviger_store::tables::Epoch;
use claviger_store::tables::key_table::{
    self, KeyRecord, KeyState, MaterialMeta, MultiRegion, PendingReplica, Rotation, RotationType,
};
use claviger_types::{KeyId, KeyOrigin, KeySpec, KeyUsage, Region};

use crate::key_replication::{self, NewRotation, Rotated};

use super::facts::Blob;
use super::fixtures::{account, caller};
use super::site::{Outcome, Site, text};
use super::world::World;

/// The most keys. They are few, so that each is changed often.
const KEYS_MAX: usize = 5;
/// The most ciphertexts that are kept to be opened later.
const BLOBS_MAX: usize = 200;

impl World {
    /// Makes a random change of a key in a region. Returns whether it did.
    pub(super) fn change_keys(&mut self, index: usize) -> Outcome<bool> {
        let count = self.facts.keys.len();
        if count < KEYS_MAX && (count == 0 || self.random.one_in(10)) {
            return self.create_key(index);
        }
        let at = usize::try_from(self.random.below(count as u64)).map_err(text)?;
        let Some(id) = self.facts.keys.get(at).cloned() else { return Ok(false) };
        match self.random.below(100) {
            0..25 => self.replicate_key(index, &id),
            25..45 => self.rotate_key(index, &id),
            45..55 => self.hand_over(index, &id),
            55..80 => self.encrypt(index, &id),
            80..83 => self.delete_key(index, &id),
            83..93 => self.change_state(index, &id),
            93..95 => self.change_rotation(index, &id),
            _ => self.promote_by_force(index, &id),
        }
    }

    fn create_key(&mut self, index: usize) -> Outcome<bool> {
        let now = self.now;
        let id = KeyId::generate(&*self.random, true);
        let made = self.transact(index, |tx, site| {
            let mut record = new_primary(&id, site, now);
            let material = Material::generate(MaterialKind::Symmetric, &*site.random);
            let material_id = material.id(&id);
            let sealed = material.seal(&site.keyring, &*site.random, &id);
            let meta = MaterialMeta::new(material_id, now);
            key_table::add_material(tx, &mut record, meta, sealed).map_err(text)?;
            record.current = Some(material_id);
            key_table::save_key(tx, &record).map_err(text)?;
            Ok(true)
        })?;
        self.facts.keys.push(id);
        Ok(made)
    }

    fn replicate_key(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let now = self.now;
        let Some(to) = self.sites.get(self.any_site()).map(|site| site.region.clone()) else { return Ok(false) };
        let region = to.clone();
        let asked = self.change_primary(index, id, |tx, site, record| {
            let free = record.multi_region.as_ref().is_some_and(|m| m.members().all(|member| *member != region));
            if record.state != KeyState::Enabled || !free {
                return Ok(false);
            }
            key_replication::raise_revision(record);
            let Some(shared) = record.multi_region.as_mut() else { return Ok(false) };
            shared.add(region.clone());
            shared.pending.push(PendingReplica {
                region,
                policy: String::new().into(),
                description: String::new(),
                tags: Vec::new(),
                created: now,
                generation: shared.revision,
                epoch: shared.epoch.clone(),
                bound: Vec::new(),
            });
            key_replication::announce(tx, &site.region, record).map_err(text)?;
            Ok(true)
        })?;
        if asked {
            self.facts.asked_for_key(id, &to);
        }
        Ok(asked)
    }

    fn rotate_key(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let (now, broken) = (self.now, self.broken);
        let mut rotated = None;
        let changed = self.change_primary(index, id, |tx, site, record| {
            if record.state != KeyState::Enabled {
                return Ok(false);
            }
            let (rotation, keyring, random) = (RotationType::Automatic, &site.keyring, &*site.random);
            let new = NewRotation { rotation, require_replicas: None, keyring, random, now };
            let begun = key_replication::begin_rotation_with(broken, tx, record, &new);
            rotated = Some(begun.map_err(text)?);
            Ok(rotated != Some(Rotated::AlreadyUnderWay))
        })?;
        self.report.rotations += u64::from(rotated == Some(Rotated::Now));
        Ok(changed)
    }

    fn hand_over(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let pick = self.random.next();
        let now = self.now;
        self.change_primary(index, id, |tx, site, record| {
            let replicas = record.multi_region.as_ref().map(|shared| shared.replicas.clone()).unwrap_or_default();
            let at = pick.checked_rem(replicas.len() as u64).and_then(|at| usize::try_from(at).ok());
            let to = at.and_then(|at| replicas.get(at));
            match to {
                Some(to) if record.state == KeyState::Enabled => {
                    key_replication::begin_handover(tx, record, to, &caller(), site.clock(now)).map_err(text)?;
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
    }

    fn encrypt(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let Some(site) = self.sites.get(index) else { return Ok(false) };
        let tx = site.begin()?;
        let Some(record) = key_table::key(&tx, &account(), id).map_err(text)? else { return Ok(false) };
        let usable = matches!(record.state, KeyState::Enabled | KeyState::Updating);
        let Some(current) = record.current.filter(|_| usable) else { return Ok(false) };
        let sealed = key_table::material(&tx, id, &current).map_err(text)?.ok_or("current material is not held")?;
        let opened = sealed.open(&site.keyring, MaterialKind::Symmetric, id, &current);
        let Material::Symmetric(material) = opened.map_err(text)? else { return Err("not symmetric".into()) };
        let blob = encrypt(&material, id, &current, &BTreeMap::new(), b"plaintext", &*site.random);
        let holder = site.region.clone();
        self.check_everybody_opens(id, &current, &holder)?;
        if self.facts.blobs.len() < BLOBS_MAX {
            self.facts.blobs.push(Blob { key: id.clone(), material: current, bytes: blob });
        }
        Ok(false)
    }

    /// Deletes a replica at once, and a primary after its replicas. The deletion window is skipped.
    fn delete_key(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let now = self.now;
        self.change_key(index, id, |tx, site, record| {
            let Some(shared) = record.multi_region.clone() else { return Ok(false) };
            let deletable = matches!(record.state, KeyState::Enabled | KeyState::Disabled | KeyState::Creating);
            if !deletable {
                return Ok(false);
            }
            if shared.primary == site.region && !shared.replicas.is_empty() {
                record.state = KeyState::PendingReplicaDeletion { window_days: 7 };
                return Ok(true);
            }
            let date = now.plus_days(7);
            record.state = KeyState::PendingDeletion { date };
            key_replication::report_state(tx, &site.region, record).map_err(text)?;
            Ok(true)
        })
    }

    /// Disables or enables a key, cancels a deletion, or runs the job that ends one.
    fn change_state(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let pick = self.random.below(3);
        let mut ended = false;
        let changed = self.change_key(index, id, |tx, site, record| {
            record.state = match &record.state {
                KeyState::Enabled if pick == 0 => KeyState::Disabled,
                KeyState::Disabled => KeyState::Enabled,
                KeyState::PendingReplicaDeletion { .. } | KeyState::PendingDeletion { .. } if pick == 0 => {
                    // A key without material returns to `Creating`.
                    if record.current.is_none() { KeyState::Creating } else { KeyState::Disabled }
                }
                KeyState::PendingDeletion { .. } => {
                    ended = true;
                    key_replication::record_deletion(tx, &site.region, record).map_err(text)?;
                    key_table::delete_key(tx, record).map_err(text)?;
                    return Ok(true);
                }
                _ => return Ok(false),
            };
            key_replication::report_state(tx, &site.region, record).map_err(text)?;
            Ok(true)
        })?;
        Ok(changed || ended)
    }

    fn change_rotation(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let days = 90 + i64::try_from(self.random.below(100)).map_err(text)?;
        self.change_primary(index, id, |tx, site, record| {
            record.rotation = Rotation { enabled: true, period_days: Some(days), next: None };
            key_replication::raise_revision(record);
            key_replication::announce(tx, &site.region, record).map_err(text)?;
            Ok(true)
        })
    }

    /// Promotes a replica as an operator does who forces it without the old primary.
    fn promote_by_force(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let forced = self.force_primary(index, id)?;
        // Often operators of several regions do so before any region hears of the others, so that the counters of their
        // epochs are equal.
        for other in (0..self.sites.len()).filter(|_| forced) {
            let up = self.sites.get(other).is_some_and(|site| !site.down);
            if up && self.random.one_in(2) && !self.serves_nobody(other)? {
                self.force_primary(other, id)?;
                self.check(other, true)?;
            }
        }
        Ok(forced)
    }

    fn force_primary(&mut self, index: usize, id: &KeyId) -> Outcome<bool> {
        let (now, broken) = (self.now, self.broken);
        let forced = self.change_key(index, id, |tx, site, record| {
            let lost = record.multi_region.as_ref().map(|shared| shared.primary.clone());
            let signed = lost.and_then(|lost| site.signed(&lost, now, broken));
            key_replication::promote(tx, &site.region, record, signed.as_ref()).map_err(text)
        })?;
        if forced {
            self.facts.forced.insert(id.clone());
        }
        Ok(forced)
    }

    fn change_primary(
        &self,
        index: usize,
        id: &KeyId,
        change: impl FnOnce(&mut Tx<'_>, &Site, &mut KeyRecord) -> Outcome<bool>,
    ) -> Outcome<bool> {
        self.change_key(index, id, |tx, site, record| {
            let here = |shared: &MultiRegion| shared.primary == site.region;
            if record.multi_region.as_ref().is_some_and(here) { change(tx, site, record) } else { Ok(false) }
        })
    }

    /// Changes a key's record and saves it, unless the change has deleted it.
    fn change_key(
        &self,
        index: usize,
        id: &KeyId,
        change: impl FnOnce(&mut Tx<'_>, &Site, &mut KeyRecord) -> Outcome<bool>,
    ) -> Outcome<bool> {
        self.transact(index, |tx, site| {
            let Some(mut record) = key_table::key(tx, &account(), id).map_err(text)? else { return Ok(false) };
            if !change(tx, site, &mut record)? {
                return Ok(false);
            }
            if key_table::key(tx, &account(), id).map_err(text)?.is_some() {
                key_table::save_key(tx, &record).map_err(text)?;
            }
            Ok(true)
        })
    }
}

fn new_primary(id: &KeyId, site: &Site, now: claviger_types::Timestamp) -> KeyRecord {
    let region: &Region = &site.region;
    KeyRecord {
        id: id.clone(),
        account: account(),
        region: region.clone(),
        created: now,
        description: String::new(),
        state: KeyState::Enabled,
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: KeyOrigin::AwsKms,
        managed_by: None,
        policy: String::new().into(),
        tags: Vec::new(),
        rotation: Rotation::default(),
        material_count: 0,
        current: None,
        multi_region: Some(MultiRegion {
            primary: region.clone(),
            replicas: Vec::new(),
            epoch: Epoch { counter: 1, region: region.clone() },
            revision: 1,
            pending: Vec::new(),
            holders: Vec::new(),
            handover: None,
            former: Vec::new(),
            known_since: None,
        }),
        bound: Vec::new(),
        import: None,
    }
}
