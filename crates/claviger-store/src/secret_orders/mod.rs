//! The secrets of an account in the orders that no index row has: by name, by the dates of change and of access, and the oldest first;
//! and those with some value of an attribute in each order.
//!
//! The store hides names and could not keep such an order without revealing it, and a row for each date would make each write of a
//! secret dearer. So an order is made in memory, from all secrets of the account, when a list first needs it. Later lists bring
//! it to the state of their own snapshot: they read only the rows that were written between the two states
//! ([`Store::changed_since`](crate::Store::changed_since)).

mod account;
mod attributes;
mod merge;
mod named;
mod order;
mod prefixes;
mod restriction;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use claviger_types::AccountId;

use crate::tables::list_keeps;
use crate::tables::secret_table::{ListedSecret, secret_listed};
use crate::{Error, Tx};
use account::AccountOrders;
pub use attributes::SecretAttribute;
pub use named::NamedSecrets;
pub use order::{SecretOrder, SecretPlace, SortedBy};
pub use prefixes::Prefixes;
pub use restriction::Restriction;

/// About the most bytes that the orders of a region take together: those of 200,000 secrets or more. The account that was listed
/// last stays, even if it alone takes more, and so do those in use. AWS's quota is 500,000 secrets in an account and region.
const BYTES_MAX: usize = 64 << 20;

/// The bytes that an account costs besides its secrets.
const ACCOUNT_COST: usize = 1024;

/// The orders of one region. They hold names and dates, and no values.
pub struct SecretOrders {
    accounts: Mutex<Accounts>,
    bytes_max: usize,
}

#[derive(Default)]
struct Accounts {
    slots: HashMap<AccountId, Slot>,
    /// The bytes of all slots.
    bytes: usize,
    /// The number of uses, which tells which account was used last.
    uses: u64,
}

struct Slot {
    orders: Arc<Mutex<AccountOrders>>,
    used: u64,
    bytes: usize,
}

impl SecretOrders {
    /// The orders of a region, which are made when they are asked for.
    pub fn new() -> SecretOrders {
        SecretOrders::with_limit(BYTES_MAX)
    }

    fn with_limit(bytes_max: usize) -> SecretOrders {
        SecretOrders { accounts: Mutex::default(), bytes_max }
    }

    /// The next secrets of an account after a place, at most `limit`, as the transaction's snapshot has them. All that fit the
    /// restriction are among them, and perhaps others. The errors are those of [`SecretOrders::list`].
    fn next(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        restriction: &Restriction,
        order: SecretOrder,
        after: Option<&SecretPlace>,
        limit: usize,
    ) -> Result<Vec<SecretPlace>, Error> {
        self.with(tx, account, |orders| orders.next(tx, restriction, order, after, limit))
    }

    /// All secrets whose names have one of the beginnings, in an order of dates. None if there are more than `most`.
    ///
    /// # Errors
    ///
    /// Those of [`SecretOrders::list`].
    pub fn named(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        names: &Prefixes,
        order: SecretOrder,
        most: usize,
    ) -> Result<Option<NamedSecrets>, Error> {
        self.with(tx, account, |orders| {
            let found = orders.named(tx, account, names, most)?;
            Ok(found.map(|found| NamedSecrets::sorted(&found, order)))
        })
    }

    /// Brings the orders of an account to the transaction's snapshot, and asks them something.
    fn with<T>(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        ask: impl FnOnce(&mut AccountOrders) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if tx.has_writes() {
            // Other transactions must not see its writes.
            let mut own = AccountOrders::default();
            own.bring_to(tx, account, &|_| ())?;
            return ask(&mut own);
        }
        let orders = self.of(account);
        let mut locked = lock(tx, &orders)?;
        let brought = locked.bring_to(tx, account, &|bytes| self.count(account, &orders, bytes));
        let answer = brought.and_then(|()| ask(&mut locked));
        // Also after an error, so that secrets that were read in vain are not counted any longer.
        let bytes = locked.bytes();
        drop(locked);
        self.count(account, &orders, bytes);
        answer
    }

    /// The next secrets of an account after a place, at most `limit`, with their records, as the transaction's snapshot has them. All
    /// that fit the restriction are among them. Another secret may come too, without a record if its name does not fit. Only the records
    /// of a first page are kept for other requests.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] in a transaction that must not wait, if many rows have to be read or another list is reading them.
    /// [`Error::Conflict`] if many rows have changed since the snapshot and another list has already read them; a transaction on a
    /// fresh snapshot may succeed. Otherwise those of the reads.
    pub fn list(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        restriction: &Restriction,
        order: SecretOrder,
        after: Option<&SecretPlace>,
        limit: usize,
    ) -> Result<Vec<ListedSecret>, Error> {
        let keeps = list_keeps(after.is_none(), limit);
        let read = |place: SecretPlace| {
            let fits = restriction.may_name(&place.name);
            let record = if fits { secret_listed(tx, account, &place.name, keeps)? } else { None };
            Ok((place.to_bytes(), record))
        };
        self.next(tx, account, restriction, order, after, limit)?.into_iter().map(read).collect()
    }

    /// Drops the orders of all accounts.
    pub fn clear(&self) {
        drop(std::mem::take(&mut *self.accounts()));
    }

    fn of(&self, account: &AccountId) -> Arc<Mutex<AccountOrders>> {
        let mut accounts = self.accounts();
        accounts.uses += 1;
        let used = accounts.uses;
        if let Some(slot) = accounts.slots.get_mut(account) {
            slot.used = used;
            return Arc::clone(&slot.orders);
        }
        let orders = Arc::default();
        let slot = Slot { orders: Arc::clone(&orders), used, bytes: ACCOUNT_COST };
        accounts.bytes += slot.bytes;
        accounts.slots.insert(account.clone(), slot);
        orders
    }

    /// Notes how much memory the orders of an account take, also while its secrets are read, and drops the accounts that were not
    /// used for the longest time if all together take too much.
    fn count(&self, account: &AccountId, orders: &Arc<Mutex<AccountOrders>>, bytes: usize) {
        let mut accounts = self.accounts();
        accounts.set_bytes(account, orders, ACCOUNT_COST + bytes);
        let mut dropped = Vec::new();
        while accounts.bytes > self.bytes_max
            && let Some(slot) = accounts.remove_oldest()
        {
            dropped.push(slot);
        }
        drop(accounts);
        // It takes a while to free the memory, and the lock is free again.
        drop(dropped);
    }

    /// Held for a look-up or an insertion, and, when the accounts take too much, for a walk over all of them for each one that is
    /// dropped. A panic leaves the map usable.
    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    /// Orders that were dropped while they were in use are not counted.
    fn set_bytes(&mut self, account: &AccountId, orders: &Arc<Mutex<AccountOrders>>, bytes: usize) {
        if let Some(slot) = self.slots.get_mut(account).filter(|slot| Arc::ptr_eq(&slot.orders, orders)) {
            self.bytes = self.bytes.saturating_sub(slot.bytes) + bytes;
            slot.bytes = bytes;
        }
    }

    /// Removes the account that was not used for the longest time, and is not in use. To drop one in use would free no memory.
    fn remove_oldest(&mut self) -> Option<Slot> {
        let idle = self.slots.iter().filter(|(_, slot)| Arc::strong_count(&slot.orders) == 1);
        let oldest = idle.min_by_key(|(_, slot)| slot.used).map(|(account, _)| account.clone())?;
        let slot = self.slots.remove(&oldest)?;
        self.bytes = self.bytes.saturating_sub(slot.bytes);
        Some(slot)
    }
}

impl Default for SecretOrders {
    fn default() -> SecretOrders {
        SecretOrders::new()
    }
}

/// Locks an account's orders, which another transaction may hold while it reads all secrets of the account.
///
/// A panic leaves them usable: they are at no position while they are changed, and are then made anew.
fn lock<'o>(tx: &Tx<'_>, orders: &'o Mutex<AccountOrders>) -> Result<MutexGuard<'o, AccountOrders>, Error> {
    match orders.try_lock() {
        Ok(locked) => Ok(locked),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => {
            tx.require_waiting()?;
            Ok(orders.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
