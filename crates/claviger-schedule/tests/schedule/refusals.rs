//! Rules that are refused: each error by its text.

use claviger_schedule::{RotationRules, ScheduleError};

use crate::expression;

fn refused(days: Option<i64>, expression: Option<&str>, duration: Option<&str>) -> ScheduleError {
    match RotationRules::parse(days, expression, duration) {
        Err(error) => error,
        Ok(rules) => panic!("accepted: {rules:?}"),
    }
}

/// The text was recorded from AWS.
#[test]
fn both_frequencies() {
    let error = refused(Some(30), Some("rate(10 days)"), None);
    assert_eq!(error.to_string(), "You cannot specify both rotation frequency and schedule expression together.");
}

#[test]
fn members() {
    assert_eq!(refused(None, None, None), ScheduleError::NoFrequency);
    assert_eq!(refused(None, None, Some("3h")), ScheduleError::NoFrequency);
    for days in [i64::MIN, -1, 0, 1001, i64::MAX] {
        assert_eq!(refused(Some(days), None, None), ScheduleError::Days);
    }
    assert_eq!(refused(Some(1), None, Some("25h")), ScheduleError::Duration);
    for days in [1, 1000] {
        assert!(RotationRules::parse(Some(days), None, Some("24h")).is_ok());
    }
}

#[test]
fn expressions() {
    use ScheduleError::*;
    let cases = [
        ("", Form),
        ("every day", Form),
        ("rate()", Rate),
        ("rate(3 hours)", TooOften),
        ("rate(30 minutes)", Rate),
        ("rate(1000 days)", TooSeldom),
        ("cron()", Fields),
        ("cron(0 8 1 * ?)", Fields),
        ("cron(0 8 1 * ? * *)", Fields),
        ("cron(0  8 1 * ? *)", Fields),
        ("cron(0 8 1 * ? * )", Fields),
        ("cron(30 8 1 * ? *)", Minutes),
        ("cron(00 8 1 * ? *)", Minutes),
        ("cron(* 8 1 * ? *)", Minutes),
        ("cron(0/15 8 1 * ? *)", Minutes),
        ("cron(0 8 1 * ? 2027)", Year),
        ("cron(0 8 1 * ? ?)", Year),
        ("cron(0 * * * ? *)", Hours),
        ("cron(0 24 * * ? *)", Hours),
        ("cron(0 0,12 * * ? *)", Hours),
        ("cron(0 8-16 * * ? *)", Hours),
        ("cron(0 */8 * * ? *)", Hours),
        ("cron(0 8 32 * ? *)", DayOfMonth),
        ("cron(0 8 LW * ? *)", DayOfMonth),
        ("cron(0 8 15W * ? *)", DayOfMonth),
        ("cron(0 8 1 13 ? *)", Month),
        ("cron(0 8 1 ? ? *)", Month),
        ("cron(0 8 1 L ? *)", Month),
        ("cron(0 8 ? * 0 *)", DayOfWeek),
        ("cron(0 8 ? * SUN#6 *)", DayOfWeek),
        ("cron(0 8 ? * SUN#1,SUN#3 *)", DayOfWeek),
        ("cron(0 8 * * * *)", DayFields),
        ("cron(0 8 1 * SUN *)", DayFields),
        ("cron(0 8 ? * ? *)", DayFields),
        ("cron(0 /3 * * ? *)", TooOften),
        ("cron(0 8/1 * * ? *)", TooOften),
        ("cron(0 8 30 2 ? *)", NotEveryYear),
        ("cron(0 8 31 4,6,9,11 ? *)", NotEveryYear),
        ("cron(0 8 29 2 ? *)", NotEveryYear),
        ("cron(0 8 ? 1 MON#5 *)", NotEveryYear),
    ];
    for (text, error) in cases {
        assert_eq!(refused(None, Some(text), None), error, "{text}");
    }
}

/// Every 7 hours is 0, 7, 14 and 21, and then 0 again, after 3 hours. Where no two days follow each other, that does not matter.
#[test]
fn the_distance_over_midnight() {
    for (text, error) in [
        ("cron(0 /7 * * ? *)", true),
        ("cron(0 1/22 ? * MON-FRI *)", true),
        ("cron(0 /7 1,31 * ? *)", true),
        ("cron(0 /7 28,1 2,3 ? *)", true),
        ("cron(0 /7 ? * FRI,SAT *)", true),
        ("cron(0 /7 ? * SAT,SUN *)", true),
        ("cron(0 /7 1 * ? *)", false),
        ("cron(0 /7 ? * MON,WED,FRI *)", false),
        ("cron(0 /7 SUNL * ? *)", false),
        ("cron(0 /5 * * ? *)", false),
        ("cron(0 1/9 * * ? *)", false),
    ] {
        let refusal = RotationRules::parse(None, Some(text), None).err();
        assert_eq!(refusal, error.then_some(ScheduleError::TooOften), "{text}");
    }
}

#[test]
fn durations() {
    use ScheduleError::*;
    let cases = [
        ("rate(4 hours)", "4h", None),
        ("rate(4 hours)", "5h", Some(IntoNextWindow)),
        ("rate(30 hours)", "24h", None),
        ("rate(1 day)", "24h", None),
        ("cron(0 16 1,15 * ? *)", "8h", None),
        ("cron(0 16 1,15 * ? *)", "9h", Some(IntoNextDay)),
        ("cron(0 0 1 * ? *)", "24h", None),
        ("cron(0 /8 * * ? *)", "8h", None),
        ("cron(0 /8 * * ? *)", "9h", Some(IntoNextWindow)),
        ("cron(0 2/10 * * ? *)", "2h", None),
        ("cron(0 2/10 * * ? *)", "3h", Some(IntoNextDay)),
        ("cron(0 2/10 * * ? *)", "11h", Some(IntoNextWindow)),
        ("cron(0 16 1 * ? *)", "0h", Some(Duration)),
        ("cron(0 16 1 * ? *)", "3", Some(Duration)),
    ];
    for (text, duration, error) in cases {
        match error {
            None => assert_eq!(expression(text, Some(duration)).duration(), Some(duration)),
            Some(error) => assert_eq!(refused(None, Some(text), Some(duration)), error, "{text} {duration}"),
        }
    }
}
