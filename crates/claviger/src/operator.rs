//! `claviger operator`: the keys with which operators sign that a region takes the place of a lost one.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use claviger_host::{Authorization, FailoverStatement, OperatorKey, fingerprint};
use claviger_types::Clock;

use crate::failure::Failure;
use crate::output;
use crate::server::files;
use crate::system::{OsRandom, SystemClock};

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Make a key pair: the private key goes into a file, the public key is printed, for fleet.operators of every server
    Create {
        /// The file of the private key, which must not exist
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Sign the statement of a failover, on any machine, and print the authorization
    Sign {
        /// The file of the private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The file of the statement, which `claviger region failover --dry-run --statement FILE` writes
        #[arg(value_name = "STATEMENT")]
        statement: PathBuf,
    },
}

pub(crate) fn run(command: &OperatorCommand) -> Result<(), Failure> {
    match command {
        OperatorCommand::Create { file } => {
            let key = OperatorKey::generate(&OsRandom::new()?);
            write_new(file, key.to_file().as_bytes(), 0o600)?;
            output::line(key.public())
        }
        OperatorCommand::Sign { key, statement } => {
            let key = read_key(key)?;
            let statement = FailoverStatement::parse(&read_text(statement)?)
                .map_err(|error| Failure::new(format!("cannot read {}", statement.display()), error))?;
            let authorization = sign(&key, &statement)?;
            // Not on the standard output, which has the authorization.
            output::note(format!("Signed:\n{}", described(&statement)));
            output::line(authorization.to_text())
        }
    }
}

/// A statement in words.
pub(crate) fn described(statement: &FailoverStatement) -> String {
    let FailoverStatement { lost, to, identity, issued, expires, .. } = statement;
    format!(
        "  {to} takes the place of {lost}: it becomes the primary of all that {lost} was the primary of\n  \
         fingerprint of {to}: {}\n  made: {}, to be used until {}\n  SHA-256: {}",
        fingerprint(identity),
        issued.iso8601(),
        expires.iso8601(),
        statement.digest()
    )
}

/// Signs a statement, if its dates are as they should be by the clock of this machine: the one that made it may not be trusted.
pub(crate) fn sign(key: &OperatorKey, statement: &FailoverStatement) -> Result<Authorization, Failure> {
    statement.check_times(SystemClock.now()).map_err(|error| Failure::new("nothing was signed", error))?;
    Ok(key.sign(statement))
}

/// Reads an operator's private key.
pub(crate) fn read_key(file: &Path) -> Result<OperatorKey, Failure> {
    let bytes = files::read_private(file)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    OperatorKey::from_file(text)
        .map_err(|error| Failure::new(format!("cannot use the key in {}", file.display()), error))
}

/// Reads a file of text that is no secret.
pub(crate) fn read_text(file: &Path) -> Result<String, Failure> {
    let bytes = files::read(file)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a file that must not exist.
pub(crate) fn write_new(file: &Path, content: &[u8], mode: u32) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).mode(mode).open(file).and_then(|mut open| {
        open.write_all(content)?;
        open.sync_all()
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::usage(format!("will not touch {}", file.display()), "it exists already").then("name another file")
        }
        _ => Failure::new(format!("cannot write {}", file.display()), error),
    })
}
