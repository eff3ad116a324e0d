//! `ScheduleExpression`: `rate(...)` or `cron(...)`.

use crate::ScheduleError;
use crate::cron::Cron;
use crate::rate::Rate;

/// AWS's limit of the member `ScheduleExpression`.
const BYTES_MAX: usize = 256;

/// The meaning of a schedule expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Schedule {
    Rate(Rate),
    Cron(Cron),
}

impl Schedule {
    pub(crate) fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        if text.len() > BYTES_MAX {
            return Err(ScheduleError::Form);
        }
        let inside = text.strip_suffix(')').ok_or(ScheduleError::Form)?;
        if let Some(rate) = inside.strip_prefix("rate(") {
            return Rate::parse(rate).map(Schedule::Rate);
        }
        let cron = inside.strip_prefix("cron(").ok_or(ScheduleError::Form)?;
        Cron::parse(cron).map(Schedule::Cron)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert!(matches!(Schedule::parse("rate(4 hours)"), Ok(Schedule::Rate(_))));
        assert!(matches!(Schedule::parse("cron(0 8 1 * ? *)"), Ok(Schedule::Cron(_))));
        let texts = [
            "",
            "rate",
            "rate(4 hours",
            "Rate(4 hours)",
            "rate (4 hours)",
            " rate(4 hours)",
            "rate(4 hours) ",
            "at(now)",
        ];
        for text in texts {
            assert_eq!(Schedule::parse(text), Err(ScheduleError::Form), "{text}");
        }
        let long = format!("rate({} days)", "1".repeat(BYTES_MAX));
        assert_eq!(Schedule::parse(&long), Err(ScheduleError::Form));
    }
}
