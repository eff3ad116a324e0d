//! The words of `claviger iam`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use claviger_types::Region;

use super::least_privilege::LeastPrivilegeOptions;
use crate::cli::{ENDPOINT, endpoint};

#[derive(Debug, Args)]
pub(crate) struct IamOptions {
    /// Where `claviger dev` listens
    #[arg(long, value_name = "URL", default_value = ENDPOINT, value_parser = endpoint, global = true)]
    pub(crate) endpoint: String,
    /// The configuration file of a `claviger server` on this machine, in place of an endpoint
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The form of the answer
    #[arg(short, long, value_enum, default_value = "text", global = true)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: IamCommand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IamCommand {
    /// Show why a request was denied: the statements that decided, and what the others lack. Each region remembers its latest denials
    WhyDenied {
        /// The request id that the denied caller got
        #[arg(value_name = "REQUEST_ID")]
        request_id: String,
    },
    /// List the latest denials
    Denials {
        /// How many
        #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1000))]
        limit: u64,
    },
    /// Decide on a request that nobody has made, with the policies as they are, and show why
    Simulate {
        /// The ARN of a user, a role or an account's root
        #[arg(value_name = "PRINCIPAL")]
        principal: String,
        /// The action, such as kms:Decrypt
        #[arg(value_name = "ACTION")]
        action: String,
        /// The ARN of a key, a secret, a role, or *
        #[arg(value_name = "RESOURCE", default_value = "*")]
        resource: String,
        /// A value that the request has for a condition key; may be given several times
        #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
        context: Vec<(String, String)>,
        /// The region that decides; without it, the resource's
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        region: Option<Region>,
    },
    /// List the users and roles that may do something with a resource
    WhoCan {
        /// The action, such as kms:Decrypt
        #[arg(value_name = "ACTION")]
        action: String,
        /// The ARN of a key, a secret or a role
        #[arg(value_name = "RESOURCE")]
        resource: String,
        /// The region that decides; without it, the resource's
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        region: Option<Region>,
    },
    /// Write the smallest policy that allows the successful calls of a user or role in the audit trail, from its files
    LeastPrivilege(LeastPrivilegeOptions),
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| key.contains(':'))
        .ok_or("a condition key and its value, such as aws:SourceIp=10.0.0.1")?;
    Ok((key.to_owned(), value.to_owned()))
}
