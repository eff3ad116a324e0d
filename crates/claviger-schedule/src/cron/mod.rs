//! `cron(Minutes Hours Day-of-month Month Day-of-week Year)` in the dialect of Secrets Manager.

mod day_rule;
mod field;
mod hours;
mod spacing;

use claviger_types::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;

use crate::ScheduleError;
use day_rule::DayRule;
use field::{MONTHS, items};
use hours::Hours;

/// A search for the next window looks into the rest of this month and so many more. Every expression has a window in every year.
const MONTHS_AHEAD: u32 = 24;

/// A cron expression that has a window in every year, and at least 4 hours between the starts of any two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cron {
    hours: Hours,
    /// Bit 1 is January.
    months: u32,
    days: DayRule,
}

impl Cron {
    /// Reads the inside of `cron(...)`.
    pub(crate) fn parse(text: &str) -> Result<Cron, ScheduleError> {
        let fields: Vec<&str> = text.split(' ').collect();
        let [minutes, hours, day_of_month, month, day_of_week, year] = *fields else {
            return Err(ScheduleError::Fields);
        };
        if minutes != "0" {
            return Err(ScheduleError::Minutes);
        }
        if year != "*" {
            return Err(ScheduleError::Year);
        }
        let hours = Hours::parse(hours).ok_or(ScheduleError::Hours)?;
        let months = items(month, &MONTHS).ok_or(ScheduleError::Month)?;
        let days = DayRule::parse(day_of_month, day_of_week)?;
        let cron = Cron { hours, months, days };
        spacing::check(&cron)?;
        Ok(cron)
    }

    /// Whether windows close after one hour by default, and not at the end of the day.
    pub(crate) fn in_hours(&self) -> bool {
        self.hours.increments
    }

    /// Whether windows of this length extend neither into another window nor into the next day.
    pub(crate) fn check_duration(&self, hours: u8) -> Result<(), ScheduleError> {
        if self.hours.shortest_gap().is_some_and(|gap| hours > gap) {
            return Err(ScheduleError::IntoNextWindow);
        }
        if self.hours.last() + hours > 24 { Err(ScheduleError::IntoNextDay) } else { Ok(()) }
    }

    /// The first start of a window after `after`. `None` after the last year of the calendar, 9999.
    pub(crate) fn start_after(&self, after: Timestamp) -> Option<Timestamp> {
        let at = Offset::UTC.to_datetime(jiff::Timestamp::from_second(after.secs()).ok()?);
        if let Some(hour) = self.hours.after(at.hour()).filter(|_| self.matches(at.date())) {
            return start(at.date(), hour);
        }
        let mut month = at.date().first_of_month();
        let mut until_today = (2 << at.day()) - 1;
        for _ in 0..=MONTHS_AHEAD {
            let days = u64::from(self.days_in(month)) & !until_today;
            if days != 0 {
                let date = Date::new(month.year(), month.month(), i8::try_from(days.trailing_zeros()).ok()?).ok()?;
                return start(date, self.hours.first());
            }
            month = month.last_of_month().tomorrow().ok()?;
            until_today = 0_u64;
        }
        None
    }

    fn matches(&self, date: Date) -> bool {
        self.days_in(date.first_of_month()) >> date.day() & 1 == 1
    }

    /// The days of a month that have windows. `first` is its first day; bit 1 of the answer is that day.
    fn days_in(&self, first: Date) -> u32 {
        if self.months >> first.month() & 1 == 0 {
            return 0;
        }
        self.days.days(number(first.weekday()), first.days_in_month().unsigned_abs())
    }
}

/// AWS's number of a weekday: 1 is Sunday.
fn number(day: Weekday) -> u8 {
    day.to_sunday_one_offset().unsigned_abs()
}

fn start(date: Date, hour: u8) -> Option<Timestamp> {
    let time = date.at(i8::try_from(hour).ok()?, 0, 0, 0);
    Some(Timestamp(Offset::UTC.to_timestamp(time).ok()?.as_millisecond()))
}
