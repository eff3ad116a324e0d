//! Runs of the simulation: correct rules hold, broken rules are detected, and equal seeds give equal runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_replication::BrokenRules;
use claviger_replication::sim::{ChangeMix, Options, Report, Violation, run};

fn options(seed: u64, steps: u64, regions: usize) -> Options {
    Options { seed, steps, regions, broken: BrokenRules::default(), changes: ChangeMix::All }
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
    let report = check(3, 8_000, 3);
    assert!(report.primaries > 3 && report.rotations > 3 && report.replicas > 3, "{report:?}");
}

#[test]
fn regions_agree_five() {
    check(3, 5_000, 5);
}

/// `cargo xtask sim --changes label-moves --steps 1500000 --regions 3` moves a million labels.
#[test]
fn label_moves_leave_no_replica_stuck() {
    let report = run(Options { changes: ChangeMix::LabelMoves, ..options(5, 12_000, 3) }).unwrap();
    assert!(report.label_moves > 1_000 && report.agreements > 3, "{report:?}");
}

/// Regions lose their disks and are rebuilt, and operators force promotions of secrets and moves of IAM's home.
#[test]
fn regions_agree_after_disasters() {
    let (mut rebuilds, mut forced, mut homes) = (0, 0, 0);
    for seed in [23, 24, 26, 30] {
        let report = run(Options { changes: ChangeMix::Disasters, ..options(seed, 2_000, 3) }).unwrap();
        rebuilds += report.rebuilds;
        forced += report.secrets_forced;
        homes += report.homes;
    }
    assert!(
        rebuilds > 2 && forced > 0 && homes > 2,
        "{rebuilds} rebuilds, {forced} secrets forced, {homes} homes moved"
    );
}

#[test]
fn equal_seeds_give_equal_runs() {
    assert_eq!(run(options(7, 2_000, 3)), run(options(7, 2_000, 3)));
    assert_ne!(run(options(8, 2_000, 3)), run(options(7, 2_000, 3)));
}

/// More seeds, which decide the number of regions, with fewer steps each.
#[test]
fn regions_agree_in_many_worlds() {
    for seed in 11..=16 {
        check(seed, 1_000, 0);
    }
}

/// Two million steps together, in parts that run at the same time.
mod two_million_steps {
    use super::*;

    fn worlds(first: u64, seeds: u64, steps: u64, regions: usize, changes: ChangeMix) {
        for seed in first..first + seeds {
            let result = run(Options { changes, ..options(seed, steps, regions) });
            assert!(result.is_ok(), "{result:?}");
        }
    }

    #[test]
    fn of_all_changes_first_part() {
        worlds(20_000, 62, 7_000, 2, ChangeMix::All);
    }

    #[test]
    fn of_all_changes_second_part() {
        worlds(20_100, 62, 7_000, 3, ChangeMix::All);
    }

    #[test]
    fn of_disasters_first_part() {
        worlds(201, 180, 3_000, 0, ChangeMix::Disasters);
    }

    #[test]
    fn of_disasters_second_part() {
        worlds(1, 200, 3_000, 0, ChangeMix::Disasters);
    }
}

/// The most seeds, from the given one on, that the simulation may need to detect a broken rule.
const SEEDS: u64 = 20;

/// The first violation with `rule` broken. The same run must pass with the rule kept, so the broken rule is the cause.
fn caught(rule: &str, seed: u64, steps: u64) -> Violation {
    let broken = BrokenRules::breaking(rule).unwrap();
    let violation = (seed..seed + SEEDS)
        .find_map(|seed| run(Options { broken, ..options(seed, steps, 0) }).err())
        .unwrap_or_else(|| panic!("broken rule {rule} was not caught"));
    check(violation.seed, steps, 0);
    violation
}

#[test]
fn a_violation_is_reproducible() {
    let violation = caught("ignore-session", 1, 1_000);
    let broken = BrokenRules::breaking("ignore-session").unwrap();
    let again = run(Options { broken, ..options(violation.seed, 1_000, 0) });
    assert_eq!(again, Err(violation));
}

#[test]
fn an_acknowledgement_before_the_commit_is_caught() {
    // Without a lost store each side sends the other again what is gone.
    caught_after_disasters("ack-before-commit", 16, 4_000, 0);
}

#[test]
fn material_that_is_used_too_soon_is_caught() {
    caught("use-before-held", 3, 2_500);
}

#[test]
fn an_ignored_mark_is_caught() {
    caught("ignore-marks", 4, 2_500);
}

#[test]
fn a_skipped_message_is_caught() {
    caught("skip-gaps", 1, 1_000);
}

#[test]
fn epochs_compared_by_their_counter_alone_are_caught() {
    caught("bare-counter", 57, 1_500);
}

#[test]
fn material_that_an_announcement_replaces_is_caught() {
    caught("replace-material", 4, 2_600);
}

/// The others do not follow a region that was promoted without the signatures of operators, so the regions do not agree.
#[test]
fn a_promotion_that_operators_have_not_signed_is_caught() {
    caught("unsigned-promotion", 1, 1_500);
}

/// As [`caught`], with lost disks.
fn caught_after_disasters(rule: &str, seed: u64, steps: u64, regions: usize) {
    let changes = ChangeMix::Disasters;
    let broken = BrokenRules::breaking(rule).unwrap();
    let is_caught = |seed: &u64| {
        let options = || Options { changes, ..options(*seed, steps, regions) };
        run(options()).is_ok() && run(Options { broken, ..options() }).is_err()
    };
    assert!((seed..seed + SEEDS).any(|seed| is_caught(&seed)), "broken rule {rule} was not caught");
}

#[test]
fn epochs_that_a_rebuilt_region_does_not_raise_are_caught() {
    caught_after_disasters("keep-epochs", 3, 2_000, 3);
}

#[test]
fn a_restored_store_that_goes_on_is_caught() {
    caught_after_disasters("trust-restored", 39, 2_000, 3);
}

#[test]
fn a_restored_region_that_keeps_what_it_had_deleted_is_caught() {
    caught_after_disasters("forget-ended", 130, 6_000, 2);
}

#[test]
fn a_rebuilt_region_that_refuses_what_it_does_not_know_yet_is_caught() {
    caught_after_disasters("refuse-unknown", 124, 4_000, 3);
}
