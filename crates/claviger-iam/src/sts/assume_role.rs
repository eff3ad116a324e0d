//! AssumeRole: temporary credentials of a role, for the principals of its trust policy.
//!
//! Every refusal has the same text, also for a role that does not exist, so that a caller does not learn which roles exist.

use claviger_model::sts::{AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser, error};
use claviger_store::tables::iam_table::{self, RoleRecord};
use claviger_types::{AccountId, Caller, CallerKind, IamArn, IamKind, SessionContext};

use claviger_core::authorize::Authorized;
use claviger_core::binding::StoredPolicy;
use claviger_core::caller_policies;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::session::Plan;
use super::{issue, mfa};

pub(crate) struct AssumeRole;

/// The role and the session that a request names.
pub(crate) struct Target {
    account: AccountId,
    role: RoleRecord,
    plan: Plan,
}

impl Operation for AssumeRole {
    const ACTION: &'static str = "sts:AssumeRole";
    // CloudTrail counts it among the reads.
    const READ_ONLY: bool = true;
    type Input = AssumeRoleRequest;
    type Output = AssumeRoleResponse;
    type Target = Target;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Target>, Error> {
        let (account, named) = parse_arn(cx, &input.role_arn)?;
        refuse_root(cx)?;
        mfa::refuse(input.serial_number.as_deref(), input.token_code.as_deref())?;
        if input.provided_contexts.as_ref().is_some_and(|contexts| !contexts.is_empty()) {
            return Err(Error::Validation("ProvidedContexts is not supported by this service.".to_owned()));
        }
        let plan = Plan::of(input, cx.caller)?;
        let role = iam_table::role(cx.tx, &account, &named.name)?;
        // Path and the name's case are part of the ARN and must be right too.
        let role = role.filter(|role| role.identity.path == named.path && role.identity.name == named.name);
        let role = role.ok_or_else(|| denied(cx, &input.role_arn))?;
        let target = Target { account, role, plan };
        Ok(Resolved::new(permissions(input, &target, cx), Ok(target)))
    }

    fn run(
        input: Self::Input,
        target: Authorized<Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<AssumeRoleResponse, Error> {
        let Target { account, role, plan } = target.into_inner();
        if plan.secs > role.max_session_secs {
            let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return Err(Error::Validation(text.to_owned()));
        }
        require_policies(cx, &account, &plan)?;
        let session = SessionContext {
            issued: cx.now,
            expires: issue::end(cx, plan.secs),
            policies: plan.policies,
            tags: plan.tags,
            transitive_tags: plan.transitive_tags,
            source_identity: plan.source_identity.clone(),
        };
        let kind = CallerKind::RoleSession {
            path: role.identity.path,
            role: role.identity.name,
            role_id: role.identity.id,
            session: input.role_session_name,
        };
        let assumed = assumed_role_user(cx, &account, &kind);
        Ok(AssumeRoleResponse {
            credentials: Some(issue::credentials(cx, account, kind, session)?),
            assumed_role_user: Some(assumed),
            packed_policy_size: plan.packed_percent,
            source_identity: plan.source_identity,
        })
    }
}

fn permissions(input: &AssumeRoleRequest, target: &Target, cx: &Cx<'_, '_>) -> Vec<RequiredPermission> {
    let Target { account, role, plan } = target;
    let is_own = matches!(&cx.caller.kind, CallerKind::RoleSession { role_id, .. } if *role_id == role.identity.id);
    let ask = |action| {
        let trust = StoredPolicy::new(&role.trust, &role.bound);
        let resource_policy = if is_own { ResourcePolicy::OwnTrust(trust) } else { ResourcePolicy::Trust(trust) };
        let permission =
            RequiredPermission::new(action, input.role_arn.as_str(), account, resource_policy).without_reason();
        with_conditions(permission, input, role, plan)
    };
    let mut permissions = vec![ask(AssumeRole::ACTION)];
    if !plan.tags.is_empty() {
        permissions.push(ask("sts:TagSession"));
    }
    if plan.source_identity.is_some() {
        permissions.push(ask("sts:SetSourceIdentity"));
    }
    permissions
}

/// The role that `text` names, and its account.
fn parse_arn(cx: &Cx<'_, '_>, text: &str) -> Result<(AccountId, IamArn), Error> {
    let named = IamArn::parse(text).ok().filter(|arn| arn.kind == IamKind::Role && arn.partition == cx.partition());
    let named = named.and_then(|arn| Some((arn.account()?.clone(), arn)));
    named.ok_or_else(|| Error::Validation(format!("{text} is invalid")))
}

/// AWS does not let a root assume a role. In dev mode there may be no other identity at first, so there the trust policy
/// decides on the root as on its account.
fn refuse_root(cx: &Cx<'_, '_>) -> Result<(), Error> {
    if cx.caller.is_root() && !cx.facts.dev {
        return Err(Error::Denied("Roles may not be assumed by root accounts.".to_owned()));
    }
    Ok(())
}

/// The text of a denial, for a role that does not exist.
fn denied(cx: &Cx<'_, '_>, role_arn: &str) -> Error {
    let who = cx.caller.arn(cx.partition());
    Error::Denied(format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"))
}

fn with_conditions(
    permission: RequiredPermission,
    input: &AssumeRoleRequest,
    role: &RoleRecord,
    plan: &Plan,
) -> RequiredPermission {
    let mut permission = permission
        .with("sts:RoleSessionName", input.role_session_name.as_str())
        .with_opt("sts:ExternalId", input.external_id.as_deref())
        .with_opt("sts:SourceIdentity", plan.source_identity.as_deref())
        .with_many("aws:TagKeys", plan.tags.iter().map(|(key, _)| key.clone()).collect())
        .with_many("sts:TransitiveTagKeys", plan.transitive_tags.clone());
    for (key, value) in &plan.tags {
        permission = permission.with(format!("aws:RequestTag/{key}"), value.as_str());
    }
    for tag in &role.identity.tags {
        permission = permission
            .with(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str())
            .with(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
    }
    permission
}

/// Managed session policies must belong to the role's account or to AWS, and must exist.
fn require_policies(cx: &Cx<'_, '_>, account: &AccountId, plan: &Plan) -> Result<(), Error> {
    for arn in plan.policies.iter().filter(|policy| caller_policies::is_arn(policy)) {
        if caller_policies::managed_document(cx.tx, account, arn)?.is_none() {
            let text = format!("Policy {arn} does not exist or is not attachable.");
            return Err(Error::new(error::MALFORMED_POLICY_DOCUMENT_EXCEPTION, text));
        }
    }
    Ok(())
}

fn assumed_role_user(cx: &Cx<'_, '_>, account: &AccountId, kind: &CallerKind) -> AssumedRoleUser {
    let session = Caller { account: account.clone(), kind: kind.clone(), access_key_id: String::new(), session: None };
    AssumedRoleUser { assumed_role_id: session.user_id(), arn: session.arn(cx.partition()) }
}
