//! The table of the figures.

use std::time::Duration;

use crate::error::Error;
use crate::histogram::Histogram;
use crate::table::{self, Out};

/// Writes a row for each figure when it is known.
pub(super) struct Report<'a> {
    out: Out<'a>,
    /// Goals that were missed.
    missed: usize,
    /// Figures that could not be measured.
    skipped: usize,
}

/// A measured figure and its goal, which it does not exceed if it is met.
pub(super) struct Figure {
    pub(super) goal: String,
    pub(super) measured: String,
    pub(super) is_met: bool,
}

impl Figure {
    /// A time.
    pub(super) fn time(goal: Duration, measured: Duration) -> Figure {
        Figure { goal: format!("≤ {}", shown(goal)), measured: shown(measured), is_met: measured <= goal }
    }

    /// The median and the 99th percentile. A goal of none is not compared.
    pub(super) fn quantiles(p50: Option<Duration>, p99: Duration, measured: &Histogram) -> Figure {
        let (half, most) = (measured.quantile(0.5), measured.quantile(0.99));
        let goal = match p50 {
            Some(p50) => format!("p50 ≤ {}, p99 ≤ {}", shown(p50), shown(p99)),
            None => format!("p99 ≤ {}", shown(p99)),
        };
        Figure {
            goal,
            measured: format!("p50 {}, p99 {} ({} samples)", shown(half), shown(most), measured.count()),
            is_met: most <= p99 && p50.is_none_or(|p50| half <= p50),
        }
    }

    /// Adds what else is of interest.
    pub(super) fn with(self, more: &str) -> Figure {
        Figure { measured: format!("{}; {more}", self.measured), ..self }
    }

    /// Adds a second goal, which is met or not.
    pub(super) fn and(self, goal: &str, measured: &str, is_met: bool) -> Figure {
        Figure {
            goal: format!("{}, {goal}", self.goal),
            measured: format!("{}; {measured}", self.measured),
            is_met: self.is_met && is_met,
        }
    }
}

impl<'a> Report<'a> {
    /// Begins the table.
    pub(super) fn begin(out: Out<'a>) -> Result<Report<'a>, Error> {
        out(&format!("Measured on {}.", table::machine()))?;
        table::head(out, &["Figure", "goal", "measured", ""])?;
        Ok(Report { out, missed: 0, skipped: 0 })
    }

    /// Writes a row.
    pub(super) fn add(&mut self, name: &str, figure: Figure) -> Result<(), Error> {
        let Figure { goal, measured, is_met } = figure;
        self.missed += usize::from(!is_met);
        let verdict = if is_met { "met" } else { "MISSED" };
        table::row(self.out, &[name.to_owned(), goal, measured, verdict.to_owned()])
    }

    /// Writes a row for a figure that cannot be measured here.
    pub(super) fn skipped(&mut self, name: &str, why: &str) -> Result<(), Error> {
        self.skipped += 1;
        table::row(self.out, &[name.to_owned(), String::new(), why.to_owned(), "SKIPPED".to_owned()])
    }

    /// Ends the table.
    pub(super) fn end(self) -> Result<(), Error> {
        match (self.missed, self.skipped) {
            (0, 0) => (self.out)("\nAll goals are met."),
            (missed, 0) => (self.out)(&format!("\n{missed} goals are missed.")),
            (missed, skipped) => (self.out)(&format!("\n{missed} goals are missed, {skipped} could not be measured.")),
        }
    }
}

/// A time with its unit, in seconds from one second on.
pub(super) fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) { table::time(time) } else { format!("{:.2} s", time.as_secs_f64()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_met_if_all_its_goals_are() {
        let ms = Duration::from_millis;
        assert!(Figure::time(ms(5), ms(5)).is_met && !Figure::time(ms(5), ms(6)).is_met);
        assert!(!Figure::time(ms(5), ms(5)).and("no failure", "1 failure", false).is_met);
        let mut times = Histogram::default();
        (1..=100).for_each(|n| times.record(ms(n)));
        assert!(Figure::quantiles(Some(ms(51)), ms(101), &times).is_met);
        assert!(!Figure::quantiles(Some(ms(40)), ms(101), &times).is_met);
        assert!(!Figure::quantiles(None, ms(90), &times).is_met);
    }
}
