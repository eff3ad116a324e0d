//! The path, in the canonical form of every service but S3.

use std::borrow::Cow;

use claviger_types::strict::hex_byte;
use percent_encoding::{AsciiSet, utf8_percent_encode};

use crate::query::RESERVED;
use crate::refusal::{Reason, Refusal};

const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Whether a raw path is valid: it begins with `/` (or is empty), and its percent escapes are complete. An absolute URI and `*` are
/// not.
pub(crate) fn check(raw: &str) -> Result<(), Refusal> {
    let mut escapes = raw.split('%').skip(1);
    let whole = escapes.all(|after| after.as_bytes().get(..2).and_then(hex_byte).is_some());
    let rooted = raw.is_empty() || raw.starts_with('/');
    if whole && rooted { Ok(()) } else { Err(Refusal::silent(Reason::MalformedPath)) }
}

/// Empty segments, `.` and `..` are removed, and the rest is encoded once more. The raw path is encoded once already, so this gives the
/// two encodings that all services but S3 require.
///
/// The raw text is encoded, not its decoded form. Signers do the same, and raw paths that differ in more than dots and slashes have
/// different canonical forms.
pub(crate) fn canonical(raw: &str) -> Cow<'_, str> {
    // The path of nearly every request.
    if matches!(raw, "" | "/") {
        return Cow::Borrowed("/");
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let tail = if raw.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    let normal = format!("/{}{tail}", kept.join("/"));
    utf8_percent_encode(&normal, RESERVED_IN_PATH).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form() {
        let check = |raw: &str, expected: &str| assert_eq!(canonical(raw), expected, "{raw}");
        check("", "/");
        check("/", "/");
        check("//", "/");
        check("/./", "/");
        check("/example/..", "/");
        check("/example1/example2/../..", "/");
        check("/../../a", "/a");
        check("//example//", "/example/");
        check("/./example", "/example");
        check("/example space/", "/example%20space/");
        check("/a%20b;c/%2F/%2e%2e", "/a%2520b%3Bc/%252F/%252e%252e");
        check("/~-._", "/~-._");
    }

    #[test]
    fn malformed_paths() {
        let refused = Err(Refusal::silent(Reason::MalformedPath));
        for raw in ["*", "a/b", "http://host/", "/%", "/%4", "/%zz", "/%é9", "/a%2"] {
            assert_eq!(super::check(raw), refused, "{raw}");
        }
        for raw in ["", "/", "/%2e%2E/x"] {
            assert_eq!(super::check(raw), Ok(()), "{raw}");
        }
    }
}
