//! Transactions of background work that belongs to no request.

use claviger_store::{Error as StoreError, Tx};

use crate::error::Error;
use crate::node::Node;

/// How often work is done again whose rows another commit has changed meanwhile.
const TRIES_MAX: usize = 16;

impl Node {
    /// Does work in one transaction, and waits until its writes are durable. The work is done again if another commit has changed a
    /// row that it read.
    ///
    /// # Errors
    ///
    /// Those of the work, whose writes are then dropped, and of the store.
    pub fn in_transaction<T>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        for _ in 1..TRIES_MAX {
            match self.once(&mut work) {
                Err(Error::Store(StoreError::Conflict)) => {}
                outcome => return outcome,
            }
        }
        self.once(&mut work)
    }

    fn once<T>(&self, work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut tx = self.begin()?;
        let done = work(&mut tx)?;
        if tx.has_writes() {
            self.commit_blocking(tx.into_batch())?;
        }
        Ok(done)
    }
}
