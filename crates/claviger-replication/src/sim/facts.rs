//! The simulation's record of the past, against which the checks judge the present.

use std::collections::{BTreeMap, BTreeSet};

use claviger_store::tables::Epoch;
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::{KeyId, MaterialId, Region, SecretArn};

/// The simulation's record of the past, against which the checks judge the present.
#[derive(Default)]
pub(super) struct Facts {
    /// Every key that was made and still exists in a region.
    pub(super) keys: Vec<KeyId>,
    /// Keys whose primary was forced at least once.
    pub(super) forced: BTreeSet<KeyId>,
    /// Regions that have not been checked since they began to be rebuilt.
    pub(super) fresh: BTreeSet<usize>,
    /// Ciphertexts.
    pub(super) blobs: Vec<Blob>,
    /// The number of requests for a replica that has not been made yet.
    pub(super) asked: BTreeMap<(KeyId, Region), u64>,
    pub(super) seen_keys: BTreeMap<(usize, KeyId), SeenKey>,
    /// The regions that have held a material of a key.
    pub(super) holders: BTreeMap<(KeyId, MaterialId), BTreeSet<usize>>,
    /// The regions that were away before the present step of a region.
    pub(super) away_before: BTreeSet<Region>,
    /// The regions that were away when a material of a key became current.
    pub(super) away: BTreeMap<(KeyId, MaterialId), BTreeSet<Region>>,
    /// Every epoch in which a region ever regarded itself as the primary.
    pub(super) claims: BTreeSet<(KeyId, Epoch)>,
    pub(super) seen_secrets: BTreeMap<(usize, &'static str), SeenSecret>,
    /// Replicas of secrets that have ended, by their ARN and the first epoch of their primary, with epoch and generation. Secrets of one ARN
    /// that have become primaries independently have other first epochs.
    pub(super) ended: BTreeMap<(SecretArn, Epoch), (Epoch, u64)>,
    /// The shared content of each revision of a primary.
    pub(super) revisions: BTreeMap<(SecretArn, Epoch, u64), Vec<u8>>,
    /// The regions that were ever restored from an older copy of their store.
    pub(super) restored: BTreeSet<Region>,
    /// The revisions that a lost or restored primary may begin again. The older copy of a replica's store may have them.
    pub(super) undone: BTreeSet<(SecretArn, Epoch, u64, Vec<u8>)>,
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
    /// Forgets the revisions that a primary may begin again.
    pub(super) fn undo_revisions(&mut self, is_undone: impl Fn(&SecretArn, &Epoch, u64) -> bool) {
        let undone = self.revisions.extract_if(.., |(arn, epoch, revision), _| is_undone(arn, epoch, *revision));
        self.undone.extend(undone.map(|((arn, epoch, revision), content)| (arn, epoch, revision, content)));
    }

    /// Forgets a key that no region has any more, so that another one can be made.
    pub(super) fn forget(&mut self, id: &KeyId) {
        self.keys.retain(|key| key != id);
        self.blobs.retain(|blob| blob.key != *id);
        self.holders.retain(|(key, _), _| key != id);
        self.away.retain(|(key, _), _| key != id);
    }

    pub(super) fn asked_for_key(&mut self, id: &KeyId, region: &Region) {
        *self.asked.entry((id.clone(), region.clone())).or_default() += 1;
    }
}
