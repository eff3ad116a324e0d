//! The latest denials of a region, with their explanations. They are kept in memory, for operators.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_types::{Region, Timestamp};
use serde::Serialize;

use crate::explanation::Explanation;

/// The most denials that are remembered. Each takes some kilobytes.
const REMEMBERED: usize = 1000;

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

/// The latest denials.
#[derive(Default)]
pub(crate) struct Denials(Mutex<VecDeque<DeniedPermission>>);

impl Denials {
    /// Remembers a denial. A request that runs again after a conflict is denied again, and is remembered once.
    pub(crate) fn note(&self, request_id: &str, at: Timestamp, region: &Region, explanation: Explanation) {
        // Work of replication is no request.
        if request_id.is_empty() {
            return;
        }
        let mut denials = self.lock();
        let is_again = |denied: &DeniedPermission| {
            let known = &denied.explanation;
            denied.request_id == request_id
                && (&known.action, &known.resource) == (&explanation.action, &explanation.resource)
        };
        if denials.iter().rev().take(64).any(is_again) {
            return;
        }
        if denials.len() >= REMEMBERED {
            denials.pop_front();
        }
        let (at, region) = (at.iso8601().to_string(), region.to_string());
        denials.push_back(DeniedPermission { request_id: request_id.to_owned(), at, region, explanation });
    }

    /// The denials of a request, in their order.
    pub(crate) fn of_request(&self, request_id: &str) -> Vec<DeniedPermission> {
        self.lock().iter().filter(|denied| denied.request_id == request_id).cloned().collect()
    }

    /// The latest denials, the last first.
    pub(crate) fn latest(&self, limit: usize) -> Vec<DeniedPermission> {
        self.lock().iter().rev().take(limit).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<DeniedPermission>> {
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
    fn the_latest_denials_are_remembered_once() {
        let (denials, region) = (Denials::default(), Region::parse("eu-west-1").unwrap());
        let note = |id: &str, action| denials.note(id, Timestamp(0), &region, explanation(action));
        note("", "kms:Encrypt");
        note("a", "kms:Encrypt");
        note("a", "kms:Decrypt");
        note("a", "kms:Encrypt");
        let actions: Vec<String> = denials.of_request("a").into_iter().map(|d| d.explanation.action).collect();
        assert_eq!(actions, ["kms:Encrypt", "kms:Decrypt"]);
        (0..REMEMBERED).for_each(|n| note(&format!("b{n}"), "kms:Sign"));
        assert!(denials.of_request("a").is_empty() && denials.of_request("").is_empty());
        let latest: Vec<String> = denials.latest(2).into_iter().map(|d| d.request_id).collect();
        assert_eq!(latest, ["b999", "b998"]);
    }
}
