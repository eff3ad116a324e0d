//! AssumeRoleWithWebIdentity: temporary credentials of a role, for the subject of a token of an OpenID Connect provider.
//!
//! The request has no signature. The token is verified before it gets here: `claviger_core::web_identity`.

use claviger_model::sts::{AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse, Tag, error};
use claviger_store::tables::iam_table::RoleRecord;
use claviger_types::{AccountId, CallerKind, Federation, IamArn, IamKind, Partition, Sensitive, WebIdentity};

use claviger_core::authorize::{self, Authorized};
use claviger_core::binding::StoredPolicy;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved, TokenOperation};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_core::presented_token::{PresentedToken, TokenRefusal};

use super::role_session;
use super::session::{Asked, Plan};

const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

pub(crate) struct AssumeRoleWithWebIdentity;

/// The role that a request names, and the session that it and its token ask for.
pub(crate) struct Target {
    account: AccountId,
    role: RoleRecord,
    plan: Plan,
    identity: WebIdentity,
}

impl TokenOperation for AssumeRoleWithWebIdentity {
    fn token(input: &Self::Input, partition: Partition) -> Result<PresentedToken, Error> {
        let (account, _) = parse_arn(partition, &input.role_arn)?;
        let provider_arn_prefix = IamArn::new(partition, &account, IamKind::OidcProvider, "/", "").to_string();
        let token = Sensitive::new(input.web_identity_token.expose().clone());
        Ok(PresentedToken { account, provider_arn_prefix, token })
    }

    fn refusal(refusal: TokenRefusal) -> Error {
        let invalid = |text: &str| Error::new(error::INVALID_IDENTITY_TOKEN_EXCEPTION, text);
        match refusal {
            TokenRefusal::NotAToken => invalid(
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
            ),
            TokenRefusal::NoProvider { issuer } => {
                invalid(&format!("No OpenIDConnect provider found in your account for {issuer}"))
            }
            TokenRefusal::Audience => invalid("Incorrect token audience"),
            // Clients try again after this error.
            TokenRefusal::Unreachable => Error::new(
                error::IDP_COMMUNICATION_ERROR_EXCEPTION,
                "The identity provider could not be reached to verify the token. Try again.",
            ),
            TokenRefusal::Claims => invalid("Provided Token has a claim that is not valid"),
            // AWS sends two spaces here.
            TokenRefusal::NoKey => invalid(
                "Couldn't retrieve verification key from your identity provider,  please reference \
                 AssumeRoleWithWebIdentity documentation for requirements",
            ),
            TokenRefusal::Signature => invalid("Provided Token signature is invalid"),
            TokenRefusal::NotYetValid => invalid("Provided Token is not valid yet"),
            TokenRefusal::Expired { now, expired } => {
                let (now, expired) = (now.secs(), expired.secs());
                let text =
                    format!("Token expired: current date/time {now} must be before the expiration date/time {expired}");
                Error::new(error::EXPIRED_TOKEN_EXCEPTION, text)
            }
        }
    }
}

impl Operation for AssumeRoleWithWebIdentity {
    const ACTION: &'static str = "sts:AssumeRoleWithWebIdentity";
    // CloudTrail counts it among the reads.
    const READ_ONLY: bool = true;
    type Input = AssumeRoleWithWebIdentityRequest;
    type Output = AssumeRoleWithWebIdentityResponse;
    type Target = Target;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Target>, Error> {
        let CallerKind::WebIdentity(identity) = &cx.caller.kind else {
            return Err(Error::Internal("the caller of AssumeRoleWithWebIdentity has no token".to_owned()));
        };
        let (account, named) = parse_arn(cx.partition(), &input.role_arn)?;
        let tags: Vec<Tag> =
            identity.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
        let asked = Asked {
            duration_seconds: input.duration_seconds,
            policy: input.policy.as_deref(),
            policy_arns: input.policy_arns.as_deref(),
            tags: &tags,
            transitive_tag_keys: &identity.transitive_tags,
            source_identity: identity.source_identity.as_deref(),
            further_bytes: bytes(&kept(identity.keys.clone())),
        };
        let plan = Plan::of(&asked, cx.caller)?;
        // A role that does not exist is answered as one that does not trust the caller.
        let role = role_session::role(cx, &account, &named)?.ok_or_else(|| {
            let (action, reason) = (Self::ACTION, "the role does not exist");
            authorize::denied_by_rule(cx, action, &input.role_arn, reason, DENIED.to_owned())
        })?;
        let target = Target { account, role, plan, identity: (**identity).clone() };
        Ok(Resolved::new(permissions(input, &target), Ok(target)))
    }

    fn run(input: Self::Input, target: Authorized<Target>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let Target { account, role, plan, identity } = target.into_inner();
        let (packed_policy_size, source_identity) = (plan.packed_percent, plan.source_identity.clone());
        let federation = Federation { provider: identity.provider.clone(), keys: kept(identity.keys) };
        let (credentials, assumed) =
            role_session::begin(cx, account, role, input.role_session_name, plan, Some(federation))?;
        Ok(AssumeRoleWithWebIdentityResponse {
            credentials: Some(credentials),
            subject_from_web_identity_token: Some(identity.subject),
            assumed_role_user: Some(assumed),
            packed_policy_size,
            provider: Some(identity.provider),
            audience: Some(identity.audience),
            source_identity,
        })
    }
}

fn permissions(input: &AssumeRoleWithWebIdentityRequest, target: &Target) -> Vec<RequiredPermission> {
    let Target { account, role, plan, .. } = target;
    let ask = |action| {
        let trust = ResourcePolicy::Trust(StoredPolicy::new(&role.trust, &role.bound));
        let permission = RequiredPermission::new(action, input.role_arn.as_str(), account, trust).denied_as(DENIED);
        role_session::with_conditions(permission, &input.role_session_name, role, plan)
    };
    let mut permissions = vec![ask(AssumeRoleWithWebIdentity::ACTION)];
    permissions.extend((!plan.tags.is_empty()).then(|| ask("sts:TagSession")));
    permissions.extend(plan.source_identity.is_some().then(|| ask("sts:SetSourceIdentity")));
    permissions
}

/// The condition keys that the session's own requests have too (reference: IAM User Guide, "Available keys for AWS OIDC federation").
fn kept(keys: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    keys.into_iter().filter(|(key, _)| [":amr", ":aud", ":sub"].iter().any(|kept| key.ends_with(kept))).collect()
}

fn bytes(keys: &[(String, Vec<String>)]) -> usize {
    keys.iter().map(|(key, values)| key.len() + values.iter().map(String::len).sum::<usize>()).sum()
}

fn parse_arn(partition: Partition, text: &str) -> Result<(AccountId, IamArn), Error> {
    role_session::parse_arn(partition, text).ok_or_else(|| Error::Validation("Request ARN is invalid".to_owned()))
}
