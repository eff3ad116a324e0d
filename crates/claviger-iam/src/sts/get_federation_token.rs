//! GetFederationToken: temporary credentials for somebody whom the caller vouches for. They open what the session's policies and those of the
//! caller both allow, and what resources allow the federated user by its ARN.

use claviger_model::sts::{FederatedUser, GetFederationTokenRequest, GetFederationTokenResponse};
use claviger_types::{Caller, CallerKind, FederatingUser, SessionContext};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::get_session_token::duration;
use super::session::{Asked, Plan};
use super::{issue, role_session};

pub(crate) struct GetFederationToken;

impl Operation for GetFederationToken {
    const ACTION: &'static str = "sts:GetFederationToken";
    const READ_ONLY: bool = true;
    type Input = GetFederationTokenRequest;
    type Output = GetFederationTokenResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        if cx.caller.session.is_some() {
            return Err(Error::Denied("Cannot call GetFederationToken with session credentials".to_owned()));
        }
        let asked = Asked {
            policy: input.policy.as_deref(),
            policy_arns: input.policy_arns.as_deref(),
            tags: input.tags.as_deref().unwrap_or_default(),
            ..Asked::default()
        };
        let plan = Plan::of(&asked, cx.caller)?;
        let arn = federated(cx, &input.name).arn(cx.partition());
        let ask = |action| {
            let permission = RequiredPermission::new(action, arn.as_str(), cx.account(), ResourcePolicy::Identity);
            let permission = permission.without_reason();
            let permission =
                permission.with_many("aws:TagKeys", plan.tags.iter().map(|(key, _)| key.clone()).collect());
            plan.tags.iter().fold(permission, |permission, (key, value)| {
                permission.with(format!("aws:RequestTag/{key}"), value.as_str())
            })
        };
        let mut permissions = vec![ask(Self::ACTION)];
        permissions.extend((!plan.tags.is_empty()).then(|| ask("sts:TagSession")));
        Ok(Resolved::new(permissions, Ok(plan)))
    }

    fn run(input: Self::Input, target: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let plan = target.into_inner();
        role_session::require_policies(cx, cx.account(), &plan)?;
        let secs = duration(input.duration_seconds, cx.caller.is_root());
        let session = SessionContext {
            policies: plan.policies,
            tags: plan.tags,
            ..SessionContext::plain(cx.now, issue::end(cx, secs))
        };
        let caller = federated(cx, &input.name);
        let shown = FederatedUser { federated_user_id: caller.user_id(), arn: caller.arn(cx.partition()) };
        Ok(GetFederationTokenResponse {
            credentials: Some(issue::credentials(cx, caller.account, caller.kind, session)?),
            federated_user: Some(shown),
            packed_policy_size: plan.packed_percent,
        })
    }
}

/// The principal that the session's requests come from.
fn federated(cx: &Cx<'_, '_>, name: &str) -> Caller {
    let user = match &cx.caller.kind {
        CallerKind::User { path, name, id } => {
            Some(FederatingUser { path: path.clone(), name: name.clone(), id: id.clone() })
        }
        _ => None,
    };
    let kind = CallerKind::FederatedUser { name: name.to_owned(), user };
    Caller { account: cx.account().clone(), kind, access_key_id: String::new(), session: None }
}
