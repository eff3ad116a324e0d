//! Who may do something with a resource.

use std::collections::BTreeSet;

use claviger_core::explanation::Explanation;
use claviger_policy::{Policy, PolicyKind, PrincipalPattern};
use claviger_store::Tx;
use claviger_store::tables::{iam_table, key_table, secret_table};
use claviger_types::{AccountId, Arn, IamArn, KeyArn, SecretArn};
use serde::Serialize;

use super::{ExplainError, Simulated, explain, principals, question};
use crate::Node;

/// The most principals that are asked for.
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
    let accounts: BTreeSet<AccountId> = named.accounts.into_iter().chain([owner]).collect();
    let (mut allowed, mut under_conditions, mut is_cut) = (Vec::new(), Vec::new(), false);
    for account in &accounts {
        let left = PRINCIPALS_MAX.saturating_sub(allowed.len() + under_conditions.len());
        let (callers, cut) = principals::all(&tx, node, account, left)?;
        is_cut |= cut;
        for caller in callers {
            let principal = caller.principal_arn(node.region().partition());
            let asked = Simulated {
                principal: principal.clone(),
                action: known.to_owned(),
                resource: resource.to_owned(),
                context: Vec::new(),
            };
            let explanation = explain(node, &mut tx, &caller, known, &asked)?;
            if explanation.allowed {
                allowed.push(principal);
            } else if may_under_conditions(&explanation) {
                under_conditions.push(principal);
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
        is_cut,
    })
}

/// Whether an Allow fails by its conditions alone, and no Deny applies.
fn may_under_conditions(explanation: &Explanation) -> bool {
    let mut statements = explanation.policies.iter().flat_map(|policies| &policies.statements);
    let is_denied = statements.clone().any(|statement| statement.effect == "Deny" && statement.applies);
    !is_denied
        && statements.any(|statement| {
            let by_conditions = statement.lacks.iter().all(|lack| lack.starts_with("its condition"));
            statement.effect == "Allow" && !statement.applies && by_conditions
        })
}

/// Whom the policy of a resource names.
#[derive(Default)]
struct Named {
    accounts: Vec<AccountId>,
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
            PrincipalPattern::User(arn) | PrincipalPattern::Role(arn) | PrincipalPattern::Session(arn) => {
                named.accounts.extend(Arn::parse(arn).ok().and_then(|arn| AccountId::parse(arn.account).ok()));
            }
            PrincipalPattern::Anyone
            | PrincipalPattern::UniqueId(_)
            | PrincipalPattern::Federated(_)
            | PrincipalPattern::Service(_) => {}
        }
    }
    Ok(named)
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
