//! The joining region's side of enrolment.

use std::sync::{Arc, Mutex, PoisonError};

use claviger_crypto::PublicIdentity;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::chunk::{Kind, Limits};
use crate::end::End;
use crate::enrolment::{EnrolRequest, Session, decode_answer};
use crate::error::EnrolError;
use crate::fingerprint::fingerprint;
use crate::handshake::{Greeted, dial, exporter, greet_as_dialler, send};
use crate::invitation::Invitation;
use crate::shared::{Local, Shared};
use crate::tls::{Purpose, client_config_noting};

/// Asks the inviter, at the first of its addresses that answers.
pub(crate) async fn enrol(
    shared: &Shared,
    local: &Local,
    invitation: &Invitation,
    addresses: Vec<String>,
    details: Vec<u8>,
) -> Result<Vec<u8>, EnrolError> {
    let mut failures = Vec::new();
    for address in &invitation.addresses {
        let limit = shared.settings.handshake_timeout;
        let presented = Arc::new(Mutex::new(None));
        let connected = timeout(limit, connect(shared, local, invitation, address, &presented)).await;
        match connected.unwrap_or(Err(End::TimedOut(limit))) {
            Ok(greeted) => return ask(shared, local, invitation, greeted, addresses, details).await,
            Err(End::WrongKey) => {
                let presented = *presented.lock().unwrap_or_else(PoisonError::into_inner);
                return Err(EnrolError::WrongIdentity {
                    expected: fingerprint(&invitation.identity),
                    presented: presented.as_ref().map(fingerprint).unwrap_or_default(),
                });
            }
            Err(end) => failures.push(format!("{address}: {end}")),
        }
    }
    Err(EnrolError::NotReached(failures.join("; ")))
}

async fn connect(
    shared: &Shared,
    local: &Local,
    invitation: &Invitation,
    address: &str,
    presented: &Arc<Mutex<Option<PublicIdentity>>>,
) -> Result<Greeted, End> {
    let tcp: TcpStream = dial(address, shared.settings.send_buffer_bytes).await?;
    let config = client_config_noting(&shared.provider, &local.identity, invitation.identity, presented.clone())?;
    greet_as_dialler(tcp, config, Purpose::Enrol, &shared.hello(&local.region, &invitation.inviter)).await
}

async fn ask(
    shared: &Shared,
    local: &Local,
    invitation: &Invitation,
    greeted: Greeted,
    addresses: Vec<String>,
    details: Vec<u8>,
) -> Result<Vec<u8>, EnrolError> {
    let Greeted { mut stream, mut incoming, key, .. } = greeted;
    let lost = |end: End| EnrolError::AnswerLost(end.to_string());
    let session = Session {
        exporter: exporter(&stream).map_err(|end| EnrolError::NotReached(end.to_string()))?,
        inviter: (invitation.inviter.clone(), key),
        joiner: (local.region.clone(), local.identity.public()),
    };
    let request = EnrolRequest::new(&invitation.secret, &session, addresses, details).encode();
    incoming.set_limits(Limits { frame: 0, exchange: shared.settings.exchange_bytes_max });
    let answered = async {
        send(&mut stream, Kind::Enrol, &request).await?;
        incoming.next(&mut stream, |_| ()).await
    };
    let limit = shared.settings.enrol_timeout;
    let message = timeout(limit, answered).await.unwrap_or(Err(End::TimedOut(limit))).map_err(lost)?;
    let answer = (message.kind == Kind::Enrolled).then(|| decode_answer(&message.bytes)).flatten();
    answer.ok_or_else(|| lost(End::OutOfPlace))?.map_err(EnrolError::Refused)
}
