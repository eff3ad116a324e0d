//! Random policies and requests. The long run is `cargo xtask policies`.

use claviger_policy_oracle::run::run;

/// How many pairs each test compares. Together they take about a minute of one core in the dev profile.
const PAIRS: u64 = 40_000;

/// The seeds begin far from those that `cargo xtask policies` takes by default, and are others in each test.
fn compare(part: u64) {
    let tally = match run(part << 40, PAIRS, None) {
        Ok(tally) => tally,
        Err(disagreement) => panic!("{disagreement}"),
    };
    println!("{tally}");
    // Pairs that all end alike would compare little.
    for (name, count) in
        [("allow", tally.allowed), ("explicit deny", tally.denied), ("implicit deny", tally.not_allowed)]
    {
        assert!(count > PAIRS / 10, "only {count} of {PAIRS} pairs end in {name}");
    }
    assert!(tally.refused < PAIRS / 20, "{} of {PAIRS} pairs have a document that is refused", tally.refused);
}

#[test]
fn pairs_of_the_first_part_are_decided_alike() {
    compare(1);
}

#[test]
fn pairs_of_the_second_part_are_decided_alike() {
    compare(2);
}

#[test]
fn pairs_of_the_third_part_are_decided_alike() {
    compare(3);
}

#[test]
fn pairs_of_the_fourth_part_are_decided_alike() {
    compare(4);
}
