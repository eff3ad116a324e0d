//! The traits that a kind of replicated thing implements.

use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Region;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::change::{Announced, Envelope};
use crate::context::{Error, PeerContext, Verdict};

/// A kind of replicated thing. The type itself is the content of its messages.
pub(crate) trait Replicated: Announced + Encode<()> + for<'b> Decode<'b, ()> {
    /// The state of the named thing at this moment; `None` if there is nothing to send to the peer.
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: Self::Name) -> Result<Option<Self>, Error>;

    /// Applies a state from the peer, as far as the peer may change the thing.
    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error>;

    /// One page of the announcements of a snapshot for the peer. Kinds that another kind's walk announces have no walk of
    /// their own.
    fn walk(_tx: &Tx<'_>, _walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::default())
    }

    /// One page of the announcements of copies for the peer, whose region is rebuilt.
    fn copies(_tx: &Tx<'_>, _walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::default())
    }

    /// As [`Replicated::copies`], of IAM.
    fn iam_copies(_tx: &Tx<'_>, _walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::default())
    }

    /// Whether a snapshot makes the outbox row of this name superfluous.
    fn coverage(_tx: &Tx<'_>, _name: &Self::Name) -> Result<Coverage, StoreError> {
        Ok(Coverage::Not)
    }

    /// Answers a state that could not be applied because a row cannot be read, if the peer waits for an answer. Reads no row,
    /// so that it cannot fail for the same reason.
    fn on_unreadable(self, _cx: &mut PeerContext<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// A kind with secret parts: key material or values, which are sent only in answer to a request, sealed to the requesting
/// region.
pub(crate) trait SealedParts: Replicated {
    /// Opens the parts that the peer does not hold. The peer's right to them is checked here.
    fn open(
        cx: &mut PeerContext<'_, '_>,
        name: &Self::Name,
        held: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Contents<Self>, Error>;

    /// Applies the parts that this region requested.
    fn receive(cx: &mut PeerContext<'_, '_>, name: Self::Name, contents: Contents<Self>) -> Result<Verdict, Error>;
}

/// Names and bytes of secrets, in the clear for the duration of one step.
pub(crate) type SecretParts = Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>;

/// The answer to a request for secret parts.
pub(crate) struct Contents<S> {
    /// The state that the parts belong to. `None` if the thing is gone, or if its parts are complete without a state.
    pub(crate) state: Option<S>,
    pub(crate) parts: SecretParts,
    /// The refusal, if the caller who requested the replica may not have the parts.
    pub(crate) refused: Option<String>,
}

impl<S> Contents<S> {
    /// Parts without a state.
    pub(crate) fn of(parts: SecretParts) -> Contents<S> {
        Contents { state: None, parts, refused: None }
    }
}

/// Whether a snapshot makes an outbox row superfluous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// A snapshot announces the same thing.
    Announced,
    /// A snapshot does not announce it. Of several equal rows one is enough, since its message carries the state at the time
    /// of sending.
    Once,
    /// A snapshot does not announce it, and every row must be sent.
    Not,
}

/// The receiver of a snapshot, and the position that the snapshot has reached.
pub(crate) struct Walk<'a> {
    pub(crate) here: &'a Region,
    pub(crate) peer: &'a Region,
    pub(crate) iam_home: &'a Region,
    /// The last row that was read.
    pub(crate) after: Option<&'a [u8]>,
    /// The number of rows to read.
    pub(crate) limit: usize,
}

/// Some rows of a table, each mapped to an item.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The last row that was read, if there may be more.
    pub(crate) last: Option<Key>,
    /// Whether a row could not be read. It is left out.
    pub(crate) damaged: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Page<T> {
        Page { items: Vec::new(), last: None, damaged: false }
    }
}

impl<T> Page<T> {
    /// The page of these rows, which were read with `limit`.
    pub(crate) fn of<R>(rows: Vec<(Key, R)>, limit: usize, item: impl Fn(R) -> Option<T>) -> Page<T> {
        let last = limit.checked_sub(1).and_then(|at| rows.get(at)).map(|(row, _)| row.clone());
        Page { items: rows.into_iter().filter_map(|(_, record)| item(record)).collect(), last, damaged: false }
    }

    /// Reads a page of `limit` rows after `after`. If one of them is damaged, the rows are read one by one, so that only the
    /// damaged one is left out.
    pub(crate) fn around_damage(
        after: Option<&[u8]>,
        limit: usize,
        read: impl Fn(usize) -> Result<Page<T>, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        match read(limit) {
            Err(StoreError::Corrupt { .. }) => match read(1) {
                Err(StoreError::Corrupt { key }) => {
                    let last = Some(key).filter(|key| after.is_none_or(|after| after < &**key));
                    Ok(Page { items: Vec::new(), last, damaged: true })
                }
                page => page,
            },
            page => page,
        }
    }
}
