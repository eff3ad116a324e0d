//! A transaction: reads of one snapshot, buffered writes, and a record of its reads.

mod derived;

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

use claviger_types::Random;
use zeroize::Zeroizing;

use crate::barrier::RowVersion;
use crate::row_cache::CachedRow;
use crate::store::bounds;
use crate::{Barrier, Batch, Error, Key, RowCache, Shared, Snapshot, Store, Write};
use derived::Sources;

/// The most bytes of a row key.
pub const KEY_BYTES_MAX: usize = 1024;

/// A decoded row with its version, or none for a row that does not exist.
type Found<T> = Option<(RowVersion, Shared<T>)>;

/// The value of a row, in the clear.
pub type Value = Zeroizing<Vec<u8>>;

/// The reads and writes of one operation. Nothing reaches the store before the batch is committed. The commit fails with
/// [`Error::Conflict`] if a row that was read here has changed by then.
///
/// Its own puts and deletes are visible to its reads. Appended rows are not, because their keys are made at the commit.
pub struct Tx<'s> {
    store: &'s dyn Store,
    /// Whether it runs on a thread that may wait.
    may_wait: bool,
    /// Opened before the first read, or by the first read that the cache cannot answer.
    snapshot: OnceCell<Box<dyn Snapshot + 's>>,
    /// The last commit that the reads show.
    position: Cell<u64>,
    cache: Option<&'s RowCache>,
    barrier: &'s Barrier,
    random: &'s dyn Random,
    // Reads take `&self`, so that two parts of an operation can read at the same time.
    seen: RefCell<Seen>,
    pending: BTreeMap<Key, Pending>,
    appended: Vec<Write>,
}

/// The record of the reads.
#[derive(Default)]
struct Seen {
    /// Rows in the order in which they were read, with the version that was found (`None` for no row). A row that is read
    /// twice is here twice. Most transactions never write, and for them no row has to be looked up.
    read: Vec<(Key, Option<RowVersion>)>,
    /// Rows of `read` whose version is known without the snapshot, by their places there, and the position from which each is
    /// valid.
    hits: Vec<(usize, u64)>,
    /// The rows of values that other transactions have computed. Their versions are known without the snapshot.
    sources: Vec<Arc<Sources>>,
    /// The same rows by their keys, as of the last call of [`Seen::rows`].
    rows: BTreeMap<Key, Option<RowVersion>>,
    ranges: Vec<(Key, Key)>,
    /// The number of reads that are not recorded.
    unrecorded: usize,
    /// Whether a read was refused because it would have waited, or because the rows that were read before have changed.
    blocked: bool,
}

impl Seen {
    /// Records a row whose version is known without the snapshot. A snapshot that is opened later must not hide a commit that
    /// has written it since `valid_from`.
    fn unread(&mut self, key: Key, version: Option<RowVersion>, valid_from: u64) {
        self.hits.push((self.read.len(), valid_from));
        self.read.push((key, version));
    }

    /// The rows that were read, by their keys. Called once no snapshot will be opened any more, so the hits are not needed.
    fn rows(&mut self) -> &mut BTreeMap<Key, Option<RowVersion>> {
        self.hits.clear();
        for (key, version) in self.read.drain(..) {
            // One snapshot shows one version of a row, so either of two reads may stay.
            self.rows.insert(key, version);
        }
        for sources in self.sources.drain(..) {
            self.rows.extend(sources.rows.iter().cloned());
        }
        &mut self.rows
    }
}

enum Pending {
    /// Sealed when the batch is made, so that a row that is written twice is sealed once.
    Put(RowVersion, Value),
    Delete,
}

impl<'s> Tx<'s> {
    /// Begins a transaction on the present state of the store.
    pub fn begin(store: &'s dyn Store, barrier: &'s Barrier, random: &'s dyn Random) -> Result<Tx<'s>, Error> {
        let snapshot = store.snapshot()?;
        let tx = Tx { may_wait: true, ..Tx::over(store, barrier, random, snapshot.position()) };
        // The cell is new, so it takes the value.
        let _ = tx.snapshot.set(snapshot);
        Ok(tx)
    }

    /// [`Tx::begin`] for a thread that must not wait; see [`Store::snapshot_nonblocking`]. The snapshot is opened by the first
    /// read that needs it. If [`Tx::has_blocked`] is true in the end, every result of the transaction is invalid, even if the
    /// error was ignored. Run it again by [`Tx::begin`] on a thread that may wait.
    pub fn begin_nonblocking(store: &'s dyn Store, barrier: &'s Barrier, random: &'s dyn Random) -> Tx<'s> {
        Tx::over(store, barrier, random, store.position())
    }

    /// Has [`Tx::get_shared`] look for rows in a cache, and keep there what it reads.
    pub fn with_cache(mut self, cache: &'s RowCache) -> Tx<'s> {
        self.cache = Some(cache);
        self
    }

    fn over(store: &'s dyn Store, barrier: &'s Barrier, random: &'s dyn Random, position: u64) -> Tx<'s> {
        Tx {
            store,
            may_wait: false,
            snapshot: OnceCell::new(),
            position: Cell::new(position),
            cache: None,
            barrier,
            random,
            seen: RefCell::default(),
            pending: BTreeMap::new(),
            appended: Vec::new(),
        }
    }

    /// Whether a read was refused with [`Error::WouldBlock`].
    pub fn has_blocked(&self) -> bool {
        self.seen.borrow().blocked
    }

    /// Opens the snapshot, if no read has needed it yet, and returns its position, which stays.
    pub(crate) fn pin(&self) -> Result<u64, Error> {
        self.snapshot()?;
        Ok(self.position())
    }

    /// Refuses work that takes long, in a transaction that runs on a thread that must not wait.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`]: the request runs once more on a thread that may wait.
    pub fn require_waiting(&self) -> Result<(), Error> {
        self.answered(if self.may_wait { Ok(()) } else { Err(Error::WouldBlock) })
    }

    /// See [`Store::watch`].
    pub(crate) fn watch(&self, prefix: &[u8]) {
        self.store.watch(prefix);
    }

    /// See [`Store::changed_since`].
    pub(crate) fn changed_since(&self, prefix: &[u8], position: u64, limit: usize) -> Option<Vec<Key>> {
        self.store.changed_since(prefix, position, limit)
    }

    /// The position of the last commit that this transaction sees.
    pub fn position(&self) -> u64 {
        self.position.get()
    }

    /// The value of a row.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the value does not open, otherwise the backend's error.
    pub fn get(&self, key: &[u8]) -> Result<Option<Value>, Error> {
        if let Some(pending) = self.pending.get(key) {
            return Ok(pending.value());
        }
        let opened = self.read(key)?;
        self.saw(key, opened.as_ref().map(|(version, _)| *version));
        Ok(opened.map(|(_, value)| value))
    }

    /// As [`Tx::get`] for a row that is decoded, and shared with other transactions through the cache.
    ///
    /// # Errors
    ///
    /// Those of [`Tx::get`] and of `decode`.
    pub fn get_shared<T>(
        &self,
        key: Key,
        decode: impl FnOnce(&[u8], &[u8]) -> Result<T, Error>,
    ) -> Result<Option<Shared<T>>, Error>
    where
        T: Send + Sync + 'static,
    {
        self.get_listed(key, true, decode)
    }

    /// [`Tx::get_shared`] for a row of a list. If the cache does not have the row, `keeps` is whether it is kept there.
    ///
    /// # Errors
    ///
    /// Those of [`Tx::get_shared`].
    pub fn get_listed<T>(
        &self,
        key: Key,
        keeps: bool,
        decode: impl FnOnce(&[u8], &[u8]) -> Result<T, Error>,
    ) -> Result<Option<Shared<T>>, Error>
    where
        T: Send + Sync + 'static,
    {
        if let Some(pending) = self.pending.get(&key) {
            return pending.value().map(|value| decode(&key, &value).map(Shared::new)).transpose();
        }
        if let Some((found, valid_from)) = self.cached(&key) {
            let (version, shared) = found.map_or((None, None), |(version, shared)| (Some(version), Some(shared)));
            self.seen.borrow_mut().unread(key, version, valid_from);
            return Ok(shared);
        }
        let opened = self.read(&key)?;
        let bytes = opened.as_ref().map_or(0, |(_, value)| value.len());
        let decoded = opened.map(|(version, value)| Ok::<_, Error>((version, decode(&key, &value)?))).transpose()?;
        let found = decoded.map(|(version, record)| (version, Shared::new(record)));
        if keeps {
            self.keep(&key, found.as_ref().map(|(version, shared)| (*version, shared)), bytes);
        }
        self.seen.borrow_mut().read.push((key, found.as_ref().map(|(version, _)| *version)));
        Ok(found.map(|(_, shared)| shared))
    }

    /// The row's value in the cache, if it is its value at this transaction's position, and the position since when it is.
    fn cached<T: Send + Sync + 'static>(&self, key: &[u8]) -> Option<(Found<T>, u64)> {
        let CachedRow { valid_from, found } = self.cache?.get(key)?;
        if valid_from > self.position() || self.store.changed_at(key) > valid_from {
            return None;
        }
        match found {
            None => Some((None, valid_from)),
            Some((version, value)) => Some((Some((version, value.downcast_ref::<Shared<T>>()?.clone())), valid_from)),
        }
    }

    /// As [`Tx::get`], but the commit does not fail if others change the row meanwhile: for values that may be slightly
    /// stale, such as last-used dates. The row is protected again once this transaction also reads it by [`Tx::get`] or
    /// writes it.
    pub fn get_unchecked(&self, key: &[u8]) -> Result<Option<Value>, Error> {
        self.seen.borrow_mut().unrecorded += 1;
        match self.pending.get(key) {
            Some(pending) => Ok(pending.value()),
            None => Ok(self.read(key)?.map(|(_, value)| value)),
        }
    }

    /// [`Tx::scan`] for rows that are decoded, and shared with other transactions through the cache. The keys are read from the
    /// snapshot. Values that the cache has are not unsealed and decoded again. `keeps` is whether the others are kept there.
    pub fn scan_shared<T>(
        &self,
        start: &[u8],
        end: &[u8],
        limit: usize,
        keeps: bool,
        decode: impl Fn(&[u8], &[u8]) -> Result<T, Error>,
    ) -> Result<Vec<(Key, Shared<T>)>, Error>
    where
        T: Send + Sync + 'static,
    {
        let has_own = bounds(start, end).is_some_and(|range| self.pending.range::<[u8], _>(range).next().is_some());
        if has_own || self.cache.is_none() {
            let rows = self.scan(start, end, limit)?.into_iter();
            return rows.map(|(key, value)| decode(&key, &value).map(|row| (key, Shared::new(row)))).collect();
        }
        let stored = self.answered(self.snapshot()?.scan(start, end, limit))?;
        self.read_range(start, end, limit, stored.last().map(|(last, _)| last.as_slice()), stored.len());
        let shared = |(key, sealed): (Key, Vec<u8>)| {
            if let Some((Some((_, shared)), _)) = self.cached(&key) {
                return Ok((key, shared));
            }
            let (version, value) = self.barrier.open(&key, &sealed)?;
            let shared = Shared::new(decode(&key, &value)?);
            if keeps {
                self.keep(&key, Some((version, &shared)), value.len());
            }
            Ok((key, shared))
        };
        stored.into_iter().map(shared).collect()
    }

    /// Records that a range was read up to the last row that was returned, if the limit cut it off.
    fn read_range(&self, start: &[u8], end: &[u8], limit: usize, last: Option<&[u8]>, rows: usize) {
        let read_to = match last {
            Some(last) if rows >= limit => [last, &[0]].concat(),
            _ if limit == 0 => return,
            _ => end.to_vec(),
        };
        self.seen.borrow_mut().ranges.push((start.to_vec(), read_to));
    }

    /// Keeps a row of this transaction's snapshot in the cache, unless a commit is just writing it.
    fn keep<T: Send + Sync + 'static>(&self, key: &[u8], found: Option<(RowVersion, &Shared<T>)>, bytes: usize) {
        if let Some(cache) = self.cache.filter(|_| self.store.changed_at(key) <= self.position()) {
            let erase = |shared: &Shared<T>| Arc::new(shared.clone()) as Arc<dyn Any + Send + Sync>;
            let found = found.map(|(version, shared)| (version, erase(shared)));
            cache.put(key, CachedRow { valid_from: self.position(), found }, bytes);
            // A commit that has come in between may have dropped the row before this put it back.
            if self.store.changed_at(key) > self.position() {
                cache.forget([key]);
            }
        }
    }

    /// Rows in key order, from `start` (inclusive) to `end` (exclusive; empty for no bound), at most `limit`.
    ///
    /// The commit fails if another one adds, changes or removes a row of the range by then. Rows past the last one returned
    /// are not protected.
    pub fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<(Key, Value)>, Error> {
        let Some(range) = bounds(start, end) else {
            return Ok(Vec::new());
        };
        let own: Vec<_> = self.pending.range::<[u8], _>(range).collect();
        // Each pending delete hides at most one stored row.
        let deletes = own.iter().filter(|(_, pending)| matches!(pending, Pending::Delete)).count();
        let stored = self.answered(self.snapshot()?.scan(start, end, limit.saturating_add(deletes)))?;
        let rows = self.merge(stored, own, limit)?;
        self.read_range(start, end, limit, rows.last().map(|(last, _)| last.as_slice()), rows.len());
        Ok(rows)
    }

    /// Sets the value of a row.
    pub fn put(&mut self, key: Key, value: &[u8]) -> Result<(), Error> {
        check_length(key.len())?;
        let version = match self.pending.get(&key) {
            Some(Pending::Put(version, _)) => *version,
            _ => self.stored_version(&key)?.map_or(RowVersion::FIRST, RowVersion::next),
        };
        self.pending.insert(key, Pending::Put(version, Zeroizing::new(value.to_vec())));
        Ok(())
    }

    /// Sets the value of a row that does not exist, and does not read it: its key is made of random bits that this transaction
    /// has drawn. The commit fails if another one has written the row since the transaction began.
    pub fn put_new(&mut self, key: Key, value: &[u8]) -> Result<(), Error> {
        if self.pending.contains_key(&key) {
            return self.put(key, value);
        }
        check_length(key.len())?;
        self.seen.borrow_mut().unread(key.clone(), None, self.position());
        self.pending.insert(key, Pending::Put(RowVersion::FIRST, Zeroizing::new(value.to_vec())));
        Ok(())
    }

    /// Removes a row, which need not exist.
    pub fn delete(&mut self, key: Key) -> Result<(), Error> {
        check_length(key.len())?;
        self.pending.insert(key, Pending::Delete);
        Ok(())
    }

    /// Adds a row to an ordered log. Its key is `prefix ‖ commit position (8) ‖ count (4) ‖ suffix`, both numbers big endian.
    /// Rows sort in the order of commits, and within a commit in the order of these calls.
    pub fn append(&mut self, prefix: &[u8], suffix: &[u8], value: &[u8]) -> Result<(), Error> {
        let len = prefix.len() + 12 + suffix.len();
        check_length(len)?;
        let bad_key = |_| Error::BadKey { len };
        let stamp = u16::try_from(prefix.len()).map_err(bad_key)?;
        let count = u32::try_from(self.appended.len()).map_err(bad_key)?;
        let key = [prefix, &[0; 8], &count.to_be_bytes(), suffix].concat();
        let value = self.barrier.seal(self.random, &key, RowVersion::stamped(stamp), value);
        self.appended.push(Write::PutStamped { key, stamp_at: prefix.len(), value });
        Ok(())
    }

    /// Whether there is anything to commit.
    pub fn has_writes(&self) -> bool {
        !self.pending.is_empty() || !self.appended.is_empty()
    }

    /// Whether the transaction has written or deleted this row.
    pub fn has_written(&self, key: &[u8]) -> bool {
        self.pending.contains_key(key)
    }

    /// The tag that replaces a name in a row key; see [`Barrier::name`].
    pub fn name(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.barrier.name(parts)
    }

    /// Seals the buffered writes and ends the transaction.
    pub fn into_batch(self) -> Batch {
        let mut seen = self.seen.into_inner();
        let reads = std::mem::take(seen.rows()).into_keys().collect();
        let mut writes: Vec<Write> = Vec::with_capacity(self.pending.len() + self.appended.len());
        for (key, pending) in self.pending {
            writes.push(match pending {
                Pending::Put(version, value) => {
                    let value = self.barrier.seal(self.random, &key, version, &value);
                    Write::Put { key, value }
                }
                Pending::Delete => Write::Delete { key },
            });
        }
        writes.extend(self.appended);
        Batch { position: self.position.get(), reads, ranges: seen.ranges, writes }
    }

    /// The snapshot, which is opened now if no read has needed it.
    ///
    /// It may show later commits than the rows that the cache has answered. If none of these rows was changed by then, the
    /// transaction goes on at the snapshot's position. Otherwise it would read two states, so the read is refused.
    fn snapshot(&self) -> Result<&(dyn Snapshot + 's), Error> {
        if let Some(snapshot) = self.snapshot.get() {
            return Ok(&**snapshot);
        }
        let opened = self.answered(self.store.snapshot_nonblocking())?;
        let seen = self.seen.borrow();
        let holds = |(place, valid_from): &(usize, u64)| {
            seen.read.get(*place).is_none_or(|(key, _)| self.store.changed_at(key) <= *valid_from)
        };
        let hold = || seen.hits.iter().all(holds) && seen.sources.iter().all(|sources| sources.hold(self.store));
        let all_hold = opened.position() == self.position() || hold();
        drop(seen);
        if !all_hold {
            return self.answered(Err(Error::WouldBlock));
        }
        self.position.set(opened.position());
        Ok(&**self.snapshot.get_or_init(|| opened))
    }

    fn read(&self, key: &[u8]) -> Result<Option<(RowVersion, Value)>, Error> {
        self.answered(self.snapshot()?.get(key))?.map(|stored| self.barrier.open(key, &stored)).transpose()
    }

    /// Records a read that would have waited, so that the transaction is known to be invalid even if a caller drops the
    /// error.
    fn answered<T>(&self, read: Result<T, Error>) -> Result<T, Error> {
        if matches!(read, Err(Error::WouldBlock)) {
            self.seen.borrow_mut().blocked = true;
        }
        read
    }

    fn saw(&self, key: &[u8], version: Option<RowVersion>) {
        self.seen.borrow_mut().read.push((key.to_vec(), version));
    }

    fn stored_version(&self, key: &[u8]) -> Result<Option<RowVersion>, Error> {
        // Checks the rows that the cache has answered once more. The snapshot stays the same from here on.
        self.snapshot()?;
        if let Some(version) = self.seen.borrow_mut().rows().get(key) {
            return Ok(*version);
        }
        let stored = self.answered(self.snapshot()?.get(key))?;
        let version = stored.map(|stored| RowVersion::of(key, &stored)).transpose()?;
        self.saw(key, version);
        Ok(version)
    }

    /// The first `limit` rows of both. Own rows replace stored ones.
    fn merge(
        &self,
        stored: Vec<(Key, Vec<u8>)>,
        own: Vec<(&Key, &Pending)>,
        limit: usize,
    ) -> Result<Vec<(Key, Value)>, Error> {
        let mut merged: BTreeMap<Key, Result<Vec<u8>, &Pending>> =
            stored.into_iter().map(|(key, stored)| (key, Ok(stored))).collect();
        for (key, pending) in own {
            match (merged.entry(key.clone()), pending) {
                (btree_map::Entry::Occupied(entry), Pending::Delete) => drop(entry.remove()),
                (btree_map::Entry::Vacant(_), Pending::Delete) => {}
                (entry, Pending::Put(..)) => drop(entry.insert_entry(Err(pending))),
            }
        }
        let open = |(key, row): (Key, Result<Vec<u8>, &Pending>)| match row {
            Ok(stored) => self.barrier.open(&key, &stored).map(|(_, value)| Some((key, value))),
            Err(pending) => Ok(pending.value().map(|value| (key, value))),
        };
        merged.into_iter().take(limit).filter_map(|row| open(row).transpose()).collect()
    }
}

impl Pending {
    fn value(&self) -> Option<Value> {
        match self {
            Pending::Put(_, value) => Some(value.clone()),
            Pending::Delete => None,
        }
    }
}

fn check_length(len: usize) -> Result<(), Error> {
    if len <= KEY_BYTES_MAX { Ok(()) } else { Err(Error::BadKey { len }) }
}
