//! `claviger iam least-privilege`: the policy that a principal's calls justify.

use clap::Args;
use claviger_audit::{LeastPrivilege, NoDocument};

use crate::audit::{TrailOptions, each_record, trails};
use crate::failure::Failure;
use crate::output;

/// The most characters of a customer managed policy, without white space (IAM quota).
const CHARACTERS_MAX: usize = 6144;

#[derive(Debug, Args)]
pub(crate) struct LeastPrivilegeOptions {
    /// The ARN or the name of a user or role, or the ARN of a role's session
    #[arg(value_name = "PRINCIPAL")]
    principal: String,
    #[command(flatten)]
    trails: TrailOptions,
}

pub(super) fn run(options: &LeastPrivilegeOptions) -> Result<(), Failure> {
    let mut collected = LeastPrivilege::of(&options.principal);
    each_record(&trails(&options.trails)?, |record, _| {
        collected.add(record);
        Ok(true)
    })?;
    let document = collected.document().map_err(|error| {
        let next = match error {
            NoDocument::NoCalls | NoDocument::NothingNeeded => {
                "claviger audit query --principal NAME shows the calls of a principal"
            }
            NoDocument::Several(_) => "give the ARN of one of them",
        };
        Failure::new(format!("no policy can be written for {}", options.principal), error).then(next)
    })?;
    if document.to_string().len() > CHARACTERS_MAX {
        output::note(format!(
            "the policy has more than {CHARACTERS_MAX} characters, the most that a managed policy can have"
        ));
    }
    if document.to_string().contains("\"iam:") {
        output::note(
            "records of IAM name no resource, so its actions are allowed on all of them: narrow them before you use the policy",
        );
    }
    output::line(format!("{document:#}"))
}
