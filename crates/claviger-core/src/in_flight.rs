//! How many requests of an account are under way in a region, and the most that may be.
//!
//! A request counts from its authentication to its answer. One above the limit is refused before its operation runs. So one account
//! cannot take all threads from the others, with operations that are slow or with commits that wait for the disk.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use claviger_types::AccountId;

/// The requests under way in one region.
pub(crate) struct InFlight {
    /// 0: there is no limit, and nothing is counted.
    max: AtomicU32,
    accounts: Mutex<HashMap<AccountId, u32>>,
}

/// A request that counts.
pub(crate) struct InFlightRequest {
    of: Arc<InFlight>,
    account: AccountId,
}

impl InFlight {
    pub(crate) fn new(max: Option<u32>) -> Arc<InFlight> {
        Arc::new(InFlight { max: AtomicU32::new(max.unwrap_or(0)), accounts: Mutex::default() })
    }

    pub(crate) fn set(&self, max: Option<u32>) {
        self.max.store(max.unwrap_or(0), Ordering::Relaxed);
    }

    /// Counts a request of an account. Ok(None) without a limit.
    pub(crate) fn begin(self: &Arc<InFlight>, account: &AccountId) -> Result<Option<InFlightRequest>, TooMany> {
        let max = self.max.load(Ordering::Relaxed);
        if max == 0 {
            return Ok(None);
        }
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = accounts.get(account).copied().unwrap_or(0);
        if count >= max {
            return Err(TooMany);
        }
        accounts.insert(account.clone(), count + 1);
        Ok(Some(InFlightRequest { of: Arc::clone(self), account: account.clone() }))
    }
}

/// The account has as many requests under way as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Drop for InFlightRequest {
    fn drop(&mut self) {
        let mut accounts = self.of.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = accounts.get_mut(&self.account) {
            *count = count.saturating_sub(1);
            // An account without requests takes no memory.
            if *count == 0 {
                accounts.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn an_account_s_requests_are_limited_and_others_go_on() {
        let in_flight = InFlight::new(Some(2));
        let (one, other) = (AccountId::dev(), AccountId::parse("111122223333").unwrap());
        let first = in_flight.begin(&one).unwrap();
        let _second = in_flight.begin(&one).unwrap();
        assert_eq!(in_flight.begin(&one).err(), Some(TooMany));
        assert!(in_flight.begin(&other).is_ok());
        drop(first);
        let third = in_flight.begin(&one);
        assert!(third.is_ok());
        in_flight.set(Some(3));
        assert!(in_flight.begin(&one).is_ok());
        in_flight.set(None);
        assert!(in_flight.begin(&one).unwrap().is_none());
        drop(third);
        assert_eq!(in_flight.accounts.lock().unwrap().get(&one), Some(&1));
        assert!(!in_flight.accounts.lock().unwrap().contains_key(&other));
    }
}
