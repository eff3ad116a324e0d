//! What is known of the past, to judge the present by.

use std::collections::{BTreeMap, BTreeSet};

use claviger_store::tables::Epoch;
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::{KeyId, MaterialId, Region, SecretArn};

/// What is known of the past, to judge the present by.
#[derive(Default)]
pub(super) struct Facts {
    /// Every key that was made and is not gone from all regions.
    pub(super) keys: Vec<KeyId>,
    /// Keys whose primary was taken by force at least once.
    pub(super) forced: BTreeSet<KeyId>,
    /// Ciphertexts.
    pub(super) blobs: Vec<Blob>,
    /// Replicas that were asked for and not made yet.
    pub(super) asked: BTreeMap<(KeyId, Region), u64>,
    pub(super) seen_keys: BTreeMap<(usize, KeyId), SeenKey>,
    /// Every epoch of which a region ever believed to be the primary.
    pub(super) claims: BTreeSet<(KeyId, Epoch)>,
    pub(super) seen_secrets: BTreeMap<(usize, &'static str), SeenSecret>,
    /// Replicas of secrets that have ended, where, and in which generation.
    pub(super) ended: BTreeMap<SecretArn, (Epoch, u64)>,
    /// What each revision of a primary says.
    pub(super) revisions: BTreeMap<(SecretArn, Epoch, u64), Vec<u8>>,
}

/// A ciphertext.
pub(super) struct Blob {
    pub(super) key: KeyId,
    pub(super) material: MaterialId,
    pub(super) bytes: Vec<u8>,
}

/// A key as it was when its region was last checked.
pub(super) struct SeenKey {
    pub(super) epoch: Epoch,
    pub(super) revision: u64,
    pub(super) materials: BTreeSet<MaterialId>,
    pub(super) primary: bool,
    pub(super) current: Option<MaterialId>,
}

/// A secret as it was when its region was last checked.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SeenSecret {
    pub(super) record: SecretRecord,
}

impl Facts {
    /// A key is gone from all regions, so that there is room for another.
    pub(super) fn forget(&mut self, id: &KeyId) {
        self.keys.retain(|key| key != id);
        self.blobs.retain(|blob| blob.key != *id);
    }

    pub(super) fn asked_for_key(&mut self, id: &KeyId, region: &Region) {
        *self.asked.entry((id.clone(), region.clone())).or_default() += 1;
    }
}
