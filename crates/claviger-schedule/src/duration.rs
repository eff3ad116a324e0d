//! `Duration`: the length of a rotation window.

use crate::ScheduleError;

/// Reads the whole hours of a text such as `3h`.
pub(crate) fn hours(text: &str) -> Result<u8, ScheduleError> {
    let digits = text.strip_suffix('h').ok_or(ScheduleError::Duration)?;
    let valid = matches!(digits.len(), 1..=2) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let hours = if valid { digits.parse().unwrap_or(0) } else { 0 };
    if (1..=24).contains(&hours) { Ok(hours) } else { Err(ScheduleError::Duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [("1h", 1), ("3h", 3), ("03h", 3), ("24h", 24)] {
            assert_eq!(hours(text), Ok(expected), "{text}");
        }
        for text in
            ["", "h", "0h", "25h", "100h", "003h", "3", "3H", "+3h", "3 h", " 3h", "3hh", "3m", "-1h", "3d", "٣h"]
        {
            assert_eq!(hours(text), Err(ScheduleError::Duration), "{text}");
        }
    }
}
