//! The path of every request, as numbered steps in one function.

use claviger_model::{Protocol, Tree};
use claviger_store::Batch;
use claviger_types::{Caller, Timestamp};

use crate::answer::{self, Shape};
use crate::audit;
use crate::audit::AuditContext;
use crate::authenticate;
use crate::context::RequestInfo;
use crate::entry::OperationEntry;
use crate::error::Error;
use crate::node::Node;
use crate::service::{ServiceDefinition, Services};
use crate::wire::{RawRequest, RawResponse};

/// How often a request is run again after a conflict before it is given up with a retryable error.
const ATTEMPTS_MAX: usize = 16;

impl Node {
    /// Takes a request through the whole path and answers it. Every outcome is an answer in the target service's shape.
    pub async fn handle(&self, request: RawRequest) -> RawResponse {
        let now = self.clock().now();
        let shape = Shape::of(self.services(), &request);
        let info = request_info(&request);
        let outcome = async {
            // 1. Verify the signature. Nothing of the body is read before.
            let (caller, service) = authenticate::authenticate(self, &request, now).map_err(|error| {
                without_signature(self.services(), &request).filter(|_| error.lacks_signature()).unwrap_or(error)
            })?;
            // 2. Find the operation; read the body into the protocol's neutral form.
            let circumstances = audit::Request { caller: &caller, info: &info, at: now };
            let call = match find(self.services(), service, &request) {
                Ok(call) => call,
                Err(error) => {
                    self.audit_unread(
                        &circumstances,
                        service,
                        claimed_name(self.services(), service, &request).as_deref(),
                        &error,
                    )?;
                    return Err(error);
                }
            };
            let (output, audit) = self.settle(&call, &caller, &info, now).await;
            // 9. Audit, before the answer leaves. Where that fails, the answer is that it did.
            self.audit(&circumstances, &call, output.as_ref().err(), audit)?;
            let output = output?;
            Ok::<_, Error>((call, output))
        }
        .await;
        // 10. Encode.
        match outcome {
            Ok((call, output)) => answer::success(shape, call.service.model, call.entry.name, output, &info.id),
            Err(error) => answer::failure(shape, &error, &info.id),
        }
    }

    /// Steps 3 to 8, again on a fresh snapshot as long as other commits get in between. The trail is that of the last run.
    async fn settle(
        &self,
        call: &Call,
        caller: &Caller,
        info: &RequestInfo,
        now: Timestamp,
    ) -> (Result<Option<Tree>, Error>, AuditContext) {
        let mut attempts = 1;
        loop {
            let audit = AuditContext::default();
            let committed = match self.attempt(call, caller, info, now, &audit) {
                // 8. Commit what was written, and wait until it is durable.
                Ok((output, Some(batch))) => self.commit(batch).await.map(|()| output).map_err(Error::from),
                Ok((output, None)) => Ok(output),
                Err(error) => Err(error),
            };
            match committed {
                Err(error) if error.is_conflict() && attempts < ATTEMPTS_MAX => attempts += 1,
                settled => return (settled, audit),
            }
        }
    }

    /// Steps 3 to 7 on one snapshot.
    fn attempt(
        &self,
        call: &Call,
        caller: &Caller,
        info: &RequestInfo,
        now: Timestamp,
        audit: &AuditContext,
    ) -> Result<(Option<Tree>, Option<Batch>), Error> {
        let mut tx = self.begin()?;
        let cx = self.context(&mut tx, caller, now, info);
        let output = (call.entry.perform)(call.input.clone(), cx, audit)?;
        // A read that notes its date must not fail because the disk is full.
        let keeps_writes = tx.has_writes() && (self.healthy() || !call.entry.writes_may_be_lost);
        Ok((output, keeps_writes.then(|| tx.into_batch())))
    }
}

/// A request whose signature is verified and whose operation is known.
pub(crate) struct Call {
    pub(crate) service: &'static ServiceDefinition,
    pub(crate) entry: &'static OperationEntry,
    pub(crate) input: Tree,
}

/// Finds the operation that a request names and reads its body.
fn find(services: Services, service: &'static ServiceDefinition, request: &RawRequest) -> Result<Call, Error> {
    // These services have one path and one method; presigned query requests are GETs. Whatever else is asked for is none of
    // theirs, well signed or not.
    let method_fits = request.method == "POST" || (request.method == "GET" && !service.is_json());
    if request.path != "/" || !method_fits {
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

/// What is answered to a request without a signature that names an operation which takes none. No release builds one yet. Such an
/// operation proves the caller's identity by its parameters, so its answer is its own and never that a signature is missing.
fn without_signature(services: Services, request: &RawRequest) -> Option<Error> {
    let pairs = query_parameters(request).ok()?;
    let name = action(&pairs).ok()?;
    let named = |service: &&ServiceDefinition| {
        let operation = service.model.operation(&name).is_some_and(|operation| !operation.signed);
        operation && require_version(service, &name, &pairs).is_ok()
    };
    let service = services.0.iter().filter(|service| !service.is_json()).find(named)?;
    service.entry(&name).is_none().then(|| unbuilt(&name))
}

/// The operation that a request which cannot be read names, as far as that can be told.
fn claimed_name(services: Services, service: &ServiceDefinition, request: &RawRequest) -> Option<String> {
    if service.is_json() {
        return request
            .header("x-amz-target")
            .and_then(|target| services.by_target(target))
            .map(|(_, name)| name.to_owned());
    }
    query_parameters(request).and_then(|pairs| action(&pairs)).ok()
}

/// The parameters of a query-protocol request: from the body, and for a GET from the query string (less the signature's own).
/// Where both have some, a proxy in front may have judged the request by the other ones, so that is refused.
fn query_parameters(request: &RawRequest) -> Result<Vec<(String, String)>, Error> {
    let mut in_query = claviger_model::parse_form(request.query.as_bytes())?;
    in_query.retain(|(key, _)| !key.starts_with("X-Amz-"));
    if request.method == "GET" {
        return Ok(in_query);
    }
    if in_query.is_empty() { Ok(claviger_model::parse_form(&request.body)?) } else { Err(Error::Serialization(None)) }
}

/// The one action that a form names. A second one, in whatever case, is an attempt to be two requests at once.
fn action(pairs: &[(String, String)]) -> Result<String, Error> {
    let mut named = pairs.iter().filter(|(key, _)| key.eq_ignore_ascii_case("Action"));
    match (named.next(), named.next()) {
        (Some((key, value)), None) if key == "Action" => Ok(value.clone()),
        (Some(_), Some(_)) => Err(Error::Serialization(None)),
        _ => Err(Error::UnknownOperation(None)),
    }
}

/// A body of another type, or of none, is not read: whoever stands in front may have taken it for something else.
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

/// The service has the operation and this release does not: say so, by its name.
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
