//! The simulation as a test: kept rules hold, broken rules show, and a seed is a run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_replication::Rules;
use claviger_replication::sim::{Options, Report, Violation, run};

fn options(seed: u64, steps: u64, regions: usize) -> Options {
    Options { seed, steps, regions, rules: Rules::default() }
}

fn check(seed: u64, steps: u64, regions: usize) -> Report {
    match run(options(seed, steps, regions)) {
        Ok(report) => report,
        Err(violation) => panic!("{violation}\ncargo xtask sim --seed {seed} --steps {steps} --regions {regions}"),
    }
}

#[test]
fn regions_agree_two() {
    let report = check(1, 10_000, 2);
    assert!(report.crashes > 0 && report.lost_or_repeated > 0 && report.agreements > 1, "{report:?}");
}

#[test]
fn regions_agree_three() {
    let report = check(2, 8_000, 3);
    assert!(report.primaries > 3 && report.rotations > 3 && report.replicas > 3, "{report:?}");
}

#[test]
fn regions_agree_five() {
    check(3, 5_000, 5);
}

#[test]
fn a_seed_is_a_run() {
    assert_eq!(run(options(7, 2_000, 3)), run(options(7, 2_000, 3)));
    assert_ne!(run(options(8, 2_000, 3)), run(options(7, 2_000, 3)));
}

/// How far the simulation has to look for each broken rule.
const SEEDS: u64 = 40;
const STEPS: u64 = 10_000;

fn caught(rule: &str) -> Violation {
    let rules = Rules::breaking(rule).unwrap();
    (1..=SEEDS)
        .find_map(|seed| run(Options { rules, ..options(seed, STEPS, 0) }).err())
        .unwrap_or_else(|| panic!("broken rule {rule} was not caught"))
}

#[test]
fn a_violation_can_be_seen_again() {
    let violation = caught("ignore-session");
    let rules = Rules::breaking("ignore-session").unwrap();
    let again = run(Options { rules, ..options(violation.seed, STEPS, 0) });
    assert_eq!(again, Err(violation));
}

#[test]
fn a_bare_counter_is_caught() {
    caught("bare-counter");
}
