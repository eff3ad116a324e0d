//! One statement, compiled.

use crate::condition::Condition;
use crate::context::{ConditionKeys, Context};
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

/// A request whose resource has been parsed, once for all statements.
pub(crate) struct PreparedRequest<'a> {
    pub(crate) request: &'a Request<'a>,
    resource: Resource<'a>,
    /// Whether conditions are taken as the caller would have them: those of an Allow hold, those of a Deny do not.
    favours_caller: bool,
}

impl<'a> PreparedRequest<'a> {
    pub(crate) fn new(request: &'a Request<'a>) -> PreparedRequest<'a> {
        PreparedRequest { request, resource: Resource::new(request.resource), favours_caller: false }
    }

    /// The same request with whatever values of condition keys suit the caller.
    pub(crate) fn at_best(request: &'a Request<'a>) -> PreparedRequest<'a> {
        PreparedRequest { favours_caller: true, ..PreparedRequest::new(request) }
    }
}

impl Statement {
    /// The forms in which the statement names the principal, if it applies to the request. Otherwise none.
    ///
    /// Most statements are about other actions, so these are compared first.
    pub(crate) fn forms_applying_to(&self, prepared: &PreparedRequest<'_>) -> Forms {
        if self.matches_action(prepared.request.action) {
            self.forms_applying_to_action(prepared)
        } else {
            Forms::default()
        }
    }

    /// As [`Statement::forms_applying_to`], for a request whose action the statement is known to be about.
    pub(crate) fn forms_applying_to_action(&self, prepared: &PreparedRequest<'_>) -> Forms {
        let forms = self.forms_matching(prepared.request.principal);
        if forms.is_empty() || !self.applies_to(prepared) { Forms::default() } else { forms }
    }

    /// Whether the statement names the principal in any form.
    pub(crate) fn names(&self, principal: &Principal) -> bool {
        !self.forms_matching(principal).is_empty()
    }

    /// Whether the statement applies to a resource, whoever asks. None if that depends on the request, or on the resource that is not
    /// given.
    pub(crate) fn is_about(&self, resource: Option<&str>) -> Option<bool> {
        let every = |patterns: &[ResourcePattern]| patterns.iter().any(|p| matches!(p, ResourcePattern::Any));
        let has_variables = |patterns: &[ResourcePattern]| patterns.iter().any(ResourcePattern::has_variables);
        match (&self.resources, resource) {
            (Targets::These(patterns), _) if every(patterns) => Some(true),
            (Targets::AllBut(patterns), _) if every(patterns) => Some(false),
            (Targets::These(patterns) | Targets::AllBut(patterns), _) if has_variables(patterns) => None,
            (_, None) => None,
            (_, Some(resource)) => match self.matches_resource(&Resource::new(resource), &Context::new()) {
                Truth::True => Some(true),
                Truth::False => Some(false),
                Truth::Unknown => None,
            },
        }
    }

    /// Every form in which the statement names the principal.
    pub(crate) fn forms_matching(&self, principal: &Principal) -> Forms {
        self.principals
            .as_ref()
            .map_or_else(|| Forms::one(AllowedAs::Identity), |clause| clause.forms_matching(principal))
    }

    pub(crate) fn matches_action(&self, action: &str) -> bool {
        match &self.actions {
            Targets::These(patterns) => patterns.iter().any(|p| p.matches(action)),
            Targets::AllBut(patterns) => !patterns.iter().any(|p| p.matches(action)),
        }
    }

    /// Whether the statement applies to this resource and context. If that is unknown, a Deny applies and an Allow does not.
    fn applies_to(&self, prepared: &PreparedRequest<'_>) -> bool {
        let context = prepared.request.context;
        if prepared.favours_caller {
            return match self.effect {
                Effect::Allow => self.matches_resource(&prepared.resource, context) != Truth::False,
                Effect::Deny => {
                    self.conditions.is_empty() && self.matches_resource(&prepared.resource, context) == Truth::True
                }
            };
        }
        let circumstances = std::iter::once(self.matches_resource(&prepared.resource, context))
            .chain(self.conditions.iter().map(|condition| condition.holds(context)));
        match Truth::all(circumstances) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.effect == Effect::Deny,
        }
    }

    /// Whether the statement names the request's resource.
    pub(crate) fn matches_prepared_resource(&self, prepared: &PreparedRequest<'_>) -> Truth {
        self.matches_resource(&prepared.resource, prepared.request.context)
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
