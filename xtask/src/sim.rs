//! Simulates regions that replicate over a bad network, from seeds.
//!
//! `--seed 104 --steps 30000` once ended in a violation, so a longer check begins with this seed.

use std::error::Error;
use std::time::Instant;

use claviger_replication::BrokenRules;
use claviger_replication::sim::{ChangeMix, Options, Report, run as simulate};

/// The options of `cargo xtask sim`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, one after the other
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// How many steps for each seed
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// How many regions, 2 to 5; the seed decides if this is not given
    #[arg(long, default_value_t = 0)]
    regions: usize,
    /// The changes that users make
    #[arg(long, value_enum, default_value = "all")]
    changes: Mix,
    /// A rule to break, to see that the simulation notices
    #[arg(long = "break", value_name = "RULE", value_parser = BrokenRules::NAMES)]
    broken: Option<String>,
}

/// The values of `--changes`.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Mix {
    /// Of keys, secrets and IAM
    All,
    /// The same, with lost disks, restored older copies, forced promotions of secrets and forced moves of IAM's home
    Disasters,
    /// Of secrets; most of them move a label
    LabelMoves,
}

/// Simulates all seeds and prints a report of each.
///
/// # Errors
///
/// The first violation, with its seed and step. With a broken rule: that there was no violation, or one with all rules kept
/// too.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let broken = match &arguments.broken {
        Some(name) => BrokenRules::breaking(name).ok_or_else(|| format!("there is no rule `{name}`"))?,
        None => BrokenRules::default(),
    };
    for seed in (0..arguments.seeds).map(|n| arguments.seed.saturating_add(n)) {
        let changes = match arguments.changes {
            Mix::All => ChangeMix::All,
            Mix::Disasters => ChangeMix::Disasters,
            Mix::LabelMoves => ChangeMix::LabelMoves,
        };
        let options = Options { seed, steps: arguments.steps, regions: arguments.regions, broken, changes };
        #[expect(clippy::disallowed_methods, reason = "a task may say how long it took")]
        let started = Instant::now();
        match (simulate(options), &arguments.broken) {
            (Ok(report), _) => print(&options, &report, started),
            (Err(violation), Some(name)) => {
                // The simulation has caught the broken rule only if the same run passes with the rule kept.
                simulate(Options { broken: BrokenRules::default(), ..options })
                    .map_err(|kept| format!("{violation}\nand with all rules kept: {kept}"))?;
                println!("broken rule {name} was caught: {violation}");
                return Ok(());
            }
            (Err(violation), None) => {
                let again = format!("--seed {seed} --steps {} --regions {}", options.steps, options.regions);
                return Err(format!("{violation}\nto see it again: cargo xtask sim {again}").into());
            }
        }
    }
    match &arguments.broken {
        Some(name) => Err(format!("broken rule {name} was not caught").into()),
        None => Ok(()),
    }
}

fn print(options: &Options, report: &Report, started: Instant) {
    let secs = started.elapsed().as_secs_f64();
    let Report { regions, delivered, lost_or_repeated, crashes, changes, .. } = report;
    let Report { primaries, rotations, replicas, secrets_forced, homes, rebuilds, restores, .. } = report;
    let Report { label_moves, agreements, digest, .. } = report;
    println!(
        "seed {}: {} steps in {secs:.1} s, {regions} regions, {delivered} messages ({lost_or_repeated} lost or repeated), \
         {crashes} crashes, {changes} changes, {primaries} primaries, {rotations} rotations, {replicas} replica writes, {label_moves} label moves, \
         {secrets_forced} secrets forced, {homes} homes moved, {rebuilds} rebuilds, {restores} restored copies, \
         {agreements} agreements, digest {digest:016x}",
        options.seed, options.steps
    );
}
