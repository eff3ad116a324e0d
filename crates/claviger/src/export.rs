//! `claviger export`: the secrets of a running server in one file.

use claviger_transfer::seal::{self, Seal};
use claviger_transfer::{Found, aws, document, file};

use crate::failure::Failure;
use crate::output;
use crate::transfer::options::ExportOptions;
use crate::transfer::{connect, progress, read};

/// Reads every secret and writes the file.
pub(crate) async fn run(options: ExportOptions) -> Result<(), Failure> {
    if options.file.exists() {
        return Err(exists(&options));
    }
    let seal = seal_of(&options)?;
    let http = connect::http(&options.server)?;
    let server = connect::server(&http, &options.server)?;
    let selection = aws::Selection { name_prefix: options.filter.clone(), tags: Vec::new(), all_versions: true };
    let found = aws::read(&server, &selection, &progress::of(options.server.progress)).await;
    let found = found
        .map_err(|error| Failure::new(format!("the secrets of {} cannot be read", server.base().authority), error))?;
    complete(&found)?;
    let plain = document::write(&found.secrets);
    let unsealed = |error: &dyn std::fmt::Display| Failure::new("the file cannot be sealed", error);
    let sealed = seal.map(|seal| seal::seal(plain.expose(), seal)).transpose().map_err(|error| unsealed(&error))?;
    let bytes = sealed.as_deref().unwrap_or(plain.expose());
    file::write_new(&options.file, bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(&options),
        _ => Failure::new(format!("{} cannot be written", options.file.display()), error),
    })?;
    show(&options, &found)
}

fn exists(options: &ExportOptions) -> Failure {
    Failure::usage(format!("{} cannot be written", options.file.display()), "there is a file of this name")
        .then("name another file, or remove that one")
}

/// To what the file is sealed; none if plaintext is asked for.
fn seal_of(options: &ExportOptions) -> Result<Option<Seal>, Failure> {
    if options.plaintext_without_encryption {
        return Ok(None);
    }
    if options.recipient.is_empty() {
        return Ok(Some(Seal::Passphrase(read::passphrase(options.passphrase_file.as_deref(), true)?)));
    }
    Ok(Some(Seal::Recipients(options.recipient.clone())))
}

/// A file that lacks secrets would be taken for a whole one.
fn complete(found: &Found) -> Result<(), Failure> {
    let Some(first) = found.unread.first() else { return Ok(()) };
    let why = format!("{} cannot be read, the first is {}: {}", found.unread.len(), first.name, first.text);
    Err(Failure::new("the secrets cannot be exported whole", why).then("allow it, or leave it out with --filter"))
}

fn show(options: &ExportOptions, found: &Found) -> Result<(), Failure> {
    for (word, remarks) in [("skip", &found.skipped), ("note", &found.notes)] {
        for remark in remarks {
            output::line(format!("{word:<10} {}  ({})", remark.name, remark.text))?;
        }
    }
    let versions: usize = found.secrets.iter().map(|secret| secret.versions.len()).sum();
    let how = if options.plaintext_without_encryption { "in PLAINTEXT" } else { "sealed" };
    output::line(format!(
        "Exported {} secrets with {versions} versions to {}, {how}.",
        found.secrets.len(),
        options.file.display()
    ))
}
