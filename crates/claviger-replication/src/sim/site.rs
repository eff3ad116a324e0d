//! One simulated region: its store, its keys, and its authorization.

use std::sync::Arc;

use claviger_crypto::{Identity, Keyring, Operators, RootKey};
use claviger_store::memory::MemoryStore;
use claviger_store::tables::key_table::KeyRecord;
use claviger_store::tables::region_table::{self, RegionRecord, TokenKeyRecord};
use claviger_store::tables::run_table;
use claviger_store::tables::secret_table::{self, SecretRecord, SecretValueRecord, VersionMeta};
use claviger_store::{Barrier, Batch, Tx, commit_blocking};
use claviger_types::{Caller, KeyArn, Random, Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::context::Env;
use crate::engine::Engine;
use crate::hooks::{OpenedValue, RegionHooks};
use crate::token_key_replication;

use super::operators::operators;

use claviger_types::SeededRandom;

/// The most rows that wait for an unreachable region: so few that the simulation reaches the limit.
const OUTBOX_ROWS_MAX: usize = 20;

/// The result of a step. The error is a violated invariant, or a store that fails without an injected fault.
pub(crate) type Outcome<T> = Result<T, String>;

/// Any error as the text of a violation.
pub(crate) fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A region.
pub(crate) struct Site {
    pub(crate) region: Region,
    pub(crate) store: MemoryStore,
    pub(crate) barrier: Barrier,
    pub(crate) keyring: Keyring,
    pub(crate) identity: Identity,
    pub(crate) random: Arc<SeededRandom>,
    /// The source of the numbers of its starts. Another one, so that a change of them does not change a run of the simulation.
    runs: SeededRandom,
    /// The difference between its clock and the true time.
    pub(crate) skew_ms: i64,
    /// Whether it refuses the use of its keys to callers of other regions.
    pub(crate) refuses: bool,
    /// Whether it is stopped.
    pub(crate) down: bool,
    /// An older copy of its store.
    pub(crate) backup: Option<MemoryStore>,
    /// How many frames its messages have at most.
    pub(crate) frames_max: usize,
    /// Whose signatures a forced promotion needs.
    pub(crate) operators: Arc<Operators>,
}

impl Site {
    /// A region with a new store, which holds its own records.
    pub(crate) fn new(region: Region, all: &[Region], home: &Region, random: &Arc<SeededRandom>) -> Outcome<Site> {
        let source: &dyn Random = &**random;
        let root = RootKey::generate(source);
        let barrier = Barrier::new(
            root.seal_key("barrier"),
            root.name_key("row names"),
            root.name_key("store id").hash(&[region.as_str().as_bytes()]),
        );
        let (keyring, sealed_keyring) = Keyring::create(&root, source);
        let identity = Identity::generate(source);
        let token_key: String = source.bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
        let sealed = keyring.seal(source, &[b"token-key", token_key.as_bytes()], &source.bytes::<32>());
        let record = RegionRecord {
            region: region.clone(),
            keyring: sealed_keyring,
            identity: keyring.seal(source, &[b"identity"], identity.seed()),
            public_identity: identity.public(),
            boots: 0,
            created: Timestamp(0),
            token_key: token_key.clone(),
            iam_home: home.clone(),
            home_counter: None,
        };
        let (store, random) = (MemoryStore::new(), random.clone());
        let runs = SeededRandom::new(u64::from_be_bytes(identity.public().0[..8].try_into().map_err(text)?));
        let (refuses, down, backup, frames_max) = (false, false, None, 1);
        let (skew_ms, operators) = (0, operators()?);
        let site = Site {
            region,
            store,
            barrier,
            keyring,
            identity,
            random,
            runs,
            skew_ms,
            refuses,
            down,
            backup,
            frames_max,
            operators,
        };
        let mut tx = site.begin()?;
        region_table::save_region(&mut tx, &record).map_err(text)?;
        let key = TokenKeyRecord { id: token_key.clone(), region: site.region.clone(), created: Timestamp(0), sealed };
        region_table::save_token_key(&mut tx, &key).map_err(text)?;
        let peers: Vec<Region> = all.iter().filter(|r| **r != site.region).cloned().collect();
        token_key_replication::announce(&mut tx, &peers, &token_key).map_err(text)?;
        site.commit(tx.into_batch())?;
        Ok(site)
    }

    /// Starts the region: counts one more boot, and makes an engine without state.
    pub(crate) fn start(
        &mut self,
        peers: &[(Region, claviger_crypto::PublicIdentity)],
        broken: BrokenRules,
    ) -> Outcome<Engine> {
        let mut tx = self.begin()?;
        let mut record = region_table::region(&tx).map_err(text)?.ok_or("the region's record is gone")?;
        record.boots += 1;
        region_table::save_region(&mut tx, &record).map_err(text)?;
        run_table::begin_run(&mut tx, record.boots, self.runs.next()).map_err(text)?;
        self.commit(tx.into_batch())?;
        self.down = false;
        let engine = Engine::new(self.region.clone(), record.boots, record.iam_home, peers.iter().cloned());
        let mut engine = engine.with_broken_rules(broken);
        (engine.outbox_rows_max, engine.frames_max) = (OUTBOX_ROWS_MAX, self.frames_max);
        engine.set_operators(self.operators.clone());
        Ok(engine)
    }

    pub(crate) fn begin(&self) -> Outcome<Tx<'_>> {
        Tx::begin(&self.store, &self.barrier, &*self.random).map_err(text)
    }

    pub(crate) fn commit(&self, batch: Batch) -> Outcome<()> {
        commit_blocking(&self.store, batch).map(drop).map_err(text)
    }

    /// The time that its clock shows.
    pub(crate) fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.skew_ms))
    }

    pub(crate) fn env(&self, now: Timestamp) -> Env<'_> {
        Env { now: self.clock(now), random: &*self.random, keyring: &self.keyring, identity: &self.identity }
    }

    /// Seals a value with this region's stand-in for KMS.
    pub(crate) fn seal(&self, secret: &SecretRecord, version: &str, value: &[u8]) -> SecretValueRecord {
        let ciphertext = self.keyring.seal(&*self.random, &context(&secret.arn.to_string(), version), value);
        SecretValueRecord { binary: false, data_key: Vec::new(), ciphertext }
    }

    /// Opens a value that [`Site::seal`] made.
    pub(crate) fn open(&self, tx: &Tx<'_>, secret: &SecretRecord, version: &str) -> Outcome<OpenedValue> {
        let record = secret_table::value(tx, &secret.arn, version).map_err(text)?;
        let record = record.ok_or_else(|| format!("no value of version {version} of {}", secret.arn))?;
        let context = [secret.arn.to_string(), version.to_owned()];
        let parts: Vec<&[u8]> = context.iter().map(|part| part.as_bytes()).collect();
        let bytes = self.keyring.open_sealed(&parts, &record.ciphertext).map_err(text)?;
        Ok(OpenedValue { binary: record.binary, bytes })
    }
}

fn context<'a>(arn: &'a str, version: &'a str) -> [&'a [u8]; 2] {
    [arn.as_bytes(), version.as_bytes()]
}

impl RegionHooks for Site {
    fn may_become_primary(&self, _: &mut Tx<'_>, _: &KeyRecord, _: &Caller) -> Result<(), String> {
        if self.refuses { Err("not allowed here".to_owned()) } else { Ok(()) }
    }

    fn open_value(
        &self,
        tx: &mut Tx<'_>,
        secret: &SecretRecord,
        version: &VersionMeta,
        _: &Caller,
    ) -> Result<OpenedValue, String> {
        if self.refuses {
            return Err("not allowed to decrypt in the primary's region".to_owned());
        }
        self.open(tx, secret, &version.id)
    }

    fn seal_value(
        &self,
        _: &mut Tx<'_>,
        secret: &SecretRecord,
        version_id: &str,
        value: &OpenedValue,
        _: &Caller,
    ) -> Result<(SecretValueRecord, Option<KeyArn>), String> {
        if self.refuses {
            return Err("not allowed to encrypt in the replica's region".to_owned());
        }
        Ok((self.seal(secret, version_id, &value.bytes), None))
    }
}
