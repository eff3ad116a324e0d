//! `claviger status`: what a running server says of itself.

use serde_json::Value;

use crate::cli::StatusOptions;
use crate::failure::Failure;
use crate::server::admin;
use crate::{config_command, output};

pub(crate) async fn run(options: StatusOptions) -> Result<(), Failure> {
    let loaded = config_command::load(&options.config)?;
    let status = admin::call(&loaded.settings.data, "status", &Value::Null).await?;
    output::line(if options.json { status.to_string() } else { text(&status) })?;
    let down: Vec<&str> = regions(&status).filter(|region| region["serving"] != true).filter_map(name).collect();
    if down.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("{} of the regions does not serve", down.join(", ")), "see above")
        .then("see the server's log, and docs/reference/health.md"))
}

fn regions(status: &Value) -> impl Iterator<Item = &Value> {
    status["regions"].as_array().into_iter().flatten()
}

fn name(region: &Value) -> Option<&str> {
    region["region"].as_str()
}

fn text(status: &Value) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    };
    let listeners = &status["listeners"];
    let api: Vec<String> = listeners["api"].as_array().into_iter().flatten().map(word).collect();
    let connections = &status["connections"];
    let mut lines = vec![
        format!("Claviger {}, up {} s", word(&status["version"]), word(&status["uptime_seconds"])),
        format!("  config       {}", word(&status["config"])),
        format!("  data         {}", word(&status["data"])),
        format!("  API          {} ({})", api.join("  "), if listeners["tls"] == true { "TLS" } else { "plain HTTP" }),
        format!("  health       {}", word(&listeners["health"])),
        format!("  link         {}", word(&listeners["link"])),
        format!(
            "  connections  {} of {}, {} of one peer; {} closed for newer ones, {} refused",
            word(&connections["open"]),
            word(&connections["limit"]),
            word(&connections["limit_per_peer"]),
            word(&connections["evicted"]),
            word(&connections["refused"])
        ),
        String::new(),
        format!("  {:<18}{:<12}{:<10}STATE", "REGION", "SEAL", "IAM"),
    ];
    for region in regions(status) {
        let state = match (region["check"].as_str(), region["reason"].as_str()) {
            (Some(check), Some(reason)) => format!("{check}: {reason}"),
            _ => "serving".to_owned(),
        };
        let home = if region["iam_home"] == true { "home" } else { "" };
        lines.push(format!("  {:<18}{:<12}{home:<10}{state}", word(&region["region"]), word(&region["seal"])));
    }
    lines.join("\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_region_that_does_not_serve_shows_why() {
        let status = json!({
            "version": "1.2.3", "uptime_seconds": 7, "config": "c", "data": "d",
            "listeners": { "api": ["127.0.0.1:1", "[::1]:2"], "tls": true, "health": null, "link": null },
            "connections": { "open": 1, "limit": 2, "limit_per_peer": 3, "evicted": 4, "refused": 5 },
            "regions": [
                { "region": "eu-west-1", "iam_home": true, "seal": "file", "serving": true, "check": null, "reason": null },
                { "region": "us-east-1", "iam_home": false, "seal": "file", "serving": false, "check": "store", "reason": "r" },
            ],
        });
        let shown = text(&status);
        for part in [
            "Claviger 1.2.3, up 7 s",
            "127.0.0.1:1  [::1]:2 (TLS)",
            "eu-west-1         file        home      serving",
            "us-east-1         file                  store: r",
        ] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
    }
}
