//! The Hours field: the hours of a day at which windows open.

use super::field::{Field, number};

const HOUR_MAX: u8 = 23;

/// The hours at which windows open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    /// Bit 0 is midnight. Not zero.
    bits: u32,
    /// Whether the field is written with increments.
    pub(super) increments: bool,
}

impl Hours {
    /// Reads `8`, `8/12` (from 8:00 in steps of 12 hours, each day anew), or `/8` (from midnight). AWS allows nothing else.
    pub(super) fn parse(text: &str) -> Option<Hours> {
        let hour = |text: &str| number(text).filter(|hour| *hour <= HOUR_MAX);
        let Some((from, step)) = text.split_once('/') else {
            return hour(text).map(|hour| Hours { bits: 1 << hour, increments: false });
        };
        let from = if from.is_empty() { 0 } else { hour(from)? };
        let step = hour(step).filter(|step| *step > 0)?;
        Some(Hours { bits: Field::bits(from, HOUR_MAX, step), increments: true })
    }

    /// The first hour of a day.
    pub(super) fn first(self) -> u8 {
        self.iter().next().unwrap_or_default()
    }

    /// The last hour of a day.
    pub(super) fn last(self) -> u8 {
        self.iter().last().unwrap_or_default()
    }

    /// The first hour after `hour`.
    pub(super) fn after(self, hour: i8) -> Option<u8> {
        self.iter().find(|next| i16::from(*next) > i16::from(hour))
    }

    /// The shortest distance between two hours of one day. `None` if there is one hour alone.
    pub(super) fn shortest_gap(self) -> Option<u8> {
        self.iter().zip(self.iter().skip(1)).map(|(one, next)| next - one).min()
    }

    fn iter(self) -> impl Iterator<Item = u8> {
        (0..=HOUR_MAX).filter(move |hour| self.bits >> hour & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours() {
        let cases: [(&str, &[u8]); 10] = [
            ("0", &[0]),
            ("10", &[10]),
            ("08", &[8]),
            ("23", &[23]),
            ("/8", &[0, 8, 16]),
            ("0/8", &[0, 8, 16]),
            ("8/8", &[8, 16]),
            ("2/10", &[2, 12, 22]),
            ("4/12", &[4, 16]),
            ("20/8", &[20]),
        ];
        for (text, expected) in cases {
            let hours = Hours::parse(text).unwrap();
            assert_eq!(hours.iter().collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(hours.increments, text.contains('/'), "{text}");
        }
        for text in
            ["", "*", "?", "24", "-1", "1,2", "1-5", "*/8", "8/", "8/0", "/24", "8/8/8", "L", "008", "8h", "24/4"]
        {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
    }
}
