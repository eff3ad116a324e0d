//! The protocol holds in small scopes, and each broken rule is noticed. `cargo xtask model` visits larger scopes.

use claviger_protocol_model::{Bounds, BrokenRule, Explored, Scope, explore};

fn assert_holds(regions: u8, members: u8, bounds: Bounds, at_least: usize) {
    let Explored { distinct, violations, missing, .. } =
        explore(Scope { regions, members, bounds, broken: None, depth: None }, 2);
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(missing.is_empty(), "never seen: {missing:?}");
    assert!(distinct >= at_least, "only {distinct} states");
}

#[test]
fn a_handover_and_a_rotation_hold() {
    let bounds = Bounds { rotations: 1, schedules: 1, handovers: 2, refusals: 1, replications: 1, ..Bounds::default() };
    assert_holds(2, 1, bounds, 1_000);
}

#[test]
fn forced_promotions_hold() {
    assert_holds(2, 2, Bounds { rotations: 1, handovers: 1, promotions: 2, ..Bounds::default() }, 1_000);
    assert_holds(3, 3, Bounds { promotions: 2, ..Bounds::default() }, 700);
    assert_holds(3, 2, Bounds { replications: 1, promotions: 1, ..Bounds::default() }, 3_000);
}

#[test]
fn deletions_hold() {
    let bounds = Bounds { rotations: 1, handovers: 1, replications: 1, deletions: 1, ..Bounds::default() };
    assert_holds(2, 2, bounds, 500);
}

#[test]
fn crashes_and_faults_of_the_network_hold() {
    assert_holds(2, 2, Bounds { handovers: 1, crashes: 1, faults: 1, ..Bounds::default() }, 500);
    assert_holds(2, 2, Bounds { rotations: 1, crashes: 1, ..Bounds::default() }, 500);
}

/// `QuietMaterial` shows after a million states only, so that `cargo xtask model --broken quiet-material` is left to show it.
#[test]
fn each_broken_rule_is_noticed() {
    for (name, rule) in BrokenRule::ALL.into_iter().filter(|(_, rule)| *rule != BrokenRule::QuietMaterial) {
        let Explored { violations, .. } = explore(Scope::catching(rule), 2);
        assert!(!violations.is_empty(), "{name} was not noticed");
        assert!(violations.iter().all(|violation| !violation.trace.is_empty()), "{name} has no trace");
    }
}
