//! The values that the parts of a step share.

use claviger_crypto::{Identity, Keyring, Operators, PublicIdentity};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Random, Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::change::{Announced, Envelope, OutboxRow, announce};
use crate::frame::{Frame, Message};
use crate::hooks::RegionHooks;
use crate::notice::Diagnostics;
use crate::rotation_rule::RotationRule;

/// The inputs of a step besides the transaction.
pub struct Env<'a> {
    /// The moment of the step.
    pub now: Timestamp,
    /// The source of random bytes.
    pub random: &'a dyn Random,
    /// The region's domain keys.
    pub keyring: &'a Keyring,
    /// The region's signing identity.
    pub identity: &'a Identity,
}

/// The reason why a step failed. A message of a peer never causes one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// Whether a single row is at fault and not the store.
    pub(crate) fn is_unreadable(&self) -> bool {
        let Error::Store(error) = self;
        matches!(error, StoreError::Corrupt { .. } | StoreError::Encoding(_))
    }
}

/// The result of applying a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Applied,
    /// The message is older than the stored state.
    Stale,
    /// The peer may not change the thing.
    Forbidden,
    /// As [`Verdict::Forbidden`]: the peer claims to be the primary, which is noted on its own.
    Unproven,
    /// The message does not decode.
    Garbage,
}

/// One step of one region with one of its peers. It is built once for each peer and step, and passed to all code that runs in
/// the step.
pub(crate) struct PeerContext<'a, 's> {
    pub(crate) tx: &'a mut Tx<'s>,
    pub(crate) hooks: &'a dyn RegionHooks,
    pub(crate) env: &'a Env<'a>,
    pub(crate) here: &'a Region,
    /// How often this region's store has been opened.
    pub(crate) boots: u64,
    /// The region at the other end of this stream.
    pub(crate) peer: &'a Region,
    pub(crate) identity: &'a PublicIdentity,
    pub(crate) iam_home: &'a Region,
    /// The peer's session, while a message of its stream is applied.
    pub(crate) session: u64,
    /// How many replicas must hold new material of a key.
    pub(crate) rule: &'a RotationRule,
    /// Whose signatures a forced promotion needs.
    pub(crate) operators: &'a Operators,
    pub(crate) broken: BrokenRules,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl PeerContext<'_, '_> {
    /// Announces the `K` of this name to the peer.
    pub(crate) fn announce<K: Announced>(&mut self, name: &K::Name) -> Result<(), Error> {
        Ok(announce::<K>(self.tx, self.peer, name)?)
    }

    /// Puts a change into the outbox for the peer.
    pub(crate) fn push(&mut self, change: Envelope) -> Result<(), Error> {
        Ok(OutboxRow::Change(change).push(self.tx, self.peer)?)
    }

    /// A message to the peer.
    pub(crate) fn sign(&self, frames: &[Frame]) -> Message {
        Message::signed(self.here, self.peer, frames, self.env.identity)
    }
}
