//! `claviger audit verify`: whether a trail is whole.

use std::path::Path;

use claviger_audit::{Break, Finding, Summary, TrailFault, Verifier};
use claviger_host::fingerprint;
use claviger_types::Hex;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output;

use super::options::{OutputForm, VerifyOptions};
use super::table::visible;
use super::trails::{Trail, each_line, trails};

/// What was found of one trail.
struct Outcome {
    name: String,
    files: usize,
    summary: Summary,
    fault: Option<Place>,
    /// The breaks that are known, by number and hash.
    known_breaks: Vec<(u64, [u8; 32])>,
}

impl Outcome {
    fn is_known(&self, found: &Break) -> bool {
        self.known_breaks.contains(&(found.link.seq, found.link.hash))
    }

    /// Whether a record tells of a break that nobody has explained. Breaks beyond those that are kept are not known.
    fn has_unknown_break(&self) -> bool {
        let known = self.summary.breaks.iter().filter(|found| self.is_known(found)).count();
        self.summary.break_count > known as u64
    }

    fn is_whole(&self) -> bool {
        self.fault.is_none() && !self.has_unknown_break()
    }
}

/// A fault, and where it is.
struct Place {
    file: Option<String>,
    line: Option<u64>,
    text: String,
}

pub(super) fn run(options: &VerifyOptions) -> Result<(), Failure> {
    let mut outcomes = Vec::new();
    let all = trails(&options.trails)?;
    if options.expect.is_some() && all.len() > 1 {
        let why = "a line is one of one region's trail, and there are several";
        return Err(Failure::usage("nothing was verified", why).then("--region REGION"));
    }
    for trail in &all {
        outcomes.push(verify(trail, options)?);
    }
    match options.output {
        OutputForm::Json => output::line(json(&outcomes))?,
        OutputForm::Table => outcomes.iter().try_for_each(|outcome| output::line(text(outcome)))?,
    }
    if let Some((name, place)) = outcomes.iter().find_map(|outcome| Some((&outcome.name, outcome.fault.as_ref()?))) {
        return Err(Failure::new(format!("the audit trail of {name} is not whole"), place.shown()).then(
            "keep the files as they are; docs/reference/audit.md tells what a crash or a power cut can explain",
        ));
    }
    let Some(outcome) = outcomes.iter().find(|outcome| outcome.has_unknown_break()) else { return Ok(()) };
    let unknown = outcome.summary.breaks.iter().find(|found| !outcome.is_known(found));
    let why = unknown.map_or_else(|| "there are more breaks than can be known".to_owned(), difference);
    let failure = Failure::new(format!("the audit trail of {} was discontinued", outcome.name), why);
    Err(match unknown {
        Some(Break { link, .. }) => failure.then(format!(
            "find out who cut, replaced or moved the files; if an operator did, verify with --known-break {}",
            place(link.seq, &link.hash)
        )),
        None => failure,
    })
}

/// How the files differed from what the region had signed.
fn difference(found: &Break) -> String {
    let (seq, hash) = &found.difference.expected;
    let files = match &found.difference.found {
        None => "had no line with a hash".to_owned(),
        Some((other, hash)) if other == seq => format!("had the line {} in its place", place(*other, hash)),
        Some((last, hash)) => format!("did not have that line, and ended with {}", place(*last, hash)),
    };
    format!(
        "before line {}, at {}, the region was started on files that did not go on from the line {} that it had signed: they {files}",
        found.link.seq,
        visible(&found.at),
        place(*seq, hash)
    )
}

fn place(seq: u64, hash: &[u8; 32]) -> String {
    format!("{seq}:{}", Hex::of(hash).as_str())
}

/// Why reading a file ended.
enum End {
    Fault(Finding),
    Failure(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> End {
        End::Failure(failure)
    }
}

fn verify(trail: &Trail, options: &VerifyOptions) -> Result<Outcome, Failure> {
    let mut verifier =
        trail.region.as_ref().map_or_else(Verifier::default, |region| Verifier::of_region(region.as_str()));
    if let Some(line) = &options.expect {
        verifier.expect(line.seq, line.hash);
    }
    let outcome = |verifier: &Verifier, fault: Option<Place>| Outcome {
        name: trail.region.as_ref().map_or_else(|| "these files".to_owned(), ToString::to_string),
        files: trail.files.len(),
        summary: verifier.summary().clone(),
        fault,
        known_breaks: options.known_break.iter().map(|line| (line.seq, line.hash)).collect(),
    };
    for file in &trail.files {
        let read = each_line(file, |line| verifier.line(line).map(|()| true).map_err(End::Fault));
        match read.and_then(|_| verifier.end_of_file().map_err(End::Fault)) {
            Ok(()) => {}
            Err(End::Failure(failure)) => return Err(failure),
            Err(End::Fault(found)) => return Ok(outcome(&verifier, Some(Place::at(&file.path, &found)))),
        }
    }
    let wrong = verifier.end().map_err(Place::of).err().or_else(|| wrong_signer(verifier.summary(), &options.identity));
    Ok(outcome(&verifier, wrong))
}

/// A trail that is signed by another key than those that are expected.
fn wrong_signer(summary: &Summary, expected: &[String]) -> Option<Place> {
    if expected.is_empty() || summary.lines == 0 {
        return None;
    }
    let text = match summary.identities.iter().map(fingerprint).find(|found| !expected.contains(found)) {
        Some(other) => format!("checkpoints are signed by the key {other}, and not by the expected one"),
        None if summary.checkpoints == 0 => "no checkpoint signs these lines".to_owned(),
        None => return None,
    };
    Some(Place { file: None, line: None, text })
}

impl Place {
    fn at(path: &Path, found: &Finding) -> Place {
        Place {
            file: Some(path.display().to_string()),
            line: Some(found.line),
            text: visible(&found.fault.to_string()),
        }
    }

    fn of(fault: TrailFault) -> Place {
        Place { file: None, line: None, text: fault.to_string() }
    }

    fn shown(&self) -> String {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}, line {line}: {}", self.text),
            _ => self.text.clone(),
        }
    }
}

fn text(outcome: &Outcome) -> String {
    let Outcome { name, files, summary, fault, known_breaks: _ } = outcome;
    let word = if fault.is_some() { "verified up to the fault" } else { "verified" };
    let times = summary.times.as_ref().map(|(from, to)| format!(" from {from} to {to}")).unwrap_or_default();
    let (records, files) = (counted(summary.records(), "record"), counted(*files as u64, "file"));
    let mut out = format!("{name}: {records}{times} {word}, in {files}");
    if summary.unlinked_before > 0 {
        out.push_str(&format!(
            "\n  not linked  {} of earlier releases {} not linked: nothing is known of them",
            counted(summary.unlinked_before, "line"),
            if summary.unlinked_before == 1 { "is" } else { "are" }
        ));
    }
    if summary.lines == 0 {
        return out;
    }
    out.push_str(&format!("\n  lines       {} to {} of the trail", summary.first_seq, summary.last.seq));
    let keys: Vec<String> = summary.identities.iter().map(fingerprint).collect();
    match summary.checkpoints {
        0 => out.push_str("\n  signed      none: no checkpoint is among them"),
        _ => out.push_str(&format!("\n  signed      up to line {}, by {}", summary.signed_to, keys.join(", "))),
    }
    out.push_str(&format!("\n  not signed  {}", counted(summary.unsigned(), "line")));
    for found in &summary.breaks {
        let word = if outcome.is_known(found) { "known break" } else { "break      " };
        out.push_str(&format!("\n  {word} {}: {}", place(found.link.seq, &found.link.hash), difference(found)));
    }
    if summary.break_count > summary.breaks.len() as u64 {
        out.push_str(&format!("\n  breaks      {} in all", summary.break_count));
    }
    out.push_str(&format!("\n  last line   {}", place(summary.last.seq, &summary.last.hash)));
    out
}

fn counted(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn json(outcomes: &[Outcome]) -> Value {
    let trails: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let Outcome { name, files, summary, fault, known_breaks: _ } = outcome;
            let (from, to) = summary.times.clone().unzip();
            json!({
                "trail": name,
                "whole": outcome.is_whole(),
                "fault": fault.as_ref().map(|place| json!({"file": place.file, "line": place.line, "text": place.text})),
                "files": files,
                "records": summary.records(),
                "checkpoints": summary.checkpoints,
                "from": from,
                "to": to,
                "linesNotLinked": summary.unlinked_before,
                "firstLine": summary.first_seq,
                "lastLine": summary.last.seq,
                "lastHash": Hex::of(&summary.last.hash).as_str(),
                "signedUpToLine": summary.signed_to,
                "linesNotSigned": summary.unsigned(),
                "breaks": summary.breaks.iter().map(|found| break_json(found, outcome.is_known(found))).collect::<Vec<_>>(),
                "breakCount": summary.break_count,
                "identities": summary.identities.iter().map(fingerprint).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({"whole": outcomes.iter().all(Outcome::is_whole), "trails": trails})
}

fn break_json(found: &Break, is_known: bool) -> Value {
    let (expected, found_line) = (found.difference.expected, found.difference.found);
    json!({
        "line": found.link.seq,
        "hash": Hex::of(&found.link.hash).as_str(),
        "at": found.at,
        "known": is_known,
        "expectedLine": expected.0,
        "expectedHash": Hex::of(&expected.1).as_str(),
        "foundLine": found_line.map(|(seq, _)| seq),
        "foundHash": found_line.map(|(_, hash)| Hex::of(&hash).as_str().to_owned()),
    })
}
