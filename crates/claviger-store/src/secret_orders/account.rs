//! The secrets of one account, in the orders that were asked for.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use claviger_types::AccountId;

use super::order::{SecretOrder, SecretPlace, SortedBy, SortedSecret};
use crate::tables::secret_table::{SecretRecord, secrets, secrets_of};
use crate::tables::{Table, fetch};
use crate::{Error, Tx};

/// How many rows are read at a time.
const ROWS_READ: usize = 1024;

/// The most rows that are read, or sorted, on a thread that must not wait: less than 5 ms.
const QUICK_ROWS_MAX: usize = 256;

/// About the bytes of a secret besides its name, and of its place in one order.
const SECRET_COST: usize = 112;
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
}

impl AccountOrders {
    /// Makes the secrets those of the transaction's snapshot, which may also be an earlier one than that of the last call.
    pub(super) fn bring_to(&mut self, tx: &Tx<'_>, account: &AccountId) -> Result<(), Error> {
        let position = tx.pin()?;
        if self.position == Some(position) {
            return Ok(());
        }
        let since = |at: u64| tx.changed_since(&secrets_of(tx, account), at.min(position));
        let known = self.position.and_then(since);
        match known {
            Some(rows) => {
                if rows.len() > QUICK_ROWS_MAX {
                    tx.require_waiting()?;
                }
                let read = |row: Vec<u8>| Ok::<_, Error>((tag(&row)?, fetch::<SecretRecord>(tx, &row)?));
                let changed = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
                self.position = None;
                changed.into_iter().for_each(|(tag, record)| self.set(tag, record.as_ref()));
            }
            None => {
                // Before the snapshot of a transaction that may wait is opened, so that the store knows what changes after it.
                tx.watch(&[Table::Secret as u8]);
                tx.require_waiting()?;
                *self = AccountOrders::read(tx, account)?;
            }
        }
        self.position = Some(position);
        Ok(())
    }

    /// Reads all secrets.
    fn read(tx: &Tx<'_>, account: &AccountId) -> Result<AccountOrders, Error> {
        let (mut all, mut after) = (AccountOrders::default(), None);
        loop {
            let rows = secrets(tx, account, after.as_deref(), ROWS_READ)?;
            let Some((last, _)) = rows.last() else { return Ok(all) };
            after = Some(last.clone());
            for (row, record) in &rows {
                all.set(tag(row)?, Some(record));
            }
        }
    }

    fn set(&mut self, tag: Tag, record: Option<&SecretRecord>) {
        let new = record.map(SortedSecret::of);
        let old = match &new {
            Some(new) => self.secrets.insert(tag, new.clone()),
            None => self.secrets.remove(&tag),
        };
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
    }

    /// The next places after a place, at most `limit`.
    pub(super) fn next(
        &mut self,
        tx: &Tx<'_>,
        order: SecretOrder,
        after: Option<&SecretPlace>,
        limit: usize,
    ) -> Result<Vec<SecretPlace>, Error> {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let backwards = order.descending && order.by == SortedBy::Name;
        let sorted = self.sorted(tx, SecretOrder { descending: order.descending && !backwards, ..order })?;
        Ok(if backwards {
            sorted.range::<SecretPlace, _>((Bound::Unbounded, after)).rev().take(limit).cloned().collect()
        } else {
            sorted.range::<SecretPlace, _>((after, Bound::Unbounded)).take(limit).cloned().collect()
        })
    }

    fn sorted(&mut self, tx: &Tx<'_>, order: SecretOrder) -> Result<&BTreeSet<SecretPlace>, Error> {
        if self.secrets.len() > QUICK_ROWS_MAX && !self.sorted.contains_key(&order) {
            tx.require_waiting()?;
        }
        let places = || self.secrets.values().map(|secret| secret.place(order)).collect();
        Ok(self.sorted.entry(order).or_insert_with(places))
    }

    /// About the memory that this takes.
    pub(super) fn bytes(&self) -> usize {
        self.name_bytes + self.secrets.len() * (SECRET_COST + PLACE_COST * self.sorted.len())
    }
}

fn tag(row: &[u8]) -> Result<Tag, Error> {
    row.last_chunk().copied().ok_or_else(|| Error::Corrupt { key: row.to_vec() })
}
