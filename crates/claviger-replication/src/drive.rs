//! The loop around a step: copy the engine, step, commit. The copy replaces the engine, and its messages are sent, only after
//! the commit.

use claviger_store::{Barrier, Batch, Error as StoreError, RowCache, Store, Tx, commit_blocking};

use crate::context::{Env, Error};
use crate::engine::{Engine, Event};
use crate::frame::Message;
use crate::hooks::RegionHooks;

/// The most attempts of a step whose writes conflict. The conflicts are with requests, and each of those that commits is
/// progress. An engine that never commits is a fault that the operator must see.
const CONFLICTS_MAX: usize = 32;

/// The most steps of one call. Each page of a snapshot is a step, so a snapshot of many keys needs many calls. Between two
/// calls the caller can send, receive and stop.
const STEPS_MAX: usize = 64;

/// The result of [`drive`].
#[derive(Debug, Default)]
pub struct Driven {
    /// Messages to send.
    pub messages: Vec<Message>,
    /// Whether outbox rows remain to be read. If so, call [`drive`] again with [`Event::Committed`].
    pub more: bool,
}

/// The parts of a region that the loop uses.
pub struct LocalRegion<'a> {
    /// The region's rows.
    pub store: &'a dyn Store,
    /// The barrier that seals the rows.
    pub barrier: &'a Barrier,
    /// The decoded rows that the region's requests share. Rows that a step has written are dropped from it, so that material and
    /// credentials that another region has deleted do not stay in memory here.
    pub rows: Option<&'a RowCache>,
    /// The region's authorization and keys.
    pub hooks: &'a dyn RegionHooks,
    /// The inputs of each step: time, randomness, keyring and identity.
    pub env: Env<'a>,
}

/// Handles one event: steps, commits the writes and goes on until the outbox has been read, for at most 64 steps. Blocks
/// while the store commits.
///
/// # Errors
///
/// [`Error`] if the store fails, or if every attempt conflicts. The engine is then in the state after the last step that
/// committed. The caller may pass the event again or drop it: the peer repeats a message that is not acknowledged.
pub fn drive(engine: &mut Engine, event: &Event, local: &LocalRegion<'_>) -> Result<Driven, Error> {
    let LocalRegion { store, barrier, rows, hooks, env } = local;
    let mut messages = Vec::new();
    let mut ports = Ports {
        begin: &|| Tx::begin(*store, barrier, env.random),
        commit: &mut |batch| {
            let written: Vec<_> = batch.writes.iter().map(|write| write.key().to_vec()).collect();
            commit_blocking(*store, batch)?;
            if let Some(rows) = rows {
                rows.forget(written.iter().map(Vec::as_slice));
            }
            Ok(())
        },
        send: &mut |message| messages.push(message),
        hooks: *hooks,
        env,
    };
    let more = drive_with(engine, event, &mut ports)?;
    Ok(Driven { messages, more })
}

/// The functions by which the caller begins a transaction, commits it and sends messages.
pub(crate) struct Ports<'p, 's> {
    pub(crate) begin: &'p dyn Fn() -> Result<Tx<'s>, StoreError>,
    pub(crate) commit: &'p mut dyn FnMut(Batch) -> Result<(), StoreError>,
    pub(crate) send: &'p mut dyn FnMut(Message),
    pub(crate) hooks: &'p dyn RegionHooks,
    pub(crate) env: &'p Env<'p>,
}

/// [`drive`] through `ports`. Returns whether there is more to do.
///
/// # Errors
///
/// See [`drive`]. Messages that were passed to [`Ports::send`] before the error must still be sent: they describe committed
/// state.
pub(crate) fn drive_with(engine: &mut Engine, event: &Event, ports: &mut Ports<'_, '_>) -> Result<bool, Error> {
    let mut event = event;
    for _ in 0..STEPS_MAX {
        let wrote = match (commit_with_retry(engine, event, ports), received(event)) {
            // The frame that meets a row that cannot be read is passed over, and the others are applied.
            (Err(error), Some(messages)) if error.is_unreadable() => {
                one_by_one(engine, messages, ports)?;
                true
            }
            (done, _) => done?,
        };
        // A `Welcome` opens the window, so messages may be due although the step wrote nothing.
        if !wrote && received(event).is_none() {
            return Ok(false);
        }
        event = &Event::Committed;
    }
    Ok(true)
}

/// The messages of an event.
fn received(event: &Event) -> Option<&[Message]> {
    match event {
        Event::Received(message) => Some(std::slice::from_ref(message)),
        Event::ReceivedTogether(messages) => Some(messages),
        Event::Tick | Event::Committed | Event::ReceivedFrame(..) => None,
    }
}

/// Handles each frame of messages in a step of its own.
fn one_by_one(engine: &mut Engine, messages: &[Message], ports: &mut Ports<'_, '_>) -> Result<(), Error> {
    let fleet_changed = engine.fleet_has_changed();
    for message in messages {
        for index in 0..engine.count_frames(message) {
            // As within one step: what follows a change of the fleet is repeated by its sender.
            if engine.fleet_has_changed() != fleet_changed {
                return Ok(());
            }
            commit_with_retry(engine, &Event::ReceivedFrame(message.clone(), index), ports)?;
        }
    }
    Ok(())
}

/// Runs one step until its writes are committed. Returns whether there were any.
fn commit_with_retry(engine: &mut Engine, event: &Event, ports: &mut Ports<'_, '_>) -> Result<bool, Error> {
    let Ports { hooks, env, .. } = *ports;
    let mut conflicts = 0;
    loop {
        let mut next = engine.clone();
        let mut tx = (ports.begin)()?;
        let messages = match (next.step(event, &mut tx, hooks, env), event) {
            (Err(error), Event::ReceivedFrame(message, index)) if error.is_unreadable() => {
                // The clone drops all changes that the failed step made before it met the damaged row.
                next = engine.clone();
                tx = (ports.begin)()?;
                next.step_over(message, *index, &mut tx, hooks, env)?
            }
            (stepped, _) => stepped?,
        };
        if engine.broken.ack_before_commit() {
            messages.iter().cloned().for_each(&mut *ports.send);
        }
        let wrote = tx.has_writes();
        let committed = if wrote { (ports.commit)(tx.into_batch()) } else { Ok(()) };
        match committed {
            Ok(()) => {
                *engine = next;
                if !engine.broken.ack_before_commit() {
                    messages.into_iter().for_each(&mut *ports.send);
                }
                return Ok(wrote);
            }
            Err(StoreError::Conflict) if conflicts < CONFLICTS_MAX => conflicts += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
#[path = "drive_tests.rs"]
mod tests;
