//! The answers of `claviger iam` for people.

use std::fmt::Write;

use serde_json::Value;

use crate::failover_answer::{items, word};

/// Why a request was denied.
pub(crate) fn denied(answer: &Value) -> String {
    let mut text = String::new();
    for denied in items(&answer["denied"]) {
        let _ = writeln!(
            text,
            "{}  {}  request {}",
            word(&denied["at"]),
            word(&denied["region"]),
            word(&denied["request_id"])
        );
        text.push_str(&explanation(denied));
    }
    text.trim_end().to_owned()
}

/// The latest denials, a line each.
pub(crate) fn denials(answer: &Value) -> String {
    let denied: Vec<&Value> = items(&answer["denied"]).collect();
    if denied.is_empty() {
        return "No denial is remembered.".to_owned();
    }
    let lines = denied.into_iter().map(|denied| {
        let of = |name: &str| word(&denied[name]);
        format!(
            "{}  {}  {}  {}  {} on {} {}",
            of("at"),
            of("region"),
            of("request_id"),
            of("principal"),
            of("action"),
            of("resource"),
            of("reason")
        )
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// The decision on a request that nobody has made.
pub(crate) fn simulated(answer: &Value) -> String {
    let text = explanation(&answer["explanation"]);
    format!("region {}\n{}", word(&answer["region"]), text.trim_end())
}

/// Who may do something.
pub(crate) fn who_can(answer: &Value) -> String {
    let (action, resource) = (word(&answer["action"]), word(&answer["resource"]));
    let mut text = format!("{action} on {resource}, in {}\n", word(&answer["region"]));
    let mut list = |title: &str, name: &str| {
        let principals: Vec<String> = items(&answer[name]).map(word).collect();
        if !principals.is_empty() {
            let _ = writeln!(text, "{title}");
            for principal in principals {
                let _ = writeln!(text, "  {principal}");
            }
        }
    };
    list("allowed", "allowed");
    list("allowed if the request has other values than none (see claviger iam simulate --context)", "under_conditions");
    if items(&answer["allowed"]).next().is_none() && items(&answer["under_conditions"]).next().is_none() {
        text.push_str("nobody of the accounts that were looked at\n");
    }
    let others: Vec<String> = items(&answer["others_named"]).map(word).collect();
    if !others.is_empty() {
        let _ = writeln!(text, "the resource's policy also names {}", others.join(", "));
    }
    if answer["admits_strangers"] == true {
        text.push_str("The resource's policy admits principals of any account.\n");
    }
    if answer["is_cut"] == true {
        text.push_str("There are more principals than were looked at.\n");
    }
    let _ = write!(text, "accounts: {}", items(&answer["accounts"]).map(word).collect::<Vec<String>>().join(", "));
    text
}

fn explanation(explained: &Value) -> String {
    let of = |name: &str| word(&explained[name]);
    let verdict = if explained["allowed"] == true { "ALLOWED" } else { "DENIED" };
    let mut text = format!("{verdict}  {} calls {}\n", of("principal"), of("action"));
    let _ = writeln!(text, "  on {}", of("resource"));
    if explained["allowed"] != true {
        let _ = writeln!(text, "  {}", of("reason"));
    }
    for by in items(&explained["decided_by"]) {
        let _ = writeln!(text, "  decided by {}", deciding(by));
    }
    if let Some(grants) = explained["grants"].as_str() {
        let _ = writeln!(text, "  {grants}");
    }
    for policies in items(&explained["policies"]) {
        let count = policies["count"].as_u64().unwrap_or_default();
        let _ = writeln!(text, "  {}: {}", word(&policies["policy_type"]), plural(count));
        let mut named = items(&policies["statements"]).peekable();
        if count > 0 && named.peek().is_none() {
            let _ = writeln!(text, "    no statement names the action");
        }
        for statement in named {
            text.push_str(&considered(statement));
        }
    }
    text
}

fn plural(count: u64) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "1 policy".to_owned(),
        many => format!("{many} policies"),
    }
}

fn deciding(by: &Value) -> String {
    if by["statement"].is_null() {
        return match by["policy_type"].as_str() {
            Some("identity-based policy") => "the principal itself: it is the account's root".to_owned(),
            _ => "a grant on the key".to_owned(),
        };
    }
    format!("{} of the {}", statement(&by["statement"], &by["policy"]), word(&by["policy_type"]))
}

fn considered(considered: &Value) -> String {
    let applies = considered["applies"] == true;
    let names: Vec<String> = items(&considered["names_caller_as"]).map(word).collect();
    let names = if names.is_empty() { String::new() } else { format!(" (names the caller as {})", names.join(", ")) };
    let verb = if applies { "applies" } else { "does not apply" };
    let mut text = format!(
        "    {} {}: {verb}{names}\n",
        word(&considered["effect"]),
        statement(considered, &considered["policy"])
    );
    for lack in items(&considered["lacks"]) {
        let _ = writeln!(text, "      {}", word(lack));
    }
    text
}

/// A statement by its `Sid`, or by its place.
fn statement(statement: &Value, policy: &Value) -> String {
    let place = match (statement["sid"].as_str(), statement["index"].as_u64()) {
        (Some(sid), _) => format!("statement {sid:?}"),
        (None, index) => format!("statement {}", index.unwrap_or_default().saturating_add(1)),
    };
    policy.as_str().map_or(place.clone(), |policy| format!("{place} of {policy}"))
}
