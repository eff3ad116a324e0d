//! Compares `claviger-policy` with its oracle.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod broken_rules;
mod pairs;
mod vectors;
