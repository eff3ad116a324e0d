//! One statement, compiled.

use crate::condition::Condition;
use crate::context::Context;
use crate::operator::Truth;
use crate::principal::{Principal, PrincipalClause};
use crate::request::Request;
use crate::target::{ActionPattern, ResourcePattern};
use crate::variables::Unresolved;
use crate::verdict::{AllowedAs, StatementRef};

/// What a statement does to the requests it is about.
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
    /// None in identity and session policies, which speak of whoever they are attached to.
    pub(crate) principals: Option<PrincipalClause>,
    pub(crate) actions: Targets<ActionPattern>,
    /// A trust policy's statements have `AllBut` nothing, since they are about the role itself.
    pub(crate) resources: Targets<ResourcePattern>,
    pub(crate) conditions: Vec<Condition>,
}

/// A list of patterns, or all that it leaves out.
#[derive(Debug, Clone)]
pub(crate) enum Targets<P> {
    These(Vec<P>),
    AllBut(Vec<P>),
}

impl Statement {
    /// As whom the statement speaks of the principal; empty if it does not.
    pub(crate) fn speaks_of(&self, principal: &Principal) -> Vec<AllowedAs> {
        self.principals.as_ref().map_or_else(|| vec![AllowedAs::Identity], |clause| clause.speaks_of(principal))
    }

    /// Whether the statement is about this action on this resource under these circumstances. What cannot be judged counts
    /// for a Deny and against an Allow. `action` is in lower case.
    pub(crate) fn is_about(&self, action: &str, request: &Request<'_>) -> bool {
        let about_action = match &self.actions {
            Targets::These(patterns) => patterns.iter().any(|p| p.matches(action)),
            Targets::AllBut(patterns) => !patterns.iter().any(|p| p.matches(action)),
        };
        if !about_action {
            return false;
        }
        let circumstances = std::iter::once(self.about_resource(request.resource, request.context))
            .chain(self.conditions.iter().map(|condition| condition.holds(request.context)));
        match Truth::all(circumstances) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.effect == Effect::Deny,
        }
    }

    fn about_resource(&self, resource: &str, context: &Context) -> Truth {
        let matched = |pattern: &ResourcePattern, when_missing: Truth| match pattern.matches(resource, context) {
            Ok(matches) => Truth::from(matches),
            Err(Unresolved::Missing) => when_missing,
            Err(Unresolved::Ambiguous) => Truth::Unknown,
        };
        match &self.resources {
            Targets::These(patterns) => Truth::any(patterns.iter().map(|p| matched(p, Truth::False))),
            // An exception that cannot be filled in must not turn into an Allow of what it was to except.
            Targets::AllBut(patterns) => Truth::any(patterns.iter().map(|p| matched(p, Truth::Unknown))).not(),
        }
    }
}
