//! Refusals of a request, with AWS's error texts.
//!
//! The texts are part of the API's contract: clients match on some of them, so they are exactly AWS's.

/// The refusal of a request whose signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .message.as_deref().unwrap_or("the request is refused without a text"))]
pub struct Refusal {
    /// The kind, which the service maps to its protocol's code and status.
    pub reason: Reason,
    /// The text for the caller; `None` where AWS sends none.
    pub message: Option<String>,
}

/// The kinds of refusal, one for each code that a protocol may answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nothing is signed: `MissingAuthenticationToken`.
    MissingToken,
    /// The signature's parts are absent or malformed: `IncompleteSignature`.
    Incomplete,
    /// A wrong signature, clock or scope: `SignatureDoesNotMatch`, `InvalidSignatureException`.
    SignatureMismatch,
    /// The query string cannot be decoded: `MalformedQueryString`.
    MalformedQuery,
    /// The path cannot be decoded: a plain 400 without a body.
    MalformedPath,
    /// No such key, or a session token that is not its own: `InvalidClientTokenId`, `UnrecognizedClientException`.
    UnknownKey,
    /// The session of the key is over: `ExpiredToken`.
    ExpiredToken,
    /// The request declares its body as unsigned, or as signed in chunks. Only S3 has both.
    UnsupportedPayload,
}

impl Refusal {
    /// A refusal with a text.
    pub fn new(reason: Reason, message: impl Into<String>) -> Refusal {
        Refusal { reason, message: Some(message.into()) }
    }

    /// The key id is unknown or inactive, or the session token is not one for it.
    pub fn unknown_key() -> Refusal {
        Refusal::new(Reason::UnknownKey, "The security token included in the request is invalid.")
    }

    /// The session that the key belongs to is over.
    pub fn expired_token() -> Refusal {
        Refusal::new(Reason::ExpiredToken, "The security token included in the request is expired")
    }

    pub(crate) fn silent(reason: Reason) -> Refusal {
        Refusal { reason, message: None }
    }

    pub(crate) fn incomplete(message: impl Into<String>) -> Refusal {
        Refusal::new(Reason::Incomplete, message)
    }

    pub(crate) fn mismatch(message: impl Into<String>) -> Refusal {
        Refusal::new(Reason::SignatureMismatch, message)
    }

    pub(crate) fn missing_token() -> Refusal {
        Refusal::new(Reason::MissingToken, "Request is missing Authentication Token")
    }

    /// The canonical request and the string to sign are left out on purpose: they would show headers to every reader of the answer, and
    /// a signer that has the secret can compute them.
    pub(crate) fn wrong_signature() -> Refusal {
        Refusal::mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        )
    }

    /// A header that has to be signed and is not; the wording is that of AWS for `Host`.
    pub(crate) fn unsigned(header: &str) -> Refusal {
        Refusal::mismatch(format!("'{header}' must be a 'SignedHeader' in the AWS Authorization."))
    }
}
