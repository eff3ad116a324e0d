//! Timestamps and the clock. Time is an argument: only the binary reads the system clock.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::calendar;

/// A time, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// The whole days until a later time.
    pub fn days_until(self, later: Timestamp) -> i64 {
        later.0.saturating_sub(self.0) / DAY_MS
    }

    /// From whole seconds.
    pub fn from_secs(secs: i64) -> Timestamp {
        Timestamp(secs.saturating_mul(1000))
    }

    /// Whole seconds, rounded down.
    pub fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This many days later.
    pub fn plus_days(self, days: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(days.saturating_mul(DAY_MS)))
    }

    /// This many seconds later (or earlier, if negative).
    pub fn plus_secs(self, secs: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(secs.saturating_mul(1000)))
    }

    /// 00:00 UTC of the same day, the precision of `LastAccessedDate`.
    pub fn start_of_day(self) -> Timestamp {
        Timestamp(self.0.div_euclid(DAY_MS) * DAY_MS)
    }

    /// `2026-11-24T15:04:05Z`, the form of query-protocol answers and audit records.
    pub fn iso8601(self) -> String {
        self.format(calendar::extended, "%Y-%m-%dT%H:%M:%SZ")
    }

    /// `20261124T150405Z`, the form of `X-Amz-Date` and of SigV4's error texts.
    pub fn iso8601_basic(self) -> String {
        self.format(calendar::basic, "%Y%m%dT%H%M%SZ")
    }

    /// `Tue, 24 Nov 2026 15:04:05 GMT`, the form of the HTTP `Date` header.
    pub fn http_date(self) -> String {
        self.format(calendar::http, "%a, %d %b %Y %H:%M:%S GMT")
    }

    /// `Nov 24, 2026 3:04:05 PM`, the form of request parameters in audit records (as in CloudTrail).
    pub fn in_words(self) -> String {
        self.format(|_| None, "%b %-d, %Y %-I:%M:%S %p")
    }

    /// Writes a form. The pattern is for the years that the form does not have.
    fn format(self, form: fn(DateTime) -> Option<String>, pattern: &str) -> String {
        let Ok(t) = jiff::Timestamp::from_second(self.secs()) else {
            return format!("@{}", self.secs()); // outside years -9999..=9999
        };
        form(Offset::UTC.to_datetime(t)).unwrap_or_else(|| t.strftime(pattern).to_string())
    }

    /// Reads `20261124T150405Z` or `2026-11-24T15:04:05Z`.
    pub fn parse_iso8601(text: &str) -> Option<Timestamp> {
        let time = match calendar::read_basic(text) {
            Some(civil) => Offset::UTC.to_timestamp(civil).ok()?,
            None => match DateTime::strptime("%Y%m%dT%H%M%SZ", text) {
                Ok(civil) => Offset::UTC.to_timestamp(civil).ok()?,
                Err(_) => text.parse::<jiff::Timestamp>().ok()?,
            },
        };
        Some(Timestamp(time.as_millisecond()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso8601())
    }
}

/// The source of the current time. The binary passes the system's clock; tests and the simulator pass a [`ManualClock`].
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// A clock that changes only when its owner sets it.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn new(at: Timestamp) -> ManualClock {
        ManualClock(AtomicI64::new(at.0))
    }

    /// Moves the clock by this many milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let t = Timestamp::from_secs(1_795_532_645);
        assert_eq!(t.iso8601_basic().len(), 16);
        assert_eq!(Timestamp::parse_iso8601(&t.iso8601_basic()), Some(t));
        assert_eq!(Timestamp::parse_iso8601(&t.iso8601()), Some(t));
        assert_eq!(Timestamp::from_secs(0).http_date(), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(Timestamp::parse_iso8601("yesterday"), None);
        assert_eq!(Timestamp::from_secs(1_609_531_200).in_words(), "Jan 1, 2021 8:00:00 PM");
        assert_eq!(Timestamp::from_secs(0).in_words(), "Jan 1, 1970 12:00:00 AM");
    }
}
