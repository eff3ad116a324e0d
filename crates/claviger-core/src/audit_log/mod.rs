//! Writes the audit records: one CloudTrail-shaped JSON line for each call, and one for each call that a service makes for a caller.

mod parameters;
mod record;

use claviger_types::{Caller, Timestamp};
use serde_json::Value;

use crate::audit::{AuditContext, RecordedServiceCall, Refusal};
use crate::call::Call;
use crate::context::RequestInfo;
use crate::error::Error;
use crate::node::Node;
use crate::service::ServiceDefinition;

use record::{Own, Record};

/// The caller, address and time that all records of a request share.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) info: &'a RequestInfo,
    pub(crate) at: Timestamp,
}

impl Node {
    /// Records a call, after the calls that were made for it. If this fails, the caller may only be answered an error, and no
    /// data.
    pub(crate) fn audit(
        &self,
        request: &Request<'_>,
        call: &Call,
        outcome: Option<&Error>,
        audit: AuditContext,
    ) -> Result<(), Error> {
        let (access, calls) = audit.into_parts();
        self.write_calls(request, &calls)?;
        let refusal = outcome.map(Refusal::of).map(|refusal| match parameters::has_hidden(call) {
            true => Refusal { text: None, ..refusal },
            false => refusal,
        });
        self.write(&record::own(
            self,
            request,
            &Own {
                service: call.service.model.signing_name,
                operation: Some(call.entry.name),
                read_only: call.entry.read_only,
                refusal,
                access,
            },
            parameters::shown(call),
        ))
    }

    /// Records a call that has a valid signature but cannot be read, or that names an operation that does not exist.
    pub(crate) fn audit_unread(
        &self,
        request: &Request<'_>,
        service: &ServiceDefinition,
        operation: Option<&str>,
        error: &Error,
    ) -> Result<(), Error> {
        // The text may quote the request. A request that cannot be read may hold a secret anywhere.
        let refusal = Refusal { text: None, ..Refusal::of(error) };
        self.write(&record::own(
            self,
            request,
            &Own {
                service: service.model.signing_name,
                operation: operation.filter(|name| is_name(name)),
                read_only: operation.and_then(|name| service.entry(name)).is_some_and(|entry| entry.read_only),
                refusal: Some(refusal),
                access: Default::default(),
            },
            Value::Null,
        ))
    }

    /// Records the calls that a service made for a caller without a request of its own: replication.
    pub(crate) fn audit_calls(&self, request: &Request<'_>, audit: AuditContext) -> Result<(), Error> {
        let (_, calls) = audit.into_parts();
        self.write_calls(request, &calls)
    }

    fn write_calls(&self, request: &Request<'_>, calls: &[RecordedServiceCall]) -> Result<(), Error> {
        calls.iter().try_for_each(|call| self.write(&record::of_service(self, request, call)))
    }

    fn write(&self, record: &Record<'_>) -> Result<(), Error> {
        let line = serde_json::to_vec(record).map_err(|error| Error::Internal(format!("an audit record: {error}")))?;
        self.audit_sink().record(&line).map_err(Error::Internal)
    }
}

/// Whether a text looks like an operation's name.
fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
