//! The tags that replace names in row keys, kept for the names in use.
//!
//! A tag is a keyed hash of a name and never changes, so an entry is valid for ever. A look-up costs a small part of the hash.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use claviger_crypto::NameKey;
use claviger_types::Generations;
use foldhash::fast::RandomState;

/// The length of a tag.
pub(crate) const TAG_LEN: usize = 16;

/// Names longer than this are hashed each time. Names of keys, users and secrets are shorter.
const NAME_BYTES_MAX: usize = 256;

const SHARDS: usize = 16;

/// About the most bytes that the names take together.
const BYTES_MAX: usize = 8 << 20;

/// The bytes that a name costs besides its own.
const NAME_COST: usize = 96;

/// How many names each thread keeps for itself.
const RECENT: usize = 128;

/// The key of the hashes, and the tags of recent names.
pub(crate) struct NameCache {
    /// No other cache of the process has this number. Each has a key of its own.
    number: u64,
    names: NameKey,
    hasher: RandomState,
    shards: Box<[Mutex<Shard>]>,
}

type Shard = Generations<Box<[u8]>, [u8; TAG_LEN]>;

impl NameCache {
    pub(crate) fn new(names: NameKey) -> NameCache {
        static CACHES: AtomicU64 = AtomicU64::new(0);
        let number = CACHES.fetch_add(1, Ordering::Relaxed);
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::new(BYTES_MAX / SHARDS))).collect();
        NameCache { number, names, hasher: RandomState::default(), shards }
    }

    /// The tag of a name of several parts; see [`NameKey::hash`].
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_LEN] {
        let mut buffer = [0; NAME_BYTES_MAX];
        let Some(joined) = join(&mut buffer, parts) else { return self.names.hash(parts) };
        let hash = self.hasher.hash_one(joined);
        // Threads that use the same names would wait for each other's look-ups, if only for the line of memory of the lock.
        RECENT_NAMES
            .with_borrow_mut(|recent| recent.tag(self.number, hash, joined, || self.shared_tag(hash, joined, parts)))
    }

    fn shared_tag(&self, hash: u64, joined: &[u8], parts: &[&[u8]]) -> [u8; TAG_LEN] {
        let Some(shard) = self.shards.get(hash as usize % SHARDS) else { return self.names.hash(parts) };
        // Held for a look-up or an insertion, and not while a name is hashed. A panic leaves the map usable.
        let lock = || shard.lock().unwrap_or_else(PoisonError::into_inner);
        let (found, expired) = lock().find(joined);
        drop(expired);
        if let Some(tag) = found {
            return tag;
        }
        let tag = self.names.hash(parts);
        let expired = lock().insert(joined.into(), tag, NAME_COST + joined.len());
        drop(expired);
        tag
    }
}

thread_local! {
    static RECENT_NAMES: RefCell<RecentNames> = const { RefCell::new(RecentNames { entries: [const { None }; RECENT] }) };
}

/// The names that a thread has used last, each in the one place that its hash gives it.
struct RecentNames {
    entries: [Option<RecentName>; RECENT],
}

struct RecentName {
    cache: u64,
    name: Box<[u8]>,
    tag: [u8; TAG_LEN],
}

impl RecentNames {
    fn tag(&mut self, cache: u64, hash: u64, name: &[u8], find: impl FnOnce() -> [u8; TAG_LEN]) -> [u8; TAG_LEN] {
        // The lower bits choose the shard of the shared map.
        let Some(entry) = self.entries.get_mut((hash >> 32) as usize % RECENT) else { return find() };
        if let Some(kept) = entry.as_ref().filter(|kept| kept.cache == cache && *kept.name == *name) {
            return kept.tag;
        }
        let tag = find();
        *entry = Some(RecentName { cache, name: name.into(), tag });
        tag
    }
}

/// The parts, each behind its length, so that no two lists of parts give the same bytes. None if they are too long.
fn join<'b>(buffer: &'b mut [u8; NAME_BYTES_MAX], parts: &[&[u8]]) -> Option<&'b [u8]> {
    let mut len = 0;
    for part in parts {
        let size = u8::try_from(part.len()).ok()?;
        *buffer.get_mut(len)? = size;
        buffer.get_mut(len + 1..len + 1 + part.len())?.copy_from_slice(part);
        len += 1 + part.len();
    }
    buffer.get(..len)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_crypto::RootKey;
    use claviger_types::SeededRandom;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_kept_tag_is_the_hash(names in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..4), 0..40)) {
            let key = || RootKey::generate(&SeededRandom::new(1)).name_key("names");
            let (cache, names_key) = (NameCache::new(key()), key());
            for name in names.iter().chain(&names) {
                let parts: Vec<&[u8]> = name.iter().map(Vec::as_slice).collect();
                prop_assert_eq!(cache.tag(&parts), names_key.hash(&parts));
            }
        }
    }

    #[test]
    fn a_thread_keeps_the_tags_of_several_caches_apart() {
        let key = |seed| RootKey::generate(&SeededRandom::new(seed)).name_key("names");
        let caches = [1, 2].map(|seed| (NameCache::new(key(seed)), key(seed)));
        // More names than a thread keeps, each twice.
        for number in (0..4 * RECENT as u32).flat_map(|number| [number, number]) {
            for (cache, names) in &caches {
                let name = number.to_be_bytes();
                assert_eq!(cache.tag(&[&name]), names.hash(&[&name]), "{number}");
            }
        }
    }

    #[test]
    fn long_names_have_their_hash_too() {
        let key = || RootKey::generate(&SeededRandom::new(1)).name_key("names");
        let (cache, names) = (NameCache::new(key()), key());
        for len in [254, 255, 256, 300] {
            let part = vec![b'x'; len];
            assert_eq!(cache.tag(&[&part]), names.hash(&[&part]), "{len}");
            assert_eq!(cache.tag(&[&part, b"y"]), names.hash(&[&part, b"y"]), "{len}");
        }
    }
}
