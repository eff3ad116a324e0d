//! The traits of a kind of replicated thing.

use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Region;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::change::{Announced, Envelope};
use crate::context::{Error, PeerContext, Verdict};

/// A kind of thing that travels. The type itself is what a message says of it.
pub(crate) trait Replicated: Announced + Encode<()> + for<'b> Decode<'b, ()> {
    /// The state of the named thing at this moment; `None` if there is nothing to say to the peer.
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: Self::Name) -> Result<Option<Self>, Error>;

    /// Applies what the peer says, as far as the peer has a say in it.
    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error>;

    /// One page of what a snapshot for the peer announces. Kinds that another kind's walk announces have none of their own.
    fn walk(_tx: &Tx<'_>, _walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::default())
    }

    /// Whether a snapshot says what the outbox row of this name says.
    fn coverage(_tx: &Tx<'_>, _name: &Self::Name) -> Result<Coverage, StoreError> {
        Ok(Coverage::Not)
    }

    /// Answers a state that could not be applied because a row cannot be read: a peer that waits must hear so. Reads nothing,
    /// so that it cannot fail in the same way.
    fn on_unreadable(self, _cx: &mut PeerContext<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// A kind with secret parts: key material or values, which travel only in answer to a request, sealed to the one who asked.
pub(crate) trait SealedParts: Replicated {
    /// Opens the parts that are not held at the other end. The peer's right to them is checked here.
    fn open(
        cx: &mut PeerContext<'_, '_>,
        name: &Self::Name,
        held: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Contents<Self>, Error>;

    /// Takes in the parts that this region asked for.
    fn receive(cx: &mut PeerContext<'_, '_>, name: Self::Name, contents: Contents<Self>) -> Result<Verdict, Error>;
}

/// Names and bytes of secrets, in the clear for the length of one step.
pub(crate) type SecretParts = Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>;

/// What answers a request for secret parts.
pub(crate) struct Contents<S> {
    /// The state that the parts belong to. `None` if the thing is gone, or if its parts need no state beside them.
    pub(crate) state: Option<S>,
    pub(crate) parts: SecretParts,
    /// Why the caller who asked for the replica may not have the parts.
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
    /// It does not; of several equal rows one is enough, since its message carries the state at the time of sending.
    Once,
    /// It does not, and every row counts.
    Not,
}

/// For whom a snapshot is, and how far it is.
pub(crate) struct Walk<'a> {
    pub(crate) here: &'a Region,
    pub(crate) peer: &'a Region,
    pub(crate) iam_home: &'a Region,
    /// The last row that was looked at.
    pub(crate) after: Option<&'a [u8]>,
    /// How many rows to look at.
    pub(crate) limit: usize,
}

/// Some rows of a table, and what they gave.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The last row that was looked at, if there may be more.
    pub(crate) last: Option<Key>,
    /// Whether a row could not be read; it is left out.
    pub(crate) damaged: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Page<T> {
        Page { items: Vec::new(), last: None, damaged: false }
    }
}

impl<T> Page<T> {
    /// The page that these rows give, of which `limit` were asked for.
    pub(crate) fn of<R>(rows: Vec<(Key, R)>, limit: usize, item: impl Fn(R) -> Option<T>) -> Page<T> {
        let last = limit.checked_sub(1).and_then(|at| rows.get(at)).map(|(row, _)| row.clone());
        Page { items: rows.into_iter().filter_map(|(_, record)| item(record)).collect(), last, damaged: false }
    }

    /// Reads a page of `limit` rows after `after`. A page with a damaged row is read one by one, so that only that row is
    /// left out.
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
