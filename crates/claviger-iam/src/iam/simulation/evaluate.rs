//! Decides what a simulation asks, and shows which statements decided.

use std::cell::RefCell;
use std::collections::BTreeSet;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{ContextEntry, EvaluationResult, PermissionsBoundaryDecisionDetail, Statement, error};
use claviger_policy::{
    ConditionKey, ConditionKeys, ConditionValue, Context, Decision, Inputs, PolicyKind, PolicySet, PolicyType,
    Principal, Request, ResourceModel, StatementRef, decide,
};
use claviger_types::{AccountId, Arn, IamArn, IamKind};

use super::sources::{self, Source};
use super::{names, positions};

/// What the members that both operations have say.
pub(super) struct Asked<'a> {
    pub(super) actions: &'a [String],
    /// Empty: `*`.
    pub(super) resources: &'a [String],
    pub(super) resource_policy: Option<&'a str>,
    pub(super) resource_owner: Option<&'a str>,
    pub(super) context: &'a [ContextEntry],
}

/// The policies of a simulation.
pub(super) struct Policies {
    pub(super) identity: Vec<Source>,
    pub(super) boundary: Option<Vec<Source>>,
}

/// The id of the resource's policy in an answer.
const RESOURCE_POLICY: &str = "ResourcePolicy";

/// A result for each action and resource, in the order of the request.
pub(super) fn evaluate(
    cx: &Cx<'_, '_>,
    principal: &Principal,
    own_keys: Context,
    policies: &Policies,
    asked: &Asked<'_>,
) -> Result<Vec<EvaluationResult>, Error> {
    let context = with_entries(own_keys, asked.context);
    let identity = sources::compile(&policies.identity)?;
    let boundary = policies.boundary.as_deref().map(sources::compile).transpose()?;
    let any = ["*".to_owned()];
    let resources = if asked.resources.is_empty() { any.as_slice() } else { asked.resources };
    let mut results = Vec::new();
    for action in asked.actions {
        require_action(action)?;
        for resource in resources {
            let case = Case { own: cx.account(), principal, context: &context, policies, asked, identity: &identity };
            results.push(case.result(action, resource, boundary.as_ref())?);
        }
    }
    Ok(results)
}

/// One action on one resource.
struct Case<'a> {
    /// The account of the request that simulates.
    own: &'a AccountId,
    principal: &'a Principal,
    context: &'a Context,
    policies: &'a Policies,
    asked: &'a Asked<'a>,
    identity: &'a PolicySet,
}

impl Case<'_> {
    fn result(&self, action: &str, resource: &str, boundary: Option<&PolicySet>) -> Result<EvaluationResult, Error> {
        let is_key = action.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("kms:"));
        let kind = if is_key { PolicyKind::Key } else { PolicyKind::Resource };
        let policy = self.asked.resource_policy.map(|text| sources::parse(text, kind)).transpose()?;
        let model = match (&policy, is_key) {
            (None, _) => ResourceModel::IdentityOnly,
            (Some(_), true) => ResourceModel::KeyPolicy,
            (Some(_), false) => ResourceModel::Ordinary,
        };
        let owner = self.owner(resource)?;
        let keys = Recording { keys: self.context, missing: RefCell::default() };
        let inputs = Inputs {
            request: Request { principal: self.principal, action, resource, context: &keys },
            identity: self.identity,
            boundary,
            session: None,
            resource: policy.as_ref(),
            // Without its policy, the resource is decided on as one of the caller's own account.
            resource_account: if policy.is_some() { &owner } else { &self.principal.account },
            model,
        };
        let decision = decide(&inputs);
        let allowed_by_boundary = boundary.map(|boundary| {
            let alone = Inputs { identity: boundary, boundary: None, resource: None, ..inputs };
            let own = Inputs { resource_account: &self.principal.account, model: ResourceModel::IdentityOnly, ..alone };
            matches!(decide(&own), Decision::Allow { .. })
        });
        let (name, matched) = self.shown(&decision);
        Ok(EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(resource.to_owned()),
            eval_decision: name.to_owned(),
            matched_statements: Some(matched),
            missing_context_values: Some(self.missing(&keys.missing.into_inner())),
            permissions_boundary_decision_detail: allowed_by_boundary
                .map(|allowed| PermissionsBoundaryDecisionDetail { allowed_by_permissions_boundary: Some(allowed) }),
            ..EvaluationResult::default()
        })
    }

    /// The account that owns the resource.
    fn owner(&self, resource: &str) -> Result<String, Error> {
        let Some(owner) = self.asked.resource_owner else {
            let account = Arn::parse(resource).ok().map(|arn| arn.account.to_owned());
            let account = account.filter(|account| AccountId::parse(account).is_ok());
            return Ok(account.unwrap_or_else(|| self.own.to_string()));
        };
        let account = Arn::parse(owner).map_or(owner, |arn| arn.account);
        AccountId::parse(account).map(|account| account.to_string()).map_err(|_| invalid("resource owner", owner))
    }

    fn shown(&self, decision: &Decision) -> (&'static str, Vec<Statement>) {
        match decision {
            Decision::Allow { by } => {
                let reasons = by.iter().filter(|reason| reason.policy_type != PolicyType::Boundary);
                let mut shown: Vec<Statement> = Vec::new();
                for reason in reasons {
                    let statement = reason.statement.as_ref();
                    let statement = statement.map(|at| self.statement(reason.policy.as_deref(), at));
                    shown.extend(statement.filter(|statement| !shown.contains(statement)));
                }
                ("allowed", shown)
            }
            Decision::Deny(denial) if denial.explicit => {
                let statement = denial.statement.as_ref();
                let statement = statement.map(|at| self.statement(denial.policy.as_deref(), at));
                ("explicitDeny", statement.into_iter().collect())
            }
            Decision::Deny(_) => ("implicitDeny", Vec::new()),
        }
    }

    /// A statement of a policy. That of the resource has no id.
    fn statement(&self, id: Option<&str>, at: &StatementRef) -> Statement {
        let boundary = self.policies.boundary.iter().flatten();
        let own = self.policies.identity.iter().chain(boundary).find(|source| Some(source.id.as_str()) == id);
        let document = own.map(|source| source.document.as_str()).or(self.asked.resource_policy);
        let (start, end) = document.and_then(|document| positions::of_statement(document, at.index)).unzip();
        let source_type = if id.is_some() { "IAM Policy" } else { "Resource Policy" };
        Statement {
            source_policy_id: Some(id.unwrap_or(RESOURCE_POLICY).to_owned()),
            source_policy_type: Some(source_type.to_owned()),
            start_position: start,
            end_position: end,
        }
    }

    /// The keys that were looked for and have no value, as the documents write them.
    fn missing(&self, missing: &BTreeSet<String>) -> Vec<String> {
        let boundary = self.policies.boundary.iter().flatten();
        let documents = self.policies.identity.iter().chain(boundary).map(|source| source.document.as_str());
        let named = documents.chain(self.asked.resource_policy).flat_map(names::condition_keys);
        let named: BTreeSet<String> = named.filter(|key| missing.contains(&key.to_lowercase())).collect();
        named.into_iter().collect()
    }
}

/// The keys of a simulation. It remembers which of them were looked for and are missing.
#[derive(Debug)]
struct Recording<'a> {
    keys: &'a Context,
    missing: RefCell<BTreeSet<String>>,
}

impl ConditionKeys for Recording<'_> {
    fn lookup(&self, key: &ConditionKey) -> ConditionValue<'_> {
        let found = self.keys.lookup(key);
        if found == ConditionValue::Absent {
            self.missing.borrow_mut().insert(key.as_str().to_owned());
        }
        found
    }
}

/// The keys with those that the request gives in their place.
fn with_entries(mut context: Context, entries: &[ContextEntry]) -> Context {
    for ContextEntry { context_key_name, context_key_values, context_key_type } in entries {
        let (Some(name), Some(values)) = (context_key_name, context_key_values) else { continue };
        let is_list = context_key_type.as_deref().is_some_and(|kind| kind.ends_with("List"));
        match values.as_slice() {
            [value] if !is_list => context.set(name.to_lowercase(), value.as_str()),
            _ => context.set_many(name.to_lowercase(), values.clone()),
        }
    }
    context
}

fn require_action(action: &str) -> Result<(), Error> {
    let is_action = action.split_once(':').is_some_and(|(service, name)| {
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_word(service) && is_word(name)
    });
    if is_action { Ok(()) } else { Err(invalid("action name", action)) }
}

/// The user, or root, that a request names as the caller of the simulated request.
pub(super) fn caller(cx: &Cx<'_, '_>, named: Option<&str>) -> Result<Principal, Error> {
    let Some(named) = named else { return Ok(someone(cx.caller.arn(cx.partition()), cx.account())) };
    let arn = IamArn::parse(named).ok().filter(|arn| arn.kind == IamKind::User && arn.partition == cx.partition());
    match arn.as_ref().and_then(IamArn::account) {
        Some(account) => Ok(someone(named.to_owned(), account)),
        None => Err(invalid("caller ARN", named)),
    }
}

fn someone(arn: String, account: &AccountId) -> Principal {
    Principal { account: account.to_string(), arn, role_arn: None, is_root: false, unique_id: String::new() }
}

pub(super) fn invalid(what: &str, given: &str) -> Error {
    Error::new(error::INVALID_INPUT_EXCEPTION, format!("Invalid {what}: {given}"))
}
