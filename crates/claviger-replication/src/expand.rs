//! The pages of a snapshot, and of the copies for a region that is rebuilt, as rows of the outbox.

use claviger_store::Error as StoreError;
use minicbor::bytes::ByteVec;

use crate::change::{Copied, Cursor, Envelope, OutboxRow};
use crate::context::{Error, PeerContext};
use crate::entry::{KindEntry, WalkPage};
use crate::kind::{Page, Walk};
use crate::notice::Dropped;
use crate::rebuild::RebuildEnd;
use crate::registry;

/// The number of records that one step reads.
const PAGE: usize = 128;

/// One page of a snapshot: its changes, and the cursor of the next page if there is one.
pub(crate) fn expand(cx: &mut PeerContext<'_, '_>, cursor: Cursor) -> Result<(), Error> {
    match expand_by(cx, cursor, |entry| entry.walk)? {
        Some(cursor) => Ok(OutboxRow::Resync(cursor).push(cx.tx, cx.peer)?),
        None => Ok(()),
    }
}

/// One page of the copies for a region that is rebuilt.
pub(crate) fn expand_copies(
    cx: &mut PeerContext<'_, '_>,
    cursor: Cursor,
    of: Copied,
    request: u64,
) -> Result<(), Error> {
    let next = expand_by(cx, cursor, |entry| match of {
        Copied::Shared => entry.copies,
        Copied::Iam => entry.iam_copies,
        Copied::Snapshot => entry.walk,
    })?;
    if let Some(cursor) = next {
        return Ok(OutboxRow::Copies { cursor, of, request }.push(cx.tx, cx.peer)?);
    }
    cx.announce::<RebuildEnd>(&RebuildEnd { of, answered: false, request })
}

/// Puts the changes of one page into the outbox. Returns the cursor of the next page.
pub(crate) fn expand_by(
    cx: &mut PeerContext<'_, '_>,
    cursor: Cursor,
    walk_of: impl Fn(&KindEntry) -> WalkPage,
) -> Result<Option<Cursor>, Error> {
    let Cursor { kind, after } = cursor;
    let mut entry = match kind {
        Some(kind) => registry::entry(kind),
        None => registry::next(None),
    };
    let mut after: Option<Vec<u8>> = after.map(Vec::from);
    // A kind without anything to announce takes no step of its own.
    while let Some(found) = entry {
        let next = registry::next(Some(found.kind));
        let page = page(cx, walk_of(found), after.take().as_deref())?;
        if page.damaged {
            cx.diagnostics.dropped(cx.peer, Dropped::Unsendable);
        }
        if page.items.is_empty() && page.last.is_none() {
            entry = next;
            continue;
        }
        page.items.into_iter().try_for_each(|change| cx.push(change))?;
        return Ok(match (page.last, next) {
            (Some(row), _) => Some(Cursor { kind: Some(found.kind), after: Some(ByteVec::from(row)) }),
            (None, Some(next)) => Some(Cursor { kind: Some(next.kind), after: None }),
            (None, None) => None,
        });
    }
    Ok(None)
}

fn page(cx: &PeerContext<'_, '_>, walk: WalkPage, after: Option<&[u8]>) -> Result<Page<Envelope>, StoreError> {
    Page::around_damage(after, PAGE, |limit| {
        walk(cx.tx, &Walk { here: cx.here, peer: cx.peer, iam_home: cx.iam_home, after, limit })
    })
}
