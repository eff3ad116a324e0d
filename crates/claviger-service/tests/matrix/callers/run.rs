//! One operation, called by all kinds of callers.

use std::collections::BTreeSet;

use super::kinds::{self, Kind};
use super::needs::{Need, OWNER, Why};
use super::people::Who;
use super::rules::{Across, Rule};
use super::stage::Stage;
use crate::case::Case;
use crate::client::Outcome;
use crate::template;

/// The faults of an operation, each with the operation's name and the kind of caller.
pub(crate) fn check(service: &'static str, case: &'static Case, rule: &'static Rule) -> Vec<String> {
    let stage = Stage::new(service, case, rule);
    let mut run = Run { rule, stage, kind: Kind::Anonymous, seen: BTreeSet::new(), is_spent: false, wrong: Vec::new() };
    kinds::check_all(&mut run);
    let left_out: Vec<Kind> = kinds::ALL.into_iter().filter(|kind| !run.seen.contains(kind)).collect();
    if !left_out.is_empty() {
        run.wrong.push(format!("{left_out:?}: no call was checked"));
    }
    run.wrong.into_iter().map(|text| format!("{}: {text}", case.operation)).collect()
}

pub(crate) struct Run {
    pub(crate) rule: &'static Rule,
    pub(crate) stage: Stage,
    kind: Kind,
    /// The kinds with a call that was checked.
    seen: BTreeSet<Kind>,
    /// Whether the operation has changed what it is about. The next call then needs other regions.
    is_spent: bool,
    wrong: Vec<String>,
}

impl Run {
    /// Begins with a kind of callers. Keys and secrets have their own account's policies.
    pub(crate) fn begin(&mut self, kind: Kind) {
        self.kind = kind;
        self.renew();
        self.stage.hold(Vec::new());
    }

    /// Sees to it that the operation can be called again.
    pub(crate) fn renew(&mut self) {
        if self.is_spent {
            self.stage = Stage::new(self.stage.service, self.stage.case, self.rule);
            self.is_spent = false;
        }
    }

    pub(crate) fn needs(&self) -> Vec<Need> {
        self.stage.needs.clone()
    }

    /// The permission is refused for this reason.
    pub(crate) fn check_denied(&mut self, who: &Who, need: &Need, why: Why) {
        let text = need.refusal(&who.named(), why);
        self.check_refused(who, "AccessDeniedException", &text, &format!("{why:?} for {}", need.action));
    }

    /// The resource does not exist for the caller.
    pub(crate) fn check_missing(&mut self, who: &Who, code: &str, text: &str) {
        let names = super::needs::strangers(&self.stage.names.borrow());
        self.check_refused(who, code, &template::fill(text, &names), "missing");
    }

    /// A refused request writes nothing.
    pub(crate) fn check_refused(&mut self, who: &Who, code: &str, text: &str, expected: &str) {
        self.seen.insert(self.kind);
        let before = self.stage.position();
        match self.stage.call(who) {
            Outcome::Success(body) => {
                self.is_spent = true;
                self.fail(expected, &format!("not refused: {}", body.shown()));
            }
            Outcome::Refused { code: found, text: said } if found != code || said != text => {
                self.fail(expected, &format!("refused with\n  {found}: {said}\nand not\n  {code}: {text}"));
            }
            Outcome::Refused { .. } => {}
        }
        if self.stage.position() != before {
            self.fail(expected, "a refused request wrote");
        }
    }

    /// The caller gets the answer of the entry.
    pub(crate) fn check_allowed(&mut self, who: &Who) {
        self.seen.insert(self.kind);
        let case = self.stage.case;
        match self.stage.call(who) {
            Outcome::Refused { code, text } => self.fail("allowed", &format!("refused: {code}: {text}")),
            Outcome::Success(body) => {
                let shown = body.shown();
                if !body.is(&case.answer) {
                    self.fail("allowed", &format!("answers {shown}"));
                }
                let is_own = matches!(self.rule.across, Across::Own) && who.is_stranger;
                if is_own && shown.contains(OWNER) {
                    self.fail("allowed", &format!("shows resources of another account: {shown}"));
                }
            }
        }
        self.is_spent = !case.audit.read_only;
        self.renew();
    }

    fn fail(&mut self, expected: &str, text: &str) {
        self.wrong.push(format!("{:?}, {expected}: {text}", self.kind));
    }
}
