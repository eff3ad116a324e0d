//! The `Principal` and `NotPrincipal` elements (IAM User Guide, "AWS JSON policy elements: Principal").

use claviger_policy::{AllowedAs, Principal};
use serde_json::Value as Json;

use crate::broken_rule::BrokenPolicyRule;
use crate::json;
use crate::question::Question;

/// A name that an element lists: its kind (`AWS`, `Service`, `Federated`) and its text.
type Name = (String, String);

/// The names that an element lists. `"*"` is short for `{"AWS": "*"}`.
pub fn names(element: &Json) -> Vec<Name> {
    match element {
        Json::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, names)| {
                json::several(names).into_iter().filter_map(json::text).map(|name| (kind.clone(), name))
            })
            .collect(),
        element => {
            json::several(element).into_iter().filter_map(json::text).map(|name| ("AWS".to_owned(), name)).collect()
        }
    }
}

/// The forms in which a `Principal` element names the caller, one for each name that does.
pub fn named_as(element: &Json, principal: &Principal) -> Vec<AllowedAs> {
    names(element).iter().filter_map(|name| form(name, principal)).collect()
}

/// The form in which a name means the caller, if it does.
fn form((kind, name): &Name, principal: &Principal) -> Option<AllowedAs> {
    if kind != "AWS" {
        let is_it = *name == principal.arn && !has_account(principal);
        return is_it.then_some(AllowedAs::Exact);
    }
    if name == "*" {
        // Everyone, services and anonymous callers as well.
        return Some(AllowedAs::Anyone);
    }
    if !has_account(principal) {
        return None;
    }
    if account(name) == Some(principal.account.as_str()) {
        return Some(if principal.is_root { AllowedAs::Exact } else { AllowedAs::Account });
    }
    if principal.role_arn.as_deref() == Some(name) {
        return Some(AllowedAs::Role);
    }
    // The id of a role stands for all of its sessions, whose ids are `AROA...:session`.
    if principal.role_arn.is_some() && principal.unique_id.split(':').next() == Some(name) {
        return Some(AllowedAs::Role);
    }
    (*name == principal.arn || *name == principal.unique_id).then_some(AllowedAs::Exact)
}

/// The account that a name means: "you can specify the account ID or the ARN of the root user; they are equivalent".
fn account(name: &str) -> Option<&str> {
    let id = match name.split_once(":root") {
        Some((arn, "")) => arn.strip_prefix("arn:aws:iam::")?,
        _ => name,
    };
    (id.len() == 12 && id.chars().all(|c| c.is_ascii_digit())).then_some(id)
}

/// Services and the identities of identity providers belong to no account.
fn has_account(principal: &Principal) -> bool {
    principal.arn.starts_with("arn:")
        && !principal.arn.contains(":oidc-provider/")
        && !principal.arn.contains(":saml-provider/")
}

/// Whether a Deny with `NotPrincipal` spares the caller. Each of the principals that the caller is has to be listed: "AWS might validate
/// the account first and then the user. If an assumed-role user is being evaluated, AWS might validate the account first, then the role, then the assumed-role
/// user." So a user is spared only if its account is listed too, and a session only if account and role are.
pub fn spared(element: &Json, question: &Question<'_>) -> bool {
    let principal = question.principal;
    let forms = named_as(element, principal);
    if forms.contains(&AllowedAs::Anyone) {
        return true;
    }
    if question.breaks(BrokenPolicyRule::NotPrincipalSparesByName) {
        return !forms.is_empty();
    }
    let account = principal.is_root || !has_account(principal) || forms.contains(&AllowedAs::Account);
    let role = principal.role_arn.is_none() || forms.contains(&AllowedAs::Role);
    let itself = forms.contains(&AllowedAs::Exact);
    account && role && itself
}
