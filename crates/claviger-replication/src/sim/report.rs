//! The options and the result of a simulation.

use crate::broken_rules::BrokenRules;

/// The options of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Decides every random choice.
    pub seed: u64,
    /// How many steps: deliveries, ticks, changes, faults.
    pub steps: u64,
    /// How many regions, 2 to 5; 0 lets the seed decide.
    pub regions: usize,
    /// The rules to break.
    pub broken: BrokenRules,
    /// The changes that users make.
    pub changes: ChangeMix,
}

/// The changes that users make in a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChangeMix {
    /// Of keys, secrets and IAM.
    #[default]
    All,
    /// As `All`. Besides, regions lose their disks or are restored from an older copy of their store, and are rebuilt, and operators force promotions of secrets and moves of IAM's home.
    Disasters,
    /// Of secrets. Most of them move a label.
    LabelMoves,
}

/// The counts of a run without violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// How many regions there were.
    pub regions: u64,
    /// Messages that were delivered.
    pub delivered: u64,
    /// Messages that were lost, or delivered twice.
    pub lost_or_repeated: u64,
    /// Restarts of a region, including crashes within a commit.
    pub crashes: u64,
    /// Changes by users.
    pub changes: u64,
    /// Completed changes of a key's primary, including forced ones.
    pub primaries: u64,
    /// Rotations that became current.
    pub rotations: u64,
    /// Values that replicas of secrets have taken over.
    pub replicas: u64,
    /// Forced promotions of secrets.
    pub secrets_forced: u64,
    /// Forced moves of IAM's home.
    pub homes: u64,
    /// Regions that lost their disks and were rebuilt.
    pub rebuilds: u64,
    /// Regions that were restored from an older copy of their store.
    pub restores: u64,
    /// Labels of secrets' versions that were moved.
    pub label_moves: u64,
    /// How often all faults were repaired and the regions agreed.
    pub agreements: u64,
    /// A digest of every message delivered and every change made, in their order.
    pub digest: u64,
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Violation {
    /// [`Options::seed`]
    pub seed: u64,
    /// The step at which it was detected.
    pub step: u64,
    /// A description of the violation.
    pub what: String,
}
