//! The principals of grants: accounts, users, roles, and sessions of roles.

use claviger_policy::PrincipalPattern;
use claviger_store::tables::grant_table::GrantPrincipal;
use claviger_store::tables::iam_table::{self, Identity, UserRecord};
use claviger_types::{AccountId, Arn, IamArn, IamKind};

use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::kms::error;

/// A principal that a request names. Users and roles, also those of sessions, have to exist, since a grant to a name would later apply
/// to another user or role that takes the name. Accounts and federated users have no records, so any can be named.
pub(crate) fn named(cx: &Cx<'_, '_>, arn: &str) -> Result<GrantPrincipal, Error> {
    let pattern = pattern(cx, arn).ok_or_else(|| invalid(arn))?;
    identified(cx, &pattern)?.ok_or_else(|| invalid(arn))
}

/// The identity of a principal that a list is filtered by: also the unique id of a user or role that was deleted. None if no
/// user or role has the name.
pub(crate) fn identity(cx: &Cx<'_, '_>, text: &str) -> Result<Option<String>, Error> {
    if text.starts_with("AIDA") || text.starts_with("AROA") {
        return Ok(Some(text.to_owned()));
    }
    let pattern = pattern(cx, text).ok_or_else(|| invalid(text))?;
    Ok(identified(cx, &pattern)?.map(|principal| principal.id))
}

/// The account that a principal's ARN names.
pub(crate) fn account(arn: &str) -> Option<AccountId> {
    AccountId::parse(Arn::parse(arn).ok()?.account).ok()
}

/// A principal as answers show it: the ARN, also of a user that was renamed since, or the unique id of a user or role that was deleted
/// since.
pub(crate) fn shown(cx: &Cx<'_, '_>, principal: &GrantPrincipal) -> Result<String, Error> {
    let GrantPrincipal { arn, id } = principal;
    if let Some(user) = IamArn::parse(arn).ok().filter(|arn| arn.kind == IamKind::User)
        && let Some(account) = user.account()
    {
        let found = iam_table::user_with_id(cx.tx, account, id, &user.name)?;
        let present = |found: &UserRecord| {
            let Identity { path, name, .. } = &found.identity;
            IamArn::new(cx.partition(), account, IamKind::User, path, name).to_string()
        };
        return Ok(found.map_or_else(|| id.clone(), |found| present(&found)));
    }
    let unique = id.split(':').next().unwrap_or_default();
    let is_bound = unique.starts_with("AIDA") || unique.starts_with("AROA");
    let is_same = !is_bound || binding::unique_id(cx, arn)?.as_deref() == Some(unique);
    Ok(if is_same { arn.clone() } else { id.clone() })
}

/// The pattern of an ARN that the partition can have: no group, no wildcard, no service. An account has one spelling, the ARN of its
/// root: policies compare the principals of a request as they are given, so another spelling would escape a Deny.
fn pattern(cx: &Cx<'_, '_>, arn: &str) -> Option<PrincipalPattern> {
    let is_here = Arn::parse(arn).is_ok_and(|arn| arn.partition == cx.partition().as_str());
    PrincipalPattern::parse_aws(arn).filter(|_| is_here)
}

fn identified(cx: &Cx<'_, '_>, pattern: &PrincipalPattern) -> Result<Option<GrantPrincipal>, Error> {
    let bound = |arn: &str, suffix: String| {
        let id = binding::unique_id(cx, arn)?;
        Ok::<_, Error>(id.map(|id| GrantPrincipal { arn: arn.to_owned(), id: id + &suffix }))
    };
    match pattern {
        PrincipalPattern::Account(account) => {
            let arn = format!("arn:{}:iam::{account}:root", cx.partition());
            Ok(Some(GrantPrincipal { arn, id: account.clone() }))
        }
        PrincipalPattern::User(arn) | PrincipalPattern::Role(arn) => bound(arn, String::new()),
        PrincipalPattern::Session(arn) => match arn.split_once(":assumed-role/") {
            Some((_, names)) => bound(arn, format!(":{}", names.split_once('/').map_or("", |(_, session)| session))),
            // A federated user has no record.
            None => Ok(Some(GrantPrincipal { arn: arn.clone(), id: arn.clone() })),
        },
        PrincipalPattern::Anyone
        | PrincipalPattern::UniqueId(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Service(_) => Ok(None),
    }
}

fn invalid(arn: &str) -> Error {
    Error::new(error::INVALID_ARN_EXCEPTION, format!("ARN does not refer to a valid principal: {arn}"))
}
