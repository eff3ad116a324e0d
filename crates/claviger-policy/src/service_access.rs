//! Whether identity policies allow any action of a service, whoever has them. This is how AWS selects the services of a report of last
//! accessed services, and the policies that grant access to a service.
//!
//! Neither the request nor its resource is known. So an Allow counts whatever its conditions and resources are, and a Deny counts
//! only if it denies its actions on every resource and without a condition.
//!
//! The policies are the account's, and a few kilobytes of wildcards can take long to compare. So the work is counted and limited: where
//! the limit is reached, access is taken to be allowed.

use std::collections::BTreeSet;

use crate::document::Policy;
use crate::statement::{Effect, Statement, Targets};
use crate::target::ActionPattern;

/// The most steps that the question about one policy and one service takes. A policy that denies hundreds of patterns needs less.
const POLICY_STEPS: u64 = 500_000;

/// The most steps that the question about all policies of a resource and one service takes.
const KNOWN_STEPS: u64 = 20_000_000;

/// Stands for a character that no policy names.
const FRESH: char = '\u{e000}';

/// The most characters of an action, with its service. Those of AWS are much shorter.
const ACTION_MAX: usize = 192;

/// The most `?` of one pattern that are told apart.
const SINGLE_WILDCARDS_MAX: usize = 16;

/// Counts steps: about the characters that are compared.
#[derive(Debug, Default)]
pub struct AccessWork {
    steps: u64,
}

impl AccessWork {
    /// The steps that were done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether a statement is about an action.
    fn matches(&mut self, statement: &Statement, action: &str) -> bool {
        let (patterns, others) = patterns(statement);
        let named = patterns.iter().any(|pattern| {
            self.steps = self.steps.saturating_add(pattern.steps(action));
            pattern.matches(action)
        });
        named != others
    }

    fn any_matches(&mut self, statements: &[&Statement], action: &str) -> bool {
        statements.iter().any(|statement| self.matches(statement, action))
    }
}

/// Whether the policies together allow one of these actions, such as `kms:Decrypt`. AWS makes its reports so: an action that
/// the service does not have is not access to it, and one policy can deny what another one allows.
pub fn allows_known_action(policies: &[Policy], actions: &[String]) -> bool {
    let statements = || policies.iter().flat_map(|policy| policy.statements.iter());
    let allows: Vec<&Statement> = statements().filter(|statement| allows(statement)).collect();
    let denies: Vec<&Statement> = statements().filter(|statement| denies(statement)).collect();
    let mut work = AccessWork::default();
    actions.iter().any(|action| {
        work.steps > KNOWN_STEPS || work.any_matches(&allows, action) && !work.any_matches(&denies, action)
    })
}

/// Whether a policy by itself allows an action of a service. AWS selects the policies that grant access so. `known` has the service's
/// actions, such as `kms:Decrypt`; it is empty for a service whose actions are not known. An action that is spelled out in an Allow counts
/// although the service does not have it, and a Deny counts only for an Allow that is on all resources too.
pub fn allows_action_of(policy: &Policy, service: &str, known: &[String], work: &mut AccessWork) -> bool {
    let (everywhere, somewhere): (Vec<&Statement>, Vec<&Statement>) = policy
        .statements
        .iter()
        .filter(|statement| allows(statement))
        .partition(|allow| allow.is_about(None) == Some(true));
    let denies: Vec<&Statement> = policy.statements.iter().filter(|statement| denies(statement)).collect();
    let limit = work.steps.saturating_add(POLICY_STEPS);
    let candidates = candidates(policy, &service.to_ascii_lowercase(), known, work);
    candidates.iter().any(|action| {
        work.steps > limit
            || work.any_matches(&somewhere, action)
            || work.any_matches(&everywhere, action) && !work.any_matches(&denies, action)
    })
}

/// Actions of a service of which one is allowed if any is.
///
/// For a service whose actions are not known, each pattern of an Allow has an action here with a character for each `*` that no pattern names.
/// A pattern of a Deny matches it only by its own wildcards. If these are all `*`, it then matches everything that the Allow's pattern
/// matches. A `?` asks for a length, so that other numbers of characters are tried too; not all, since no action's name is very long.
fn candidates(policy: &Policy, service: &str, known: &[String], work: &mut AccessWork) -> BTreeSet<String> {
    let statements = || policy.statements.iter().map(|statement| (statement, patterns(statement)));
    work.steps = statements().fold(work.steps, |steps, (_, (patterns, _))| steps.saturating_add(patterns.len() as u64));
    let own = || {
        statements().flat_map(|(_, (patterns, _))| patterns).filter(|p| p.service().is_none_or(|own| own == service))
    };
    if !known.is_empty() {
        let named = statements().filter(|(one, (_, others))| one.effect == Effect::Allow && !others);
        let spelled_out = named.flat_map(|(_, (patterns, _))| patterns).filter_map(ActionPattern::spelled_out);
        let spelled_out =
            spelled_out.filter(|action| action.starts_with(&format!("{service}:")) && is_action(action, service));
        return known.iter().map(String::as_str).chain(spelled_out).map(str::to_owned).collect();
    }
    let fillers = match own().map(ActionPattern::single_wildcards).max().unwrap_or(0) {
        0 => vec![1],
        singles => vec![0, 1, singles.min(SINGLE_WILDCARDS_MAX) + 1],
    };
    let fillers: Vec<String> = fillers.into_iter().map(|length| FRESH.to_string().repeat(length)).collect();
    let mut found = BTreeSet::new();
    for filler in &fillers {
        // A `NotAction` of an Allow allows, and one of a Deny denies, what no pattern names.
        found.insert(format!("{service}:{filler}"));
        // What an Allow names, and what a Deny excepts.
        for (_, (patterns, _)) in statements().filter(|(one, (_, others))| (one.effect == Effect::Deny) == *others) {
            found.extend(patterns.iter().filter_map(|pattern| pattern.instance(service, filler, FRESH)));
        }
    }
    found.retain(|action| is_action(action, service));
    found
}

/// No action's name is empty, or very long.
fn is_action(action: &str, service: &str) -> bool {
    action.len() > service.len() + 1 && action.chars().count() <= ACTION_MAX
}

/// The patterns of a statement's actions, and whether it is about all other actions.
fn patterns(statement: &Statement) -> (&[ActionPattern], bool) {
    match &statement.actions {
        Targets::These(patterns) => (patterns, false),
        Targets::AllBut(patterns) => (patterns, true),
    }
}

/// Whether a statement allows something on some resource.
fn allows(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && statement.is_about(None) != Some(false)
}

/// Whether a statement denies its actions in every request.
fn denies(statement: &Statement) -> bool {
    statement.effect == Effect::Deny && statement.conditions.is_empty() && statement.is_about(None) == Some(true)
}

#[cfg(test)]
#[path = "service_access_tests.rs"]
mod tests;
