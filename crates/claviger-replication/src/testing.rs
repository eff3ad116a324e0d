//! Several regions in one thread for this crate's own tests. The test delivers every message.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use claviger_crypto::{Material, MaterialKind, Operators, PublicIdentity};
use claviger_store::Tx;
use claviger_store::memory::MemoryStore;
use claviger_store::tables::Epoch;
use claviger_store::tables::fleet_table::MemberRecord;
use claviger_store::tables::key_table::{
    self, KeyRecord, KeyState, MaterialMeta, MultiRegion, PendingReplica, Rotation, RotationType,
};
use claviger_store::tables::region_table;
use claviger_store::tables::run_table;
use claviger_store::tables::secret_table::{self, SecretRecord, SecretReplica, VersionMeta};
use claviger_types::{
    AccountId, Caller, CallerKind, KeyId, KeyOrigin, KeySpec, KeyUsage, Region, SecretArn, Timestamp,
};

use crate::change::{Envelope, Part, Payload, cbor};
use crate::context::PeerContext;
use crate::key_replication::NewRotation;
use crate::kind::Replicated;
use crate::notice::Diagnostics;
use crate::rotation_rule::RotationRule;
use crate::sim::operators::operators;
use crate::sim::site::Site;
use crate::{
    BrokenRules, Engine, Event, LocalRegion, Message, drive, iam_home, key_replication, rebuild, secret_replication,
};
use claviger_types::SeededRandom;

/// Regions A, B, C, ... on a network that delivers a message only when the test does.
pub(crate) struct Net {
    pub(crate) sites: Vec<Site>,
    pub(crate) engines: Vec<Engine>,
    pub(crate) identities: Vec<(Region, PublicIdentity)>,
    /// Messages that were sent and not delivered, oldest first.
    pub(crate) wire: Vec<Message>,
    pub(crate) now: Timestamp,
    pub(crate) random: Arc<SeededRandom>,
    /// Whose signatures a forced promotion needs.
    pub(crate) operators: Arc<Operators>,
}

pub(crate) const A: usize = 0;
pub(crate) const B: usize = 1;
pub(crate) const C: usize = 2;

pub(crate) fn region(index: usize) -> Region {
    Region::parse(["eu-central-1", "eu-west-1", "us-east-1"][index]).unwrap()
}

pub(crate) fn caller() -> Caller {
    Caller { account: account(), kind: CallerKind::Root, access_key_id: "AKIA".to_owned(), session: None }
}

pub(crate) fn account() -> AccountId {
    AccountId::dev()
}

/// An automatic rotation by the default rule.
pub(crate) fn new_rotation(site: &Site, now: Timestamp) -> NewRotation<'_> {
    let (keyring, random) = (&site.keyring, &*site.random);
    NewRotation { rotation: RotationType::Automatic, require_replicas: None, keyring, random, now }
}

/// The payload of a message with this state.
pub(crate) fn says<K: Replicated>(state: &K) -> Payload {
    Some(Envelope { kind: K::KIND, part: Part::State, bytes: cbor(state) })
}

impl Net {
    /// `count` started regions that have exchanged no message yet. The IAM home is A.
    pub(crate) fn new(count: usize) -> Net {
        let random = Arc::new(SeededRandom::new(1));
        let regions: Vec<Region> = (0..count).map(region).collect();
        let mut sites: Vec<Site> =
            regions.iter().map(|r| Site::new(r.clone(), &regions, &regions[0], &random).unwrap()).collect();
        let identities: Vec<_> = sites.iter().map(|s| (s.region.clone(), s.identity.public())).collect();
        let engines = sites.iter_mut().map(|s| s.start(&identities, BrokenRules::default()).unwrap()).collect();
        let net = Net {
            sites,
            engines,
            identities,
            wire: Vec::new(),
            now: Timestamp(1_800_000_000_000),
            random,
            operators: operators().unwrap(),
        };
        net.pin();
        net
    }

    /// `count` regions that have exchanged messages until they are idle.
    pub(crate) fn settled(count: usize) -> Net {
        let mut net = Net::new(count);
        net.run();
        net
    }

    /// Pins in each region's store the identities of all others.
    fn pin(&self) {
        for site in &self.sites {
            let mut tx = site.begin().unwrap();
            for (region, identity) in self.identities.iter().filter(|(region, _)| *region != site.region) {
                rebuild::pin_member(&mut tx, region, *identity).unwrap();
            }
            site.commit(tx.into_batch()).unwrap();
        }
    }

    /// Has a replica of a key take the place of its primary, as an operator does who has lost that region.
    pub(crate) fn promote_key(&mut self, at: usize, id: &KeyId) {
        let now = self.now;
        self.change_key(at, id, |tx, site, record| {
            let lost = record.multi_region.as_ref().unwrap().primary.clone();
            let signed = site.authorization(&lost, now);
            assert!(key_replication::promote(tx, &site.region, record, Some(&signed)).unwrap());
        });
    }

    /// As [`Net::promote_key`], of a secret.
    pub(crate) fn promote_secret(&mut self, at: usize, name: &str) {
        let now = self.now;
        self.change_secret(at, name, |tx, site, record| {
            let lost = record.replication.as_ref().unwrap().primary.clone();
            let signed = site.authorization(&lost, now);
            secret_replication::promote(tx, record, now, Some(&signed)).unwrap();
        });
    }

    /// Moves the home of IAM to a region, as an operator does who has lost the present one.
    pub(crate) fn move_home(&mut self, at: usize) {
        let peers: Vec<Region> = self.sites.iter().map(|s| s.region.clone()).filter(|r| *r != region(at)).collect();
        let now = self.now;
        self.commit(at, |tx, site| {
            let lost = region_table::region(tx).unwrap().unwrap().iam_home;
            let signed = site.authorization(&lost, now);
            assert!(iam_home::take_over(tx, &site.region, &peers, Some(&signed)).unwrap());
        });
    }

    /// Commits a change in one region. Its messages are on the wire when this returns.
    pub(crate) fn commit<T>(&mut self, at: usize, change: impl FnOnce(&mut Tx<'_>, &Site) -> T) -> T {
        let site = &self.sites[at];
        let mut tx = site.begin().unwrap();
        let result = change(&mut tx, site);
        site.commit(tx.into_batch()).unwrap();
        self.event(at, &Event::Committed);
        result
    }

    pub(crate) fn read<T>(&self, at: usize, read: impl FnOnce(&Tx<'_>) -> T) -> T {
        read(&self.sites[at].begin().unwrap())
    }

    /// A step of `at` with its peer `from` whose writes are not committed.
    pub(crate) fn with_context<T>(
        &self,
        at: usize,
        from: usize,
        step: impl FnOnce(&mut PeerContext<'_, '_>) -> T,
    ) -> T {
        let site = &self.sites[at];
        step(&mut PeerContext {
            tx: &mut site.begin().unwrap(),
            hooks: site,
            env: &site.env(self.now),
            here: &region(at),
            boots: 1,
            peer: &region(from),
            identity: &self.sites[from].identity.public(),
            iam_home: &region(A),
            session: 1,
            rule: &RotationRule::default(),
            operators: &self.operators,
            broken: BrokenRules::default(),
            diagnostics: &mut Diagnostics::default(),
        })
    }

    pub(crate) fn event(&mut self, at: usize, event: &Event) {
        let (site, engine) = (&self.sites[at], &mut self.engines[at]);
        let env = site.env(self.now);
        let local = LocalRegion { store: &site.store, barrier: &site.barrier, rows: None, hooks: site, env };
        self.wire.extend(drive(engine, event, &local).unwrap().messages);
    }

    /// Delivers one message.
    pub(crate) fn deliver(&mut self, message: &Message) {
        let to = self.sites.iter().position(|site| site.region == message.to).unwrap();
        self.event(to, &Event::Received(message.clone()));
    }

    /// Delivers the messages on the wire to these regions, and those that follow from them, until there are none.
    pub(crate) fn run_to(&mut self, regions: &[usize]) {
        let names: Vec<Region> = regions.iter().map(|at| region(*at)).collect();
        while let Some(at) = self.wire.iter().position(|message| names.contains(&message.to)) {
            let message = self.wire.remove(at);
            self.deliver(&message);
        }
    }

    /// Advances the time and delivers everything, although a region may answer nothing.
    pub(crate) fn run_on(&mut self) {
        for _ in 0..20 {
            self.run_to(&[A, B, C]);
            self.now = self.now.plus_secs(10);
            (0..self.sites.len()).for_each(|at| self.event(at, &Event::Tick));
        }
    }

    /// Advances the time and delivers everything until the regions are idle.
    pub(crate) fn run(&mut self) {
        self.run_on();
        assert!(self.wire.is_empty() && self.engines.iter().all(Engine::is_idle));
    }

    /// Stops the region, loses its messages on the wire, and starts it again.
    pub(crate) fn restart(&mut self, at: usize) {
        let name = region(at);
        self.wire.retain(|message| message.from != name);
        self.engines[at] = self.sites[at].start(&self.identities, BrokenRules::default()).unwrap();
        self.engines[at].set_operators(self.operators.clone());
        self.now = self.now.plus_secs(10);
        self.event(at, &Event::Tick);
    }

    /// Replaces a region by one with an empty store and another identity, which is to be rebuilt from the others.
    pub(crate) fn lose_store(&mut self, at: usize) {
        let others: Vec<Region> = self.sites.iter().map(|s| s.region.clone()).filter(|r| *r != region(at)).collect();
        self.lose_store_from(at, &others);
    }

    /// As [`Net::lose_store`], rebuilt from these regions only.
    pub(crate) fn lose_store_from(&mut self, at: usize, sources: &[Region]) {
        let regions: Vec<Region> = self.sites.iter().map(|site| site.region.clone()).collect();
        self.wire.retain(|message| message.from != region(at) && message.to != region(at));
        self.sites[at] = Site::new(region(at), &regions, &regions[0], &self.random).unwrap();
        let identity = self.sites[at].identity.public();
        self.identities[at].1 = identity;
        let now = self.now;
        let write = |site: &Site, change: &dyn Fn(&mut Tx<'_>)| {
            let mut tx = site.begin().unwrap();
            change(&mut tx);
            site.commit(tx.into_batch()).unwrap();
        };
        self.pin();
        write(&self.sites[at], &|tx| rebuild::begin(tx, sources, now).unwrap());
        let member = MemberRecord { region: region(at), identity, addresses: Vec::new() };
        for site in self.sites.iter().filter(|site| site.region != region(at)) {
            write(site, &|tx| rebuild::replace_member(tx, &member).unwrap());
        }
        (0..self.sites.len()).for_each(|at| self.restart(at));
    }

    /// A copy of a region's store, as a backup has it.
    pub(crate) fn backup(&self, at: usize) -> MemoryStore {
        self.sites[at].store.copy().unwrap()
    }

    /// Puts a backup in the place of a region's store, and starts the region.
    pub(crate) fn restore(&mut self, at: usize, backup: &MemoryStore) {
        self.sites[at].store = backup.copy().unwrap();
        self.restart(at);
    }

    /// As [`Net::restore`]. The region is held then, and rebuilt from the others.
    pub(crate) fn restore_and_rebuild(&mut self, at: usize, backup: &MemoryStore) {
        self.restore(at, backup);
        self.run_on();
        self.rebuild_restored(at);
    }

    /// Has a region that is held rebuilt from all others.
    pub(crate) fn rebuild_restored(&mut self, at: usize) {
        assert!(self.read(at, |tx| run_table::held(tx).unwrap()).is_some());
        let sources: Vec<Region> = (0..self.sites.len()).filter(|other| *other != at).map(region).collect();
        let now = self.now;
        self.commit(at, |tx, _| rebuild::begin_restored(tx, &sources, now).unwrap());
        self.restart(at);
        self.run();
    }

    /// Removes the replica of a secret in a region.
    pub(crate) fn remove_replica(&mut self, at: usize, name: &str, of: usize) {
        self.change_secret(at, name, |tx, _, record| {
            let arn = record.arn.clone();
            let shared = record.replication.as_mut().unwrap();
            let place = shared.replicas.iter().position(|entry| entry.region == region(of)).unwrap();
            let (entry, epoch) = (shared.replicas.remove(place), shared.epoch.clone());
            secret_replication::announce_removal(tx, &arn, &entry.region, entry.generation, &epoch).unwrap();
            secret_replication::raise_revision(record);
        });
    }

    /// Creates a multi-Region key with its primary in A.
    pub(crate) fn create_key(&mut self) -> KeyId {
        let id = KeyId::generate(&*self.random, true);
        let now = self.now;
        self.commit(A, |tx, site| {
            let material = Material::generate(MaterialKind::Symmetric, &*site.random);
            let material_id = material.id(&id);
            let sealed = material.seal(&site.keyring, &*site.random, &id);
            let mut record = primary(&id, material_id, now);
            let meta = MaterialMeta::new(material_id, now);
            key_table::add_material(tx, &mut record, meta, sealed).unwrap();
            key_table::save_key(tx, &record).unwrap();
        });
        id
    }

    /// Requests a replica at the primary `at`.
    pub(crate) fn replicate_key(&mut self, at: usize, id: &KeyId, to: usize) {
        let created = self.now;
        self.change_key(at, id, |tx, site, record| {
            key_replication::raise_revision(record);
            let shared = record.multi_region.as_mut().unwrap();
            shared.add(region(to));
            shared.pending.push(PendingReplica {
                region: region(to),
                policy: format!("policy of {}", region(to)).into(),
                description: "a replica".to_owned(),
                tags: Vec::new(),
                created,
                generation: shared.revision,
                epoch: shared.epoch.clone(),
                bound: Vec::new(),
            });
            key_replication::announce(tx, &site.region, record).unwrap();
        });
    }

    pub(crate) fn rotate_key(&mut self, at: usize, id: &KeyId) -> key_replication::Rotated {
        let now = self.now;
        self.change_key(at, id, |tx, site, record| {
            key_replication::begin_rotation(tx, record, &new_rotation(site, now)).unwrap()
        })
    }

    pub(crate) fn hand_over(&mut self, at: usize, id: &KeyId, to: usize) {
        let now = self.now;
        self.change_key(at, id, |tx, _, record| {
            key_replication::begin_handover(tx, record, &region(to), &caller(), now).unwrap()
        });
    }

    pub(crate) fn change_key<T>(
        &mut self,
        at: usize,
        id: &KeyId,
        change: impl FnOnce(&mut Tx<'_>, &Site, &mut KeyRecord) -> T,
    ) -> T {
        self.commit(at, |tx, site| {
            let mut record = key_table::key(tx, &account(), id).unwrap().unwrap();
            let result = change(tx, site, &mut record);
            key_table::save_key(tx, &record).unwrap();
            result
        })
    }

    pub(crate) fn delete_key(&mut self, at: usize, id: &KeyId) {
        self.commit(at, |tx, site| {
            let record = key_table::key(tx, &account(), id).unwrap().unwrap();
            key_replication::record_deletion(tx, &site.region, &record).unwrap();
            key_table::delete_key(tx, &record).unwrap();
        });
    }

    pub(crate) fn key(&self, at: usize, id: &KeyId) -> Option<KeyRecord> {
        self.read(at, |tx| key_table::key(tx, &account(), id).unwrap())
    }

    /// The materials that a region holds of a key.
    pub(crate) fn materials(&self, at: usize, id: &KeyId) -> Vec<MaterialMeta> {
        self.read(at, |tx| key_table::materials(tx, id).unwrap())
    }

    /// The primary in a region's view, the epoch's counter, and the key's state in that region.
    pub(crate) fn role(&self, at: usize, id: &KeyId) -> (Region, u64, KeyState) {
        let record = self.key(at, id).unwrap();
        let shared = record.multi_region.unwrap();
        (shared.primary, shared.epoch.counter, record.state)
    }

    /// Creates a secret in a region, with one version whose value is its id.
    pub(crate) fn create_secret(&mut self, at: usize, name: &str, suffix: &str) {
        let now = self.now;
        let arn =
            SecretArn { region: region(at), account: account(), name: name.to_owned(), suffix: suffix.to_owned() };
        let mut record = SecretRecord {
            arn,
            created: now,
            description: Some(format!("made in {}", region(at))),
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
        self.commit(at, |tx, site| {
            put_value(tx, site, &mut record, &format!("first-{suffix}"));
            secret_table::save_secret(tx, &record).unwrap();
        });
    }

    pub(crate) fn replicate_secret(&mut self, at: usize, name: &str, to: usize, force_overwrite: bool) {
        self.change_secret(at, name, |tx, _, record| {
            secret_replication::become_primary(tx, record).unwrap();
            secret_replication::raise_revision(record);
            let shared = record.replication.as_mut().unwrap();
            shared.replicas.push(SecretReplica {
                region: region(to),
                kms_key_id: None,
                status: secret_table::ReplicaStatus::InProgress,
                status_message: None,
                last_accessed: None,
                force_overwrite,
                caller: caller(),
                generation: shared.revision,
                retry: None,
                reported: None,
            });
        });
    }

    pub(crate) fn put_value(&mut self, at: usize, name: &str, version: &str) {
        self.change_secret(at, name, |tx, site, record| {
            put_value(tx, site, record, version);
            secret_replication::raise_revision(record);
        });
    }

    /// Changes a secret and announces it.
    pub(crate) fn change_secret(
        &mut self,
        at: usize,
        name: &str,
        change: impl FnOnce(&mut Tx<'_>, &Site, &mut SecretRecord),
    ) {
        self.commit(at, |tx, site| {
            let mut record = secret_table::secret(tx, &account(), name).unwrap().unwrap();
            change(tx, site, &mut record);
            secret_table::save_secret(tx, &record).unwrap();
            secret_replication::announce(tx, &record).unwrap();
        });
    }

    pub(crate) fn secret(&self, at: usize, name: &str) -> Option<SecretRecord> {
        self.read(at, |tx| secret_table::secret(tx, &account(), name).unwrap())
    }

    /// The current value in a region, in the clear.
    pub(crate) fn value(&self, at: usize, name: &str) -> Option<String> {
        let record = self.secret(at, name)?;
        let version = record.staged("AWSCURRENT")?.id.clone();
        let opened = self.read(at, |tx| self.sites[at].open(tx, &record, &version)).ok()?;
        String::from_utf8(opened.bytes.to_vec()).ok()
    }

    /// The status of a primary's replica.
    pub(crate) fn status(&self, at: usize, name: &str, of: usize) -> Option<(secret_table::ReplicaStatus, String)> {
        let entry = self.secret(at, name)?.replication?.replicas.into_iter().find(|r| r.region == region(of))?;
        Some((entry.status, entry.status_message.unwrap_or_default()))
    }
}

pub(crate) fn primary(id: &KeyId, material: claviger_types::MaterialId, now: Timestamp) -> KeyRecord {
    KeyRecord {
        id: id.clone(),
        account: account(),
        region: region(A),
        created: now,
        description: "the primary".to_owned(),
        state: KeyState::Enabled,
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: KeyOrigin::AwsKms,
        managed_by: None,
        policy: "policy of the primary".into(),
        tags: Vec::new(),
        rotation: Rotation::default(),
        material_count: 0,
        current: Some(material),
        multi_region: Some(MultiRegion {
            primary: region(A),
            replicas: Vec::new(),
            epoch: Epoch { counter: 1, region: region(A) },
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

fn put_value(tx: &mut Tx<'_>, site: &Site, record: &mut SecretRecord, version: &str) {
    for old in &mut record.versions {
        let current = old.stages == ["AWSCURRENT"];
        old.stages = if current { vec!["AWSPREVIOUS".to_owned()] } else { Vec::new() };
    }
    record.versions.push(VersionMeta {
        id: version.to_owned(),
        stages: vec!["AWSCURRENT".to_owned()],
        created: record.created,
        last_accessed: None,
        kms_key: None,
        has_value: true,
    });
    let value = site.seal(record, version, version.as_bytes());
    secret_table::save_value(tx, &record.arn, version, &value).unwrap();
}
