//! The simulation: several regions in one thread, on a network that delays, reorders, loses, repeats and cuts. Regions crash
//! between a commit and the steps that follow it, and make every kind of change that replication carries. One seed decides
//! everything.
//!
//! After each step the invariants of `check` are tested on the state that the step has changed. From time to time all faults
//! are repaired, all messages are delivered, and the regions must agree (`agreement`). A violation names seed and step. The
//! same [`Options`] reproduce it byte for byte: two runs with equal [`Report::digest`] were the same.
//!
//! Operators force promotions of keys and secrets and moves of IAM's home, and a region that loses its disk or is restored from an older copy is rebuilt
//! (`disasters`). No code of this module is part of a running server.

mod agreement;
mod check;
mod disasters;
mod facts;
mod fixtures;
mod iam_changes;
mod key_changes;
mod network;
pub(crate) mod operators;
mod report;
mod secret_changes;
pub(crate) mod site;
mod world;

use world::World;

pub use report::{ChangeMix, Options, Report, Violation};

/// Runs a simulation.
///
/// # Errors
///
/// The first [`Violation`].
pub fn run(options: Options) -> Result<Report, Violation> {
    let violation = |step, what| Violation { seed: options.seed, step, what };
    let mut world = World::new(options).map_err(|what| violation(0, what))?;
    for step in 1..=options.steps {
        world.step().map_err(|what| violation(step, what))?;
    }
    world.agree().map_err(|what| violation(options.steps, what))?;
    Ok(world.report())
}
