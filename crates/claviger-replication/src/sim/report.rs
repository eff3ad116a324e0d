//! What a simulation is asked to do, and what came of it.

use crate::broken_rules::BrokenRules;

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Decides everything.
    pub seed: u64,
    /// How many steps: deliveries, ticks, changes, faults.
    pub steps: u64,
    /// How many regions, 2 to 5; 0 lets the seed decide.
    pub regions: usize,
    /// The rules to break.
    pub broken: BrokenRules,
}

/// What a run without violation has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// How many regions there were.
    pub regions: u64,
    /// Messages that were delivered.
    pub delivered: u64,
    /// Messages that were lost, or delivered twice.
    pub lost_or_repeated: u64,
    /// Restarts of a region, crashes within a commit among them.
    pub crashes: u64,
    /// Changes by users.
    pub changes: u64,
    /// Changes of a key's primary that went through, forced ones among them.
    pub primaries: u64,
    /// Rotations that became current.
    pub rotations: u64,
    /// Values that a replica of a secret took over.
    pub replicas: u64,
    /// How often everything was healed and the regions agreed.
    pub agreements: u64,
    /// Of every message delivered and every change made, in their order.
    pub digest: u64,
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Violation {
    /// [`Options::seed`]
    pub seed: u64,
    /// The step at which it showed.
    pub step: u64,
    /// What is wrong.
    pub what: String,
}
