//! The simulation: several regions in one thread, on a network that delays, reorders, loses, repeats and cuts, with crashes
//! between a commit and what follows it, and every kind of change that replication carries. One seed decides everything.
//!
//! After each step the invariants of `check` are tested on what the step has touched; from time to time everything is
//! healed, the messages run dry, and the regions must agree (`agreement`). A violation names seed and step; the same
//! [`Options`] bring it about again, byte for byte ([`Report::digest`] says whether a run was the same).
//!
//! Nothing in this module is part of a running server. Forced promotions of a key's primary exist only here: the rules that make
//! them safe must hold before an operator may ask for one.

mod agreement;
mod check;
mod iam_changes;
mod key_changes;
mod network;
mod secret_changes;
pub(crate) mod site;
mod world;

use crate::BrokenRules;

pub use claviger_types::SeededRandom;

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

/// Simulates.
///
/// # Errors
///
/// The first [`Violation`].
pub fn run(options: Options) -> Result<Report, Violation> {
    let violation = |step, what| Violation { seed: options.seed, step, what };
    let mut world = world::World::new(options).map_err(|what| violation(0, what))?;
    for step in 1..=options.steps {
        world.step().map_err(|what| violation(step, what))?;
    }
    world.agree().map_err(|what| violation(options.steps, what))?;
    Ok(world.report())
}
