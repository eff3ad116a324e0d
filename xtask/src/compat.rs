//! `cargo xtask compat`: writes docs/reference/compatibility.md from the tables of operations.

use std::fmt::Write;
use std::path::Path;

use claviger_core::service::ServiceDefinition;
use claviger_model::OperationInfo;
use claviger_service::SERVICES;

const PAGE: &str = "docs/reference/compatibility.md";

/// Operations that always answer that there is nothing, each with the operation that must be built before there is something.
const EMPTY_LISTS: [(&str, &str); 6] = [
    ("DeleteLoginProfile", "CreateLoginProfile"),
    ("GetLoginProfile", "CreateLoginProfile"),
    ("ListMFADevices", "CreateVirtualMFADevice"),
    ("ListSSHPublicKeys", "UploadSSHPublicKey"),
    ("ListServiceSpecificCredentials", "CreateServiceSpecificCredential"),
    ("ListSigningCertificates", "UploadSigningCertificate"),
];

/// Marks such an operation in the list, and opens the footnote.
const EMPTY_MARK: &str = "[^empty]";

/// The options of `cargo xtask compat`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only check that the page agrees with the tables
    #[arg(long)]
    check: bool,
}

/// Writes the page. With `--check`, compares it with the tables instead.
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
        list(&mut page, "Built", service.model.operations.iter().filter(built), |name| is_empty_list(service, name));
        list(&mut page, "Not yet", service.model.operations.iter().filter(|o| !built(o)), |_| false);
    }
    if page.contains(EMPTY_MARK) {
        let _ = writeln!(
            page,
            "{EMPTY_MARK}: Checks its parameters and the caller's permission, and answers that there is none: what it is about \
             cannot be created yet."
        );
    }
    page
}

/// Whether an operation can only answer an empty list in this release.
fn is_empty_list(service: &ServiceDefinition, name: &str) -> bool {
    EMPTY_LISTS.iter().any(|(list, create)| *list == name && service.entry(create).is_none())
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

fn list<'a>(
    page: &mut String,
    heading: &str,
    operations: impl Iterator<Item = &'a OperationInfo>,
    is_empty_list: impl Fn(&str) -> bool,
) {
    let mark = |name| if is_empty_list(name) { EMPTY_MARK } else { "" };
    let names: Vec<String> = operations.map(|o| format!("`{}`{}", o.name, mark(o.name))).collect();
    if !names.is_empty() {
        let _ = write!(page, "**{heading}:** {}\n\n", names.join(", "));
    }
}
