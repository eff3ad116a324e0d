//! The condition keys that every request has, in all services.

use claviger_policy::Context;
use claviger_types::{Caller, CallerKind};

use crate::context::{Cx, RequestInfo};
use crate::permission::RequiredPermission;

/// Fills the global condition keys (reference: IAM User Guide, "AWS global condition context keys").
pub(crate) fn fill(cx: &Cx<'_, '_>, permission: &mut RequiredPermission) {
    let Cx { caller, now, .. } = cx;
    let context = &mut permission.context;
    context.set("aws:PrincipalArn", caller.principal_arn(cx.partition()));
    context.set("aws:PrincipalAccount", caller.account.as_str());
    context.set("aws:PrincipalType", principal_type(caller));
    context.set("aws:userid", caller.user_id());
    if let CallerKind::User { name, .. } = &caller.kind {
        context.set("aws:username", name.as_str());
    }
    if let Some(session) = &caller.session {
        context.set("aws:TokenIssueTime", session.issued.iso8601());
        // Only temporary credentials have this key, and none are issued with MFA.
        context.set("aws:MultiFactorAuthPresent", "false");
        if let Some(identity) = &session.source_identity {
            context.set("aws:SourceIdentity", identity.as_str());
        }
    }
    context.set("aws:CurrentTime", now.iso8601());
    context.set("aws:EpochTime", now.secs().to_string());
    if !context.has("aws:RequestedRegion") {
        context.set("aws:RequestedRegion", cx.region().as_str());
    }
    context.set("aws:ResourceAccount", permission.owner.as_str());
    fill_request(context, cx.request);
}

fn fill_request(context: &mut Context, request: &RequestInfo) {
    if !context.has("aws:ViaAWSService") {
        context.set("aws:ViaAWSService", "false");
        if let Some(ip) = request.source_ip {
            context.set("aws:SourceIp", ip.to_string());
        }
    }
    context.set("aws:SecureTransport", if request.secure { "true" } else { "false" });
    if let Some(agent) = &request.user_agent {
        context.set("aws:UserAgent", agent.as_str());
    }
}

fn principal_type(caller: &Caller) -> &'static str {
    match caller.kind {
        CallerKind::Root => "Account",
        CallerKind::User { .. } => "User",
        CallerKind::RoleSession { .. } => "AssumedRole",
    }
}
