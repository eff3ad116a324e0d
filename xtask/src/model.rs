//! Visits every state of the model of multi-Region keys, within bounds.

use std::error::Error;
use std::time::Instant;

use claviger_protocol_model::{Bounds, BrokenRule, Explored, Scope, explore};

/// The options of `cargo xtask model`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many regions
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=3))]
    regions: u8,
    /// A rule to break, to see that the model notices
    #[arg(long, value_name = "RULE", value_parser = names())]
    broken: Option<String>,
    /// The longest run in steps; every run ends by itself if this is not given
    #[arg(long)]
    depth: Option<usize>,
    /// How many threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn names() -> Vec<&'static str> {
    BrokenRule::ALL.iter().map(|(name, _)| *name).collect()
}

/// Visits the states and prints how many there are, or how a property is violated.
///
/// # Errors
///
/// A violation; with a broken rule, that there was none.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let broken = arguments.broken.as_deref().and_then(BrokenRule::named);
    let scopes = broken.map_or_else(|| Scope::all(arguments.regions), |rule| vec![Scope::catching(rule)]);
    for scope in scopes {
        let scope = Scope { depth: arguments.depth.or(scope.depth), ..scope };
        #[expect(clippy::disallowed_methods, reason = "a task may say how long it took")]
        let started = Instant::now();
        let explored = explore(scope, arguments.threads);
        print(&scope, &explored, started);
        let violated = !explored.violations.is_empty();
        match &arguments.broken {
            Some(name) if violated => println!("broken rule {name} was caught"),
            Some(name) => return Err(format!("broken rule {name} was not caught").into()),
            None if violated => return Err("a property does not hold".into()),
            None if !explored.missing.is_empty() && scope.depth.is_none() => {
                return Err(format!("never seen: {}", explored.missing.join(", ")).into());
            }
            None => {}
        }
    }
    Ok(())
}

fn print(scope: &Scope, explored: &Explored, started: Instant) {
    for violation in &explored.violations {
        println!("violated: {}", violation.property);
        violation.trace.iter().for_each(|line| println!("  {line}"));
    }
    let secs = started.elapsed().as_secs_f64();
    let Explored { distinct, visited, depth, .. } = explored;
    let Bounds { rotations, schedules, handovers, refusals, replications, deletions, promotions, crashes, faults } =
        scope.bounds;
    println!(
        "{} regions ({} have the key at first), {rotations} rotations, {schedules} schedules, {handovers} hand-overs, {refusals} refusals, \
         {replications} replications, {deletions} deletions, {promotions} forced promotions, {crashes} crashes, {faults} faults of the network: \
         {distinct} distinct states, {visited} visited, {depth} steps at most, {secs:.1} s",
        scope.regions, scope.members
    );
}
