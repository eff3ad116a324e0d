//! Whether a failover would lose anything: as JSON, and as text for people.

use claviger_host::fleet_failover::{FailoverCheck, NamedThings, Safety, WaitingChanges};
use serde_json::{Value, json};

use crate::failover_answer::{items, word};

/// The answer as JSON has it.
pub(crate) fn word_of(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "yes",
        Safety::NotSafe => "no",
        Safety::NotKnown => "unknown",
    }
}

/// The rest of the answer.
pub(crate) fn checked(check: &FailoverCheck) -> Value {
    let told = check.told.map(|told| {
        json!({
            "at": told.backlog.at.iso8601(),
            "received": told.received.iso8601(),
            "waiting": told.backlog.waiting,
        })
    });
    let without = check.without_replica.as_ref();
    json!({
        "as_of": check.as_of.map(|at| at.iso8601()),
        "age_seconds": check.age_ms.map(|ms| ms as f64 / 1000.0),
        "reasons": check.reasons,
        "keys": named(&check.keys),
        "secrets": named(&check.secrets),
        "waiting": check.waiting.as_ref().map(changes),
        "in_flight": check.in_flight.as_ref().map(changes),
        "changed_since": check.changed_since,
        "told": told,
        "without_replica": without.map(|(keys, secrets)| json!({ "keys": named(keys), "secrets": named(secrets) })),
    })
}

fn changes(waiting: &WaitingChanges) -> Value {
    json!({
        "keys": waiting.keys.values().sum::<u64>(),
        "secrets": waiting.secrets.values().sum::<u64>(),
        "iam": waiting.iam,
        "others": waiting.others,
        "snapshot": waiting.snapshot,
        "more": waiting.more,
    })
}

fn named(things: &NamedThings) -> Value {
    let first = things.first.iter().map(|(arn, why)| json!({ "arn": arn, "why": why }));
    json!({ "count": things.count, "first": first.collect::<Vec<Value>>() })
}

/// The text of a failover's `safe` and `check`.
pub(crate) fn checked_text(answer: &Value) -> String {
    let (check, lost, to) = (&answer["check"], word(&answer["lost"]), word(&answer["to"]));
    let mut lines = Vec::new();
    let without = &check["without_replica"];
    if without.is_null() {
        lines.push(format!("What of {lost} has no replica in {to} is not known here."));
    } else {
        let (keys, secrets) = (&without["keys"], &without["secrets"]);
        let counts = format!("{} keys, {} secrets", word(&keys["count"]), word(&secrets["count"]));
        lines.push(format!("Not in {to} at all, and out of reach until {lost} is back: {counts}"));
        lines.extend(listed(keys).chain(listed(secrets)));
    }
    let told = &check["told"];
    if told.is_object() {
        let (at, waiting) = (word(&told["at"]), word(&told["waiting"]));
        lines.push(format!("At {at}, by its clock, {lost} had {waiting} changes waiting for {to}."));
    }
    let behind = listed(&check["keys"]).chain(listed(&check["secrets"])).collect::<Vec<String>>();
    if !behind.is_empty() {
        lines.push(format!("Not complete in {to}:"));
        lines.extend(behind);
    }
    let as_of = as_of(check).map(|as_of| format!(", as of {as_of}")).unwrap_or_default();
    lines.push(match answer["safe"].as_str() {
        Some("yes") => {
            format!("Safe now: YES{as_of}. {to} has everything of its replicas that {lost} had acknowledged then.")
        }
        Some("no") => format!("Safe now: NO{as_of}. A failover would lose what is lacking:"),
        _ => format!("Safe now: NOT KNOWN{as_of}. Nothing is known to be lacking:"),
    });
    lines.extend(items(&check["reasons"]).map(|reason| format!("  {}", word(reason))));
    lines.extend(since(answer));
    lines.join("\n")
}

/// The moment for which the answer holds, and its age.
fn as_of(check: &Value) -> Option<String> {
    let at = check["as_of"].as_str()?;
    Some(match check["age_seconds"].as_f64() {
        Some(seconds) => format!("{at} ({seconds:.1} s ago)"),
        None => at.to_owned(),
    })
}

/// What a failover would lose of the time since the moment of the answer.
fn since(answer: &Value) -> Option<String> {
    let check = &answer["check"];
    let (in_flight, lost, to) = (&check["in_flight"], word(&answer["lost"]), word(&answer["to"]));
    if answer["safe"] != "yes" {
        return None;
    }
    if !in_flight.is_object() {
        // The region that would take the place was asked.
        return Some(format!("What {lost} acknowledges after that is lost, unless it arrives: it is not known here."));
    }
    let count = |kind: &str| in_flight.get(kind).and_then(Value::as_u64).unwrap_or_default();
    let (keys, secrets, iam, others) = (count("keys"), count("secrets"), count("iam"), count("others"));
    let total = keys + secrets + iam + others;
    let least = if in_flight["more"] == true { "at least " } else { "" };
    Some(match total {
        0 if in_flight["more"] == true => format!(
            "More waits for {to} since then than was counted. Stop writing to {lost} before the failover: what it acknowledges until then may be lost."
        ),
        0 => format!(
            "Since then nothing waits for {to}. Stop writing to {lost} before the failover: what it acknowledges until then may be lost."
        ),
        _ => format!(
            "On their way since then: {least}{total} change(s), of keys {keys}, of secrets {secrets}, of IAM {iam}, of other things {others}. They are lost if {lost} is lost before they arrive. Stop writing to {lost} first."
        ),
    })
}

fn listed(things: &Value) -> impl Iterator<Item = String> {
    let more = things["count"].as_u64().unwrap_or_default().saturating_sub(items(&things["first"]).count() as u64);
    let lines = items(&things["first"]).map(|thing| format!("    {}: {}", word(&thing["arn"]), word(&thing["why"])));
    lines.chain((more > 0).then(|| format!("    and {more} more")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn answer(safe: &str, check: Value) -> Value {
        json!({ "lost": "eu-central-1", "to": "eu-west-1", "safe": safe, "check": check })
    }

    #[test]
    fn the_last_part_is_the_answer_and_its_reasons() {
        let things =
            |count: u64, arn: &str, why: &str| json!({ "count": count, "first": [{ "arn": arn, "why": why }] });
        let text = checked_text(&answer(
            "no",
            json!({
                "as_of": "2026-11-29T12:00:03.000Z",
                "age_seconds": 4.1,
                "reasons": ["1 key(s) of eu-central-1 are not complete in eu-west-1"],
                "keys": things(1, "arn:k", "its replica has reported nothing"),
                "secrets": things(102, "arn:s", "InProgress"),
                "without_replica": { "keys": things(1, "arn:a", "it is a single-Region key"), "secrets": { "count": 0, "first": [] } },
            }),
        ));
        for part in [
            "out of reach until eu-central-1 is back: 1 keys, 0 secrets\n    arn:a: it is a single-Region key\n",
            "Not complete in eu-west-1:\n    arn:k: its replica has reported nothing\n    arn:s: InProgress\n    and 101 more\n",
            "\nSafe now: NO, as of 2026-11-29T12:00:03.000Z (4.1 s ago). A failover would lose what is lacking:\n  1 key(s) of",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(checked_text(&answer("yes", json!({}))).contains("Safe now: YES. eu-west-1 has everything"));
    }

    #[test]
    fn a_yes_says_what_is_on_its_way() {
        let yes = |in_flight: Value| {
            checked_text(&answer("yes", json!({ "as_of": "T", "age_seconds": 1.94, "in_flight": in_flight })))
        };
        let text = yes(json!({ "keys": 1, "secrets": 20, "iam": 0, "others": 0, "more": true }));
        for part in [
            "Safe now: YES, as of T (1.9 s ago). ",
            "\nOn their way since then: at least 21 change(s), of keys 1, of secrets 20,",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let text = yes(json!({ "keys": 0, "secrets": 0, "iam": 0, "others": 0, "more": false }));
        assert!(text.contains("\nSince then nothing waits for eu-west-1. Stop writing to eu-central-1"), "{text}");
        // The survivor knows nothing of the time since then.
        assert!(
            yes(Value::Null).ends_with(
                "What eu-central-1 acknowledges after that is lost, unless it arrives: it is not known here."
            )
        );
    }

    #[test]
    fn what_the_lost_region_said_is_no_yes() {
        let told = json!({ "at": "2026-11-29T12:00:03.000Z", "waiting": 0 });
        let reason = "what eu-central-1 acknowledged after that is not known here";
        let text = checked_text(&answer("unknown", json!({ "told": told, "reasons": [reason], "as_of": null })));
        assert!(text.contains(
            "At 2026-11-29T12:00:03.000Z, by its clock, eu-central-1 had 0 changes waiting for eu-west-1.\n"
        ));
        assert!(
            text.ends_with("Safe now: NOT KNOWN. Nothing is known to be lacking:\n  what eu-central-1 acknowledged after that is not known here"),
            "{text}"
        );
        assert!(text.contains("What of eu-central-1 has no replica in eu-west-1 is not known here."));
    }
}
