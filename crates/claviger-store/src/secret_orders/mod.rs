//! The secrets of an account in the orders that no index row has: by name, by the dates of change and of access, and the oldest first.
//!
//! The store hides names and could not keep such an order without revealing it, and a row for each date would make each write of a
//! secret dearer. So an order is made in memory, from all secrets of the account, when a list first needs it. Later lists bring
//! it to the state of their own snapshot: they read only the rows that were written between the two states
//! ([`Store::changed_since`](crate::Store::changed_since)).

mod account;
mod order;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use claviger_types::AccountId;

use crate::{Error, Tx};
use account::AccountOrders;
pub use order::{SecretOrder, SecretPlace, SortedBy};

/// About the most bytes that the orders of a region take together: those of 200,000 secrets or more. The account that was listed
/// last stays, even if it alone takes more. AWS's quota is 500,000 secrets in an account and region.
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

    /// The next secrets of an account after a place, at most `limit`, as the transaction's snapshot has them.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] in a transaction that must not wait, if many rows have to be read or another list is reading them.
    /// Otherwise those of the reads.
    pub fn next(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        order: SecretOrder,
        after: Option<&SecretPlace>,
        limit: usize,
    ) -> Result<Vec<SecretPlace>, Error> {
        if tx.has_writes() {
            // Other transactions must not see its writes.
            let mut own = AccountOrders::default();
            own.bring_to(tx, account)?;
            return own.next(tx, order, after, limit);
        }
        let orders = self.of(account);
        let mut locked = lock(tx, &orders)?;
        locked.bring_to(tx, account)?;
        let places = locked.next(tx, order, after, limit);
        let bytes = locked.bytes();
        drop(locked);
        self.count(account, bytes);
        places
    }

    /// Drops the orders of all accounts.
    pub fn clear(&self) {
        drop(std::mem::take(&mut *self.accounts()));
    }

    fn of(&self, account: &AccountId) -> Arc<Mutex<AccountOrders>> {
        let mut accounts = self.accounts();
        accounts.uses += 1;
        let used = accounts.uses;
        let new = || Slot { orders: Arc::default(), used, bytes: ACCOUNT_COST };
        let slot = accounts.slots.entry(account.clone()).or_insert_with(new);
        slot.used = used;
        Arc::clone(&slot.orders)
    }

    /// Notes how much memory an account takes, and drops the accounts that were not used for the longest time if all together take
    /// too much.
    fn count(&self, account: &AccountId, bytes: usize) {
        let mut dropped = Vec::new();
        let mut accounts = self.accounts();
        if let Some(slot) = accounts.slots.get_mut(account) {
            slot.bytes = ACCOUNT_COST + bytes;
        }
        let mut total: usize = accounts.slots.values().map(|slot| slot.bytes).sum();
        while total > self.bytes_max && accounts.slots.len() > 1 {
            let oldest = accounts.slots.iter().min_by_key(|(_, slot)| slot.used).map(|(account, _)| account.clone());
            let Some(slot) = oldest.and_then(|oldest| accounts.slots.remove(&oldest)) else { break };
            total = total.saturating_sub(slot.bytes);
            dropped.push(slot);
        }
        drop(accounts);
        // It takes a while to free the memory, and the lock is free again.
        drop(dropped);
    }

    /// Held for a look-up or an insertion. A panic leaves the map usable.
    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
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
