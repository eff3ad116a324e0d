//! From the rows of the outbox to numbered messages.

use claviger_store::tables::log;
use claviger_store::{Error as StoreError, Key, Value};
use claviger_types::Timestamp;

use crate::change::{Envelope, OutboxRow, Part, Payload};
use crate::compact::compact;
use crate::context::{Error, PeerContext};
use crate::entry::KindEntry;
use crate::frame::{Bytes, PAYLOAD_BYTES_MAX};
use crate::notice::{Dropped, Notice};
use crate::outbound::{OutboundStream, elapsed};
use crate::secret_transfer::{self, SecretRequest};
use crate::{expand, registry, resync};

/// The time between two counts of the rows that wait for a silent peer.
const COMPACT_EVERY_MS: i64 = 10_000;

/// Bounds the outbox of an unreachable region. From `rows_max` rows on, a snapshot replaces the rows that it covers.
/// `counted_at` is when the rows were last counted.
pub(crate) fn keep_short(
    cx: &mut PeerContext<'_, '_>,
    stream: &OutboundStream,
    counted_at: &mut Option<Timestamp>,
    rows_max: usize,
) -> Result<(), Error> {
    let now = cx.env.now;
    if !stream.is_silent() || counted_at.is_some_and(|at| elapsed(at, now) < COMPACT_EVERY_MS) {
        return Ok(());
    }
    *counted_at = Some(now);
    match compact(cx.tx, cx.peer, stream.cursor.as_deref(), rows_max) {
        Ok(true) => cx.diagnostics.notice(Notice::Compacted { peer: cx.peer.clone() }),
        // [`waiting`] handles a damaged row when the stream reaches it.
        Ok(false) | Err(StoreError::Corrupt { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Moves waiting rows of the outbox into the stream's window. Returns whether none is left.
pub(crate) fn fill(cx: &mut PeerContext<'_, '_>, stream: &mut OutboundStream) -> Result<bool, Error> {
    let room = stream.room();
    if room == 0 {
        return Ok(false);
    }
    let mut rows = waiting(cx, stream.cursor.as_deref(), room)?.into_iter().peekable();
    while stream.room() > 0
        && let Some((key, bytes)) = rows.next()
    {
        let change = match minicbor::decode(&bytes) {
            Ok(walk @ (OutboxRow::Resync(_) | OutboxRow::Copies { .. })) => {
                // The row of the walk's next page replaces this one, at the end of the outbox. The announced rows follow in a
                // later step.
                if walk.begins_snapshot() {
                    stream.begin_snapshot();
                }
                match walk {
                    OutboxRow::Resync(cursor) => expand::expand(cx, cursor)?,
                    OutboxRow::Copies { cursor, of, request } => expand::expand_copies(cx, cursor, of, request)?,
                    OutboxRow::Change(_) => {}
                }
                log::drop_outbox(cx.tx, vec![key.clone()])?;
                stream.cursor = Some(key);
                return Ok(false);
            }
            Ok(OutboxRow::Change(change)) => Some(change),
            Err(_) => None,
        };
        // Equal changes that follow each other become one message, which carries the present state.
        let mut keys: Vec<Key> = vec![key];
        while let Some((key, _)) = rows.next_if(|(_, next)| *next == bytes) {
            keys.push(key);
        }
        let payload = payload(cx, change)?;
        stream.cursor = keys.last().cloned();
        stream.enqueue(keys, payload);
    }
    Ok(stream.room() > 0 && rows.next().is_none())
}

/// The oldest rows of the outbox. A row that does not open cannot be sent. It is dropped, and a snapshot announces the thing
/// that it named.
fn waiting(cx: &mut PeerContext<'_, '_>, after: Option<&[u8]>, room: usize) -> Result<Vec<(Key, Value)>, Error> {
    let mut damaged = None;
    loop {
        match log::outbox(cx.tx, cx.peer, after, room) {
            Err(StoreError::Corrupt { key }) if damaged.as_ref() != Some(&key) => {
                if damaged.is_none() {
                    resync::resync(cx.tx, cx.peer)?;
                }
                log::drop_outbox(cx.tx, vec![key.clone()])?;
                cx.diagnostics.dropped(cx.peer, Dropped::Unsendable);
                damaged = Some(key);
            }
            rows => return Ok(rows?),
        }
    }
}

/// The payload for an outbox row. It is empty if the row, or the thing that it names, cannot be read or is too large.
fn payload(cx: &mut PeerContext<'_, '_>, change: Option<Envelope>) -> Result<Bytes, Error> {
    let entry = change.as_ref().and_then(|change| registry::entry(change.kind));
    let mut instead = None;
    let made = match change.zip(entry) {
        Some((change, entry)) => say(cx, entry, change, &mut instead),
        None => Ok(None),
    };
    let made = match made {
        Err(error) if error.is_unreadable() => None,
        made => made?.map(|payload| Bytes::of(&payload)),
    };
    Ok(made.filter(|made| made.0.len() <= PAYLOAD_BYTES_MAX).unwrap_or_else(|| {
        cx.diagnostics.dropped(cx.peer, Dropped::Unsendable);
        cx.diagnostics.unsent(cx.peer);
        Bytes::of(&instead)
    }))
}

/// The present content of a change; `None` if it cannot be read. `instead` is the payload to send if the content cannot be
/// made.
fn say(
    cx: &mut PeerContext<'_, '_>,
    entry: &KindEntry,
    change: Envelope,
    instead: &mut Payload,
) -> Result<Option<Payload>, Error> {
    match change.part {
        Part::State => {
            let state = (entry.outgoing)(cx, &change.bytes)?;
            Ok(Some(state.map(|bytes| Envelope { bytes, ..change })))
        }
        Part::Request => Ok(Some(Some(change))),
        Part::Response => {
            let Ok(request) = minicbor::decode::<SecretRequest>(&change.bytes) else { return Ok(None) };
            // The requesting peer must receive an empty response, or its request would stay open for ever.
            *instead = secret_transfer::nothing(entry.kind, &request);
            secret_transfer::answer(cx, entry, request).map(|answer| Some(Some(answer)))
        }
    }
}
