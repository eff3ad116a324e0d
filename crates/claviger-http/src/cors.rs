//! Cross-origin resource sharing: which web pages may call this server from a browser.
//!
//! Before it sends the headers of a signed request for a page of another origin, a browser sends a preflight: `OPTIONS` without
//! a signature. It shows the page an answer only if the answer names the page's origin. A refusal of any kind carries the same
//! headers: an SDK that cannot read an error reports a failure of the network instead.
//!
//! Source: the Fetch standard, <https://fetch.spec.whatwg.org/#http-cors-protocol>.

use std::net::{Ipv4Addr, Ipv6Addr};

use claviger_types::wire::{RawRequest, RawResponse};

/// The headers of an answer that SDKs read. Apart from `Content-Type` and `Content-Length`, a browser shows a page only these.
const EXPOSED: &str =
    "date, retry-after, x-amz-id-2, x-amz-request-id, x-amzn-errortype, x-amzn-query-error, x-amzn-requestid";

/// How many seconds a browser may cache a preflight answer. Browsers do not cache it for longer.
const REMEMBERED_SECS: &str = "7200";

/// The origins whose pages may call this server. By default there are none.
#[derive(Debug, Clone, Default)]
pub struct Cors {
    loopback: bool,
    any: bool,
    origins: Vec<String>,
}

impl Cors {
    /// Pages from the browser's own machine: `localhost`, names below it, 127.0.0.0/8 and `[::1]`, with any port.
    pub fn loopback() -> Cors {
        Cors { loopback: true, ..Cors::default() }
    }

    /// Allows another origin, `SCHEME://HOST[:PORT]` as browsers send it, or every origin with `*`.
    #[must_use]
    pub fn and(mut self, origin: &str) -> Cors {
        if origin == "*" {
            self.any = true;
        } else {
            self.origins.push(origin.to_owned());
        }
        self
    }

    /// The headers that let a page read the answer. None for a request without an `Origin` header, or with an origin that is
    /// not allowed: such a request is answered as any other, and the browser keeps the answer from the page.
    pub(crate) fn grant(&self, request: &RawRequest) -> Option<Grant> {
        let origin = request.header("origin")?;
        if self.any {
            return Some(Grant { origin: "*".to_owned() });
        }
        let allowed = self.origins.iter().any(|allowed| allowed == origin) || (self.loopback && is_loopback(origin));
        allowed.then(|| Grant { origin: origin.to_owned() })
    }
}

/// The permission of one request's page.
pub(crate) struct Grant {
    origin: String,
}

impl Grant {
    /// The answer to a preflight request. None for every other request.
    pub(crate) fn preflight(&self, request: &RawRequest) -> Option<RawResponse> {
        let method = request.header("access-control-request-method").filter(|_| request.method == "OPTIONS")?;
        let mut headers = vec![
            ("access-control-allow-methods", method.to_owned()),
            ("access-control-max-age", REMEMBERED_SECS.to_owned()),
        ];
        // SDKs add headers of their own (`amz-sdk-request`), so all requested headers are allowed: the signature decides.
        let asked = request.header("access-control-request-headers");
        headers.extend(asked.map(|names| ("access-control-allow-headers", names.to_owned())));
        // Sent for a page that does not come from this machine or its network.
        if request.header("access-control-request-private-network") == Some("true") {
            headers.push(("access-control-allow-private-network", "true".to_owned()));
        }
        Some(RawResponse { status: 204, headers, body: Default::default() })
    }

    /// Adds the headers that let the page read the answer.
    pub(crate) fn mark(self, answer: &mut RawResponse) {
        if self.origin != "*" {
            // A cache must not give one origin's answer to another.
            answer.headers.push(("vary", "origin".to_owned()));
        }
        answer.headers.push(("access-control-allow-origin", self.origin));
        answer.headers.push(("access-control-expose-headers", EXPOSED.to_owned()));
    }
}

/// Whether a page of this origin comes from the machine that its browser runs on. Names below `localhost` never leave the
/// machine (RFC 6761, 6.3).
fn is_loopback(origin: &str) -> bool {
    let scheme = |scheme| origin.strip_prefix(scheme);
    let Some(authority) = scheme("http://").or_else(|| scheme("https://")) else { return false };
    if let Some((address, port)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return is_port(port) && address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    let is_name = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let is_local = host == "localhost" || host.ends_with(".localhost");
    is_port(port) && (is_local && is_name || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()))
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':').map_or(text.is_empty(), |digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn request(method: &str, headers: &[(&str, &str)]) -> RawRequest {
        RawRequest {
            method: method.to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
            body: Default::default(),
            id: String::new(),
            peer: None,
            secure: false,
        }
    }

    fn allows(cors: &Cors, origin: &str) -> bool {
        cors.grant(&request("POST", &[("origin", origin)])).is_some()
    }

    #[test]
    fn pages_of_this_machine() {
        let local = [
            "http://localhost",
            "http://localhost:3000",
            "https://localhost:8443",
            "http://app.localhost:5173",
            "http://127.0.0.1:8080",
            "http://127.8.9.10",
            "http://[::1]:3000",
            "https://[::1]",
        ];
        let foreign = [
            "https://example.com",
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://localhost@example.com",
            "http://example.com:80/localhost",
            "http://localhost:3000.example.com",
            "http://localhost:99999",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://[::2]",
            "http://[::1].example.com",
            "http://a\rb.localhost",
            "ftp://localhost",
            "localhost",
            "null",
            "*",
            "",
        ];
        let cors = Cors::loopback();
        assert!(local.iter().all(|origin| allows(&cors, origin)));
        for origin in foreign {
            assert!(!allows(&cors, origin), "{origin}");
        }
        assert!(local.iter().chain(&foreign).all(|origin| !allows(&Cors::default(), origin)));
        assert!(cors.grant(&request("POST", &[])).is_none());
    }

    #[test]
    fn further_origins_are_taken_to_the_letter() {
        let cors = Cors::default().and("https://app.example").and("null");
        assert!(allows(&cors, "https://app.example") && allows(&cors, "null"));
        for origin in ["https://app.example:8443", "http://app.example", "https://APP.example", "http://localhost"] {
            assert!(!allows(&cors, origin), "{origin}");
        }
        assert!(allows(&cors.and("*"), "https://elsewhere.example"));
    }

    #[test]
    fn only_a_question_is_a_preflight() {
        let asks = |method: &str, more: &[(&str, &str)]| {
            let request = request(method, &[&[("origin", "http://localhost")], more].concat());
            Cors::loopback().grant(&request).unwrap().preflight(&request)
        };
        assert!(asks("OPTIONS", &[]).is_none());
        assert!(asks("POST", &[("access-control-request-method", "POST")]).is_none());
        let plain = asks("OPTIONS", &[("access-control-request-method", "POST")]).unwrap();
        assert!(plain.headers.iter().all(|(name, _)| !name.ends_with("-headers") && !name.ends_with("-network")));
        let network = [("access-control-request-method", "POST"), ("access-control-request-private-network", "true")];
        let answer = asks("OPTIONS", &network).unwrap();
        assert!(answer.headers.contains(&("access-control-allow-private-network", "true".to_owned())));
    }
}
