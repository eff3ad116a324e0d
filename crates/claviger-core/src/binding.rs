//! The unique ids of the users and roles of a stored policy, as of the time when it was stored.
//!
//! AWS maps the names in a resource policy to unique ids when the policy is stored. A user or role that is deleted and made
//! again under the same name has none of the old one's rights, and the policy then shows the id of the deleted one.

use claviger_policy::{Policy, Principal, PrincipalPattern};
use claviger_store::tables::iam_table::{self, Identity};
use claviger_store::tables::{BoundPrincipal, PolicyText};
use claviger_types::{AccountId, Arn, IamArn, IamKind, Owner};

use crate::context::Cx;
use crate::error::Error;

/// A policy as it is stored: its text, and the unique ids of the principals that it names.
#[derive(Debug, Clone)]
pub struct StoredPolicy {
    /// The document as it was given.
    pub(crate) text: PolicyText,
    /// Its users, roles and sessions of roles.
    pub(crate) bound: Vec<BoundPrincipal>,
}

impl StoredPolicy {
    /// A policy, and the principals that were bound when it was stored.
    pub fn new(text: &PolicyText, bound: &[BoundPrincipal]) -> StoredPolicy {
        StoredPolicy { text: text.clone(), bound: bound.to_vec() }
    }
}

/// The unique ids that the users and roles of a policy have now. They are stored along with it.
pub fn bind(cx: &Cx<'_, '_>, policy: &Policy) -> Result<Vec<BoundPrincipal>, Error> {
    let mut bound: Vec<BoundPrincipal> = Vec::new();
    for arn in policy.principals().filter_map(named) {
        if bound.iter().any(|b| b.arn == arn) {
            continue;
        }
        if let Some(id) = unique_id(cx, arn)? {
            bound.push(BoundPrincipal { arn: arn.to_owned(), id });
        }
    }
    Ok(bound)
}

/// The policy as it applies to a principal. It applies to the users and roles that were bound, and not to others that have taken their
/// names since.
pub(crate) fn apply(policy: Policy, bound: &[BoundPrincipal], principal: &Principal) -> Policy {
    if bound.is_empty() {
        return policy;
    }
    let own_id = principal.unique_id.split(':').next().unwrap_or_default();
    policy.bind(|pattern| {
        let arn = named(pattern)?;
        let id = &bound.iter().find(|b| b.arn == arn)?.id;
        // The session's name distinguishes the sessions of a role; the role's id does not.
        let as_it_stands = matches!(pattern, PrincipalPattern::Session(_)) && own_id == id;
        (!as_it_stands).then(|| id.clone())
    })
}

/// The policy's text as callers see it: as it was given, with the unique ids of users and roles that were deleted in place of their
/// ARNs.
pub fn shown(cx: &Cx<'_, '_>, text: &str, bound: &[BoundPrincipal]) -> Result<String, Error> {
    let mut gone = Vec::new();
    for BoundPrincipal { arn, id } in bound {
        if unique_id(cx, arn)?.as_ref() != Some(id) {
            gone.push((arn.as_str(), shown_id(arn, id)));
        }
    }
    Ok(crate::principal_text::replace(text, &gone))
}

/// A session's id is its role's with the session's name, as in `aws:userid`.
fn shown_id(arn: &str, id: &str) -> String {
    match arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, session)) => format!("{id}:{session}"),
        None => id.to_owned(),
    }
}

/// The ARN of a pattern that names a user, a role or a session.
fn named(pattern: &PrincipalPattern) -> Option<&str> {
    match pattern {
        PrincipalPattern::User(arn) | PrincipalPattern::Role(arn) | PrincipalPattern::Session(arn) => Some(arn),
        PrincipalPattern::Anyone
        | PrincipalPattern::Account(_)
        | PrincipalPattern::UniqueId(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Service(_) => None,
    }
}

/// The unique id of the user or role with this ARN, or of the role whose session it names. None if the ARN's path is not the
/// path of the user or role.
pub fn unique_id(cx: &Cx<'_, '_>, arn: &str) -> Result<Option<String>, Error> {
    let identity = match IamArn::parse(arn) {
        Ok(arn) => user_or_role(cx, &arn)?,
        Err(_) => role_of_session(cx, arn)?,
    };
    Ok(identity.map(|identity| identity.id))
}

fn user_or_role(cx: &Cx<'_, '_>, arn: &IamArn) -> Result<Option<Identity>, Error> {
    let Owner::Account(account) = &arn.owner else { return Ok(None) };
    let identity = match arn.kind {
        _ if arn.partition != cx.partition() => None,
        IamKind::User => iam_table::user_shared(cx.tx, account, &arn.name)?.map(|user| user.identity.clone()),
        IamKind::Role => iam_table::role_shared(cx.tx, account, &arn.name)?.map(|role| role.identity.clone()),
        _ => None,
    };
    Ok(identity.filter(|identity| identity.path == arn.path && identity.name == arn.name))
}

/// The role of a session's ARN, `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`.
fn role_of_session(cx: &Cx<'_, '_>, arn: &str) -> Result<Option<Identity>, Error> {
    let Ok(arn) = Arn::parse(arn) else { return Ok(None) };
    let Ok(account) = AccountId::parse(arn.account) else { return Ok(None) };
    let names = arn.resource.strip_prefix("assumed-role/").filter(|_| arn.service == "sts");
    let Some((role, _)) = names.and_then(|names| names.split_once('/')) else { return Ok(None) };
    if arn.partition != cx.partition().as_str() {
        return Ok(None);
    }
    let found = iam_table::role_shared(cx.tx, &account, role)?.map(|role| role.identity.clone());
    // The store finds names in any case; policies and condition keys compare them exactly.
    Ok(found.filter(|identity| identity.name == role))
}

/// Users and roles that a policy names must exist. Otherwise the policy would apply to a later user or role that takes the
/// name.
pub fn principal_exists(cx: &Cx<'_, '_>, principal: &PrincipalPattern) -> Result<bool, Error> {
    Ok(match principal {
        PrincipalPattern::User(arn) | PrincipalPattern::Role(arn) => unique_id(cx, arn)?.is_some(),
        // A federated user has no record.
        PrincipalPattern::Session(arn) => arn.contains(":federated-user/") || role_of_session(cx, arn)?.is_some(),
        PrincipalPattern::UniqueId(_) => false,
        PrincipalPattern::Anyone
        | PrincipalPattern::Account(_)
        | PrincipalPattern::Federated(_)
        | PrincipalPattern::Service(_) => true,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_policy::{Context, PolicyKind, Request};

    use super::*;

    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/ops/ana";

    fn allows(named: &str, bound_to: &str, principal: &Principal) -> bool {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{named}"}},"Action":"kms:*","Resource":"*"}}}}"#
        );
        let bound = [BoundPrincipal { arn: named.to_owned(), id: bound_to.to_owned() }];
        let policy = apply(Policy::parse(&text, PolicyKind::Key).unwrap(), &bound, principal);
        let context = Context::new();
        let request = Request { principal, action: "kms:Decrypt", resource: "*", context: &context };
        !policy.evaluate(&request).allows.is_empty()
    }

    fn session(name: &str, role_id: &str) -> Principal {
        Principal {
            account: "111122223333".into(),
            arn: format!("arn:aws:sts::111122223333:assumed-role/ops/{name}"),
            role_arn: Some("arn:aws:iam::111122223333:role/ops".into()),
            is_root: false,
            unique_id: role_id.into(),
        }
    }

    #[test]
    fn a_role_of_the_same_name_is_another_one() {
        let role = "arn:aws:iam::111122223333:role/ops";
        assert!(allows(role, "AROAEXAMPLEEXAMPLE001", &session("ana", "AROAEXAMPLEEXAMPLE001")));
        assert!(!allows(role, "AROAEXAMPLEEXAMPLE001", &session("ana", "AROAEXAMPLEEXAMPLE002")));
    }

    #[test]
    fn a_session_stays_one_session_of_its_role() {
        assert!(allows(SESSION, "AROAEXAMPLEEXAMPLE001", &session("ana", "AROAEXAMPLEEXAMPLE001")));
        assert!(!allows(SESSION, "AROAEXAMPLEEXAMPLE001", &session("ben", "AROAEXAMPLEEXAMPLE001")));
        assert!(!allows(SESSION, "AROAEXAMPLEEXAMPLE001", &session("ana", "AROAEXAMPLEEXAMPLE002")));
    }

    #[test]
    fn sessions_are_shown_with_their_names() {
        assert_eq!(shown_id(SESSION, "AROA1"), "AROA1:ana");
        assert_eq!(shown_id("arn:aws:iam::111122223333:role/ops", "AROA1"), "AROA1");
    }
}
