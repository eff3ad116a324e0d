//! Changes requests that botocore has signed, and checks that a changed one verifies just if it still means the same.
//!
//! The verifier is claviger-sigv4. Whether two requests mean the same is decided by `meaning`, which shares no code with it. Both ways
//! count: a mutant that verifies must mean the same as a request that was signed, and one that means the same must verify.

mod meaning;
mod mutate;
mod random;
mod request;
mod verifier;

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use meaning::Meaning;
use mutate::{Change, kinds};
use random::Random;
use request::{Request, Signed};
use verifier::{BROKEN, Verifier};

/// The options of `cargo xtask signatures`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many mutants
    #[arg(long, default_value_t = 100_000)]
    mutants: u64,
    /// The seed of the changes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Signed requests, as crates/claviger-sigv4/tests/make_corpus.py writes them, instead of those of the repository
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// A rule to break, to see that the check notices
    #[arg(long = "break", value_name = "RULE", value_parser = BROKEN.map(|(name, _)| name))]
    broken: Option<String>,
}

/// Changes, checks, and prints how many mutants of each kind were refused and how many meant the same.
///
/// # Errors
///
/// The first mutant whose verdict and meaning do not agree. With a broken rule: that there was none.
pub(crate) fn run(workspace: &Path, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let file = arguments.corpus.clone().unwrap_or_else(|| workspace.join("crates/claviger-sigv4/tests/corpus.jsonl"));
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let corpus = Signed::read_all(&text)?;
    #[expect(clippy::disallowed_methods, reason = "a task may say how long it took")]
    let started = Instant::now();
    match (check(&corpus, arguments.seed, arguments.mutants, arguments.broken.as_deref()), &arguments.broken) {
        (Ok(_), Some(name)) => Err(format!("broken rule {name} was not caught").into()),
        (Err(disagreement), Some(name)) => {
            println!("broken rule {name} was caught: {disagreement}");
            Ok(())
        }
        (Ok(report), None) => {
            report.print();
            println!("{} requests, seed {}, {:.1} s", corpus.len(), arguments.seed, started.elapsed().as_secs_f64());
            Ok(())
        }
        (Err(disagreement), None) => Err(disagreement.into()),
    }
}

/// The counts of each kind of change.
#[derive(Debug, Default)]
struct Report(BTreeMap<&'static str, Counts>);

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    /// Verified, and mean the same.
    same: u64,
    /// Refused, and mean something else or nothing.
    refused: u64,
}

impl Report {
    fn totals(&self) -> Counts {
        let add = |a: Counts, b: &Counts| Counts { same: a.same + b.same, refused: a.refused + b.refused };
        self.0.values().fold(Counts::default(), add)
    }

    fn print(&self) {
        println!("{:>10} {:>10}  change", "refused", "same");
        for (kind, counts) in &self.0 {
            println!("{:>10} {:>10}  {kind}", counts.refused, counts.same);
        }
        println!("{:>10} {:>10}  all", self.totals().refused, self.totals().same);
    }
}

/// Two of three mutants have one change; the others have two, of which the second is not named in the report.
const TWO_CHANGES: &str = "two changes";

fn check(corpus: &[Signed], seed: u64, mutants: u64, broken: Option<&str>) -> Result<Report, String> {
    let (verifier, kinds) = (Verifier::of(corpus), kinds());
    let view = broken.and_then(|name| BROKEN.iter().find(|(known, _)| *known == name)).map(|(_, view)| *view);
    let mut signed = HashSet::new();
    for (n, original) in corpus.iter().enumerate() {
        let meaning = Meaning::of(&original.request).filter(|_| verifier.accepts(original, &original.request));
        signed.insert(
            meaning.ok_or_else(|| format!("request {} of the corpus is not valid: {}", n + 1, original.request))?,
        );
    }
    let (mut report, mut n) = (Report::default(), 0);
    let mut made = 0;
    while made < mutants {
        n += 1;
        let mut change = Change { random: Random::of(seed, n), corpus };
        let (Some(original), Some((kind, mutate))) = (change.random.pick(corpus), change.random.pick(&kinds).copied())
        else {
            return Err("there is no request to change".to_owned());
        };
        let (mut mutant, mut kind) = (original.request.clone(), kind);
        mutate(&mut mutant, &mut change);
        if change.random.once_in(3)
            && let Some((_, second)) = change.random.pick(&kinds).copied()
        {
            second(&mut mutant, &mut change);
            kind = TWO_CHANGES;
        }
        // Not every request has something to change of every kind.
        if mutant == original.request {
            continue;
        }
        made += 1;
        let seen = view.map_or_else(|| Some(mutant.clone()), |view| view(&original.request, &mutant));
        let verifies = seen.is_some_and(|seen| verifier.accepts(original, &seen));
        let same = Meaning::of(&mutant).is_some_and(|meaning| signed.contains(&meaning));
        let counts = report.0.entry(kind).or_default();
        match (verifies, same) {
            (true, true) => counts.same += 1,
            (false, false) => counts.refused += 1,
            _ => return Err(disagreement(kind, verifies, n, original, &mutant)),
        }
    }
    Ok(report)
}

fn disagreement(kind: &str, verifies: bool, n: u64, original: &Signed, mutant: &Request) -> String {
    let what = if verifies { "verifies and does not mean the same" } else { "means the same and is refused" };
    format!("mutant {n} ({kind}) {what}\n--- signed:\n{}\n--- mutant:\n{mutant}", original.request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus() -> Vec<Signed> {
        Signed::read_all(include_str!("../../crates/claviger-sigv4/tests/corpus.jsonl")).expect("the corpus")
    }

    /// The short run. `cargo xtask signatures --mutants 1000000` is the long one.
    #[test]
    fn mutants_verify_just_if_they_mean_the_same() {
        let report = check(&corpus(), 20_261_124, 60_000, None).unwrap_or_else(|disagreement| panic!("{disagreement}"));
        let (kinds, counts) = (report.0.len(), report.totals());
        assert_eq!(kinds, super::kinds().len() + 1, "every kind of change occurs");
        assert!(counts.same > 5_000 && counts.refused > 30_000, "{counts:?}");
    }

    #[test]
    fn every_broken_rule_is_noticed() {
        let corpus = corpus();
        for (name, _) in BROKEN {
            let found = check(&corpus, 1, 100_000, Some(name)).expect_err(name);
            let too_strict = name.starts_with("strict");
            assert_eq!(found.contains("is refused"), too_strict, "{name}: {found}");
        }
    }

    #[test]
    fn a_request_that_botocore_did_not_sign_is_no_corpus() {
        let mut corpus = corpus();
        if let Some(first) = corpus.first_mut() {
            first.request.body.push(b' ');
        }
        assert!(check(&corpus, 1, 1, None).expect_err("not signed").contains("request 1 of the corpus is not valid"));
    }
}
