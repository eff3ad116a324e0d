//! Decides on the permissions of a request: gathers every policy that applies and lets `claviger-policy` decide.
//!
//! Only this module can make an [`Authorized`], and no operation runs without one.

use claviger_policy::{AllowedAs, Decision, Denial, Inputs, Policy, PolicyKind, Principal, Request, ResourceModel};
use claviger_types::{AccountId, Arn, Caller, CallerKind, Partition};

use crate::audit::AuditContext;
use crate::authorization_message;
use crate::binding::{self, StoredPolicy};
use crate::caller_policies::{self, CallerPolicies};
use crate::condition_keys::RequestKeys;
use crate::context::{Cx, RunCx};
use crate::error::Error;
use crate::explanation::{Explanation, Question};
use crate::permission::{RequiredPermission, ResourcePolicy};
use crate::resolved::Resolved;

/// The proof that the caller may act on the target. Its field is private to this module: nothing else can make one, so no operation acts on a
/// target without a decision on its permissions. This compiles:
///
/// ```
/// # use claviger_core::authorize::Authorized;
/// # use claviger_core::context::{Cx, RunCx};
/// # use claviger_core::error::Error;
/// # use claviger_core::operation::{Operation, Resolved};
/// # use claviger_core::permission::{RequiredPermission, ResourcePolicy};
/// struct Ping;
///
/// impl Operation for Ping {
///     const ACTION: &'static str = "kms:Ping";
///     const READ_ONLY: bool = true;
///     type Input = ();
///     type Output = ();
///     type Target = u8;
///
///     fn resolve(_: &(), cx: &Cx<'_, '_>) -> Result<Resolved<u8>, Error> {
///         let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
///         Ok(Resolved::found(permission, 7))
///     }
///
///     fn run(_: (), target: Authorized<u8>, _: &mut RunCx<'_, '_>) -> Result<(), Error> {
///         act(target)
///     }
/// }
///
/// fn act(_target: Authorized<u8>) -> Result<(), Error> {
///     Ok(())
/// }
/// ```
///
/// Acting before the decision does not, since nobody has the proof yet:
///
/// ```compile_fail
/// # use claviger_core::authorize::Authorized;
/// # use claviger_core::context::{Cx, RunCx};
/// # use claviger_core::error::Error;
/// # use claviger_core::operation::{Operation, Resolved};
/// # use claviger_core::permission::{RequiredPermission, ResourcePolicy};
/// # struct Ping;
/// #
/// # impl Operation for Ping {
/// #     const ACTION: &'static str = "kms:Ping";
/// #     const READ_ONLY: bool = true;
/// #     type Input = ();
/// #     type Output = ();
/// #     type Target = u8;
/// #
/// #     fn resolve(_: &(), cx: &Cx<'_, '_>) -> Result<Resolved<u8>, Error> {
///         act(Authorized(7))?;
/// #         let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
/// #         Ok(Resolved::found(permission, 7))
/// #     }
/// #
/// #     fn run(_: (), target: Authorized<u8>, _: &mut RunCx<'_, '_>) -> Result<(), Error> {
/// #         act(target)
/// #     }
/// # }
/// #
/// # fn act(_target: Authorized<u8>) -> Result<(), Error> {
/// #     Ok(())
/// # }
/// ```
///
/// Neither does acting on a target without its proof:
///
/// ```compile_fail
/// # use claviger_core::authorize::Authorized;
/// # use claviger_core::context::{Cx, RunCx};
/// # use claviger_core::error::Error;
/// # use claviger_core::operation::{Operation, Resolved};
/// # use claviger_core::permission::{RequiredPermission, ResourcePolicy};
/// # struct Ping;
/// #
/// # impl Operation for Ping {
/// #     const ACTION: &'static str = "kms:Ping";
/// #     const READ_ONLY: bool = true;
/// #     type Input = ();
/// #     type Output = ();
/// #     type Target = u8;
/// #
/// #     fn resolve(_: &(), cx: &Cx<'_, '_>) -> Result<Resolved<u8>, Error> {
/// #         let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
/// #         Ok(Resolved::found(permission, 7))
/// #     }
/// #
/// #     fn run(_: (), _target: Authorized<u8>, _: &mut RunCx<'_, '_>) -> Result<(), Error> {
///         act(7)
/// #     }
/// # }
/// #
/// # fn act(_target: Authorized<u8>) -> Result<(), Error> {
/// #     Ok(())
/// # }
/// ```
///
/// Nor an operation that asks for no proof:
///
/// ```compile_fail
/// # use claviger_core::authorize::Authorized;
/// # use claviger_core::context::{Cx, RunCx};
/// # use claviger_core::error::Error;
/// # use claviger_core::operation::{Operation, Resolved};
/// # use claviger_core::permission::{RequiredPermission, ResourcePolicy};
/// # struct Ping;
/// #
/// # impl Operation for Ping {
/// #     const ACTION: &'static str = "kms:Ping";
/// #     const READ_ONLY: bool = true;
/// #     type Input = ();
/// #     type Output = ();
/// #     type Target = u8;
/// #
/// #     fn resolve(_: &(), cx: &Cx<'_, '_>) -> Result<Resolved<u8>, Error> {
/// #         let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
/// #         Ok(Resolved::found(permission, 7))
/// #     }
/// #
///     fn run(_: (), target: u8, _: &mut RunCx<'_, '_>) -> Result<(), Error> {
/// #         drop(target);
/// #         Ok(())
/// #     }
/// # }
/// #
/// # fn act(_target: Authorized<u8>) -> Result<(), Error> {
/// #     Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Authorized<T>(T);

impl<T> Authorized<T> {
    /// Takes the target out of its proof.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// The proof for the target by reference.
    pub fn as_ref(&self) -> Authorized<&T> {
        Authorized(&self.0)
    }

    /// Carries the proof to a part of the target, or to a record that stands for it. The compiler does not check that the result
    /// belongs to the target.
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Authorized<U> {
        Authorized(part(self.0))
    }
}

impl<A, B> Authorized<(A, B)> {
    /// Carries the proof to both parts.
    pub fn split(self) -> (Authorized<A>, Authorized<B>) {
        let (one, other) = self.0;
        (Authorized(one), Authorized(other))
    }
}

impl<T> Authorized<Option<T>> {
    /// Carries the proof to the target, if there is one.
    pub fn transpose(self) -> Option<Authorized<T>> {
        self.0.map(Authorized)
    }
}

impl<T> std::ops::Deref for Authorized<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Decides on all permissions of a request, in order. A target that could not be found is an error only after that.
pub(crate) fn authorize<T>(
    cx: &Cx<'_, '_>,
    audit: &AuditContext,
    resolved: Resolved<T>,
) -> Result<Authorized<T>, Error> {
    require_all(cx, audit, resolved.permissions)?;
    resolved.target.map(Authorized).map_err(|unfound| {
        if let Some(call) = unfound.call {
            audit.record_failure(call.asked, call.refusal);
        }
        unfound.error
    })
}

/// As [`authorize`], for work that is not an operation of its own, which always requires a permission.
pub(crate) fn authorize_guarded<T>(
    cx: &Cx<'_, '_>,
    audit: &AuditContext,
    resolved: Resolved<T>,
) -> Result<Authorized<T>, Error> {
    if resolved.permissions.is_empty() && resolved.target.is_ok() {
        return Err(Error::Internal("work on a target was to be done without a permission".to_owned()));
    }
    authorize(cx, audit, resolved)
}

/// The denial of work in the name of a user or role that was deleted. It is recorded as a denial by policies is.
pub(crate) fn deny_deleted<T>(cx: &Cx<'_, '_>, audit: &AuditContext, resolved: &Resolved<T>) -> Error {
    let who = cx.caller.arn(cx.partition());
    let Some(permission) = resolved.permissions.first() else {
        return Error::Denied(format!("User: {who} no longer exists"));
    };
    let action = permission.action;
    let text = format!("User: {who} is not authorized to perform: {action} because the user or role no longer exists");
    permission.note_resource(audit);
    permission.note_denied_call(audit, || text.clone());
    Error::Denied(text)
}

impl RunCx<'_, '_> {
    /// Requires a further permission of the resource as a change would leave it. It proves nothing: the operation has its proof.
    pub fn require(&self, permission: RequiredPermission) -> Result<(), Error> {
        require_all(self, self.audit, vec![permission])
    }

    /// Decides on a part of an operation that is left out if the caller may not do it. A denial of the part does not deny the
    /// request. A part that requires no permission is a mistake of the operation, and is refused.
    pub fn authorize_part<T>(&self, part: Resolved<T>) -> Result<Authorized<T>, Error> {
        authorize_guarded(self, self.audit, part)
    }
}

fn require_all(cx: &Cx<'_, '_>, audit: &AuditContext, permissions: Vec<RequiredPermission>) -> Result<(), Error> {
    if permissions.is_empty() {
        return Ok(());
    }
    let subject = Subject::gather(cx)?;
    for permission in permissions {
        permission.note_resource(audit);
        if let Some(denial) = decide(cx, &subject, &permission)? {
            permission.note_denial(cx, audit, &denial);
            let mut text = permission.denial_text(cx, &denial, &permission.denial_style);
            explain_denial(cx, &subject, &permission, &mut text)?;
            return Err(Error::Denied(text));
        }
    }
    Ok(())
}

/// Remembers why a permission was denied, and adds the encoded reason to the text if the server is told to.
fn explain_denial(
    cx: &Cx<'_, '_>,
    subject: &Subject,
    permission: &RequiredPermission,
    text: &mut String,
) -> Result<(), Error> {
    // The reason tells of the resource: its policy, its tags. Another account's caller is not to learn them, nor to have them from
    // somebody of its own account.
    let encodes = cx.facts.encodes_denials && resource_account(permission) == cx.account();
    let remembers = cx.denials.wants(cx.account(), &cx.request.id);
    if !encodes && !remembers {
        return Ok(());
    }
    let explanation = explained(cx, subject, permission)?;
    if encodes {
        text.push_str(authorization_message::INTRODUCTION);
        text.push_str(&authorization_message::encode(cx, &explanation)?);
    }
    if remembers {
        cx.denials.note(cx.account(), &cx.request.id, cx.now, cx.region(), explanation);
    }
    Ok(())
}

/// A denial that no policy decides, for a reason that the caller does not learn: a role that does not exist, credentials that open less.
pub fn denied_by_rule(cx: &Cx<'_, '_>, action: &str, resource: &str, reason: &str, text: String) -> Error {
    let question = Question {
        principal: &cx.caller.arn(cx.partition()),
        action,
        resource,
        resource_account: cx.account().as_str(),
        grants: None,
        conditions: Vec::new(),
    };
    let explanation = Explanation::by_rule(question, reason);
    // As beside a denial by policies, so that the text tells nothing of the reason.
    let is_own = Arn::parse(resource).is_ok_and(|arn| arn.account == cx.account().as_str());
    let mut text = text;
    if cx.facts.encodes_denials && is_own {
        match authorization_message::encode(cx, &explanation) {
            Ok(message) => text.extend([authorization_message::INTRODUCTION, &message]),
            Err(error) => return error,
        }
    }
    if cx.denials.wants(cx.account(), &cx.request.id) {
        cx.denials.note(cx.account(), &cx.request.id, cx.now, cx.region(), explanation);
    }
    Error::Denied(text)
}

/// Whether the caller has a permission, without a trace in the audit record.
pub fn allows(cx: &Cx<'_, '_>, permission: RequiredPermission) -> Result<bool, Error> {
    Ok(decide(cx, &Subject::gather(cx)?, &permission)?.is_none())
}

/// The caller as policies see it, the same for all permissions of a request.
struct Subject {
    principal: Principal,
    policies: CallerPolicies,
}

impl Subject {
    fn gather(cx: &Cx<'_, '_>) -> Result<Subject, Error> {
        Ok(Subject { principal: principal(cx.caller, cx.partition()), policies: caller_policies::of_caller(cx)? })
    }
}

fn decide(cx: &Cx<'_, '_>, subject: &Subject, permission: &RequiredPermission) -> Result<Option<Denial>, Error> {
    let decision = with_inputs(cx, subject, permission, |inputs, _| Ok(decision(cx, permission, inputs)?.0))?;
    Ok(match decision {
        Decision::Allow { .. } => None,
        Decision::Deny(denial) => Some(denial),
    })
}

/// Asks something about a permission of all policies that count for it.
fn with_inputs<T>(
    cx: &Cx<'_, '_>,
    subject: &Subject,
    permission: &RequiredPermission,
    ask: impl FnOnce(&Inputs<'_>, &RequestKeys<'_, '_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let Subject { principal, policies } = subject;
    let keys = RequestKeys::new(cx, permission, policies.tags());
    let (resource, model) = resource_policy(cx, &permission.resource_policy, principal)?;
    let inputs = Inputs {
        request: Request { principal, action: permission.action, resource: &permission.resource, context: &keys },
        identity: &policies.own.identity,
        boundary: policies.own.boundary.as_ref(),
        session: policies.session.as_ref(),
        resource: resource.as_ref(),
        resource_account: resource_account(permission).as_str(),
        model,
    };
    let answer = ask(&inputs, &keys)?;
    // A value that could not be read made its condition unknown. The answer is then none.
    keys.into_result()?;
    Ok(answer)
}

/// The decision, and whether a grant made it; none if grants were not asked.
fn decision(
    cx: &Cx<'_, '_>,
    permission: &RequiredPermission,
    inputs: &Inputs<'_>,
) -> Result<(Decision, Option<bool>), Error> {
    let (decision, by_grant) = claviger_policy::decide_or_ask(inputs, || granted_as(cx, permission))?;
    // A permission that no grant can give was not asked about.
    let is_grantable =
        permission.grants.is_some() || matches!(permission.resource_policy, ResourcePolicy::Retirement { .. });
    Ok((decision, by_grant.filter(|_| is_grantable)))
}

/// Whether the caller could have a permission if the request had other values than it has.
pub fn could_allow(cx: &Cx<'_, '_>, permission: &RequiredPermission) -> Result<bool, Error> {
    with_inputs(cx, &Subject::gather(cx)?, permission, |inputs, _| Ok(claviger_policy::could_allow(inputs)))
}

/// Decides on a permission, and tells why.
pub fn explain(cx: &Cx<'_, '_>, permission: &RequiredPermission) -> Result<Explanation, Error> {
    explained(cx, &Subject::gather(cx)?, permission)
}

fn explained(cx: &Cx<'_, '_>, subject: &Subject, permission: &RequiredPermission) -> Result<Explanation, Error> {
    with_inputs(cx, subject, permission, |inputs, keys| {
        let (decision, by_grant) = decision(cx, permission, inputs)?;
        let question = Question {
            principal: &subject.principal.arn,
            action: permission.action,
            resource: &permission.resource,
            resource_account: resource_account(permission).as_str(),
            grants: by_grant.map(|allows| match allows {
                true => "a grant on the key gives it to the caller",
                false => "no grant on the key gives it to the caller",
            }),
            conditions: keys.shown(),
        };
        Ok(Explanation::new(question, &decision, &claviger_policy::explain(inputs)))
    })
}

/// The account whose policies decide without the consent of another one.
fn resource_account(permission: &RequiredPermission) -> &AccountId {
    match &permission.resource_policy {
        ResourcePolicy::Retirement { issuer, .. } => issuer,
        _ => &permission.owner,
    }
}

/// The form in which a grant names the caller and allows what the policies do not.
fn granted_as(cx: &Cx<'_, '_>, permission: &RequiredPermission) -> Result<Option<AllowedAs>, Error> {
    match (&permission.resource_policy, &permission.grants) {
        (ResourcePolicy::Retirement { holder, .. }, _) => Ok(*holder),
        (_, Some(grants)) => grants.allowed_as(cx, permission.action),
        (_, None) => Ok(None),
    }
}

fn resource_policy(
    cx: &Cx<'_, '_>,
    resource_policy: &ResourcePolicy,
    principal: &Principal,
) -> Result<(Option<Policy>, ResourceModel), Error> {
    let parse = |stored: &StoredPolicy, kind: PolicyKind| {
        let policy = cx.policies.of_record(&stored.text, kind)?;
        Ok::<_, Error>(Some(binding::apply(policy, &stored.bound, principal)))
    };
    Ok(match resource_policy {
        ResourcePolicy::Identity => (None, ResourceModel::IdentityOnly),
        ResourcePolicy::Key(policy) => (parse(policy, PolicyKind::Key)?, ResourceModel::KeyPolicy),
        ResourcePolicy::NewKey(policy, bound) => {
            (Some(binding::apply(policy.clone(), bound, principal)), ResourceModel::KeyPolicy)
        }
        ResourcePolicy::NoKey => (None, ResourceModel::KeyPolicy),
        ResourcePolicy::Retirement { policy, .. } => (parse(policy, PolicyKind::Key)?, ResourceModel::IdentityOnly),
        ResourcePolicy::Secret(None) => (None, ResourceModel::Ordinary),
        ResourcePolicy::Secret(Some(policy)) => (parse(policy, PolicyKind::Resource)?, ResourceModel::Ordinary),
        // AssumeRole admits a root in dev mode only. The trust policy must then name the root or its account.
        ResourcePolicy::Trust(policy) if cx.caller.is_root() => {
            (parse(policy, PolicyKind::Trust)?, ResourceModel::KeyPolicy)
        }
        ResourcePolicy::Trust(policy) => (parse(policy, PolicyKind::Trust)?, ResourceModel::Trust),
        ResourcePolicy::OwnTrust(policy) => (parse(policy, PolicyKind::Trust)?, ResourceModel::OwnTrust),
    })
}

/// The caller in the forms that a policy can name.
pub fn principal(caller: &Caller, partition: Partition) -> Principal {
    let role_arn = matches!(caller.kind, CallerKind::RoleSession { .. }).then(|| caller.principal_arn(partition));
    Principal {
        account: caller.account.to_string(),
        arn: caller.arn(partition),
        role_arn,
        is_root: caller.is_root(),
        unique_id: match &caller.kind {
            CallerKind::RoleSession { role_id, .. } => role_id.clone(),
            _ => caller.user_id(),
        },
    }
}
