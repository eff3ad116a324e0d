//! Decides what a simulation asks, and shows which statements decided.

use std::cell::RefCell;
use std::collections::BTreeSet;

use claviger_core::error::Error;
use claviger_model::iam::{ContextEntry, EvaluationResult, PermissionsBoundaryDecisionDetail, Statement, error};
use claviger_policy::{
    ConditionKey, ConditionKeys, ConditionValue, Context, Decision, Inputs, NamedPolicy, Policy, PolicyKind, PolicySet,
    PolicyType, Principal, Request, ResourceModel, StatementRef, decide,
};
use claviger_types::{AccountId, Arn};

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

/// A simulation, of which every part is compiled once.
pub(super) struct Simulation<'a> {
    principal: Principal,
    context: Context,
    asked: Asked<'a>,
    /// Those of the identity and then those of the boundary. A compiled policy is named by its place here.
    sources: Vec<Source>,
    identity: PolicySet,
    boundary: Option<PolicySet>,
    /// The resource's policy under the rules for keys, and under those for other resources.
    of_resource: Option<(Policy, Policy)>,
    /// The account that the request names as the owner of the resources.
    owner: Option<AccountId>,
    /// The condition keys that the policies name, as they write them.
    keys: BTreeSet<String>,
}

/// The id of the resource's policy in an answer.
const RESOURCE_POLICY: &str = "ResourcePolicy";

const ANYTHING: &str = "*";

impl<'a> Simulation<'a> {
    /// Checks and compiles all that a request brings.
    pub(super) fn new(
        principal: Principal,
        own_keys: Context,
        policies: Policies,
        asked: Asked<'a>,
    ) -> Result<Simulation<'a>, Error> {
        asked.actions.iter().try_for_each(|action| require_action(action))?;
        let Policies { identity: mut sources, boundary } = policies;
        let identity = compile(&sources, 0)?;
        let bounds = boundary.as_deref().map(|boundary| compile(boundary, sources.len())).transpose()?;
        sources.extend(boundary.into_iter().flatten());
        let of_resource = asked.resource_policy.map(|text| {
            Ok::<_, Error>((sources::parse(text, PolicyKind::Key)?, sources::parse(text, PolicyKind::Resource)?))
        });
        let documents = sources.iter().map(|source| source.document.as_str());
        let keys = documents.chain(asked.resource_policy).flat_map(names::condition_keys).collect();
        Ok(Simulation {
            context: with_entries(own_keys, asked.context)?,
            owner: asked.resource_owner.map(owner).transpose()?,
            of_resource: of_resource.transpose()?,
            boundary: bounds,
            principal,
            identity,
            sources,
            keys,
            asked,
        })
    }

    /// How many results there are: one for each action and resource.
    pub(super) fn count(&self) -> usize {
        self.asked.actions.len().saturating_mul(self.asked.resources.len().max(1))
    }

    /// The result of this place, in the order of the request.
    pub(super) fn result(&self, at: usize) -> Result<EvaluationResult, Error> {
        let width = self.asked.resources.len().max(1);
        let action = at.checked_div(width).and_then(|at| self.asked.actions.get(at));
        let action = action.ok_or_else(|| Error::Internal("a simulation has fewer results".to_owned()))?;
        let resource = at.checked_rem(width).and_then(|at| self.asked.resources.get(at));
        Ok(self.evaluate(action, resource.map_or(ANYTHING, String::as_str)))
    }

    fn evaluate(&self, action: &str, resource: &str) -> EvaluationResult {
        let is_key = action.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("kms:"));
        let (policy, model) = match &self.of_resource {
            None => (None, ResourceModel::IdentityOnly),
            Some((of_key, _)) if is_key => (Some(of_key), ResourceModel::KeyPolicy),
            Some((_, of_other)) => (Some(of_other), ResourceModel::Ordinary),
        };
        let own = self.principal.account.as_str();
        let named =
            Arn::parse(resource).ok().map(|arn| arn.account).filter(|account| AccountId::parse(account).is_ok());
        let owner = self.owner.as_ref().map(AccountId::as_str).or(named).unwrap_or(own);
        let keys = Recording { keys: &self.context, missing: RefCell::default() };
        let inputs = Inputs {
            request: Request { principal: &self.principal, action, resource, context: &keys },
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            session: None,
            resource: policy,
            // Without its policy, the resource is decided on as one of the caller's own account.
            resource_account: if policy.is_some() { owner } else { own },
            model,
        };
        let decision = decide(&inputs);
        let allowed_by_boundary = self.boundary.as_ref().map(|boundary| {
            let alone = Inputs { identity: boundary, boundary: None, resource: None, ..inputs };
            let alone = Inputs { resource_account: own, model: ResourceModel::IdentityOnly, ..alone };
            matches!(decide(&alone), Decision::Allow { .. })
        });
        let (name, matched) = self.shown(&decision);
        let missing = keys.missing.into_inner();
        let missing = self.keys.iter().filter(|key| missing.contains(&key.to_lowercase()));
        EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(resource.to_owned()),
            eval_decision: name.to_owned(),
            matched_statements: Some(matched),
            missing_context_values: Some(missing.cloned().collect()),
            permissions_boundary_decision_detail: allowed_by_boundary
                .map(|allowed| PermissionsBoundaryDecisionDetail { allowed_by_permissions_boundary: Some(allowed) }),
            ..EvaluationResult::default()
        }
    }

    fn shown(&self, decision: &Decision) -> (&'static str, Vec<Statement>) {
        match decision {
            Decision::Allow { by } => {
                // One statement can allow in two forms of the caller's name.
                let mut seen: Vec<(Option<&str>, usize)> = Vec::new();
                let mut shown = Vec::new();
                for reason in by.iter().filter(|reason| reason.policy_type != PolicyType::Boundary) {
                    let Some(at) = &reason.statement else { continue };
                    let place = (reason.policy.as_deref(), at.index);
                    if !seen.contains(&place) {
                        seen.push(place);
                        shown.push(self.statement(place.0, at));
                    }
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

    /// A statement of the policy at a place among the sources, or of the resource's policy.
    fn statement(&self, place: Option<&str>, at: &StatementRef) -> Statement {
        let source = place.and_then(|place| self.sources.get(place.parse::<usize>().ok()?));
        let document = source.map(|source| source.document.as_str()).or(self.asked.resource_policy);
        let (start, end) = document.and_then(|document| positions::of_statement(document, at.index)).unzip();
        let (id, source_type) = match source {
            Some(source) => (source.id.as_str(), "IAM Policy"),
            None => (RESOURCE_POLICY, "Resource Policy"),
        };
        Statement {
            source_policy_id: Some(id.to_owned()),
            source_policy_type: Some(source_type.to_owned()),
            start_position: start,
            end_position: end,
        }
    }
}

/// Compiles policies. The names of several can be equal, so each is named by its place, counted from `first`.
fn compile(sources: &[Source], first: usize) -> Result<PolicySet, Error> {
    let compiled = (first..).zip(sources).map(|(place, source)| {
        let policy = sources::parse(&source.document, PolicyKind::Identity)?;
        Ok(NamedPolicy { id: place.to_string().into(), policy })
    });
    Ok(PolicySet::new(compiled.collect::<Result<_, Error>>()?))
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
fn with_entries(mut context: Context, entries: &[ContextEntry]) -> Result<Context, Error> {
    for ContextEntry { context_key_name, context_key_values, context_key_type } in entries {
        let (Some(name), Some(values)) = (context_key_name, context_key_values) else {
            return Err(invalid("context entry", context_key_name.as_deref().unwrap_or_default()));
        };
        let is_list = context_key_type.as_deref().is_some_and(|kind| kind.ends_with("List"));
        match values.as_slice() {
            [value] if !is_list => context.set(name.to_lowercase(), value.as_str()),
            _ => context.set_many(name.to_lowercase(), values.clone()),
        }
    }
    Ok(context)
}

fn require_action(action: &str) -> Result<(), Error> {
    let is_action = action.split_once(':').is_some_and(|(service, name)| {
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_word(service) && is_word(name)
    });
    if is_action { Ok(()) } else { Err(invalid("action name", action)) }
}

/// An account, by its number or the ARN of its root.
fn owner(named: &str) -> Result<AccountId, Error> {
    let account = Arn::parse(named).map_or(named, |arn| arn.account);
    AccountId::parse(account).map_err(|_| invalid("resource owner", named))
}

pub(super) fn invalid(what: &str, given: &str) -> Error {
    Error::new(error::INVALID_INPUT_EXCEPTION, format!("Invalid {what}: {given}"))
}
