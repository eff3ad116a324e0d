//! A snapshot for a peer: everything that is shared with it, put into its outbox page by page.
//!
//! It is begun by itself whenever a peer answers the greeting with having applied nothing of ours ever, or when either side's
//! store turns out to be older than what the other remembers. The snapshot is only a walk that announces: what the peer holds
//! already it finds to be no news. How far the walk is lies in the outbox too, so that a crash does not end it.

use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::bytes::ByteVec;

use crate::change::{Cursor, OutboxRow};
use crate::context::{Error, PeerContext};
use crate::kind::{Page, Walk};
use crate::notice::Dropped;
use crate::registry;

/// How many records are looked at in one step.
const PAGE: usize = 128;

/// Announces to `peer` everything that is shared with it.
pub fn resync(tx: &mut Tx<'_>, peer: &Region) -> Result<(), StoreError> {
    OutboxRow::Resync(Cursor { kind: None, after: None }).push(tx, peer)
}

/// One page of the walk: its changes, and the cursor of the next page if there is one.
pub(crate) fn expand(cx: &mut PeerContext<'_, '_>, cursor: Cursor) -> Result<(), Error> {
    let Cursor { kind, after } = cursor;
    let entry = match kind {
        Some(kind) => registry::entry(kind),
        None => registry::next(None),
    };
    let Some(entry) = entry else { return Ok(()) };
    let after = after.as_ref().map(|after| after.as_slice());
    let walk = Walk { here: cx.here, peer: cx.peer, iam_home: cx.iam_home, after, limit: PAGE };
    let page = Page::around_damage(after, PAGE, |limit| (entry.walk)(cx.tx, &Walk { limit, ..walk }))?;
    if page.damaged {
        cx.report.dropped(cx.peer, Dropped::Unsendable);
    }
    page.items.into_iter().try_for_each(|change| cx.push(change))?;
    let next = match page.last {
        Some(row) => Some(Cursor { kind: Some(entry.kind), after: Some(ByteVec::from(row)) }),
        None => registry::next(Some(entry.kind)).map(|next| Cursor { kind: Some(next.kind), after: None }),
    };
    if let Some(next) = next {
        OutboxRow::Resync(next).push(cx.tx, cx.peer)?;
    }
    Ok(())
}
