//! The engine's view of a kind: names and states are bytes.

use claviger_store::{Error as StoreError, Tx};
use minicbor::Decode;

use crate::change::{Envelope, Kind, cbor};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Contents, Coverage, Page, Replicated, SealedParts, Walk};

/// A name or a state in its kind's encoding.
type Encoded = Vec<u8>;

/// See [`Replicated::outgoing`].
type Outgoing = fn(&mut PeerContext<'_, '_>, name: &[u8]) -> Result<Option<Encoded>, Error>;
/// See [`SealedParts::open`].
type Open = fn(&mut PeerContext<'_, '_>, name: &[u8], held: &dyn Fn(&[u8]) -> bool) -> Result<Contents<Encoded>, Error>;
/// See [`SealedParts::receive`].
type Receive = fn(&mut PeerContext<'_, '_>, name: &[u8], Contents<Encoded>) -> Result<Verdict, Error>;

/// One page of the announcements of a kind.
pub(crate) type WalkPage = fn(&Tx<'_>, &Walk<'_>) -> Result<Page<Envelope>, StoreError>;

/// One kind of the registry.
pub(crate) struct KindEntry {
    pub(crate) kind: Kind,
    pub(crate) outgoing: Outgoing,
    /// See [`Replicated::apply`].
    pub(crate) apply: fn(&mut PeerContext<'_, '_>, state: &[u8]) -> Result<Verdict, Error>,
    /// See [`Replicated::walk`].
    pub(crate) walk: WalkPage,
    /// See [`Replicated::copies`].
    pub(crate) copies: WalkPage,
    /// See [`Replicated::iam_copies`].
    pub(crate) iam_copies: WalkPage,
    /// See [`Replicated::coverage`].
    pub(crate) coverage: fn(&Tx<'_>, name: &[u8]) -> Result<Coverage, StoreError>,
    /// See [`Replicated::on_unreadable`].
    pub(crate) on_unreadable: fn(&mut PeerContext<'_, '_>, state: &[u8]) -> Result<(), Error>,
    /// The kind's secret parts, if it has any.
    pub(crate) sealed_parts: Option<SealedPartsEntry>,
}

/// The secret parts of a kind.
pub(crate) struct SealedPartsEntry {
    pub(crate) open: Open,
    pub(crate) receive: Receive,
}

impl KindEntry {
    /// A kind without secret parts.
    pub(crate) const fn of<K: Replicated>() -> KindEntry {
        KindEntry {
            kind: K::KIND,
            outgoing: outgoing::<K>,
            apply: apply::<K>,
            walk: K::walk,
            copies: K::copies,
            iam_copies: K::iam_copies,
            coverage: coverage::<K>,
            on_unreadable: on_unreadable::<K>,
            sealed_parts: None,
        }
    }

    /// A kind with secret parts.
    pub(crate) const fn with_sealed_parts<K: SealedParts>() -> KindEntry {
        let parts = SealedPartsEntry { open: open::<K>, receive: receive::<K> };
        KindEntry { sealed_parts: Some(parts), ..KindEntry::of::<K>() }
    }
}

/// Decodes the name in an outbox row. A name that does not decode means that the row is damaged.
fn name<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|error| StoreError::Encoding(error.to_string()))
}

fn outgoing<K: Replicated>(cx: &mut PeerContext<'_, '_>, bytes: &[u8]) -> Result<Option<Encoded>, Error> {
    Ok(K::outgoing(cx, name(bytes)?)?.map(|state| cbor(&state)))
}

fn apply<K: Replicated>(cx: &mut PeerContext<'_, '_>, state: &[u8]) -> Result<Verdict, Error> {
    minicbor::decode::<K>(state).map_or(Ok(Verdict::Garbage), |state| state.apply(cx))
}

fn coverage<K: Replicated>(tx: &Tx<'_>, bytes: &[u8]) -> Result<Coverage, StoreError> {
    name(bytes).map_or(Ok(Coverage::Not), |name| K::coverage(tx, &name))
}

fn on_unreadable<K: Replicated>(cx: &mut PeerContext<'_, '_>, state: &[u8]) -> Result<(), Error> {
    minicbor::decode::<K>(state).map_or(Ok(()), |state| state.on_unreadable(cx))
}

fn open<K: SealedParts>(
    cx: &mut PeerContext<'_, '_>,
    bytes: &[u8],
    held: &dyn Fn(&[u8]) -> bool,
) -> Result<Contents<Encoded>, Error> {
    let Contents { state, parts, refused } = K::open(cx, &name(bytes)?, held)?;
    Ok(Contents { state: state.map(|state| cbor(&state)), parts, refused })
}

fn receive<K: SealedParts>(
    cx: &mut PeerContext<'_, '_>,
    name: &[u8],
    contents: Contents<Encoded>,
) -> Result<Verdict, Error> {
    let Contents { state, parts, refused } = contents;
    match (minicbor::decode(name), state.as_deref().map(minicbor::decode::<K>).transpose()) {
        (Ok(name), Ok(state)) => K::receive(cx, name, Contents { state, parts, refused }),
        _ => Ok(Verdict::Garbage),
    }
}
