//! Shapes answers: outputs and errors in the target service's protocol, with its codes and statuses.

use std::borrow::Cow;

use claviger_model::common_error::{self, CommonError};
use claviger_model::{ErrorInfo, Protocol, Service, Tree};
use claviger_sigv4::Reason;
use claviger_store::Error as StoreError;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::service::{ServiceDefinition, Services};
use crate::wire::{EarlyRefusal, RawRequest, RawResponse};
use crate::{accept, authenticate};

const AWS_JSON: &str = "application/x-amz-json-1.1";
const JSON: &str = "application/json";
const XML: &str = "text/xml";

/// The form of an answer. It is known before any part of the request has been checked.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// The service that the request is meant for; none if the request does not show it.
    service: Option<&'static Service>,
    encoding: Encoding,
}

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// The JSON protocol's own.
    Json,
    /// The query protocol's, unless the client accepts another.
    QueryXml,
    /// The query protocol's for a client that accepts `application/json`.
    QueryJson,
}

impl Shape {
    /// Reads the target header, then the credential scope, then the content type. Of a query service, it reads `Accept` too.
    pub(crate) fn of<'a>(
        services: Services,
        request: &RawRequest,
        scope_service: impl FnOnce() -> Option<Cow<'a, str>>,
    ) -> Shape {
        let target = request.header("x-amz-target");
        let by_target = target.and_then(|target| services.by_target(target)).map(|(service, _)| service);
        let service = by_target.or_else(|| scope_service().and_then(|service| services.by_signing_name(&service)));
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

    /// The code and status that an error of every service has in this shape.
    fn spelling(self, error: &CommonError) -> &'static ErrorInfo {
        if self.is_json() { error.json } else { error.query }
    }

    /// The XML namespace of answers.
    fn namespace(self) -> &'static str {
        match self.service.map(|service| service.protocol) {
            Some(Protocol::Query { namespace, .. }) => namespace,
            _ => "https://webservices.amazon.com/doc/2005-10-05/",
        }
    }
}

/// The answer of an operation that succeeded.
pub(crate) fn success(
    shape: Shape,
    service: &'static Service,
    operation: &str,
    output: Option<Tree>,
    id: &str,
) -> RawResponse {
    let model = || service.operation(operation).and_then(|o| o.output);
    match shape.encoding {
        Encoding::Json => respond(200, AWS_JSON, output.map(|tree| tree.to_json()).unwrap_or_default(), id),
        Encoding::QueryXml => {
            let body = claviger_model::xml::response(operation, shape.namespace(), model(), output.as_ref(), id);
            respond(200, XML, body, id)
        }
        Encoding::QueryJson => {
            let body = claviger_model::query_json::response(operation, model(), output.as_ref(), id);
            respond(200, JSON, body, id)
        }
    }
}

/// The answer of a request that was refused or failed.
pub(crate) fn failure(shape: Shape, error: &Error, id: &str) -> RawResponse {
    match error {
        // The client's retry succeeds, so this is not an error for the operator.
        Error::Store(StoreError::Conflict | StoreError::Overloaded) => {}
        Error::Internal(cause) => tracing::error!(request = id, %cause, "a request failed"),
        Error::Panicked { report, panics } => {
            tracing::error!(request = id, cause = %report, panics, "a request failed");
        }
        Error::Store(cause) => tracing::error!(request = id, %cause, "a request failed"),
        _ => {}
    }
    write_fault(shape, &fault(shape, error), id)
}

/// The answer to a request that the listener refuses before it is complete. The head decides the form.
pub fn refuse(services: Services, head: &RawRequest, refusal: EarlyRefusal) -> RawResponse {
    let scope_service = || authenticate::scope(head).map(|(_, service)| Cow::Owned(service));
    let shape = Shape::of(services, head, scope_service);
    let (error, text) = match refusal {
        EarlyRefusal::BodyTooLarge => (&common_error::REQUEST_ENTITY_TOO_LARGE, "The request body is too large."),
        EarlyRefusal::HeadersTooLarge => {
            (&common_error::REQUEST_HEADER_SECTION_TOO_LARGE, "The request headers are too large.")
        }
        EarlyRefusal::Timeout => (&common_error::REQUEST_TIMEOUT, "The request did not arrive in time."),
        EarlyRefusal::Malformed => {
            (&common_error::MALFORMED_HTTP_REQUEST, "The request is not one that this service can read.")
        }
        EarlyRefusal::UnknownRegion => {
            (&common_error::INVALID_SIGNATURE, "Credential should be scoped to a valid region.")
        }
        EarlyRefusal::RegionDown => (&common_error::SERVICE_UNAVAILABLE_HERE, "The region is not available."),
        EarlyRefusal::Failed => return write_fault(shape, &internal(shape), &head.id),
    };
    write_fault(shape, &Fault { info: shape.spelling(error), message: Some(text.to_owned()) }, &head.id)
}

/// An error as it is sent.
struct Fault {
    info: &'static ErrorInfo,
    message: Option<String>,
}

fn fault(shape: Shape, error: &Error) -> Fault {
    let (common, message) = match error {
        Error::Service { info, message } => return Fault { info, message: message.clone() },
        Error::Denied(text) => (&common_error::ACCESS_DENIED, Some(text.clone())),
        Error::Validation(text) => (&common_error::VALIDATION, Some(text.clone())),
        Error::Serialization(text) => (&common_error::SERIALIZATION, text.clone()),
        Error::UnknownOperation(text) => (&common_error::UNKNOWN_OPERATION, text.clone()),
        Error::Signature(refusal) => (signature_error(refusal.reason), refusal.message.clone()),
        Error::Throttled => {
            let text = "The rate of such requests is exceeded. Reduce the frequency of your calls.";
            (&common_error::THROTTLING, Some(text.to_owned()))
        }
        Error::RateExceeded => {
            let text = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
            (&common_error::THROTTLING, Some(text.to_owned()))
        }
        Error::Store(StoreError::Conflict) => {
            let text = "Too many requests changed the same resource at once. Try again.";
            (&common_error::THROTTLING, Some(text.to_owned()))
        }
        Error::Store(_) | Error::Internal(_) | Error::Panicked { .. } => return internal(shape),
    };
    Fault { info: shape.spelling(common), message }
}

/// A fault of the service itself, under the error that its model has for it.
fn internal(shape: Shape) -> Fault {
    let own = shape.service.and_then(|service| service.internal_error);
    let text = "The request could not be processed because of an internal error. Try again.";
    let info = own.unwrap_or_else(|| shape.spelling(&common_error::INTERNAL_FAILURE));
    Fault { info, message: Some(text.to_owned()) }
}

fn signature_error(reason: Reason) -> &'static CommonError {
    match reason {
        Reason::MissingToken => &common_error::MISSING_AUTHENTICATION_TOKEN,
        Reason::Incomplete => &common_error::INCOMPLETE_SIGNATURE,
        Reason::MalformedPath => &common_error::MALFORMED_HTTP_REQUEST,
        Reason::MalformedQuery => &common_error::MALFORMED_QUERY_STRING,
        Reason::UnknownKey => &common_error::UNRECOGNIZED_CLIENT,
        Reason::ExpiredToken => &common_error::EXPIRED_TOKEN,
        Reason::SignatureMismatch | Reason::UnsupportedPayload => &common_error::INVALID_SIGNATURE,
    }
}

fn write_fault(shape: Shape, fault: &Fault, id: &str) -> RawResponse {
    let Fault { info: ErrorInfo { code, status, message_member, .. }, message } = fault;
    let sender = *status < 500;
    let text = message.as_deref();
    let (content_type, body) = match shape.encoding {
        Encoding::Json => {
            let member = message_member.unwrap_or("message");
            let mut members = vec![("__type".into(), Tree::text(code))];
            members.extend(text.map(|text| (member.into(), Tree::text(text))));
            (AWS_JSON, Tree::Map(members).to_json())
        }
        Encoding::QueryXml => (XML, claviger_model::xml::error(shape.namespace(), code, text, sender, id)),
        Encoding::QueryJson => (JSON, claviger_model::query_json::error(code, text, sender, id)),
    };
    respond(*status, content_type, body, id)
}

fn respond(status: u16, content_type: &str, body: Zeroizing<Vec<u8>>, id: &str) -> RawResponse {
    let headers = vec![("content-type", content_type.to_owned()), ("x-amzn-requestid", id.to_owned())];
    RawResponse { status, headers, body }
}
