//! Each operation of KMS and Secrets Manager, called by eight kinds of callers. The requests, and the permissions that they need,
//! are those of the matrix's entries; `rules.rs` has what AWS documents of the callers.

mod grants;
mod kinds;
mod needs;
mod people;
mod rules;
mod run;
mod stage;

use std::collections::BTreeSet;

use crate::case::{Case, Permissions};
use rules::{Policy, Rule};

#[test]
fn each_operation_of_kms_and_secrets_manager_has_one_rule_that_fits_its_entry() {
    let mut wrong = Vec::new();
    for service in ["kms", "secretsmanager"] {
        let mut ruled = BTreeSet::new();
        for rule in rules::rules(service) {
            if !ruled.insert(rule.operation) {
                wrong.push(format!("{service}: {} has two rules", rule.operation));
            }
        }
        for case in crate::cases(service) {
            if !ruled.remove(case.operation) {
                wrong.push(format!("{service}: {} has no rule", case.operation));
            }
        }
        wrong.extend(ruled.into_iter().map(|operation| format!("{service}: {operation} has no entry")));
        wrong.extend(pairs(service).into_iter().filter_map(|(case, rule)| misfit(case, rule)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the rule says of the resource's policy, and the entry otherwise.
fn misfit(case: &Case, rule: &Rule) -> Option<String> {
    let Permissions::Required(permissions) = case.permissions else {
        return Some(format!("{} requires no permission", case.operation));
    };
    let has = |resources: &[&str]| permissions.iter().any(|permission| resources.contains(&permission.resource));
    let found = match (has(&["<key-arn>"]), has(&["<secret-arn>"])) {
        (true, _) => Policy::Key,
        (_, true) => Policy::Secret,
        _ => Policy::None,
    };
    (found != rule.policy).then(|| format!("{}: the resource has a policy of {found:?}", case.operation))
}

/// The entries of a service, each with its rule.
fn pairs(service: &str) -> Vec<(&'static Case, &'static Rule)> {
    let rule = |case: &Case| rules::rules(service).iter().find(|rule| rule.operation == case.operation);
    crate::cases(service).into_iter().filter_map(|case| rule(case).map(|rule| (case, rule))).collect()
}

fn check_service(service: &'static str) {
    let pairs = pairs(service);
    assert!(!pairs.is_empty(), "{service} has no rules");
    let wrong: Vec<String> = pairs.into_iter().flat_map(|(case, rule)| run::check(service, case, rule)).collect();
    assert!(wrong.is_empty(), "{} of {service}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_kind_of_caller_of_kms_gets_what_it_may() {
    check_service("kms");
}

#[test]
fn each_kind_of_caller_of_secrets_manager_gets_what_it_may() {
    check_service("secretsmanager");
}
