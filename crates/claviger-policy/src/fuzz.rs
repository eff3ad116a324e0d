//! The fuzz target of this crate: policy documents.

use crate::{
    Context, Decision, Inputs, NamedPolicy, Policy, PolicyKind, PolicySet, Principal, Request, ResourceModel, decide,
    decide_with_grant, decide_with_grant_to_account,
};

const KINDS: [PolicyKind; 5] =
    [PolicyKind::Identity, PolicyKind::Session, PolicyKind::Trust, PolicyKind::Key, PolicyKind::Resource];

const MODELS: [ResourceModel; 5] = [
    ResourceModel::IdentityOnly,
    ResourceModel::Ordinary,
    ResourceModel::KeyPolicy,
    ResourceModel::Trust,
    ResourceModel::OwnTrust,
];

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// Reads a document under the rules of each kind, and decides a request under it.
///
/// # Panics
///
/// If a request is allowed although a statement denies it, or two readings of one document differ.
pub fn policy_document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (principal, context) = (principal(), context());
    for kind in KINDS {
        let Ok(policy) = Policy::parse(text, kind) else { continue };
        let unbound = policy.bind(|_| None);
        let ids = policy.principals().count();
        for action in ["kms:Decrypt", "sts:AssumeRole"] {
            let request = Request { principal: &principal, action, resource: KEY, context: &context };
            let verdict = policy.evaluate(&request);
            assert_eq!(verdict, unbound.evaluate(&request), "a policy that nothing was bound in differs");
            assert_eq!(ids, unbound.principals().count(), "a principal is lost");
            decide_all(&policy, request, verdict.denied_by.is_some());
        }
    }
}

/// The policy as the caller's own and as the resource's, in each model.
fn decide_all(policy: &Policy, request: Request<'_>, denied: bool) {
    let own = PolicySet::new(vec![NamedPolicy { id: "p".into(), policy: policy.clone() }]);
    let none = PolicySet::default();
    for model in MODELS {
        for (identity, resource) in [(&own, None), (&none, Some(policy)), (&own, Some(policy))] {
            let inputs = Inputs {
                request,
                identity,
                boundary: None,
                session: None,
                resource,
                resource_account: "111122223333",
                model,
            };
            // A policy that takes no part in the model denies nothing.
            let counts = !identity.policies().is_empty() || model != ResourceModel::IdentityOnly;
            for decision in [decide(&inputs), decide_with_grant(&inputs), decide_with_grant_to_account(&inputs)] {
                let refused = matches!(decision, Decision::Deny(_));
                assert!(refused || !(denied && counts), "allowed although a statement denies it");
            }
        }
    }
}

fn principal() -> Principal {
    Principal {
        account: "111122223333".to_owned(),
        arn: "arn:aws:iam::111122223333:user/ana".to_owned(),
        role_arn: None,
        is_root: false,
        unique_id: "AIDAEXAMPLEEXAMPLE001".to_owned(),
    }
}

fn context() -> Context {
    let mut context = Context::new();
    context.set("aws:username", "ana");
    context.set("aws:CurrentTime", "2026-11-24T15:04:05Z");
    context.set("aws:SourceIp", "10.0.0.1");
    context.set_many("aws:TagKeys", vec!["team".to_owned(), "color".to_owned()]);
    context
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn policy_documents() {
        super::seeds::check("policy_document", Vec::new(), 1000, super::policy_document);
    }
}
