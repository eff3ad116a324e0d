//! One statement, compiled.

use crate::condition::Condition;
use crate::context::ConditionKeys;
use crate::operator::Truth;
use crate::principal::{Principal, PrincipalClause};
use crate::request::Request;
use crate::target::{ActionPattern, ResourcePattern};
use crate::variables::Unresolved;
use crate::verdict::{AllowedAs, StatementRef};

/// The effect of a statement on the requests that it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// A statement of a policy of any kind.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) reference: StatementRef,
    pub(crate) effect: Effect,
    /// None in identity and session policies, which apply to the principal that they are attached to.
    pub(crate) principals: Option<PrincipalClause>,
    pub(crate) actions: Targets<ActionPattern>,
    /// In a trust policy, `AllBut` nothing: its statements apply to the role itself.
    pub(crate) resources: Targets<ResourcePattern>,
    pub(crate) conditions: Vec<Condition>,
}

/// The actions or resources that match a list of patterns, or all others.
#[derive(Debug, Clone)]
pub(crate) enum Targets<P> {
    These(Vec<P>),
    AllBut(Vec<P>),
}

impl Statement {
    /// Every form in which the statement names the principal; empty if it does not.
    pub(crate) fn forms_matching(&self, principal: &Principal) -> Vec<AllowedAs> {
        self.principals.as_ref().map_or_else(|| vec![AllowedAs::Identity], |clause| clause.forms_matching(principal))
    }

    /// Whether the statement applies to this action, resource and context. If that is unknown, a Deny applies and an Allow does not.
    /// `action` is in lower case.
    pub(crate) fn applies_to(&self, action: &str, request: &Request<'_>) -> bool {
        let matches_action = match &self.actions {
            Targets::These(patterns) => patterns.iter().any(|p| p.matches(action)),
            Targets::AllBut(patterns) => !patterns.iter().any(|p| p.matches(action)),
        };
        if !matches_action {
            return false;
        }
        let circumstances = std::iter::once(self.matches_resource(request.resource, request.context))
            .chain(self.conditions.iter().map(|condition| condition.holds(request.context)));
        match Truth::all(circumstances) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.effect == Effect::Deny,
        }
    }

    fn matches_resource(&self, resource: &str, context: &dyn ConditionKeys) -> Truth {
        let matched = |pattern: &ResourcePattern, when_missing: Truth| match pattern.matches(resource, context) {
            Ok(matches) => Truth::from(matches),
            Err(Unresolved::Missing) => when_missing,
            Err(Unresolved::Ambiguous) => Truth::Unknown,
        };
        match &self.resources {
            Targets::These(patterns) => Truth::any(patterns.iter().map(|p| matched(p, Truth::False))),
            // `NotResource` with a variable that has no value must not turn into an Allow of the resource that it should except.
            Targets::AllBut(patterns) => Truth::any(patterns.iter().map(|p| matched(p, Truth::Unknown))).not(),
        }
    }
}
