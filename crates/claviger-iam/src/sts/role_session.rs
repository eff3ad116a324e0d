//! Sessions of roles: the parts that all ways to assume a role share.

use claviger_model::sts::{AssumedRoleUser, Credentials, error};
use claviger_store::tables::iam_table::{self, RoleRecord};
use claviger_types::{AccountId, Caller, CallerKind, Federation, IamArn, IamKind, Partition, SessionContext};

use claviger_core::caller_policies;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::issue;
use super::session::Plan;

/// The account and the name of the role that `text` names, if it is the ARN of a role.
pub(crate) fn parse_arn(partition: Partition, text: &str) -> Option<(AccountId, IamArn)> {
    let named = IamArn::parse(text).ok().filter(|arn| arn.kind == IamKind::Role && arn.partition == partition)?;
    Some((named.account()?.clone(), named))
}

/// The role of a name. Its path and the name's case are part of the ARN and must be right too.
pub(crate) fn role(cx: &Cx<'_, '_>, account: &AccountId, named: &IamArn) -> Result<Option<RoleRecord>, Error> {
    let role = iam_table::role(cx.tx, account, &named.name)?;
    Ok(role.filter(|role| role.identity.path == named.path && role.identity.name == named.name))
}

/// Gives a permission to assume a role the condition keys of the session and of the role.
pub(crate) fn with_conditions(
    permission: RequiredPermission,
    session_name: &str,
    role: &RoleRecord,
    plan: &Plan,
) -> RequiredPermission {
    let mut permission = permission
        .with("sts:RoleSessionName", session_name)
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

/// Begins a session.
pub(crate) fn begin(
    cx: &Cx<'_, '_>,
    account: AccountId,
    role: RoleRecord,
    session: String,
    plan: Plan,
    federation: Option<Federation>,
) -> Result<(Credentials, AssumedRoleUser), Error> {
    if plan.secs > role.max_session_secs {
        let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(Error::Validation(text.to_owned()));
    }
    require_policies(cx, &account, &plan)?;
    let context = SessionContext {
        issued: cx.now,
        expires: issue::end(cx, plan.secs),
        policies: plan.policies,
        tags: plan.tags,
        transitive_tags: plan.transitive_tags,
        source_identity: plan.source_identity,
        federation,
    };
    let (path, name, role_id) = (role.identity.path, role.identity.name, role.identity.id);
    let kind = CallerKind::RoleSession { path, role: name, role_id, session };
    let assumed = assumed_role_user(cx, &account, &kind);
    Ok((issue::credentials(cx, account, kind, context)?, assumed))
}

/// Managed session policies must belong to the session's account or to AWS, and must exist.
pub(crate) fn require_policies(cx: &Cx<'_, '_>, account: &AccountId, plan: &Plan) -> Result<(), Error> {
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
