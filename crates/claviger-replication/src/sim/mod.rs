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
mod facts;
mod fixtures;
mod iam_changes;
mod key_changes;
mod network;
mod report;
mod secret_changes;
pub(crate) mod site;
mod world;

use world::World;

pub use report::{Options, Report, Violation};

/// Simulates.
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
