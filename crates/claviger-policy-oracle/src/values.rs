//! Reads the values that operators compare: numbers, dates, truth values, bytes, networks and ARNs. `None` is a value that is not of the form.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A decimal number of any size, compared exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// The digits before the point, without zeros in front.
    whole: String,
    /// The digits behind the point, without zeros at the end.
    fraction: String,
}

impl Decimal {
    /// Reads `[-]digits[.digits]`.
    pub fn read(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            // AWS does not say whether a number may have a plus sign.
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Decimal { negative: negative && !zero, whole, fraction })
    }
}

impl Decimal {
    /// The moment so many seconds after 1970.
    fn seconds(self) -> Option<Moment> {
        let seconds: i64 = format!("0{}", self.whole).parse().ok()?;
        (!self.negative).then_some((seconds, self.fraction))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let size = |a: &Decimal, b: &Decimal| {
            a.whole.len().cmp(&b.whole.len()).then(a.whole.cmp(&b.whole)).then(a.fraction.cmp(&b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A moment: seconds since 1970, and the digits of the fraction of a second without zeros at the end, which compare as text.
pub type Moment = (i64, String);

/// Reads seconds since 1970, or `year-month[-day]` with, behind a `T`, `hour:minute[:second[.fraction]][zone]`, `T` and `Z` in any case. Without a
/// zone it is UTC (<https://www.w3.org/TR/NOTE-datetime>, which the IAM User Guide names). AWS does not say what four digits
/// alone are: a year, or seconds. They cannot be read.
pub fn moment(text: &str) -> Option<Moment> {
    if let Some(number) = Decimal::read(text).filter(|_| digits(text, 4).is_none()) {
        return number.seconds();
    }
    let text = text.to_ascii_uppercase();
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text.as_str(), None),
    };
    let (seconds, fraction) = match time {
        Some(time) => time_of_day(time)?,
        None => (0, String::new()),
    };
    Some((days(date)?.checked_mul(86_400)?.checked_add(seconds)?, fraction))
}

/// Whether a text is of a form in which IAM accepts dates, which are more than those that can be compared: whole seconds, or
/// `[-]year[-month[-day]]` with, behind a `T`, `hour[:minute[:second[.fraction]]][zone]`. A month can be written with one digit, and each can have
/// thirty-one days.
pub fn has_date_form(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    let mut parts = date.strip_prefix('-').unwrap_or(date).split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let date = parts.next().is_none()
        && year.is_some_and(|year| up_to(year, i64::MAX))
        && month.is_none_or(|month| up_to(month, 12))
        && day.is_none_or(|day| up_to(day, 31));
    date && (time.is_empty() || has_time_form(time))
}

fn has_time_form(time: &str) -> bool {
    let (clock, zone) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let second = second.unwrap_or("0").split_once('.').unwrap_or((second.unwrap_or("0"), "0"));
    let clock = up_to(hour, 23)
        && minute.is_none_or(|minute| up_to(minute, 59))
        && up_to(second.0, 59)
        && up_to(second.1, i64::MAX)
        && parts.next().is_none();
    let mut zone_parts = zone.get(1..).unwrap_or_default().split(':');
    let zone_hour = zone_parts.next().unwrap_or_default();
    let zone_has_form = zone_hour.len() == 2 && up_to(zone_hour, 23) && zone_parts.all(|part| up_to(part, 59));
    clock && (zone.is_empty() || zone == "Z" || zone_has_form)
}

fn up_to(text: &str, most: i64) -> bool {
    text.chars().all(|c| c.is_ascii_digit()) && text.parse::<i64>().is_ok_and(|number| number <= most)
}

/// The days from 1970-01-01 to a date.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let small = |number: i64| i8::try_from(number).ok();
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    Some(i64::from(date.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days()))
}

/// The seconds of `hour:minute[:second[.fraction]][zone]`, less the zone's offset.
fn time_of_day(text: &str) -> Option<(i64, String)> {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(zone_at);
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, fraction),
        None => (time, "0"),
    };
    let mut seconds = 0;
    let parts: Vec<&str> = clock.split(':').collect();
    let limits = [(3600, 23), (60, 59), (1, 59)];
    if parts.len() < 2 || parts.len() > 3 || time.contains('.') && parts.len() != 3 {
        return None;
    }
    for (part, (unit, limit)) in parts.iter().zip(limits) {
        let number = digits(part, 2).filter(|number| *number <= limit)?;
        seconds += unit * number;
    }
    if fraction.is_empty() || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    Some((seconds - offset(zone)?, fraction.trim_end_matches('0').to_owned()))
}

/// The seconds east of UTC: of `Z`, nothing, `+01:00`.
fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    Some(sign * (digits(hours, 2)? * 3600 + digits(minutes, 2)? * 60))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.chars().all(|c| c.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `true` or `false`, in any case.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The bytes of base64.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The address and prefix length of a network; a bare address is a network of its own. AWS does not say that an IPv4 address may be
/// written as an IPv6 one (`::ffff:10.0.0.1`); it is the same peer.
pub fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(length) if length.chars().all(|c| c.is_ascii_digit()) => length.parse().ok().filter(|n| *n <= whole)?,
        Some(_) => return None,
        None => whole,
    };
    match address {
        IpAddr::V6(v6) if length >= 96 => match v6.to_ipv4_mapped() {
            Some(v4) => Some((IpAddr::V4(v4), length - 96)),
            None => Some((address, length)),
        },
        _ => Some((address, length)),
    }
}

/// An address, without a length.
pub fn address(text: &str) -> Option<IpAddr> {
    Some(text.parse::<IpAddr>().ok()?.to_canonical())
}

/// Whether an address is in a network of its own family: their first bits are the same.
pub fn contains((network, length): (IpAddr, u32), address: IpAddr) -> bool {
    network.is_ipv4() == address.is_ipv4()
        && bits(network).chars().zip(bits(address).chars()).take(length as usize).all(|(a, b)| a == b)
}

fn bits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.octets().iter().map(|byte| format!("{byte:08b}")).collect(),
        IpAddr::V6(v6) => v6.octets().iter().map(|byte| format!("{byte:08b}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let number = |text: &str| Decimal::read(text).unwrap();
        assert!(number("9007199254740993") > number("9007199254740992"));
        assert_eq!(number("01.50"), number("1.5"));
        assert_eq!(number("-0"), number("0"));
        assert!(number("-2") < number("-1"));
        assert!(Decimal::read("").is_none() && Decimal::read("1e3").is_none());
    }

    #[test]
    fn forms_of_one_moment_are_equal() {
        for text in ["2026-01", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T01:00:00+01:00", "1767225600"] {
            assert_eq!(moment(text), Some((1_767_225_600, String::new())), "{text}");
        }
        assert_eq!(moment("2026-02-30"), None);
        assert!(moment("2026-01-01T00:00:00.5Z") > moment("2026-01-01T00:00:00.49Z"));
    }
}
