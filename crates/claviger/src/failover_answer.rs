//! What a failover would do and has done: as JSON, and as text for people.

use claviger_host::fleet_failover::{Failover, FailoverCheck, FailoverPlan};
use claviger_types::Region;
use serde_json::{Value, json};

use crate::failover_check_answer::{self, checked, checked_text};

/// What a failover would do, and whether it would lose anything.
pub(crate) fn planned(lost: &Region, to: &Region, plan: &FailoverPlan, check: &FailoverCheck) -> Value {
    let unready = plan.unready.iter().map(|(arn, why)| json!({ "key": arn.to_string(), "why": why }));
    json!({
        "lost": lost.as_str(),
        "to": to.as_str(),
        "iam": plan.iam,
        "heard": plan.heard.map(|at| at.iso8601().to_string()),
        "key_count": plan.key_count,
        "keys": plan.keys.iter().map(ToString::to_string).collect::<Vec<String>>(),
        "secret_count": plan.secret_count,
        "secrets": plan.secrets.iter().map(ToString::to_string).collect::<Vec<String>>(),
        "unready": unready.collect::<Vec<Value>>(),
        "safe": failover_check_answer::word_of(check.safety),
        "check": checked(check),
    })
}

/// What a failover has done.
pub(crate) fn done(lost: &Region, to: &Region, done: Failover) -> Value {
    json!({ "lost": lost.as_str(), "to": to.as_str(), "keys": done.keys, "secrets": done.secrets, "iam": done.iam })
}

/// The text of [`planned`], without the command that does it.
pub(crate) fn planned_text(answer: &Value) -> String {
    let (lost, to) = (word(&answer["lost"]), word(&answer["to"]));
    let mut lines = vec![format!("{to} would take the place of {lost}:")];
    lines.push(format!("  {} keys, {} secrets", word(&answer["key_count"]), word(&answer["secret_count"])));
    lines.extend(items(&answer["keys"]).chain(items(&answer["secrets"])).map(|arn| format!("    {}", word(arn))));
    if answer["iam"] == true {
        lines.push(format!("  the home of IAM would move from {lost} to {to}"));
    }
    for key in items(&answer["unready"]) {
        lines.push(format!("  not {}: {}", word(&key["key"]), word(&key["why"])));
    }
    if let Some(heard) = answer["heard"].as_str() {
        lines.push(format!("{lost} was last heard at {heard}."));
    }
    lines.push(format!("If {lost} answers, do not do this: move primaries with UpdatePrimaryRegion instead."));
    lines.push(checked_text(answer));
    lines.join("\n")
}

/// The text of [`done`].
pub(crate) fn done_text(answer: &Value) -> String {
    let iam = if answer["iam"] == true { ", and the home of IAM" } else { "" };
    let (keys, secrets) = (word(&answer["keys"]), word(&answer["secrets"]));
    format!(
        "{} is the primary of {keys} keys and {secrets} secrets of {}{iam}.",
        word(&answer["to"]),
        word(&answer["lost"])
    )
}

/// A value without quotes; a dash for none. Callers of the server choose some of the texts, so what could move a terminal's cursor or turn its
/// writing round is shown as an escape.
pub(crate) fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().map(printable).collect(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

fn printable(c: char) -> String {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { c.escape_unicode().to_string() } else { c.to_string() }
}

/// The items of a list; none of anything else.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
