//! Whether a resource policy grants public access: an analysis of all its statements and conditions.
//!
//! A *stranger* is a principal whose account, ARN, ids, organization, address and network the policy spells out nowhere. The policy is
//! public if a stranger's request could be allowed: if some Allow can apply to it while no Deny has to. `strangers` says which keys a
//! stranger cannot choose freely, and how conditions on them turn out for all strangers alike.
//!
//! What depends on the stranger counts in the stranger's favour: such a condition does not keep an Allow from applying, and a Deny with
//! one does not have to apply. So does every condition on another key, such as one of a tag. The only choice that is followed up is which
//! keys the request has, and the keys count as independent of each other. A search that takes too many steps ends as "public".

mod strangers;

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::Condition;
use crate::document::Policy;
use crate::operator::Truth;
use crate::principal::PrincipalPattern;
use crate::statement::{Effect, Statement};
use crate::verdict::StatementRef;

use strangers::Presence;

/// The most steps of one search.
const STEPS_MAX: usize = 100_000;

impl Policy {
    /// The first statement that grants one of `actions` to strangers, on this resource or, if none is given, on any. None means that
    /// the policy grants them to no stranger.
    pub fn public_statement(&self, actions: &[&str], resource: Option<&str>) -> Option<&StatementRef> {
        let analysis = Analysis { policy: self, resource };
        let allows =
            self.statements.iter().filter(|statement| statement.effect == Effect::Allow && names_anyone(statement));
        allows.filter(|allow| analysis.grants(allow, actions)).map(|allow| &allow.reference).next()
    }
}

fn names_anyone(statement: &Statement) -> bool {
    statement.principals.as_ref().is_some_and(|clause| clause.patterns.contains(&PrincipalPattern::Anyone))
}

struct Analysis<'a> {
    policy: &'a Policy,
    resource: Option<&'a str>,
}

impl Analysis<'_> {
    /// Whether an Allow for anyone gives a stranger one of the actions.
    fn grants(&self, allow: &Statement, actions: &[&str]) -> bool {
        if allow.is_about(self.resource) == Some(false) {
            return false;
        }
        let allowed = actions.iter().filter(|action| allow.matches_action(action));
        // Most actions meet the same Denies.
        let cases: BTreeSet<Vec<usize>> = allowed.map(|action| self.denies(action)).collect();
        cases.iter().any(|denies| self.is_reachable(allow, denies))
    }

    /// The Denies that could stop a stranger's use of an action, if their conditions hold.
    fn denies(&self, action: &str) -> Vec<usize> {
        let stranger = strangers::principal();
        let denies = |deny: &Statement| {
            deny.effect == Effect::Deny
                && deny.matches_action(action)
                && deny.names(&stranger)
                && deny.is_about(self.resource) == Some(true)
                && deny.conditions.iter().all(|condition| strangers::presences(condition.key.as_str()).is_some())
        };
        let statements = self.policy.statements.iter().enumerate();
        statements.filter(|(_, statement)| denies(statement)).map(|(index, _)| index).collect()
    }

    /// Whether a request can have keys with which the Allow can apply and none of the Denies has to.
    fn is_reachable(&self, allow: &Statement, denies: &[usize]) -> bool {
        let allow_index = allow.reference.index;
        let mut by_key: BTreeMap<&str, Vec<(usize, &Condition)>> = BTreeMap::new();
        for (index, statement) in self.policy.statements.iter().enumerate() {
            if index == allow_index || denies.contains(&index) {
                statement.conditions.iter().for_each(|c| by_key.entry(c.key.as_str()).or_default().push((index, c)));
            }
        }
        let mut choices = Vec::with_capacity(by_key.len());
        for (key, conditions) in by_key {
            let Some(presences) = strangers::presences(key) else { continue };
            let escaped = presences.iter().filter_map(|presence| escapes(*presence, &conditions, allow_index));
            let escaped = largest(escaped.collect());
            if escaped.is_empty() {
                return false;
            }
            choices.push(escaped);
        }
        let mut steps = STEPS_MAX;
        can_escape(&choices, &denies.iter().copied().collect(), &mut steps)
    }
}

/// The Denies of which a condition on a key need not hold, if the request has the key or has it not. None if the Allow cannot apply then.
fn escapes(presence: Presence, conditions: &[(usize, &Condition)], allow: usize) -> Option<BTreeSet<usize>> {
    let mut escaped = BTreeSet::new();
    for (index, condition) in conditions {
        match (strangers::outcome(condition, presence), *index == allow) {
            (Truth::False, true) => return None,
            (_, true) | (Truth::True, false) => {}
            (Truth::False | Truth::Unknown, false) => drop(escaped.insert(*index)),
        }
    }
    Some(escaped)
}

/// Without the sets that are part of another one.
fn largest(sets: BTreeSet<BTreeSet<usize>>) -> Vec<BTreeSet<usize>> {
    let is_part = |set: &BTreeSet<usize>| sets.iter().any(|other| other != set && set.is_subset(other));
    sets.iter().filter(|set| !is_part(set)).cloned().collect()
}

/// Whether one set of each choice can be taken so that all Denies are escaped.
fn can_escape(choices: &[Vec<BTreeSet<usize>>], denies: &BTreeSet<usize>, steps: &mut usize) -> bool {
    if denies.is_empty() {
        return true;
    }
    let Some((choice, others)) = choices.split_first() else { return false };
    choice.iter().any(|escaped| {
        *steps = steps.saturating_sub(1);
        *steps == 0 || can_escape(others, &denies.difference(escaped).copied().collect(), steps)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "public_tests.rs"]
mod tests;
