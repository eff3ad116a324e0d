//! Who may speak to IAM at all, and where it is written.

use claviger_sigv4::{Reason, Refusal};

use crate::sts::own_session;
use claviger_core::context::Cx;
use claviger_core::error::Error;

/// What an operation does to IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Answered from this region's copy.
    Read,
    /// Done in the home region only.
    Write,
}

/// What every IAM operation checks first.
///
/// - Writes belong to the home region. The front sends IAM there; one that arrives elsewhere, because the home is away, must not
///   be taken: two regions that write IAM would contradict one another.
/// - The credentials of GetSessionToken do not open IAM, unless they come with MFA, which this release does not have
///   (reference: AWS STS, GetSessionToken).
pub(crate) fn admit(cx: &Cx<'_, '_>, access: Access) -> Result<(), Error> {
    let home = &cx.facts.topology.iam_home;
    if access == Access::Write && home != cx.region() {
        let text =
            format!("IAM is written in region {home}, and this request reached {}. Try again later.", cx.region());
        return Err(Error::new("ServiceUnavailable", text));
    }
    if own_session::is(cx.caller) {
        let message = Some("The security token included in the request is invalid".to_owned());
        return Err(Error::Signature(Refusal { reason: Reason::UnknownKey, message }));
    }
    Ok(())
}
