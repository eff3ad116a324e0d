//! `claviger region`: the regions of the fleet.

use std::io::{IsTerminal, Read};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::{RegionCommand, RegionOptions};
use crate::failover_answer::{items, word};
use crate::failure::Failure;
use crate::region_failover::{self, Order};
use crate::server::admin;
use crate::{config_command, lag_answer, output};

/// The most bytes of an invitation that are read.
const INVITATION_BYTES_MAX: u64 = 8192;

/// The most keys and secrets that are named in a line.
const NAMED_MAX: usize = 5;

pub(crate) async fn run(options: RegionOptions) -> Result<(), Failure> {
    let loaded = config_command::load(&options.config)?;
    let data = &loaded.settings.data;
    let call = |command: &'static str, argument: Value| async move { admin::call(data, command, &argument).await };
    let (answer, text): (Value, fn(&Value) -> String) = match options.command {
        RegionCommand::List => (call("region/list", Value::Null).await?, list),
        RegionCommand::Lag { key, secret, account } => {
            let of_one_thing = key.is_some() || secret.is_some();
            let text = if of_one_thing { lag_answer::things_text } else { lag_answer::lag_text };
            let argument = json!({ "key": key, "secret": secret, "account": account.map(|id| id.to_string()) });
            (call("region/lag", argument).await?, text)
        }
        RegionCommand::Invite { region, rebuild } => {
            let argument = json!({ "region": region.as_str(), "rebuild": rebuild });
            (call("region/invite", argument).await?, invited)
        }
        RegionCommand::Join { region } => {
            let text = read_invitation()?;
            let argument = json!({ "region": region.map(|r| r.to_string()), "invitation": text.trim() });
            (call("region/join", argument).await?, joined)
        }
        RegionCommand::Remove { region, confirm } => {
            require_confirmed(&region.to_string(), confirm.as_deref())?;
            (call("region/remove", json!({ "region": region.as_str() })).await?, removed)
        }
        RegionCommand::Resync { region } => {
            (call("region/resync", json!({ "region": region.as_str() })).await?, resynced)
        }
        RegionCommand::Rebuild { region, without } => {
            let without: Vec<String> = without.iter().map(ToString::to_string).collect();
            let argument = json!({ "region": region.map(|r| r.to_string()), "without": without });
            (call("region/rebuild", argument).await?, rebuilding)
        }
        RegionCommand::Failover { lost, to, dry_run, confirm, statement, authorization, operator_key } => {
            // Who signs here sees the statement first.
            if !dry_run && operator_key.is_none() {
                require_confirmed(lost.as_str(), confirm.as_deref())?;
            }
            let json = options.json;
            let order =
                Order { lost, to, dry_run, confirm, json, statement, authorizations: authorization, operator_key };
            let (answer, text) = region_failover::run(data, order).await?;
            return output::line(if options.json { answer.to_string() } else { text });
        }
    };
    output::line(if options.json { answer.to_string() } else { text(&answer) })
}

/// An invitation is a secret, so it is no argument, which other users of the machine could see.
fn read_invitation() -> Result<Zeroizing<String>, Failure> {
    if std::io::stdin().is_terminal() {
        output::line("Paste the invitation, then press Enter and Ctrl-D:")?;
    }
    let mut text = Zeroizing::new(String::with_capacity(INVITATION_BYTES_MAX as usize));
    let read = std::io::stdin().lock().take(INVITATION_BYTES_MAX).read_to_string(&mut text);
    read.map_err(|error| Failure::new("the invitation cannot be read from the standard input", error))?;
    Ok(text)
}

pub(crate) fn require_confirmed(name: &str, confirm: Option<&str>) -> Result<(), Failure> {
    if confirm == Some(name) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("nothing was done to {name}"),
        "this cannot be undone, so it has to be confirmed by name",
    )
    .then(format!("--confirm {name}")))
}

fn list(answer: &Value) -> String {
    let mut lines = Vec::new();
    for region in items(&answer["regions"]) {
        let state = if region["rebuilding"] == true { "  being rebuilt" } else { "" };
        lines.push(format!("{}  {}{state}", word(&region["region"]), word(&region["fingerprint"])));
        lines.push(format!("  IAM is written in {}", word(&region["iam_home"])));
        let rebuilt = &region["rebuilt"];
        if rebuilt.is_object() {
            lines.push(format!(
                "  rebuilt at {}: {} keys ({} with the policy of a related key), {} secrets ({} under the default key, {} refused), {} IAM records",
                word(&rebuilt["ended"]), word(&rebuilt["keys"]), word(&rebuilt["keys_with_borrowed_settings"]),
                word(&rebuilt["secrets"]), word(&rebuilt["secrets_under_default_key"]), word(&rebuilt["secrets_refused"]),
                word(&rebuilt["iam"]),
            ));
        }
        for peer in items(&region["peers"]) {
            let link = &peer["link"];
            let place = match (peer["local"] == true, link["connected_seconds"].as_u64()) {
                (true, _) => "in this process".to_owned(),
                (false, Some(seconds)) => format!("connected to {} for {seconds} s", word(&link["address"])),
                (false, None) => format!("NOT CONNECTED: {}", word(&link["last_error"])),
            };
            lines.push(format!("  {:<16}{}  {place}", word(&peer["region"]), word(&peer["fingerprint"])));
            lines.extend(open_claims(word(&region["region"]), peer));
        }
    }
    lines.join("\n")
}

/// What two regions do not agree about, for lack of signatures.
fn open_claims(region: String, peer: &Value) -> Vec<String> {
    let other = word(&peer["region"]);
    let named = |list: &Value| {
        let names: Vec<String> = items(list).map(word).collect();
        let more = names.len().saturating_sub(NAMED_MAX);
        let shown = names.into_iter().take(NAMED_MAX).collect::<Vec<String>>().join("; ");
        if more == 0 { shown } else { format!("{shown}; and {more} more") }
    };
    let (refused, disputed) = (&peer["claims_refused"], &peer["roles_disputed"]);
    let mut lines = Vec::new();
    if items(refused).next().is_some() {
        lines.push(format!(
            "    {other} SAYS THAT IT LEADS, and {region} does not follow it: no hand-over and not enough signatures of operators prove it: {}",
            named(refused)
        ));
    }
    if items(disputed).next().is_some() {
        lines.push(format!(
            "    {other} DOES NOT ACCEPT that {region} leads: {region} took this over without the signatures of operators that {other} names: {}",
            named(disputed)
        ));
    }
    lines
}

fn invited(answer: &Value) -> String {
    let note = format!(
        "# It can be used once, until {}, and is as secret as a password until then. Give it to: claviger region join\n\
         # The operator there compares this region's fingerprint: {}",
        word(&answer["expires"]),
        word(&answer["fingerprint"])
    );
    format!("{note}\n{}", word(&answer["invitation"]))
}

fn joined(answer: &Value) -> String {
    let members: Vec<String> = items(&answer["members"]).map(word).collect();
    let (region, home) = (word(&answer["region"]), word(&answer["iam_home"]));
    let what = if answer["rebuilds"] == true { "is being rebuilt from" } else { "has joined" };
    format!("{region} {what} {}. IAM is written in {home}.", members.join(", "))
}

fn removed(answer: &Value) -> String {
    format!("{} is no member of the fleet any more.", word(&answer["removed"]))
}

fn resynced(answer: &Value) -> String {
    format!("Everything that is shared with {} is announced to it again.", word(&answer["resync"]))
}

fn rebuilding(answer: &Value) -> String {
    let sources: Vec<String> = items(&answer["sources"]).map(word).collect();
    format!(
        "{} takes what is later from {}. It serves requests when it has everything.",
        word(&answer["region"]),
        sources.join(", ")
    )
}
