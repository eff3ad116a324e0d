//! Signed requests to servers that speak AWS's protocols.

use std::time::Duration;

use claviger_outbound::{HttpsClient, Settings};
use claviger_sigv4::{Credentials, Parts, sign};
use claviger_types::{OutboundMethod, OutboundRequest, Reach, Sensitive, Timestamp};

use crate::target::HttpTarget;

/// A request before it is signed.
pub(crate) struct Unsigned<'a> {
    pub(crate) to: &'a HttpTarget,
    pub(crate) path: &'a str,
    /// Lower-case names, without `host`.
    pub(crate) headers: Vec<(&'static str, Sensitive<String>)>,
    pub(crate) body: Sensitive<Vec<u8>>,
    pub(crate) service: &'static str,
    pub(crate) region: &'a str,
    pub(crate) now: Timestamp,
}

/// Adds the signature.
pub(crate) fn signed(unsigned: Unsigned<'_>, credentials: &Credentials<'_>) -> OutboundRequest {
    let Unsigned { to, path, mut headers, body, service, region, now } = unsigned;
    let mut given = vec![("host".to_owned(), to.authority.clone().into_bytes())];
    given.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), value.expose().clone().into_bytes())));
    let parts = Parts { method: "POST", path, query: "", headers: &given, body: body.expose() };
    for (name, value) in sign(&parts, credentials, region, service, now) {
        let name = match name.as_str() {
            "x-amz-date" => "x-amz-date",
            "x-amz-security-token" => "x-amz-security-token",
            _ => "authorization",
        };
        headers.push((name, Sensitive::new(value)));
    }
    for (_, mut value) in given {
        zeroize::Zeroize::zeroize(&mut value);
    }
    OutboundRequest {
        method: OutboundMethod::Post,
        reach: Reach::Listed,
        url: format!("https://{}{path}", to.authority),
        headers,
        body,
    }
}

/// A client for one server. A loopback address is called without TLS.
pub(crate) fn client(to: &HttpTarget, roots: Option<&[u8]>, time: Duration) -> Result<HttpsClient, String> {
    let settings = Settings {
        roots: roots.map(<[u8]>::to_vec),
        plain: to.loopback.map(|address| (to.authority.clone(), address)).into_iter().collect(),
        ports: true,
        answer_bytes: ANSWER_BYTES_MAX,
        time,
        ..Settings::default()
    };
    HttpsClient::new(settings).map_err(|error| error.to_string())
}

/// A secret has 64 KiB, of which JSON may make six times as much. Lambda's answer is shorter here: a rotation function gives none.
const ANSWER_BYTES_MAX: usize = 1 << 20;
