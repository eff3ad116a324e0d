//! How far one key or one secret is in each region that shares it.

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_replication::{WaitingChanges, state_digest};
use claviger_store::tables::key_table::{self, KeyRecord};
use claviger_store::tables::secret_table::{self, ReplicaStatus, SecretRecord};
use claviger_store::tables::{Epoch, StateDigest};
use claviger_types::{AccountId, KeyArn, KeyId, Region, SecretArn};

use crate::failover::each_secret;

/// The most changes that are read to find those of one thing.
const ROWS_MAX: usize = 10_000;

/// A key or a secret, as a region of this process has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedThing {
    /// Its ARN in the region that was asked.
    pub arn: String,
    /// The region that was asked.
    pub region: Region,
    /// The region of the primary; none if the thing is in one region only.
    pub primary: Option<Region>,
    /// The epoch and the revision that the region has applied.
    pub applied: Option<(Epoch, u64)>,
    /// The digest of what the region has.
    pub digest: Option<StateDigest>,
    /// If the primary is in the region that was asked: the other regions.
    pub others: Vec<OtherRegion>,
}

/// What the primary knows of another region's replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRegion {
    /// The region.
    pub region: Region,
    /// The revision, of the primary's epoch, that it has reported as applied.
    pub revision: Option<u64>,
    /// The digest that it has reported.
    pub digest: Option<StateDigest>,
    /// The comparison with the primary.
    pub agreement: Agreement,
    /// How many changes of the thing wait for the region or are not acknowledged by it.
    pub waiting: u64,
    /// Whether more changes may wait than `waiting`: not all rows for the region were read, or a snapshot for it is being written.
    pub more_waiting: bool,
    /// The status of a secret's replica, and its message.
    pub status: Option<(ReplicaStatus, Option<String>)>,
}

/// A replica beside its primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// It has reported the primary's digest.
    Equal,
    /// It has reported an earlier revision.
    Behind,
    /// It has reported the present revision with another digest.
    Differs,
    /// It has reported no digest.
    NotReported,
}

impl Agreement {
    fn of(own: (u64, Option<StateDigest>), reported: Option<(u64, Option<StateDigest>)>) -> Agreement {
        match reported {
            Some((revision, _)) if revision < own.0 => Agreement::Behind,
            Some((_, Some(digest))) if Some(digest) == own.1 => Agreement::Equal,
            Some((_, Some(_))) => Agreement::Differs,
            Some((_, None)) | None => Agreement::NotReported,
        }
    }
}

/// The key of this id or ARN; none if the region has no such key.
///
/// # Errors
///
/// Those of the store.
pub fn of_key(node: &Node, name: &str) -> Result<Option<SharedThing>, Error> {
    let id = KeyArn::parse(name).map(|arn| arn.id).or_else(|_| KeyId::parse(name));
    let Ok(id) = id else { return Ok(None) };
    node.in_transaction(|tx| {
        let Some(account) = key_table::account_of(tx, &id)? else { return Ok(None) };
        let Some(record) = key_table::key(tx, &account, &id)? else { return Ok(None) };
        let own = state_digest::of_key(tx, &record)?;
        let mut thing = shown_key(node.region(), &record, own);
        for other in &mut thing.others {
            let waiting = WaitingChanges::read(tx, &other.region, ROWS_MAX)?;
            other.waiting = waiting.keys.get(&(account.clone(), id.clone())).copied().unwrap_or_default();
            other.more_waiting = waiting.more || waiting.snapshot;
        }
        Ok(Some(thing))
    })
}

fn shown_key(here: &Region, record: &KeyRecord, own: Option<StateDigest>) -> SharedThing {
    let shared = record.multi_region.as_ref();
    let replicas = shared.filter(|shared| shared.primary == *here);
    let other = |region: &Region| {
        let holder = replicas.and_then(|shared| shared.holders.iter().find(|holder| holder.region == *region));
        let reported = holder.map(|holder| (holder.revision, holder.digest));
        OtherRegion {
            region: region.clone(),
            revision: holder.map(|holder| holder.revision),
            digest: holder.and_then(|holder| holder.digest),
            agreement: Agreement::of((replicas.map_or(0, |shared| shared.revision), own), reported),
            waiting: 0,
            more_waiting: false,
            status: None,
        }
    };
    SharedThing {
        arn: record.id.arn(here, &record.account).to_string(),
        region: here.clone(),
        primary: shared.map(|shared| shared.primary.clone()),
        applied: shared.map(|shared| (shared.epoch.clone(), shared.revision)),
        digest: own,
        others: replicas.iter().flat_map(|shared| &shared.replicas).map(other).collect(),
    }
}

/// The secrets of this name or ARN, of one account or of all.
///
/// # Errors
///
/// Those of the store.
pub fn of_secrets(node: &Node, name: &str, account: Option<&AccountId>) -> Result<Vec<SharedThing>, Error> {
    let arn = SecretArn::parse(name).ok();
    let (name, account) = match &arn {
        Some(arn) => (arn.name.as_str(), Some(&arn.account)),
        None => (name, account),
    };
    let mut records = Vec::new();
    if let Some(account) = account {
        records.extend(node.in_transaction(|tx| Ok(secret_table::secret(tx, account, name)?))?);
    } else {
        // The rows of secrets are named by account.
        each_secret(node, |_, record| {
            let is_it = record.arn.name == name;
            if is_it {
                records.push(record);
            }
            Ok(is_it)
        })?;
    }
    records.iter().map(|record| shown_secret(node, record)).collect()
}

fn shown_secret(node: &Node, record: &SecretRecord) -> Result<SharedThing, Error> {
    let (shared, own) = (record.replicated(), state_digest::of_secret(record));
    let revision = shared.map_or(0, |shared| shared.revision);
    let mut others = Vec::new();
    for entry in shared.iter().flat_map(|shared| &shared.replicas) {
        let waiting = node.in_transaction(|tx| Ok(WaitingChanges::read(tx, &entry.region, ROWS_MAX)?))?;
        let reported = entry.reported.map(|reported| (reported.revision, reported.digest));
        others.push(OtherRegion {
            region: entry.region.clone(),
            revision: entry.reported.map(|reported| reported.revision),
            digest: entry.reported.and_then(|reported| reported.digest),
            agreement: Agreement::of((revision, own), reported),
            waiting: waiting.secrets.get(&record.arn).copied().unwrap_or_default(),
            more_waiting: waiting.more || waiting.snapshot,
            status: Some((entry.status, entry.status_message.clone())),
        });
    }
    Ok(SharedThing {
        arn: record.arn.to_string(),
        region: node.region().clone(),
        primary: shared.map(|shared| shared.primary.clone()),
        applied: shared.map(|shared| (shared.epoch.clone(), shared.revision)),
        digest: own.filter(|_| shared.is_some()),
        others,
    })
}
