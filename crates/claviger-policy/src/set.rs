//! Policies that are evaluated together, with an index of their statements by service.

use std::sync::Arc;

use crate::document::Policy;
use crate::forms::Forms;
use crate::statement::{Asked, Statement, Targets};

/// A policy with the name that a decision reports.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// A managed policy's ARN, or the name of an inline one.
    pub id: Arc<str>,
    /// The policy.
    pub policy: Policy,
}

/// Policies that are evaluated together: those of a user or role, or of a session. A user can have many, and most of their statements
/// are about other services than a request. An index leads to the others. It takes memory in proportion to the policies.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[NamedPolicy]>,
    /// The statements that name actions of a service, by the service's name in lower case, in the order of names.
    by_service: Vec<(Box<str>, Vec<Place>)>,
    /// The statements that can apply to actions of any service.
    of_any: Vec<Place>,
}

/// Where a statement stands: its policy, and its place there. Places sort in the order of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    policy: u32,
    statement: u32,
}

impl PolicySet {
    /// The set of these policies, in this order.
    pub fn new(policies: Vec<NamedPolicy>) -> PolicySet {
        let mut set = PolicySet { policies: policies.into(), by_service: Vec::new(), of_any: Vec::new() };
        let mut named: Vec<(Box<str>, Place)> = Vec::new();
        for (policy, NamedPolicy { policy: compiled, .. }) in (0..).zip(&set.policies) {
            for (statement, compiled) in (0..).zip(compiled.statements.iter()) {
                let place = Place { policy, statement };
                match services(compiled) {
                    Some(services) => named.extend(services.map(|service| (service.into(), place))),
                    None => set.of_any.push(place),
                }
            }
        }
        named.sort_unstable();
        named.dedup();
        for (service, place) in named {
            match set.by_service.last_mut().filter(|(last, _)| *last == service) {
                Some((_, places)) => places.push(place),
                None => set.by_service.push((service, vec![place])),
            }
        }
        set
    }

    /// The policies, in their order.
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// Calls `each` with every statement that applies to the request, in the order of policies and statements, as
    /// [`Policy::each_that_applies`] would for each policy.
    pub(crate) fn each_that_applies<'p>(
        &'p self,
        asked: &Asked<'_>,
        mut each: impl FnMut(&'p NamedPolicy, &'p Statement, Forms),
    ) {
        let (mut of_service, mut of_any) = (self.of_service(asked.request.action), self.of_any.as_slice());
        loop {
            let (first, other) = match (of_service.split_first(), of_any.split_first()) {
                (Some((place, rest)), next) if next.is_none_or(|(any, _)| place < any) => (place, (rest, of_any)),
                (_, Some((place, rest))) => (place, (of_service, rest)),
                _ => return,
            };
            (of_service, of_any) = other;
            if let Some((named, statement)) = self.at(*first) {
                let forms = statement.forms_applying_to(asked);
                if !forms.is_empty() {
                    each(named, statement, forms);
                }
            }
        }
    }

    /// The statements that name actions of this action's service.
    fn of_service(&self, action: &str) -> &[Place] {
        let service = action.split(':').next().unwrap_or_default();
        let folded = || service.bytes().map(|b| b.to_ascii_lowercase());
        let found = self.by_service.binary_search_by(|(name, _)| name.bytes().cmp(folded()));
        found.ok().and_then(|found| self.by_service.get(found)).map_or(&[], |(_, places)| places)
    }

    fn at(&self, place: Place) -> Option<(&NamedPolicy, &Statement)> {
        let named = self.policies.get(place.policy as usize)?;
        Some((named, named.policy.statements.get(place.statement as usize)?))
    }
}

/// The services whose actions alone a statement can apply to. `None` if it can apply to those of any service.
fn services(statement: &Statement) -> Option<impl Iterator<Item = &str>> {
    match &statement.actions {
        Targets::These(patterns) if patterns.iter().all(|pattern| pattern.service().is_some()) => {
            Some(patterns.iter().filter_map(|pattern| pattern.service()))
        }
        Targets::These(_) | Targets::AllBut(_) => None,
    }
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
