//! The comparison notices when a rule of one evaluator is broken.

use claviger_policy_oracle::BrokenPolicyRule;
use claviger_policy_oracle::compare::compare;
use claviger_policy_oracle::generate::generate;

/// Within so many pairs every broken rule shows.
const PAIRS_MAX: u64 = 20_000;

#[test]
fn every_broken_rule_is_noticed() {
    let unnoticed: Vec<BrokenPolicyRule> =
        BrokenPolicyRule::ALL.into_iter().filter(|rule| noticed_after(*rule).is_none()).collect();
    assert_eq!(unnoticed, []);
}

/// After how many pairs the evaluators disagree.
fn noticed_after(rule: BrokenPolicyRule) -> Option<u64> {
    let noticed = (0..PAIRS_MAX).find(|seed| compare(&generate(*seed), Some(rule)).is_err());
    println!("{rule:?}: {noticed:?}");
    noticed
}
