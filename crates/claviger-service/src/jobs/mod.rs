//! Work that time starts: keys and secrets whose windows have ended, keys that are due for rotation.
//!
//! A job takes the notes that are due, looks at each record to see whether the work still is, does it, and drops the note; one
//! that is cut short goes on where it stopped. Many notes are settled in one transaction. Where that fails, each gets its own, so
//! that a damaged record holds up no work but its own.

mod key_due;
mod secret_deletion;

use claviger_store::{Error as StoreError, Key, Tx, commit_blocking};
use claviger_types::Timestamp;

use crate::Node;
use crate::error::Error;

/// How many notes one transaction takes.
const BATCH: usize = 64;

/// How many transactions one call makes, so that a backlog does not hold up the region's other background work.
const ROUNDS_MAX: usize = 16;

/// After how long work on a damaged record is tried again: somebody may have restored it.
const DAMAGED_RETRY_SECS: i64 = 3600;

/// One kind of work.
trait Job {
    /// What the log calls it.
    const NAME: &'static str;
    /// What a note says.
    type Work: std::fmt::Debug;

    /// The notes that are due, oldest first, each with its row.
    fn due(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(Key, Self::Work)>, StoreError>;

    /// Does the work of a note, if there still is any.
    fn settle(node: &Node, tx: &mut Tx<'_>, work: &Self::Work, now: Timestamp) -> Result<(), Error>;

    /// Puts the work off to a later time.
    fn postpone(tx: &mut Tx<'_>, work: &Self::Work, at: Timestamp) -> Result<(), StoreError>;
}

impl Node {
    /// Does what is due at `now`. Called every second or so from the region's own background thread.
    pub fn run_jobs(&self, now: Timestamp) {
        self.run_job::<key_due::KeysDue>(now);
        self.run_job::<secret_deletion::SecretDeletion>(now);
    }

    fn run_job<J: Job>(&self, now: Timestamp) {
        for _ in 0..ROUNDS_MAX {
            match self.settle_batch::<J>(now) {
                Ok(0) => break,
                Ok(_) => {}
                // Someone else changed the same record; the next round sees it.
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
            J::settle(self, &mut tx, work, now)
        });
        match settled {
            Ok(()) => self.keep(tx)?,
            Err(error) if is_damage(&error) => {
                // What was written beside the damage is not kept.
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
        match J::settle(self, &mut tx, work, now) {
            Ok(()) => self.keep(tx),
            Err(error) if is_damage(&error) => {
                tracing::error!(region = %self.region(), job = J::NAME, ?work, %error, "a job met a damaged record, and is put off");
                drop(tx);
                let mut tx = self.begin()?;
                tx.delete(note.clone())?;
                J::postpone(&mut tx, work, now.plus_secs(DAMAGED_RETRY_SECS))?;
                self.keep(tx)
            }
            Err(error) => Err(error),
        }
    }

    /// Nobody can tell what a damaged note was about. It would hold up all later ones; without it the work is not done, which
    /// for deletions and rotations is the safe side.
    fn drop_damaged_note<J: Job>(&self, note: Key) -> Result<(), Error> {
        let error = StoreError::Corrupt { key: note.clone() };
        tracing::error!(region = %self.region(), job = J::NAME, %error, "a note of work to do is damaged, and was dropped");
        let mut tx = self.begin()?;
        tx.delete(note)?;
        self.keep(tx)
    }

    fn keep(&self, tx: Tx<'_>) -> Result<(), Error> {
        if tx.has_writes() {
            commit_blocking(self.store(), tx.into_batch())?;
            self.woken();
        }
        Ok(())
    }
}

/// Whether an error is one record's, and will be there the next time too.
fn is_damage(error: &Error) -> bool {
    matches!(error, Error::Store(StoreError::Corrupt { .. }) | Error::Internal(_))
}
