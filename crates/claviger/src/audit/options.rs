//! The options of `claviger audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use claviger_audit::{Filter, time_of};
use claviger_types::{Clock, Region, Timestamp};

use crate::system::SystemClock;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no line of an audit trail was changed, removed, moved or inserted; ends with status 1 if one was
    Verify(VerifyOptions),
    /// Show the records that pass all the conditions that are given
    Query(QueryOptions),
    /// Show the last records, and with -f those that come
    Tail(TailOptions),
}

/// The files of audit trails.
#[derive(Debug, Args)]
pub(crate) struct TrailOptions {
    /// Files of one region's trail, the oldest first
    #[arg(value_name = "FILE", conflicts_with = "data")]
    pub(crate) files: Vec<PathBuf>,
    /// The data folder of a server, in place of files
    #[arg(long, value_name = "DIR", required_unless_present = "files")]
    pub(crate) data: Option<PathBuf>,
    /// With --data: a region; may be given several times. Without it, every region that has a trail there
    #[arg(long = "region", value_name = "REGION", value_parser = Region::parse, conflicts_with = "files")]
    pub(crate) regions: Vec<Region>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// For people
    Table,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    #[command(flatten)]
    pub(crate) trails: TrailOptions,
    /// The fingerprint of the region, as `claviger region list` shows it: every checkpoint must be signed by its key. May be given several
    /// times, for a region that was rebuilt
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) identity: Vec<String>,
    /// The number and the hash of a line, as an earlier verification printed them: the trail must have this line
    #[arg(long, value_name = "LINE:HASH", value_parser = expected_line)]
    pub(crate) expect: Option<ExpectedLine>,
    /// The number and the hash of a record AuditTrailDiscontinued, as a verification printed them, that an operator can explain: it no
    /// longer ends the command with status 1. May be given several times
    #[arg(long, value_name = "LINE:HASH", value_parser = expected_line)]
    pub(crate) known_break: Vec<ExpectedLine>,
    /// The form of the answer
    #[arg(short, long, value_name = "FORM", value_enum, default_value_t = OutputForm::Table)]
    pub(crate) output: OutputForm,
}

/// A value of `--expect` and `--known-break`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExpectedLine {
    pub(crate) seq: u64,
    pub(crate) hash: [u8; 32],
}

#[derive(Debug, Args)]
pub(crate) struct QueryOptions {
    #[command(flatten)]
    pub(crate) trails: TrailOptions,
    #[command(flatten)]
    pub(crate) conditions: Conditions,
    /// Show at most so many records, the latest of all regions together
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: Option<u32>,
    /// A table, or the lines as they are in the files
    #[arg(short, long, value_name = "FORM", value_enum, default_value_t = OutputForm::Table)]
    pub(crate) output: OutputForm,
}

#[derive(Debug, Args)]
pub(crate) struct Conditions {
    /// The name of an operation or event, such as Decrypt or kms:Decrypt; may be given several times
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,
    /// A caller: the ARN of a user, role or session, or the name of a user or role
    #[arg(long, value_name = "ARN|NAME")]
    principal: Option<String>,
    /// A resource: its ARN, the id of a key, an alias, or the name of a secret, user, role, group or policy; in the record's resources or in the
    /// request's parameters
    #[arg(long, value_name = "ARN|NAME")]
    resource: Option<String>,
    /// The id of a request
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// The code of an error, such as NotFoundException
    #[arg(long, value_name = "CODE")]
    error: Option<String>,
    /// Calls that were refused for lack of a permission
    #[arg(long)]
    denied: bool,
    /// The earliest time: 2026-11-24T15:04:05Z, 2026-11-24, or 90s, 15m, 12h, 7d ago
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    /// The time before which the records are
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
}

impl Conditions {
    pub(crate) fn filter(&self) -> Filter {
        let Conditions { events, principal, resource, request, error, denied, since, until } = self;
        Filter {
            events: events.clone(),
            principal: principal.clone(),
            resource: resource.clone(),
            request: request.clone(),
            error: error.clone(),
            denied: *denied,
            since: *since,
            until: *until,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TailOptions {
    /// The data folder of a server
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The region, if there are several
    #[arg(long, value_name = "REGION", value_parser = Region::parse)]
    pub(crate) region: Option<Region>,
    /// Go on with the records that come, also after the file is closed and another one begun
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// How many of the last records are shown first
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(crate) lines: u32,
    #[command(flatten)]
    pub(crate) conditions: Conditions,
    /// A table, or the lines as they are in the files
    #[arg(short, long, value_name = "FORM", value_enum, default_value_t = OutputForm::Table)]
    pub(crate) output: OutputForm,
}

fn time(text: &str) -> Result<Timestamp, String> {
    time_of(text, SystemClock.now()).map_err(|error| error.to_string())
}

fn expected_line(text: &str) -> Result<ExpectedLine, String> {
    let invalid = || "a line is its number, a colon and its hash, 64 hexadecimal digits".to_owned();
    let (seq, hex) = text.split_once(':').ok_or_else(invalid)?;
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(invalid());
    }
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        let digits = hex.get(2 * at..2 * at + 2).ok_or_else(invalid)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
    }
    Ok(ExpectedLine { seq: seq.parse().map_err(|_| invalid())?, hash })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use clap::Parser;

    use crate::cli::{Cli, Command};

    use super::*;

    #[test]
    fn files_or_a_data_folder() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        for good in [
            "claviger audit verify a.jsonl b.jsonl",
            "claviger audit verify --data d --region eu-west-1 -o json",
            "claviger audit query a.jsonl --event Decrypt --denied --since 2h --limit 5",
            "claviger audit tail -f --data d -n 0",
            "claviger iam least-privilege alice --data d",
            "claviger iam least-privilege alice a.jsonl",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "claviger audit verify",
            "claviger audit verify a.jsonl --data d",
            "claviger audit verify a.jsonl --region eu-west-1",
            "claviger audit verify --data d -o yaml",
            "claviger audit verify --data d --expect 7",
            "claviger audit query --data d --since yesterday",
            "claviger audit query --data d --limit 0",
            "claviger audit tail",
        ] {
            assert_eq!(parse(bad).unwrap_err().exit_code(), 2, "{bad}");
        }
        let line = format!("claviger audit verify --data d --expect 7:{}", "0f".repeat(32));
        let Ok(Cli { command: Command::Audit(AuditCommand::Verify(options)) }) = parse(&line) else { panic!("{line}") };
        assert_eq!(options.expect, Some(ExpectedLine { seq: 7, hash: [15; 32] }));
        assert!(
            parse(&format!("claviger audit verify a.jsonl --known-break 1:{0} --known-break 2:{0}", "0f".repeat(32)))
                .is_ok()
        );
    }
}
