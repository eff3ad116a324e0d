//! Credentials of a new session.

use claviger_model::sts::Credentials;
use claviger_types::{AccountId, Caller, CallerKind, SessionContext, Timestamp};

use crate::iam::ids;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use claviger_core::session_token::{self, SessionClaims};

/// Makes an access key for a session and the token that goes with it. Nothing is stored.
pub(crate) fn credentials(
    cx: &Cx<'_, '_>,
    account: AccountId,
    kind: CallerKind,
    session: SessionContext,
) -> Result<Credentials, Error> {
    let expires = session.expires;
    let access_key_id = ids::access_key_id(cx.random, ids::TEMPORARY, &account);
    let caller = Caller { account, kind, access_key_id: access_key_id.clone(), session: Some(session) };
    let claims = SessionClaims { caller, secret: ids::secret_key(cx.random) };
    let token = session_token::seal(cx, &claims)?;
    Ok(Credentials {
        access_key_id,
        secret_access_key: claims.secret,
        session_token: token.into_exposed(),
        expiration: expires,
    })
}

/// The moment that a session of so many seconds ends, cut to whole seconds: answers show no more.
pub(crate) fn end(cx: &Cx<'_, '_>, secs: i64) -> Timestamp {
    Timestamp::from_secs(cx.now.secs()).plus_secs(secs)
}
