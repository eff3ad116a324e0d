//! Runs the services' background jobs in one region.
//!
//! Many rows are settled in one transaction. If that fails, each row gets a transaction of its own, so that a damaged record
//! delays only its own work. A job that is interrupted continues at the next call.

use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Timestamp;

use crate::error::Error;
use crate::jobs::{Job, JobCx};
use crate::node::Node;

/// How many rows one transaction takes.
const BATCH: usize = 64;

/// How many transactions one call makes, so that a backlog does not hold up the region's other background work.
const ROUNDS_MAX: usize = 16;

/// The time until work on a damaged record is tried again: an operator may have restored the record.
const DAMAGED_RETRY_SECS: i64 = 3600;

/// One line of a service's table of jobs.
#[derive(Clone, Copy)]
pub struct JobEntry {
    run: fn(&Node, Timestamp),
}

impl JobEntry {
    /// The line for a job.
    pub const fn of<J: Job>() -> JobEntry {
        JobEntry { run: Node::run_job::<J> }
    }

    /// The line for work that no row schedules.
    pub(crate) const fn unscheduled(run: fn(&Node, Timestamp)) -> JobEntry {
        JobEntry { run }
    }
}

impl Node {
    /// Does the work that is due at `now`. The region's jobs thread calls it about once a second.
    pub fn run_jobs(&self, jobs: &[JobEntry], now: Timestamp) {
        for job in jobs {
            (job.run)(self, now);
        }
    }

    fn run_job<J: Job>(&self, now: Timestamp) {
        for _ in 0..ROUNDS_MAX {
            match self.settle_batch::<J>(now) {
                Ok(0) => break,
                Ok(_) => {}
                // Another commit changed the same record. The next round reads the new state.
                Err(Error::Store(StoreError::Conflict)) => {}
                Err(error) => {
                    tracing::error!(region = %self.region(), job = J::NAME, %error, "a background job failed");
                    break;
                }
            }
        }
    }

    /// Settles the first notes that are due; answers how many there were.
    fn settle_batch<J: Job>(&self, now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.begin()?;
        let due = match J::due(&tx, now, BATCH) {
            Err(StoreError::Corrupt { key }) => return self.drop_damaged_note::<J>(key).map(|()| 1),
            due => due?,
        };
        let settled = due.iter().try_for_each(|(note, work)| {
            tx.delete(note.clone())?;
            J::settle(&self.job_context(now), &mut tx, work)
        });
        match settled {
            Ok(()) => self.keep(tx)?,
            Err(error) if is_damage(&error) => {
                // The writes of this batch are dropped, also those of undamaged records.
                drop(tx);
                due.iter().try_for_each(|(note, work)| self.settle_one::<J>(note, work, now))?;
            }
            Err(error) => return Err(error),
        }
        Ok(due.len())
    }

    /// Settles one note in a transaction of its own; puts it off if the record is damaged.
    fn settle_one<J: Job>(&self, note: &Key, work: &J::Work, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.begin()?;
        if tx.get(note)?.is_none() {
            return Ok(());
        }
        tx.delete(note.clone())?;
        match J::settle(&self.job_context(now), &mut tx, work) {
            Ok(()) => self.keep(tx),
            Err(error) if is_damage(&error) => {
                tracing::error!(region = %self.region(), job = J::NAME, ?work, %error, "the record of a job is damaged; the job is postponed");
                drop(tx);
                let mut tx = self.begin()?;
                tx.delete(note.clone())?;
                J::postpone(&mut tx, work, now.plus_secs(DAMAGED_RETRY_SECS))?;
                self.keep(tx)
            }
            Err(error) => Err(error),
        }
    }

    /// Drops a damaged note. Its record cannot be read from it, and it would hold up all later notes. Its work is not done. That is
    /// safe for deletions and rotations. Expired key material then stays in the store, and requests are refused it all the same.
    fn drop_damaged_note<J: Job>(&self, note: Key) -> Result<(), Error> {
        let error = StoreError::Corrupt { key: note.clone() };
        tracing::error!(region = %self.region(), job = J::NAME, %error, "a row that schedules a job is damaged; it is dropped and the job is not done");
        let mut tx = self.begin()?;
        tx.delete(note)?;
        self.keep(tx)
    }

    fn job_context(&self, now: Timestamp) -> JobCx<'_> {
        JobCx { facts: self.facts(), keyring: self.keyring(), random: self.random(), now }
    }

    fn keep(&self, tx: Tx<'_>) -> Result<(), Error> {
        if tx.has_writes() {
            self.commit_blocking(tx.into_batch())?;
        }
        Ok(())
    }
}

/// Whether an error is caused by one damaged record, so that it will occur again.
fn is_damage(error: &Error) -> bool {
    matches!(error, Error::Store(StoreError::Corrupt { .. }) | Error::Internal(_))
}
