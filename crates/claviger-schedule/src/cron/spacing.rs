//! How far the windows of a cron expression are apart: at least 4 hours, and never a year without one.

use jiff::civil::Date;

use super::Cron;
use crate::ScheduleError;

const GAP_HOURS_MIN: u8 = 4;

/// A span in which a year of each length starts on each weekday.
const YEARS: std::ops::Range<i16> = 2000..2028;

/// Refuses windows that are too close, and years without a window.
pub(super) fn check(cron: &Cron) -> Result<(), ScheduleError> {
    if cron.hours.shortest_gap().is_some_and(|gap| gap < GAP_HOURS_MIN) {
        return Err(ScheduleError::TooOften);
    }
    let over_midnight = 24 - cron.hours.last() + cron.hours.first();
    let mut on_last_day = false;
    for year in YEARS {
        let mut found = false;
        for month in 1..=12 {
            let first = Date::constant(year, month, 1);
            let days = cron.days_in(first);
            let neighbours = days & days >> 1 != 0 || on_last_day && days & 1 << 1 != 0;
            if neighbours && over_midnight < GAP_HOURS_MIN {
                return Err(ScheduleError::TooOften);
            }
            on_last_day = days >> first.days_in_month() & 1 == 1;
            found |= days != 0;
        }
        if !found {
            return Err(ScheduleError::NotEveryYear);
        }
    }
    Ok(())
}
