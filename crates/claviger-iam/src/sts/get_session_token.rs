//! GetSessionToken: temporary credentials of the caller itself. It needs no permission.

use claviger_model::sts::{GetSessionTokenRequest, GetSessionTokenResponse};
use claviger_types::SessionContext;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::{issue, mfa};

/// The default duration of a session, in seconds.
const SECS_DEFAULT: i64 = 43_200;

/// The longest session of a root, in seconds. A longer one is shortened to it.
const SECS_MAX_ROOT: i64 = 3600;

pub(crate) struct GetSessionToken;

impl Operation for GetSessionToken {
    const ACTION: &'static str = "sts:GetSessionToken";
    const READ_ONLY: bool = true;
    type Input = GetSessionTokenRequest;
    type Output = GetSessionTokenResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        if cx.caller.session.is_some() {
            return Err(Error::Denied("Cannot call GetSessionToken with session credentials".to_owned()));
        }
        mfa::refuse(input.serial_number.as_deref(), input.token_code.as_deref())?;
        Ok(Resolved::open(()))
    }

    fn run(
        input: Self::Input,
        _target: Authorized<()>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<GetSessionTokenResponse, Error> {
        let secs = duration(input.duration_seconds, cx.caller.is_root());
        let session = SessionContext::plain(cx.now, issue::end(cx, secs));
        let credentials = issue::credentials(cx, cx.caller.account.clone(), cx.caller.kind.clone(), session)?;
        Ok(GetSessionTokenResponse { credentials: Some(credentials) })
    }
}

/// How long a session lasts that a user or root begins for itself or, by GetFederationToken, for somebody else, in seconds.
pub(super) fn duration(asked: Option<i32>, root: bool) -> i64 {
    let secs = asked.map_or(SECS_DEFAULT, i64::from);
    if root { secs.min(SECS_MAX_ROOT) } else { secs }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::duration;

    #[test]
    fn durations() {
        assert_eq!(duration(None, false), 43_200);
        assert_eq!(duration(Some(129_600), false), 129_600);
        assert_eq!(duration(None, true), 3600);
        assert_eq!(duration(Some(7200), true), 3600);
        assert_eq!(duration(Some(900), true), 900);
    }
}
