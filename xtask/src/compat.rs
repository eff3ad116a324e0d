//! `cargo xtask compat`: writes docs/reference/compatibility.md from the tables of operations.

use std::fmt::Write;
use std::path::Path;

use claviger_core::service::ServiceDefinition;
use claviger_model::OperationInfo;
use claviger_service::SERVICES;

const PAGE: &str = "docs/reference/compatibility.md";

/// What to do with the page.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only say whether the page is what the tables say
    #[arg(long)]
    check: bool,
}

/// Writes the page, or only says whether it is what it should be.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), String> {
    let page = page();
    let path = root.join(PAGE);
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    if there == page {
        return Ok(());
    }
    if arguments.check {
        return Err(format!("{PAGE} is not what the tables say; run `cargo xtask compat`"));
    }
    std::fs::write(&path, page).map_err(|e| format!("{PAGE}: {e}"))
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Written by `cargo xtask compat` from the tables of operations. Do not edit. -->\n\n# Compatibility\n\n\
         Which operations of the AWS services exist. An operation that does not exist yet answers by its name: \
         `UnknownOperationException` (KMS, Secrets Manager) or `InvalidAction` (STS, IAM), with a text that says so.\n\n\
         | Service | Operations of AWS | Built |\n| --- | --- | --- |\n",
    );
    for service in SERVICES.0 {
        let (name, all, built) = (title(service), service.model.operations.len(), service.table.len());
        let _ = writeln!(page, "| {name} | {all} | {built} |");
    }
    for service in SERVICES.0 {
        let _ = write!(page, "\n## {}\n\n", title(service));
        let built = |operation: &&OperationInfo| service.entry(operation.name).is_some();
        list(&mut page, "Built", service.model.operations.iter().filter(built));
        list(&mut page, "Not yet", service.model.operations.iter().filter(|o| !built(o)));
    }
    page
}

fn title(service: &ServiceDefinition) -> &'static str {
    match service.model.signing_name {
        "kms" => "KMS",
        "secretsmanager" => "Secrets Manager",
        "sts" => "STS",
        "iam" => "IAM",
        other => other,
    }
}

fn list<'a>(page: &mut String, heading: &str, operations: impl Iterator<Item = &'a OperationInfo>) {
    let names: Vec<String> = operations.map(|o| format!("`{}`", o.name)).collect();
    if !names.is_empty() {
        let _ = write!(page, "**{heading}:** {}\n\n", names.join(", "));
    }
}
