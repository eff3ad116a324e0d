//! Request quotas: how many requests of a kind an account may make in a second. They are off unless the process is told to have them.
//!
//! A request is counted after it has run and before its writes are committed, because only then is it known which kind of key it
//! used. A request above the quota changes nothing and is answered `ThrottlingException`.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use claviger_types::{AccountId, KeySpec, Region, Timestamp};

/// A kind of request, and AWS's quota for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestQuota {
    /// Its name: the operation's, or that of a group of operations.
    pub name: &'static str,
    /// AWS's default.
    pub per_second: u32,
}

/// Finds the quota of a service's operation, which used a key of this spec.
pub type QuotaOf = fn(&'static str, Option<KeySpec>, &Region) -> RequestQuota;

/// The quotas that a process has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestQuotas {
    /// Whether AWS's defaults are in force.
    pub aws_defaults: bool,
    /// Requests per second by the name of a quota. They come before the defaults.
    pub per_second: BTreeMap<String, u32>,
    /// The most requests of an account that may be under way in a region. None: no limit.
    pub in_flight_per_account: Option<u32>,
}

/// The most pairs of account and quota that are counted. Above it, counting begins anew.
const BUCKETS_MAX: usize = 65_536;

/// Requests that were counted in one region.
pub(crate) struct Counted {
    quotas: RequestQuotas,
    buckets: Mutex<HashMap<(AccountId, &'static str), Bucket>>,
}

/// A bucket of tokens: one second's quota at most, which fills evenly. Each request takes a token.
struct Bucket {
    /// In thousandths.
    tokens: i64,
    at: Timestamp,
}

impl Counted {
    pub(crate) fn new(quotas: RequestQuotas) -> Counted {
        Counted { quotas, buckets: Mutex::new(HashMap::new()) }
    }

    /// Whether any quota is in force.
    pub(crate) fn is_on(&self) -> bool {
        self.quotas.aws_defaults || !self.quotas.per_second.is_empty()
    }

    /// Counts a request. Returns whether the account's quota allows it.
    pub(crate) fn count(&self, account: &AccountId, quota: RequestQuota, now: Timestamp) -> bool {
        let RequestQuota { name, per_second } = quota;
        let default = self.quotas.aws_defaults.then_some(per_second);
        let Some(rate) = self.quotas.per_second.get(name).copied().or(default) else { return true };
        // A thread that panics here leaves whole buckets.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.clear();
        }
        let full = i64::from(rate) * 1000;
        let bucket = buckets.entry((account.clone(), name)).or_insert(Bucket { tokens: full, at: now });
        // A clock that was put back fills nothing.
        let passed = now.0.saturating_sub(bucket.at.0).clamp(0, 1000);
        bucket.tokens = bucket.tokens.saturating_add(passed * i64::from(rate)).min(full);
        bucket.at = now;
        if bucket.tokens < 1000 {
            return false;
        }
        bucket.tokens -= 1000;
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const QUOTA: RequestQuota = RequestQuota { name: "CreateKey", per_second: 5 };

    fn allowed(counted: &Counted, account: &AccountId, at: i64, requests: usize) -> usize {
        (0..requests).filter(|_| counted.count(account, QUOTA, Timestamp(at))).count()
    }

    #[test]
    fn a_second_s_quota_fills_evenly() {
        let counted = Counted::new(RequestQuotas { aws_defaults: true, ..RequestQuotas::default() });
        let account = AccountId::dev();
        assert_eq!(allowed(&counted, &account, 0, 9), 5);
        assert_eq!(allowed(&counted, &account, 199, 9), 0);
        assert_eq!(allowed(&counted, &account, 400, 9), 2);
        assert_eq!(allowed(&counted, &account, 100_000, 9), 5);
        // The clock goes back.
        assert_eq!(allowed(&counted, &account, 0, 9), 0);
        assert_eq!(allowed(&counted, &AccountId::parse("111122223333").unwrap(), 0, 9), 5);
    }

    #[test]
    fn a_given_rate_comes_before_the_default_and_others_stay_without_limit() {
        let per_second = BTreeMap::from([("CreateKey".to_owned(), 2)]);
        let counted = Counted::new(RequestQuotas { per_second, ..RequestQuotas::default() });
        assert!(counted.is_on() && !Counted::new(RequestQuotas::default()).is_on());
        assert_eq!(allowed(&counted, &AccountId::dev(), 0, 9), 2);
        let other = RequestQuota { name: "ListKeys", per_second: 1 };
        assert!((0..9).all(|_| counted.count(&AccountId::dev(), other, Timestamp(0))));
    }
}
