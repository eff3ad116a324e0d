//! The query form: a URL that carries its own signature, as identity proofs and `curl` use it.

use crate::ALGORITHM;
use crate::canonical::SIGNATURE_PARAMETER;
use crate::date;
use crate::headers::Headers;
use crate::query::Query;
use crate::refusal::{Reason, Refusal};
use crate::signature_parts::{Form, SignatureParts};

/// Every parameter that belongs to a signature. A request is ambiguous if it has one of them beside a signature in its header, or has one
/// of them twice.
pub(crate) const PARAMETERS: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    SIGNATURE_PARAMETER,
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
];

/// A week, the longest that AWS lets a presigned URL live.
const EXPIRES_SECS_MAX: i64 = 604_800;

/// Reads the signature's parameters.
pub(crate) fn read(query: &Query, headers: &Headers<'_>) -> Result<SignatureParts, Refusal> {
    if query.first("X-Amz-Algorithm").as_deref() != Some(ALGORITHM) {
        return Err(Refusal::missing_token());
    }
    if let Some(name) = PARAMETERS.iter().find(|name| query.count(name) > 1) {
        return Err(Refusal::new(Reason::MalformedQuery, format!("'{name}' must be given only once.")));
    }
    if !headers.all("x-amz-security-token").is_empty() {
        return Err(mixed());
    }
    let values = ["X-Amz-Credential", SIGNATURE_PARAMETER, "X-Amz-SignedHeaders", "X-Amz-Date"].map(|n| query.first(n));
    let [Some(credential), Some(signature), Some(signed_headers), Some(date_text)] = values else {
        return Err(absent(query));
    };
    Ok(SignatureParts {
        credential,
        signature,
        signed_headers,
        time: date::parse_basic(&date_text),
        date_text,
        session_token: query.first("X-Amz-Security-Token"),
        form: Form::Query { expires_secs: expires(query)? },
    })
}

/// The refusal of credentials in two places.
pub(crate) fn mixed() -> Refusal {
    Refusal::mismatch("The credentials of a request must all be in its headers or all in its query string.")
}

fn absent(query: &Query) -> Refusal {
    let required = ["X-Amz-Credential", SIGNATURE_PARAMETER, "X-Amz-SignedHeaders", "X-Amz-Date"];
    let missing = required.iter().filter(|name| query.count(name) == 0);
    let sentences: Vec<String> =
        missing.map(|name| format!("AWS query-string parameters must include '{name}'.")).collect();
    Refusal::incomplete(format!("{} Re-examine the query-string parameters.", sentences.join(" ")))
}

fn expires(query: &Query) -> Result<Option<i64>, Refusal> {
    let Some(text) = query.first("X-Amz-Expires") else { return Ok(None) };
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(secs) if digits && (1..=EXPIRES_SECS_MAX).contains(&secs) => Ok(Some(secs)),
        _ => Err(Refusal::incomplete(format!(
            "X-Amz-Expires must be a number of seconds from 1 to {EXPIRES_SECS_MAX}, got '{text}'"
        ))),
    }
}
