//! The options of `claviger import` and `claviger export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The server whose secrets are written or read.
#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    /// Where the server is; without it AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL, or a `claviger dev` on this machine. Credentials
    /// are those of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; on this machine, test/test without them
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) endpoint: Option<String>,
    /// The region; without it AWS_REGION, AWS_DEFAULT_REGION, or us-east-1
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) region: Option<String>,
    /// Authorities that may certify the servers, as PEM, besides the public ones
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) ca: Option<PathBuf>,
    /// Let secrets travel without TLS to and from another machine
    #[arg(long, global = true)]
    pub(crate) allow_plain_http: bool,
    /// `auto` shows progress on a terminal, `jsonl` writes an event a line to standard error, `none` is quiet
    #[arg(long, value_enum, default_value_t = ProgressForm::Auto, global = true)]
    pub(crate) progress: ProgressForm,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressForm {
    Auto,
    Jsonl,
    None,
}

#[derive(Debug, Args)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(crate) struct ImportOptions {
    #[command(subcommand)]
    pub(crate) source: ImportSource,
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Show what would be done, and do nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Replace the content of secrets that the server has with another one: new versions, labels, tags, policy
    #[arg(long, global = true)]
    pub(crate) overwrite: bool,
    /// Put this before each name
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, global = true)]
    pub(crate) prefix: String,
    /// Only secrets whose name in the source begins with this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, global = true)]
    pub(crate) filter: String,
    /// The server's KMS key for a key of the source, as the source names it; may be given several times. Other secrets get the
    /// default key
    #[arg(long, value_name = "FROM=TO", value_parser = pair, global = true)]
    pub(crate) map_kms_key: Vec<(String, String)>,
    /// Where an import that is cut off leaves what a second run needs to continue. It holds no value, and goes away at the end
    #[arg(long, value_name = "FILE", default_value = "claviger-import.state", global = true)]
    pub(crate) state: PathBuf,
}

const IMPORT_EXAMPLES: &str = "Examples:
  claviger import aws --from-region eu-west-1 --from-profile prod --dry-run
  claviger import vault --mount kv --path teams/billing
  claviger import dotenv .env --prefix app/
  claviger import json secrets.age --passphrase-file passphrase

Exit codes: 0 all is there, 1 nothing was done, 2 wrong use, 6 some secrets are in conflict or failed.";

#[derive(Debug, Subcommand)]
pub(crate) enum ImportSource {
    /// From AWS Secrets Manager, or any server that speaks its protocol
    Aws(AwsOptions),
    /// From a KV engine of HashiCorp Vault or OpenBao. The token is that of VAULT_TOKEN
    Vault(VaultOptions),
    /// From a file of KEY=value lines
    Dotenv(DotenvOptions),
    /// From a file of `claviger export`, or a JSON object of names and values
    Json(JsonOptions),
}

#[derive(Debug, Args)]
pub(crate) struct AwsOptions {
    /// The source; without it, AWS in the region
    #[arg(long, value_name = "URL")]
    pub(crate) from_endpoint: Option<String>,
    /// The region of the source; without it FROM_AWS_REGION
    #[arg(long, value_name = "NAME")]
    pub(crate) from_region: Option<String>,
    /// A profile of ~/.aws/credentials; without it FROM_AWS_ACCESS_KEY_ID, FROM_AWS_SECRET_ACCESS_KEY and FROM_AWS_SESSION_TOKEN
    #[arg(long, value_name = "NAME")]
    pub(crate) from_profile: Option<String>,
    /// Only secrets with this tag; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) tag: Vec<(String, String)>,
    /// Also versions without staging labels
    #[arg(long)]
    pub(crate) all_versions: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VaultOptions {
    /// The server; without it VAULT_ADDR
    #[arg(long, value_name = "URL")]
    pub(crate) address: Option<String>,
    /// Where the KV engine is mounted
    #[arg(long, value_name = "PATH", default_value = "secret")]
    pub(crate) mount: String,
    /// Only secrets at or below this path
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    pub(crate) path: String,
    /// The namespace; without it VAULT_NAMESPACE
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// The version of the engine; without it, the server is asked
    #[arg(long, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) kv_version: Option<u8>,
}

#[derive(Debug, Args)]
pub(crate) struct DotenvOptions {
    /// The file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Make one secret of this name, a JSON object of all variables, in place of a secret for each
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) one: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct JsonOptions {
    /// The file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A file with the passphrase that the file is sealed to. Without it, a terminal is asked
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// A file with the identity (AGE-SECRET-KEY-1...) whose public key the file is sealed to
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(crate) struct ExportOptions {
    /// The file to write. It must not exist
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Only secrets whose name begins with this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) filter: String,
    /// Seal the file to the passphrase in this file. Without it and --recipient, a terminal is asked for a passphrase
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipient", "plaintext_without_encryption"])]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Seal the file to this public key of the age format; may be given several times
    #[arg(long, value_name = "age1...", conflicts_with = "plaintext_without_encryption")]
    pub(crate) recipient: Vec<String>,
    /// Do not seal the file: whoever reads it reads every secret
    #[arg(long)]
    pub(crate) plaintext_without_encryption: bool,
}

const EXPORT_EXAMPLES: &str = "Examples:
  claviger export secrets.age --passphrase-file passphrase
  claviger export secrets.age --recipient age1... --filter app/

The file is of the age format (age-encryption.org): `age -d` opens it too.";

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.split_once('=').filter(|(left, _)| !left.is_empty()).ok_or("an = is lacking")?;
    Ok((left.to_owned(), right.to_owned()))
}
