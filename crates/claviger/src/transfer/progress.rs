//! Progress on standard error: a line that is rewritten on a terminal, or events as JSON.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claviger_transfer::{Progress, Step, TransferPhase};
use serde_json::json;

use super::options::ProgressForm;
use crate::system::Stopwatch;

/// How often the line of a terminal is rewritten.
const REFRESH: Duration = Duration::from_millis(100);

/// The progress that the option asks for.
pub(crate) fn of(form: ProgressForm) -> Arc<dyn Progress> {
    match form {
        ProgressForm::Jsonl => Arc::new(Events),
        ProgressForm::Auto if io::stderr().is_terminal() => Arc::new(Line::default()),
        ProgressForm::Auto | ProgressForm::None => Arc::new(Quiet),
    }
}

struct Quiet;

impl Progress for Quiet {
    fn step(&self, _: &Step<'_>) {}
}

struct Events;

impl Progress for Events {
    fn step(&self, step: &Step<'_>) {
        let phase = match step.phase {
            TransferPhase::Read => "read",
            TransferPhase::Compare => "compare",
            TransferPhase::Write => "write",
        };
        let mut event = json!({"phase": phase, "done": step.done, "total": step.total, "name": step.name});
        if let (Some(failure), Some(event)) = (step.failure, event.as_object_mut()) {
            event.insert("failure".to_owned(), failure.into());
        }
        let _ = writeln!(io::stderr().lock(), "{event}");
    }
}

#[derive(Default)]
struct Line(Mutex<Option<Shown>>);

#[derive(Clone, Copy)]
struct Shown {
    phase: TransferPhase,
    begun: Stopwatch,
    last: Stopwatch,
}

impl Progress for Line {
    fn step(&self, step: &Step<'_>) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Stopwatch::start();
        let before = shown.filter(|shown| shown.phase == step.phase);
        let current = before.unwrap_or(Shown { phase: step.phase, begun: now, last: now });
        let is_last = step.done == step.total;
        if before.is_some() && current.last.elapsed() < REFRESH && !is_last {
            return;
        }
        *shown = Some(Shown { last: now, ..current });
        let end = if is_last { "\n" } else { "" };
        let text = text(step, current.begun.elapsed());
        let _ = write!(io::stderr().lock(), "\r\x1b[K{text}{end}").and_then(|()| io::stderr().flush());
    }
}

fn text(step: &Step<'_>, elapsed: Duration) -> String {
    let word = match step.phase {
        TransferPhase::Read => "Reading",
        TransferPhase::Compare => "Comparing",
        TransferPhase::Write => "Writing",
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = step.done as f64 / elapsed.as_secs_f64().max(0.001);
    #[expect(clippy::cast_precision_loss, reason = "a time for people")]
    let left = step.total.saturating_sub(step.done) as f64 / rate.max(0.001);
    format!("{word} {} of {}, {rate:.0} a second, {left:.0} s left", step.done, step.total)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left() {
        let step = Step { phase: TransferPhase::Write, done: 50, total: 200, name: "x", failure: None };
        assert_eq!(text(&step, Duration::from_secs(5)), "Writing 50 of 200, 10 a second, 15 s left");
    }
}
