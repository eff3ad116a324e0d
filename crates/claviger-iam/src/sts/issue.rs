//! Credentials of a new session.

use claviger_model::sts::Credentials;
use claviger_types::{AccountId, Caller, CallerKind, Sensitive, SessionContext, Timestamp};

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
    let expiration = session.expires;
    let (claims, token) = session_of(cx, account, kind, session)?;
    Ok(Credentials {
        access_key_id: claims.caller.access_key_id,
        secret_access_key: claims.secret,
        session_token: token.into_exposed(),
        expiration,
    })
}

/// The same, with the caller that the credentials stand for.
pub(crate) fn session_of(
    cx: &Cx<'_, '_>,
    account: AccountId,
    kind: CallerKind,
    session: SessionContext,
) -> Result<(SessionClaims, Sensitive<String>), Error> {
    let access_key_id = ids::access_key_id(cx.random, ids::TEMPORARY, &account);
    let caller = Caller { account, kind, access_key_id, session: Some(session) };
    let claims = SessionClaims { caller, secret: ids::secret_key(cx.random) };
    let token = session_token::seal(cx, &claims)?;
    Ok((claims, token))
}

/// The moment that a session of so many seconds ends, cut to whole seconds: answers show no more.
pub(crate) fn end(cx: &Cx<'_, '_>, secs: i64) -> Timestamp {
    Timestamp::from_secs(cx.now.secs()).plus_secs(secs)
}
