//! Dates as text, in the few forms that requests and answers use.
//!
//! Jiff computes the calendar. Its general formatter and reader cost about ten times as many instructions as these functions, and a
//! request writes and reads some ten dates.

use jiff::civil::{DateTime, Weekday};

/// Writes a date by a pattern of `%Y %m %d %H %M %S %a %b`, as `strftime` does. `None` for a year without four digits, and for another
/// directive.
pub(crate) fn text(at: DateTime, pattern: &str) -> Option<String> {
    let year = u16::try_from(at.year()).ok()?;
    let mut out = String::with_capacity(32);
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            out.push(char);
            continue;
        }
        match chars.next()? {
            'Y' => {
                push_two_digits(&mut out, (year / 100) as u8);
                push_two_digits(&mut out, (year % 100) as u8);
            }
            'm' => push_two_digits(&mut out, at.month() as u8),
            'd' => push_two_digits(&mut out, at.day() as u8),
            'H' => push_two_digits(&mut out, at.hour() as u8),
            'M' => push_two_digits(&mut out, at.minute() as u8),
            'S' => push_two_digits(&mut out, at.second() as u8),
            'a' => out.push_str(weekday(at.weekday())),
            'b' => out.push_str(month(at.month())?),
            _ => return None,
        }
    }
    Some(out)
}

/// Reads `20261124T150405Z`. `None` for any other form, and for a date that the calendar does not have.
pub(crate) fn read_basic(text: &str) -> Option<DateTime> {
    let [date @ .., b'T', h1, h0, m1, m0, s1, s0, b'Z'] = text.as_bytes() else { return None };
    let [century1, century0, year1, year0, month1, month0, day1, day0] = date else { return None };
    let year = i16::from(two_digits(*century1, *century0)?) * 100 + i16::from(two_digits(*year1, *year0)?);
    let (month, day) = (two_digits(*month1, *month0)?, two_digits(*day1, *day0)?);
    let (hour, minute, second) = (two_digits(*h1, *h0)?, two_digits(*m1, *m0)?, two_digits(*s1, *s0)?);
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

fn push_two_digits(out: &mut String, value: u8) {
    out.push(char::from(b'0' + value / 10 % 10));
    out.push(char::from(b'0' + value % 10));
}

fn two_digits(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| (byte - b'0') as i8);
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

fn month(number: i8) -> Option<&'static str> {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::tz::Offset;
    use proptest::prelude::*;

    use super::*;

    const PATTERNS: [&str; 3] = ["%Y-%m-%dT%H:%M:%SZ", "%Y%m%dT%H%M%SZ", "%a, %d %b %Y %H:%M:%S GMT"];

    proptest! {
        #[test]
        fn writes_as_jiff_does(secs in -62_167_219_200_i64..=253_402_300_799) {
            let at = Offset::UTC.to_datetime(jiff::Timestamp::from_second(secs).unwrap());
            for pattern in PATTERNS {
                prop_assert_eq!(text(at, pattern).unwrap(), at.strftime(pattern).to_string());
            }
            prop_assert_eq!(read_basic(&text(at, PATTERNS[1]).unwrap()), Some(at));
        }

        #[test]
        fn reads_no_more_than_jiff_does(text in "[0-9]{4}[01][0-9][0-3][0-9]T[0-2][0-9][0-6][0-9][0-6][0-9]Z|[0-9TZ+]{14,18}") {
            if let Some(read) = read_basic(&text) {
                prop_assert_eq!(DateTime::strptime(PATTERNS[1], &text).unwrap(), read);
            }
        }
    }

    #[test]
    fn years_without_four_digits_are_left_to_jiff() {
        let at = DateTime::new(-1, 1, 1, 0, 0, 0, 0).unwrap();
        assert_eq!(text(at, PATTERNS[0]), None);
    }
}
