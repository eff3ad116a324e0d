//! Regions of one process: their start, their end, what others notice of it, and what is left on the disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod folders;
mod health;
mod outage;
mod resets;
mod setting;
