//! A panic ends one request, or stops one region. All other requests and regions go on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod operations;
mod regions;
#[path = "../cluster/setting.rs"]
#[allow(dead_code, reason = "these tests share the setting of the cluster's tests and need a part of it")]
mod setting;
