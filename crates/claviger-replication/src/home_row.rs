//! Rows that the partition's home region writes and all other regions copy: IAM.
//!
//! The home sends a row as it is when the message is made, in the order of its outbox. So the copies need no epoch: a later
//! message of the stream is newer. This implementation serves every record that is [`Named`]. A new record needs one line in
//! the registry and no code here.
//!
//! A snapshot announces the rows that exist. To find rows that the home has deleted, the home requests from the peer a list
//! of the rows that it holds, page by page. The home announces every row of that list that it does not have, and the peer
//! deletes the row. Without the list a deleted row would survive at a peer when the peer's store, or the home's store, was
//! restored from a backup.

use claviger_store::tables::{Named, RowName, delete, find, fleet_table, list, save};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::change::{self, Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Coverage, Page, Replicated, Walk};
use crate::rebuild_state;

/// The most rows that one message lists.
const HELD_MAX: usize = 128;

/// Announces to `peers` a row that was written or deleted, in the same transaction. A renamed record is announced under both
/// names. Only announcements of the home have an effect.
pub fn announce<R: Named>(tx: &mut Tx<'_>, peers: &[Region], name: &RowName) -> Result<(), StoreError> {
    let name = HomeRowName::Row(name.clone());
    peers.iter().try_for_each(|peer| change::announce::<HomeRow<R>>(tx, peer, &name))
}

/// The messages between regions about the rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum HomeRow<R> {
    /// The home's record under this name, or its absence.
    #[n(0)]
    Row {
        #[n(0)]
        name: RowName,
        #[n(1)]
        record: Option<R>,
    },
    /// The home's request for a list of the rows that the peer holds after this one.
    #[n(1)]
    List {
        #[n(0)]
        after: Option<ByteVec>,
    },
    /// A copy's answer to [`HomeRow::List`].
    #[n(2)]
    Held {
        #[n(0)]
        names: Vec<RowName>,
        /// The last row of the page, if there may be more.
        #[n(1)]
        last: Option<ByteVec>,
    },
    /// A copy for the home, which has lost its store.
    #[n(3)]
    Copy {
        #[n(0)]
        record: R,
    },
}

/// The names of [`HomeRow`]'s messages in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum HomeRowName {
    /// [`HomeRow::Row`]
    #[n(0)]
    Row(#[n(0)] RowName),
    /// [`HomeRow::List`]
    #[n(1)]
    List(#[n(0)] Option<ByteVec>),
    /// [`HomeRow::Held`], with the rows after this one.
    #[n(2)]
    Held(#[n(0)] Option<ByteVec>),
    /// [`HomeRow::Copy`]
    #[n(3)]
    Copy(#[n(0)] RowName),
}

impl<R: Named> Announced for HomeRow<R> {
    const KIND: Kind = Kind::of_table(R::TABLE);
    type Name = HomeRowName;
}

impl<R: Named> Replicated for HomeRow<R> {
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: HomeRowName) -> Result<Option<HomeRow<R>>, Error> {
        let (from_home, to_home) = (cx.here == cx.iam_home, cx.peer == cx.iam_home);
        // A home that is rebuilt does not have its rows yet. What it says of them now would delete them everywhere.
        let from_home = from_home && !rebuild_state::is_under_way(cx)?;
        Ok(match name {
            HomeRowName::Row(name) if from_home => {
                let record = find(cx.tx, &name)?;
                Some(HomeRow::Row { name, record })
            }
            HomeRowName::List(after) if from_home => Some(HomeRow::List { after }),
            HomeRowName::Held(after) if to_home => {
                let page = held::<R>(cx.tx, after.as_ref().map(|after| after.as_slice()))?;
                Some(HomeRow::Held { names: page.items, last: page.last.map(ByteVec::from) })
            }
            HomeRowName::Copy(name) if to_home => find(cx.tx, &name)?.map(|record| HomeRow::Copy { record }),
            _ => None,
        })
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let (from_home, to_home) = (cx.peer == cx.iam_home, cx.here == cx.iam_home);
        if matches!(self, HomeRow::Held { .. }) && rebuild_state::is_under_way(cx)? {
            return Ok(Verdict::Stale);
        }
        match self {
            HomeRow::Row { name, record: Some(record) } if from_home && record.row_name() == name => {
                save(cx.tx, &record)?;
            }
            HomeRow::Row { name, record: None } if from_home => {
                if let Some(record) = find::<R>(cx.tx, &name)? {
                    delete(cx.tx, &record)?;
                }
            }
            HomeRow::List { after } if from_home => cx.announce::<HomeRow<R>>(&HomeRowName::Held(after))?,
            HomeRow::Held { names, .. } if to_home && names.len() > HELD_MAX => return Ok(Verdict::Garbage),
            HomeRow::Held { names, last } if to_home => {
                for name in names {
                    // If the home's row is damaged, its copies must not be deleted.
                    if !exists::<R>(cx.tx, &name, true)? {
                        cx.announce::<HomeRow<R>>(&HomeRowName::Row(name))?;
                    }
                }
                if last.is_some() {
                    cx.announce::<HomeRow<R>>(&HomeRowName::List(last))?;
                }
            }
            HomeRow::Copy { record } if to_home => return take_copy(cx, record),
            _ => return Ok(Verdict::Forbidden),
        }
        Ok(Verdict::Applied)
    }

    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        if walk.here != walk.iam_home {
            return Ok(Page::default());
        }
        let announced = |name| Some(Envelope::naming::<HomeRow<R>>(&name));
        let rows = list::<R>(tx, &[R::TABLE as u8], walk.after, walk.limit)?;
        let mut page = Page::of(rows, walk.limit, |record| announced(HomeRowName::Row(record.row_name())));
        if page.last.is_none() {
            page.items.extend(announced(HomeRowName::List(None)));
        }
        Ok(page)
    }

    fn iam_copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        if walk.peer != walk.iam_home {
            return Ok(Page::default());
        }
        let rows = list::<R>(tx, &[R::TABLE as u8], walk.after, walk.limit)?;
        let copy = |record: R| Envelope::naming::<HomeRow<R>>(&HomeRowName::Copy(record.row_name()));
        Ok(Page::of(rows, walk.limit, |record| Some(copy(record))))
    }

    /// A snapshot lists deleted rows only at its end. So the row of a deletion that waits in the outbox stays there.
    fn coverage(tx: &Tx<'_>, name: &HomeRowName) -> Result<Coverage, StoreError> {
        Ok(match name {
            HomeRowName::Row(name) if !exists::<R>(tx, name, false)? => Coverage::Once,
            HomeRowName::Row(_) | HomeRowName::List(_) => Coverage::Announced,
            HomeRowName::Held(_) | HomeRowName::Copy(_) => Coverage::Once,
        })
    }
}

/// Takes a row back that the home had written before it lost its store. Only the region that it has asked may send such rows.
fn take_copy<R: Named>(cx: &mut PeerContext<'_, '_>, record: R) -> Result<Verdict, Error> {
    let Some((mut rebuild, at)) = rebuild_state::from_source(cx)? else { return Ok(Verdict::Forbidden) };
    if !rebuild.sources.get(at).is_some_and(|source| source.sends_iam) {
        return Ok(Verdict::Forbidden);
    }
    if find::<R>(cx.tx, &record.row_name())?.is_some() {
        return Ok(Verdict::Stale);
    }
    save(cx.tx, &record)?;
    rebuild.found.iam += 1;
    fleet_table::save_rebuild(cx.tx, &rebuild)?;
    Ok(Verdict::Applied)
}

/// The names of the rows of this region, without damaged ones, whose names cannot be read.
fn held<R: Named>(tx: &Tx<'_>, after: Option<&[u8]>) -> Result<Page<RowName>, StoreError> {
    Page::around_damage(after, HELD_MAX, |limit| {
        let rows = list::<R>(tx, &[R::TABLE as u8], after, limit)?;
        Ok(Page::of(rows, limit, |record| Some(record.row_name())))
    })
}

/// Whether an encoded [`HomeRow`] is the home's record, or its absence, and no list of what a region holds and no copy.
pub(crate) fn is_row(bytes: &[u8]) -> bool {
    let mut decoder = minicbor::Decoder::new(bytes);
    let variant = decoder.array().and_then(|_| decoder.u32());
    // One that cannot be read may be a record.
    variant.map_or(true, |variant| variant == 0)
}

/// Whether there is a row of that name. `damaged` is the answer for one that cannot be read.
fn exists<R: Named>(tx: &Tx<'_>, name: &RowName, damaged: bool) -> Result<bool, StoreError> {
    match find::<R>(tx, name) {
        Ok(found) => Ok(found.is_some()),
        Err(StoreError::Corrupt { .. }) => Ok(damaged),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "home_group_tests.rs"]
mod group_tests;
#[cfg(test)]
#[path = "home_row_tests.rs"]
mod tests;
