//! Tests of the crate's public functions: known answers, properties, and the exact texts of refusals.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod properties;
mod refusals;
mod suite;
mod vectors;

use claviger_sigv4::{Claim, Expect, Parts, Refusal, SigningKey, check, claim, verify};
use claviger_types::Timestamp;

/// A request that a test may change.
#[derive(Debug, Clone)]
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    fn new(method: &str, path: &str, query: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        Request { method: method.into(), path: path.into(), query: query.into(), headers, body: body.into() }
    }

    fn parts(&self) -> Parts<'_> {
        Parts { method: &self.method, path: &self.path, query: &self.query, headers: &self.headers, body: &self.body }
    }

    fn with(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    fn without(mut self, name: &str) -> Request {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// Replaces the first value of a header.
    fn set(mut self, name: &str, value: &str) -> Request {
        let header = self.headers.iter_mut().find(|(n, _)| n == name).expect("the header is there");
        header.1 = value.as_bytes().to_vec();
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n == name)?;
        std::str::from_utf8(value).ok()
    }
}

/// All three steps of a server that knows one secret.
fn accept(request: &Request, secret: &str, expect: &Expect<'_>) -> Result<Claim, Refusal> {
    let parts = request.parts();
    let claim = claim(&parts)?;
    check(&claim, expect)?;
    verify(&claim, &parts, &SigningKey::derive(secret, &claim.date, &claim.region, &claim.service))?;
    Ok(claim)
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse_iso8601(text).expect("a test's date")
}
