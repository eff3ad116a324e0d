//! The rotation rules of a secret, and the windows that follow from them.

use claviger_types::Timestamp;

use crate::expression::Schedule;
use crate::rate::Rate;
use crate::{RotationHistory, RotationWindow, ScheduleError, duration};

/// The longest period of `AutomaticallyAfterDays`.
const DAYS_MAX: i64 = 1000;

/// The windows of a day whose starts are 4 hours apart.
const WINDOWS_PER_DAY_MAX: usize = 6;

const HOUR_SECS: i64 = 3600;

/// The rotation rules of a secret, with the texts as they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationRules {
    schedule: Schedule,
    /// The text of `ScheduleExpression`. `None` if the rules are of `AutomaticallyAfterDays`.
    expression: Option<String>,
    /// The text of `Duration` and its hours.
    duration: Option<(String, u8)>,
}

impl RotationRules {
    /// Reads the members `AutomaticallyAfterDays`, `ScheduleExpression` and `Duration` of a request.
    ///
    /// # Errors
    ///
    /// If there is not exactly one of the first two, if one of the three is not valid, or if a window of this duration would
    /// extend into the next window or into the next day.
    pub fn parse(
        automatically_after_days: Option<i64>,
        schedule_expression: Option<&str>,
        duration: Option<&str>,
    ) -> Result<RotationRules, ScheduleError> {
        let schedule = match (automatically_after_days, schedule_expression) {
            (Some(_), Some(_)) => return Err(ScheduleError::BothFrequencies),
            (None, None) => return Err(ScheduleError::NoFrequency),
            (Some(days), None) if (1..=DAYS_MAX).contains(&days) => Schedule::Rate(Rate::Days(days)),
            (Some(_), None) => return Err(ScheduleError::Days),
            (None, Some(text)) => Schedule::parse(text)?,
        };
        let duration = duration.map(|text| Ok((text.to_owned(), duration::hours(text)?))).transpose()?;
        if let Some((_, hours)) = &duration {
            check_duration(&schedule, *hours)?;
        }
        Ok(RotationRules { schedule, expression: schedule_expression.map(str::to_owned), duration })
    }

    /// `ScheduleExpression` as it was given.
    pub fn schedule_expression(&self) -> Option<&str> {
        self.expression.as_deref()
    }

    /// `Duration` as it was given.
    pub fn duration(&self) -> Option<&str> {
        self.duration.as_ref().map(|(text, _)| text.as_str())
    }

    /// `AutomaticallyAfterDays` of answers: as given, or computed from the expression. From 1 to 1000.
    ///
    /// For a rate in hours it is the number of days, rounded up. For a cron expression it is the number of days from the next window
    /// to the one that follows, which AWS does not define any closer.
    pub fn automatically_after_days(&self, history: RotationHistory) -> i64 {
        let days = match &self.schedule {
            Schedule::Rate(rate) => rate.days(),
            Schedule::Cron(cron) => {
                let next = cron.start_after(history.used_until());
                let following = next.and_then(|next| cron.start_after(next));
                let day = |start: Timestamp| start.secs().div_euclid(24 * HOUR_SECS);
                next.zip(following).map_or(1, |(next, following)| day(following) - day(next))
            }
        };
        days.clamp(1, DAYS_MAX)
    }

    /// `NextRotationDate`: the last second of the first window after the last rotation. It lies in the past if that window passed
    /// without a successful rotation. `None` after the end of the calendar, the year 9999.
    pub fn next_rotation_date(&self, history: RotationHistory) -> Option<Timestamp> {
        self.window_after(history, history.used_until()).map(RotationWindow::last_second)
    }

    /// The window in which the next rotation happens: the first that no rotation has used up and that is not over at `now`. It may be
    /// open already. `None` after the end of the calendar, the year 9999.
    pub fn next_window(&self, history: RotationHistory, now: Timestamp) -> Option<RotationWindow> {
        // A window that is not over started less than a day ago, or is still to start.
        let first = self.window_after(history, history.used_until().max(now.plus_days(-1)));
        std::iter::successors(first, |window| self.window_after(history, window.start))
            .take(WINDOWS_PER_DAY_MAX + 1)
            .find(|window| now < window.end)
    }

    /// The first window that starts after this time.
    fn window_after(&self, history: RotationHistory, after: Timestamp) -> Option<RotationWindow> {
        let start = match &self.schedule {
            Schedule::Rate(rate) => rate.start_after(history, after),
            Schedule::Cron(cron) => cron.start_after(after),
        }?;
        let end_of_day = start.start_of_day().plus_days(1);
        let end =
            self.hours().map_or(end_of_day, |hours| start.plus_secs(i64::from(hours) * HOUR_SECS).min(end_of_day));
        Some(RotationWindow { start, end })
    }

    /// The length of a window. `None` stands for the rest of the day.
    fn hours(&self) -> Option<u8> {
        let in_hours = match &self.schedule {
            Schedule::Rate(rate) => matches!(rate, Rate::Hours(_)),
            Schedule::Cron(cron) => cron.in_hours(),
        };
        self.duration.as_ref().map(|(_, hours)| *hours).or(in_hours.then_some(1))
    }
}

fn check_duration(schedule: &Schedule, hours: u8) -> Result<(), ScheduleError> {
    match schedule {
        Schedule::Rate(Rate::Hours(between)) if i64::from(hours) > *between => Err(ScheduleError::IntoNextWindow),
        Schedule::Rate(_) => Ok(()),
        Schedule::Cron(cron) => cron.check_duration(hours),
    }
}
