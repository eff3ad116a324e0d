//! What is answered when a row that a message is about cannot be read here: whoever waits for this region hears so.

use claviger_store::tables::log;

use crate::change::{Change, OfferDeclined, Payload, SharedKey};
use crate::engine::{Error, PeerContext};
use crate::frame::cbor;
use crate::secret_apply;
use crate::secret_transfer::ResponseState;

const REASON: &str = "An internal error occurred in the Region of the replica.";

/// Answers a payload that could not be applied. Reads nothing, so that it cannot fail in the same way.
pub(crate) fn answer(cx: &mut PeerContext<'_, '_>, payload: Payload) -> Result<(), Error> {
    match payload {
        Payload::Secret(state) => secret_apply::fail_unread(cx, &state, REASON),
        Payload::Key(state) => decline(cx, state),
        Payload::SecretResponse(response) => {
            // The question may be asked anew: its answer is used up.
            log::delete_receive_key(cx.tx, cx.peer, &cbor(&response.subject))?;
            match response.state {
                ResponseState::Secret(state) => secret_apply::fail_unread(cx, &state, REASON),
                ResponseState::Key(state) => decline(cx, state),
                ResponseState::Nothing => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn decline(cx: &mut PeerContext<'_, '_>, state: SharedKey) -> Result<(), Error> {
    let Some(offer) = state.offer.filter(|_| state.epoch.region == *cx.peer) else { return Ok(()) };
    let SharedKey { name, epoch, .. } = state;
    cx.push(&Change::OfferDeclined(OfferDeclined { name, epoch, revision: offer.revision, reason: REASON.to_owned() }))
}
