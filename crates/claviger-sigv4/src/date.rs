//! The dates that a signature may carry.
//!
//! Each form is read strictly and checked by writing it again, so that a time has one text per form. With a lenient reader, the
//! date that was signed and the date that is used could differ.

use claviger_types::Timestamp;

/// `20261124T150405Z`.
pub(crate) fn parse_basic(text: &str) -> Option<Timestamp> {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let shaped =
        text.len() == 16 && digits(0..8) && text.get(8..9) == Some("T") && digits(9..15) && text.ends_with('Z');
    if !shaped {
        return None;
    }
    // Writing it again detects values that the reader has adjusted, such as a leap second.
    Timestamp::parse_iso8601(text).filter(|time| time.iso8601_basic() == text)
}

/// `20261124T150405Z`, or `2026-11-24T15:04:05Z`, which AWS tolerates in the `X-Amz-Date` header.
pub(crate) fn parse_amz_date(text: &str) -> Option<Timestamp> {
    parse_basic(text).or_else(|| {
        let time = parse_basic(&text.replace(['-', ':'], ""))?;
        (time.iso8601() == text).then_some(time)
    })
}

/// The forms of the `Date` header: those of `X-Amz-Date`, or `Tue, 24 Nov 2026 15:04:05 GMT` (RFC 1123), with the zone also
/// written as `UTC`, `+0000` or `-0000` (botocore writes the last one).
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    parse_amz_date(text).or_else(|| {
        let stem = ["GMT", "UTC", "+0000", "-0000"].iter().find_map(|zone| text.strip_suffix(zone))?;
        let mut words = stem.split_ascii_whitespace().skip(1);
        let (day, month, year, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = months.iter().position(|m| *m == month)? + 1;
        let time = parse_basic(&format!("{year}{month:02}{day}T{}Z", clock.replace(':', "")))?;
        (time.http_date() == format!("{stem}GMT")).then_some(time)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Timestamp = Timestamp(1_795_532_645_000);

    #[test]
    fn reads_each_form() {
        assert_eq!(parse_basic(&T.iso8601_basic()), Some(T));
        assert_eq!(parse_amz_date(&T.iso8601()), Some(T));
        assert_eq!(parse_http_date(&T.http_date()), Some(T));
        for zone in ["UTC", "+0000", "-0000"] {
            assert_eq!(parse_http_date(&T.http_date().replace("GMT", zone)), Some(T));
        }
    }

    #[test]
    fn refuses_all_others() {
        for text in [
            "",
            "Z",
            "20261124",
            "20261124T150405",
            "20261124t150405z",
            "20261124T150460Z",
            "20261324T150405Z",
            "+0261124T150405Z",
            " 20261124T150405Z",
            "20261124T150405Z ",
            "20261124T150405Z,20261124T150405Z",
            "2026-1124T150405Z",
            "2026-11-24T15:04:05.0Z",
            "2026-11-24 15:04:05Z",
            "Mon, 24 Nov 2026 15:04:05 GMT",
            "Tue,  24 Nov 2026 15:04:05 GMT",
            "Tue, 24 Nov 2026 15:04:05 CET",
            "20261124T15040٣Z",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
        assert_eq!(parse_basic("2026-11-24T15:04:05Z"), None);
    }
}
