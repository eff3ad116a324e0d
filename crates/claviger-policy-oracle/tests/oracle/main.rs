//! Compares `claviger-policy` with its oracle.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, and print figures"
)]

mod broken_rules;
mod pairs;
mod vectors;
