//! Dates as text, in the few forms that requests and answers use.
//!
//! Jiff computes the calendar. Its general formatter and reader cost about ten times as many instructions as these functions, and a
//! request writes and reads some ten dates.

use jiff::civil::{DateTime, Weekday};

/// `2026-11-24T15:04:05Z`. `None` for a year without four digits, as in the other forms.
pub(crate) fn extended(at: DateTime) -> Option<String> {
    let [[y3, y2], [y1, y0]] = year(at)?;
    let [[m1, m0], [d1, d0], [h1, h0], [n1, n0], [s1, s0]] = month_to_second(at);
    text(&[y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0, b'T', h1, h0, b':', n1, n0, b':', s1, s0, b'Z'])
}

/// `20261124T150405Z`.
pub(crate) fn basic(at: DateTime) -> Option<String> {
    let [[y3, y2], [y1, y0]] = year(at)?;
    let [[m1, m0], [d1, d0], [h1, h0], [n1, n0], [s1, s0]] = month_to_second(at);
    text(&[y3, y2, y1, y0, m1, m0, d1, d0, b'T', h1, h0, n1, n0, s1, s0, b'Z'])
}

/// `Tue, 24 Nov 2026 15:04:05 GMT`.
pub(crate) fn http(at: DateTime) -> Option<String> {
    let [w0, w1, w2] = weekday(at.weekday());
    let [a0, a1, a2] = month(at.month())?;
    let [[y3, y2], [y1, y0]] = year(at)?;
    let [_, [d1, d0], [h1, h0], [n1, n0], [s1, s0]] = month_to_second(at);
    text(&[
        *w0, *w1, *w2, b',', b' ', d1, d0, b' ', *a0, *a1, *a2, b' ', y3, y2, y1, y0, b' ', h1, h0, b':', n1, n0, b':',
        s1, s0, b' ', b'G', b'M', b'T',
    ])
}

fn text(ascii: &[u8]) -> Option<String> {
    str::from_utf8(ascii).ok().map(str::to_owned)
}

fn year(at: DateTime) -> Option<[[u8; 2]; 2]> {
    let year = u16::try_from(at.year()).ok()?;
    Some([digits((year / 100) as u8), digits((year % 100) as u8)])
}

fn month_to_second(at: DateTime) -> [[u8; 2]; 5] {
    [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(|value| digits(value as u8))
}

/// The two digits of a number below 100.
fn digits(value: u8) -> [u8; 2] {
    [b'0' + value / 10 % 10, b'0' + value % 10]
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

fn two_digits(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| (byte - b'0') as i8);
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn weekday(day: Weekday) -> &'static [u8; 3] {
    match day {
        Weekday::Monday => b"Mon",
        Weekday::Tuesday => b"Tue",
        Weekday::Wednesday => b"Wed",
        Weekday::Thursday => b"Thu",
        Weekday::Friday => b"Fri",
        Weekday::Saturday => b"Sat",
        Weekday::Sunday => b"Sun",
    }
}

fn month(number: i8) -> Option<&'static [u8; 3]> {
    const NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let (names, _) = NAMES.as_chunks::<3>();
    names.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::tz::Offset;
    use proptest::prelude::*;

    use super::*;

    const BASIC: &str = "%Y%m%dT%H%M%SZ";

    type Form = fn(DateTime) -> Option<String>;

    const FORMS: [(Form, &str); 3] =
        [(extended, "%Y-%m-%dT%H:%M:%SZ"), (basic, BASIC), (http, "%a, %d %b %Y %H:%M:%S GMT")];

    proptest! {
        #[test]
        fn writes_as_jiff_does(secs in -62_167_219_200_i64..=253_402_300_799) {
            let at = Offset::UTC.to_datetime(jiff::Timestamp::from_second(secs).unwrap());
            for (form, pattern) in FORMS {
                prop_assert_eq!(form(at).unwrap(), at.strftime(pattern).to_string());
            }
            prop_assert_eq!(read_basic(&basic(at).unwrap()), Some(at));
        }

        #[test]
        fn reads_no_more_than_jiff_does(text in "[0-9]{4}[01][0-9][0-3][0-9]T[0-2][0-9][0-6][0-9][0-6][0-9]Z|[0-9TZ+]{14,18}") {
            if let Some(read) = read_basic(&text) {
                prop_assert_eq!(DateTime::strptime(BASIC, &text).unwrap(), read);
            }
        }
    }

    #[test]
    fn years_without_four_digits_are_left_to_jiff() {
        let at = DateTime::new(-1, 1, 1, 0, 0, 0, 0).unwrap();
        assert!(FORMS.iter().all(|(form, _)| form(at).is_none()));
    }
}
