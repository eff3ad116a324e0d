//! Decoded rows that the transactions of a region share.
//!
//! An entry is the value that a row had in one snapshot. It is the row's value in every later snapshot too, until a commit
//! writes the row: [`Store::changed_at`](crate::Store::changed_at) tells. So a transaction that finds all its rows here reads
//! the same state as one that reads the store, and never one that is older than an acknowledged commit.

use std::any::Any;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claviger_types::Generations;
use foldhash::fast::RandomState;

use crate::Key;
use crate::barrier::RowVersion;

/// How many parts the cache has. Each has a lock of its own, which is held for one look-up.
const SHARDS: usize = 64;

/// About the most bytes that the entries of a cache take together.
const BYTES_MAX: usize = 64 << 20;

/// The bytes that an entry costs besides its value.
const ENTRY_COST: usize = 256;

/// About how much more memory a decoded value takes than its bytes, with the values that are derived from it, such as a
/// compiled policy.
const DECODED_FACTOR: usize = 4;

/// The cache of one region.
pub struct RowCache {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
}

type Shard = Generations<Key, CachedRow>;

/// A row as a snapshot showed it.
#[derive(Clone)]
pub(crate) struct CachedRow {
    /// The position of that snapshot.
    pub(crate) valid_from: u64,
    /// The row's version and its decoded value, or none for a row that does not exist. A value that was computed from several rows
    /// has no version of its own ([`Tx::derived`](crate::Tx::derived)).
    pub(crate) found: Option<(RowVersion, Arc<dyn Any + Send + Sync>)>,
}

impl RowCache {
    /// An empty cache.
    pub fn new() -> RowCache {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::new(BYTES_MAX / SHARDS))).collect();
        RowCache { shards, hasher: RandomState::default() }
    }

    /// The newest known value of a row, if it is kept.
    pub(crate) fn get(&self, key: &[u8]) -> Option<CachedRow> {
        let (row, expired) = self.shard(key)?.find(key);
        // The lock is free again.
        drop(expired);
        row
    }

    /// Keeps a row that a snapshot showed; `bytes` is the size of its encoded value. Of two snapshots the later one stays.
    pub(crate) fn put(&self, key: &[u8], row: CachedRow, bytes: usize) {
        let Some(mut shard) = self.shard(key) else { return };
        let (kept, mut expired) = (shard.find(key), None);
        if kept.0.as_ref().is_none_or(|kept| kept.valid_from < row.valid_from) {
            expired = Some(shard.insert(key.to_vec(), row, ENTRY_COST + key.len() + DECODED_FACTOR * bytes));
        }
        drop(shard);
        drop((kept, expired));
    }

    /// Drops rows, whose values are wiped from memory once no transaction uses them. A row that was changed is not used anyway.
    /// This keeps material and credentials that were deleted from staying in memory.
    pub fn forget<'a>(&self, keys: impl IntoIterator<Item = &'a [u8]>) {
        for key in keys {
            if let Some(mut shard) = self.shard(key) {
                shard.remove(key);
            }
        }
    }

    /// Drops all rows.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = Shard::new(BYTES_MAX / SHARDS);
        }
    }

    /// A panic while the lock was held leaves the maps usable: at worst the bytes are counted wrongly until the next generation.
    fn shard(&self, key: &[u8]) -> Option<MutexGuard<'_, Shard>> {
        let shard = self.shards.get(self.hasher.hash_one(key) as usize % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for RowCache {
    fn default() -> RowCache {
        RowCache::new()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn row(valid_from: u64, value: u32) -> CachedRow {
        CachedRow { valid_from, found: Some((RowVersion::FIRST, Arc::new(value))) }
    }

    fn value(cache: &RowCache, key: &[u8]) -> Option<(u64, u32)> {
        let row = cache.get(key)?;
        Some((row.valid_from, *row.found?.1.downcast::<u32>().unwrap()))
    }

    #[test]
    fn the_value_of_the_later_snapshot_stays() {
        let cache = RowCache::new();
        cache.put(b"a", row(5, 50), 4);
        cache.put(b"a", row(3, 30), 4);
        assert_eq!(value(&cache, b"a"), Some((5, 50)));
        cache.put(b"a", row(7, 70), 4);
        assert_eq!(value(&cache, b"a"), Some((7, 70)));
        cache.forget([b"a".as_slice()]);
        assert_eq!(value(&cache, b"a"), None);
    }

    #[test]
    fn the_bytes_are_bounded() {
        let cache = RowCache::new();
        let large = BYTES_MAX / SHARDS / 2 / DECODED_FACTOR - ENTRY_COST;
        for number in 0..10 * SHARDS as u64 {
            cache.put(&number.to_be_bytes(), row(1, 0), large);
        }
        let kept: usize = cache.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!((1..=2 * SHARDS).contains(&kept), "{kept}");
        cache.put(b"larger", row(1, 1), BYTES_MAX);
        assert_eq!(value(&cache, b"larger"), None);
    }
}
