//! The examples of AWS's page on schedule expressions, and dates that AWS answered.

use claviger_schedule::RotationRules;

use crate::{at, expression, new, rotated};

/// Expression, duration, and the starts and the end of the first of the windows after Tuesday, 2026-11-24, 09:30.
type Example = (&'static str, Option<&'static str>, &'static [&'static str], &'static str);

const EXAMPLES: [Example; 22] = [
    // Rates.
    (
        "rate(4 hours)",
        None,
        &["2026-11-24T12:00", "2026-11-24T16:00", "2026-11-24T20:00", "2026-11-25T00:00"],
        "2026-11-24T13:00",
    ),
    ("rate(12 hours)", Some("12h"), &["2026-11-24T12:00", "2026-11-25T00:00"], "2026-11-25T00:00"),
    ("rate(10 hours)", None, &["2026-11-24T10:00", "2026-11-24T20:00", "2026-11-25T06:00"], "2026-11-24T11:00"),
    ("rate(1 day)", None, &["2026-11-25T00:00", "2026-11-26T00:00"], "2026-11-26T00:00"),
    ("rate(10 days)", None, &["2026-12-04T00:00", "2026-12-14T00:00"], "2026-12-05T00:00"),
    ("rate(10 days)", Some("3h"), &["2026-12-04T00:00", "2026-12-14T00:00"], "2026-12-04T03:00"),
    // The text of the page.
    ("cron(0 4/12 * * ? *)", None, &["2026-11-24T16:00", "2026-11-25T04:00", "2026-11-25T16:00"], "2026-11-24T17:00"),
    // The table of the page.
    ("cron(0 /8 * * ? *)", None, &["2026-11-24T16:00", "2026-11-25T00:00", "2026-11-25T08:00"], "2026-11-24T17:00"),
    ("cron(0 8/8 * * ? *)", None, &["2026-11-24T16:00", "2026-11-25T08:00", "2026-11-25T16:00"], "2026-11-24T17:00"),
    (
        "cron(0 2/10 * * ? *)",
        None,
        &["2026-11-24T12:00", "2026-11-24T22:00", "2026-11-25T02:00", "2026-11-25T12:00"],
        "2026-11-24T13:00",
    ),
    ("cron(0 10 * * ? *)", None, &["2026-11-24T10:00", "2026-11-25T10:00"], "2026-11-25T00:00"),
    ("cron(0 18 ? * SAT *)", None, &["2026-11-28T18:00", "2026-12-05T18:00"], "2026-11-29T00:00"),
    ("cron(0 8 1 * ? *)", None, &["2026-12-01T08:00", "2027-01-01T08:00"], "2026-12-02T00:00"),
    (
        "cron(0 1 ? 1/3 SUN#1 *)",
        None,
        &["2027-01-03T01:00", "2027-04-04T01:00", "2027-07-04T01:00"],
        "2027-01-04T00:00",
    ),
    (
        "cron(0 17 L * ? *)",
        None,
        &["2026-11-30T17:00", "2026-12-31T17:00", "2027-01-31T17:00", "2027-02-28T17:00"],
        "2026-12-01T00:00",
    ),
    (
        "cron(0 8 ? * MON-FRI *)",
        None,
        &["2026-11-25T08:00", "2026-11-26T08:00", "2026-11-27T08:00", "2026-11-30T08:00"],
        "2026-11-26T00:00",
    ),
    ("cron(0 16 1,15 * ? *)", None, &["2026-12-01T16:00", "2026-12-15T16:00"], "2026-12-02T00:00"),
    ("cron(0 0 ? * SUN#1 *)", None, &["2026-12-06T00:00", "2027-01-03T00:00"], "2026-12-07T00:00"),
    ("cron(0 0 ? 1/11 2#1 *)", None, &["2026-12-07T00:00", "2027-01-04T00:00", "2027-12-06T00:00"], "2026-12-08T00:00"),
    // The wildcards that the page explains, with a window of two hours.
    ("cron(0 6 SUNL * ? *)", Some("2h"), &["2026-11-29T06:00", "2026-12-27T06:00"], "2026-11-29T08:00"),
    ("cron(0 6 1/2 JAN,APR,JUL,OCT ? *)", Some("2h"), &["2027-01-01T06:00", "2027-01-03T06:00"], "2027-01-01T08:00"),
    (
        "cron(0 6 ? 1-3 1/2 *)",
        Some("2h"),
        &["2027-01-02T06:00", "2027-01-03T06:00", "2027-01-05T06:00"],
        "2027-01-02T08:00",
    ),
];

#[test]
fn aws_examples() {
    for (text, duration, starts, end) in EXAMPLES {
        let rules = expression(text, duration);
        assert_eq!((rules.schedule_expression(), rules.duration()), (Some(text), duration));
        let mut history = new(at("2026-11-24T09:30"));
        let first = rules.next_window(history, history.configured).unwrap();
        assert_eq!(first.end, at(end), "{text}: the end of the first window");
        for start in starts {
            let now = history.rotated.unwrap_or(history.configured);
            assert_eq!(rules.next_window(history, now).unwrap().start, at(start), "{text}");
            history.rotated = Some(at(start));
        }
    }
}

/// The answers to DescribeSecret of two secrets: days, the last rotation or new value, and `NextRotationDate`.
#[test]
fn dates_that_aws_answered() {
    for (days, last, next) in
        [(30, "2024-02-22T07:16:15", "2024-03-23T23:59:59"), (30, "2026-02-03T17:42:24", "2026-03-05T23:59:59")]
    {
        let rules = RotationRules::parse(Some(days), None, None).unwrap();
        let history = rotated("2024-01-01T00:00", last);
        assert_eq!(rules.next_rotation_date(history), Some(at(next)));
        assert_eq!(rules.automatically_after_days(history), days);
        assert_eq!((rules.schedule_expression(), rules.duration()), (None, None));
    }
}

/// The example of AWS's page on DescribeSecret has this expression with 14 days and a date at 17:59:59.
#[test]
fn the_example_of_describe_secret() {
    let rules = expression("cron(0 16 1,15 * ? *)", Some("2h"));
    let history = rotated("2022-09-01T00:00", "2022-09-15T16:20");
    assert_eq!(rules.automatically_after_days(history), 14);
    assert_eq!(rules.next_rotation_date(history), Some(at("2022-10-01T17:59:59")));
}

#[test]
fn days_computed_from_the_expression() {
    let cases = [
        ("rate(4 hours)", 1),
        ("rate(24 hours)", 1),
        ("rate(25 hours)", 2),
        ("rate(1 day)", 1),
        ("rate(999 days)", 999),
        ("cron(0 /8 * * ? *)", 1),
        ("cron(0 10 * * ? *)", 1),
        ("cron(0 18 ? * SAT *)", 7),
        ("cron(0 8 1 * ? *)", 31),
        ("cron(0 8 1 1 ? *)", 365),
    ];
    for (text, days) in cases {
        assert_eq!(expression(text, None).automatically_after_days(new(at("2026-11-24T09:30"))), days, "{text}");
    }
}
