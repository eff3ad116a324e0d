//! The command line: subcommands and options.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use claviger_host::AuditRotation;
use claviger_host::{RequestQuotas, kms_request_quotas};
use claviger_types::{AccountId, Region};

use crate::account::AccountOptions;
use crate::audit::AuditCommand;
use crate::iam::IamOptions;
use crate::operator::OperatorCommand;
use crate::outbound_options::{IssuerOptions, KeyStoreOptions};
use crate::transfer::options::{ExportOptions, ImportOptions};

/// The default endpoint of all subcommands.
pub(crate) const ENDPOINT: &str = "http://127.0.0.1:4599";

/// KMS and Secrets Manager in several regions, on your own machines.
#[derive(Debug, Parser)]
#[command(name = "claviger", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "Examples:
  claviger dev                                     three regions in memory on http://127.0.0.1:4599
  claviger dev --data ./claviger-data              the same, kept across restarts
  eval \"$(claviger env)\"                           points the AWS CLI and SDKs of this shell there
  claviger init --region eu-west-1                 sets up a server, over TLS, with an account of its own
  claviger import dotenv .env --prefix app/        secrets from a file, AWS or Vault
  claviger bench                                   throughput and latency on this machine
  claviger demo                                    shows a region's loss, without any other tool";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run regions on this machine, for development and tests
    Dev(Box<DevOptions>),
    /// Take regions of a running `claviger dev` down, cut and delay the links between them, fail over
    Drill(DrillOptions),
    /// Set up a server: a data folder, a configuration file, the first account and its root access key
    Init(Box<InitOptions>),
    /// Run the regions of a configuration file, in production
    Server(ServerOptions),
    /// Show the regions, listeners and connections of the running server
    Status(StatusOptions),
    /// List, invite, join and remove the regions of the fleet, and take the place of a lost one
    Region(RegionOptions),
    /// Make the key of an operator, and sign that a region takes the place of a lost one
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Check or explain a configuration file, or have the running server read it again
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Verify, search and follow the audit trail, from its files
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print the environment variables that point the AWS CLI and SDKs to a running `claviger dev`
    Env(EnvOptions),
    /// Make a multi-Region key and a replicated secret, lose a region, and go on in the other
    Demo,
    /// Carry secrets from AWS, Vault or a file into a running server
    Import(ImportOptions),
    /// Write the secrets of a running server to a file, sealed
    Export(ExportOptions),
    /// Make accounts of a running server, and take away or renew the access keys of their roots
    Account(AccountOptions),
    /// Ask a running server why a request was denied, what a principal may do, and who may do something; write the policy that a principal needs
    Iam(IamOptions),
    /// Measure throughput and latency on this machine, beside a server that does nothing but answer
    Bench(BenchOptions),
    /// Kill the own process group when the standard input ends. The server runs this beside each program that rotates a secret
    #[command(hide = true)]
    RotationGuard,
}

#[derive(Debug, Args)]
pub(crate) struct DevOptions {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4599")]
    pub(crate) listen: SocketAddr,
    /// Allow an address that other machines reach. Traffic is not encrypted, and the credentials test/test open everything
    #[arg(long)]
    pub(crate) listen_anywhere: bool,
    /// A region to run; may be given several times. IAM is written in the first
    #[arg(long = "region", value_name = "NAME", value_parser = Region::parse)]
    #[arg(default_values = ["us-east-1", "eu-central-1", "eu-west-1"])]
    pub(crate) regions: Vec<Region>,
    /// Let web pages of this origin call, besides those of this machine; may be given several times. `*` lets every page in
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub(crate) allow_origin: Vec<String>,
    /// A request quota of KMS: `aws` for AWS's defaults, or NAME=RATE for so many requests per second and account, such as
    /// CreateKey=5; may be given several times. Requests above it get a ThrottlingException
    #[arg(long, value_name = "aws|NAME=RATE", value_parser = QuotaOption::parse)]
    pub(crate) kms_request_quota: Vec<QuotaOption>,
    /// Keep everything in this folder; without it, in memory
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// With --data: a region whose folder is lost, to be rebuilt from what the other regions know of it; may be given several times
    #[arg(long, value_name = "REGION", value_parser = Region::parse, requires = "data")]
    pub(crate) rebuild: Vec<Region>,
    #[command(flatten)]
    pub(crate) audit: AuditOptions,
    #[command(flatten)]
    pub(crate) key_stores: KeyStoreOptions,
    #[command(flatten)]
    pub(crate) issuers: IssuerOptions,
    /// Add to each denial an encoded message that says why, for DecodeAuthorizationMessage
    #[arg(long)]
    pub(crate) encoded_denials: bool,
    /// A file of root certificates, as PEM, that verify the attestation documents of a Recipient; may be given several times. Without
    /// it, a request with a Recipient is refused
    #[arg(long, value_name = "FILE")]
    pub(crate) attestation_root: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) rotation: RotationOptions,
}

#[derive(Debug, Args)]
pub(crate) struct DrillOptions {
    /// Where `claviger dev` listens
    #[arg(long, value_name = "URL", default_value = ENDPOINT, value_parser = endpoint, global = true)]
    pub(crate) endpoint: String,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: DrillCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DrillCommand {
    /// The regions, the faults of the links between them, and the changes that wait
    Status,
    /// Take a region down, as if its machine were gone
    Down {
        /// The region
        #[arg(value_name = "REGION", value_parser = Region::parse)]
        region: Region,
    },
    /// Run a region again
    Up {
        /// The region
        #[arg(value_name = "REGION", value_parser = Region::parse)]
        region: Region,
    },
    /// Let nothing through from one region to another
    Cut {
        /// The region that sends
        #[arg(value_name = "FROM", value_parser = Region::parse)]
        from: Region,
        /// The region that receives nothing
        #[arg(value_name = "TO", value_parser = Region::parse)]
        to: Region,
        /// Cut the other direction too
        #[arg(long)]
        both: bool,
    },
    /// Delay what one region sends to another; 0 takes the delay away
    Delay {
        /// The region that sends
        #[arg(value_name = "FROM", value_parser = Region::parse)]
        from: Region,
        /// The region that receives
        #[arg(value_name = "TO", value_parser = Region::parse)]
        to: Region,
        /// The delay in milliseconds
        #[arg(value_name = "MS")]
        ms: u32,
    },
    /// Take all cuts and delays away; regions that are down stay down
    Heal,
    /// Have a region take the place of a lost one, as `claviger region failover` does on a server
    Failover {
        /// The lost region
        #[arg(value_name = "LOST", value_parser = Region::parse)]
        lost: Region,
        /// The region that takes its place
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        to: Region,
        /// Only show what would be promoted
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// A region to run; may be given several times. IAM is written in the first
    #[arg(long = "region", value_name = "NAME", value_parser = Region::parse, required = true)]
    pub(crate) regions: Vec<Region>,
    /// The data folder to make
    #[arg(long, value_name = "DIR", default_value = "./claviger-data")]
    pub(crate) data: PathBuf,
    /// The configuration file to write; without it, claviger.toml in the data folder
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where the API is to be served; may be given several times
    #[arg(long, value_name = "ADDRESS:PORT", default_values = ["127.0.0.1:4599"])]
    pub(crate) listen: Vec<SocketAddr>,
    /// Where health and metrics are to be served
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4601")]
    pub(crate) health_listen: SocketAddr,
    /// How the root keys are kept: in a file of each region's folder that is for its owner alone, or in one that a passphrase opens
    #[arg(long, value_name = "file|passphrase", default_value = "file", value_parser = ["file", "passphrase"])]
    pub(crate) seal: String,
    /// With --seal passphrase: the file that holds the passphrase, now and at each start. Without it, it is asked for
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_variable")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// With --seal passphrase: the variable of the environment that holds the passphrase, now and at each start
    #[arg(long, value_name = "NAME")]
    pub(crate) passphrase_variable: Option<String>,
    /// The certificate: `generated` by an authority of the server's own, CERTIFICATE,KEY as files, or `none` for plain HTTP on this machine
    #[arg(long, value_name = "generated|CERT,KEY|none", default_value = "generated", value_parser = TlsOption::parse)]
    pub(crate) tls: TlsOption,
    /// A host name or address of the generated certificate, besides localhost and the addresses that it listens on; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) tls_name: Vec<String>,
    /// The id of the first account, twelve digits; without it, random ones
    #[arg(long, value_name = "DIGITS", value_parser = account)]
    pub(crate) account: Option<AccountId>,
    /// Make no account: for regions that are to join a fleet, which has its accounts
    #[arg(long, conflicts_with = "account")]
    pub(crate) without_account: bool,
}

/// A value of `--tls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TlsOption {
    Generated,
    Own { certificate: PathBuf, key: PathBuf },
    None,
}

impl TlsOption {
    fn parse(text: &str) -> Result<TlsOption, String> {
        match (text, text.split_once(',')) {
            ("generated", _) => Ok(TlsOption::Generated),
            ("none", _) => Ok(TlsOption::None),
            (_, Some((certificate, key))) if !certificate.is_empty() && !key.is_empty() => {
                Ok(TlsOption::Own { certificate: certificate.into(), key: key.into() })
            }
            _ => Err("neither generated, nor none, nor CERTIFICATE,KEY".to_owned()),
        }
    }
}

/// An account of a server. The account of `dev` is known to everybody.
pub(crate) fn account(text: &str) -> Result<AccountId, String> {
    let parsed = AccountId::parse(text).map_err(|_| "an account is twelve digits".to_owned())?;
    if parsed == AccountId::dev() { Err("000000000000 is the account of claviger dev".to_owned()) } else { Ok(parsed) }
}

#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    /// The configuration file, which `claviger init` writes
    #[arg(long, value_name = "FILE", default_value = CONFIG_FILE)]
    pub(crate) config: PathBuf,
}

/// Where the configuration file is if nothing else is said.
pub(crate) const CONFIG_FILE: &str = "/etc/claviger/claviger.toml";

#[derive(Debug, Args)]
pub(crate) struct StatusOptions {
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", default_value = CONFIG_FILE)]
    pub(crate) config: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RegionOptions {
    /// The configuration file of the running server
    #[arg(long, value_name = "FILE", default_value = CONFIG_FILE, global = true)]
    pub(crate) config: PathBuf,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: RegionCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegionCommand {
    /// The regions that this server knows, their fingerprints and their links
    List,
    /// How far the other regions are behind, and when they were last heard; or how far one key or secret is in each region
    Lag {
        /// A key, by id or ARN
        #[arg(long, value_name = "KEY", conflicts_with = "secret")]
        key: Option<String>,
        /// A secret, by name or ARN
        #[arg(long, value_name = "SECRET")]
        secret: Option<String>,
        /// The account of the secret, if several have one of this name
        #[arg(long, value_name = "ACCOUNT", value_parser = AccountId::parse, requires = "secret")]
        account: Option<AccountId>,
    },
    /// Make an invitation for a new region, on the server that runs the home of IAM
    Invite {
        /// The region that is invited
        #[arg(value_name = "REGION", value_parser = Region::parse)]
        region: Region,
        /// It is a member that lost its store, and gets back what the others know of it
        #[arg(long)]
        rebuild: bool,
    },
    /// Have a new region of this server join the fleet that invited it; the invitation is read from the standard input
    Join {
        /// The region, if this server has several
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        region: Option<Region>,
    },
    /// Remove a region from the fleet for good, on the server that runs the home of IAM
    Remove {
        /// The region
        #[arg(value_name = "REGION", value_parser = Region::parse)]
        region: Region,
        /// The region's name again
        #[arg(long, value_name = "REGION")]
        confirm: Option<String>,
    },
    /// Announce to a region again everything that is shared with it
    Resync {
        /// The region
        #[arg(value_name = "REGION", value_parser = Region::parse)]
        region: Region,
    },
    /// Rebuild a region of this server whose store is lost, or was restored from an older copy, with what is later in the others; or begin
    /// again, if it waits for a region that is gone
    Rebuild {
        /// A region that is not waited for; may be given several times
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        without: Vec<Region>,
        /// The region, if this server has several
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        region: Option<Region>,
    },
    /// Take the place of a region that is lost: become the primary of its keys and secrets, and the home of IAM
    Failover {
        /// The lost region
        #[arg(value_name = "LOST", value_parser = Region::parse)]
        lost: Region,
        /// The region that takes its place: one of this server, if it has several. With --dry-run on the server that runs LOST, it may be a
        /// region of another server
        #[arg(long, value_name = "REGION", value_parser = Region::parse)]
        to: Option<Region>,
        /// Only show what would be promoted, and whether it is safe: what would be lost
        #[arg(long)]
        dry_run: bool,
        /// With --dry-run: write the statement that operators sign into this file
        #[arg(long, value_name = "FILE", requires = "dry_run")]
        statement: Option<PathBuf>,
        /// The lost region's name again
        #[arg(long, value_name = "LOST", conflicts_with = "dry_run")]
        confirm: Option<String>,
        /// A file with an operator's authorization, which `claviger operator sign` prints; may be given several times
        #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
        authorization: Vec<PathBuf>,
        /// The file of an operator's private key, to sign a statement here and now, if this machine is where it is
        #[arg(long, value_name = "FILE", conflicts_with_all = ["dry_run", "authorization"])]
        operator_key: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Have the running server read its configuration and certificates again, as SIGHUP does
    Reload {
        /// The configuration file of the server
        #[arg(long, value_name = "FILE", default_value = CONFIG_FILE)]
        config: PathBuf,
    },
    /// Show every error of a configuration file, or that there is none
    Validate {
        /// The file
        #[arg(value_name = "FILE", default_value = CONFIG_FILE)]
        file: PathBuf,
    },
    /// Show the meaning, the bounds and the default of each member
    Explain {
        /// The member, or the beginning of its name
        #[arg(value_name = "KEY", default_value = "", hide_default_value = true)]
        key: String,
        /// Show the values of this file too, and where they come from
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// What the rotation functions of secrets are.
#[derive(Debug, Args)]
pub(crate) struct RotationOptions {
    /// What a RotationLambdaARN stands for, as ARN-OR-PATTERN=TARGET; may be given several times. A target is a program
    /// (command:PROGRAM ARG...), a Python file with a Lambda handler (python:FILE.py), the URL of a server that speaks Lambda's Invoke, or
    /// the name of a built-in function
    #[arg(long, value_name = "ARN=TARGET")]
    pub(crate) rotation_function: Vec<String>,
    /// A JSON file with such bindings and their options
    #[arg(long, value_name = "FILE")]
    pub(crate) rotation_config: Option<PathBuf>,
}

/// A value of `--kms-request-quota`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QuotaOption {
    /// AWS's defaults.
    Aws,
    /// A rate of one quota.
    Rate(&'static str, u32),
}

impl QuotaOption {
    fn parse(text: &str) -> Result<QuotaOption, String> {
        if text == "aws" {
            return Ok(QuotaOption::Aws);
        }
        let (name, rate) = text.split_once('=').ok_or("neither aws nor NAME=RATE")?;
        let known = kms_request_quotas().find(|known| *known == name);
        let known = known.ok_or_else(|| {
            let names: Vec<&str> = kms_request_quotas().collect();
            format!("no quota of this name; the names are {}", names.join(", "))
        })?;
        let rate = rate.parse().ok().filter(|rate| *rate > 0);
        Ok(QuotaOption::Rate(known, rate.ok_or("the rate is not a whole number above 0")?))
    }
}

impl DevOptions {
    /// The request quotas that the options ask for.
    pub(crate) fn quotas(&self) -> RequestQuotas {
        let mut quotas = RequestQuotas::default();
        for option in &self.kms_request_quota {
            match option {
                QuotaOption::Aws => quotas.aws_defaults = true,
                QuotaOption::Rate(name, rate) => {
                    quotas.per_second.insert((*name).to_owned(), *rate);
                }
            }
        }
        quotas
    }
}

/// The audit files that `--data` keeps. The defaults are those of [`AuditRotation`].
#[derive(Debug, Args)]
pub(crate) struct AuditOptions {
    /// With --data: the size from which a region's audit file is closed and a new one begun
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub(crate) audit_file_mib: u64,
    /// With --data: the age from which it is
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=24 * 366))]
    pub(crate) audit_file_hours: u64,
    /// With --data: how many closed audit files of a region stay; the oldest are deleted
    #[arg(long, value_name = "COUNT", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) audit_files: u16,
    /// Keep no audit trail: to measure what it costs
    #[arg(long, hide = true)]
    pub(crate) without_audit: bool,
}

impl AuditOptions {
    pub(crate) fn rotation(&self) -> AuditRotation {
        AuditRotation {
            bytes_max: self.audit_file_mib << 20,
            age_max: Duration::from_secs(self.audit_file_hours * 60 * 60),
            files_kept: usize::from(self.audit_files),
            is_off: self.without_audit,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct EnvOptions {
    /// Where `claviger dev` listens
    #[arg(long, value_name = "URL", default_value = ENDPOINT, value_parser = endpoint)]
    pub(crate) endpoint: String,
    /// The region to work in
    #[arg(long, value_name = "NAME", default_value = "us-east-1", value_parser = Region::parse)]
    pub(crate) region: Region,
}

#[derive(Debug, Args)]
pub(crate) struct BenchOptions {
    /// Measure the `claviger dev` that listens here, instead of one that is started for it and keeps everything in memory. It must
    /// run us-east-1. Keys, aliases and a secret are made there, and deleted at the end
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(crate) endpoint: Option<String>,
    /// Measure the server's own code on one thread and on two: requests are handed to a region of this process, without sockets
    #[arg(long, conflicts_with = "endpoint")]
    pub(crate) threads: bool,
    /// Be the server that does nothing but answer
    #[arg(long, hide = true, conflicts_with_all = ["endpoint", "threads"])]
    pub(crate) serve_floor: bool,
}

pub(crate) fn endpoint(text: &str) -> Result<String, String> {
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    if has_scheme && text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("an endpoint is a URL such as http://127.0.0.1:4599".to_owned())
    }
}

/// An origin as browsers send it: scheme, host and port, and no path.
fn origin(text: &str) -> Result<String, String> {
    let plain = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic() && c != '/' && c != '*');
    let has_form = text.split_once("://").is_some_and(|(scheme, rest)| plain(scheme) && plain(rest));
    if has_form || matches!(text, "*" | "null") {
        Ok(text.to_owned())
    } else {
        Err("an origin is a scheme, a host and a port, such as https://app.example:8443, or * for all".to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use clap::CommandFactory;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults_and_refusals() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        let Ok(Cli { command: Command::Dev(options) }) = parse("claviger dev") else { panic!("no dev") };
        assert!(options.listen.ip().is_loopback() && !options.listen_anywhere && options.data.is_none());
        assert_eq!(options.regions.len(), 3);
        assert_eq!(options.audit.rotation(), AuditRotation::default());
        let Ok(Cli { command: Command::Dev(options) }) = parse("claviger dev --region eu-west-1") else {
            panic!("no dev")
        };
        assert_eq!(options.regions, [Region::parse("eu-west-1").unwrap()]);
        let Ok(Cli { command: Command::Dev(options) }) =
            parse("claviger dev --allow-origin https://app.example --allow-origin *")
        else {
            panic!("no dev")
        };
        assert_eq!(options.allow_origin, ["https://app.example", "*"]);
        let Ok(Cli { command: Command::Dev(options) }) =
            parse("claviger dev --xks-proxy a.test=127.0.0.1:8000 --xks-proxy b=[::1]:1 --xks-ca ca.pem")
        else {
            panic!("no dev")
        };
        assert_eq!(options.key_stores.xks_proxy.len(), 2);
        assert_eq!(options.key_stores.xks_proxy[0], ("a.test".to_owned(), "127.0.0.1:8000".parse().unwrap()));
        assert!(options.key_stores.xks_ca.is_some());
        let Ok(Cli { command: Command::Dev(options) }) =
            parse("claviger dev --attestation-root a.pem --attestation-root b.pem")
        else {
            panic!("no dev")
        };
        assert_eq!(options.attestation_root, [Path::new("a.pem"), Path::new("b.pem")]);
        for bad in [
            "claviger dev --region Mars",
            "claviger dev --listen here",
            "claviger dev --allow-origin app.example",
            "claviger dev --allow-origin https://app.example/",
            "claviger dev --allow-origin https://*.example",
            "claviger dev --audit-files 0",
            "claviger dev --xks-proxy 127.0.0.1:1",
            "claviger dev --xks-proxy =127.0.0.1:1",
            "claviger dev --xks-proxy a/b=127.0.0.1:1",
            "claviger dev --xks-proxy a=10.0.0.1:443",
            "claviger dev --xks-proxy a=0.0.0.0:443",
            "claviger dev --xks-proxy a=localhost:443",
            "claviger dev --audit-file-mib 0",
            "claviger env --endpoint 127.0.0.1",
            "claviger x",
        ] {
            assert_eq!(parse(bad).unwrap_err().exit_code(), 2, "{bad}");
        }
    }
}
