//! `rate(Value Unit)`: windows at a fixed distance.

use claviger_types::Timestamp;

use crate::{RotationHistory, ScheduleError};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const HOURS_MIN: i64 = 4;
const DAYS_MAX: i64 = 999;

/// The distance between two windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rate {
    /// Windows on a grid that starts at 00:00 of the day on which the rules were set.
    Hours(i64),
    /// Windows at 00:00, counted from the day of the last rotation.
    Days(i64),
}

impl Rate {
    /// Reads the inside of `rate(...)`, such as `10 days`.
    pub(crate) fn parse(text: &str) -> Result<Rate, ScheduleError> {
        let (value, unit) = text.split_once(' ').ok_or(ScheduleError::Rate)?;
        let value = positive(value)?;
        match unit {
            "hour" | "hours" if value < HOURS_MIN => Err(ScheduleError::TooOften),
            "hour" | "hours" if value > DAYS_MAX * 24 => Err(ScheduleError::TooSeldom),
            "hour" | "hours" => Ok(Rate::Hours(value)),
            "day" | "days" if value > DAYS_MAX => Err(ScheduleError::TooSeldom),
            "day" | "days" => Ok(Rate::Days(value)),
            _ => Err(ScheduleError::Rate),
        }
    }

    /// The first start of a window after `after`, which is not before the times of the history. `None` after the last time that a
    /// [`Timestamp`] can express.
    pub(crate) fn start_after(self, history: RotationHistory, after: Timestamp) -> Option<Timestamp> {
        let (origin, step) = match self {
            Rate::Hours(hours) => (history.configured, hours * HOUR_MS),
            Rate::Days(days) => (history.counted_from(), days * DAY_MS),
        };
        let origin = origin.0.checked_sub(origin.0.rem_euclid(DAY_MS))?;
        let steps = after.0.checked_sub(origin)?.div_euclid(step).checked_add(1)?;
        origin.checked_add(steps.checked_mul(step)?).map(Timestamp)
    }

    /// The distance in days, rounded up.
    pub(crate) fn days(self) -> i64 {
        match self {
            Rate::Hours(hours) => (hours + 23) / 24,
            Rate::Days(days) => days,
        }
    }
}

/// Reads a positive decimal number. Numbers that no rate has are as large as any.
fn positive(text: &str) -> Result<i64, ScheduleError> {
    let valid = !text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { Ok(text.parse().unwrap_or(i64::MAX)) } else { Err(ScheduleError::Rate) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        let cases = [
            ("4 hours", Ok(Rate::Hours(4))),
            ("12 hours", Ok(Rate::Hours(12))),
            ("5 hour", Ok(Rate::Hours(5))),
            ("23976 hours", Ok(Rate::Hours(23_976))),
            ("1 day", Ok(Rate::Days(1))),
            ("1 days", Ok(Rate::Days(1))),
            ("10 days", Ok(Rate::Days(10))),
            ("999 days", Ok(Rate::Days(999))),
            ("3 hours", Err(ScheduleError::TooOften)),
            ("1 hour", Err(ScheduleError::TooOften)),
            ("23977 hours", Err(ScheduleError::TooSeldom)),
            ("1000 days", Err(ScheduleError::TooSeldom)),
            ("99999999999999999999 days", Err(ScheduleError::TooSeldom)),
        ];
        for (text, expected) in cases {
            assert_eq!(Rate::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let texts = [
            "",
            " ",
            "4",
            "hours",
            "0 days",
            "00 days",
            "01 days",
            "-1 days",
            "+1 days",
            "1.5 days",
            "4hours",
            "4  hours",
            " 4 hours",
            "4 hours ",
            "4 Hours",
            "30 minutes",
            "1 week",
            "1 day day",
            "* days",
        ];
        for text in texts {
            assert_eq!(Rate::parse(text), Err(ScheduleError::Rate), "{text}");
        }
    }
}
