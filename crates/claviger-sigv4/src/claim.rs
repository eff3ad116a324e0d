//! Reads a request's claim about its signer, without any secret.

use std::fmt;

use claviger_types::Timestamp;
use claviger_types::strict::hex_byte;

use crate::headers::{Headers, Values};
use crate::presigned::{PARAMETERS, mixed};
use crate::query::Query;
use crate::refusal::{Reason, Refusal};
use crate::signature_parts::{Form, SignatureParts};
use crate::{Parts, authorization, path, presigned};

/// A request's claim about its signer. A server routes by it and finds the secret by it. It is not authenticated before
/// [`verify`](crate::verify) has succeeded.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// The access key id, not yet known to exist.
    pub access_key_id: String,
    /// The scope's date. It is `YYYYMMDD` once [`check`](crate::check) has succeeded.
    pub date: String,
    /// The scope's region.
    pub region: String,
    /// The scope's service, such as `kms`.
    pub service: String,
    /// The session token that came along, for temporary credentials.
    pub session_token: Option<String>,
    pub(crate) terminator: String,
    pub(crate) time: Timestamp,
    pub(crate) date_text: String,
    pub(crate) signed_headers: String,
    pub(crate) signature: String,
    pub(crate) form: Form,
}

/// Reads the claim of a request, in time linear in its size. The first rule that it breaks, in AWS's order, refuses it:
/// path, query, presence of a signature, its parts, signed headers, date, credential.
pub fn claim(parts: &Parts<'_>) -> Result<Claim, Refusal> {
    path::check(parts.path)?;
    let query = Query::parse(parts.query)?;
    let headers = Headers::new(parts.headers);
    let given = read(&headers, &query)?;
    check_signed_headers(&given, &headers)?;
    let Some(time) = given.time else { return Err(unreadable_date(&given.date_text)) };
    check_payload_headers(&headers, &query)?;
    let mut elements = given.credential.split('/');
    let [Some(access_key_id), Some(date), Some(region), Some(service), Some(terminator), None] =
        std::array::from_fn(|_| elements.next())
    else {
        return Err(wrong_credential(&given.credential));
    };
    Ok(Claim {
        access_key_id: access_key_id.to_owned(),
        date: date.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        session_token: given.session_token,
        terminator: terminator.to_owned(),
        time,
        date_text: given.date_text,
        signed_headers: given.signed_headers,
        signature: given.signature,
        form: given.form,
    })
}

impl Claim {
    /// The time of signing that the request claims, in whole seconds.
    pub fn time(&self) -> Timestamp {
        self.time
    }
}

impl fmt::Debug for Claim {
    // Without token and signature: an eavesdropper could repeat the request with them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("access_key_id", &self.access_key_id)
            .field("date", &self.date)
            .field("region", &self.region)
            .field("service", &self.service)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

fn read(headers: &Headers<'_>, query: &Query) -> Result<SignatureParts, Refusal> {
    let presigned = query.count("X-Amz-Algorithm") > 0;
    match headers.all("authorization") {
        [] if presigned => presigned::read(query, headers),
        [] => Err(Refusal::missing_token()),
        _ if presigned => Err(Refusal::silent(Reason::SignatureMismatch)),
        // AWS takes the first of several. A proxy in front may have checked another one.
        [_, _, ..] => Err(Refusal::mismatch("The request has more than one 'Authorization' header.")),
        [(_, value)] => {
            let given = authorization::read(value, headers)?;
            if PARAMETERS.iter().any(|name| query.count(name) > 0) { Err(mixed()) } else { Ok(given) }
        }
    }
}

/// The rules for signed headers: the list is in canonical form, every header that it names is present, and it names every header that
/// changes the meaning of a request.
fn check_signed_headers(given: &SignatureParts, headers: &Headers<'_>) -> Result<(), Refusal> {
    let signed: Vec<&str> = given.signed_headers.split(';').collect();
    if !signed.iter().any(|name| matches!(*name, "host" | ":authority")) {
        return Err(Refusal::unsigned_host());
    }
    let sorted = signed.iter().zip(signed.iter().skip(1)).all(|(one, next)| one < next);
    let lower = !given.signed_headers.bytes().any(|b| b.is_ascii_uppercase());
    if !sorted || !lower {
        return Err(Refusal::mismatch("'SignedHeaders' must be lower-case, sorted and without repetition."));
    }
    let found: Vec<Values<'_>> = signed.iter().map(|name| headers.signed(name)).collect();
    if let Some((name, _)) = signed.iter().zip(&found).find(|(_, values)| values.is_empty()) {
        return Err(Refusal::mismatch(format!("'{name}' is a 'SignedHeader' but is not in the request.")));
    }
    let is_signed = |name: &str| signed.binary_search(&name).is_ok();
    if let Some(name) = headers.names().find(|name| name.starts_with("x-amz-") && !is_signed(name)) {
        return Err(Refusal::unsigned(name));
    }
    if let Form::Header { date_header } = given.form
        && !is_signed(date_header)
    {
        return Err(Refusal::unsigned(date_header));
    }
    check_single(headers)?;
    match signed.iter().zip(&found).find(|(_, values)| values.iter().any(|(_, value)| has_control(value))) {
        Some((name, _)) => Err(Refusal::incomplete(format!("'{name}' must not hold control characters."))),
        None => Ok(()),
    }
}

/// Refuses headers that two readers could understand differently: repeated ones that may occur once, and a `host` other than
/// `:authority`.
fn check_single(headers: &Headers<'_>) -> Result<(), Refusal> {
    for name in ["host", ":authority", "x-amz-target", "x-amz-content-sha256"] {
        headers.single(name)?;
    }
    if let (Some(host), Some(authority)) = (headers.single("host")?, headers.single(":authority")?)
        && host != authority
    {
        return Err(Refusal::mismatch("'Host' and ':authority' differ."));
    }
    Ok(())
}

/// Whether a value has a control character other than a tab. There is no early exit, so that the compiler compares many bytes at
/// a time.
fn has_control(value: &[u8]) -> bool {
    value.iter().fold(false, |found, byte| found | (byte.is_ascii_control() & (*byte != b'\t')))
}

/// A body that is not signed, or signed in chunks, exists for S3 alone. Any other value must at least be a digest, which
/// [`verify`](crate::verify) then compares with the body's.
fn check_payload_headers(headers: &Headers<'_>, query: &Query) -> Result<(), Refusal> {
    let header = headers.single("x-amz-content-sha256")?;
    let parameter = query.first("X-Amz-Content-Sha256");
    for value in [header.as_deref(), parameter.as_deref()].into_iter().flatten() {
        if digest_of_text(value).is_none() {
            return Err(Refusal::new(
                Reason::UnsupportedPayload,
                "'x-amz-content-sha256' must be the SHA-256 digest of the body in hexadecimal.",
            ));
        }
    }
    Ok(())
}

/// The 32 bytes of 64 hexadecimal digits.
pub(crate) fn digest_of_text(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, digits) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = hex_byte(digits)?;
    }
    Some(out)
}

fn unreadable_date(text: &str) -> Refusal {
    Refusal::incomplete(format!(
        "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
    ))
}

fn wrong_credential(text: &str) -> Refusal {
    Refusal::incomplete(format!(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
    ))
}

impl Refusal {
    fn unsigned_host() -> Refusal {
        Refusal::mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    }
}
