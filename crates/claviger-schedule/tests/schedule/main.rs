//! Rotation rules through the public API: AWS's examples, refusals, windows, and properties that hold for all expressions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod examples;
mod oracle;
mod properties;
mod refusals;
mod windows;

use claviger_schedule::{RotationHistory, RotationRules};
use claviger_types::Timestamp;

/// A time such as `2026-11-24T15:04` or `2026-11-24T15:04:05`.
fn at(text: &str) -> Timestamp {
    let seconds = if text.len() == 16 { ":00Z" } else { "Z" };
    Timestamp::parse_iso8601(&format!("{text}{seconds}")).unwrap()
}

fn expression(text: &str, duration: Option<&str>) -> RotationRules {
    RotationRules::parse(None, Some(text), duration).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A secret whose rules were set at this time and that was not rotated yet.
fn new(configured: Timestamp) -> RotationHistory {
    RotationHistory { configured, rotated: None }
}

/// A secret whose rules were set at this time, long ago, and that was rotated at the other.
fn rotated(configured: &str, rotated: &str) -> RotationHistory {
    RotationHistory { configured: at(configured), rotated: Some(at(rotated)) }
}
