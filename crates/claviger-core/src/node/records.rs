//! The region's own records: keyring, identity, session-token key.

use claviger_crypto::{Identity, Keyring};
use claviger_store::tables::region_table::{self, RegionRecord, TokenKeyRecord};
use claviger_store::tables::{fleet_table, run_table};
use claviger_store::{Barrier, Error as StoreError, Tx, commit_blocking};
use claviger_types::{Region, Timestamp};

use super::{NodeConfig, NodeError};

/// What is read from the store when a region is opened.
pub(super) struct Opened {
    pub(super) record: RegionRecord,
    pub(super) keyring: Keyring,
    pub(super) identity: Identity,
    /// Whether an earlier run has begun to rebuild the region from others.
    pub(super) rebuilding: bool,
    /// The region that knows a later state of the store.
    pub(super) held: Option<Region>,
}

/// Reads the region's own records, or writes those of a new region, and notes that a run begins.
pub(super) fn open_records(config: &NodeConfig, barrier: &Barrier) -> Result<Opened, NodeError> {
    let failed = |source: StoreError| match source {
        StoreError::Corrupt { .. } => NodeError::WrongRootKey(config.region.clone()),
        source => NodeError::Store { region: config.region.clone(), source },
    };
    let mut tx = Tx::begin(&*config.store, barrier, &*config.random).map_err(failed)?;
    let mut opened = match region_table::region(&tx).map_err(failed)? {
        Some(record) => reopen(config, record)?,
        None => initialize(config, &mut tx).map_err(failed)?,
    };
    let rebuilt = fleet_table::rebuilt(&tx).map_err(failed)?;
    let awaits_snapshots = rebuilt.is_some_and(|rebuilt| !rebuilt.awaited.is_empty());
    opened.rebuilding = awaits_snapshots || fleet_table::rebuild(&tx).map_err(failed)?.is_some();
    region_table::save_region(&mut tx, &opened.record).map_err(failed)?;
    let run = u64::from_be_bytes(config.random.bytes());
    run_table::begin_run(&mut tx, opened.record.boots, run).map_err(failed)?;
    opened.held = run_table::held(&tx).map_err(failed)?.map(|held| held.by);
    commit_blocking(&*config.store, tx.into_batch()).map_err(failed)?;
    Ok(opened)
}

fn reopen(config: &NodeConfig, mut record: RegionRecord) -> Result<Opened, NodeError> {
    if record.region != config.region {
        return Err(NodeError::WrongRegion { found: record.region, expected: config.region.clone() });
    }
    let wrong = || NodeError::WrongRootKey(config.region.clone());
    let keyring = Keyring::open(&config.root, &record.keyring).map_err(|_| wrong())?;
    let seed = keyring.open_sealed(&[b"identity"], &record.identity).map_err(|_| wrong())?;
    let identity = Identity::from_seed(&seed).map_err(|_| wrong())?;
    record.boots = record.boots.saturating_add(1);
    Ok(Opened { record, keyring, identity, rebuilding: false, held: None })
}

fn initialize(config: &NodeConfig, tx: &mut Tx<'_>) -> Result<Opened, StoreError> {
    let random = &*config.random;
    let now = config.clock.now();
    let (keyring, sealed_keyring) = Keyring::create(&config.root, random);
    let identity = Identity::generate(random);
    let sealed_identity = keyring.seal(random, &[b"identity"], identity.seed());
    let token_key = new_token_key(config, &keyring, now);
    let record = RegionRecord {
        region: config.region.clone(),
        keyring: sealed_keyring,
        public_identity: identity.public(),
        identity: sealed_identity,
        boots: 1,
        created: now,
        token_key: token_key.id.clone(),
        iam_home: config.topology.iam_home.clone(),
        home_counter: None,
    };
    region_table::save_token_key(tx, &token_key)?;
    let peers: Vec<Region> = config.topology.regions.iter().filter(|r| **r != config.region).cloned().collect();
    claviger_replication::token_key_replication::announce(tx, &peers, &token_key.id)?;
    Ok(Opened { record, keyring, identity, rebuilding: false, held: None })
}

fn new_token_key(config: &NodeConfig, keyring: &Keyring, now: Timestamp) -> TokenKeyRecord {
    let random = &*config.random;
    let id: String = random.bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
    let key = zeroize::Zeroizing::new(random.bytes::<32>());
    let sealed = keyring.seal(random, &[b"token-key", id.as_bytes()], &*key);
    TokenKeyRecord { id, region: config.region.clone(), created: now, sealed }
}
