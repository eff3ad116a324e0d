//! Writes the audit records: one CloudTrail-shaped JSON line for each call, and one for each call that a service makes for a caller.

mod drain;
mod json;
mod parameters;
mod record;
mod service_event;

use std::cell::RefCell;

use claviger_store::Tx;
use claviger_store::tables::audit_table;
use claviger_types::{Caller, Timestamp};

use crate::audit::{AuditContext, RecordedCall, Recording, Refusal, ResourceAccess};
use crate::call::Call;
use crate::context::RequestInfo;
use crate::error::Error;
use crate::node::Node;
use crate::service::ServiceDefinition;

use record::Own;

/// The most bytes that a thread's buffer keeps between two records.
const BUFFER_BYTES_KEPT: usize = 64 << 10;

thread_local! {
    /// The buffer in which the records of one request are written. Records hold no secrets, so it need not be wiped.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The caller, address and time that all records of a request share.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) info: &'a RequestInfo,
    pub(crate) at: Timestamp,
}

impl Node {
    /// The audit context of one run.
    pub(crate) fn audit_context(&self) -> AuditContext {
        AuditContext::new(self.audit_sink().keeps_records())
    }

    /// Adds the records of a change to its own transaction: of the calls that were made for it, then of the change. The records
    /// are those of a success. If the commit fails, none of them stays.
    pub(crate) fn audit_in_batch(
        &self,
        tx: &mut Tx<'_>,
        request: &Request<'_>,
        call: &Call,
        audit: &AuditContext,
    ) -> Result<(), Error> {
        with_buffer(|lines| {
            self.write_call(lines, request, call, None, audit);
            Ok(audit_table::push(tx, lines)?)
        })
    }

    /// Records a call, after the calls that were made for it. If the recording fails, the caller may only be answered an error,
    /// and no data.
    pub(crate) fn audit(
        &self,
        request: &Request<'_>,
        call: &Call,
        outcome: Option<&Error>,
        audit: &AuditContext,
    ) -> Recording {
        if !self.audit_sink().keeps_records() {
            return Recording::Done(Ok(()));
        }
        with_buffer(|lines| {
            self.write_call(lines, request, call, outcome, audit);
            self.audit_sink().record(lines)
        })
    }

    /// Writes the lines of a call: those of the calls that were made for it, then its own.
    fn write_call(
        &self,
        lines: &mut Vec<u8>,
        request: &Request<'_>,
        call: &Call,
        outcome: Option<&Error>,
        audit: &AuditContext,
    ) {
        let refusal = outcome.map(Refusal::of).map(|refusal| match parameters::has_hidden(call) {
            true => Refusal { text: None, ..refusal },
            false => refusal,
        });
        if refusal.is_none() {
            audit.each_event(|event| service_event::write(lines, self, event));
        }
        audit.read(|access, calls| {
            self.write_calls(lines, request, calls);
            let own = Own {
                service: call.service.model.signing_name,
                operation: Some(call.entry.name),
                read_only: call.entry.read_only,
                refusal: refusal.as_ref(),
                access,
            };
            record::write_own(lines, self, request, &own, |lines| parameters::write_shown(lines, call));
        });
    }

    /// Records a call that has a valid signature but cannot be read, or that names an operation that does not exist.
    pub(crate) fn audit_unread(
        &self,
        request: &Request<'_>,
        service: &ServiceDefinition,
        operation: Option<&str>,
        error: &Error,
    ) -> Recording {
        if !self.audit_sink().keeps_records() {
            return Recording::Done(Ok(()));
        }
        // The text may quote the request. A request that cannot be read may hold a secret anywhere.
        let refusal = Refusal { text: None, ..Refusal::of(error) };
        let own = Own {
            service: service.model.signing_name,
            operation: operation.filter(|name| is_name(name)),
            read_only: operation.and_then(|name| service.entry(name)).is_some_and(|entry| entry.read_only),
            refusal: Some(&refusal),
            access: &ResourceAccess::default(),
        };
        with_buffer(|lines| {
            record::write_own(lines, self, request, &own, |lines| lines.extend_from_slice(b"null"));
            self.audit_sink().record(lines)
        })
    }

    /// Records the calls that a service made for a caller without a request of its own: replication. Waits on this thread.
    pub(crate) fn audit_calls(&self, request: &Request<'_>, audit: &AuditContext) -> Result<(), Error> {
        let recorded = audit.read(|_, calls| {
            if calls.is_empty() {
                return Ok(());
            }
            with_buffer(|lines| {
                self.write_calls(lines, request, calls);
                self.audit_sink().record_blocking(lines)
            })
        });
        recorded.map_err(Error::Internal)
    }

    fn write_calls(&self, lines: &mut Vec<u8>, request: &Request<'_>, calls: &[RecordedCall]) {
        calls.iter().for_each(|call| record::write_call(lines, self, request, call));
    }
}

/// Lends this thread's buffer, empty.
fn with_buffer<T>(work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut lines = BUFFER.take();
    lines.clear();
    let outcome = work(&mut lines);
    if lines.capacity() <= BUFFER_BYTES_KEPT {
        BUFFER.replace(lines);
    }
    outcome
}

/// Whether a text looks like an operation's name.
fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
