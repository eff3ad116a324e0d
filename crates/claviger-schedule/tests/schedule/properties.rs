//! Properties of all rules.

use claviger_schedule::{RotationHistory, RotationRules, RotationWindow, ScheduleError};
use claviger_types::Timestamp;
use proptest::prelude::*;

use crate::oracle::{Day, Expression, expressions};

const HOUR_SECS: i64 = 3600;

/// The years of the brute-force scan: 28 years have a year of each length that starts on each weekday.
const SCANNED_DAYS: usize = 28 * 365 + 7;

/// The starts of all windows in the scanned years.
fn scan(expression: &Expression) -> Vec<Timestamp> {
    let days = std::iter::successors(Some(Day::FIRST), |day| Some(day.next())).take(SCANNED_DAYS);
    let hours = days.flat_map(|day| (0..24).map(move |hour| (day, hour)));
    let open = hours.filter(|(day, hour)| expression.opens(*day, *hour));
    open.map(|(day, hour)| Timestamp::from_secs((day.number * 24 + hour) * HOUR_SECS)).collect()
}

/// Rules of each kind.
fn rules() -> impl Strategy<Value = RotationRules> {
    let hours = (4..=23_976_i64).prop_map(|hours| format!("rate({hours} hours)"));
    let few_hours = (4..=30_i64).prop_map(|hours| format!("rate({hours} hours)"));
    let days = (1..=999_i64).prop_map(|days| format!("rate({days} days)"));
    let cron = expressions().prop_map(|expression| expression.text());
    let text = prop_oneof![1 => hours, 2 => few_hours, 2 => days, 5 => cron];
    let duration = prop::option::of((1..=24_u8).prop_map(|hours| format!("{hours}h")));
    let by_expression = (text, duration.clone()).prop_filter_map("refused", |(text, duration)| {
        RotationRules::parse(None, Some(&text), duration.as_deref()).ok()
    });
    let by_days = (1..=1000_i64, duration)
        .prop_map(|(days, duration)| RotationRules::parse(Some(days), None, duration.as_deref()).unwrap());
    prop_oneof![6 => by_expression, 1 => by_days]
}

/// A time of the years 2020 to 2100, some of them at a full hour or at a midnight.
fn times() -> impl Strategy<Value = Timestamp> {
    let any_time = 1_577_836_800_000..4_102_444_800_000_i64;
    (any_time, prop::sample::select(vec![1, HOUR_SECS * 1000, 24 * HOUR_SECS * 1000]))
        .prop_map(|(ms, unit)| Timestamp(ms - ms % unit))
}

fn next(rules: &RotationRules, history: RotationHistory, now: Timestamp) -> RotationWindow {
    rules.next_window(history, now).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The starts are those that a scan of 28 years, hour by hour, finds. An expression is refused exactly if the scan finds windows that are
    /// less than 4 hours apart, or a year without a window.
    #[test]
    fn a_scan_finds_the_same_windows(expression in expressions(), picks in prop::collection::vec((any::<prop::sample::Index>(), 0..3_i64), 24)) {
        let (text, starts) = (expression.text(), scan(&expression));
        let too_close = starts.windows(2).any(|pair| pair[1].secs() - pair[0].secs() < 4 * HOUR_SECS);
        let years: std::collections::BTreeSet<_> = starts.iter().map(|start| start.iso8601()[..4].to_owned()).collect();
        let rules = match RotationRules::parse(None, Some(&text), None) {
            Ok(rules) => rules,
            Err(ScheduleError::TooOften) => {
                prop_assert!(too_close, "{}", text);
                return Ok(());
            }
            Err(error) => {
                prop_assert_eq!(error, ScheduleError::NotEveryYear, "{}", text);
                prop_assert!(years.len() < 28, "{}", text);
                return Ok(());
            }
        };
        prop_assert!(!too_close && years.len() == 28, "{}", text);
        for (pick, around) in picks {
            let index = pick.index(starts.len() - 1);
            // Shortly before a start, at it, and shortly after it.
            let configured = Timestamp(starts[index].0 + around - 1);
            let expected = if around == 0 { starts[index] } else { starts[index + 1] };
            let history = RotationHistory { configured, rotated: None };
            prop_assert_eq!(next(&rules, history, configured).start, expected, "{} after {}", text, configured);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Rotations at any time within the windows: windows are hours of one day, they never overlap, and each starts after the rotation before it.
    #[test]
    fn windows_follow_each_other(rules in rules(), configured in times(), moments in prop::collection::vec(any::<prop::sample::Index>(), 1..12)) {
        let mut history = RotationHistory { configured, rotated: None };
        let (mut last_end, mut now) = (Timestamp(i64::MIN), configured);
        for moment in moments {
            let window = next(&rules, history, now);
            prop_assert!(now < window.start && last_end <= window.start && window.start < window.end);
            prop_assert_eq!(window.start.secs() % HOUR_SECS, 0);
            prop_assert!(window.end <= window.start.start_of_day().plus_days(1));
            prop_assert_eq!(rules.next_rotation_date(history), Some(window.last_second()));
            let length = usize::try_from(window.end.0 - window.start.0).unwrap();
            now = Timestamp(window.start.0 + i64::try_from(moment.index(length)).unwrap());
            prop_assert!(window.contains(now) && !window.contains(window.end));
            history.rotated = Some(now);
            last_end = window.end;
        }
    }

    /// The next window of a time before it, or within it, is itself. A later time has the same window or a later one.
    #[test]
    fn next_is_idempotent_and_monotone(rules in rules(), configured in times(), rotated in prop::option::of(times()), one in times(), other in times()) {
        let history = RotationHistory { configured, rotated };
        let (early, late) = (one.min(other), one.max(other));
        let (first, second) = (next(&rules, history, early), next(&rules, history, late));
        prop_assert!(early < first.end && late < second.end);
        prop_assert!(first == second || (first.end <= late && first.end <= second.start));
        for now in [first.start, first.last_second()].into_iter().filter(|now| *now >= early) {
            prop_assert_eq!(next(&rules, history, now), first);
        }
        prop_assert!(next(&rules, history, first.end).start >= first.end);
        prop_assert!(rules.next_rotation_date(history).unwrap() <= first.last_second());
    }

    /// A later rotation never brings the next window forward.
    #[test]
    fn a_rotation_puts_the_window_off(rules in rules(), configured in times(), one in 0..100_000_000_000_i64, other in 0..100_000_000_000_i64) {
        let window = |after: i64| {
            let rotated = Timestamp(configured.0 + after);
            next(&rules, RotationHistory { configured, rotated: Some(rotated) }, rotated)
        };
        prop_assert!(window(one.min(other)).start <= window(one.max(other)).start);
    }

    #[test]
    fn texts_survive(rules in rules(), history in times()) {
        let history = RotationHistory { configured: history, rotated: None };
        let days = rules.schedule_expression().is_none().then(|| rules.automatically_after_days(history));
        prop_assert_eq!(RotationRules::parse(days, rules.schedule_expression(), rules.duration()), Ok(rules));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}|(rate|cron)\\([-0-9A-Z#?*/, ]{0,24}\\)|cron\\(0 [0-9/]{1,4} [-0-9A-Z#?*/,]{1,9} [-0-9A-Z*/,]{1,9} [-0-9A-Z#?*/,]{1,9} \\*\\)", duration in "[0-9]{0,3}h|\\PC{0,4}", now in any::<i64>(), configured in any::<i64>(), rotated in prop::option::of(any::<i64>())) {
        let with_duration = RotationRules::parse(None, Some(&text), Some(&duration));
        let without = RotationRules::parse(None, Some(&text), None);
        for rules in [with_duration, without].into_iter().flatten() {
            let history = RotationHistory { configured: Timestamp(configured), rotated: rotated.map(Timestamp) };
            let _ = rules.next_window(history, Timestamp(now));
            let _ = rules.next_rotation_date(history);
            let _ = rules.automatically_after_days(history);
        }
    }
}
