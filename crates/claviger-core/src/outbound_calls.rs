//! Calls of an operation to other servers.
//!
//! An operation is a function over one transaction and cannot wait. When it needs the answer of another server it asks for it, and
//! ends. The pipeline drops what the run has written, sends the call while no transaction is open and no thread waits, and runs the
//! operation again, which then finds the answer. The later runs draw the same random bytes, so they make the same call. A run that
//! would make another one, because a row has changed meanwhile, begins anew with other random bytes.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claviger_crypto::ReplayRandom;
use claviger_types::{OutboundReply, OutboundRequest, Random};

use crate::error::Error;

/// The most runs that calls may cause. An operation makes few calls, and some are made again after a change of a row.
const RUNS_MAX: usize = 24;

/// The calls of one request, kept between its runs.
#[derive(Default)]
pub(crate) struct OutboundLog(Mutex<Runs>);

#[derive(Default)]
struct Runs {
    /// How often a run ended to wait.
    count: usize,
    /// Set since a run first asked for a call.
    replay: Option<Replay>,
}

/// Runs with the same random bytes, and the calls that have been answered.
struct Replay {
    random: ReplayRandom,
    answered: Vec<Arc<(OutboundRequest, OutboundReply)>>,
}

/// The reason why a run ended before it was done.
pub(crate) enum Wait {
    /// Its random bytes cannot be drawn again, so the next run begins with ones that can.
    Restart,
    /// It needs the answer to this call.
    Call(Box<OutboundRequest>),
}

/// The calls of one run of an operation.
pub struct OutboundCalls {
    /// None where no call can be made.
    replay: Option<Mode>,
    next: Cell<usize>,
    wait: RefCell<Option<Wait>>,
}

enum Mode {
    First,
    Again { random: ReplayRandom, answered: Vec<Arc<(OutboundRequest, OutboundReply)>> },
}

impl OutboundLog {
    /// The calls of the next run.
    pub(crate) fn begin(&self) -> OutboundCalls {
        let mode = match &self.runs().replay {
            None => Mode::First,
            Some(replay) => Mode::Again { random: replay.random.again(), answered: replay.answered.clone() },
        };
        OutboundCalls { replay: Some(mode), next: Cell::new(0), wait: RefCell::new(None) }
    }

    /// Notes that a run waits.
    ///
    /// # Errors
    ///
    /// If there were too many such runs.
    pub(crate) fn waits(&self) -> Result<(), Error> {
        let mut runs = self.runs();
        runs.count = runs.count.saturating_add(1);
        if runs.count > RUNS_MAX { Err(Error::Throttled) } else { Ok(()) }
    }

    /// Begins anew: the next runs draw other random bytes than the earlier ones, and make their calls again.
    pub(crate) fn restart(&self, random: &dyn Random) {
        self.runs().replay = Some(Replay { random: ReplayRandom::draw(random), answered: Vec::new() });
    }

    /// Forgets the calls of runs that are over. The next run does not know that it will make one.
    pub(crate) fn forget(&self) {
        self.runs().replay = None;
    }

    /// Keeps an answer for the next run.
    pub(crate) fn answered(&self, request: OutboundRequest, reply: OutboundReply) {
        if let Some(replay) = &mut self.runs().replay {
            replay.answered.push(Arc::new((request, reply)));
        }
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OutboundCalls {
    /// For work outside of a request, which makes no calls.
    pub fn none() -> OutboundCalls {
        OutboundCalls { replay: None, next: Cell::new(0), wait: RefCell::new(None) }
    }

    /// Whether calls can be made. Work in the background makes none.
    pub fn are_possible(&self) -> bool {
        self.replay.is_some()
    }

    /// The answer to a call. An error ends the run: the operation must return it. The same run of the operation must make the same
    /// call, but for random bytes from its context.
    ///
    /// # Errors
    ///
    /// The error that stands for the wait, which no caller sees.
    pub fn ask(&self, request: OutboundRequest) -> Result<OutboundReply, Error> {
        let wait = match &self.replay {
            None => return Err(Error::Internal("work in the background called another server".to_owned())),
            Some(Mode::First) => Wait::Restart,
            Some(Mode::Again { answered, .. }) => match answered.get(self.next.get()) {
                Some(known) if known.0 == request => {
                    self.next.set(self.next.get().saturating_add(1));
                    return Ok(known.1.clone());
                }
                Some(_) => Wait::Restart,
                None => Wait::Call(Box::new(request)),
            },
        };
        // The first reason stays. An operation that went on after it is run again all the same.
        self.wait.borrow_mut().get_or_insert(wait);
        Err(Error::Internal("an operation waits for another server".to_owned()))
    }

    /// The random bytes of this run, if earlier runs drew the same.
    pub(crate) fn random(&self) -> Option<&dyn Random> {
        match &self.replay {
            Some(Mode::Again { random, .. }) => Some(random),
            Some(Mode::First) | None => None,
        }
    }

    /// Why the run ended early, if it did.
    pub(crate) fn into_wait(self) -> Option<Wait> {
        self.wait.into_inner()
    }
}

#[cfg(test)]
#[path = "outbound_calls_tests.rs"]
mod tests;
