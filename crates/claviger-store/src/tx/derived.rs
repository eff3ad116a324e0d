//! Values that are computed from several rows, and shared with other transactions through the cache as rows are.

use std::sync::Arc;

use super::{Seen, Tx};
use crate::Key;
use crate::barrier::RowVersion;
use crate::row_cache::CachedRow;
use crate::store::Store;

/// The rows that a value was computed from, with the versions that they had at one position.
pub(super) struct Sources {
    pub(super) rows: Vec<(Key, Option<RowVersion>)>,
    valid_from: u64,
}

/// A value in the cache.
struct Derived<D> {
    value: Arc<D>,
    sources: Arc<Sources>,
}

/// How much a transaction had read at some time.
struct Mark {
    read: usize,
    others: [usize; 3],
}

impl Sources {
    /// Whether no commit has written any of the rows since.
    pub(super) fn hold(&self, store: &dyn Store) -> bool {
        self.rows.iter().all(|(key, _)| store.changed_at(key) <= self.valid_from)
    }
}

impl Tx<'_> {
    /// The value that `compute` makes of the rows that it reads. If another transaction has made it, and no commit has written
    /// one of these rows since, it is that value, and the rows count as read.
    ///
    /// `name` identifies the value in the cache, with everything but the rows that it depends on. It begins with a byte that begins
    /// no row's key. `compute` also gives the bytes of the rows that the value keeps in memory. A value is kept only if `compute` has
    /// read by [`Tx::get`] and [`Tx::get_shared`] alone, and this transaction has written nothing.
    ///
    /// # Errors
    ///
    /// Those of `compute`, whose failure is not kept.
    pub fn derived<D, E>(&self, name: &[u8], compute: impl FnOnce() -> Result<(D, usize), E>) -> Result<Arc<D>, E>
    where
        D: Send + Sync + 'static,
    {
        let Some(cache) = self.cache.filter(|_| self.pending.is_empty()) else { return Ok(Arc::new(compute()?.0)) };
        if let Some((value, sources)) = self.kept(name) {
            self.seen.borrow_mut().sources.push(sources);
            return Ok(value);
        }
        let before = self.seen.borrow().mark();
        let (value, bytes) = compute()?;
        let value = Arc::new(value);
        if let Some(sources) = self.sources_since(&before) {
            let valid_from = sources.valid_from;
            let derived = Derived { value: Arc::clone(&value), sources: Arc::new(sources) };
            cache.put(name, CachedRow { valid_from, found: Some((RowVersion::FIRST, Arc::new(derived))) }, bytes);
        }
        Ok(value)
    }

    /// The value in the cache, if none of its rows has another value at this transaction's position.
    fn kept<D: Send + Sync + 'static>(&self, name: &[u8]) -> Option<(Arc<D>, Arc<Sources>)> {
        let (_, found) = self.cache?.get(name)?.found?;
        let Derived { value, sources } = found.downcast_ref::<Derived<D>>()?;
        let is_valid = sources.valid_from <= self.position() && sources.hold(self.store);
        is_valid.then(|| (Arc::clone(value), Arc::clone(sources)))
    }

    /// The rows that were read since. They are all of the state at this transaction's position. `None` if other things were read too.
    fn sources_since(&self, before: &Mark) -> Option<Sources> {
        let seen = self.seen.borrow();
        if seen.blocked || seen.mark().others != before.others {
            return None;
        }
        Some(Sources { rows: seen.read.get(before.read..)?.to_vec(), valid_from: self.position() })
    }
}

impl Seen {
    fn mark(&self) -> Mark {
        Mark { read: self.read.len(), others: [self.ranges.len(), self.sources.len(), self.unrecorded] }
    }
}
