//! Random condition keys of requests, and random `Condition` elements.

use claviger_policy::Principal;
use claviger_types::SeededRandom;
use serde_json::{Map, Value as Json, json};

use super::people::in_some_case;
use super::pools::{Family, KEYS};
use super::{percent, pick};
use crate::case::ContextEntry;

/// The condition keys of a request.
pub(super) fn context(random: &SeededRandom, principal: &Principal) -> Vec<ContextEntry> {
    let mut context = Vec::new();
    for (name, family, multi_valued) in KEYS {
        if !percent(random, 60) {
            continue;
        }
        context.push(entry(random, name, family, multi_valued));
        // The same key again, often in another case.
        if percent(random, 5) {
            let again = entry(random, &in_some_case(random, name), family, multi_valued);
            context.push(again);
        }
    }
    if percent(random, 50) {
        let arn = principal.role_arn.as_ref().unwrap_or(&principal.arn);
        context.push(ContextEntry::one("aws:PrincipalArn", arn));
    }
    context
}

fn entry(random: &SeededRandom, name: &str, family: Family, multi_valued: bool) -> ContextEntry {
    let value = || (*pick(random, family.requested())).to_owned();
    if multi_valued {
        ContextEntry::many(name, (0..random.below(4)).map(|_| value()).collect())
    } else {
        ContextEntry::one(name, &value())
    }
}

/// A `Condition` element.
pub(super) fn block(random: &SeededRandom) -> Json {
    let mut block = Map::new();
    for _ in 0..*pick(random, &[1, 1, 1, 2, 3]) {
        let (key, key_family, multi_valued) = *pick(random, &KEYS);
        let family = if percent(random, 90) { key_family } else { *pick(random, &Family::ALL) };
        let (operator, values) = if percent(random, 8) {
            ("Null".to_owned(), truth_values(random))
        } else {
            let name = pick(random, family.operators());
            let suffix = if percent(random, 20) { "IfExists" } else { "" };
            (set_operator(random, &format!("{name}{suffix}"), multi_valued), values(random, family))
        };
        let keys = block.entry(operator).or_insert_with(|| json!({}));
        if let Some(keys) = keys.as_object_mut() {
            keys.insert(in_some_case(random, key), values);
        }
    }
    if percent(random, 1) {
        block.insert("StringEquals".to_owned(), json!({}));
    }
    Json::Object(block)
}

fn set_operator(random: &SeededRandom, name: &str, multi_valued: bool) -> String {
    if !percent(random, if multi_valued { 70 } else { 12 }) {
        return name.to_owned();
    }
    format!("{}:{name}", pick(random, &["ForAllValues", "ForAnyValue"]))
}

fn truth_values(random: &SeededRandom) -> Json {
    pick(random, &[json!("true"), json!("false"), json!(true), json!(false), json!(["true", "false"]), json!("maybe")])
        .clone()
}

fn values(random: &SeededRandom, family: Family) -> Json {
    let count = *pick(random, &[1, 1, 1, 1, 1, 1, 2, 2, 2, 3]);
    let mut values: Vec<Json> = (0..count).map(|_| value(random, family)).collect();
    if percent(random, 1) {
        values.clear();
    }
    match values.as_slice() {
        [value] if random.one_in(2) => value.clone(),
        _ => Json::Array(values),
    }
}

fn value(random: &SeededRandom, family: Family) -> Json {
    // Texts are always readable, but for a variable without an end, and then the document is refused.
    if percent(random, if family == Family::Text { 0 } else { 5 }) {
        return json!(pick(random, family.unreadable()));
    }
    match (family, random.below(8)) {
        (Family::Number, 0) => json!(random.below(3)),
        (Family::Truth, 0) => json!(random.one_in(2)),
        (Family::Text, 0) if random.one_in(8) => json!(1),
        _ => json!(pick(random, family.named())),
    }
}
