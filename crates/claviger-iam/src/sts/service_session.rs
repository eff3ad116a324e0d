//! Sessions that a service begins for a function that it runs.

use claviger_policy::{Context, Policy, PolicyKind, Principal, Request};
use claviger_store::tables::iam_table::{self, RoleRecord};
use claviger_types::{AccountId, Caller, CallerKind, IamArn, IamKind, SecretArn, SessionContext, SessionCredentials};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::issue;

/// The services in whose name a rotation function runs. The trust policy of its role must name one of them.
const SERVICES: [&str; 2] = ["lambda.amazonaws.com", "secretsmanager.amazonaws.com"];

/// How long the credentials of a function are valid: a little longer than an invocation may take.
const SESSION_SECS: i64 = 1200;

/// Begins a session for the function that rotates a secret: of the role that the function is bound to, or, for a function without a role
/// in dev mode, of the account's root, limited to what rotations need. The inner error tells why there is none.
///
/// # Errors
///
/// Those of the store.
pub fn rotation_session(
    cx: &Cx<'_, '_>,
    role: Option<&str>,
    secret: &SecretArn,
) -> Result<Result<(Caller, SessionCredentials), String>, Error> {
    let (account, kind, policies) = match role {
        Some(arn) => match assumable(cx, arn, secret)? {
            Ok((account, kind)) => (account, kind, Vec::new()),
            Err(why) => return Ok(Err(why)),
        },
        None if cx.facts.dev => (secret.account.clone(), CallerKind::Root, vec![root_policy(cx, secret)]),
        None => return Ok(Err("the function is bound to no role".to_owned())),
    };
    let session = SessionContext { policies, ..SessionContext::plain(cx.now, issue::end(cx, SESSION_SECS)) };
    let (claims, session_token) = issue::session_of(cx, account, kind, session)?;
    let credentials = SessionCredentials {
        access_key_id: claims.caller.access_key_id.clone(),
        secret_access_key: claims.secret,
        session_token,
    };
    Ok(Ok((claims.caller, credentials)))
}

/// The session's principal, if the role exists and trusts a service that runs functions.
fn assumable(cx: &Cx<'_, '_>, arn: &str, secret: &SecretArn) -> Result<Result<(AccountId, CallerKind), String>, Error> {
    let named = IamArn::parse(arn).ok().filter(|named| named.kind == IamKind::Role);
    let Some((account, named)) = named.and_then(|named| Some((named.account()?.clone(), named))) else {
        return Ok(Err(format!("{arn} is not the ARN of a role")));
    };
    if account != secret.account {
        return Ok(Err(format!("the role {arn} belongs to another account than the secret")));
    }
    let role = iam_table::role(cx.tx, &account, &named.name)?.filter(|role| role.identity.path == named.path);
    let Some(role) = role else { return Ok(Err(format!("the role {arn} does not exist"))) };
    if !trusts(&role, arn, secret) {
        return Ok(Err(format!(
            "the trust policy of the role {arn} names neither {} nor {}",
            SERVICES[0], SERVICES[1]
        )));
    }
    let kind = CallerKind::RoleSession {
        path: role.identity.path,
        role: role.identity.name,
        role_id: role.identity.id,
        session: "SecretsManagerRotation".to_owned(),
    };
    Ok(Ok((account, kind)))
}

fn trusts(role: &RoleRecord, arn: &str, secret: &SecretArn) -> bool {
    let Ok(policy) = Policy::parse(&role.trust, PolicyKind::Trust) else { return false };
    let mut context = Context::new();
    context.set("aws:SourceArn", secret.to_string());
    context.set("aws:SourceAccount", secret.account.as_str());
    let allows = |service: &str| {
        let principal = Principal {
            account: secret.account.as_str().to_owned(),
            arn: service.to_owned(),
            role_arn: None,
            is_root: false,
            unique_id: String::new(),
        };
        let request = Request { principal: &principal, action: "sts:AssumeRole", resource: arn, context: &context };
        let verdict = policy.evaluate(&request);
        verdict.denied_by.is_none() && !verdict.allows.is_empty()
    };
    SERVICES.iter().any(|service| allows(service))
}

/// What a rotation function needs: its own secret, the secrets of its account that it may have to read (the one of a superuser), random
/// passwords, and KMS keys through Secrets Manager.
fn root_policy(cx: &Cx<'_, '_>, secret: &SecretArn) -> String {
    let partition = cx.partition();
    let account = &secret.account;
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["secretsmanager:DescribeSecret","secretsmanager:GetSecretValue"],"Resource":"arn:{partition}:secretsmanager:*:{account}:secret:*"}},{{"Effect":"Allow","Action":["secretsmanager:PutSecretValue","secretsmanager:UpdateSecretVersionStage"],"Resource":"{secret}"}},{{"Effect":"Allow","Action":["secretsmanager:GetRandomPassword","sts:GetCallerIdentity"],"Resource":"*"}},{{"Effect":"Allow","Action":["kms:Decrypt","kms:Encrypt","kms:GenerateDataKey","kms:DescribeKey"],"Resource":"*","Condition":{{"StringLike":{{"kms:ViaService":"secretsmanager.*"}}}}}}]}}"#
    )
}
