//! The grammar that the fields Day-of-month, Month and Day-of-week share: values, names, lists, ranges and increments.

/// The values of a field.
pub(super) struct Field {
    /// The smallest value.
    pub(super) min: u8,
    /// The largest value.
    pub(super) max: u8,
    /// The names of the values from the smallest on. Some fields have none.
    names: &'static [&'static str],
}

/// 1 to 31.
pub(super) const DAYS_OF_MONTH: Field = Field { min: 1, max: 31, names: &[] };

/// 1 to 12, or JAN to DEC.
pub(super) const MONTHS: Field = Field {
    min: 1,
    max: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};

/// 1 to 7, or SUN to SAT.
pub(super) const DAYS_OF_WEEK: Field =
    Field { min: 1, max: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

impl Field {
    /// One value, as a number or a name.
    pub(super) fn value(&self, text: &str) -> Option<u8> {
        let value = match self.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            Some(index) => self.min.checked_add(u8::try_from(index).ok()?)?,
            None => number(text)?,
        };
        (self.min..=self.max).contains(&value).then_some(value)
    }

    /// The bits of the values from `from` to `to`, in steps.
    pub(super) fn bits(from: u8, to: u8, step: u8) -> u32 {
        (from..=to).step_by(usize::from(step.max(1))).fold(0, |bits, value| bits | 1 << value)
    }
}

/// `*`, or a list of values, ranges and increments; one bit for each value.
pub(super) fn items(text: &str, field: &Field) -> Option<u32> {
    if text == "*" {
        return Some(Field::bits(field.min, field.max, 1));
    }
    text.split(',').try_fold(0, |bits, item| Some(bits | bits_of(item, field)?))
}

/// `5`, `1-5`, `1/2` (from 1 in steps of 2), or `/2` and `*/2` (from the smallest value).
fn bits_of(item: &str, field: &Field) -> Option<u32> {
    if let Some((from, step)) = item.split_once('/') {
        let from = if matches!(from, "" | "*") { field.min } else { field.value(from)? };
        let step = number(step).filter(|step| (1..=field.max).contains(step))?;
        return Some(Field::bits(from, field.max, step));
    }
    if let Some((from, to)) = item.split_once('-') {
        let (from, to) = (field.value(from)?, field.value(to)?);
        return (from <= to).then(|| Field::bits(from, to, 1));
    }
    field.value(item).map(|value| 1 << value)
}

/// A number of one or two digits.
pub(super) fn number(text: &str) -> Option<u8> {
    let valid = matches!(text.len(), 1..=2) && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, field: &Field) -> Option<Vec<u8>> {
        items(text, field).map(|bits| (0..32).filter(|bit| bits >> bit & 1 == 1).collect())
    }

    #[test]
    fn lists() {
        let cases: [(&str, &Field, &[u8]); 17] = [
            ("1,15", &DAYS_OF_MONTH, &[1, 15]),
            ("1-5", &DAYS_OF_MONTH, &[1, 2, 3, 4, 5]),
            ("5-5", &DAYS_OF_MONTH, &[5]),
            ("31", &DAYS_OF_MONTH, &[31]),
            ("08", &DAYS_OF_MONTH, &[8]),
            ("1/10", &DAYS_OF_MONTH, &[1, 11, 21, 31]),
            ("*/10", &DAYS_OF_MONTH, &[1, 11, 21, 31]),
            ("/10,2-3", &DAYS_OF_MONTH, &[1, 2, 3, 11, 21, 31]),
            ("*", &MONTHS, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            ("JAN,APR,JUL,OCT", &MONTHS, &[1, 4, 7, 10]),
            ("1/3", &MONTHS, &[1, 4, 7, 10]),
            ("1/11", &MONTHS, &[1, 12]),
            ("1-3", &MONTHS, &[1, 2, 3]),
            ("oct-Dec", &MONTHS, &[10, 11, 12]),
            ("MON-FRI", &DAYS_OF_WEEK, &[2, 3, 4, 5, 6]),
            ("1,4", &DAYS_OF_WEEK, &[1, 4]),
            ("1/2", &DAYS_OF_WEEK, &[1, 3, 5, 7]),
        ];
        for (text, field, expected) in cases {
            assert_eq!(values(text, field).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let cases: [(&str, &Field); 27] = [
            ("", &MONTHS),
            ("0", &MONTHS),
            ("13", &MONTHS),
            ("001", &MONTHS),
            ("JANUARY", &MONTHS),
            ("SUN", &MONTHS),
            ("?", &MONTHS),
            ("L", &MONTHS),
            ("1#1", &MONTHS),
            ("1,", &MONTHS),
            (",1", &MONTHS),
            ("1,,2", &MONTHS),
            ("1,*", &MONTHS),
            ("3-1", &MONTHS),
            ("NOV-FEB", &MONTHS),
            ("1-", &MONTHS),
            ("-1", &MONTHS),
            ("1-2-3", &MONTHS),
            ("1-6/2", &MONTHS),
            ("1/", &MONTHS),
            ("1/0", &MONTHS),
            ("1/13", &MONTHS),
            ("1/2/3", &MONTHS),
            ("1/JAN", &MONTHS),
            ("32", &DAYS_OF_MONTH),
            ("JAN", &DAYS_OF_MONTH),
            ("8", &DAYS_OF_WEEK),
        ];
        for (text, field) in cases {
            assert_eq!(values(text, field), None, "{text}");
        }
    }
}
