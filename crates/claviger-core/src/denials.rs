//! The latest denials of a region, with their explanations. They are kept in memory, for operators.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_types::{AccountId, Region, Timestamp};
use serde::Serialize;

use crate::explanation::Explanation;

/// The most denials that are remembered of the callers of one account. One account's callers cannot displace those of others.
const OF_ACCOUNT_MAX: usize = 200;

/// The most that are remembered in all. An explanation has at most some ten kilobytes.
const REMEMBERED_MAX: usize = 2000;

/// The most that are remembered of one request. A request for many secrets is denied for each.
const OF_REQUEST_MAX: usize = 5;

/// A permission that a request lacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeniedPermission {
    /// The request's id, as its caller got it.
    pub request_id: String,
    /// When it arrived, in ISO 8601.
    pub at: String,
    /// The region that answered it.
    pub region: String,
    /// The decision.
    #[serde(flatten)]
    pub explanation: Explanation,
}

/// The latest denials, by the account of the caller.
#[derive(Default)]
pub(crate) struct Denials(Mutex<BTreeMap<AccountId, VecDeque<DeniedPermission>>>);

impl Denials {
    /// Whether a denial of a request is to be remembered: enough of them are, or it is no request but replication's work.
    pub(crate) fn wants(&self, account: &AccountId, request_id: &str) -> bool {
        let known = self.lock();
        let of_request = |denials: &VecDeque<DeniedPermission>| {
            denials.iter().rev().take_while(|denied| denied.request_id == request_id).count()
        };
        !request_id.is_empty() && known.get(account).map_or(0, of_request) < OF_REQUEST_MAX
    }

    /// Remembers a denial. A request that runs again after a conflict is denied again, and is remembered once.
    pub(crate) fn note(
        &self,
        account: &AccountId,
        request_id: &str,
        at: Timestamp,
        region: &Region,
        explanation: Explanation,
    ) {
        let mut known = self.lock();
        let denials = known.entry(account.clone()).or_default();
        let is_again = |denied: &DeniedPermission| {
            let known = &denied.explanation;
            denied.request_id == request_id
                && (&known.action, &known.resource) == (&explanation.action, &explanation.resource)
        };
        if denials.iter().rev().take(OF_REQUEST_MAX).any(is_again) {
            return;
        }
        if denials.len() >= OF_ACCOUNT_MAX {
            denials.pop_front();
        }
        let (at, region) = (at.iso8601().to_string(), region.to_string());
        denials.push_back(DeniedPermission { request_id: request_id.to_owned(), at, region, explanation });
        if known.values().map(VecDeque::len).sum::<usize>() > REMEMBERED_MAX
            && let Some(most) = known.values_mut().max_by_key(|denials| denials.len())
        {
            most.pop_front();
            known.retain(|_, denials| !denials.is_empty());
        }
    }

    /// The denials of a request, in their order.
    pub(crate) fn of_request(&self, request_id: &str) -> Vec<DeniedPermission> {
        let known = self.lock();
        known.values().flatten().filter(|denied| denied.request_id == request_id).cloned().collect()
    }

    /// The latest denials, the last first.
    pub(crate) fn latest(&self, limit: usize) -> Vec<DeniedPermission> {
        let known = self.lock();
        let mut all: Vec<&DeniedPermission> = known.values().flat_map(|denials| denials.iter().rev()).collect();
        all.sort_by(|one, other| other.at.cmp(&one.at));
        all.into_iter().take(limit).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<AccountId, VecDeque<DeniedPermission>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn explanation(action: &str) -> Explanation {
        Explanation {
            principal: "arn:aws:iam::111122223333:user/ana".to_owned(),
            action: action.to_owned(),
            resource: "*".to_owned(),
            resource_account: "111122223333".to_owned(),
            allowed: false,
            reason: String::new(),
            decided_by: Vec::new(),
            policies: Vec::new(),
            grants: None,
            conditions: Vec::new(),
        }
    }

    #[test]
    fn the_latest_denials_of_each_account_are_remembered_once() {
        let (denials, region) = (Denials::default(), Region::parse("eu-west-1").unwrap());
        let account = |n: usize| AccountId::parse(&format!("{n:012}")).unwrap();
        let note = |n: usize, id: &str, action: &str| {
            let at = Timestamp::from_secs(i64::try_from(n).unwrap());
            denials.note(&account(n), id, at, &region, explanation(action));
        };
        note(1, "a", "kms:Encrypt");
        note(1, "a", "kms:Decrypt");
        note(1, "a", "kms:Encrypt");
        let actions = |id: &str| -> Vec<String> {
            denials.of_request(id).into_iter().map(|denied| denied.explanation.action).collect()
        };
        assert_eq!(actions("a"), ["kms:Encrypt", "kms:Decrypt"]);
        // Another account's callers displace their own denials only.
        (0..OF_ACCOUNT_MAX + 1).for_each(|n| note(2, &format!("b{n}"), "kms:Sign"));
        assert_eq!((actions("a").len(), actions("b0").len(), actions("b1").len()), (2, 0, 1));
        assert_eq!(denials.latest(1).len(), 1);
        for n in 3..30 {
            (0..OF_ACCOUNT_MAX).for_each(|m| note(n, &format!("c{n}-{m}"), "kms:Sign"));
        }
        assert!(denials.latest(usize::MAX).len() <= REMEMBERED_MAX);
        assert_eq!(actions("a").len(), 2);
    }

    #[test]
    fn one_request_has_few_places() {
        let (denials, region, account) = (Denials::default(), Region::parse("eu-west-1").unwrap(), AccountId::dev());
        for n in 0..10 {
            if denials.wants(&account, "a") {
                denials.note(&account, "a", Timestamp(0), &region, explanation(&format!("kms:{n}")));
            }
        }
        assert_eq!(denials.of_request("a").len(), OF_REQUEST_MAX);
        assert!(!denials.wants(&account, "a") && denials.wants(&account, "b") && !denials.wants(&account, ""));
    }
}
