//! Policies that are evaluated together, with indexes of their statements by action and by service.

use std::sync::Arc;

use crate::document::Policy;
use crate::forms::Forms;
use crate::statement::{PreparedRequest, Statement, Targets};
use crate::target::ActionPattern;

/// A policy with the name that a decision reports.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// A managed policy's ARN, or the name of an inline one.
    pub id: Arc<str>,
    /// The policy.
    pub policy: Policy,
}

/// Policies that are evaluated together: those of a user or role, or of a session. A user can have many, and most of their statements
/// are about other actions than a request. Indexes lead to the others. They take memory in proportion to the policies.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[NamedPolicy]>,
    /// The statements that spell an action out, by the action.
    by_action: Index,
    /// The statements that name actions of a service with wildcards, by the service.
    by_service: Index,
    /// The statements that can apply to actions of any service.
    of_any: Vec<StatementPosition>,
}

/// Positions by a name in lower case, in the order of names. The positions of a name are in the order of evaluation.
#[derive(Debug, Default)]
struct Index(Vec<(Box<str>, Vec<StatementPosition>)>);

/// The position of a statement: the index of its policy in the set, and its own index in the policy. The order of positions is the
/// order of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct StatementPosition {
    policy: u32,
    statement: u32,
}

impl PolicySet {
    /// The set of these policies, in this order.
    pub fn new(policies: Vec<NamedPolicy>) -> PolicySet {
        let (mut spelled_out, mut with_wildcards, mut of_any) = (Vec::new(), Vec::new(), Vec::new());
        for (policy, NamedPolicy { policy: compiled, .. }) in (0..).zip(&policies) {
            for (statement, compiled) in (0..).zip(compiled.statements.iter()) {
                let position = StatementPosition { policy, statement };
                match patterns_by_service(compiled) {
                    None => of_any.push(position),
                    Some(patterns) => patterns.for_each(|(pattern, service)| match pattern.spelled_out() {
                        Some(action) => spelled_out.push((action.into(), position)),
                        None => with_wildcards.push((service.into(), position)),
                    }),
                }
            }
        }
        PolicySet {
            by_action: Index::new(spelled_out),
            by_service: Index::new(with_wildcards),
            of_any,
            policies: policies.into(),
        }
    }

    /// The policies, in their order.
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// Calls `each` with every statement that applies to the request, in the order of policies and statements, as
    /// [`Policy::each_that_applies`] would for each policy.
    pub(crate) fn each_that_applies<'p>(
        &'p self,
        prepared: &PreparedRequest<'_>,
        mut each: impl FnMut(&'p NamedPolicy, &'p Statement, Forms),
    ) {
        let action = prepared.request.action;
        let mut of_action = self.by_action.find(action);
        let mut others = [self.by_service.find(service(action)), self.of_any.as_slice()];
        loop {
            let heads = others.iter().filter_map(|positions| positions.first());
            let Some(next) = heads.chain(of_action.first()).min().copied() else { return };
            let names_action = skip(&mut of_action, next);
            for positions in &mut others {
                skip(positions, next);
            }
            if let Some((named, statement)) = self.at(next) {
                let forms = match names_action {
                    true => statement.forms_applying_to_action(prepared),
                    false => statement.forms_applying_to(prepared),
                };
                if !forms.is_empty() {
                    each(named, statement, forms);
                }
            }
        }
    }

    fn at(&self, position: StatementPosition) -> Option<(&NamedPolicy, &Statement)> {
        let named = self.policies.get(position.policy as usize)?;
        Some((named, named.policy.statements.get(position.statement as usize)?))
    }
}

impl Index {
    fn new(mut named: Vec<(Box<str>, StatementPosition)>) -> Index {
        named.sort_unstable();
        named.dedup();
        let mut index: Vec<(Box<str>, Vec<StatementPosition>)> = Vec::new();
        for (name, position) in named {
            match index.last_mut().filter(|(last, _)| *last == name) {
                Some((_, positions)) => positions.push(position),
                None => index.push((name, vec![position])),
            }
        }
        Index(index)
    }

    /// The positions of a name, which can be in any case.
    fn find(&self, name: &str) -> &[StatementPosition] {
        let folded = || name.bytes().map(|b| b.to_ascii_lowercase());
        let found = self.0.binary_search_by(|(own, _)| own.bytes().cmp(folded()));
        found.ok().and_then(|found| self.0.get(found)).map_or(&[], |(_, positions)| positions)
    }
}

/// Goes past a position, if it is the first of these. Tells whether it was.
fn skip(positions: &mut &[StatementPosition], position: StatementPosition) -> bool {
    match positions.split_first().filter(|(first, _)| **first == position) {
        Some((_, rest)) => {
            *positions = rest;
            true
        }
        None => false,
    }
}

/// The service of an action.
fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

/// The patterns of a statement's actions, each with the service whose actions alone it can match. `None` if the statement can apply to
/// actions of any service.
fn patterns_by_service(statement: &Statement) -> Option<impl Iterator<Item = (&ActionPattern, &str)>> {
    match &statement.actions {
        Targets::These(patterns) if patterns.iter().all(|pattern| pattern.service().is_some()) => {
            Some(patterns.iter().filter_map(|pattern| Some((pattern, pattern.service()?))))
        }
        Targets::These(_) | Targets::AllBut(_) => None,
    }
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
