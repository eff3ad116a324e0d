//! Which window is next: before, within and after a window, after a rotation, and after new rules.

use claviger_schedule::{RotationHistory, RotationRules};
use claviger_types::Timestamp;

use crate::{at, expression, new, rotated};

fn next(rules: &RotationRules, history: RotationHistory, now: &str) -> [Timestamp; 2] {
    let window = rules.next_window(history, at(now)).unwrap();
    [window.start, window.end]
}

#[test]
fn an_open_window_stays_until_it_closes_or_is_used() {
    let rules = expression("cron(0 16 1,15 * ? *)", Some("2h"));
    let history = rotated("2026-10-01T00:00", "2026-11-15T16:20");
    let december_1 = [at("2026-12-01T16:00"), at("2026-12-01T18:00")];
    let december_15 = [at("2026-12-15T16:00"), at("2026-12-15T18:00")];
    for now in ["2026-11-15T16:21", "2026-12-01T15:59:59", "2026-12-01T16:00", "2026-12-01T17:59:59"] {
        assert_eq!(next(&rules, history, now), december_1, "{now}");
    }
    assert_eq!(next(&rules, history, "2026-12-01T18:00"), december_15);
    assert_eq!(
        next(&rules, RotationHistory { rotated: Some(at("2026-12-01T16:00")), ..history }, "2026-12-01T16:00"),
        december_15
    );
    // A new value shortly before the window does not use it up.
    assert_eq!(
        next(&rules, RotationHistory { rotated: Some(at("2026-12-01T15:59:59")), ..history }, "2026-12-01T16:00"),
        december_1
    );
}

#[test]
fn the_date_of_a_missed_window_stays_in_the_past() {
    let rules = RotationRules::parse(Some(30), None, None).unwrap();
    let history = rotated("2026-01-01T00:00", "2026-02-03T17:42");
    assert_eq!(rules.next_rotation_date(history), Some(at("2026-03-05T23:59:59")));
    assert_eq!(next(&rules, history, "2026-03-05T23:59:59"), [at("2026-03-05T00:00"), at("2026-03-06T00:00")]);
    assert_eq!(next(&rules, history, "2026-03-06T00:00"), [at("2026-04-04T00:00"), at("2026-04-05T00:00")]);
    assert_eq!(rules.next_rotation_date(history), Some(at("2026-03-05T23:59:59")));
}

#[test]
fn a_new_value_moves_the_window_of_a_rate_in_days() {
    let rules = expression("rate(10 days)", None);
    let start = |value_set| next(&rules, rotated("2026-11-01T00:00", value_set), "2026-11-20T00:00")[0];
    assert_eq!(start("2026-11-15T00:00"), at("2026-11-25T00:00"));
    assert_eq!(start("2026-11-19T23:59"), at("2026-11-29T00:00"));
}

#[test]
fn a_rate_in_hours_keeps_its_grid() {
    let rules = expression("rate(10 hours)", None);
    let grid = [at("2026-11-02T16:00"), at("2026-11-02T17:00")];
    for used in ["2026-11-02T06:00", "2026-11-02T06:59", "2026-11-02T15:59"] {
        assert_eq!(next(&rules, rotated("2026-11-01T09:30", used), "2026-11-02T16:00"), grid, "{used}");
    }
}

/// A window of 6 hours that opens at 20:00 is cut at midnight.
#[test]
fn a_window_of_a_rate_in_hours_ends_at_midnight() {
    let rules = expression("rate(10 hours)", Some("6h"));
    let history = new(at("2026-11-24T09:30"));
    assert_eq!(next(&rules, history, "2026-11-24T10:00"), [at("2026-11-24T10:00"), at("2026-11-24T16:00")]);
    assert_eq!(next(&rules, history, "2026-11-24T16:00"), [at("2026-11-24T20:00"), at("2026-11-25T00:00")]);
}

/// New rules count from the last rotation, but take no window that began before they were set.
#[test]
fn rules_set_after_the_last_rotation() {
    let start = |rules: &RotationRules, last| next(rules, rotated("2026-11-24T09:30", last), "2026-11-24T09:30")[0];
    let days = RotationRules::parse(Some(30), None, None).unwrap();
    assert_eq!(start(&days, "2026-11-20T12:00"), at("2026-12-20T00:00"));
    assert_eq!(start(&days, "2026-08-01T12:00"), at("2026-11-29T00:00"));
    let daily = expression("cron(0 8 * * ? *)", None);
    assert_eq!(start(&daily, "2026-08-01T12:00"), at("2026-11-25T08:00"));
}

#[test]
fn leap_days_and_the_ends_of_years() {
    let last = expression("cron(0 17 L * ? *)", None);
    assert_eq!(next(&last, new(at("2028-02-01T00:00")), "2028-02-01T00:00")[0], at("2028-02-29T17:00"));
    assert_eq!(next(&last, new(at("2100-02-01T00:00")), "2100-02-01T00:00")[0], at("2100-02-28T17:00"));
    let eve = expression("cron(0 23 31 12 ? *)", None);
    assert_eq!(next(&eve, new(at("2026-12-31T23:00")), "2026-12-31T23:00")[0], at("2027-12-31T23:00"));
    let monday = expression("cron(0 0 ? 1 MON#1 *)", None);
    assert_eq!(next(&monday, new(at("2026-01-05T00:00")), "2026-01-05T00:00")[0], at("2027-01-04T00:00"));
}

#[test]
fn the_end_of_the_calendar() {
    let cron = expression("cron(0 8 1 * ? *)", None);
    let rate = expression("rate(10 days)", None);
    for end in [at("9999-12-30T00:00"), Timestamp(i64::MAX), Timestamp(i64::MAX - 1)] {
        assert_eq!(cron.next_window(new(end), end), None);
        assert_eq!(cron.next_rotation_date(new(end)), None);
        assert_eq!(cron.automatically_after_days(new(end)), 1);
    }
    assert_eq!(rate.next_window(new(Timestamp(i64::MAX)), Timestamp(i64::MAX)), None);
    // The times before the calendar do not panic either.
    for start in [Timestamp(i64::MIN), Timestamp(i64::MIN + 1), at("1969-12-31T23:00")] {
        assert_eq!(cron.next_window(new(start), start).is_some(), start == at("1969-12-31T23:00"));
        assert_eq!(rate.next_window(new(start), start).is_some(), start == at("1969-12-31T23:00"));
    }
}
