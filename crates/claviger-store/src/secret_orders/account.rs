//! The secrets of one account, in the orders that were asked for.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use claviger_types::AccountId;

use super::attributes::{Attributes, SecretAttribute};
use super::order::{SecretOrder, SecretPlace, SortedBy, SortedSecret};
use super::prefixes::Prefixes;
use super::restriction::Restriction;
use crate::tables::secret_table::{SecretRecord, secret_row, secrets, secrets_of};
use crate::tables::{Table, fetch};
use crate::{Error, Key, Tx};

/// How many rows are read at a time.
const ROWS_READ: usize = 1024;

/// The most rows that are read one by one on a thread that must not wait: about 0.3 ms.
const QUICK_ROWS_MAX: usize = 32;

/// The most secrets that are sorted on such a thread. They are in memory.
const QUICK_SORT_MAX: usize = 256;

/// The most changed rows that are read one by one. If there are more, all secrets are read anew, in long runs of rows.
const CHANGED_ROWS_MAX: usize = 1 << 14;

/// The most changed rows by which the secrets are taken back to an earlier snapshot: about 3 ms.
const ROWS_BACK_MAX: usize = 256;

/// About the bytes of a secret besides its name, and of its place in one order.
const SECRET_COST: usize = 128;
const PLACE_COST: usize = 36;

/// The hash of the secret's name, with which its row key ends.
type Tag = [u8; 16];

/// An account's secrets as one snapshot had them.
#[derive(Default)]
pub(super) struct AccountOrders {
    /// The position of that snapshot. None before the first one, and while the secrets are changed.
    position: Option<u64>,
    secrets: HashMap<Tag, SortedSecret>,
    name_bytes: usize,
    /// The secrets in each order that was asked for. Names are sorted in ascending order only.
    sorted: HashMap<SecretOrder, BTreeSet<SecretPlace>>,
    attributes: Attributes,
}

impl AccountOrders {
    /// Makes the secrets those of the transaction's snapshot, which may also be an earlier one than that of the last call. While all
    /// secrets are read, `count` gets the bytes that they take so far.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if it is so much earlier that a fresh snapshot costs less. Otherwise those of the reads.
    pub(super) fn bring_to(&mut self, tx: &Tx<'_>, account: &AccountId, count: &dyn Fn(usize)) -> Result<(), Error> {
        let position = tx.pin()?;
        if self.position == Some(position) {
            return Ok(());
        }
        match self.changed(tx, account, position)? {
            Some(rows) => {
                let read = |row: Vec<u8>| Ok::<_, Error>((tag(&row)?, fetch::<SecretRecord>(tx, &row)?));
                let changed = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
                self.position = None;
                changed.into_iter().for_each(|(tag, record)| self.set(tag, record.as_ref()));
            }
            None => {
                // Before the snapshot of a transaction that may wait is opened, so that the store knows what changes after it.
                tx.watch(&[Table::Secret as u8]);
                tx.require_waiting()?;
                // First, so that the old secrets do not take memory beside the new ones.
                *self = AccountOrders::default();
                *self = AccountOrders::read(tx, account, count)?;
            }
        }
        self.position = Some(position);
        Ok(())
    }

    /// The rows in which the secrets differ from those of the transaction's snapshot, at `position`. None if all secrets have to be
    /// read.
    fn changed(&self, tx: &Tx<'_>, account: &AccountId, position: u64) -> Result<Option<Vec<Key>>, Error> {
        let Some(own) = self.position else { return Ok(None) };
        let since = |limit: usize| tx.changed_since(&secrets_of(tx, account), own.min(position), limit + 1);
        if position < own && since(ROWS_BACK_MAX).is_none_or(|rows| rows.len() > ROWS_BACK_MAX) {
            // Lists that wait for one that reads all secrets have old snapshots afterwards. If each took the secrets back, and the
            // next one forward again, all would be slow. On a fresh snapshot they only go forward.
            return Err(Error::Conflict);
        }
        let few = since(QUICK_ROWS_MAX);
        if few.as_ref().is_none_or(|rows| rows.len() <= QUICK_ROWS_MAX) {
            return Ok(few);
        }
        tx.require_waiting()?;
        Ok(since(CHANGED_ROWS_MAX).filter(|rows| rows.len() <= CHANGED_ROWS_MAX))
    }

    /// Reads all secrets.
    fn read(tx: &Tx<'_>, account: &AccountId, count: &dyn Fn(usize)) -> Result<AccountOrders, Error> {
        let (mut all, mut after) = (AccountOrders::default(), None);
        loop {
            let rows = secrets(tx, account, after.as_deref(), ROWS_READ)?;
            let Some((last, _)) = rows.last() else { return Ok(all) };
            after = Some(last.clone());
            for (row, record) in &rows {
                all.set(tag(row)?, Some(record));
            }
            count(all.bytes());
        }
    }

    fn set(&mut self, tag: Tag, record: Option<&SecretRecord>) {
        // Counted before the old values are, so that the values of both keep their numbers.
        let new = record.map(|record| SortedSecret::of(record, self.attributes.count(record)));
        let old = match &new {
            Some(new) => self.secrets.insert(tag, new.clone()),
            None => self.secrets.remove(&tag),
        };
        old.iter().for_each(|old| self.attributes.uncount(old));
        if old == new {
            return;
        }
        let bytes = |secret: &Option<SortedSecret>| secret.as_ref().map_or(0, SortedSecret::name_bytes);
        self.name_bytes = self.name_bytes.saturating_sub(bytes(&old)) + bytes(&new);
        for (order, places) in &mut self.sorted {
            if let Some(old) = &old {
                places.remove(&old.place(*order));
            }
            places.extend(new.iter().map(|new| new.place(*order)));
        }
        old.iter().for_each(|old| self.attributes.remove(old));
        new.iter().for_each(|new| self.attributes.add(new));
    }

    /// The next places after a place, at most `limit`. All secrets that fit the restriction are among the places; with a restriction
    /// of names in an order of dates, or with several ones, others may be too.
    pub(super) fn next(
        &mut self,
        tx: &Tx<'_>,
        restriction: &Restriction,
        order: SecretOrder,
        after: Option<&SecretPlace>,
        limit: usize,
    ) -> Result<Vec<SecretPlace>, Error> {
        let backwards = order.is_backwards();
        let runs = match order.by {
            SortedBy::Name => match &restriction.names {
                Some(names) => names.runs(after, backwards),
                None => Prefixes::new([""].into_iter()).runs(after, backwards),
            },
            _ => vec![(after.cloned().map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded)],
        };
        let narrowed = self.attributes.narrowest(&restriction.attributes);
        let order = order.sorted();
        match &narrowed {
            Some(narrowed) => self.sort_values(tx, narrowed.attribute, order)?,
            None => self.sort(tx, order)?,
        }
        let mut found = Vec::new();
        for run in runs {
            let left = limit.saturating_sub(found.len());
            match (&narrowed, self.sorted.get(&order)) {
                (Some(narrowed), _) => found.extend(self.attributes.next(narrowed, order, &run, backwards, left)),
                (None, Some(sorted)) if backwards => found.extend(sorted.range(run).rev().take(left).cloned()),
                (None, Some(sorted)) => found.extend(sorted.range(run).take(left).cloned()),
                (None, None) => {}
            }
        }
        Ok(found)
    }

    /// All secrets whose names have one of the prefixes. None if there are more than `most`.
    pub(super) fn named(
        &mut self,
        tx: &Tx<'_>,
        account: &AccountId,
        names: &Prefixes,
        most: usize,
    ) -> Result<Option<Vec<&SortedSecret>>, Error> {
        let restriction = Restriction { names: Some(names.clone()), attributes: Vec::new() };
        let places = self.next(tx, &restriction, SecretOrder::NAMES, None, most + 1)?;
        if places.len() > most {
            return Ok(None);
        }
        let row = |place: &SecretPlace| tag(&secret_row(tx, account, &place.name));
        let tags = places.iter().map(row).collect::<Result<Vec<Tag>, _>>()?;
        Ok(Some(tags.iter().filter_map(|tag| self.secrets.get(tag)).collect()))
    }

    /// Sorts the secrets for an order, if they are not yet.
    fn sort(&mut self, tx: &Tx<'_>, order: SecretOrder) -> Result<(), Error> {
        let sorted = self.sorted.contains_key(&order);
        self.require_time_to_sort(tx, sorted)?;
        let places = || self.secrets.values().map(|secret| secret.place(order)).collect();
        self.sorted.entry(order).or_insert_with(places);
        Ok(())
    }

    /// Sorts the secrets for an order by the values of an attribute first, if they are not yet.
    fn sort_values(&mut self, tx: &Tx<'_>, attribute: SecretAttribute, order: SecretOrder) -> Result<(), Error> {
        let sorted = self.attributes.has_sorted(attribute, order);
        self.require_time_to_sort(tx, sorted)?;
        self.attributes.sort(attribute, order, self.secrets.values());
        Ok(())
    }

    fn require_time_to_sort(&self, tx: &Tx<'_>, sorted: bool) -> Result<(), Error> {
        if sorted || self.secrets.len() <= QUICK_SORT_MAX { Ok(()) } else { tx.require_waiting() }
    }

    /// About the memory that this takes.
    pub(super) fn bytes(&self) -> usize {
        let secrets = self.secrets.len() * (SECRET_COST + PLACE_COST * self.sorted.len());
        self.name_bytes + secrets + self.attributes.bytes()
    }
}

fn tag(row: &[u8]) -> Result<Tag, Error> {
    row.last_chunk().copied().ok_or_else(|| Error::Corrupt { key: row.to_vec() })
}
