//! The meaning of a signed request, by AWS's documentation of Signature Version 4 and without any code of the product.
//!
//! Two requests mean the same if nothing differs but: the order of headers of different names; the case of a header's name; blanks around a
//! header's value, and how many stand between its words; headers that are not signed and do not begin with `x-amz-`; one header with a list
//! or several headers with its items; `Host` or HTTP/2's `:authority`; the order of the query's parameters, empty pieces between them,
//! `a` or `a=`, and which characters of the query are escaped; `.`, `..` and empty segments of the path; the order of the parts of the
//! `Authorization` header, blanks around them, and parts that no signature has.
//!
//! Everything else is of the meaning, down to the case of an escape in the path and of a digit of the signature. The reader is written to be
//! seen to be right, and not to be fast: it replaces texts, sorts copies, and builds one value that is compared as a whole.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use super::request::Request;

const SIGNATURE: &str = "X-Amz-Signature";
const SIGNATURE_PARAMETERS: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    SIGNATURE,
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
];

/// All that a signature is for, and the signature itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Meaning {
    /// In the query, and not in a header.
    presigned: bool,
    method: String,
    /// Without `.`, `..` and empty segments, and still escaped.
    path: String,
    /// Encoded and sorted, without the signature.
    parameters: Vec<(String, String)>,
    /// The signed headers, with their values.
    headers: Vec<(String, Vec<u8>)>,
    /// Headers that have a meaning although they are not signed. No valid request has any.
    unsigned: Vec<(String, Vec<u8>)>,
    signed_headers: String,
    credential: String,
    signature: String,
    body: Vec<u8>,
}

impl Meaning {
    /// The meaning of a request, or `None` if it has none: it is not signed, or signed twice, or two readers could read it differently.
    pub(crate) fn of(request: &Request) -> Option<Meaning> {
        let headers = request.arrived();
        let parameters = parameters(&request.query)?;
        let only = |name: &str| match parameters
            .iter()
            .filter(|(given, _)| given == name.as_bytes())
            .collect::<Vec<_>>()[..]
        {
            [(_, value)] => String::from_utf8(value.clone()).ok(),
            _ => None,
        };
        let authorizations: Vec<_> = headers.iter().filter(|(name, _)| name == "authorization").collect();
        let in_query = |name: &&str| parameters.iter().any(|(given, _)| given == name.as_bytes());
        let (presigned, [credential, signed_headers, signature]) = match authorizations[..] {
            [(_, value)] if !SIGNATURE_PARAMETERS.iter().any(&in_query) => (false, authorization(value)?),
            [] => {
                if only("X-Amz-Algorithm")? != "AWS4-HMAC-SHA256" {
                    return None;
                }
                let found = [only("X-Amz-Credential")?, only("X-Amz-SignedHeaders")?, only(SIGNATURE)?];
                (true, found)
            }
            _ => return None,
        };
        check_host(&headers)?;
        let names: Vec<&str> = signed_headers.split(';').collect();
        let signed: Option<Vec<_>> =
            names.iter().map(|name| Some(((*name).to_owned(), value(&headers, name)?))).collect();
        let unsigned = |name: &str| name.starts_with("x-amz-") && !names.contains(&name);
        let mut parameters: Vec<(String, String)> = parameters
            .iter()
            .filter(|(name, _)| !(presigned && name == SIGNATURE.as_bytes()))
            .map(|(name, value)| (encode(name, b""), encode(value, b"")))
            .collect();
        parameters.sort();
        Some(Meaning {
            presigned,
            method: request.method.clone(),
            path: path(&request.path)?,
            parameters,
            headers: signed?,
            unsigned: headers.iter().filter(|(name, _)| unsigned(name)).cloned().collect(),
            signed_headers,
            credential,
            signature,
            body: request.body.clone(),
        })
    }

    /// The canonical request without its last line, the hash of the body.
    #[cfg(test)]
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let query: Vec<String> = self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = encode(self.path.as_bytes(), b"/");
        let mut text = format!("{}\n{path}\n{}\n", self.method, query.join("&")).into_bytes();
        for (name, value) in &self.headers {
            text.extend([name.as_bytes(), b":", value, b"\n"].concat());
        }
        text.extend(format!("\n{}\n", self.signed_headers).into_bytes());
        text
    }
}

/// The decoded pairs of a query, in order, or `None` if an escape is incomplete.
fn parameters(query: &str) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut pairs = Vec::new();
    for piece in query.split('&') {
        if piece.is_empty() {
            continue;
        }
        let mut halves = piece.splitn(2, '=');
        let name = halves.next().unwrap_or_default();
        let value = halves.next().unwrap_or_default();
        pairs.push((decode(&name.replace('+', " "))?, decode(&value.replace('+', " "))?));
    }
    Some(pairs)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    Some(out)
}

fn encode(bytes: &[u8], safe: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || safe.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Removes empty segments, `.` and `..`. `None` if the path is not one, or an escape is incomplete.
fn path(raw: &str) -> Option<String> {
    decode(raw)?;
    if !raw.is_empty() && !raw.starts_with('/') {
        return None;
    }
    // A dot segment at the end stands for its folder.
    let mut path = format!("{raw}/");
    while path.contains("//") || path.contains("/./") {
        path = path.replace("//", "/").replace("/./", "/");
    }
    while let Some(at) = path.find("/../") {
        let before = path.get(..at)?;
        let kept = before.rfind('/').and_then(|slash| before.get(..slash)).unwrap_or_default();
        path = format!("{kept}{}", path.get(at + 3..)?);
    }
    if path != "/" && !raw.ends_with('/') {
        path.pop();
    }
    Some(path)
}

/// Credential, signed headers and signature of an `Authorization` header.
fn authorization(value: &[u8]) -> Option<[String; 3]> {
    let text = String::from_utf8_lossy(value);
    let rest = text.trim().strip_prefix("AWS4-HMAC-SHA256")?;
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let mut found = [None, None, None];
    for part in rest.trim().split(',') {
        let (name, value) = part.trim().split_once('=')?;
        for (slot, known) in found.iter_mut().zip(["Credential", "SignedHeaders", "Signature"]) {
            // Of a part given twice the last counts, as on AWS.
            if name == known {
                *slot = Some(value.to_owned());
            }
        }
    }
    let [credential, signed_headers, signature] = found;
    Some([credential?, signed_headers?, signature?])
}

/// `None` if the request names two hosts.
fn check_host(headers: &[(String, Vec<u8>)]) -> Option<()> {
    let hosts: Vec<&(String, Vec<u8>)> =
        headers.iter().filter(|(name, _)| name == "host" || name == ":authority").collect();
    match hosts[..] {
        [_] => Some(()),
        [(one, first), (other, second)] if one != other && words(first) == words(second) => Some(()),
        _ => None,
    }
}

/// The values of a signed header, joined by commas. `None` if there is none, or a control character in one.
fn value(headers: &[(String, Vec<u8>)], name: &str) -> Option<Vec<u8>> {
    let mut given: Vec<&Vec<u8>> = headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value).collect();
    if given.is_empty() {
        let twin = match name {
            "host" => ":authority",
            ":authority" => "host",
            _ => return None,
        };
        given = headers.iter().filter(|(n, _)| n == twin).map(|(_, value)| value).collect();
    }
    let control = |byte: &u8| *byte != b'\t' && (*byte < 0x20 || *byte == 0x7f);
    if given.is_empty() || given.iter().any(|value| value.iter().any(control)) {
        return None;
    }
    Some(given.iter().map(|value| words(value)).collect::<Vec<_>>().join(&b","[..]))
}

/// A value without blanks around it and with one space between its words.
fn words(value: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = value.iter().map(|byte| if *byte == b'\t' { b' ' } else { *byte }).collect();
    out.dedup_by(|next, one| *next == b' ' && *one == b' ');
    while out.first() == Some(&b' ') {
        out.remove(0);
    }
    while out.last() == Some(&b' ') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The reader is right where AWS says what is right.
    #[test]
    fn canonical_requests_are_those_of_the_published_suite() {
        let file = include_str!("../../../crates/claviger-sigv4/tests/published.json");
        let all: Vec<Value> = serde_json::from_str(file).expect("the published vectors");
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let mut compared = 0;
        for vector in all.iter().filter(|v| v["canonical"].is_string() && !signed_as_it_stands(v)) {
            let pair = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.as_bytes().to_vec()));
            let request = Request {
                method: text(vector, "method").expect("a method"),
                path: text(vector, "path").expect("a path"),
                query: text(vector, "query").expect("a query"),
                headers: vector["headers"].as_array().expect("headers").iter().filter_map(pair).collect(),
                body: text(vector, "body").expect("a body").into_bytes(),
            };
            let name = text(vector, "name").expect("a name");
            let meaning = Meaning::of(&request).unwrap_or_else(|| panic!("{name} has no meaning"));
            let canonical = String::from_utf8(meaning.canonical()).expect("a text");
            let expected = text(vector, "canonical").expect("a canonical request");
            if vector["refused"].is_string() && meaning.presigned {
                // The token was added to the query after signing.
                assert!(canonical.contains("X-Amz-Security-Token") && !expected.contains("X-Amz-Security-Token"));
                continue;
            }
            assert_eq!(format!("{canonical}{}", expected.rsplit('\n').next().unwrap_or_default()), expected, "{name}");
            compared += 1;
        }
        assert_eq!(compared, 64);
    }

    fn signed_as_it_stands(vector: &Value) -> bool {
        vector["refused"].as_str().is_some_and(|rule| rule.starts_with("signed over the path"))
    }

    #[test]
    fn paths() {
        for (raw, expected) in [
            ("", "/"),
            ("/", "/"),
            ("/.", "/"),
            ("/..", "/"),
            ("/a/..", "/"),
            ("/a/b/..", "/a"),
            ("/a/b/../", "/a/"),
            ("//a//b", "/a/b"),
            ("/../a/./b/", "/a/b/"),
            ("/%2e/a", "/%2e/a"),
            ("/a/.../b", "/a/.../b"),
        ] {
            assert_eq!(path(raw).as_deref(), Some(expected), "{raw}");
        }
        for raw in ["a", "*", "/%", "/%zz"] {
            assert_eq!(path(raw), None, "{raw}");
        }
    }
}
