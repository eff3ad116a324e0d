//! The envelope of every change, in the outbox and in a message.
//!
//! The outbox, the stream and the engine handle envelopes and do not know the kinds of things in them. The kinds are in the
//! registry.

use claviger_store::tables::{Table, encode, fleet_table, log};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// The number of a kind of replicated thing. A number is never used for another kind, not even when its kind is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct Kind(#[n(0)] u8);

impl Kind {
    /// The kind of the records of a table, under the table's own number.
    pub(crate) const fn of_table(table: Table) -> Kind {
        Kind(table as u8)
    }

    /// A kind that no table holds: a report or a notice. They are numbered from 128, above all tables.
    pub(crate) const fn of_notice(number: u8) -> Kind {
        Kind(128 + number)
    }
}

/// A type that an outbox row can announce. [`Replicated`](crate::kind::Replicated) defines the content of its messages.
pub(crate) trait Announced {
    /// See [`Kind`].
    const KIND: Kind;
    /// The name that identifies one of these in an outbox row.
    type Name: Encode<()> + for<'b> Decode<'b, ()>;
}

/// The most by which a region may raise the counter of an epoch above the one that is known here. A higher one would leave no room for others.
pub(crate) const COUNTER_STEP_MAX: u64 = 1_000_000;

/// The meaning of an envelope's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Part {
    /// The state of a thing in a message, its name in the outbox.
    #[n(0)]
    State,
    /// A [`SecretRequest`](crate::secret_transfer::SecretRequest).
    #[n(1)]
    Request,
    /// A [`SecretResponse`](crate::secret_transfer::SecretResponse) in a message, the request that it answers in the outbox.
    #[n(2)]
    Response,
}

/// One change, encoded.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Envelope {
    #[n(0)]
    pub(crate) kind: Kind,
    #[n(1)]
    pub(crate) part: Part,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) bytes: Vec<u8>,
}

impl Envelope {
    /// The announcement of the `K` of this name, for an outbox row.
    pub(crate) fn naming<K: Announced>(name: &K::Name) -> Envelope {
        Envelope { kind: K::KIND, part: Part::State, bytes: cbor(name) }
    }
}

/// The content of a message. `None` if the thing that the outbox row names is gone, or if the sender may not announce it. The
/// sequence number is used up in either case.
pub(crate) type Payload = Option<Envelope>;

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum OutboxRow {
    /// A change. Most rows only name a thing, whose state is read when the message is made.
    #[n(0)]
    Change(#[n(0)] Envelope),
    /// A snapshot: everything that is shared with the peer, from this cursor on.
    #[n(1)]
    Resync(#[n(0)] Cursor),
    /// Copies for a region that is rebuilt, from this cursor on.
    #[n(2)]
    Copies {
        #[n(0)]
        cursor: Cursor,
        #[n(1)]
        of: Copied,
        /// The number of the request for them.
        #[n(2)]
        request: u64,
    },
}

impl OutboxRow {
    /// Whether this is the first page of a snapshot.
    pub(crate) fn begins_snapshot(&self) -> bool {
        match self {
            OutboxRow::Resync(cursor) | OutboxRow::Copies { cursor, of: Copied::Snapshot, .. } => {
                *cursor == Cursor::start()
            }
            OutboxRow::Change(_) | OutboxRow::Copies { .. } => false,
        }
    }

    /// Puts the row at the end of the outbox for `peer`. Does nothing for a region that was removed from the fleet: its rows would stay for
    /// ever.
    pub(crate) fn push(&self, tx: &mut Tx<'_>, peer: &Region) -> Result<(), StoreError> {
        if fleet_table::is_former_member(tx, peer)? {
            return Ok(());
        }
        log::push_outbox(tx, peer, &encode(self)?)
    }
}

/// Which copies a region sends to one that is rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Copied {
    /// Those of keys, secrets and session-token keys.
    #[n(0)]
    Shared,
    /// Those of IAM, for its home.
    #[n(1)]
    Iam,
    /// A snapshot, at the end of a rebuilding. It has what [`OutboxRow::Resync`] has, and an end.
    #[n(2)]
    Snapshot,
}

/// The position up to which a snapshot for a peer has been written into its outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Cursor {
    /// The kind that the walk has reached. `None` before the first.
    #[n(0)]
    pub(crate) kind: Option<Kind>,
    /// The last row that the walk has read.
    #[n(1)]
    pub(crate) after: Option<ByteVec>,
}

impl Cursor {
    /// Before the first kind.
    pub(crate) fn start() -> Cursor {
        Cursor { kind: None, after: None }
    }
}

/// Announces the `K` of this name to `peer`.
pub(crate) fn announce<K: Announced>(tx: &mut Tx<'_>, peer: &Region, name: &K::Name) -> Result<(), StoreError> {
    OutboxRow::Change(Envelope::naming::<K>(name)).push(tx, peer)
}

/// A value as bytes. Writing into memory does not fail.
pub(crate) fn cbor<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(value, &mut bytes) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}
