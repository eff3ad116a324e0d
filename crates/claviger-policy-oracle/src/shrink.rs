//! Makes a case smaller that the evaluators disagree about, and prints it.

use serde_json::{Map, Value as Json, json};

use crate::broken_rule::BrokenPolicyRule;
use crate::case::Case;
use crate::compare::{DifferenceKind, compare};

/// Leaves out policies, statements, elements, values and condition keys as long as the evaluators still disagree in the same way.
pub fn shrink(case: &Case, broken: Option<BrokenPolicyRule>) -> Case {
    let way = |case: &Case| {
        let difference = compare(case, broken).err()?;
        let refused = matches!(difference.kind, DifferenceKind::ProductRefuses | DifferenceKind::OracleRefuses);
        Some((difference.kind, refused.then_some(difference.text)))
    };
    let mut smallest = case.clone();
    let original = way(case);
    while let Some(smaller) = smaller_cases(&smallest).into_iter().find(|case| way(case) == original) {
        smallest = smaller;
    }
    smallest
}

/// The case with one part left out, in every way.
fn smaller_cases(case: &Case) -> Vec<Case> {
    let changed = |change: &dyn Fn(&mut Case)| {
        let mut smaller = case.clone();
        change(&mut smaller);
        smaller
    };
    let mut cases = Vec::new();
    if case.grant.is_some() {
        cases.push(changed(&|c| c.grant = None));
    }
    if case.boundary.is_some() {
        cases.push(changed(&|c| c.boundary = None));
    }
    if case.session.is_some() {
        cases.push(changed(&|c| c.session = None));
    }
    if case.resource_policy.is_some() {
        cases.push(changed(&|c| c.resource_policy = None));
    }
    for n in 0..case.identity.len() {
        cases.push(changed(&|c| drop(c.identity.remove(n))));
        let smaller = case.identity.get(n).map(smaller_values).unwrap_or_default();
        cases.extend(smaller.into_iter().map(|document| changed(&|c| put(&mut c.identity, n, &document))));
    }
    for n in 0..case.session.as_deref().unwrap_or_default().len() {
        let sessions = || case.session.as_deref().unwrap_or_default();
        cases.push(changed(&|c| drop(c.session.as_mut().map(|policies| policies.remove(n)))));
        let smaller = sessions().get(n).map(smaller_values).unwrap_or_default();
        cases.extend(
            smaller
                .into_iter()
                .map(|document| changed(&|c| c.session.iter_mut().for_each(|policies| put(policies, n, &document)))),
        );
    }
    let smaller = case.boundary.as_ref().map(smaller_values).unwrap_or_default();
    cases.extend(smaller.into_iter().map(|document| changed(&|c| c.boundary = Some(document.clone()))));
    let smaller = case.resource_policy.as_ref().map(smaller_values).unwrap_or_default();
    cases.extend(smaller.into_iter().map(|document| changed(&|c| c.resource_policy = Some(document.clone()))));
    for n in 0..case.context.len() {
        cases.push(changed(&|c| drop(c.context.remove(n))));
    }
    cases
}

fn put(documents: &mut [Json], n: usize, document: &Json) {
    if let Some(place) = documents.get_mut(n) {
        place.clone_from(document);
    }
}

/// A value with one member or element left out, at any depth.
fn smaller_values(value: &Json) -> Vec<Json> {
    match value {
        Json::Object(members) => {
            let without = |name: &String| {
                let kept = members.iter().filter(|(other, _)| *other != name).map(|(k, v)| (k.clone(), v.clone()));
                Json::Object(kept.collect::<Map<_, _>>())
            };
            let inside = |name: &String, member: &Json| -> Vec<Json> {
                let put_in = |smaller: Json| {
                    let mut members = members.clone();
                    members.insert(name.clone(), smaller);
                    Json::Object(members)
                };
                smaller_values(member).into_iter().map(put_in).collect()
            };
            let left_out = members.keys().filter(|name| *name != "Effect").map(without);
            left_out.chain(members.iter().flat_map(|(name, member)| inside(name, member))).collect()
        }
        Json::Array(elements) => {
            let mut smaller = Vec::new();
            for (n, element) in elements.iter().enumerate() {
                let mut without = elements.clone();
                without.remove(n);
                smaller.push(Json::Array(without));
                for inside in smaller_values(element) {
                    let mut changed = elements.clone();
                    put(&mut changed, n, &inside);
                    smaller.push(Json::Array(changed));
                }
            }
            smaller
        }
        _ => Vec::new(),
    }
}

/// A case as JSON, to be read by people.
pub fn as_json(case: &Case) -> Json {
    let principal = &case.principal;
    let context: Vec<Json> = case
        .context
        .iter()
        .map(|entry| match entry.values.as_slice() {
            [value] if !entry.multi_valued => json!({ &entry.name: value }),
            values => json!({ &entry.name: values }),
        })
        .collect();
    json!({
        "principal": {
            "arn": principal.arn,
            "account": principal.account,
            "role": principal.role_arn,
            "root": principal.is_root,
            "id": principal.unique_id,
        },
        "action": case.action,
        "resource": case.resource,
        "resource_account": case.resource_account,
        "model": format!("{:?}", case.model),
        "grant": case.grant.map(|to| format!("{to:?}")),
        "context": context,
        "identity": case.identity,
        "boundary": case.boundary,
        "session": case.session,
        "resource_policy": case.resource_policy,
    })
}
