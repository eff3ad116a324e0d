//! Whether a failover would lose anything, and what.
//!
//! While both regions run, changes are always on their way. So the question is not whether the regions are equal, but up to when the other
//! region has everything. A check notes a moment, waits until what was there then has arrived, for a few seconds at most, and answers for that
//! moment; changes that were made since are counted apart.
//!
//! The region that is to be given up knows it exactly, while it runs ([`LostCheck`]). The region that takes its place knows what it was told
//! ([`SurvivorCheck`]): it answers for the moment of the last status message, and never that nothing is lost if that is more than some seconds
//! old.

mod lost;
mod survivor;

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_replication::{ToldBacklog, WaitingChanges, survey_ms};
use claviger_types::{Region, Timestamp};

pub use lost::LostCheck;
pub use survivor::SurvivorCheck;

/// The most names of each kind in a check.
const NAMED_MAX: usize = 100;

/// The most changes and requests that are read.
const ROWS_MAX: usize = 10_000;

/// Whether a failover would lose nothing of what both regions are to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Safety {
    /// It would lose nothing that was acknowledged up to [`FailoverCheck::as_of`].
    Safe,
    /// Something is known to be lacking.
    NotSafe,
    /// Nothing is known to be lacking, and something may be.
    #[default]
    NotKnown,
}

/// Things of one kind: how many there are, and the first 100.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedThings {
    /// How many.
    pub count: u64,
    /// The ARNs of the first ones, each with what is the matter with it.
    pub first: Vec<(String, String)>,
}

impl NamedThings {
    fn add(&mut self, arn: impl ToString, why: impl Into<String>) {
        self.count += 1;
        if self.first.len() < NAMED_MAX {
            self.first.push((arn.to_string(), why.into()));
        }
    }
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct FailoverCheck {
    /// Whether it is safe.
    pub safety: Safety,
    /// The moment for which it holds, by the clock of the region that is to be given up.
    pub as_of: Option<Timestamp>,
    /// How long ago that was when the answer was made, by the clock of the region that answers.
    pub age_ms: Option<i64>,
    /// Why it is not safe, or not known.
    pub reasons: Vec<String>,
    /// Keys whose replica in the other region is not known to be complete.
    pub keys: NamedThings,
    /// Secrets whose replica in the other region is not known to be complete.
    pub secrets: NamedThings,
    /// What waits in the outbox of the region that is to be given up since before that moment; none if it was not asked.
    pub waiting: Option<WaitingChanges>,
    /// What was changed since that moment and the other region has not acknowledged yet; none if the region that is to be given up was not
    /// asked.
    pub in_flight: Option<WaitingChanges>,
    /// How many keys and secrets have been changed again before their replica reported: it has what they were at that moment, and the digests
    /// of that time were not compared.
    pub changed_since: u64,
    /// What the region that is to be given up said last; none if it was asked itself, or has said nothing.
    pub told: Option<ToldBacklog>,
    /// Keys and secrets without a replica in the other region; none if the region that is to be given up was not asked.
    pub without_replica: Option<(NamedThings, NamedThings)>,
}

impl FailoverCheck {
    fn not_safe(&mut self, reason: impl Into<String>) {
        self.safety = Safety::NotSafe;
        self.reasons.push(reason.into());
    }

    fn not_known(&mut self, reason: impl Into<String>) {
        if self.safety != Safety::NotSafe {
            self.safety = Safety::NotKnown;
        }
        self.reasons.push(reason.into());
    }

    fn count_things(&mut self, lost: &Region, to: &Region) {
        for (count, kind) in [(self.keys.count, "key(s)"), (self.secrets.count, "secret(s)")] {
            if count > 0 {
                self.not_safe(format!("{count} {kind} of {lost} are not complete in {to}"));
            }
        }
    }
}

/// A check that waits for what was there when it began.
pub trait Settling: Send + 'static {
    /// Looks again. Returns whether there is nothing to wait for: everything has arrived, or something is lacking that will not come by itself.
    ///
    /// # Errors
    ///
    /// Those of the store.
    fn look(&mut self, node: &Node) -> Result<bool, Error>;
}

/// For how many milliseconds a check waits: two status messages of each region may pass, and a change needs some round trips. What a
/// replica lacks for longer than that counts as lacking.
pub fn patience_ms(node: &Node) -> i64 {
    survey_ms(node.peers().len()).saturating_mul(3).saturating_add(1_000)
}

/// How old the last status message of a region that lives may be, in milliseconds: as many as a check waits.
fn fresh_ms(node: &Node) -> i64 {
    patience_ms(node)
}

#[cfg(test)]
mod tests;
