//! How far the regions are behind each other, and how far one key or secret is in each of them: as JSON, and as text for people.

use claviger_host::fleet_failover::{Agreement, OtherRegion, SharedThing};
use serde_json::{Value, json};

use crate::failover_answer::{items, word};

/// How many digits of a digest people are shown.
const DIGITS: usize = 12;

/// The text of the lag of each region to each other one.
pub(crate) fn lag_text(answer: &Value) -> String {
    let mut lines = vec![format!(
        "{:<18}{:<18}{:<10}{:<10}{:<10}{:<18}{:<7}{:<10}{:<8}{:<8}LAST HEARD",
        "FROM", "TO", "ANSWERS", "WAITING", "OLDEST", "APPLIED", "KEYS", "SECRETS", "FAILED", "DIFFER"
    )];
    for region in items(&answer["regions"]) {
        for peer in items(&region["peers"]) {
            let answers = match (peer["answers"] == true, peer["away"] == true) {
                (true, _) => "yes",
                (false, false) => "NO",
                (false, true) => "AWAY",
            };
            let lag = &peer["lag"];
            let oldest = peer["oldest_seconds"].as_f64().map_or("-".to_owned(), |seconds| format!("{seconds:.1} s"));
            let differ = lag["keys_differ"].as_u64().zip(lag["secrets_differ"].as_u64());
            let differ = differ.map_or("-".to_owned(), |(keys, secrets)| (keys + secrets).to_string());
            let applied = format!("{}/{}", word(&peer["applied_position"]), word(&peer["position"]));
            lines.push(format!(
                "{:<18}{:<18}{answers:<10}{:<10}{oldest:<10}{applied:<18}{:<7}{:<10}{:<8}{differ:<8}{}",
                word(&region["region"]),
                word(&peer["region"]),
                word(&peer["waiting"]),
                word(&lag["keys"]),
                word(&lag["secrets_in_progress"]),
                word(&lag["secrets_failed"]),
                word(&peer["heard"])
            ));
        }
    }
    lines.join("\n")
}

/// A key or secret as each region of the process has it.
pub(crate) fn things(things: &[SharedThing]) -> Value {
    json!({ "things": things.iter().map(thing).collect::<Vec<Value>>() })
}

fn thing(thing: &SharedThing) -> Value {
    let applied = thing.applied.as_ref();
    json!({
        "arn": thing.arn,
        "region": thing.region.as_str(),
        "primary": thing.primary.as_ref().map(|region| region.as_str()),
        "epoch": applied.map(|(epoch, _)| json!({ "counter": epoch.counter, "region": epoch.region.as_str() })),
        "revision": applied.map(|(_, revision)| revision),
        "digest": thing.digest.map(|digest| digest.to_string()),
        "replicas": thing.others.iter().map(replica).collect::<Vec<Value>>(),
    })
}

fn replica(other: &OtherRegion) -> Value {
    let agreement = match other.agreement {
        Agreement::Equal => "equal",
        Agreement::Behind => "behind",
        Agreement::Differs => "differs",
        Agreement::NotReported => "not reported",
    };
    json!({
        "region": other.region.as_str(),
        "revision": other.revision,
        "digest": other.digest.map(|digest| digest.to_string()),
        "state": agreement,
        "waiting": other.waiting,
        "more_waiting": other.more_waiting,
        "status": other.status.as_ref().map(|(status, _)| format!("{status:?}")),
        "status_message": other.status.as_ref().and_then(|(_, message)| message.as_deref()),
    })
}

/// The text of [`things`].
pub(crate) fn things_text(answer: &Value) -> String {
    let mut lines = Vec::new();
    for thing in items(&answer["things"]) {
        lines.push(word(&thing["arn"]));
        let Some(primary) = thing["primary"].as_str() else {
            lines.push("  it is in no other region".to_owned());
            continue;
        };
        lines.push(format!(
            "  {:<18}{:<9}{:<24}{:<10}{:<14}{:<14}WAITING",
            "REGION", "ROLE", "EPOCH", "REVISION", "DIGEST", "STATE"
        ));
        let epoch = &thing["epoch"];
        let epoch = format!("{} {}", word(&epoch["counter"]), word(&epoch["region"]));
        let here = word(&thing["region"]);
        let is_primary = here == primary;
        let role = if is_primary { "primary" } else { "replica" };
        lines.push(format!(
            "  {here:<18}{role:<9}{epoch:<24}{:<10}{:<14}{:<14}-",
            word(&thing["revision"]),
            short(&thing["digest"]),
            "-"
        ));
        for other in items(&thing["replicas"]) {
            let state = match other["status_message"].as_str() {
                Some(message) if other["status"] == "Failed" => format!("Failed: {message}"),
                _ => word(&other["state"]),
            };
            lines.push(format!(
                "  {:<18}{:<9}{epoch:<24}{:<10}{:<14}{state:<14}{}",
                word(&other["region"]),
                "replica",
                word(&other["revision"]),
                short(&other["digest"]),
                counted(&other["waiting"], &other["more_waiting"])
            ));
        }
        if !is_primary {
            lines.push(format!("  The primary is in {primary}, which knows what the replicas have reported."));
        }
    }
    lines.join("\n")
}

/// A number, with a plus sign if it is the least that there are.
fn counted(count: &Value, more: &Value) -> String {
    format!("{}{}", word(count), if *more == true { "+" } else { "" })
}

fn short(digest: &Value) -> String {
    word(digest).chars().take(DIGITS).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_direction() {
        let peer = json!({
            "region": "eu-west-1", "answers": false, "away": true, "waiting": 3, "oldest_seconds": 61.24, "applied_position": 40,
            "position": 45, "lag": { "keys": 1, "keys_differ": 2, "secrets_in_progress": 0, "secrets_failed": 0, "secrets_differ": 3 }, "heard": null,
        });
        let text = lag_text(&json!({ "regions": [{ "region": "eu-central-1", "peers": [peer] }] }));
        let words: Vec<&str> = text.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(words, ["eu-central-1", "eu-west-1", "AWAY", "3", "61.2", "s", "40/45", "1", "0", "0", "5", "-"]);
    }

    #[test]
    fn a_line_for_each_region_that_shares_a_thing() {
        let digest = "0123456789abcdef";
        let text = things_text(&json!({ "things": [
            {
                "arn": "arn:k", "region": "eu-central-1", "primary": "eu-central-1",
                "epoch": { "counter": 2, "region": "eu-central-1" }, "revision": 7, "digest": digest,
                "replicas": [
                    { "region": "eu-west-1", "revision": 7, "digest": digest, "state": "equal", "waiting": 0, "more_waiting": true },
                    { "region": "us-east-1", "revision": null, "digest": null, "state": "not reported", "waiting": 2,
                      "status": "Failed", "status_message": "name taken" },
                ],
            },
            { "arn": "arn:s", "region": "eu-central-1", "primary": null, "replicas": [] },
        ] }));
        let words: Vec<String> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(words[2], "eu-central-1 primary 2 eu-central-1 7 0123456789ab - -");
        assert_eq!(words[3], "eu-west-1 replica 2 eu-central-1 7 0123456789ab equal 0+");
        assert_eq!(words[4], "us-east-1 replica 2 eu-central-1 - - Failed: name taken2");
        assert_eq!(words[5..], ["arn:s", "it is in no other region"]);
    }
}
