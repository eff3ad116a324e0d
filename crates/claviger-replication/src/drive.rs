//! The loop around a step: copy, step, commit, and only then believe and send.

use claviger_store::{Barrier, Batch, Error as StoreError, Store, Tx, commit_blocking};

use crate::{Engine, Env, Error, Event, Message, RegionHooks};

/// How often a step whose writes conflict is done again. What it conflicts with are requests, and each of those that commits
/// is progress; an engine that never gets its turn is a fault that somebody should see.
const CONFLICTS_MAX: usize = 32;

/// How many steps one call takes. Each page of a snapshot is one, so a snapshot of many keys needs many calls, and between two
/// of them the caller can send, receive and stop.
const STEPS_MAX: usize = 64;

/// What became of an event.
#[derive(Debug, Default)]
pub struct Driven {
    /// Messages to send.
    pub messages: Vec<Message>,
    /// Whether the outbox was not looked through yet: [`drive`] is to be called again with [`Event::Committed`].
    pub more: bool,
}

/// Takes one event in: steps, commits what was written and goes on until the outbox is looked through, for at most
/// 64 steps. Blocks while the store commits.
///
/// # Errors
///
/// [`Error`] if the store fails or conflicts without end. The engine is then as it was after the last step that committed,
/// and the event may be handed in again or dropped: the peer repeats what is not acknowledged.
pub fn drive(
    engine: &mut Engine,
    event: &Event,
    store: &dyn Store,
    barrier: &Barrier,
    hooks: &dyn RegionHooks,
    env: &Env<'_>,
) -> Result<Driven, Error> {
    let mut messages = Vec::new();
    let more = drive_with(
        engine,
        event,
        &|| Tx::begin(store, barrier, env.random),
        &mut |batch| commit_blocking(store, batch).map(drop),
        &mut |message| messages.push(message),
        hooks,
        env,
    )?;
    Ok(Driven { messages, more })
}

/// [`drive`] with the caller's own ways to begin a transaction, to commit and to send. Answers whether there is more to do.
///
/// # Errors
///
/// See [`drive`]. What `send` was given before the error is to be sent all the same: it speaks of what was committed.
pub(crate) fn drive_with<'s>(
    engine: &mut Engine,
    event: &Event,
    begin: &dyn Fn() -> Result<Tx<'s>, StoreError>,
    commit: &mut dyn FnMut(Batch) -> Result<(), StoreError>,
    send: &mut dyn FnMut(Message),
    hooks: &dyn RegionHooks,
    env: &Env<'_>,
) -> Result<bool, Error> {
    let mut event = event;
    for _ in 0..STEPS_MAX {
        let wrote = commit_with_retry(engine, event, begin, commit, send, hooks, env)?;
        // An answer to the greeting opens a window, and so may let messages go although nothing was written.
        if !wrote && !matches!(event, Event::Received(_)) {
            return Ok(false);
        }
        event = &Event::Committed;
    }
    Ok(true)
}

/// One step until its writes are in. Whether there were any.
fn commit_with_retry<'s>(
    engine: &mut Engine,
    event: &Event,
    begin: &dyn Fn() -> Result<Tx<'s>, StoreError>,
    commit: &mut dyn FnMut(Batch) -> Result<(), StoreError>,
    send: &mut dyn FnMut(Message),
    hooks: &dyn RegionHooks,
    env: &Env<'_>,
) -> Result<bool, Error> {
    let mut conflicts = 0;
    loop {
        let mut next = engine.clone();
        let mut tx = begin()?;
        let messages = match (next.step(event, &mut tx, hooks, env), event) {
            (Err(error), Event::Received(message)) if error.is_unreadable() => {
                // Nothing of what was done before the damaged row was met may stay.
                next = engine.clone();
                tx = begin()?;
                next.step_over(message, &mut tx, hooks, env)?
            }
            (stepped, _) => stepped?,
        };
        if engine.broken.ack_before_commit() {
            messages.iter().cloned().for_each(&mut *send);
        }
        let wrote = tx.has_writes();
        let committed = if wrote { commit(tx.into_batch()) } else { Ok(()) };
        match committed {
            Ok(()) => {
                *engine = next;
                if !engine.broken.ack_before_commit() {
                    messages.into_iter().for_each(&mut *send);
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
