//! The header form: `Authorization: AWS4-HMAC-SHA256 Credential=.., SignedHeaders=.., Signature=..`.

use std::borrow::Cow;

use crate::ALGORITHM;
use crate::date;
use crate::headers::{self, Headers};
use crate::refusal::Refusal;
use crate::signature_parts::{Form, SignatureParts};

/// Reads the header's parts, and the date and token beside it. Of a part given twice the last counts, as on AWS.
pub(crate) fn read(value: &[u8], headers: &Headers<'_>) -> Result<SignatureParts, Refusal> {
    let text = headers::text(value);
    let header = text.trim();
    let (scheme, rest) = header.split_once([' ', '\t']).unwrap_or((header, ""));
    if scheme != ALGORITHM {
        return Err(Refusal::incomplete(format!("Unsupported AWS 'algorithm': '{scheme}'.")));
    }
    let (mut credential, mut signature, mut signed_headers) = (None, None, None);
    // An empty text after the scheme has no parts. Splitting it would give one part without an equals sign.
    let rest = Some(rest.trim()).filter(|rest| !rest.is_empty());
    for part in rest.into_iter().flat_map(|rest| rest.split(',')).map(str::trim) {
        let (name, value) = part.split_once('=').ok_or_else(|| no_equal_sign(part, header))?;
        match name {
            "Credential" => credential = Some(value),
            "Signature" => signature = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            _ => {}
        }
    }
    let date = match headers.single("x-amz-date")? {
        Some(text) => Some(("x-amz-date", text.into_owned())),
        None => headers.single("date")?.map(|text| ("date", text.into_owned())),
    };
    let dated = date.is_some();
    let (Some(credential), Some(signature), Some(signed_headers), Some((date_header, date_text))) =
        (credential, signature, signed_headers, date)
    else {
        return Err(absent(credential, signature, signed_headers, dated, header));
    };
    let time = if date_header == "date" { date::parse_http_date(&date_text) } else { date::parse_amz_date(&date_text) };
    Ok(SignatureParts {
        credential: credential.to_owned(),
        signature: signature.to_owned(),
        signed_headers: signed_headers.to_owned(),
        time,
        date_text,
        session_token: headers.single("x-amz-security-token")?.map(Cow::into_owned),
        form: Form::Header { date_header },
    })
}

fn no_equal_sign(part: &str, header: &str) -> Refusal {
    Refusal::incomplete(format!(
        "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'"
    ))
}

fn absent(
    credential: Option<&str>,
    signature: Option<&str>,
    signed_headers: Option<&str>,
    dated: bool,
    header: &str,
) -> Refusal {
    let sentences = [
        (credential.is_some(), "Authorization header requires 'Credential' parameter."),
        (signature.is_some(), "Authorization header requires 'Signature' parameter."),
        (signed_headers.is_some(), "Authorization header requires 'SignedHeaders' parameter."),
        (dated, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."),
    ];
    let missing: Vec<&str> = sentences.iter().filter(|(given, _)| !given).map(|(_, sentence)| *sentence).collect();
    Refusal::incomplete(format!("{} Authorization={header}", missing.join(" ")))
}
