//! Work for a caller whose request ended earlier, possibly in another region: what replication does in a caller's name.

use claviger_store::Tx;
use claviger_types::Caller;

use crate::audit::{self, AuditContext};
use crate::context::{Cx, RequestInfo};
use crate::error::Error;
use crate::node::Node;

impl Node {
    /// Does `work` in the name of `caller`, with the rights that the caller has now, and records the service calls that it made.
    /// The inner result is that of the work; the outer error says that a record could not be written.
    ///
    /// The records are written before the transaction commits: a step that is repeated after a conflict leaves one record for
    /// each time that it ran.
    pub fn on_behalf<T>(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, Error>,
    ) -> Result<Result<T, Error>, Error> {
        // No request exists, so condition keys of a request are absent. Links between regions are authenticated, which counts
        // as `aws:SecureTransport`.
        let request = RequestInfo { secure: true, ..RequestInfo::default() };
        let (audit, now) = (AuditContext::default(), self.clock().now());
        let outcome = work(&mut self.context(tx, caller, now, &request, &audit));
        self.audit_calls(&audit::Request { caller, info: &request, at: now }, audit)?;
        Ok(outcome)
    }
}
