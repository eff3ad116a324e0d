//! The callers that IAM admits, and the region that writes it.

use claviger_sigv4::{Reason, Refusal};

use crate::own_session;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::common_error;

/// The check that every IAM operation makes first.
///
/// - Writes are done in the home region, where the router sends all IAM requests. A write that arrives in another region, because
///   the home region is down, is refused: two regions that write IAM would contradict one another.
/// - The credentials of GetSessionToken do not open IAM, unless they come with MFA, which this release does not have
///   (reference: AWS STS, GetSessionToken).
pub(crate) fn admit(cx: &Cx<'_, '_>, read_only: bool) -> Result<(), Error> {
    let topology = cx.facts.topology.get();
    let home = &topology.iam_home;
    if !read_only && home != cx.region() {
        let text =
            format!("IAM is written in region {home}, and this request reached {}. Try again later.", cx.region());
        return Err(Error::new(common_error::SERVICE_UNAVAILABLE, text));
    }
    if own_session::is(cx.caller) {
        let message = Some("The security token included in the request is invalid".to_owned());
        return Err(Error::Signature(Refusal { reason: Reason::UnknownKey, message }));
    }
    Ok(())
}
