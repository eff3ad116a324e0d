//! Scheduled work: deletion of keys and secrets whose windows have ended, and rotation of keys.
//!
//! A service schedules work by a row that names a record and a time. `job_runner.rs` reads the due rows. For each it calls the
//! service's [`Job`], which reads the record again, does the work if it still is due, and drops the row in the same commit.

use claviger_crypto::Keyring;
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{Random, Timestamp};

use crate::error::Error;
use crate::region::RegionFacts;

/// One kind of background work of a service.
pub trait Job: 'static {
    /// Its name in the log.
    const NAME: &'static str;
    /// The record that a scheduled row names.
    type Work: std::fmt::Debug;

    /// The rows that are due, oldest first, each with its key.
    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError>;

    /// Does the work of a row, if it still is to be done.
    fn settle(cx: &JobCx<'_>, tx: &mut Tx<'_>, work: &Self::Work) -> Result<(), Error>;

    /// Puts the work off to a later time.
    fn postpone(tx: &mut Tx<'_>, work: &Self::Work, at: Timestamp) -> Result<(), StoreError>;
}

/// The parts of a region that a job may use besides its transaction.
pub struct JobCx<'a> {
    /// The region that it runs in.
    pub facts: &'a RegionFacts,
    /// The keys under which the region's records are sealed.
    pub keyring: &'a Keyring,
    /// The source of random bytes.
    pub random: &'a dyn Random,
    /// The time that the job runs for.
    pub now: Timestamp,
}
