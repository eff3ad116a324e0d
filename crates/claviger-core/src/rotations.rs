//! The rotation functions of a region, and the rotations that callers want to be tried again at once.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_types::{AccountId, RotationFunctions};

/// Shared by the requests and the thread of a region that rotates secrets.
#[derive(Clone)]
pub struct Rotations {
    functions: Arc<dyn RotationFunctions>,
    wanted: Arc<Mutex<BTreeSet<(AccountId, String)>>>,
}

impl Rotations {
    /// No rotation is wanted at first.
    pub fn new(functions: Arc<dyn RotationFunctions>) -> Rotations {
        Rotations { functions, wanted: Arc::default() }
    }

    /// What function ARNs stand for.
    pub fn functions(&self) -> &Arc<dyn RotationFunctions> {
        &self.functions
    }

    /// Wants the unfinished rotation of a secret to be tried again. The request that wants it answers an error and so cannot write
    /// it down. If the process ends first, the rotation is tried again when its schedule says so.
    pub fn want(&self, account: &AccountId, name: &str) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.insert((account.clone(), name.to_owned()));
    }

    /// Takes what is wanted, at most `limit`: accounts and names of secrets.
    pub fn take_wanted(&self, limit: usize) -> Vec<(AccountId, String)> {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| wanted.pop_first()).take(limit).collect()
    }
}

impl fmt::Debug for Rotations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotations").finish_non_exhaustive()
    }
}
