//! Work that time starts: keys and secrets whose windows have ended, keys that are due for rotation.
//!
//! Each job is a function over one transaction and the moment. It takes the notes that are due, looks at each record to see
//! whether the work still is, does it, and drops the note; a job that is cut short goes on where it stopped.

mod key_due;
mod secret_deletion;

use claviger_store::{Error as StoreError, Tx, commit_blocking};
use claviger_types::Timestamp;

use crate::Node;
use crate::error::Error;

/// How many notes one transaction takes.
pub(crate) const BATCH: usize = 64;

/// How many transactions one call makes, so that a backlog does not hold up the region's other background work.
const ROUNDS_MAX: usize = 16;

type Job = fn(&Node, &mut Tx<'_>, Timestamp) -> Result<usize, Error>;

const JOBS: [(&str, Job); 2] = [("keys due", key_due::run), ("secret deletion", secret_deletion::run)];

impl Node {
    /// Does what is due at `now`. Called every second or so from the region's own background thread.
    pub fn run_jobs(&self, now: Timestamp) {
        for (name, job) in JOBS {
            for _ in 0..ROUNDS_MAX {
                match self.run_job(job, now) {
                    Ok(0) => break,
                    Ok(_) => {}
                    // Someone else changed the same record; the next round sees it.
                    Err(Error::Store(StoreError::Conflict)) => {}
                    Err(error) => {
                        tracing::error!(region = %self.region(), job = name, %error, "a background job failed");
                        break;
                    }
                }
            }
        }
    }

    fn run_job(&self, job: Job, now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.begin()?;
        let done = job(self, &mut tx, now)?;
        if tx.has_writes() {
            commit_blocking(self.store(), tx.into_batch())?;
            self.woken();
        }
        Ok(done)
    }
}
