//! Combines all policies of a request (IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic", "Permissions
//! boundaries", "Session policies"; KMS Developer Guide, "Key policies", "Grants").

use claviger_policy::{AllowedAs, PolicyKind, PolicyType, ResourceModel};
use serde_json::Value as Json;

use crate::broken_rule::BrokenPolicyRule;
use crate::case::{Case, GrantTo, Outcome};
use crate::evaluate::{Applying, evaluate};
use crate::question::Question;

/// Decides a case.
pub fn decide(case: &Case, broken: Option<BrokenPolicyRule>) -> Outcome {
    let policies = Policies::evaluate(case, broken);
    let denial = policies.explicit_deny();
    match (policies.outcome(), denial, case.grant) {
        // AWS does not say which of several denials it names. A denial by another account's resource is named first, because the
        // caller's Deny can have conditions on that resource's tags.
        (lacking, Some(denial), None) if policies.is_refused_by_other_account() => match denial {
            Outcome::ExplicitDeny(PolicyType::Resource | PolicyType::Trust) => denial,
            _ => lacking,
        },
        (_, Some(denial), _) => denial,
        (Outcome::Allow, None, _) => Outcome::Allow,
        (_, None, Some(grant)) => policies.granted(grant),
        (lacking, None, None) => lacking,
    }
}

/// The kind of a resource's policy.
pub fn resource_policy_kind(model: ResourceModel) -> PolicyKind {
    match model {
        ResourceModel::KeyPolicy => PolicyKind::Key,
        ResourceModel::Trust | ResourceModel::OwnTrust => PolicyKind::Trust,
        ResourceModel::IdentityOnly | ResourceModel::Ordinary => PolicyKind::Resource,
    }
}

/// What each kind of policy says about the request.
struct Policies<'a> {
    case: &'a Case,
    broken: Option<BrokenPolicyRule>,
    identity: Applying,
    boundary: Option<Applying>,
    session: Option<Applying>,
    resource: Applying,
}

impl<'a> Policies<'a> {
    fn evaluate(case: &'a Case, broken: Option<BrokenPolicyRule>) -> Policies<'a> {
        let question = Question::new(case, broken);
        // "The permissions of several policies of one kind are united."
        let united = |documents: &[Json], kind| {
            let each = documents.iter().map(|document| evaluate(document, kind, &question));
            each.fold(Applying::default(), |mut all, one| {
                all.denies.extend(one.denies);
                all.allows.extend(one.allows);
                all
            })
        };
        let resource_kind = resource_policy_kind(case.model);
        Policies {
            case,
            broken,
            identity: united(&case.identity, PolicyKind::Identity),
            boundary: case.boundary.as_ref().map(|document| evaluate(document, PolicyKind::Identity, &question)),
            session: case.session.as_ref().map(|documents| united(documents, PolicyKind::Session)),
            resource: united(case.resource_policy.as_slice(), resource_kind),
        }
    }

    fn breaks(&self, rule: BrokenPolicyRule) -> bool {
        self.broken == Some(rule)
    }

    fn resource_policy_type(&self) -> PolicyType {
        match self.case.model {
            ResourceModel::Trust | ResourceModel::OwnTrust => PolicyType::Trust,
            _ => PolicyType::Resource,
        }
    }

    /// "An explicit deny in any of these policies overrides the allow." Only one type of policy is named.
    fn explicit_deny(&self) -> Option<Outcome> {
        let named_first = [
            (self.resource_policy_type(), Some(&self.resource)),
            (PolicyType::Identity, Some(&self.identity)),
            (PolicyType::Boundary, self.boundary.as_ref()),
            (PolicyType::Session, self.session.as_ref()),
        ];
        let denies = |policies: &Applying| {
            let overridden = self.breaks(BrokenPolicyRule::AllowOverridesDeny) && !policies.allows.is_empty();
            !policies.denies.is_empty() && !overridden
        };
        let denying = named_first.into_iter().find(|(_, policies)| policies.is_some_and(denies));
        denying.map(|(policy_type, _)| Outcome::ExplicitDeny(policy_type))
    }

    /// Whether the resource belongs to another account, and its policy does not allow the request.
    fn is_refused_by_other_account(&self) -> bool {
        self.case.principal.account != self.case.resource_account && self.resource.allows.is_empty()
    }

    /// The decision when nothing denies explicitly, grants apart.
    fn outcome(&self) -> Outcome {
        if self.case.model == ResourceModel::IdentityOnly {
            return self.callers_side();
        }
        let lacking = Outcome::ImplicitDeny(self.resource_policy_type());
        if self.resource_policy_type() == PolicyType::Trust && self.case.principal.is_root {
            // "Roles may not be assumed by root accounts."
            return lacking;
        }
        if self.case.principal.account != self.case.resource_account {
            // "The request is allowed only if both evaluations allow it." It is not important how the resource's policy names the caller.
            let resource = self.is_named(&[AllowedAs::Exact, AllowedAs::Role, AllowedAs::Anyone, AllowedAs::Account]);
            return match (resource, self.callers_side()) {
                (true, side) => side,
                (false, Outcome::Allow) if self.breaks(BrokenPolicyRule::OneSideAcrossAccounts) => Outcome::Allow,
                (false, _) => lacking,
            };
        }
        if self.is_named(&[AllowedAs::Exact]) {
            // "Permissions that a resource-based policy grants to an IAM user or to a role session are not limited by an implicit deny in an
            // identity-based policy, permissions boundary or session policy."
            // The root user is named by its account's name, so that a session of it is limited (AWS does not say).
            return match self.limits() {
                limited if self.case.principal.is_root => limited,
                boundary @ Outcome::ImplicitDeny(PolicyType::Boundary)
                    if self.breaks(BrokenPolicyRule::BoundaryLimitsExact) =>
                {
                    boundary
                }
                _ => Outcome::Allow,
            };
        }
        let by_role = self.is_named(&[AllowedAs::Role]);
        if by_role && self.breaks(BrokenPolicyRule::RoleEscapesSession) {
            return Outcome::Allow;
        }
        let own_trust = self.case.model == ResourceModel::OwnTrust;
        if by_role || (self.is_named(&[AllowedAs::Anyone]) && !own_trust) {
            // No identity policy is needed. A boundary and a session's policy limit the role. AWS does not say whether they limit what `*` allows.
            return self.limits();
        }
        let delegated = self.is_named(&[AllowedAs::Account]);
        match self.case.model {
            ResourceModel::IdentityOnly | ResourceModel::Ordinary => self.callers_side(),
            ResourceModel::OwnTrust if !self.breaks(BrokenPolicyRule::OwnTrustByAccount) => lacking,
            _ if delegated && self.breaks(BrokenPolicyRule::DelegationAllows) => self.limits(),
            _ if delegated || self.breaks(BrokenPolicyRule::IdentityWithoutDelegation) => self.callers_side(),
            _ if self.case.principal.is_root && self.breaks(BrokenPolicyRule::RootOwnsKeys) => Outcome::Allow,
            _ => lacking,
        }
    }

    /// Whether the resource's policy allows the caller in one of these forms.
    fn is_named(&self, forms: &[AllowedAs]) -> bool {
        self.resource.allows.iter().any(|(_, form)| forms.contains(form))
    }

    /// The decision of the caller's own policies. The root user may do everything in its account.
    fn callers_side(&self) -> Outcome {
        if self.identity.allows.is_empty() && !self.case.principal.is_root {
            return Outcome::ImplicitDeny(PolicyType::Identity);
        }
        self.limits()
    }

    /// A boundary and a session's policies give nothing; they limit what other policies give.
    fn limits(&self) -> Outcome {
        let lacks = |policies: &Option<Applying>| policies.as_ref().is_some_and(|policies| policies.allows.is_empty());
        if lacks(&self.boundary) && !self.breaks(BrokenPolicyRule::IgnoreBoundary) {
            Outcome::ImplicitDeny(PolicyType::Boundary)
        } else if lacks(&self.session) && !self.breaks(BrokenPolicyRule::IgnoreSession) {
            Outcome::ImplicitDeny(PolicyType::Session)
        } else {
            Outcome::Allow
        }
    }

    /// The decision for a caller whom a grant allows the request, but no policy. Grants cannot deny, and a boundary and a session's policy limit them.
    fn granted(&self, to: GrantTo) -> Outcome {
        match to {
            GrantTo::Principal if self.breaks(BrokenPolicyRule::GrantIsNotLimited) => Outcome::Allow,
            GrantTo::Principal => self.limits(),
            GrantTo::Account if self.breaks(BrokenPolicyRule::AccountGrantAllows) => self.limits(),
            GrantTo::Account => self.callers_side(),
        }
    }
}
