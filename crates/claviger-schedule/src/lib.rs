//! Rotation schedules of Secrets Manager: reads the rules of a secret and computes its rotation windows.
//!
//! A rotation window is a span of time in which the service may start the rotation of a secret. The crate knows no secret, no
//! store and no clock: the caller passes the times of the [`RotationHistory`] and the current time. All times are UTC.
//!
//! ```
//! use claviger_schedule::{RotationHistory, RotationRules};
//! use claviger_types::Timestamp;
//!
//! let at = |text| Timestamp::parse_iso8601(text).unwrap();
//! let rules = RotationRules::parse(None, Some("cron(0 16 1,15 * ? *)"), Some("2h"))?;
//! let history = RotationHistory { configured: at("2026-11-01T09:00:00Z"), rotated: Some(at("2026-11-15T16:20:00Z")) };
//!
//! let window = rules.next_window(history, at("2026-11-29T00:00:00Z")).unwrap();
//! assert_eq!(window.start, at("2026-12-01T16:00:00Z"));
//! assert_eq!(window.end, at("2026-12-01T18:00:00Z"));
//! assert_eq!(rules.next_rotation_date(history), Some(at("2026-12-01T17:59:59Z")));
//! # Ok::<(), claviger_schedule::ScheduleError>(())
//! ```
//!
//! # Documented by AWS
//!
//! - The fields and wildcards of `rate()` and `cron()`, the minimum of 4 hours between rotations and the maximum of 999 days of a rate.
//! - Windows start on the hour. Those of a rate in days start at midnight.
//! - A window closes after one hour for a schedule in hours, and at the end of the UTC day for a schedule in days. `Duration` replaces
//!   that. A window must extend neither into the next window nor into the next UTC day.
//! - A rate in days and `AutomaticallyAfterDays` count from the last rotation. Setting a new value counts as a rotation.
//! - `NextRotationDate` is the latest time at which the rotation occurs. After a failed rotation it may lie in the past, and the rotation is
//!   tried again in the next window.
//! - In answers, `AutomaticallyAfterDays` is computed from the expression: 14 for days 1 and 15 of each month.
//!
//! Seen in AWS's answers: `NextRotationDate` is the last second of the window. It is 23:59:59 of the day of the last rotation plus
//! `AutomaticallyAfterDays`, and 17:59:59 for a window of two hours that opens at 16:00.
//!
//! # Chosen here, because AWS does not document it
//!
//! - A cron expression is a schedule in hours if its Hours field has a `/`. It is a schedule in days otherwise.
//! - Windows of a rate in hours lie on a fixed grid: every N hours from 00:00 of the day on which the rules were set. A window that would
//!   extend into the next UTC day ends at midnight. A `Duration` that would extend a cron schedule's window that far is refused.
//! - A rotation uses up the window in which it happens, and each earlier one. Rules that are set within a window of theirs start with the next.
//! - The windows after an unused one follow at the schedule's own distance.
//! - The 4 hours also hold between the last window of a day and the first of the next. An expression without a window in some
//!   year (29 February) is refused, because AWS does not support rotations that are more than a year apart.
//! - Names of months and days may be written in either case. A rate takes `day` and `days` alike, whatever its number. Fields are separated by
//!   one space. Lists hold values, ranges and increments, but neither `L` nor `#`, and ranges do not run backwards.
//!
//! Sources: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html>,
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html> and
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>.

mod cron;
mod duration;
mod error;
mod expression;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod history;
mod rate;
mod rules;
mod window;

pub use error::ScheduleError;
pub use history::RotationHistory;
pub use rules::RotationRules;
pub use window::RotationWindow;
