//! Decides a request from all policies that apply to it.
//!
//! References: IAM User Guide, "policy evaluation logic"; KMS Developer Guide, "key policies"; for the texts, "troubleshoot
//! access denied error messages".

use std::convert::Infallible;
use std::sync::Arc;

use crate::document::Policy;
use crate::forms::Forms;
use crate::request::Request;
use crate::set::PolicySet;
use crate::statement::{Effect, PreparedRequest, Statement};
use crate::verdict::{AllowedAs, StatementRef};

/// A request and all policies that apply to it.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The request.
    pub request: Request<'a>,
    /// The policies of the user and its groups, or of the role.
    pub identity: &'a PolicySet,
    /// The permissions boundary, if one is set.
    pub boundary: Option<&'a PolicySet>,
    /// The session's policies, evaluated together. `None` for a session without any; an empty list allows nothing.
    pub session: Option<&'a PolicySet>,
    /// The policy of the key, secret or role.
    pub resource: Option<&'a Policy>,
    /// The account that owns the resource.
    pub resource_account: &'a str,
    /// How the resource's policy is evaluated.
    pub model: ResourceModel,
}

/// How the resource's own policy is evaluated with the caller's policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceModel {
    /// The resource has no policy and belongs to the caller's account: IAM, lists, creations.
    IdentityOnly,
    /// Within the account an Allow on either side is enough. Across accounts both sides must allow. Secrets Manager.
    Ordinary,
    /// The resource's policy must allow the principal, or must allow the account and so delegate to its identity policies. KMS keys.
    KeyPolicy,
    /// As `KeyPolicy`, for `sts:AssumeRole` on a role.
    Trust,
    /// As `Trust`, for a role's session that assumes the same role. Only a statement that names the role or the session allows it;
    /// one that names the account or anyone does not.
    OwnTrust,
}

/// The decision on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The request is allowed.
    Allow {
        /// The statements that allow it, at least one.
        by: Vec<AllowReason>,
    },
    /// The request is denied.
    Deny(Denial),
}

/// A statement, or another reason, that allows a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowReason {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// Which of the caller's policies. None for the resource's policy and where no policy is needed.
    pub policy: Option<Arc<str>>,
    /// The statement. None for the root user's rights in its own account and for grants.
    pub statement: Option<StatementRef>,
    /// The form in which the policy names the principal.
    pub by: AllowedAs,
}

/// The reason for a denial that the caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Whether a statement denies the request. Otherwise no statement allows it.
    pub explicit: bool,
    /// The type of policy that denies, or that lacks an Allow.
    pub policy_type: PolicyType,
    /// Which of the caller's policies denies.
    pub policy: Option<Arc<str>>,
    /// The statement that denies.
    pub statement: Option<StatementRef>,
}

/// The types of policies that AWS's texts distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyType {
    /// Of a user, group or role.
    Identity,
    /// Of a key or secret.
    Resource,
    /// A permissions boundary.
    Boundary,
    /// Of a session.
    Session,
    /// Of a role: who may assume it.
    Trust,
}

/// Decides one request.
pub fn decide(inputs: &Inputs<'_>) -> Decision {
    into_decision(Evaluation::new(inputs).outcome())
}

/// Decides one request for a principal to which a KMS grant on the key allows it. The grant replaces an Allow of the policies, also
/// across accounts. A Deny, a permissions boundary or a session policy still denies the request.
pub fn decide_with_grant(inputs: &Inputs<'_>) -> Decision {
    with_grant(inputs, AllowedAs::Exact)
}

/// As [`decide_with_grant`], for a grant to the principal's account. It delegates to the account, so an identity policy has to
/// allow the request too, as after a key policy that names the account. The account's root needs none.
pub fn decide_with_grant_to_account(inputs: &Inputs<'_>) -> Decision {
    with_grant(inputs, AllowedAs::Account)
}

/// Decides one request, and asks for a grant only if the policies neither allow nor explicitly deny it: `granted_as` tells the form in which
/// one names the principal. The second value is whether a grant made the decision; none if it was not asked.
///
/// # Errors
///
/// Those of `granted_as`.
pub fn decide_or_ask<E>(
    inputs: &Inputs<'_>,
    granted_as: impl FnOnce() -> Result<Option<AllowedAs>, E>,
) -> Result<(Decision, Option<bool>), E> {
    let evaluation = Evaluation::new(inputs);
    let denial = match evaluation.outcome() {
        Err(denial) if !denial.explicit => denial,
        outcome => return Ok((into_decision(outcome), None)),
    };
    Ok(match granted_as()? {
        None => (Decision::Deny(denial), Some(false)),
        Some(AllowedAs::Account) => (into_decision(evaluation.granted(Evaluation::of_grant_to_account)), Some(true)),
        Some(_) => (into_decision(evaluation.granted(Evaluation::of_grant)), Some(true)),
    })
}

/// Whether a request could be allowed if its condition keys had other values: an upper bound of what the principal may do, for people who
/// look for those who may do something.
pub fn could_allow(inputs: &Inputs<'_>) -> bool {
    Evaluation::of(inputs, &PreparedRequest::at_best(&inputs.request)).outcome().is_ok()
}

fn with_grant(inputs: &Inputs<'_>, to: AllowedAs) -> Decision {
    match decide_or_ask(inputs, || Ok::<_, Infallible>(Some(to))) {
        Ok((decision, _)) => decision,
        Err(never) => match never {},
    }
}

fn granted(by: AllowedAs) -> AllowReason {
    AllowReason { policy_type: PolicyType::Resource, policy: None, statement: None, by }
}

impl Denial {
    /// The tail of AWS's AccessDenied text: `because no identity-based policy allows the kms:Decrypt action`, or
    /// `with an explicit deny in a resource-based policy`.
    pub fn tail(&self, action: &str) -> String {
        if self.explicit {
            return format!("with an explicit deny in {}", self.policy_type.with_article());
        }
        format!("because no {} allows the {action} action", self.policy_type.name())
    }
}

impl PolicyType {
    /// Its name in AWS's texts.
    pub fn name(self) -> &'static str {
        match self {
            PolicyType::Identity => "identity-based policy",
            PolicyType::Resource => "resource-based policy",
            PolicyType::Boundary => "permissions boundary",
            PolicyType::Session => "session policy",
            PolicyType::Trust => "role trust policy",
        }
    }

    fn with_article(self) -> String {
        let article = match self {
            PolicyType::Identity => "an",
            PolicyType::Resource | PolicyType::Boundary | PolicyType::Session => "a",
            PolicyType::Trust => "the",
        };
        format!("{article} {}", self.name())
    }
}

fn into_decision(outcome: Result<Vec<AllowReason>, Denial>) -> Decision {
    match outcome {
        Ok(by) => Decision::Allow { by },
        Err(denial) => Decision::Deny(denial),
    }
}

/// The statements of all policies that apply to one request.
struct Evaluation<'a> {
    inputs: &'a Inputs<'a>,
    resource: Layer<'a>,
    identity: Layer<'a>,
    boundary: Option<Layer<'a>>,
    session: Option<Layer<'a>>,
}

/// The statements of all policies of one type that apply.
struct Layer<'a> {
    policy_type: PolicyType,
    /// The first that denies.
    denied: Option<Found<'a>>,
    /// Those that allow, each with the form in which it names the principal.
    allows: Vec<(Found<'a>, AllowedAs)>,
}

/// A statement, and the name of its policy if a decision reports it.
#[derive(Clone, Copy)]
struct Found<'a> {
    policy: Option<&'a Arc<str>>,
    statement: &'a Statement,
}

impl<'a> Evaluation<'a> {
    fn new(inputs: &'a Inputs<'a>) -> Evaluation<'a> {
        Evaluation::of(inputs, &PreparedRequest::new(&inputs.request))
    }

    fn of(inputs: &'a Inputs<'a>, prepared: &PreparedRequest<'_>) -> Evaluation<'a> {
        let resource_type = match inputs.model {
            ResourceModel::Trust | ResourceModel::OwnTrust => PolicyType::Trust,
            ResourceModel::IdentityOnly | ResourceModel::Ordinary | ResourceModel::KeyPolicy => PolicyType::Resource,
        };
        let mut resource = Layer::new(resource_type);
        if let Some(policy) = inputs.resource {
            policy
                .each_that_applies(prepared, |statement, forms| resource.add(Found { policy: None, statement }, forms));
        }
        let of_caller = |policy_type, policies: &'a PolicySet| {
            let mut layer = Layer::new(policy_type);
            policies.each_that_applies(prepared, |named, statement, forms| {
                layer.add(Found { policy: Some(&named.id), statement }, forms);
            });
            layer
        };
        Evaluation {
            inputs,
            resource,
            identity: of_caller(PolicyType::Identity, inputs.identity),
            boundary: inputs.boundary.map(|policies| of_caller(PolicyType::Boundary, policies)),
            session: inputs.session.map(|policies| of_caller(PolicyType::Session, policies)),
        }
    }

    /// The outcome with a grant, of a request that the policies do not allow.
    fn granted(
        &self,
        allow: impl FnOnce(&Evaluation<'a>) -> Result<Vec<AllowReason>, Denial>,
    ) -> Result<Vec<AllowReason>, Denial> {
        // `outcome` may have reported a missing Allow before it looked at Denies of the caller's policies, which the grant does not
        // override.
        match self.denied() {
            Some(denial) => Err(denial),
            None => allow(self),
        }
    }

    /// A grant to the principal itself stands for an Allow of the policies.
    fn of_grant(&self) -> Result<Vec<AllowReason>, Denial> {
        self.capped(vec![granted(AllowedAs::Exact)])
    }

    /// A grant to the principal's account delegates to its identity policies.
    fn of_grant_to_account(&self) -> Result<Vec<AllowReason>, Denial> {
        Ok([vec![granted(AllowedAs::Account)], self.identity_side()?].concat())
    }

    /// The first Deny of any policy.
    fn denied(&self) -> Option<Denial> {
        let layers = [Some(&self.resource), Some(&self.identity), self.boundary.as_ref(), self.session.as_ref()];
        layers.into_iter().flatten().find_map(Layer::explicit_denial)
    }

    fn outcome(&self) -> Result<Vec<AllowReason>, Denial> {
        let principal = self.inputs.request.principal;
        let is_own_account = principal.account == self.inputs.resource_account;
        if !is_own_account && (self.resource.denied.is_some() || self.resource.allows.is_empty()) {
            // A denial by the resource's account is reported first. The caller's own policies may have conditions on the resource's
            // tags and type, and a Deny of theirs would reveal those.
            return Err(self.resource.explicit_denial().unwrap_or_else(|| self.resource.implicit_denial()));
        }
        if let Some(denial) = self.denied() {
            return Err(denial);
        }
        match self.inputs.model {
            ResourceModel::IdentityOnly if is_own_account => self.identity_side(),
            ResourceModel::IdentityOnly => Err(self.resource.implicit_denial()),
            // STS: "Roles may not be assumed by root accounts."
            ResourceModel::Trust | ResourceModel::OwnTrust if principal.is_root => Err(self.resource.implicit_denial()),
            _ if is_own_account => self.own_account(),
            _ => self.across_accounts(),
        }
    }

    /// Within an account one Allow can be enough. The form in which it names the principal decides which limits still apply.
    fn own_account(&self) -> Result<Vec<AllowReason>, Denial> {
        let exact = self.resource.allowing(&[AllowedAs::Exact]);
        if !exact.is_empty() {
            // The root is named by its account's name. A session of the root stays within its policies, as any other of that account does.
            let is_root = self.inputs.request.principal.is_root;
            return if is_root { self.capped(exact) } else { Ok(exact) };
        }
        let is_own_role = self.inputs.model == ResourceModel::OwnTrust;
        let forms: &[AllowedAs] = if is_own_role { &[AllowedAs::Role] } else { &[AllowedAs::Role, AllowedAs::Anyone] };
        let in_place_of_identity = self.resource.allowing(forms);
        if !in_place_of_identity.is_empty() {
            return self.capped(in_place_of_identity);
        }
        if is_own_role {
            return Err(self.resource.implicit_denial());
        }
        if self.inputs.model == ResourceModel::Ordinary {
            return self.identity_side();
        }
        let delegated = self.resource.allowing(&[AllowedAs::Account]);
        if delegated.is_empty() {
            return Err(self.resource.implicit_denial());
        }
        Ok([delegated, self.identity_side()?].concat())
    }

    /// Both accounts have to allow, in whatever form the resource's policy names the principal.
    fn across_accounts(&self) -> Result<Vec<AllowReason>, Denial> {
        Ok([self.resource.reasons()?, self.identity_side()?].concat())
    }

    /// The decision of the caller's own policies.
    fn identity_side(&self) -> Result<Vec<AllowReason>, Denial> {
        if self.inputs.request.principal.is_root {
            let by_itself = AllowReason {
                policy_type: PolicyType::Identity,
                policy: None,
                statement: None,
                by: AllowedAs::Identity,
            };
            return self.capped(vec![by_itself]);
        }
        self.capped(self.identity.reasons()?)
    }

    /// Applies the boundary and the session policies, which grant nothing themselves: each must allow the request too. The root has no
    /// boundary, but a session of it can have policies (STS, "AssumeRoot": the session's permissions are those of its task policy).
    fn capped(&self, mut reasons: Vec<AllowReason>) -> Result<Vec<AllowReason>, Denial> {
        for cap in [&self.boundary, &self.session].into_iter().flatten() {
            reasons.extend(cap.reasons()?);
        }
        Ok(reasons)
    }
}

impl<'a> Layer<'a> {
    fn new(policy_type: PolicyType) -> Layer<'a> {
        Layer { policy_type, denied: None, allows: Vec::new() }
    }

    fn add(&mut self, found: Found<'a>, forms: Forms) {
        match found.statement.effect {
            Effect::Deny => drop(self.denied.get_or_insert(found)),
            Effect::Allow => self.allows.extend(forms.iter().map(|by| (found, by))),
        }
    }

    fn explicit_denial(&self) -> Option<Denial> {
        let Found { policy, statement } = self.denied?;
        Some(Denial {
            explicit: true,
            policy_type: self.policy_type,
            policy: policy.cloned(),
            statement: Some(statement.reference.clone()),
        })
    }

    fn implicit_denial(&self) -> Denial {
        Denial { explicit: false, policy_type: self.policy_type, policy: None, statement: None }
    }

    /// Every statement that allows, at least one.
    fn reasons(&self) -> Result<Vec<AllowReason>, Denial> {
        let reasons: Vec<AllowReason> = self.allows.iter().map(|allow| self.reason(allow)).collect();
        if reasons.is_empty() { Err(self.implicit_denial()) } else { Ok(reasons) }
    }

    /// The statements that allow in one of these forms.
    fn allowing(&self, forms: &[AllowedAs]) -> Vec<AllowReason> {
        self.allows.iter().filter(|(_, by)| forms.contains(by)).map(|allow| self.reason(allow)).collect()
    }

    fn reason(&self, (found, by): &(Found<'_>, AllowedAs)) -> AllowReason {
        AllowReason {
            policy_type: self.policy_type,
            policy: found.policy.cloned(),
            statement: Some(found.statement.reference.clone()),
            by: *by,
        }
    }
}
