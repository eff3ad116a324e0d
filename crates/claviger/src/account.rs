//! `claviger account`: accounts of a server, and the access keys of their roots.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use claviger_types::AccountId;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::{CONFIG_FILE, account};
use crate::failover_answer::{items, word};
use crate::failure::Failure;
use crate::region::require_confirmed;
use crate::server::admin;
use crate::{config_command, output};

#[derive(Debug, Args)]
pub(crate) struct AccountOptions {
    /// The configuration file of the server, which runs
    #[arg(long, value_name = "FILE", default_value = CONFIG_FILE, global = true)]
    config: PathBuf,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: AccountCommand,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Make an account, and show its root access key, which is shown this once
    Create {
        /// Its id, twelve digits; without it, random ones
        #[arg(value_name = "ACCOUNT", value_parser = account)]
        account: Option<AccountId>,
    },
    /// List the access keys of an account's root, without their secrets
    RootKeys {
        /// The account
        #[arg(value_name = "ACCOUNT", value_parser = account)]
        account: AccountId,
    },
    /// Make an access key for the root of an account that has lost its own or is to change it. A root can have two
    CreateRootKey {
        /// The account
        #[arg(value_name = "ACCOUNT", value_parser = account)]
        account: AccountId,
    },
    /// Take an access key of an account's root away. The account's users and roles go on
    DeleteRootKey {
        /// The account
        #[arg(value_name = "ACCOUNT", value_parser = account)]
        account: AccountId,
        /// The access key's id
        #[arg(value_name = "ACCESS_KEY_ID")]
        access_key_id: String,
        /// The access key's id again
        #[arg(long, value_name = "ACCESS_KEY_ID")]
        confirm: Option<String>,
    },
}

pub(crate) async fn run(options: AccountOptions) -> Result<(), Failure> {
    let loaded = config_command::load(&options.config)?;
    let (command, argument, text): (_, _, fn(&Value) -> Zeroizing<String>) = match &options.command {
        AccountCommand::Create { account } => {
            ("account/create", json!({ "account": account.as_ref().map(ToString::to_string) }), made)
        }
        AccountCommand::RootKeys { account } => ("account/root-keys", json!({ "account": account.as_str() }), listed),
        AccountCommand::CreateRootKey { account } => {
            ("account/create-root-key", json!({ "account": account.as_str() }), made)
        }
        AccountCommand::DeleteRootKey { account, access_key_id, confirm } => {
            require_confirmed(access_key_id, confirm.as_deref())?;
            let argument = json!({ "account": account.as_str(), "access_key_id": access_key_id });
            ("account/delete-root-key", argument, deleted)
        }
    };
    let answer = admin::call(&loaded.settings.data, command, &argument).await?;
    let shown = if options.json { Zeroizing::new(answer.to_string()) } else { text(&answer) };
    output::line(shown.as_str())
}

/// The lines that a shell can run.
fn made(answer: &Value) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(512));
    let (account, id) = (word(&answer["account"]), word(&answer["access_key_id"]));
    let _ = write!(
        text,
        "# Account {account}. This root access key is shown this once and is stored nowhere in the clear:\nexport AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY='"
    );
    text.push_str(answer["secret_access_key"].as_str().unwrap_or_default());
    text.push('\'');
    text
}

fn listed(answer: &Value) -> Zeroizing<String> {
    let mut lines: Vec<String> = items(&answer["keys"])
        .map(|key| format!("{}  made {}", word(&key["access_key_id"]), word(&key["created"])))
        .collect();
    if lines.is_empty() {
        lines.push(format!("The root of account {} has no access key.", word(&answer["account"])));
    }
    Zeroizing::new(lines.join("\n"))
}

fn deleted(answer: &Value) -> Zeroizing<String> {
    Zeroizing::new(format!("{} of account {} is deleted.", word(&answer["deleted"]), word(&answer["account"])))
}
