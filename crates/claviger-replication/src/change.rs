//! The envelope in which every change stands, in the outbox and in a message.
//!
//! The outbox, the stream and the engine handle envelopes and do not know the kinds of things in them. The kinds are in the
//! registry.

use claviger_store::tables::{Table, encode, log};
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

/// A type that an outbox row can announce. What its messages say is the matter of [`Replicated`](crate::kind::Replicated).
pub(crate) trait Announced {
    /// See [`Kind`].
    const KIND: Kind;
    /// How an outbox row names one.
    type Name: Encode<()> + for<'b> Decode<'b, ()>;
}

/// What an envelope holds of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Part {
    /// In a message the state of a thing, in the outbox its name.
    #[n(0)]
    State,
    /// A [`SecretRequest`](crate::secret_transfer::SecretRequest).
    #[n(1)]
    Request,
    /// In a message a [`SecretResponse`](crate::secret_transfer::SecretResponse), in the outbox the request that it answers.
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

/// What a message says. `None` if the thing that its outbox row names is gone, or not the sender's to speak of: its sequence
/// number is used up all the same.
pub(crate) type Payload = Option<Envelope>;

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum OutboxRow {
    /// A change. Most only name a thing, whose state is read when the message is made.
    #[n(0)]
    Change(#[n(0)] Envelope),
    /// Everything that is shared with the peer, from here on.
    #[n(1)]
    Resync(#[n(0)] Cursor),
}

impl OutboxRow {
    /// Puts the row at the end of the outbox for `peer`.
    pub(crate) fn push(&self, tx: &mut Tx<'_>, peer: &Region) -> Result<(), StoreError> {
        log::push_outbox(tx, peer, &encode(self)?)
    }
}

/// How far a snapshot for a peer has been written into its outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Cursor {
    /// The kind that is being walked. `None` before the first.
    #[n(0)]
    pub(crate) kind: Option<Kind>,
    /// The last row that was looked at.
    #[n(1)]
    pub(crate) after: Option<ByteVec>,
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
