//! The fuzz target of this crate: the parts of a request that carry its signature.

use claviger_types::Timestamp;

use crate::{Expect, Parts, SigningKey, check, claim, verify};

/// The secret that the seeds are signed with, and the moment at which they were.
const SECRET: &str = "a secret of the corpus";
const NOW: Timestamp = Timestamp(1_795_532_645_000);

/// Reads the signature of a request and checks it. The input is a request in the form of HTTP/1.1: a line with method, path and
/// query, lines of headers, an empty line, and the body.
///
/// # Panics
///
/// If a signature is accepted that is not of the request and the secret that it was accepted for.
pub fn signature_header(data: &[u8]) {
    is_accepted(data);
}

fn is_accepted(data: &[u8]) -> bool {
    let request = Head::read(data);
    let parts = request.parts();
    let Ok(claim) = claim(&parts) else { return false };
    let expect =
        Expect { service: "kms", now: NOW, window_secs: 300, presigned_secs: None, region: Some("eu-central-1") };
    let verified = |secret: &str, parts: &Parts<'_>| {
        let key = SigningKey::derive(secret, &claim.date, &claim.region, &claim.service);
        verify(&claim, parts, &key).is_ok()
    };
    if check(&claim, &expect).is_err() || !verified(SECRET, &parts) {
        return false;
    }
    assert!(!verified("another secret", &parts), "the secret does not matter");
    assert!(!verified(SECRET, &Parts { method: "PATCH", ..parts }), "the method does not matter");
    assert!(!verified(SECRET, &Parts { path: "/other", ..parts }), "the path does not matter");
    let longer = [parts.body, b"x"].concat();
    assert!(!verified(SECRET, &Parts { body: &longer, ..parts }), "the body does not matter");
    true
}

/// A request's head and body, taken apart without any check of its own.
struct Head {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Head {
    fn read(data: &[u8]) -> Head {
        let (head, body) = split(data, b"\n\n");
        let (first, lines) = split(head, b"\n");
        let first = String::from_utf8_lossy(first);
        let (method, target) = first.split_once(' ').unwrap_or((&first, ""));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let header = |line: &[u8]| {
            let (name, value) = split(line, b": ");
            (String::from_utf8_lossy(name).to_ascii_lowercase(), value.to_vec())
        };
        Head {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(header).collect(),
            body: body.to_vec(),
        }
    }

    fn parts(&self) -> Parts<'_> {
        Parts { method: &self.method, path: &self.path, query: &self.query, headers: &self.headers, body: &self.body }
    }
}

/// The bytes before and after the first occurrence of a separator. Without one, all bytes and none.
fn split<'a>(data: &'a [u8], separator: &[u8]) -> (&'a [u8], &'a [u8]) {
    let at = data.windows(separator.len()).position(|window| window == separator);
    let halves = at.and_then(|at| Some((data.get(..at)?, data.get(at + separator.len()..)?)));
    halves.unwrap_or((data, &[]))
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn signature_headers() {
        super::seeds::check("signature_header", Vec::new(), 2000, super::signature_header);
    }
    /// Otherwise the target would never come past the comparison.
    #[test]
    fn the_corpus_has_signatures_that_are_accepted() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/signature_header");
        for seed in ["signed", "with_token", "with_query", "presigned"] {
            assert!(super::is_accepted(&std::fs::read(format!("{folder}/{seed}")).unwrap()), "{seed}");
        }
    }
}
