//! Compares the evaluator of policies with its test oracle on random policies and requests.

use std::error::Error;
use std::time::Instant;

use claviger_policy_oracle::BrokenPolicyRule;
use claviger_policy_oracle::run::{Tally, run as compare_pairs};

/// How many pairs are compared between two lines of progress.
const PAIRS_PER_LINE: u64 = 1_000_000;

/// The options of `cargo xtask policies`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many pairs of policies and a request
    #[arg(long, default_value_t = 100_000)]
    pairs: u64,
    /// The seed of the first pair; each pair has a seed of its own
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A rule of the oracle to break, to see that the comparison notices
    #[arg(long = "break", value_name = "RULE", value_parser = BrokenPolicyRule::named)]
    broken: Option<BrokenPolicyRule>,
}

/// Compares all pairs and prints how many were decided in which way.
///
/// # Errors
///
/// The first pair on which the evaluators disagree, made as small as possible. With a broken rule: that they never disagreed.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "a task may say how long it took")]
    let started = Instant::now();
    let mut all = Tally::default();
    while all.total() < arguments.pairs {
        let pairs = (arguments.pairs - all.total()).min(PAIRS_PER_LINE);
        match compare_pairs(arguments.seed.wrapping_add(all.total()), pairs, arguments.broken) {
            Ok(tally) => all.add(&tally),
            Err(disagreement) if arguments.broken.is_some() => {
                println!("the broken rule was noticed: {disagreement}");
                return Ok(());
            }
            Err(disagreement) => return Err(disagreement.to_string().into()),
        }
        println!("{} pairs in {:.0} s", all.total(), started.elapsed().as_secs_f64());
    }
    println!("{all}");
    match arguments.broken {
        Some(_) => Err("the broken rule was not noticed".into()),
        None => Ok(()),
    }
}
