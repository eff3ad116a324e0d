//! The inviter's side of enrolment.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use claviger_crypto::InvitationId;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout};

use crate::chunk::{Kind, Limits};
use crate::end::End;
use crate::enrolment::{EnrolRefusal, EnrolRequest, Joiner, Session, encode_answer};
use crate::handshake::{Greeted, exporter, send};
use crate::shared::{Local, Shared};
use crate::status::count;
use crate::strangers::Stranger;

/// The most bytes of the request: addresses and details, which have limits of their own.
pub(crate) const REQUEST_BYTES_MAX: usize = 32 * 1024;
const MINUTE: Duration = Duration::from_secs(60);

/// Answers one request of a region that is not a peer, and ends the connection. The connection can do nothing else.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    local: &Arc<Local>,
    greeted: Greeted,
    address: SocketAddr,
    stranger: Stranger,
) {
    let limit = shared.settings.enrol_timeout;
    let claimed = greeted.theirs.from.clone();
    let outcome = timeout(limit, exchange(shared, local, greeted, address.ip(), stranger))
        .await
        .unwrap_or(Err(End::TimedOut(limit)));
    match outcome {
        Ok(Ok(())) => {
            count(&shared.counters.enrolments_admitted);
            tracing::info!(local = %local.region, joiner = %claimed, %address, "a region was admitted");
        }
        Ok(Err(refusal)) => {
            count(&shared.counters.enrolments_refused);
            if let Some(left_out) = shared.refusals_log.pass() {
                tracing::warn!(local = %local.region, %claimed, %address, %refusal, left_out, "a region was not admitted");
            }
        }
        Err(end) => {
            count(&shared.counters.failed);
            tracing::debug!(local = %local.region, %claimed, %address, reason = %end, "an enrolment broke off");
        }
    }
}

async fn exchange(
    shared: &Shared,
    local: &Local,
    greeted: Greeted,
    address: IpAddr,
    stranger: Stranger,
) -> Result<Result<(), EnrolRefusal>, End> {
    let Greeted { mut stream, mut incoming, theirs, key } = greeted;
    incoming.set_limits(Limits { frame: 0, exchange: REQUEST_BYTES_MAX });
    let limit = shared.settings.handshake_timeout;
    let message = tokio::select! {
        read = timeout(limit, incoming.next(&mut stream, |_| ())) => read.unwrap_or(Err(End::TimedOut(limit)))?,
        () = stranger.must_leave() => return Err(End::PushedOut),
    };
    if message.kind != Kind::Enrol {
        return Err(End::OutOfPlace);
    }
    let session = Session {
        exporter: exporter(&stream)?,
        inviter: (local.region.clone(), local.identity.public()),
        joiner: (theirs.from.clone(), key),
    };
    let verified = match may_attempt(shared, address) {
        true => verify(shared, local, &message.bytes, &session),
        false => Err(EnrolRefusal::TooManyAttempts),
    };
    let answer = match verified {
        Ok((id, joiner)) => {
            // It was invited, so it is no longer a stranger that a newer one pushes out.
            drop(stranger);
            shared.handler.admit(&local.region, id, joiner).await
        }
        Err(refusal) => Err(refusal),
    };
    let outcome = answer.as_ref().map(|_| ()).map_err(|refusal| *refusal);
    send(&mut stream, Kind::Enrolled, &encode_answer(answer)).await?;
    stream.shutdown().await?;
    Ok(outcome)
}

/// The invitation and its joiner, if the request proves that the joiner knows the secret.
fn verify(
    shared: &Shared,
    local: &Local,
    request: &[u8],
    session: &Session,
) -> Result<(InvitationId, Joiner), EnrolRefusal> {
    let request = EnrolRequest::decode(request)?;
    let secret = shared.handler.invitation(&local.region, &request.invitation).ok_or(EnrolRefusal::Unknown)?;
    if !request.verify(&secret, session) {
        return Err(EnrolRefusal::Unknown);
    }
    let (region, identity) = session.joiner.clone();
    let joiner = Joiner { region, identity, addresses: request.addresses, details: request.details.into() };
    Ok((request.invitation, joiner))
}

/// Counts an attempt, unless there were too many in the last minute.
fn may_attempt(shared: &Shared, address: IpAddr) -> bool {
    let mut attempts = shared.enrolments.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    attempts.retain(|(at, _)| now.duration_since(*at) < MINUTE);
    let of_one = attempts.iter().filter(|(_, other)| *other == address).count();
    let settings = &shared.settings;
    let may = attempts.len() < settings.enrolments_per_minute && of_one < settings.enrolments_per_address_and_minute;
    if may {
        attempts.push((now, address));
    }
    may
}
