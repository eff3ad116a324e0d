//! The path of every request, in numbered steps.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use claviger_model::{Protocol, Tree};
use claviger_sigv4::{Claim, Reason, Refusal};
use claviger_store::{Batch, Error as StoreError, Tx};
use claviger_types::{Caller, Timestamp, panics};

use crate::answer::{self, Shape};
use crate::audit::AuditContext;
use crate::audit_log;
use crate::authenticate::{self, Claimed, ClaimedRequest};
use crate::call::Call;
use crate::context::RequestInfo;
use crate::entry::OperationEntry;
use crate::error::Error;
use crate::in_flight::InFlightRequest;
use crate::key_uses;
use crate::last_use;
use crate::node::Node;
use crate::outbound_calls::{OutboundLog, Wait};
use crate::request_counts::Handling;
use crate::service::{ServiceDefinition, Services};
use crate::wire::{RawRequest, RawResponse};

/// How often a request is run again after a conflict before it is given up with a retryable error.
const ATTEMPTS_MAX: usize = 16;

impl Node {
    /// Takes a request through the whole path and answers it. Every outcome is an answer in the target service's shape.
    pub async fn handle(self: &Arc<Node>, request: ClaimedRequest) -> RawResponse {
        let now = self.clock().now();
        let ClaimedRequest { request, claim } = request;
        let lacks_signature = matches!(&claim, Err(refusal) if refusal.reason == Reason::MissingToken);
        let unsigned = if lacks_signature { unsigned_operation(self.services(), &request) } else { None };
        let unsigned_service = unsigned.as_ref().map(|(service, _)| service.model.signing_name);
        let scope_service = || match &claim {
            Ok(claim) => Some(Cow::Borrowed(claim.service.as_str())),
            Err(_) => unsigned_service.map(Cow::Borrowed),
        };
        let shape = Shape::of(self.services(), &request, scope_service);
        let info = request_info(&request);
        let received = Arc::new(Received { info, request, unsigned, now, outbound: OutboundLog::default() });
        let _handling = Handling::begin(self.counts());
        // A panic ends this request alone, and is answered as an internal error.
        let outcome = panics::catch_future(pin!(self.answer(&received, claim))).await;
        // 10. Encode.
        match outcome.unwrap_or_else(|report| Err(self.panicked(report))) {
            Ok((call, output)) => {
                self.counts().answered(Some(call.entry), 200);
                answer::success(shape, call.service.model, call.entry.name, output, &received.info.id)
            }
            Err(error) => {
                let answer = answer::failure(shape, &error, &received.info.id);
                self.counts().answered(claimed_entry(self.services(), &received.request), answer.status);
                answer
            }
        }
    }

    /// Steps 1 to 9.
    async fn answer(
        self: &Arc<Node>,
        received: &Arc<Received>,
        claim: Result<Claim, Refusal>,
    ) -> Result<(Arc<Call>, Option<Tree>), Error> {
        let Received { request, info, now, .. } = &**received;
        // 1. Verify the signature. No part of the body is read before, but for the operations that take a token in its place.
        let (service, verified, batch) = match &received.unsigned {
            Some((service, _)) => {
                let call = find(self.services(), service, request)?;
                let (verified, batch) = self.begin_by_token(call, received).await?;
                (*service, verified, batch)
            }
            None => {
                let claimed = authenticate::claim(self, request, claim, *now)?;
                let service = claimed.service;
                let received = Arc::clone(received);
                let work = move |node: &Node, tx: &mut Tx<'_>| node.begin_call(&claimed, &received, tx);
                let (verified, batch) = self.on_snapshot(work).await?;
                (service, verified?, batch)
            }
        };
        let Verified { caller, found, _in_flight } = verified;
        last_use::note(self.last_uses(), &caller, service.model.signing_name, *now);
        let circumstances = audit_log::Request { caller: &caller, info, at: *now };
        let (call, attempt) = match found {
            Ok(found) => found,
            Err(error) => {
                let name = claimed_name(self.services(), service, request);
                self.audit_unread(&circumstances, service, name.as_deref(), &error).outcome().await?;
                return Err(error);
            }
        };
        let first = self.within_quota(&call, &caller, *now, (attempt, batch));
        let Attempt { output, audit, is_recorded, wait: _ } = self.settle(&call, &caller, received, first).await;
        // 9. Audit, before the answer is sent. If the record cannot be written, the request is answered with an error. The record
        // of a change has been committed with it.
        if !is_recorded {
            self.audit(&circumstances, &call, output.as_ref().err(), &audit).outcome().await?;
        }
        let output = output?;
        key_uses::note(self.key_uses(), &audit, self.random(), &info.id, *now);
        Ok((call, output))
    }

    /// The rest of step 1 to step 7, on one snapshot. The caller is authenticated in the snapshot that the operation reads.
    fn begin_call(&self, claimed: &Claimed, received: &Received, tx: &mut Tx<'_>) -> Result<Verified, Error> {
        let caller = Arc::new(authenticate::caller(self, tx, claimed, &received.request, received.now)?);
        let Ok(in_flight) = self.in_flight().begin(&caller.account) else {
            self.counts().too_many_in_flight.fetch_add(1, Ordering::Relaxed);
            return Ok(Verified { caller, found: Err(Error::Throttled), _in_flight: None });
        };
        // 2. Find the operation; read the body into the protocol's neutral form.
        let found = find(self.services(), claimed.service, &received.request).and_then(require_signed).map(|call| {
            let attempt = self.attempt(&call, &caller, received, tx);
            (Arc::new(call), attempt)
        });
        Ok(Verified { caller, found, _in_flight: in_flight })
    }

    /// The rest of step 1 to step 7, for a request whose token proves the caller's identity.
    async fn begin_by_token(
        self: &Arc<Node>,
        call: Call,
        received: &Arc<Received>,
    ) -> Result<(Verified, Option<Batch>), Error> {
        let token = call.entry.token.ok_or_else(|| Error::Internal("the operation takes no token".to_owned()))?;
        let presented = (token.presented)(&call.input, self.region().partition())?;
        let caller = self.web_identity(presented, received.now).await?.map_err(token.refusal)?;
        let Ok(in_flight) = self.in_flight().begin(&caller.account) else {
            self.counts().too_many_in_flight.fetch_add(1, Ordering::Relaxed);
            return Err(Error::Throttled);
        };
        let (call, caller) = (Arc::new(call), Arc::new(caller));
        let work = {
            let (call, caller, received) = (Arc::clone(&call), Arc::clone(&caller), Arc::clone(received));
            move |node: &Node, tx: &mut Tx<'_>| node.attempt(&call, &caller, &received, tx)
        };
        let (attempt, batch) = self.on_snapshot(work).await?;
        Ok((Verified { caller, found: Ok((call, attempt)), _in_flight: in_flight }, batch))
    }

    /// Counts the request against the account's quota. Above it, the run becomes one that failed, without writes.
    fn within_quota(
        &self,
        call: &Call,
        caller: &Caller,
        now: Timestamp,
        run: (Attempt, Option<Batch>),
    ) -> (Attempt, Option<Batch>) {
        let Some(quota_of) = call.service.quota_of.filter(|_| self.counted().is_on()) else { return run };
        let quota = quota_of(call.entry.name, run.0.audit.spec_asked_for(), self.region());
        if self.counted().count(&caller.account, quota, now) { run } else { (run.0.failed(Error::RateExceeded), None) }
    }

    /// Steps 3 to 7, and the record of a change.
    fn attempt(&self, call: &Call, caller: &Caller, received: &Received, tx: &mut Tx<'_>) -> Attempt {
        let audit = self.audit_context();
        let outbound = received.outbound.begin();
        let cx = self.context(tx, caller, received.now, &received.info, &outbound);
        // Caught here too, so that the call is recorded. An error drops the transaction's writes.
        let output = panics::catch(|| (call.entry.perform)(&call.input, cx, &audit))
            .unwrap_or_else(|report| Err(self.panicked(report)));
        let wait = outbound.into_wait();
        if wait.is_some() {
            // The run is not done, whatever it has made of the error that ended it.
            return Attempt { output, audit, is_recorded: false, wait };
        }
        // A read whose writes may be lost is recorded as other reads are.
        let is_change = output.is_ok() && tx.has_writes() && !call.entry.writes_may_be_lost;
        if !is_change || !self.audit_sink().keeps_records() {
            return Attempt { output, audit, is_recorded: false, wait };
        }
        let request = audit_log::Request { caller, info: &received.info, at: received.now };
        let recorded = self.audit_in_batch(tx, &request, call, &audit);
        Attempt { is_recorded: recorded.is_ok(), output: recorded.and(output), audit, wait }
    }

    /// Step 8. After a conflict with another commit, steps 3 to 8 again on a fresh snapshot, and so after a run that ended for
    /// the answer of another server. Returns the last run, with the outcome of its commit.
    ///
    /// Only the first run authenticates. The others read the caller's policies again, but not the access key: a key that is
    /// deactivated meanwhile was active when it signed this request.
    async fn settle(
        self: &Arc<Node>,
        call: &Arc<Call>,
        caller: &Arc<Caller>,
        received: &Arc<Received>,
        first: (Attempt, Option<Batch>),
    ) -> Attempt {
        let (mut run, mut attempts) = (first, 1);
        loop {
            let (mut attempt, batch) = run;
            if let Some(wait) = attempt.wait.take() {
                if let Err(error) = self.call_outside(received, wait).await {
                    return attempt.failed(error);
                }
            } else {
                if let (true, Some(batch)) = (attempt.output.is_ok(), batch) {
                    attempt = self.store_writes(call, attempt, batch, attempts == ATTEMPTS_MAX).await;
                }
                match &attempt.output {
                    Err(error) if error.is_conflict() && attempts < ATTEMPTS_MAX => attempts += 1,
                    _ => return attempt,
                }
                received.outbound.forget();
            }
            let (call, caller, received) = (Arc::clone(call), Arc::clone(caller), Arc::clone(received));
            let work = move |node: &Node, tx: &mut Tx<'_>| node.attempt(&call, &caller, &received, tx);
            run = match self.on_snapshot(work).await {
                Ok(run) => run,
                Err(error) => return attempt.failed(error),
            };
        }
    }

    /// Makes the call that a run has ended for, while no transaction is open and no thread waits.
    async fn call_outside(&self, received: &Received, wait: Wait) -> Result<(), Error> {
        received.outbound.waits()?;
        match wait {
            Wait::Restart => received.outbound.restart(self.random()),
            Wait::Call(request) => {
                let reply = self.outbound().send((*request).clone()).await;
                received.outbound.answered(*request, reply);
            }
        }
        Ok(())
    }

    /// Step 8: commits the writes of a run, and waits until they are durable. If they are not, the run becomes one that failed.
    async fn store_writes(&self, call: &Call, attempt: Attempt, batch: Batch, is_last: bool) -> Attempt {
        // The record of a change is in its batch. While no records reach the audit file, no more are added to those that wait.
        if attempt.is_recorded && !self.audits() {
            return attempt.failed(Error::Internal("audit records cannot be written".to_owned()));
        }
        let committed = self.commit(batch).await;
        if attempt.is_recorded {
            self.drain().notify();
        }
        match committed {
            Ok(()) => attempt,
            // A read that stores the date of the last access must not fail because the disk is full. After a conflict it runs
            // again as other operations do, so that few dates are lost.
            Err(error) if call.entry.writes_may_be_lost && (is_last || error != StoreError::Conflict) => {
                tracing::debug!(region = %self.region(), operation = call.entry.name, %error, "a write that may be lost was lost");
                attempt
            }
            Err(error) => attempt.failed(error.into()),
        }
    }
}

/// A request as it was received.
struct Received {
    request: RawRequest,
    info: RequestInfo,
    /// The operation that it names, if that takes no signature and the request has none; and its service.
    unsigned: Option<(&'static ServiceDefinition, String)>,
    now: Timestamp,
    outbound: OutboundLog,
}

/// A request whose signature is verified.
struct Verified {
    caller: Arc<Caller>,
    /// Its call and the first run of it, or the error that makes it unreadable.
    found: Result<(Arc<Call>, Attempt), Error>,
    /// Counts the request until it is answered.
    _in_flight: Option<InFlightRequest>,
}

/// One run of an operation. Its writes are committed only if it has an output.
struct Attempt {
    output: Result<Option<Tree>, Error>,
    audit: AuditContext,
    /// Whether its audit record is among its writes.
    is_recorded: bool,
    /// Set if the run ended before it was done, to be run again.
    wait: Option<Wait>,
}

impl Attempt {
    /// The run whose writes were not stored, for this reason. Its record, which said otherwise, is gone with them.
    fn failed(self, error: Error) -> Attempt {
        Attempt { output: Err(error), is_recorded: false, wait: None, ..self }
    }
}

/// Finds the operation that a request names and reads its body.
fn find(services: Services, service: &'static ServiceDefinition, request: &RawRequest) -> Result<Call, Error> {
    // These services have one path and one method, and presigned query requests are GETs. A request with another path or method
    // belongs to none of them, with a valid signature too.
    let method_fits = request.method == "POST" || (request.method == "GET" && !service.is_json());
    let path_fits = if service.is_json() { request.path == "/" } else { is_root(&request.path) };
    if !path_fits || !method_fits {
        return Err(Error::UnknownOperation(None));
    }
    require_content_type(service, request)?;
    let (name, pairs) = if service.is_json() {
        let target = request.header("x-amz-target").unwrap_or_default();
        let (_, name) = services.by_target(target).ok_or(Error::UnknownOperation(None))?;
        (name.to_owned(), Vec::new())
    } else {
        let pairs = query_parameters(request)?;
        (action(&pairs)?, pairs)
    };
    require_version(service, &name, &pairs)?;
    let info = service.model.operation(&name).ok_or_else(|| unknown(service, &name, version(&pairs)))?;
    let entry = service.entry(&name).ok_or_else(|| unbuilt(&name))?;
    let input = if service.is_json() {
        claviger_model::read_json(&request.body)?
    } else {
        match info.input {
            Some(shape) => claviger_model::read_query(&pairs, shape)?,
            None => Tree::Map(Vec::new()),
        }
    };
    Ok(Call { service, entry, input })
}

/// The operation that a request names, if the model says that it takes no signature, and its service. Such an operation proves the caller's
/// identity by its parameters, so its answer is never that a signature is missing.
fn unsigned_operation(services: Services, request: &RawRequest) -> Option<(&'static ServiceDefinition, String)> {
    if request.header("x-amz-target").is_some() || !is_root(&request.path) {
        return None;
    }
    let pairs = query_parameters(request).ok()?;
    let name = action(&pairs).ok()?;
    let named = |service: &&ServiceDefinition| {
        let operation = service.model.operation(&name).is_some_and(|operation| !operation.signed);
        operation && require_version(service, &name, &pairs).is_ok()
    };
    let service = services.0.iter().filter(|service| !service.is_json()).find(named)?;
    Some((service, name))
}

/// Whether a path leads to the root of a query service. Signatures cover the normalized path, and some clients send `//`: Vault, when it passes
/// on the GetCallerIdentity of a login.
fn is_root(path: &str) -> bool {
    !path.is_empty() && path.bytes().all(|byte| byte == b'/')
}

/// An operation that takes a token proves nothing about a caller who signs.
fn require_signed(call: Call) -> Result<Call, Error> {
    if call.entry.token.is_none() {
        return Ok(call);
    }
    Err(Error::Validation(format!(
        "{} is sent without a signature: its token proves who the caller is.",
        call.entry.name
    )))
}

/// The operation that an unreadable request names, if its name can be read.
fn claimed_name(services: Services, service: &ServiceDefinition, request: &RawRequest) -> Option<String> {
    if service.is_json() {
        return request
            .header("x-amz-target")
            .and_then(|target| services.by_target(target))
            .map(|(_, name)| name.to_owned());
    }
    query_parameters(request).and_then(|pairs| action(&pairs)).ok()
}

/// The operation of this release that a refused request names, if it names one.
fn claimed_entry(services: Services, request: &RawRequest) -> Option<&'static OperationEntry> {
    if let Some(target) = request.header("x-amz-target") {
        let (service, name) = services.by_target(target)?;
        return service.entry(name);
    }
    let pairs = query_parameters(request).ok()?;
    let name = action(&pairs).ok()?;
    services.0.iter().filter(|service| !service.is_json()).find_map(|service| service.entry(&name))
}

/// The parameters of a query-protocol request: from the body, and for a GET from the query string, without the parameters of
/// the signature. A request with parameters in both is refused: a proxy in front may have checked the other ones.
fn query_parameters(request: &RawRequest) -> Result<Vec<(String, String)>, Error> {
    let mut in_query = claviger_model::parse_form(request.query.as_bytes())?;
    in_query.retain(|(key, _)| !key.starts_with("X-Amz-"));
    if request.method == "GET" {
        return Ok(in_query);
    }
    if in_query.is_empty() { Ok(claviger_model::parse_form(&request.body)?) } else { Err(Error::Serialization(None)) }
}

/// The one action that a form names. A second one, in any case, is refused: another reader could choose it.
fn action(pairs: &[(String, String)]) -> Result<String, Error> {
    let mut named = pairs.iter().filter(|(key, _)| key.eq_ignore_ascii_case("Action"));
    match (named.next(), named.next()) {
        (Some((key, value)), None) if key == "Action" => Ok(value.clone()),
        (Some(_), Some(_)) => Err(Error::Serialization(None)),
        _ => Err(Error::UnknownOperation(None)),
    }
}

/// A body of another content type, or of none, is not read: a proxy in front may have read it in another way.
fn require_content_type(service: &ServiceDefinition, request: &RawRequest) -> Result<(), Error> {
    let expected: &[&str] = match service.is_json() {
        true => &["application/x-amz-json-1.1", "application/x-amz-json-1.0"],
        false => &["application/x-www-form-urlencoded"],
    };
    let given = request.header("content-type").unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if request.method == "GET" || expected.iter().any(|e| e.eq_ignore_ascii_case(essence)) {
        return Ok(());
    }
    let expected = expected.join(" or ");
    Err(Error::Serialization(Some(format!("The Content-Type of the request must be {expected}."))))
}

/// A query names the version of the API that it was written for. Each service has one.
fn require_version(service: &ServiceDefinition, name: &str, pairs: &[(String, String)]) -> Result<(), Error> {
    match service.model.protocol {
        Protocol::Query { version: own, .. } if version(pairs) != own => Err(unknown(service, name, version(pairs))),
        Protocol::Query { .. } | Protocol::Json { .. } => Ok(()),
    }
}

fn version(pairs: &[(String, String)]) -> &str {
    pairs.iter().find(|(key, _)| key == "Version").map_or("NO_VERSION_SPECIFIED", |(_, version)| version)
}

fn unknown(service: &ServiceDefinition, name: &str, version: &str) -> Error {
    if service.is_json() {
        return Error::UnknownOperation(None);
    }
    Error::UnknownOperation(Some(format!("Could not find operation {name} for version {version}")))
}

/// The service has the operation and this release does not. The text names it.
fn unbuilt(name: &str) -> Error {
    Error::UnknownOperation(Some(format!("Claviger does not implement {name} yet.")))
}

fn request_info(request: &RawRequest) -> RequestInfo {
    RequestInfo {
        id: request.id.clone(),
        source_ip: request.peer,
        secure: request.secure,
        user_agent: request.header("user-agent").map(str::to_owned),
    }
}
