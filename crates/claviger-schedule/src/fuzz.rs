//! The fuzz target of this crate: rotation rules.

use claviger_types::Timestamp;

use crate::{RotationHistory, RotationRules};

/// Reads a schedule expression and, after a line break, a duration. Walks through the windows of the rules.
///
/// # Panics
///
/// If two windows overlap, a window extends into the next day, or a rotation does not use up its window.
pub fn schedule_expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (expression, duration) = text.split_once('\n').map_or((text, None), |(one, other)| (one, Some(other)));
    let Ok(rules) = RotationRules::parse(None, Some(expression), duration) else { return };
    assert_eq!((rules.schedule_expression(), rules.duration()), (Some(expression), duration), "a text is changed");

    // The time of the first rules, and the lengths of the steps, are taken from the input, so that all parts of the calendar are met.
    let seed = data.iter().fold(0_i64, |seed, byte| (seed * 31 + i64::from(*byte)) % 4_000_000_000);
    let mut now = Timestamp::from_secs(seed);
    let mut history = RotationHistory { configured: now, rotated: None };
    for round in 0..8 {
        let Some(window) = rules.next_window(history, now) else { unreachable!("the calendar does not end here") };
        assert!(now < window.start, "a window is used twice");
        assert!(window.start < window.end, "a window is empty");
        assert_eq!(
            window.start.start_of_day(),
            window.last_second().start_of_day(),
            "a window extends into the next day"
        );
        assert_eq!(window.start.secs() % 3600, 0, "a window does not start on the hour");
        assert_eq!(rules.next_rotation_date(history), Some(window.last_second()));
        assert_eq!(rules.next_window(history, window.last_second()), Some(window), "an open window is left");
        assert!((1..=1000).contains(&rules.automatically_after_days(history)));
        now = if round % 2 == 0 { window.start } else { window.last_second() };
        history.rotated = Some(now);
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn schedule_expressions() {
        super::seeds::check("schedule_expression", Vec::new(), 4000, super::schedule_expression);
    }
}
