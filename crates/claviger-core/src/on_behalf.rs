//! Work for a caller whose request ended earlier, possibly in another region. Replication does such work in a caller's name.

use claviger_store::Tx;
use claviger_types::{AccountId, Caller};

use crate::audit_log;
use crate::authenticate;
use crate::authorize::{self, Authorized};
use crate::context::{Cx, RequestInfo, RunCx};
use crate::error::Error;
use crate::key_uses;
use crate::node::Node;
use crate::operation::Resolved;
use crate::outbound_calls::OutboundCalls;

impl Node {
    /// Finds a target in the name of `caller`, requires the permissions with the rights that the caller has now, and works on the
    /// target: the same steps that a request takes. It records the service calls that were made. A user or role that was deleted
    /// since has no rights: grants and key policies can name its unique id still, and no policy of its own limits them.
    /// The inner result is that of the work. The outer error means that a record could not be written.
    ///
    /// The records are written before the transaction commits: a step that is repeated after a conflict leaves one record for
    /// each time that it ran.
    pub fn on_behalf<T, U>(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        resolve: impl FnOnce(&Cx<'_, '_>) -> Result<Resolved<T>, Error>,
        run: impl FnOnce(Authorized<T>, &mut RunCx<'_, '_>) -> Result<U, Error>,
    ) -> Result<Result<U, Error>, Error> {
        // No request exists, so condition keys of a request are absent. Links between regions are authenticated, which counts
        // as `aws:SecureTransport`.
        let request = RequestInfo { secure: true, ..RequestInfo::default() };
        let (audit, now) = (self.audit_context(), self.clock().now());
        let outbound = OutboundCalls::none();
        let present = authenticate::present(tx, caller.clone())?;
        let is_present = present.is_some();
        let caller = present.as_ref().unwrap_or(caller);
        let outcome = {
            let cx = self.context(tx, caller, now, &request, &outbound);
            let target = resolve(&cx).and_then(|resolved| match is_present {
                true => authorize::authorize_guarded(&cx, &audit, resolved),
                false => Err(authorize::deny_deleted(&cx, &audit, &resolved)),
            });
            target.and_then(|target| run(target, &mut RunCx { cx, audit: &audit }))
        };
        self.audit_calls(&audit_log::Request { caller, info: &request, at: now }, &audit)?;
        if outcome.is_ok() {
            key_uses::note(self.key_uses(), &audit, self.random(), &request.id, now);
        }
        Ok(outcome)
    }

    /// Does what the service itself may do and no caller asked for, such as beginning a session for a function that it runs.
    pub fn as_service<T>(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountId,
        work: impl FnOnce(&Cx<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (request, outbound) = (RequestInfo { secure: true, ..RequestInfo::default() }, OutboundCalls::none());
        let root = Caller::root_of(account);
        work(&self.context(tx, &root, self.clock().now(), &request, &outbound))
    }
}
