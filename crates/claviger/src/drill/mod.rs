//! `claviger drill`: takes regions of a running `claviger dev` down, and cuts and delays the links between them.
//!
//! The command calls the admin endpoint of dev mode (`client.rs`). The process does what it asks for (`commands.rs`).

mod client;
pub(crate) mod commands;

use claviger_types::Region;
use serde_json::{Value, json};

use crate::cli::{DrillCommand, DrillOptions};
use crate::failover_answer::{self, items, word};
use crate::failure::Failure;
use crate::output;

/// Has the process of `claviger dev` at an endpoint do a command that is no drill.
pub(crate) async fn call(endpoint: &str, command: &str, argument: Value) -> Result<Value, Failure> {
    client::call(endpoint, "POST", command, Some(argument)).await
}

pub(crate) async fn run(options: DrillOptions) -> Result<(), Failure> {
    let endpoint = options.endpoint;
    let post = |command: &'static str, argument: Value| client::call(&endpoint, "POST", command, Some(argument));
    let one = |region: &Region| json!({ "region": region.as_str() });
    // Of a drill that changes something, the answer is the state after it.
    let (answer, text) = match options.command {
        DrillCommand::Status => {
            let status = client::call(&endpoint, "GET", "regions", None).await?;
            let text = status_text(&status);
            (status, text)
        }
        DrillCommand::Down { region } => (
            post("region/down", one(&region)).await?,
            format!("{region} is down. Changes for it wait in the other regions. Back: claviger drill up {region}"),
        ),
        DrillCommand::Up { region } => (post("region/up", one(&region)).await?, format!("{region} is up.")),
        DrillCommand::Cut { from, to, both } => {
            let argument = json!({ "from": from.as_str(), "to": to.as_str(), "both": both });
            let back = if both { ", nor back" } else { "" };
            let text = format!("Nothing gets from {from} to {to}{back}. End it: claviger drill heal");
            (post("link/cut", argument).await?, text)
        }
        DrillCommand::Delay { from, to, ms } => {
            let argument = json!({ "from": from.as_str(), "to": to.as_str(), "ms": ms });
            (post("link/delay", argument).await?, format!("What {from} sends to {to} arrives {ms} ms later."))
        }
        DrillCommand::Heal => (post("link/heal", json!({})).await?, "No link is cut or delayed.".to_owned()),
        DrillCommand::Failover { lost, to, dry_run } => {
            let argument = json!({ "lost": lost.as_str(), "to": to.as_str(), "dry_run": dry_run });
            let answer = post("failover", argument).await?;
            let text = failover_text(&answer, dry_run);
            (answer, text)
        }
    };
    output::line(if options.json { answer.to_string() } else { text })
}

fn failover_text(answer: &Value, dry_run: bool) -> String {
    if !dry_run {
        return failover_answer::done_text(answer);
    }
    let (lost, to) = (word(&answer["lost"]), word(&answer["to"]));
    format!("{}\nTo do it: claviger drill failover {lost} --to {to}", failover_answer::planned_text(answer))
}

fn status_text(status: &Value) -> String {
    let mut lines = vec![format!("{:<18}{:<9}IAM", "REGION", "STATE")];
    for region in items(&status["regions"]) {
        let state = if region["running"] == true { "up" } else { "DOWN" };
        let home = if region["iam_home"] == true { "home" } else { "" };
        lines.push(format!("{:<18}{state:<9}{home}", word(&region["region"])).trim_end().to_owned());
    }
    lines.push(String::new());
    lines.push(format!("{:<18}{:<18}{:<12}{:<10}LAST HEARD", "FROM", "TO", "LINK", "WAITING"));
    for link in items(&status["links"]) {
        let state = match (link["cut"] == true, link["delay_ms"].as_u64().unwrap_or_default()) {
            (true, _) => "CUT".to_owned(),
            (false, 0) => "ok".to_owned(),
            (false, ms) => format!("+{ms} ms"),
        };
        lines.push(format!(
            "{:<18}{:<18}{state:<12}{:<10}{}",
            word(&link["from"]),
            word(&link["to"]),
            word(&link["waiting"]),
            word(&link["heard"])
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_state_shows_regions_and_faults() {
        let text = status_text(&json!({
            "regions": [
                { "region": "eu-west-1", "running": true, "iam_home": true },
                { "region": "us-east-1", "running": false, "iam_home": false },
            ],
            "links": [
                { "from": "eu-west-1", "to": "us-east-1", "cut": true, "delay_ms": 5, "waiting": 3, "heard": null },
                { "from": "us-east-1", "to": "eu-west-1", "cut": false, "delay_ms": 80, "waiting": null, "heard": "t" },
            ],
        }));
        for part in [
            "eu-west-1         up       home\n",
            "us-east-1         DOWN\n",
            "CUT         3         -",
            "+80 ms      -         t",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
