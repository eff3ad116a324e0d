//! What is answered when a row that a message is about cannot be read here: whoever waits for this region hears so.

use claviger_store::tables::log;

use crate::change::{Change, Declined, Payload, SharedKey};
use crate::custody::GivenState;
use crate::engine::{Cx, Error};
use crate::frame::cbor;
use crate::secret_apply;

const REASON: &str = "An internal error occurred in the Region of the replica.";

/// Answers a payload that could not be applied. Reads nothing, so that it cannot fail in the same way.
pub(crate) fn answer(cx: &mut Cx<'_, '_>, payload: Payload) -> Result<(), Error> {
    match payload {
        Payload::Secret(state) => secret_apply::fail_unread(cx, &state, REASON),
        Payload::Key(state) => decline(cx, state),
        Payload::Give(give) => {
            // The question may be asked anew: its answer is used up.
            log::delete_receive_key(cx.tx, cx.peer, &cbor(&give.subject))?;
            match give.state {
                GivenState::Secret(state) => secret_apply::fail_unread(cx, &state, REASON),
                GivenState::Key(state) => decline(cx, state),
                GivenState::Nothing => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn decline(cx: &mut Cx<'_, '_>, state: SharedKey) -> Result<(), Error> {
    let Some(offer) = state.offer.filter(|_| state.epoch.region == *cx.peer) else { return Ok(()) };
    let SharedKey { name, epoch, .. } = state;
    cx.push(&Change::Declined(Declined { name, epoch, revision: offer.revision, reason: REASON.to_owned() }))
}
