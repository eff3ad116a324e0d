//! The inbound stream of a peer: each message is applied once, in order, or dropped and counted.

use claviger_store::tables::log::{self, InboxRecord, UnappliedChanges};
use claviger_store::tables::run_table::SignedPoint;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::change::{Envelope, Part, Payload};
use crate::context::{Error, PeerContext, Verdict};
use crate::frame::{Bytes, Frame};
use crate::notice::Dropped;
use crate::waiting_changes::is_change;
use crate::{registry, secret_transfer};

/// The treatment of a message's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handling {
    Apply,
    /// The payload needs a row that cannot be read. Its sequence number is used up and nothing of it is applied, or the
    /// stream would never continue.
    PassOver,
}

/// A numbered message.
pub(crate) struct Data {
    pub(crate) session: u64,
    pub(crate) sequence: u64,
    pub(crate) sending: u64,
    pub(crate) payload: Bytes,
    pub(crate) point: Option<SignedPoint>,
    pub(crate) whole: bool,
}

/// Applies a message if it is the next one of its stream, and returns the acknowledgement.
pub(crate) fn receive(cx: &mut PeerContext<'_, '_>, data: &Data, handling: Handling) -> Result<Option<Frame>, Error> {
    let Data { session, sequence, sending, .. } = *data;
    let mut inbox = log::inbox(cx.tx, cx.peer)?;
    if session != inbox.session && !cx.broken.ignore_session() {
        if session < inbox.session {
            cx.diagnostics.counters.repeated += 1;
            return Ok(None);
        }
        inbox = InboxRecord { session, applied: 0, ..inbox };
    }
    let ack = |applied: u64, gap: bool| Some(Frame::Ack { session, applied, sending, gap });
    if sequence <= inbox.applied {
        cx.diagnostics.counters.repeated += 1;
        return Ok(ack(inbox.applied, false));
    }
    if sequence != inbox.applied.saturating_add(1) && !cx.broken.skip_gaps() {
        cx.diagnostics.counters.gaps += 1;
        return Ok(ack(inbox.applied, true));
    }
    cx.session = session;
    let is_lacking = match (handling, data.payload.read()) {
        (Handling::Apply, Some(payload)) => apply(cx, payload)?,
        (Handling::Apply, None) => {
            cx.diagnostics.dropped(cx.peer, Dropped::Garbage);
            true
        }
        (Handling::PassOver, payload) => pass_over(cx, payload)?,
    };
    // The payload may have changed the record: a region that is rebuilt asks for it.
    let changed = log::inbox(cx.tx, cx.peer)?;
    let seen = SignedPoint::later(changed.seen, data.point);
    let whole = data.point.map(|point| point.point).filter(|_| data.whole).max(changed.whole);
    let unapplied = match changed.unapplied {
        before if is_lacking => {
            let count = before.map_or(0, |before| before.count).saturating_add(1);
            Some(UnappliedChanges { count, at: cx.env.now, last: (session, sequence) })
        }
        before => before,
    };
    log::save_inbox(cx.tx, cx.peer, &InboxRecord { session, applied: sequence, seen, whole, unapplied, ..changed })?;
    Ok(ack(sequence, false))
}

/// Forgets what of a peer was not applied, if the peer has announced everything again since, in the changes of this session from the one behind
/// `begun` up to `last`, and they have been applied.
pub(crate) fn note_snapshot(
    tx: &mut Tx<'_>,
    peer: &Region,
    session: u64,
    (begun, last): (u64, u64),
) -> Result<(), StoreError> {
    let inbox = log::inbox(tx, peer)?;
    let is_applied = inbox.session == session && inbox.applied >= last;
    match inbox.unapplied {
        Some(unapplied) if is_applied && unapplied.last <= (session, begun) => {
            log::save_inbox(tx, peer, &InboxRecord { unapplied: None, ..inbox })
        }
        _ => Ok(()),
    }
}

/// Returns whether something of the peer is lacking here, because the payload was not applied.
fn apply(cx: &mut PeerContext<'_, '_>, payload: Payload) -> Result<bool, Error> {
    let Some(Envelope { kind, part, bytes }) = payload else { return Ok(false) };
    let is_change = is_change(kind, part, &bytes);
    let verdict = match (registry::entry(kind), part) {
        (None, _) => Verdict::Garbage,
        (Some(entry), Part::State) => (entry.apply)(cx, &bytes)?,
        (Some(entry), Part::Request) => secret_transfer::on_request(cx, entry, bytes)?,
        (Some(entry), Part::Response) => secret_transfer::on_response(cx, entry, &bytes)?,
    };
    match verdict {
        Verdict::Applied => {}
        Verdict::Stale => cx.diagnostics.counters.stale += 1,
        Verdict::Forbidden | Verdict::Unproven => cx.diagnostics.dropped(cx.peer, Dropped::Forbidden),
        Verdict::Garbage => cx.diagnostics.dropped(cx.peer, Dropped::Garbage),
    }
    Ok(is_change && matches!(verdict, Verdict::Forbidden | Verdict::Garbage))
}

/// Counts a payload that is not applied, and answers it if the peer waits for an answer. Returns whether something of the peer is lacking here.
fn pass_over(cx: &mut PeerContext<'_, '_>, payload: Option<Payload>) -> Result<bool, Error> {
    cx.diagnostics.dropped(cx.peer, Dropped::Unreadable);
    let Some(Envelope { kind, part, bytes }) = payload.flatten() else { return Ok(false) };
    match (registry::entry(kind), part) {
        (Some(entry), Part::State) => (entry.on_unreadable)(cx, &bytes),
        (Some(entry), Part::Response) => secret_transfer::on_unreadable_response(cx, entry, &bytes),
        (_, Part::Request) | (None, _) => Ok(()),
    }?;
    Ok(is_change(kind, part, &bytes))
}
