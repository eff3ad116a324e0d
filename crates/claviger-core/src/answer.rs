//! Shapes answers: outputs and errors in the target service's protocol, with its codes and statuses.

use claviger_model::{Protocol, Service, Tree};
use claviger_sigv4::Reason;
use claviger_store::Error as StoreError;
use zeroize::Zeroizing;

use crate::accept;
use crate::error::Error;
use crate::service::{ServiceDefinition, Services};
use crate::wire::{EarlyRefusal, RawRequest, RawResponse};

const AWS_JSON: &str = "application/x-amz-json-1.1";
const JSON: &str = "application/json";
const XML: &str = "text/xml";

/// What an answer has to look like, known before anything of the request has been checked.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// The service that the request is meant for; none if that could not be told.
    service: Option<&'static Service>,
    encoding: Encoding,
}

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// The JSON protocol's own.
    Json,
    /// The query protocol's, unless the client asks for another.
    QueryXml,
    /// The query protocol's for a client that accepts `application/json`.
    QueryJson,
}

impl Shape {
    /// Looks at the target header, then at the credential scope, then at the content type. A query service also looks at `Accept`.
    pub(crate) fn of(services: Services, request: &RawRequest) -> Shape {
        let target = request.header("x-amz-target");
        let by_target = target.and_then(|target| services.by_target(target)).map(|(service, _)| service);
        let service = by_target.or_else(|| {
            crate::authenticate::scope(request).and_then(|(_, service)| services.by_signing_name(&service))
        });
        let is_json = service.map_or_else(
            || {
                let content_type = request.header("content-type").unwrap_or_default();
                target.is_some() || content_type.starts_with("application/x-amz-json")
            },
            ServiceDefinition::is_json,
        );
        let encoding = match is_json {
            true => Encoding::Json,
            false if accept::prefers_json(request) => Encoding::QueryJson,
            false => Encoding::QueryXml,
        };
        Shape { service: service.map(|service| service.model), encoding }
    }

    /// Whether the answer is in the JSON protocol, which has codes and statuses of its own.
    fn is_json(self) -> bool {
        self.encoding == Encoding::Json
    }

    /// The XML namespace of answers.
    fn namespace(self) -> &'static str {
        match self.service.map(|service| service.protocol) {
            Some(Protocol::Query { namespace, .. }) => namespace,
            _ => "https://webservices.amazon.com/doc/2005-10-05/",
        }
    }
}

/// The answer of an operation that did what was asked.
pub(crate) fn success(
    shape: Shape,
    service: &'static Service,
    operation: &str,
    output: Option<Tree>,
    id: &str,
) -> RawResponse {
    let model = service.operation(operation).and_then(|o| o.output);
    match shape.encoding {
        Encoding::Json => respond(200, AWS_JSON, output.map(|tree| tree.to_json()).unwrap_or_default(), id),
        Encoding::QueryXml => {
            let body = claviger_model::xml::response(operation, shape.namespace(), model, output.as_ref(), id);
            respond(200, XML, body, id)
        }
        Encoding::QueryJson => {
            let body = claviger_model::query_json::response(operation, model, output.as_ref(), id);
            respond(200, JSON, body, id)
        }
    }
}

/// The answer of a request that was refused or failed.
pub(crate) fn failure(shape: Shape, error: &Error, id: &str) -> RawResponse {
    if let Error::Internal(cause) = error {
        tracing::error!(request = id, %cause, "a request failed");
    }
    write_fault(shape, &fault(shape, error), id)
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
    };
    let fault = Fault { status, code, message: Some(message.to_owned()), member: MESSAGE };
    write_fault(shape, &fault, &head.id)
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
            let info = shape.service.and_then(|s| s.error(code));
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
    let code = match shape.service.map(|s| s.signing_name) {
        Some("kms") => "KMSInternalException",
        Some("secretsmanager") => "InternalServiceError",
        Some("iam") => "ServiceFailure",
        _ => "InternalFailure",
    };
    let message = Some("The request could not be processed because of an internal error. Try again.".to_owned());
    let member = shape.service.and_then(|s| s.error(code)).and_then(|i| i.message_member).unwrap_or(MESSAGE);
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

fn write_fault(shape: Shape, fault: &Fault, id: &str) -> RawResponse {
    let sender = fault.status < 500;
    let text = fault.message.as_deref();
    let (content_type, body) = match shape.encoding {
        Encoding::Json => {
            let mut members = vec![("__type".to_owned(), Tree::text(fault.code))];
            members.extend(text.map(|text| (fault.member.to_owned(), Tree::text(text))));
            (AWS_JSON, Tree::Map(members).to_json())
        }
        Encoding::QueryXml => (XML, claviger_model::xml::error(shape.namespace(), fault.code, text, sender, id)),
        Encoding::QueryJson => (JSON, claviger_model::query_json::error(fault.code, text, sender, id)),
    };
    respond(fault.status, content_type, body, id)
}

fn respond(status: u16, content_type: &str, body: Zeroizing<Vec<u8>>, id: &str) -> RawResponse {
    let headers = vec![("content-type", content_type.to_owned()), ("x-amzn-requestid", id.to_owned())];
    RawResponse { status, headers, body }
}
