//! Changes of the signature's own parts, and of the place where they stand.

use super::{Change, Mutation};
use crate::signatures::random::Random;
use crate::signatures::request::Request;

pub(super) const KINDS: [(&str, Mutation); 17] = [
    ("signature: another date of the request", |request, change| {
        let date =
            change.random.text(&["20261124T150404Z", "20261124T150406Z", "20261123T150405Z", "2026-11-24T15:04:05Z"]);
        request.set("x-amz-date", date);
        request.query = request.query.replace("X-Amz-Date=20261124T150405Z", &format!("X-Amz-Date={date}"));
    }),
    ("signature: another date of the scope", |request, change| {
        scope(request, "20261124/", change.random.text(&["20261123/", "20261125/", "/"]));
    }),
    ("signature: another region", |request, change| {
        let from = change.random.text(&["/eu-west-1/", "/us-east-1/", "/cn-north-1/", "/us-gov-west-1/"]);
        scope(request, from, change.random.text(&["/eu-west-2/", "/us-east-1/", "/EU-WEST-1/", "//", "/*/"]));
    }),
    ("signature: another service", |request, change| {
        let from = change.random.text(&["/kms/", "/secretsmanager/", "/sts/", "/iam/"]);
        scope(request, from, change.random.text(&["/kms/", "/iam/", "/s3/", "/KMS/", "//"]));
    }),
    ("signature: another terminator", |request, change| {
        scope(request, "aws4_request", change.random.text(&["aws4", "AWS4_REQUEST", "aws5_request", "aws4_request/x"]));
    }),
    ("signature: another key id", |request, change| {
        let from = change.random.text(&["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE"]);
        scope(
            request,
            from,
            change.random.text(&["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE", ""]),
        );
    }),
    ("signature: another algorithm", |request, change| {
        let new = change.random.text(&[
            "AWS4-ECDSA-P256-SHA256",
            "AWS4-HMAC-SHA1",
            "aws4-hmac-sha256",
            "AWS4-HMAC-SHA256-PAYLOAD",
        ]);
        everywhere(request, "AWS4-HMAC-SHA256", new);
    }),
    ("signature: a header no longer signed", |request, change| {
        let names = [
            "host;",
            "content-type;",
            ";x-amz-target",
            "x-amz-date;",
            ";x-amz-security-token",
            "x-amz-content-sha256;",
        ];
        let name = change.random.text(&names);
        everywhere(request, name, "");
        everywhere(request, &name.replace(';', "%3B"), "");
    }),
    ("signature: a header more signed", |request, change| {
        let new = change.random.text(&["host;zz", "accept;host", "host;host", ":authority;host", "HOST"]);
        everywhere(request, "SignedHeaders=host", &format!("SignedHeaders={new}"));
    }),
    ("signature: digits in upper case", |request, _| {
        edit_signature(request, |digits, _| digits.to_ascii_uppercase(), &mut Random::of(0, 0))
    }),
    ("signature: a digit changed", |request, change| edit_signature(request, changed, &mut change.random)),
    ("signature: cut short, longer or empty", |request, change| edit_signature(request, resized, &mut change.random)),
    ("signature: of another request", |request, change| {
        let Some(donor) = change.donor().cloned() else { return };
        if let Some(text) = donor.authorization() {
            request.set("authorization", text);
        }
        if let (Some(new), Some(old)) =
            (after(&donor.query, "X-Amz-Signature="), after(&request.query, "X-Amz-Signature="))
        {
            request.query = request.query.replace(&old, &new);
        }
    }),
    ("signature: parts of the header in another order", |request, change| {
        let Some(text) = request.authorization() else { return };
        let Some((scheme, rest)) = text.split_once(' ') else { return };
        let mut parts: Vec<&str> = rest.split(", ").collect();
        let first = change.random.below(parts.len());
        parts.rotate_left(first);
        if change.random.once_in(3) {
            parts.push("Other=y");
        }
        let (blank, comma) = (change.random.text(&[" ", "\t", "  "]), change.random.text(&[",", ", ", " ,\t"]));
        request.set("authorization", format!("{scheme}{blank}{}", parts.join(comma)));
    }),
    ("signature: a part of the header twice", |request, change| {
        let Some(text) = request.authorization() else { return };
        let parts: Vec<&str> = text.split([' ', ',']).filter(|part| part.contains('=')).collect();
        let Some(part) = change.random.pick(&parts).copied() else { return };
        let changed = if change.random.once_in(2) { format!("{part}x") } else { part.to_owned() };
        request.set(
            "authorization",
            if change.random.once_in(2) {
                format!("{text}, {changed}")
            } else {
                text.replacen(part, &format!("{changed}, {part}"), 1)
            },
        );
    }),
    ("signature: from the header into the query", |request, change| into_query(request, change)),
    ("signature: from the query into the header", |request, change| into_header(request, change)),
];

/// Replaces a part of the credential, in the header and in the query.
fn scope(request: &mut Request, from: &str, to: &str) {
    everywhere(request, from, to);
    everywhere(request, &from.replace('/', "%2F"), &to.replace('/', "%2F"));
}

fn everywhere(request: &mut Request, from: &str, to: &str) {
    if let Some(text) = request.authorization() {
        request.set("authorization", text.replace(from, to));
    }
    request.query = request.query.replace(from, to);
}

/// The 64 digits that follow a name.
fn after(text: &str, name: &str) -> Option<String> {
    text.split(name).nth(1)?.get(..64).map(str::to_owned)
}

fn edit_signature(request: &mut Request, edit: fn(&str, &mut Random) -> String, random: &mut Random) {
    let found = request
        .authorization()
        .and_then(|text| after(&text, "Signature="))
        .or_else(|| after(&request.query, "X-Amz-Signature="));
    if let Some(digits) = found {
        let new = edit(&digits, random);
        everywhere(request, &digits, &new);
    }
}

fn changed(digits: &str, random: &mut Random) -> String {
    // The last digits too: a comparison could end early.
    let at = if random.once_in(2) { 60 + random.below(4) } else { random.below(64) };
    let new = random.text(&["0", "1", "a", "f", "g", "A", "\0"]);
    let (head, tail) = (digits.get(..at).unwrap_or_default(), digits.get(at + 1..).unwrap_or_default());
    format!("{head}{new}{tail}")
}

fn resized(digits: &str, random: &mut Random) -> String {
    match random.below(3) {
        0 => digits.get(..random.below(64)).unwrap_or_default().to_owned(),
        1 => format!("{digits}{}", random.text(&["0", "00", "=", "%00"])),
        _ => String::new(),
    }
}

/// Writes the parts of the `Authorization` header as parameters, with or without the header.
fn into_query(request: &mut Request, change: &mut Change<'_>) {
    let Some(text) = request.authorization() else { return };
    let part = |name: &str| text.split(&[' ', ','][..]).find_map(|part| part.strip_prefix(name)).unwrap_or_default();
    let (credential, signed) = (part("Credential=").replace('/', "%2F"), part("SignedHeaders=").replace(';', "%3B"));
    let separator = if request.query.is_empty() { "" } else { "&" };
    request.query.push_str(&format!(
        "{separator}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date=20261124T150405Z&X-Amz-Expires=900\
         &X-Amz-SignedHeaders={signed}&X-Amz-Signature={}",
        part("Signature=")
    ));
    if !change.random.once_in(3) {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    }
    if change.random.once_in(2) {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-amz-date"));
    }
}

/// Writes the parameters as headers, with or without the parameters.
fn into_header(request: &mut Request, change: &mut Change<'_>) {
    let query = request.query.clone();
    let parameter = |name: &str| query.split('&').find_map(|piece| piece.strip_prefix(name)).unwrap_or_default();
    if parameter("X-Amz-Signature=").is_empty() {
        return;
    }
    let (credential, signed) =
        (parameter("X-Amz-Credential=").replace("%2F", "/"), parameter("X-Amz-SignedHeaders=").replace("%3B", ";"));
    let signature = parameter("X-Amz-Signature=");
    let value =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed};x-amz-date, Signature={signature}");
    request.headers.push(("Authorization".to_owned(), value.into()));
    request.headers.push(("X-Amz-Date".to_owned(), parameter("X-Amz-Date=").into()));
    if !change.random.once_in(3) {
        request.query = query.split('&').filter(|piece| !piece.starts_with("X-Amz-")).collect::<Vec<_>>().join("&");
    }
}
