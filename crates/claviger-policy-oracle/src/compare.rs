//! Asks both evaluators.

use std::sync::Arc;

use claviger_policy::{
    AllowedAs, Context, Decision, Inputs, NamedPolicy, Policy, PolicyKind, PolicySet, Request, decide_with_grant,
    decide_with_grant_to_account,
};
use serde_json::Value as Json;

use crate::broken_rule::BrokenPolicyRule;
use crate::case::{Case, GrantTo, Outcome};
use crate::decide::{decide, resource_policy_kind};
use crate::evaluate::evaluate;
use crate::question::Question;
use crate::validity;

/// What both evaluators say alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed {
    /// The request is decided.
    Decided(Outcome),
    /// One of the documents is refused.
    Refused,
}

/// A difference between the evaluators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What they differ about.
    pub kind: DifferenceKind,
    /// What each says.
    pub text: String,
}

/// What the evaluators differ about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Only the product refuses a document.
    ProductRefuses,
    /// Only the oracle refuses a document.
    OracleRefuses,
    /// The statement of one policy that denies.
    Denies,
    /// The statements of one policy that allow.
    Allows,
    /// The decision.
    Decision,
}

impl Difference {
    fn new(kind: DifferenceKind, text: String) -> Difference {
        Difference { kind, text }
    }
}

/// Compares the evaluators on a case: whether they take each document, which statements of it apply, and the decision.
///
/// # Errors
///
/// How they differ.
pub fn compare(case: &Case, broken: Option<BrokenPolicyRule>) -> Result<Agreed, Difference> {
    let Some(compiled) = Compiled::new(case)? else { return Ok(Agreed::Refused) };
    let context = product_context(case);
    let request = request(case, &context);
    let question = Question::new(case, broken);
    for (kind, document, policy) in &compiled.all {
        same_statements(policy, document, *kind, &request, &question)?;
    }
    let (product, oracle) = (compiled.decide(case, request), decide(case, broken));
    if product == oracle {
        Ok(Agreed::Decided(oracle))
    } else {
        let text = format!("the product decides: {product}; the oracle: {oracle}");
        Err(Difference::new(DifferenceKind::Decision, text))
    }
}

/// The product's decision on a case, if it takes all documents.
///
/// # Errors
///
/// The first refusal.
pub fn product_decision(case: &Case) -> Result<Outcome, String> {
    let context = product_context(case);
    match Compiled::new(case).map_err(|difference| difference.text)? {
        Some(compiled) => Ok(compiled.decide(case, request(case, &context))),
        None => Err("a document is refused".to_owned()),
    }
}

/// Every document of a case with its kind.
pub fn documents(case: &Case) -> Vec<(PolicyKind, &Json)> {
    fn of(kind: PolicyKind, documents: &[Json]) -> Vec<(PolicyKind, &Json)> {
        documents.iter().map(|document| (kind, document)).collect()
    }
    [
        of(PolicyKind::Identity, &case.identity),
        of(PolicyKind::Identity, case.boundary.as_slice()),
        of(PolicyKind::Session, case.session.as_deref().unwrap_or_default()),
        of(resource_policy_kind(case.model), case.resource_policy.as_slice()),
    ]
    .concat()
}

/// The documents of a case as the product has them.
struct Compiled<'a> {
    all: Vec<(PolicyKind, &'a Json, Policy)>,
    identity: PolicySet,
    boundary: Option<PolicySet>,
    session: Option<PolicySet>,
    resource: Option<Policy>,
}

impl<'a> Compiled<'a> {
    /// `None` if both evaluators refuse one of the documents.
    fn new(case: &'a Case) -> Result<Option<Compiled<'a>>, Difference> {
        let mut all = Vec::new();
        for (kind, document) in documents(case) {
            match (Policy::parse(&document.to_string(), kind), validity::violation(document, kind)) {
                (Ok(policy), None) => all.push((kind, document, policy)),
                (Err(_), Some(_)) => return Ok(None),
                (Ok(_), Some(rule)) => {
                    let text = format!("the product takes a document that violates: {rule}");
                    return Err(Difference::new(DifferenceKind::OracleRefuses, text));
                }
                (Err(refusal), None) => {
                    let text = format!("the product refuses a document of kind {kind:?}: {refusal:?}");
                    return Err(Difference::new(DifferenceKind::ProductRefuses, text));
                }
            }
        }
        let set = |documents: &[Json]| {
            let policies = all.iter().filter(|(_, document, _)| documents.iter().any(|d| std::ptr::eq(d, *document)));
            let named = policies.enumerate().map(|(n, (_, _, policy))| NamedPolicy {
                id: Arc::from(format!("policy-{n}")),
                policy: policy.clone(),
            });
            PolicySet::new(named.collect())
        };
        let identity = set(&case.identity);
        let boundary = case.boundary.as_ref().map(|document| set(std::slice::from_ref(document)));
        let session = case.session.as_deref().map(set);
        let resource = case.resource_policy.as_ref().and_then(|_| all.last()).map(|(_, _, policy)| policy.clone());
        Ok(Some(Compiled { all, identity, boundary, session, resource }))
    }

    fn decide(&self, case: &Case, request: Request<'_>) -> Outcome {
        let inputs = Inputs {
            request,
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            session: self.session.as_ref(),
            resource: self.resource.as_ref(),
            resource_account: &case.resource_account,
            model: case.model,
        };
        let decision = match case.grant {
            None => claviger_policy::decide(&inputs),
            Some(GrantTo::Principal) => decide_with_grant(&inputs),
            Some(GrantTo::Account) => decide_with_grant_to_account(&inputs),
        };
        match decision {
            Decision::Allow { .. } => Outcome::Allow,
            Decision::Deny(denial) if denial.explicit => Outcome::ExplicitDeny(denial.policy_type),
            Decision::Deny(denial) => Outcome::ImplicitDeny(denial.policy_type),
        }
    }
}

fn request<'a>(case: &'a Case, context: &'a Context) -> Request<'a> {
    Request { principal: &case.principal, action: &case.action, resource: &case.resource, context }
}

fn product_context(case: &Case) -> Context {
    let mut context = Context::new();
    for entry in &case.context {
        match entry.values.as_slice() {
            [value] if !entry.multi_valued => context.set(entry.name.clone(), value),
            values => context.set_many(entry.name.clone(), values.to_vec()),
        }
    }
    context
}

/// Compares which statements of a document apply: the first that denies, and all that allow, with the forms in which they name the
/// caller. The product lists the forms of a statement once each.
fn same_statements(
    policy: &Policy,
    document: &Json,
    kind: PolicyKind,
    request: &Request<'_>,
    question: &Question<'_>,
) -> Result<(), Difference> {
    let product = policy.evaluate(request);
    let oracle = evaluate(document, kind, question);
    let (product_denies, oracle_denies) = (product.denied_by.map(|s| s.index), oracle.denies.first().copied());
    if product_denies != oracle_denies {
        return Err(Difference::new(
            DifferenceKind::Denies,
            format!(
                "in a policy of kind {kind:?} the product's first statement that denies is {product_denies:?}; the oracle's: {oracle_denies:?}"
            ),
        ));
    }
    let product_allows = in_order(product.allows.iter().map(|allow| (allow.statement.index, allow.by)).collect());
    let oracle_allows = in_order(oracle.allows);
    if product_allows != oracle_allows {
        return Err(Difference::new(
            DifferenceKind::Allows,
            format!(
                "in a policy of kind {kind:?} the product's statements that allow are {product_allows:?}; the oracle's: {oracle_allows:?}"
            ),
        ));
    }
    Ok(())
}

fn in_order(mut allows: Vec<(usize, AllowedAs)>) -> Vec<(usize, AllowedAs)> {
    allows.sort_by_key(|(index, form)| (*index, *form as u8));
    allows.dedup();
    allows
}
