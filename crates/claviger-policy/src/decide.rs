//! Weighs every policy that bears on a request against one another.
//!
//! References: IAM User Guide, "policy evaluation logic"; KMS Developer Guide, "key policies"; for the texts, "troubleshoot
//! access denied error messages".

use crate::document::Policy;
use crate::request::Request;
use crate::verdict::{AllowedAs, StatementRef, Verdict};

/// Everything that bears on one request.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// Who asks for what.
    pub request: Request<'a>,
    /// The policies of the user and its groups, or of the role.
    pub identity: &'a [NamedPolicy],
    /// The permissions boundary, if one is set.
    pub boundary: Option<&'a NamedPolicy>,
    /// The session's policies, which count together. `None` for a session without; `Some` of an empty list allows nothing.
    pub session: Option<&'a [NamedPolicy]>,
    /// The policy of the key, secret or role.
    pub resource: Option<&'a Policy>,
    /// The account that owns the resource.
    pub resource_account: &'a str,
    /// How the resource's policy takes part.
    pub model: ResourceModel,
}

/// A policy with the name that a decision gives it.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// A managed policy's ARN, or the name of an inline one.
    pub id: String,
    /// The policy.
    pub policy: Policy,
}

/// How the resource's own policy takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceModel {
    /// Not at all, and the resource is of the caller's account: IAM, lists, creations.
    IdentityOnly,
    /// Within the account either side may allow; across accounts both must: Secrets Manager.
    Ordinary,
    /// Nothing is allowed unless it allows the principal or lets the account allow it: KMS keys.
    KeyPolicy,
    /// As with keys, for `sts:AssumeRole` on a role.
    Trust,
    /// The same for a session of that very role: only a statement that names the role or the session counts. What is left to
    /// the account or open to anyone does not let a role begin itself anew.
    OwnTrust,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The request may go on.
    Allow {
        /// The statements that let it, at least one.
        by: Vec<AllowReason>,
    },
    /// It may not.
    Deny(Denial),
}

/// What let a request through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowReason {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// Which of the caller's policies; none for the resource's own, and for what needs no policy.
    pub policy: Option<String>,
    /// The statement; none for the root user's right to its own account, and for grants.
    pub statement: Option<StatementRef>,
    /// As whom the principal was allowed.
    pub by: AllowedAs,
}

/// Why a request may not go on: the one reason that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Whether a statement denies it, rather than none allowing it.
    pub explicit: bool,
    /// The type of policy that denies, or that lacks an Allow.
    pub policy_type: PolicyType,
    /// Which of the caller's policies denies.
    pub policy: Option<String>,
    /// The statement that denies.
    pub statement: Option<StatementRef>,
}

/// The types of policies, as AWS's texts tell them apart.
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
    into_decision(Weighing::new(inputs).outcome())
}

/// Decides one request for a principal that a KMS grant on the key allows it. Besides what the policies allow, the grant is
/// enough by itself, also across accounts; it does not stand against a Deny, a boundary or a session policy.
pub fn decide_with_grant(inputs: &Inputs<'_>) -> Decision {
    let weighing = Weighing::new(inputs);
    into_decision(weighing.outcome().or_else(|denial| {
        if denial.explicit {
            return Err(denial);
        }
        // What was lacking may have been told before a Deny that stands against the grant too.
        if let Some(denial) = weighing.denied() {
            return Err(denial);
        }
        let grant =
            AllowReason { policy_type: PolicyType::Resource, policy: None, statement: None, by: AllowedAs::Exact };
        weighing.capped(vec![grant])
    }))
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
    fn name(self) -> &'static str {
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

/// What each policy says, before it is weighed.
struct Weighing<'a> {
    inputs: &'a Inputs<'a>,
    resource: Layer,
    identity: Layer,
    boundary: Option<Layer>,
    session: Option<Layer>,
}

/// What all policies of one type say together.
struct Layer {
    policy_type: PolicyType,
    denied: Option<Denial>,
    allows: Vec<AllowReason>,
}

impl<'a> Weighing<'a> {
    fn new(inputs: &'a Inputs<'a>) -> Weighing<'a> {
        let resource_type = match inputs.model {
            ResourceModel::Trust | ResourceModel::OwnTrust => PolicyType::Trust,
            ResourceModel::IdentityOnly | ResourceModel::Ordinary | ResourceModel::KeyPolicy => PolicyType::Resource,
        };
        let mut resource = Layer::new(resource_type);
        if let Some(policy) = inputs.resource {
            resource.add(None, policy.evaluate(&inputs.request));
        }
        let of_caller = |policy_type, policies: &[NamedPolicy]| {
            let mut layer = Layer::new(policy_type);
            for named in policies {
                layer.add(Some(&named.id), named.policy.evaluate(&inputs.request));
            }
            layer
        };
        Weighing {
            inputs,
            resource,
            identity: of_caller(PolicyType::Identity, inputs.identity),
            boundary: inputs.boundary.map(|b| of_caller(PolicyType::Boundary, std::slice::from_ref(b))),
            session: inputs.session.map(|policies| of_caller(PolicyType::Session, policies)),
        }
    }

    /// The first Deny of any policy.
    fn denied(&self) -> Option<Denial> {
        let layers = [Some(&self.resource), Some(&self.identity), self.boundary.as_ref(), self.session.as_ref()];
        layers.into_iter().flatten().find_map(|layer| layer.denied.clone())
    }

    fn outcome(&self) -> Result<Vec<AllowReason>, Denial> {
        let principal = self.inputs.request.principal;
        let is_own_account = principal.account == self.inputs.resource_account;
        if !is_own_account && (self.resource.denied.is_some() || self.resource.allows.is_empty()) {
            // What the resource's account does not let happen is told before all else: the caller's own policies may ask for the
            // resource's tags and kind, and whether they deny would tell what those are.
            return Err(self.resource.denied.clone().unwrap_or_else(|| self.resource.lacking()));
        }
        if let Some(denial) = self.denied() {
            return Err(denial);
        }
        match self.inputs.model {
            ResourceModel::IdentityOnly if is_own_account => self.identity_side(),
            ResourceModel::IdentityOnly => Err(self.resource.lacking()),
            // STS: "Roles may not be assumed by root accounts."
            ResourceModel::Trust | ResourceModel::OwnTrust if principal.is_root => Err(self.resource.lacking()),
            _ if is_own_account => self.own_account(),
            _ => self.across_accounts(),
        }
    }

    /// One Allow can be enough, and whom it names decides which limits it is above.
    fn own_account(&self) -> Result<Vec<AllowReason>, Denial> {
        let exact = self.resource.allowing(&[AllowedAs::Exact]);
        if !exact.is_empty() {
            return Ok(exact);
        }
        let is_own_role = self.inputs.model == ResourceModel::OwnTrust;
        let forms: &[AllowedAs] = if is_own_role { &[AllowedAs::Role] } else { &[AllowedAs::Role, AllowedAs::Anyone] };
        let in_place_of_identity = self.resource.allowing(forms);
        if !in_place_of_identity.is_empty() {
            return self.capped(in_place_of_identity);
        }
        if is_own_role {
            return Err(self.resource.lacking());
        }
        if self.inputs.model == ResourceModel::Ordinary {
            return self.identity_side();
        }
        let delegated = self.resource.allowing(&[AllowedAs::Account]);
        if delegated.is_empty() {
            return Err(self.resource.lacking());
        }
        Ok([delegated, self.identity_side()?].concat())
    }

    /// Both accounts have to allow, whomever the resource's policy names.
    fn across_accounts(&self) -> Result<Vec<AllowReason>, Denial> {
        if self.resource.allows.is_empty() {
            return Err(self.resource.lacking());
        }
        Ok([self.resource.allows.clone(), self.identity_side()?].concat())
    }

    /// What the caller's own account lets it do.
    fn identity_side(&self) -> Result<Vec<AllowReason>, Denial> {
        if self.inputs.request.principal.is_root {
            let by_itself = AllowReason {
                policy_type: PolicyType::Identity,
                policy: None,
                statement: None,
                by: AllowedAs::Identity,
            };
            return Ok(vec![by_itself]);
        }
        self.capped(self.identity.clone_allows()?)
    }

    /// Boundary and session policies give nothing of their own; they let through or not.
    fn capped(&self, mut reasons: Vec<AllowReason>) -> Result<Vec<AllowReason>, Denial> {
        if !self.inputs.request.principal.is_root {
            for cap in [&self.boundary, &self.session].into_iter().flatten() {
                reasons.extend(cap.clone_allows()?);
            }
        }
        Ok(reasons)
    }
}

impl Layer {
    fn new(policy_type: PolicyType) -> Layer {
        Layer { policy_type, denied: None, allows: Vec::new() }
    }

    fn add(&mut self, id: Option<&str>, verdict: Verdict) {
        let (policy_type, policy) = (self.policy_type, id.map(str::to_owned));
        if let Some(statement) = verdict.denied_by {
            self.denied.get_or_insert_with(|| Denial {
                explicit: true,
                policy_type,
                policy: policy.clone(),
                statement: Some(statement),
            });
        }
        self.allows.extend(verdict.allows.into_iter().map(|allow| AllowReason {
            policy_type,
            policy: policy.clone(),
            statement: Some(allow.statement),
            by: allow.by,
        }));
    }

    fn lacking(&self) -> Denial {
        Denial { explicit: false, policy_type: self.policy_type, policy: None, statement: None }
    }

    fn clone_allows(&self) -> Result<Vec<AllowReason>, Denial> {
        if self.allows.is_empty() { Err(self.lacking()) } else { Ok(self.allows.clone()) }
    }

    fn allowing(&self, forms: &[AllowedAs]) -> Vec<AllowReason> {
        self.allows.iter().filter(|reason| forms.contains(&reason.by)).cloned().collect()
    }
}
