//! Shapes answers: outputs and errors in the target service's protocol, with its codes and statuses.

use claviger_model::{Protocol, Service, Tree};
use claviger_sigv4::Reason;
use claviger_store::Error as StoreError;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::service::{ServiceDefinition, Services};
use crate::wire::{EarlyRefusal, RawRequest, RawResponse};

const JSON: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";

/// What an answer has to look like, known before anything of the request has been checked.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A service's own.
    Of(&'static ServiceDefinition),
    /// No service could be told; the client speaks JSON.
    Json,
    /// No service could be told; anything else.
    Xml,
}

impl Shape {
    /// Looks at the target header, then at the credential scope, then at the content type.
    pub(crate) fn of(services: Services, request: &RawRequest) -> Shape {
        if let Some((service, _)) = request.header("x-amz-target").and_then(|target| services.by_target(target)) {
            return Shape::Of(service);
        }
        let by_scope = crate::authenticate::scope(request).and_then(|(_, service)| services.by_signing_name(&service));
        if let Some(service) = by_scope {
            return Shape::Of(service);
        }
        let speaks_json = request.header("x-amz-target").is_some()
            || request.header("content-type").is_some_and(|t| t.starts_with("application/x-amz-json"));
        if speaks_json { Shape::Json } else { Shape::Xml }
    }

    fn is_json(self) -> bool {
        match self {
            Shape::Of(service) => service.is_json(),
            Shape::Json => true,
            Shape::Xml => false,
        }
    }

    fn service(self) -> Option<&'static Service> {
        match self {
            Shape::Of(service) => Some(service.model),
            Shape::Json | Shape::Xml => None,
        }
    }
}

/// The answer of an operation that did what was asked.
pub(crate) fn success(service: &'static Service, operation: &str, output: Option<Tree>, id: &str) -> RawResponse {
    match service.protocol {
        Protocol::Json { .. } => {
            let body = output.map(|tree| tree.to_json()).unwrap_or_default();
            respond(200, JSON, body, id)
        }
        Protocol::Query { namespace, .. } => {
            let shape = service.operation(operation).and_then(|o| o.output);
            let body = claviger_model::xml::response(operation, namespace, shape, output.as_ref(), id);
            respond(200, XML, body, id)
        }
    }
}

/// The answer of a request that was refused or failed.
pub(crate) fn failure(shape: Shape, error: &Error, id: &str) -> RawResponse {
    match error {
        // A retry helps, so nobody has to act.
        Error::Store(StoreError::Conflict | StoreError::Overloaded) => {}
        Error::Internal(cause) => tracing::error!(request = id, %cause, "a request failed"),
        Error::Store(cause) => tracing::error!(request = id, %cause, "a request failed"),
        _ => {}
    }
    shaped(shape, &fault(shape, error), id)
}

/// The answer to a request that the listener refuses before it is whole; the head says in which shape.
pub fn refuse(services: Services, head: &RawRequest, refusal: EarlyRefusal) -> RawResponse {
    let shape = Shape::of(services, head);
    let json = shape.is_json();
    let (status, code, message): (u16, &'static str, &str) = match (refusal, json) {
        (EarlyRefusal::BodyTooLarge, true) => (413, "RequestEntityTooLargeException", "The request body is too large."),
        (EarlyRefusal::BodyTooLarge, false) => (413, "RequestEntityTooLarge", "The request body is too large."),
        (EarlyRefusal::HeadersTooLarge, true) => {
            (431, "RequestHeaderSectionTooLargeException", "The request headers are too large.")
        }
        (EarlyRefusal::HeadersTooLarge, false) => {
            (431, "RequestHeaderSectionTooLarge", "The request headers are too large.")
        }
        (EarlyRefusal::Timeout, true) => (408, "RequestTimeoutException", "The request did not arrive in time."),
        (EarlyRefusal::Timeout, false) => (408, "RequestTimeout", "The request did not arrive in time."),
        (EarlyRefusal::Malformed, true) => {
            (400, "MalformedHttpRequestException", "The request is not one that this service can read.")
        }
        (EarlyRefusal::Malformed, false) => {
            (400, "MalformedHttpRequest", "The request is not one that this service can read.")
        }
        (EarlyRefusal::UnknownRegion, true) => {
            (400, "InvalidSignatureException", "Credential should be scoped to a valid region.")
        }
        (EarlyRefusal::UnknownRegion, false) => {
            (403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.")
        }
        (EarlyRefusal::RegionDown, true) => (503, "ServiceUnavailableException", "The region is not available."),
        (EarlyRefusal::RegionDown, false) => (503, "ServiceUnavailable", "The region is not available."),
        (EarlyRefusal::Failed, _) => return shaped(shape, &internal(shape), &head.id),
    };
    let fault = Fault { status, code, message: Some(message.to_owned()), member: MESSAGE };
    shaped(shape, &fault, &head.id)
}

fn shaped(shape: Shape, fault: &Fault, id: &str) -> RawResponse {
    if shape.is_json() { json_fault(fault, id) } else { xml_fault(shape, fault, id) }
}

/// What errors outside the models call the member with their text.
const MESSAGE: &str = "message";

/// An error with its protocol's code and status.
struct Fault {
    status: u16,
    code: &'static str,
    message: Option<String>,
    /// How the member with the text is spelled: `message`, or as the service's model has it.
    member: &'static str,
}

fn fault(shape: Shape, error: &Error) -> Fault {
    let json = shape.is_json();
    let shared = |json_code: &'static str, query: (u16, &'static str), message: Option<String>| {
        let (status, code) = if json { (400, json_code) } else { query };
        Fault { status, code, message, member: MESSAGE }
    };
    match error {
        Error::Service { code, message } => {
            let info = shape.service().and_then(|s| s.error(code));
            let status = info.map_or_else(|| unmodelled_status(code), |i| i.status);
            let code = info.map_or(*code, |i| i.code);
            let member = info.and_then(|i| i.message_member).unwrap_or(MESSAGE);
            Fault { status, code, message: message.clone(), member }
        }
        Error::Denied(text) => shared("AccessDeniedException", (403, "AccessDenied"), Some(text.clone())),
        Error::Validation(text) => shared("ValidationException", (400, "ValidationError"), Some(text.clone())),
        Error::Serialization(text) => shared("SerializationException", (400, "MalformedInput"), text.clone()),
        Error::UnknownOperation(text) => shared("UnknownOperationException", (400, "InvalidAction"), text.clone()),
        Error::Signature(refusal) => {
            let (json_code, query) = signature_codes(refusal.reason);
            shared(json_code, query, refusal.message.clone())
        }
        Error::Store(StoreError::Conflict) => {
            let text = Some("Too many requests changed the same resource at once. Try again.".to_owned());
            shared("ThrottlingException", (400, "Throttling"), text)
        }
        Error::Store(_) | Error::Internal(_) => internal(shape),
    }
}

/// The status of an error that is common to all services and so stands in no model (reference: "Common Errors").
fn unmodelled_status(code: &str) -> u16 {
    if code == "ServiceUnavailable" { 503 } else { 400 }
}

fn internal(shape: Shape) -> Fault {
    let code = match shape.service().map(|s| s.signing_name) {
        Some("kms") => "KMSInternalException",
        Some("secretsmanager") => "InternalServiceError",
        Some("iam") => "ServiceFailure",
        _ => "InternalFailure",
    };
    let message = Some("The request could not be processed because of an internal error. Try again.".to_owned());
    let member = shape.service().and_then(|s| s.error(code)).and_then(|i| i.message_member).unwrap_or(MESSAGE);
    Fault { status: 500, code, message, member }
}

/// Codes of the shared front end (reference: "AWS Auth Error Ordering"; KMS and IAM "Common Errors").
fn signature_codes(reason: Reason) -> (&'static str, (u16, &'static str)) {
    match reason {
        Reason::MissingToken => ("MissingAuthenticationTokenException", (403, "MissingAuthenticationToken")),
        Reason::Incomplete => ("IncompleteSignatureException", (400, "IncompleteSignature")),
        Reason::MalformedPath => ("MalformedHttpRequestException", (400, "MalformedHttpRequest")),
        Reason::MalformedQuery => ("MalformedQueryStringException", (400, "MalformedQueryString")),
        Reason::UnknownKey => ("UnrecognizedClientException", (403, "InvalidClientTokenId")),
        Reason::ExpiredToken => ("ExpiredTokenException", (403, "ExpiredToken")),
        Reason::SignatureMismatch | Reason::UnsupportedPayload => {
            ("InvalidSignatureException", (403, "SignatureDoesNotMatch"))
        }
    }
}

fn json_fault(fault: &Fault, id: &str) -> RawResponse {
    let mut members = vec![("__type".to_owned(), Tree::text(fault.code))];
    members.extend(fault.message.iter().map(|text| (fault.member.to_owned(), Tree::text(text))));
    respond(fault.status, JSON, Tree::Map(members).to_json(), id)
}

fn xml_fault(shape: Shape, fault: &Fault, id: &str) -> RawResponse {
    let sender = fault.status < 500;
    let namespace = match shape.service().map(|s| s.protocol) {
        Some(Protocol::Query { namespace, .. }) => namespace,
        _ => "https://webservices.amazon.com/doc/2005-10-05/",
    };
    let body = claviger_model::xml::error(namespace, fault.code, fault.message.as_deref(), sender, id);
    respond(fault.status, XML, body, id)
}

fn respond(status: u16, content_type: &str, body: Zeroizing<Vec<u8>>, id: &str) -> RawResponse {
    let headers = vec![("content-type", content_type.to_owned()), ("x-amzn-requestid", id.to_owned())];
    RawResponse { status, headers, body }
}
