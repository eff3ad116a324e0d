//! The digests of what related keys, and a secret and its replicas, share.
//!
//! A digest covers everything that the primary announces and every region stores alike, the epoch and the revision among it. So two regions with
//! equal digests have equal states. Names of material and of versions stand for their contents: the id of a material is derived from its bytes,
//! and the value of a version never changes. What each region has for itself is left out: policies, tags and aliases of keys, the KMS keys of
//! secrets, days of last use.

use claviger_crypto::sha256;
use claviger_store::Error as StoreError;
use claviger_store::Tx;
use claviger_store::tables::StateDigest;
use claviger_store::tables::key_table::{self, KeyRecord, MaterialMeta, MultiRegion};
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::Region;
use minicbor::Encode;

use crate::change::cbor;

/// The digest of a multi-Region key as this region has it. It covers the materials whose bytes this region holds: until a region has imported
/// what its related keys have imported, its digest differs. None for a single-Region key.
pub fn of_key(tx: &Tx<'_>, record: &KeyRecord) -> Result<Option<StateDigest>, StoreError> {
    let Some(shared) = &record.multi_region else { return Ok(None) };
    Ok(Some(of_shared_key(record, shared, key_table::held_materials(tx, record)?)))
}

/// As [`of_key`], with the materials whose bytes this region holds.
pub(crate) fn of_shared_key(record: &KeyRecord, shared: &MultiRegion, mut held: Vec<MaterialMeta>) -> StateDigest {
    // A region that merged the materials of two primaries has them in another order until the next announcement.
    held.sort_by_key(|meta| meta.id);
    let mut replicas: Vec<&Region> = shared.replicas.iter().collect();
    replicas.sort();
    let kind = (record.spec, record.usage, record.origin);
    let set = (&shared.primary, replicas, &shared.epoch, shared.revision);
    digest(&("claviger key 1", &record.account, &record.id, kind, &record.rotation, set, record.current, held))
}

/// The digest of a secret that is a primary or a replica, as this region has it. None for any other secret.
pub fn of_secret(record: &SecretRecord) -> Option<StateDigest> {
    let shared = record.replication.as_ref()?;
    let labelled = record.versions.iter().filter(|version| !version.stages.is_empty());
    let versions: Vec<_> =
        labelled.map(|version| (&version.id, &version.stages, version.created, version.has_value)).collect();
    let name = ("claviger secret 1", &record.arn.account, &record.arn.name, &record.arn.suffix);
    let times = (record.created, record.last_changed, &record.deletion);
    let texts = (&record.description, &record.tags, &record.policy, &record.bound, &record.kind);
    let epoch = (&shared.primary, &shared.epoch, shared.revision, shared.first_epoch());
    Some(digest(&(name, times, texts, versions, &record.rotation, epoch)))
}

fn digest<T: Encode<()>>(state: &T) -> StateDigest {
    StateDigest(sha256(&cbor(state)))
}

#[cfg(test)]
#[path = "state_digest_tests.rs"]
mod tests;
