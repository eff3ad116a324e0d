//! `claviger region failover`: has a region take the place of a lost one, with the signatures of operators.

use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};

use claviger_host::FailoverStatement;
use claviger_types::Region;
use serde_json::{Value, json};

use crate::failover_answer::{self, word};
use crate::failure::Failure;
use crate::region::require_confirmed;
use crate::server::admin;
use crate::{operator, output};

/// The most bytes of a typed name that are read.
const NAME_BYTES_MAX: u64 = 256;

/// A failover that is to be shown or done.
pub(crate) struct Order {
    pub(crate) lost: Region,
    pub(crate) to: Option<Region>,
    pub(crate) dry_run: bool,
    /// The name of the lost region again, if it was given with the command.
    pub(crate) confirm: Option<String>,
    /// Whether the answer is wanted as JSON.
    pub(crate) json: bool,
    /// Where the statement is written.
    pub(crate) statement: Option<PathBuf>,
    pub(crate) authorizations: Vec<PathBuf>,
    pub(crate) operator_key: Option<PathBuf>,
}

/// Shows or does it. Returns the answer, and its text.
pub(crate) async fn run(data: &Path, order: Order) -> Result<(Value, String), Failure> {
    let argument = |dry_run: bool, authorizations: &[String]| {
        json!({
            "lost": order.lost.as_str(),
            "to": order.to.as_ref().map(Region::as_str),
            "dry_run": dry_run,
            "authorizations": authorizations,
        })
    };
    if order.dry_run {
        let answer = admin::call(data, "region/failover", &argument(true, &[])).await?;
        if let Some(file) = &order.statement {
            let text = statement(&answer)?.to_text();
            operator::write_new(file, format!("{text}\n").as_bytes(), 0o644)?;
        }
        let text = planned(&answer, order.statement.as_deref());
        return Ok((answer, text));
    }
    let mut authorizations = Vec::new();
    for file in &order.authorizations {
        authorizations.push(operator::read_text(file)?.trim().to_owned());
    }
    if let Some(file) = &order.operator_key {
        let key = operator::read_key(file)?;
        let plan = admin::call(data, "region/failover", &argument(true, &[])).await?;
        let statement = statement(&plan)?;
        if statement.lost != order.lost || order.to.as_ref().is_some_and(|to| *to != statement.to) {
            return Err(Failure::new("nothing was signed", "the server's statement is about other regions"));
        }
        show_and_confirm(&order, &statement)?;
        authorizations.push(operator::sign(&key, &statement)?.to_text());
    }
    let answer = admin::call(data, "region/failover", &argument(false, &authorizations)).await?;
    let text = failover_answer::done_text(&answer);
    Ok((answer, text))
}

/// Shows what is about to be signed, and has it confirmed: by the command, or at the terminal by the name of the lost region.
fn show_and_confirm(order: &Order, statement: &FailoverStatement) -> Result<(), Failure> {
    // The standard output has the answer, which a program may read.
    output::note(format!("This will be signed:\n{}", operator::described(statement)));
    let asks = order.confirm.is_none() && !order.json && std::io::stdin().is_terminal();
    if !asks {
        return require_confirmed(order.lost.as_str(), order.confirm.as_deref());
    }
    output::note(format!("Type the name of the lost region to sign it, {}, and press Enter:", order.lost));
    let mut typed = String::new();
    let read = std::io::stdin().lock().take(NAME_BYTES_MAX).read_line(&mut typed);
    read.map_err(|error| Failure::new("nothing was signed", error))?;
    require_confirmed(order.lost.as_str(), Some(typed.trim()))
}

fn statement(answer: &Value) -> Result<FailoverStatement, Failure> {
    let none = || {
        Failure::usage("there is no statement to sign", "the configuration of this server names no operators")
            .then("see fleet.operators")
    };
    let text = answer["statement"].as_str().ok_or_else(none)?;
    FailoverStatement::parse(text).map_err(|error| Failure::new("cannot read the statement of the server", error))
}

fn planned(answer: &Value, written: Option<&Path>) -> String {
    let (lost, to) = (word(&answer["lost"]), word(&answer["to"]));
    let mut lines = vec![failover_answer::planned_text(answer)];
    let mut command = format!("claviger region failover {lost} --to {to} --confirm {lost}");
    if let (Some(text), Some(required)) = (answer["statement"].as_str(), answer["signatures"].as_u64()) {
        lines.push(format!("{required} of the operators must sign, within a day:"));
        match written {
            Some(file) => lines.push(format!("  claviger operator sign --key KEY {} > AUTHORIZATION", file.display())),
            None => lines.push(format!("  {text}")),
        }
        command.push_str(&" --authorization AUTHORIZATION".repeat(usize::try_from(required).unwrap_or(1)));
    }
    lines.push(format!("To do it: {command}"));
    lines.join("\n")
}
