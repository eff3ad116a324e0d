//! AssumeRole: temporary credentials of a role, for the principals of its trust policy.
//!
//! Every refusal has the same text, also for a role that does not exist, so that a caller does not learn which roles exist.

use claviger_model::sts::{AssumeRoleRequest, AssumeRoleResponse};
use claviger_store::tables::iam_table::RoleRecord;
use claviger_types::{AccountId, CallerKind, IamArn};

use claviger_core::authorize::{self, Authorized};
use claviger_core::binding::StoredPolicy;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::session::{Asked, Plan};
use super::{mfa, role_session};

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
        refuse_federated(cx, &input.role_arn)?;
        mfa::refuse(input.serial_number.as_deref(), input.token_code.as_deref())?;
        if input.provided_contexts.as_ref().is_some_and(|contexts| !contexts.is_empty()) {
            return Err(Error::Validation("ProvidedContexts is not supported by this service.".to_owned()));
        }
        let plan = Plan::of(&Asked::from(input), cx.caller)?;
        let role = role_session::role(cx, &account, &named)?;
        let role = role.ok_or_else(|| denied(cx, &input.role_arn, "the role does not exist"))?;
        let target = Target { account, role, plan };
        Ok(Resolved::new(permissions(input, &target, cx), Ok(target)))
    }

    fn run(
        input: Self::Input,
        target: Authorized<Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<AssumeRoleResponse, Error> {
        let Target { account, role, plan } = target.into_inner();
        let (packed_policy_size, source_identity) = (plan.packed_percent, plan.source_identity.clone());
        let (credentials, assumed) = role_session::begin(cx, account, role, input.role_session_name, plan, None)?;
        Ok(AssumeRoleResponse {
            credentials: Some(credentials),
            assumed_role_user: Some(assumed),
            packed_policy_size,
            source_identity,
        })
    }
}

impl<'a> From<&'a AssumeRoleRequest> for Asked<'a> {
    fn from(input: &'a AssumeRoleRequest) -> Asked<'a> {
        Asked {
            duration_seconds: input.duration_seconds,
            policy: input.policy.as_deref(),
            policy_arns: input.policy_arns.as_deref(),
            tags: input.tags.as_deref().unwrap_or_default(),
            transitive_tag_keys: input.transitive_tag_keys.as_deref().unwrap_or_default(),
            source_identity: input.source_identity.as_deref(),
            further_bytes: 0,
        }
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
        role_session::with_conditions(permission, &input.role_session_name, role, plan)
            .with_opt("sts:ExternalId", input.external_id.as_deref())
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
    role_session::parse_arn(cx.partition(), text).ok_or_else(|| Error::Validation(format!("{text} is invalid")))
}

/// AWS does not let a root assume a role. In dev mode there may be no other identity at first, so there the trust policy
/// decides on the root as on its account.
fn refuse_root(cx: &Cx<'_, '_>) -> Result<(), Error> {
    if cx.caller.is_root() && !cx.facts.dev {
        return Err(Error::Denied("Roles may not be assumed by root accounts.".to_owned()));
    }
    Ok(())
}

/// Of STS, the credentials of GetFederationToken open GetCallerIdentity alone (reference: AWS STS, GetFederationToken).
fn refuse_federated(cx: &Cx<'_, '_>, role_arn: &str) -> Result<(), Error> {
    if !matches!(cx.caller.kind, CallerKind::FederatedUser { .. }) {
        return Ok(());
    }
    Err(denied(cx, role_arn, "credentials of GetFederationToken do not open AssumeRole"))
}

/// The denial of every role that the caller may not assume. The reason is for operators.
fn denied(cx: &Cx<'_, '_>, role_arn: &str, reason: &str) -> Error {
    let who = cx.caller.arn(cx.partition());
    let text = format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
    authorize::denied_by_rule(cx, AssumeRole::ACTION, role_arn, reason, text)
}
