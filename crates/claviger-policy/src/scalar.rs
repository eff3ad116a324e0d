//! Numbers, instants and address ranges, as conditions compare them. Each reader returns `None` for a text that is not exactly of its form.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime, Time};

/// Decimal places that a number keeps.
const FRACTION_DIGITS: usize = 18;
/// Digits before the point. Together with the decimal places they always fit an `i128`.
const INTEGER_DIGITS_MAX: usize = 20;
const NANOS_PER_SECOND: i128 = 1_000_000_000;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A decimal number as its multiple of 10^-18, so that comparing is exact.
pub(crate) fn number(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (integer, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    if integer.len() > INTEGER_DIGITS_MAX || fraction.len() > FRACTION_DIGITS {
        return None;
    }
    let padding = "0".repeat(FRACTION_DIGITS.checked_sub(fraction.len())?);
    let magnitude =
        unsigned(integer)?.checked_mul(10_i128.pow(18))?.checked_add(unsigned(&format!("{fraction}{padding}"))?)?;
    Some(sign * magnitude)
}

/// An instant as nanoseconds since 1970: ISO 8601 (`2026-01-31`, `2026-01-31T12:00:00Z`, `...+02:00`) or epoch seconds.
///
/// Four digits alone are refused, since they could be a year as well as a second of the first hours of 1970. A time without
/// a zone is UTC. The result is no timestamp of the library's, whose range ends a day before the year 9999 does.
pub(crate) fn instant(text: &str) -> Option<i128> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let is_year = text.len() == 4;
        return number(text).filter(|_| !is_year).map(|n| n / NANOS_PER_SECOND);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date = calendar_date(date)?;
    let (clock, seconds_east) = time.map_or(Some((Time::midnight(), 0)), time_of_day)?;
    let since_epoch = date.to_datetime(clock).duration_since(EPOCH).as_nanos();
    Some(since_epoch - i128::from(seconds_east) * NANOS_PER_SECOND)
}

/// Whether IAM's older reader takes a text for a date, which may be more than [`instant`] can read: seconds since 1970, or a date with parts of
/// any number of digits, in years that its library knows, and after a `T` a time with or without its later parts.
pub(crate) fn is_date(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if !text.contains(['t', '-']) {
        return in_range(&text, 0..=i128::from(i64::MAX));
    }
    let (date, time) = text.split_once('t').unwrap_or((&text, ""));
    let (sign, date) = date.strip_prefix('-').map_or((1, date), |date| (-1, date));
    let mut parts = date.split('-');
    let year = parts.next().and_then(unsigned).map(|year| sign * year);
    let is_year = year.is_some_and(|year| (-292_275_054..=292_278_993).contains(&year));
    let is_month = parts.next().is_none_or(|month| in_range(month, 1..=12));
    let is_day = parts.next().is_none_or(|day| in_range(day, 1..=31));
    is_year && is_month && is_day && parts.next().is_none() && is_time(time)
}

/// Nothing, or `h[:m[:s[.fraction]]]` with `z`, `+hh[:mm]`, `-hh[:mm]` or nothing.
fn is_time(text: &str) -> bool {
    let zone_at = text.find(['z', '+', '-']).unwrap_or(text.len());
    let Some((clock, zone)) = text.split_at_checked(zone_at) else { return false };
    if clock.is_empty() {
        return zone.is_empty();
    }
    let mut parts = clock.splitn(3, ':');
    let is_hour = parts.next().is_some_and(|hour| in_range(hour, 0..=23));
    let is_minute = parts.next().is_none_or(|minute| in_range(minute, 0..=59));
    let is_second = parts.next().is_none_or(|second| match second.split_once('.') {
        Some((whole, fraction)) => in_range(whole, 0..=59) && in_range(fraction, 0..=999_999_999),
        None => in_range(second, 0..=59),
    });
    is_hour && is_minute && is_second && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return matches!(text, "" | "z") };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    fixed_digits(hours, 2).is_some_and(|h: i64| h <= 23) && fixed_digits(minutes, 2).is_some_and(|m: i64| m <= 59)
}

fn in_range(text: &str, range: RangeInclusive<i128>) -> bool {
    unsigned(text).is_some_and(|number| range.contains(&number))
}

/// `YYYY-MM` or `YYYY-MM-DD`.
fn calendar_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = fixed_digits(parts.next()?, 4)?;
    let month = fixed_digits(parts.next()?, 2)?;
    let day = parts.next().map_or(Some(1), |day| fixed_digits(day, 2))?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// `hh:mm[:ss[.fraction]]` with `Z`, `+hh:mm`, `-hh:mm` or nothing: the time, and the zone's seconds east of UTC.
fn time_of_day(text: &str) -> Option<(Time, i64)> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let mut parts = clock.split(':');
    let hour = fixed_digits(parts.next()?, 2)?;
    let minute = fixed_digits(parts.next()?, 2)?;
    let (second, nanos) = parts.next().map_or(Some((0, 0)), seconds)?;
    if parts.next().is_some() {
        return None;
    }
    Some((Time::new(hour, minute, second, nanos).ok()?, zone_offset(zone)?))
}

/// `ss` or `ss.fraction`, as seconds and nanoseconds.
fn seconds(text: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, fraction)) if fraction.len() <= 9 => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    Some((fixed_digits(whole, 2)?, fixed_digits(&format!("{fraction:0<9}"), 9)?))
}

/// Seconds east of UTC.
fn zone_offset(zone: &str) -> Option<i64> {
    let (sign, offset) = match zone.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => return Some(0),
        Some(("+", offset)) => (1, offset),
        Some(("-", offset)) => (-1, offset),
        Some(_) => return None,
    };
    let (hours, minutes) = offset.split_once(':')?;
    let hours: i64 = fixed_digits(hours, 2).filter(|h| *h <= 23)?;
    let minutes: i64 = fixed_digits(minutes, 2).filter(|m| *m <= 59)?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// A number of exactly so many digits.
fn fixed_digits<T: TryFrom<i128>>(text: &str, length: usize) -> Option<T> {
    unsigned(text).filter(|_| text.len() == length).and_then(|n| T::try_from(n).ok())
}

fn unsigned(text: &str) -> Option<i128> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(unsigned(prefix).and_then(|p| u32::try_from(p).ok())?)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().ok()?;
        let width = width(written);
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return None;
        }
        Some(Network::canonical(written, prefix))
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                // A shift by the full width is not defined, and a prefix of zero fits everything.
                let differs = u32::from(own) ^ u32::from(other);
                differs.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differs = u128::from(own) ^ u128::from(other);
                differs.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    /// Whether the range is too large to restrict access: wider than /8, or than /32 for IPv6 (Amazon S3's rule for public access).
    pub(crate) fn is_broad(&self) -> bool {
        self.prefix < if self.address.is_ipv4() { 8 } else { 32 }
    }

    /// An IPv4 address may be written as an IPv6 one (`::ffff:10.0.0.1`); both mean the same peer.
    fn canonical(written: IpAddr, prefix: u32) -> Network {
        match (written, written.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(mapped)) if prefix >= 96 => {
                Network { address: IpAddr::V4(mapped), prefix: prefix - 96 }
            }
            _ => Network { address: written, prefix },
        }
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let scale = 10_i128.pow(18);
        let check = |text: &str, expected: Option<i128>| assert_eq!(number(text), expected, "{text}");
        check("0", Some(0));
        check("-0", Some(0));
        check("007", Some(7 * scale));
        check("-12", Some(-12 * scale));
        check("1.5", Some(scale + scale / 2));
        check("18446744073709551615", Some(18_446_744_073_709_551_615 * scale));
        check("0.000000000000000001", Some(1));
        for text in ["", "-", ".", "1.", ".5", "+1", " 1", "1 ", "1e3", "NaN", "inf", "0x1", "--1", "1.2.3", "1.-2"] {
            check(text, None);
        }
        check("123456789012345678901", None);
        check("0.1234567890123456789", None);
    }

    #[test]
    fn instants() {
        let seconds = |s: i128| Some(s * NANOS_PER_SECOND);
        let check = |text: &str, expected: Option<i128>| assert_eq!(instant(text), expected, "{text}");
        check("1970-01-01", seconds(0));
        check("0", seconds(0));
        check("2026-11-24T15:00:00Z", seconds(1_795_532_400));
        check("1795532400", seconds(1_795_532_400));
        check("2026-11-24t17:00:00+02:00", seconds(1_795_532_400));
        check("2026-11-24T09:30:00-05:30", seconds(1_795_532_400));
        check("2026-11-24T15:00", seconds(1_795_532_400));
        check("2000-02-29", seconds(951_782_400));
        check("2000-03", seconds(951_868_800));
        check("1969-12-31T23:59:59.5Z", Some(-NANOS_PER_SECOND / 2));
        check("0000-03-01", seconds(-719_468 * 86_400));
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "1900-02-29",
            "2026-00-01",
            "2026-1-1",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00Zx",
            "2026-01-01T00:00:00+2:00",
            "now",
            "2026-01-01T",
            "2026-01-01T10Z",
            "-5",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.0123456789Z",
            ".",
            "2026-01-01-01",
            "2026-01-01T00:00:00+02:00:00",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn networks() {
        let check = |network: &str, address: &str, expected: bool| {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network:?} {address}");
        };
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.1.2.3/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.0", false);
        check("10.0.0.1", "10.0.0.1", true);
        check("10.0.0.1", "10.0.0.2", false);
        check("0.0.0.0/0", "255.1.2.3", true);
        check("0.0.0.0/0", "::1", false);
        check("::/0", "2001:db8::1", true);
        check("::/0", "1.2.3.4", false);
        check("2001:db8::/33", "2001:db8:7fff::", true);
        check("2001:db8::/33", "2001:db8:8000::", false);
        check("10.0.0.0/8", "::ffff:10.0.0.1", true);
        check("::ffff:10.0.0.0/104", "10.9.9.9", true);
        check("::ffff:10.0.0.1", "10.0.0.1", true);
        for text in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "010.0.0.1", "::/129", "*"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
