//! The fields Day-of-month and Day-of-week: the days of a month that have windows.

use super::field::{DAYS_OF_MONTH, DAYS_OF_WEEK, Field, items, number};
use crate::ScheduleError;

/// The days of a month that have windows. Weekdays are numbered from 1, Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayRule {
    /// These days; bit 1 is the first.
    OfMonth(u32),
    /// `L` as day of the month.
    LastOfMonth,
    /// These weekdays; bit 1 is Sunday.
    OfWeek(u32),
    /// `SUNL`: the last such weekday of the month.
    LastWeekday(u8),
    /// `SUN#1`: the first such weekday of the month.
    NthWeekday(u8, u8),
}

impl DayRule {
    /// Reads the two fields. Exactly one of them is `?`.
    pub(super) fn parse(day_of_month: &str, day_of_week: &str) -> Result<DayRule, ScheduleError> {
        match (day_of_month, day_of_week) {
            ("?", "?") => Err(ScheduleError::DayFields),
            (_, "?") => of_month(day_of_month).ok_or(ScheduleError::DayOfMonth),
            ("?", _) => of_week(day_of_week).ok_or(ScheduleError::DayOfWeek),
            (_, _) => Err(ScheduleError::DayFields),
        }
    }

    /// The days of a month that starts with this weekday and has so many days; bit 1 is the first.
    pub(super) fn days(self, first: u8, length: u8) -> u32 {
        let weekday = |day: u8| (first + day - 2) % 7 + 1;
        match self {
            DayRule::OfMonth(days) => days & Field::bits(1, length, 1),
            DayRule::LastOfMonth => 1 << length,
            DayRule::OfWeek(weekdays) => bits((1..=length).filter(|day| weekdays >> weekday(*day) & 1 == 1)),
            DayRule::LastWeekday(wanted) => bits((1..=length).rev().find(|day| weekday(*day) == wanted)),
            DayRule::NthWeekday(wanted, nth) => {
                let nth_week = nth * 7 - 6..=(nth * 7).min(length);
                bits(nth_week.into_iter().find(|day| weekday(*day) == wanted))
            }
        }
    }
}

fn bits(days: impl IntoIterator<Item = u8>) -> u32 {
    days.into_iter().fold(0, |bits, day| bits | 1 << day)
}

fn of_month(text: &str) -> Option<DayRule> {
    if text == "L" {
        return Some(DayRule::LastOfMonth);
    }
    // AWS's page lists `SUNL` with this field.
    let named = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    if named { last_weekday(text) } else { items(text, &DAYS_OF_MONTH).map(DayRule::OfMonth) }
}

fn of_week(text: &str) -> Option<DayRule> {
    if text == "L" {
        // The last day of the week is Saturday.
        return Some(DayRule::OfWeek(1 << DAYS_OF_WEEK.max));
    }
    if let Some((day, nth)) = text.split_once('#') {
        let nth = number(nth).filter(|nth| (1..=5).contains(nth))?;
        return DAYS_OF_WEEK.value(day).map(|day| DayRule::NthWeekday(day, nth));
    }
    last_weekday(text).or_else(|| items(text, &DAYS_OF_WEEK).map(DayRule::OfWeek))
}

/// `SUNL`; in Day-of-week also `1L`.
fn last_weekday(text: &str) -> Option<DayRule> {
    DAYS_OF_WEEK.value(text.strip_suffix('L')?).map(DayRule::LastWeekday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let cases = [
            ("*", "?", DayRule::OfMonth(0xffff_fffe)),
            ("1,15", "?", DayRule::OfMonth(1 << 1 | 1 << 15)),
            ("L", "?", DayRule::LastOfMonth),
            ("SUNL", "?", DayRule::LastWeekday(1)),
            ("?", "*", DayRule::OfWeek(0b1111_1110)),
            ("?", "MON-FRI", DayRule::OfWeek(0b111_1100)),
            ("?", "SAT", DayRule::OfWeek(1 << 7)),
            ("?", "L", DayRule::OfWeek(1 << 7)),
            ("?", "FRIL", DayRule::LastWeekday(6)),
            ("?", "6L", DayRule::LastWeekday(6)),
            ("?", "SUN#1", DayRule::NthWeekday(1, 1)),
            ("?", "2#1", DayRule::NthWeekday(2, 1)),
            ("?", "TUE#3", DayRule::NthWeekday(3, 3)),
        ];
        for (day_of_month, day_of_week, expected) in cases {
            assert_eq!(DayRule::parse(day_of_month, day_of_week), Ok(expected), "{day_of_month} {day_of_week}");
        }
    }

    #[test]
    fn other_fields_are_refused() {
        for (day_of_month, day_of_week) in [("?", "?"), ("*", "*"), ("1", "SUN"), ("", ""), ("1", "")] {
            assert_eq!(DayRule::parse(day_of_month, day_of_week), Err(ScheduleError::DayFields));
        }
        for text in
            ["", "0", "32", "LW", "W", "15W", "L-3", "1L", "L,1", "1,L", "1,?", "SUN", "SUNL,MONL", "SUN#1", "XL"]
        {
            assert_eq!(DayRule::parse(text, "?"), Err(ScheduleError::DayOfMonth), "{text}");
        }
        let texts = [
            "",
            "0",
            "8",
            "LL",
            "L,1",
            "SUNL,MON",
            "SUN#0",
            "SUN#6",
            "SUN#",
            "#1",
            "SUN#1,MON#2",
            "SUN#1#2",
            "SAT-SUN",
            "1,?",
            "SUNDAY",
            "JAN",
            "1W",
        ];
        for text in texts {
            assert_eq!(DayRule::parse("?", text), Err(ScheduleError::DayOfWeek), "{text}");
        }
    }

    /// November 2026 starts on a Sunday and has 30 days.
    #[test]
    fn days_of_a_month() {
        let cases: [(&str, &str, &[u8]); 8] = [
            ("29-31", "?", &[29, 30]),
            ("L", "?", &[30]),
            ("SUNL", "?", &[29]),
            ("?", "MONL", &[30]),
            ("?", "SUN", &[1, 8, 15, 22, 29]),
            ("?", "SUN#1", &[1]),
            ("?", "MON#5", &[30]),
            ("?", "TUE#5", &[]),
        ];
        for (day_of_month, day_of_week, expected) in cases {
            let rule = DayRule::parse(day_of_month, day_of_week).unwrap();
            assert_eq!(rule.days(1, 30), bits(expected.iter().copied()), "{day_of_month} {day_of_week}");
        }
    }
}
