//! Who may do something with a resource.

use std::collections::BTreeSet;

use claviger_policy::{Policy, PolicyKind, PrincipalPattern};
use claviger_store::Tx;
use claviger_store::tables::{grant_table, iam_table, key_table, secret_table};
use claviger_types::{AccountId, Arn, IamArn, KeyArn, SecretArn};
use serde::Serialize;

use super::{ExplainError, may, principals, question};
use crate::Node;

/// How many grants are read at a time.
const GRANTS_PAGE: usize = 1000;

/// The most principals that are looked at.
const PRINCIPALS_MAX: usize = 20_000;

/// The principals that may do something with a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhoCan {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The region whose policies decided.
    pub region: String,
    /// The accounts whose principals were looked at: the resource's own, and those that its policy names.
    pub accounts: Vec<String>,
    /// The ARNs of those who may, without conditions on the request.
    pub allowed: Vec<String>,
    /// The ARNs of those who may under conditions that a request without further values does not meet.
    pub under_conditions: Vec<String>,
    /// Whether the resource's policy allows the action to strangers: principals of accounts that are not listed may have it then.
    pub admits_strangers: bool,
    /// What else the resource's policy names in Allows or Denies: identity providers, services, federated users and unique ids.
    pub others_named: Vec<String>,
    /// Whether there are more principals than were looked at.
    pub is_cut: bool,
}

/// Finds the principals that may do something with a resource.
///
/// # Errors
///
/// See [`ExplainError`].
pub fn who_can(node: &Node, action: &str, resource: &str) -> Result<WhoCan, ExplainError> {
    let known = question::action(action).ok_or_else(|| ExplainError::Action(action.to_owned()))?;
    let owner = Arn::parse(resource).ok().and_then(|arn| AccountId::parse(arn.account).ok());
    let missing = || ExplainError::Resource { resource: resource.to_owned(), region: node.region().to_string() };
    let owner = owner.ok_or_else(missing)?;
    let mut tx = node.begin()?;
    let named = named_by_policy(&tx, known, resource)?;
    let grantees = grantees(&tx, resource)?;
    let accounts: BTreeSet<AccountId> = named.accounts.into_iter().chain(grantees).chain([owner]).collect();
    let (mut allowed, mut under_conditions, mut is_cut, mut looked_at) = (Vec::new(), Vec::new(), false, 0);
    for account in &accounts {
        let (callers, cut) = principals::all(&tx, node, account, PRINCIPALS_MAX.saturating_sub(looked_at))?;
        looked_at += callers.len();
        is_cut |= cut;
        for caller in callers {
            let principal = caller.principal_arn(node.region().partition());
            match may(node, &mut tx, &caller, known, resource)? {
                (true, _) => allowed.push(principal),
                (false, true) => under_conditions.push(principal),
                (false, false) => {}
            }
        }
    }
    Ok(WhoCan {
        action: known.to_owned(),
        resource: resource.to_owned(),
        region: node.region().to_string(),
        accounts: accounts.iter().map(ToString::to_string).collect(),
        allowed,
        under_conditions,
        admits_strangers: named.strangers,
        others_named: named.others,
        is_cut,
    })
}

/// Whom the policy of a resource names.
#[derive(Default)]
struct Named {
    accounts: Vec<AccountId>,
    others: Vec<String>,
    /// Whether it allows the action to principals of whatever account.
    strangers: bool,
}

fn named_by_policy(tx: &Tx<'_>, action: &str, resource: &str) -> Result<Named, ExplainError> {
    let Some((text, kind)) = policy_of(tx, resource)? else { return Ok(Named::default()) };
    // A stored policy was read when it was stored.
    let Ok(policy) = Policy::parse(&text, kind) else { return Ok(Named::default()) };
    let strangers = policy.public_statement(&[action], Some(resource)).is_some();
    let mut named = Named { strangers, ..Named::default() };
    for pattern in policy.principals() {
        match pattern {
            PrincipalPattern::Account(account) => named.accounts.extend(AccountId::parse(account).ok()),
            PrincipalPattern::Session(arn) if arn.contains(":federated-user/") => named.others.push(arn.clone()),
            PrincipalPattern::User(arn) | PrincipalPattern::Role(arn) | PrincipalPattern::Session(arn) => {
                named.accounts.extend(account_of(arn));
            }
            PrincipalPattern::UniqueId(name) | PrincipalPattern::Federated(name) | PrincipalPattern::Service(name) => {
                named.others.push(name.clone());
            }
            PrincipalPattern::Anyone => {}
        }
    }
    Ok(named)
}

fn account_of(arn: &str) -> Option<AccountId> {
    AccountId::parse(Arn::parse(arn).ok()?.account).ok()
}

/// The accounts to whose principals grants on a key are made.
fn grantees(tx: &Tx<'_>, resource: &str) -> Result<BTreeSet<AccountId>, ExplainError> {
    let mut accounts = BTreeSet::new();
    let Ok(arn) = KeyArn::parse(resource) else { return Ok(accounts) };
    let Some(set) = grant_table::grant_set(tx, &arn.account, &arn.id)? else { return Ok(accounts) };
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = grant_table::grants(tx, &set, after.as_deref(), GRANTS_PAGE)?;
        accounts.extend(page.iter().filter_map(|(_, grant)| account_of(&grant.grantee.arn)));
        match page.last() {
            Some((row, _)) if page.len() == GRANTS_PAGE => after = Some(row.to_vec()),
            _ => return Ok(accounts),
        }
    }
}

/// The text of a resource's policy.
fn policy_of(tx: &Tx<'_>, resource: &str) -> Result<Option<(String, PolicyKind)>, ExplainError> {
    if let Ok(arn) = KeyArn::parse(resource) {
        let key = key_table::key(tx, &arn.account, &arn.id)?;
        return Ok(key.map(|key| (key.policy.as_str().to_owned(), PolicyKind::Key)));
    }
    if let Ok(arn) = SecretArn::parse(resource) {
        let secret = secret_table::secret(tx, &arn.account, &arn.name)?;
        let text = secret.and_then(|secret| secret.policy.as_ref().map(|text| text.as_str().to_owned()));
        return Ok(text.map(|text| (text, PolicyKind::Resource)));
    }
    let Some(arn) = IamArn::parse(resource).ok() else { return Ok(None) };
    let Some(account) = arn.account() else { return Ok(None) };
    let role = iam_table::role(tx, account, &arn.name)?;
    Ok(role.map(|role| (role.trust.as_str().to_owned(), PolicyKind::Trust)))
}
