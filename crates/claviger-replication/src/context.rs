//! What the parts of a step work with.

use claviger_crypto::{Identity, Keyring, PublicIdentity};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Random, Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::change::{Announced, Envelope, OutboxRow, announce};
use crate::frame::{Frame, Message};
use crate::hooks::RegionHooks;
use crate::notice::Diagnostics;

/// What a step may use besides the transaction.
pub struct Env<'a> {
    /// The moment of the step.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub random: &'a dyn Random,
    /// The region's domain keys.
    pub keyring: &'a Keyring,
    /// What the region signs with.
    pub identity: &'a Identity,
}

/// Why a step could not be done. What a peer sends never brings one about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// Whether one row is at fault and not the store.
    pub(crate) fn is_unreadable(&self) -> bool {
        let Error::Store(error) = self;
        matches!(error, StoreError::Corrupt { .. } | StoreError::Encoding(_))
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Applied,
    /// It is older than what is held here.
    Stale,
    /// The peer has no say in it.
    Forbidden,
    /// It cannot be read.
    Garbage,
}

/// One step of one region with one of its peers. It is built once for each peer and step, and handed to everything that the
/// step does.
pub(crate) struct PeerContext<'a, 's> {
    pub(crate) tx: &'a mut Tx<'s>,
    pub(crate) hooks: &'a dyn RegionHooks,
    pub(crate) env: &'a Env<'a>,
    pub(crate) here: &'a Region,
    /// The region at the other end of this stream.
    pub(crate) peer: &'a Region,
    pub(crate) identity: &'a PublicIdentity,
    pub(crate) iam_home: &'a Region,
    /// The peer's session, while something of its stream is applied.
    pub(crate) session: u64,
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
    pub(crate) fn sign(&self, frame: &Frame) -> Message {
        Message::signed(self.here, self.peer, frame, self.env.identity)
    }
}
