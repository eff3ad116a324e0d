//! A signed request of the corpus, as it goes over the wire.

use std::fmt;

use claviger_sigv4::Parts;
use claviger_types::Timestamp;
use serde_json::Value;

/// A request with the headers' names as they were sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Without its `?`.
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The index of the first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|(given, _)| given.eq_ignore_ascii_case(name))
    }

    /// The `Authorization` header's text.
    pub(crate) fn authorization(&self) -> Option<String> {
        let (_, value) = self.headers.get(self.header("authorization")?)?;
        String::from_utf8(value.clone()).ok()
    }

    /// Replaces the first value of a header, if the request has one.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        if let Some(header) = self.header(name).and_then(|at| self.headers.get_mut(at)) {
            header.1 = value.into();
        }
    }

    /// The headers as an HTTP reader gives them, with names in lower case.
    pub(crate) fn arrived(&self) -> Vec<(String, Vec<u8>)> {
        self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
    }

    pub(crate) fn parts<'a>(&'a self, headers: &'a [(String, Vec<u8>)]) -> Parts<'a> {
        Parts { method: &self.method, path: &self.path, query: &self.query, headers, body: &self.body }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} {:?} ? {:?}", self.method, self.path, self.query)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name:?}: {:?}", String::from_utf8_lossy(value))?;
        }
        write!(f, "{:?}", String::from_utf8_lossy(&self.body))
    }
}

/// A request with the secret that botocore has signed it with.
pub(crate) struct Signed {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) at: Timestamp,
    pub(crate) request: Request,
}

impl Signed {
    /// Reads the lines that `crates/claviger-sigv4/tests/make_corpus.py` writes.
    ///
    /// # Errors
    ///
    /// The number of the first line that is not such a request.
    pub(crate) fn read_all(text: &str) -> Result<Vec<Signed>, String> {
        let lines = text.lines().filter(|line| !line.is_empty()).enumerate();
        lines.map(|(n, line)| read(line).ok_or_else(|| format!("line {} holds no request", n + 1))).collect()
    }
}

fn read(line: &str) -> Option<Signed> {
    let value: Value = serde_json::from_str(line).ok()?;
    let [_form, key, secret, at, method, path, query, headers, body] = value.as_array()?.as_slice() else {
        return None;
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let headers = headers.as_array()?.iter().map(|pair| Some((text(pair.get(0)?)?, bytes(pair.get(1)?)?)));
    Some(Signed {
        access_key_id: text(key)?,
        secret: text(secret)?,
        at: Timestamp::parse_iso8601(at.as_str()?)?,
        request: Request {
            method: text(method)?,
            path: text(path)?,
            query: text(query)?,
            headers: headers.collect::<Option<_>>()?,
            body: bytes(body)?,
        },
    })
}

/// Bytes are written as the characters of their numbers.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    value.as_str()?.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}
