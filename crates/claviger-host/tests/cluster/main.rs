//! Regions of one process: their start, their end, its effect on other regions, and the files that remain on the disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod folders;
mod health;
mod outage;
mod resets;
mod setting;
