//! The layer between transactions and a backend. It seals every value to its row and hides names.

use claviger_crypto::{NameKey, SealKey};
use claviger_types::Random;
use zeroize::Zeroizing;

use crate::Error;
use crate::name_cache::{NameCache, TAG_LEN};
use crate::store::stamp_range;

const LABEL: &[u8] = b"claviger row v1";

/// Seals the values of one store.
///
/// A stored value is `version (8, big endian) ‖ sealed`, sealed with `label ‖ store id (16) ‖ version (8) ‖ row key` as
/// associated data. So a value opens only in its own row of its own store, and a version cannot be given to another value. A
/// row whose key is stamped at commit is sealed before its stamp is known, with zeros in the stamp's place. Such rows cannot
/// be altered or moved to another log, but their order within one log is not proven.
pub struct Barrier {
    seal: SealKey,
    names: NameCache,
    store_id: [u8; 16],
}

/// The number of writes of a row. For a stamped row it also holds the position of the stamp in the key, so that the row can
/// be opened by its key alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowVersion(u64);

/// The counter has the lower 40 bits. The bits above it hold one more than the position where the stamp begins, or zero for
/// no stamp.
const COUNTER_BITS: u32 = 40;
const COUNTER: u64 = (1 << COUNTER_BITS) - 1;

impl RowVersion {
    /// The version of a row's first value.
    pub(crate) const FIRST: RowVersion = RowVersion(1);

    /// The version of the next value. A counter at its maximum, which only a forged value can have, must not overflow into
    /// the position of the stamp: that would exempt a part of the key from authentication.
    pub(crate) fn next(self) -> RowVersion {
        RowVersion(((self.0 & COUNTER) + 1) & COUNTER)
    }

    /// The version of a row that is stamped, and never written again.
    pub(crate) fn stamped(stamp_at: u16) -> RowVersion {
        RowVersion(((u64::from(stamp_at) + 1) << COUNTER_BITS) | 1)
    }

    /// The version of a stored value.
    pub(crate) fn of(key: &[u8], stored: &[u8]) -> Result<RowVersion, Error> {
        split(stored).map(|(version, _)| version).ok_or_else(|| Error::Corrupt { key: key.to_vec() })
    }

    fn stamp_at(self) -> Option<usize> {
        usize::try_from(self.0 >> COUNTER_BITS).ok()?.checked_sub(1)
    }
}

impl Barrier {
    /// The barrier of the store with this id. Two stores never share an id. A restored copy that continues on its own gets an
    /// id of its own too.
    pub fn new(seal: SealKey, names: NameKey, store_id: [u8; 16]) -> Barrier {
        Barrier { seal, names: NameCache::new(names), store_id }
    }

    /// The tag that replaces a name in a row key; see [`NameKey::hash`].
    pub fn name(&self, parts: &[&[u8]]) -> [u8; TAG_LEN] {
        self.names.tag(parts)
    }

    /// Seals a row's value.
    pub(crate) fn seal(&self, random: &dyn Random, key: &[u8], version: RowVersion, value: &[u8]) -> Vec<u8> {
        let sealed = self.seal.seal(random, &self.place(key, version), value);
        [&version.0.to_be_bytes(), sealed.as_slice()].concat()
    }

    /// Opens a value that [`Barrier::seal`] made for this row.
    pub(crate) fn open(&self, key: &[u8], stored: &[u8]) -> Result<(RowVersion, Zeroizing<Vec<u8>>), Error> {
        let corrupt = || Error::Corrupt { key: key.to_vec() };
        let (version, sealed) = split(stored).ok_or_else(corrupt)?;
        let value = self.seal.open(&self.place(key, version), sealed).map_err(|_| corrupt())?;
        Ok((version, value))
    }

    fn place(&self, key: &[u8], version: RowVersion) -> Vec<u8> {
        let mut place = [LABEL, &self.store_id, &version.0.to_be_bytes(), key].concat();
        let key_at = place.len() - key.len();
        let stamp = version.stamp_at().and_then(|at| stamp_range(key_at + at)).and_then(|range| place.get_mut(range));
        if let Some(stamp) = stamp {
            stamp.fill(0);
        }
        place
    }
}

fn split(stored: &[u8]) -> Option<(RowVersion, &[u8])> {
    let (version, sealed) = stored.split_first_chunk::<8>()?;
    Some((RowVersion(u64::from_be_bytes(*version)), sealed))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    use crate::conformance::barrier;

    fn corrupt<T: std::fmt::Debug + PartialEq>(result: Result<T, Error>, key: &[u8]) {
        assert_eq!(result, Err(Error::Corrupt { key: key.to_vec() }));
    }

    #[test]
    fn opens_in_its_row_of_its_store_at_its_version_only() {
        let (barrier, random) = (barrier(1), SeededRandom::new(1));
        let stored = barrier.seal(&random, b"row", RowVersion::FIRST, b"value");
        let (version, value) = barrier.open(b"row", &stored).unwrap();
        assert_eq!((version, value.as_slice()), (RowVersion::FIRST, b"value".as_slice()));
        corrupt(barrier.open(b"other", &stored), b"other");
        corrupt(super::super::conformance::barrier(2).open(b"row", &stored), b"row");
        let second = barrier.seal(&random, b"row", version.next(), b"newer");
        let mixed = [&second[..8], &stored[8..]].concat();
        corrupt(barrier.open(b"row", &mixed), b"row");
    }

    #[test]
    fn an_altered_or_truncated_value_does_not_open() {
        let barrier = barrier(1);
        for version in [RowVersion::FIRST, RowVersion::stamped(0)] {
            let stored = barrier.seal(&SeededRandom::new(1), b"row-key-", version, b"value");
            for bit in 0..stored.len() * 8 {
                let mut altered = stored.clone();
                altered[bit / 8] ^= 1 << (bit % 8);
                corrupt(barrier.open(b"row-key-", &altered), b"row-key-");
            }
            (0..stored.len()).for_each(|len| corrupt(barrier.open(b"row-key-", &stored[..len]), b"row-key-"));
        }
    }

    #[test]
    fn a_stamped_row_opens_with_any_stamp_but_not_in_another_log() {
        let barrier = barrier(1);
        let row = |log: &[u8], position: u64| [log, &position.to_be_bytes(), b"x"].concat();
        let stored = barrier.seal(&SeededRandom::new(1), &row(b"log", 0), RowVersion::stamped(3), b"value");
        assert!(barrier.open(&row(b"log", 7), &stored).is_ok());
        corrupt(barrier.open(&row(b"lob", 7), &stored), &row(b"lob", 7));
        corrupt(barrier.open(b"log", &stored), b"log");
    }

    #[test]
    fn the_counter_does_not_overflow_into_the_stamp() {
        assert_eq!(RowVersion::FIRST.next(), RowVersion(2));
        assert_eq!(RowVersion::stamped(9).next(), RowVersion(2));
        assert_eq!(RowVersion::stamped(u16::MAX).stamp_at(), Some(65_535));
        assert_eq!(RowVersion::FIRST.stamp_at(), None);
        assert_eq!(RowVersion(u64::MAX).next().stamp_at(), None);
    }

    #[test]
    fn names_differ_by_store_key_and_part() {
        assert_eq!(barrier(1).name(&[b"a", b"b"]), barrier(1).name(&[b"a", b"b"]));
        assert_ne!(barrier(1).name(&[b"a", b"b"]), barrier(1).name(&[b"ab"]));
        assert_ne!(barrier(1).name(&[b"a"]), barrier(2).name(&[b"a"]));
    }
}
