//! Whole regions without a socket: real signatures, stores in memory or in files, and messages that the tests deliver between regions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod audit;
mod callers;
mod changes_count_at_once;
mod failover_checks;
mod failover_permit;
mod fleet;
mod foreign_keys;
mod generate_random;
mod grants;
mod groups;
mod identities;
mod jobs;
mod key_conditions;
mod key_requests;
mod kit;
mod last_accessed;
mod last_use;
mod multi_region_keys;
mod policies_race;
mod recreated;
mod replicated_secrets;
mod secrets;
mod sessions;
mod store_reads;
mod wire;
