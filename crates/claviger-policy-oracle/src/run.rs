//! Compares the evaluators on many random cases.

use std::collections::BTreeMap;
use std::fmt;

use crate::broken_rule::BrokenPolicyRule;
use crate::case::Outcome;
use crate::compare::{Agreed, compare};
use crate::generate::generate;
use crate::shrink::{as_json, shrink};

/// How many cases ended in which way.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// The decisions, by their texts.
    pub decisions: BTreeMap<String, u64>,
    /// Requests that are allowed.
    pub allowed: u64,
    /// Requests that a statement denies.
    pub denied: u64,
    /// Requests that no statement allows.
    pub not_allowed: u64,
    /// Cases of which both evaluators refuse a document.
    pub refused: u64,
}

/// A case that the evaluators disagree about.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// The seed of the case.
    pub seed: u64,
    /// How they differ.
    pub difference: String,
    /// The smallest case that was found.
    pub smallest: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disagreement { seed, difference, smallest } = self;
        write!(
            f,
            "seed {seed}: {difference}\n{smallest}\nto see it again: cargo xtask policies --pairs 1 --seed {seed}"
        )
    }
}

impl Tally {
    /// The number of cases.
    pub fn total(&self) -> u64 {
        self.allowed + self.denied + self.not_allowed + self.refused
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Tally) {
        self.allowed += other.allowed;
        self.denied += other.denied;
        self.not_allowed += other.not_allowed;
        self.refused += other.refused;
        for (decision, count) in &other.decisions {
            *self.decisions.entry(decision.clone()).or_default() += count;
        }
    }

    fn count(&mut self, agreement: Agreed) {
        let Agreed::Decided(outcome) = agreement else {
            self.refused += 1;
            return;
        };
        match outcome {
            Outcome::Allow => self.allowed += 1,
            Outcome::ExplicitDeny(_) => self.denied += 1,
            Outcome::ImplicitDeny(_) => self.not_allowed += 1,
        }
        *self.decisions.entry(outcome.to_string()).or_default() += 1;
    }
}

/// The shares of the decisions.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |count: u64| count as f64 * 100.0 / self.total().max(1) as f64;
        write!(
            f,
            "{} pairs: {:.1} % allow, {:.1} % explicit deny, {:.1} % implicit deny, {:.1} % refused documents",
            self.total(),
            share(self.allowed),
            share(self.denied),
            share(self.not_allowed),
            share(self.refused)
        )?;
        for (decision, count) in &self.decisions {
            write!(f, "\n  {:5.1} %  {decision}", share(*count))?;
        }
        Ok(())
    }
}

/// Compares the evaluators on the cases of `pairs` seeds, from `seed` on.
///
/// # Errors
///
/// The first case that they disagree about, made as small as possible.
pub fn run(seed: u64, pairs: u64, broken: Option<BrokenPolicyRule>) -> Result<Tally, Box<Disagreement>> {
    let mut tally = Tally::default();
    for seed in (0..pairs).map(|n| seed.wrapping_add(n)) {
        let case = generate(seed);
        match compare(&case, broken) {
            Ok(agreement) => tally.count(agreement),
            Err(_) => {
                let smallest = shrink(&case, broken);
                let difference = compare(&smallest, broken).err().map(|difference| difference.text).unwrap_or_default();
                let smallest = format!("{:#}", as_json(&smallest));
                return Err(Box::new(Disagreement { seed, difference, smallest }));
            }
        }
    }
    Ok(tally)
}
