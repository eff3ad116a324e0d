//! What waits for the other regions, since when, and what they say of the other direction.
//!
//! A region counts the rows of each outbox about once a second and tells the peer. The peer keeps the last status message: if the region is lost,
//! this is what the peer knows of the changes that it did not get.

use std::collections::VecDeque;

use claviger_store::tables::run_table::StorePoint;
use claviger_types::Timestamp;
use minicbor::{Decode, Encode};

/// The time between two counts for up to [`PEERS_A_SECOND`] peers.
const SURVEY_MS: i64 = 1_000;
/// How many peers are told in a second, so that a large fleet is not busy with it.
const PEERS_A_SECOND: usize = 8;
/// The most moments that are kept to tell the age of a row. The older they are, the further they are apart.
const MOMENTS_MAX: usize = 128;

/// The milliseconds between two counts of what waits for a peer, of so many peers.
pub fn survey_ms(peers: usize) -> i64 {
    SURVEY_MS.saturating_mul(i64::try_from(peers.div_ceil(PEERS_A_SECOND)).unwrap_or(i64::MAX))
}

/// The changes that a region has for another one and that are not acknowledged, at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Backlog {
    /// The moment, by the region's clock.
    #[n(0)]
    pub at: Timestamp,
    /// The point of the region's store at that moment.
    #[n(1)]
    pub point: Option<StorePoint>,
    /// How many changes wait, counted up to 1,000. Reports and requests, with which the other region loses nothing, are not counted.
    #[n(2)]
    pub waiting: u64,
    /// The position of the commit that made the oldest row for the other region, a report or a request too; none if no row waits.
    #[n(3)]
    pub oldest: Option<u64>,
    /// Since when that row waits. Not before the start of the region: of what was there then, it is not known.
    #[n(4)]
    pub since: Option<Timestamp>,
    /// How many requests for key material and values the region has sent to the other one and not got an answer to, counted up to 1,000.
    #[n(5)]
    pub requests: u64,
    /// Whether the region is being rebuilt. It announces nothing then.
    #[n(6)]
    pub rebuilding: bool,
    /// The session and number of the last change of the other region that the region has applied.
    #[n(7)]
    pub applied: (u64, u64),
    /// How many changes of the other region this one has received and not applied, until the other one has announced everything again.
    #[n(8)]
    #[cbor(default)]
    pub unapplied: u64,
    /// Those of the requests that are not of keys and secrets: of the secret parts of IAM and of session-token keys.
    #[n(9)]
    #[cbor(default)]
    pub other_requests: u64,
    /// How many changes for the other region could not be sent since the region was started: they are too large, or need a damaged row.
    #[n(10)]
    #[cbor(default)]
    pub unsent: u64,
}

impl Backlog {
    /// The position of the region's store up to which the other one has acknowledged everything that is for it.
    pub fn acknowledged(&self) -> u64 {
        let position = self.point.map_or(0, |point| point.position);
        self.oldest.map_or(position, |oldest| oldest.saturating_sub(1))
    }

    /// For how many milliseconds the oldest row has waited.
    pub fn lag_ms(&self, now: Timestamp) -> i64 {
        self.since.map_or(0, |since| now.0.saturating_sub(since.0).max(0))
    }
}

/// What a peer said last of its backlog for this region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldBacklog {
    /// When it arrived, by the clock of this region.
    pub received: Timestamp,
    /// What the peer said, in which `at` is by the clock of the peer.
    pub backlog: Backlog,
}

/// When the store was at which position: from it comes the age of a row of an outbox, which carries the position of its commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moments(VecDeque<(u64, Timestamp)>);

impl Moments {
    /// Notes the position of the store at a moment.
    pub(crate) fn note(&mut self, position: u64, now: Timestamp) {
        if self.0.back().is_some_and(|(last, _)| *last >= position) {
            return;
        }
        self.0.push_back((position, now));
        if self.0.len() > MOMENTS_MAX
            && let Some(at) = self.least_missed(now)
        {
            self.0.remove(at);
        }
    }

    /// The moment without which the ages of rows become least inexact, in proportion to the age. Never the first one, nor the last.
    fn least_missed(&self, now: Timestamp) -> Option<usize> {
        let ms = |from: Timestamp, to: Timestamp| to.0.saturating_sub(from.0).max(0) as f64;
        let neighbours = self.0.iter().zip(self.0.iter().skip(2)).enumerate();
        let inexact = neighbours.map(|(at, ((_, before), (_, after)))| {
            let age_ms = ms(*after, now) + 1.0;
            (at + 1, ms(*before, *after) / age_ms)
        });
        inexact.min_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(at, _)| at)
    }

    /// The first noted moment at which a commit was there.
    pub(crate) fn of(&self, position: u64) -> Option<Timestamp> {
        let at = self.0.partition_point(|(noted, _)| *noted < position);
        self.0.get(at).map(|(_, moment)| *moment)
    }

    /// The last noted moment at which no later commit than this one was there.
    pub(crate) fn until(&self, position: u64) -> Option<Timestamp> {
        let at = self.0.partition_point(|(noted, _)| *noted <= position).checked_sub(1)?;
        self.0.get(at).map(|(_, moment)| *moment)
    }
}

#[cfg(test)]
#[path = "backlog_tests.rs"]
mod tests;
