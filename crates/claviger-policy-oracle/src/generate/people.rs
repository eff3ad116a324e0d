//! The callers of random requests, and the names by which policies can mean them.

use claviger_policy::{Principal, ResourceModel};
use claviger_types::SeededRandom;
use serde_json::{Map, Value as Json, json};

use super::pools::{ACCOUNTS, SERVICES};
use super::{percent, pick};

/// What sort of caller it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    User,
    Session,
    Root,
    FederatedUser,
    /// A service or a federated identity, which belongs to no account.
    Stranger,
}

pub(super) fn caller(random: &SeededRandom, model: ResourceModel) -> (Sort, Principal) {
    use Sort::{FederatedUser, Root, Session, Stranger, User};
    let sorts: &[Sort] = match model {
        ResourceModel::OwnTrust => &[Session],
        ResourceModel::IdentityOnly => &[User, User, Session, Session, Root, FederatedUser],
        _ => &[User, User, User, Session, Session, Session, Session, Root, FederatedUser, Stranger],
    };
    let sort = *pick(random, sorts);
    let account = pick(random, &ACCOUNTS);
    let principal = match sort {
        User => *pick(random, &[("user/ana", "AIDAANAEXAMPLE0000001"), ("user/team/bea", "AIDABEAEXAMPLE0000001")]),
        Root => ("root", ""),
        Session => {
            *pick(random, &[("role/admin", "AROAADMINEXAMPLE00001"), ("role/service/reader", "AROAREADEREXAMPLE0001")])
        }
        FederatedUser => ("federated-user/fred", ":fred"),
        Stranger => (*pick(random, &SERVICES), ""),
    };
    (sort, principal_of(random, sort, account, principal))
}

fn principal_of(random: &SeededRandom, sort: Sort, account: &str, (name, id): (&str, &str)) -> Principal {
    let mut principal = Principal {
        account: account.to_owned(),
        arn: format!("arn:aws:iam::{account}:{name}"),
        role_arn: None,
        is_root: sort == Sort::Root,
        unique_id: id.to_owned(),
    };
    match sort {
        Sort::User => {}
        Sort::Root => principal.unique_id = account.to_owned(),
        Sort::Session => {
            let session = pick(random, &["s1", "s2"]);
            let role = name.rsplit('/').next().unwrap_or_default();
            principal.role_arn = Some(principal.arn);
            principal.arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{session}");
            // The id of the role, with or without the session's name.
            if random.one_in(2) {
                principal.unique_id = format!("{id}:{session}");
            }
        }
        Sort::FederatedUser => {
            principal.arn = format!("arn:aws:sts::{account}:{name}");
            principal.unique_id = format!("{account}{id}");
        }
        Sort::Stranger => {
            principal.arn = name.replace("ACCOUNT", account);
            principal.unique_id = principal.arn.clone();
        }
    }
    principal
}

pub(super) fn other_account(account: &str) -> &'static str {
    ACCOUNTS.into_iter().find(|other| *other != account).unwrap_or_default()
}

/// A `Principal` or `NotPrincipal` element. Most name the caller in one of its forms.
pub(super) fn element(random: &SeededRandom, principal: &Principal, in_trust_policy: bool) -> Json {
    // A trust policy with a bare star is refused.
    if !in_trust_policy && percent(random, 7) {
        return json!("*");
    }
    let count = *pick(random, &[1, 1, 1, 2, 2, 3]);
    let mut kinds = Map::new();
    for _ in 0..count {
        let (kind, name) = if percent(random, 65) { own_name(random, principal) } else { any_name(random) };
        let names = kinds.entry(kind).or_insert_with(|| json!([]));
        if let Some(names) = names.as_array_mut() {
            names.push(json!(name));
        }
    }
    for names in kinds.values_mut() {
        if let Some([name]) = names.as_array().map(Vec::as_slice)
            && random.one_in(2)
        {
            *names = name.clone();
        }
    }
    Json::Object(kinds)
}

/// A name that means the caller.
fn own_name(random: &SeededRandom, principal: &Principal) -> (&'static str, String) {
    if !principal.arn.starts_with("arn:") {
        return ("Service", principal.arn.clone());
    }
    if principal.arn.contains("-provider/") {
        return ("Federated", principal.arn.clone());
    }
    let root = format!("arn:aws:iam::{}:root", principal.account);
    let id = principal.unique_id.split(':').next().unwrap_or_default();
    let role = principal.role_arn.clone().unwrap_or_else(|| principal.arn.clone());
    let names = [
        root,
        principal.account.clone(),
        principal.arn.clone(),
        principal.arn.clone(),
        role,
        id.to_owned(),
        "*".to_owned(),
    ];
    ("AWS", pick(random, &names).clone())
}

fn any_name(random: &SeededRandom) -> (&'static str, String) {
    let account = pick(random, &ACCOUNTS);
    if percent(random, 25) {
        let stranger = pick(random, &SERVICES).replace("ACCOUNT", account);
        return (if stranger.starts_with("arn:") { "Federated" } else { "Service" }, stranger);
    }
    let names = [
        (*account).to_owned(),
        format!("arn:aws:iam::{account}:root"),
        format!("arn:aws:iam::{account}:user/ana"),
        format!("arn:aws:iam::{account}:user/team/bea"),
        format!("arn:aws:iam::{account}:user/bea"),
        format!("arn:aws:iam::{account}:role/admin"),
        format!("arn:aws:iam::{account}:role/service/reader"),
        format!("arn:aws:iam::{account}:role/reader"),
        format!("arn:aws:sts::{account}:assumed-role/admin/s1"),
        format!("arn:aws:sts::{account}:assumed-role/reader/s2"),
        format!("arn:aws:sts::{account}:federated-user/fred"),
        "AIDABEAEXAMPLE0000001".to_owned(),
        "AROAADMINEXAMPLE00001".to_owned(),
        "*".to_owned(),
    ];
    ("AWS", pick(random, &names).clone())
}

/// The text, its letters now and then in another case.
pub(super) fn in_some_case(random: &SeededRandom, text: &str) -> String {
    match random.below(12) {
        0 => text.to_ascii_uppercase(),
        1 => text.to_ascii_lowercase(),
        _ => text.to_owned(),
    }
}
