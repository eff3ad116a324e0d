//! Errors that stand in no service's model. AWS's front end and its services send them all the same.
//!
//! Where no other source is named, the codes are those of the page "Common Errors" of the API references of KMS and IAM, and a
//! status was seen against AWS: a JSON service answers 400 where a query service answers 403.

use crate::ErrorInfo;

/// An error of every service. Each protocol has a code and a status of its own for it.
#[derive(Debug)]
#[non_exhaustive]
pub struct CommonError {
    /// In JSON protocols.
    pub json: &'static ErrorInfo,
    /// In query protocols.
    pub query: &'static ErrorInfo,
}

const fn error(status: u16, code: &'static str) -> ErrorInfo {
    ErrorInfo { code, status, message_member: Some("message") }
}

macro_rules! common {
    ($($(#[$doc:meta])* $name:ident: $json_status:literal $json:literal, $query_status:literal $query:literal;)*) => {
        $(
            $(#[$doc])*
            pub static $name: CommonError = CommonError {
                json: const { &error($json_status, $json) },
                query: const { &error($query_status, $query) },
            };
        )*
    };
}

common! {
    /// The caller lacks a permission.
    ACCESS_DENIED: 400 "AccessDeniedException", 403 "AccessDenied";
    /// A member breaks a constraint.
    VALIDATION: 400 "ValidationException", 400 "ValidationError";
    /// The body does not follow the protocol. The page lists neither code; both were recorded from AWS.
    SERIALIZATION: 400 "SerializationException", 400 "MalformedInput";
    /// The service has no such operation.
    UNKNOWN_OPERATION: 400 "UnknownOperationException", 400 "InvalidAction";
    /// Too many requests at once.
    THROTTLING: 400 "ThrottlingException", 400 "Throttling";
    /// A fault of a service whose model has no error for it.
    INTERNAL_FAILURE: 500 "InternalFailure", 500 "InternalFailure";

    /// No signature.
    MISSING_AUTHENTICATION_TOKEN: 400 "MissingAuthenticationTokenException", 403 "MissingAuthenticationToken";
    /// A signature that lacks a part.
    INCOMPLETE_SIGNATURE: 400 "IncompleteSignatureException", 400 "IncompleteSignature";
    /// A head that is not well-formed HTTP.
    MALFORMED_HTTP_REQUEST: 400 "MalformedHttpRequestException", 400 "MalformedHttpRequest";
    /// A query string that cannot be decoded.
    MALFORMED_QUERY_STRING: 400 "MalformedQueryStringException", 400 "MalformedQueryString";
    /// An unknown access key or a foreign session token.
    UNRECOGNIZED_CLIENT: 400 "UnrecognizedClientException", 403 "InvalidClientTokenId";
    /// A session that is over.
    EXPIRED_TOKEN: 400 "ExpiredTokenException", 403 "ExpiredToken";
    /// A wrong signature, scope or clock. The page lists neither code; both were seen against AWS.
    INVALID_SIGNATURE: 400 "InvalidSignatureException", 403 "SignatureDoesNotMatch";

    /// A body beyond the limit.
    REQUEST_ENTITY_TOO_LARGE: 413 "RequestEntityTooLargeException", 413 "RequestEntityTooLarge";
    /// A head beyond the limit. The code is the one of S3, the only service that documents one.
    REQUEST_HEADER_SECTION_TOO_LARGE:
        431 "RequestHeaderSectionTooLargeException", 431 "RequestHeaderSectionTooLarge";
    /// A request that did not arrive in time.
    REQUEST_TIMEOUT: 408 "RequestTimeoutException", 408 "RequestTimeout";
    /// A region that does not answer at present.
    SERVICE_UNAVAILABLE_HERE: 503 "ServiceUnavailableException", 503 "ServiceUnavailable";
}

/// IAM cannot be written at present (IAM, "Common Errors").
pub const SERVICE_UNAVAILABLE: &ErrorInfo = &error(503, "ServiceUnavailable");

/// Session tags that contradict each other (STS, seen against AWS).
pub const INVALID_PARAMETER_VALUE: &ErrorInfo = &error(400, "InvalidParameterValue");

/// An alias whose name is reserved for AWS (KMS Developer Guide; `NotAuthorized` in "Common Errors").
pub const NOT_AUTHORIZED: &ErrorInfo = &error(400, "NotAuthorizedException");
