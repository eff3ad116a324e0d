//! One statement, compiled.

use crate::condition::Condition;
use crate::context::ConditionKeys;
use crate::forms::Forms;
use crate::operator::Truth;
use crate::principal::{Principal, PrincipalClause};
use crate::request::Request;
use crate::target::{ActionPattern, Resource, ResourcePattern};
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

/// A request, with what is read of it once for all statements.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request<'a>,
    resource: Resource<'a>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &'a Request<'a>) -> Asked<'a> {
        Asked { request, resource: Resource::new(request.resource) }
    }
}

impl Statement {
    /// The forms in which the statement names the principal, if it applies to the request. Otherwise none.
    ///
    /// Most statements are about other actions, so these are compared first.
    pub(crate) fn forms_applying_to(&self, asked: &Asked<'_>) -> Forms {
        if !self.matches_action(asked.request.action) {
            return Forms::default();
        }
        let forms = self.forms_matching(asked.request.principal);
        if forms.is_empty() || !self.applies_to(asked) { Forms::default() } else { forms }
    }

    /// Every form in which the statement names the principal.
    fn forms_matching(&self, principal: &Principal) -> Forms {
        self.principals
            .as_ref()
            .map_or_else(|| Forms::one(AllowedAs::Identity), |clause| clause.forms_matching(principal))
    }

    fn matches_action(&self, action: &str) -> bool {
        match &self.actions {
            Targets::These(patterns) => patterns.iter().any(|p| p.matches(action)),
            Targets::AllBut(patterns) => !patterns.iter().any(|p| p.matches(action)),
        }
    }

    /// Whether the statement applies to this resource and context. If that is unknown, a Deny applies and an Allow does not.
    fn applies_to(&self, asked: &Asked<'_>) -> bool {
        let context = asked.request.context;
        let circumstances = std::iter::once(self.matches_resource(&asked.resource, context))
            .chain(self.conditions.iter().map(|condition| condition.holds(context)));
        match Truth::all(circumstances) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.effect == Effect::Deny,
        }
    }

    fn matches_resource(&self, resource: &Resource<'_>, context: &dyn ConditionKeys) -> Truth {
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
