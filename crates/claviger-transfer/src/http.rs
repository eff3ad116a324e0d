//! Requests over HTTP and HTTPS.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use claviger_types::Sensitive;
use http_body_util::{BodyExt, Full};
use hyper::header::HeaderValue;
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::wiping::WipingBuffer;

/// The time for one request.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// The most bytes of an answer. The largest is a page of 20 values of 64 KiB in base64.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(20);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL has no host, or another scheme than `http` and `https`.
    #[error("{0} is not a URL such as https://secrets.example:8443")]
    Url(String),
    /// Secrets would travel in the clear.
    #[error("{0} would carry secrets over a network without TLS")]
    Plain(String),
    /// The file of authorities cannot be used.
    #[error("the certificates cannot be read: {0}")]
    Roots(String),
    /// A header has characters that HTTP does not have.
    #[error("a token or name cannot be sent in a header")]
    Header,
    /// No connection, no TLS, or it broke off.
    #[error("{host}: {cause}")]
    Broken {
        /// The host.
        host: String,
        /// What happened.
        cause: String,
    },
    /// The time was over.
    #[error("{host} does not answer within {} s", ANSWER_WITHIN.as_secs())]
    Silent {
        /// The host.
        host: String,
    },
    /// The answer is too large.
    #[error("the answer of {host} has more than {} MiB", ANSWER_BYTES_MAX >> 20)]
    Large {
        /// The host.
        host: String,
    },
}

/// An answer of whatever status.
#[derive(Debug)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Sensitive<Vec<u8>>,
}

/// Where a server is: scheme, host and port, and a path without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// `host:port` as the URL has it.
    pub authority: String,
    /// The path, empty or such as `/vault`.
    pub path: String,
    scheme: String,
}

impl BaseUrl {
    /// Reads a URL. One of the scheme `http` must name a loopback address, unless `plain_allowed`.
    ///
    /// # Errors
    ///
    /// See [`HttpError::Url`] and [`HttpError::Plain`].
    pub fn parse(text: &str, plain_allowed: bool) -> Result<BaseUrl, HttpError> {
        let wrong = || HttpError::Url(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let (scheme, authority) = (uri.scheme_str().ok_or_else(wrong)?, uri.authority().ok_or_else(wrong)?);
        if !matches!(scheme, "http" | "https") || authority.as_str().contains('@') || uri.query().is_some() {
            return Err(wrong());
        }
        let base = BaseUrl {
            authority: authority.to_string(),
            path: uri.path().trim_end_matches('/').to_owned(),
            scheme: scheme.to_owned(),
        };
        if scheme == "http" && !plain_allowed && !base.is_loopback() {
            return Err(HttpError::Plain(text.to_owned()));
        }
        Ok(base)
    }

    /// Whether the host is this machine itself.
    pub fn is_loopback(&self) -> bool {
        let host = self.authority.rsplit_once(':').map_or(self.authority.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The URL of a path below.
    pub fn join(&self, path: &str) -> String {
        format!("{}://{}{}{path}", self.scheme, self.authority, self.path)
    }
}

/// A client for any number of servers. Clones share connections.
#[derive(Clone)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Http {
    /// A client that trusts Mozilla's list of authorities, and those of `roots`, as PEM, besides.
    ///
    /// # Errors
    ///
    /// `roots` cannot be read, or TLS cannot be used.
    pub fn new(roots: Option<&[u8]>) -> Result<Http, HttpError> {
        let mut dial = HttpConnector::new();
        dial.enforce_http(false);
        dial.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(roots)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(dial);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Http { client })
    }

    /// Sends a request and reads its answer whole. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// There is no answer, or one that is too large.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &HashMap<String, Sensitive<String>>,
        body: Sensitive<Vec<u8>>,
    ) -> Result<HttpAnswer, HttpError> {
        let host = url.split('/').nth(2).unwrap_or_default().to_owned();
        let mut builder = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| HttpError::Header)?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        let body = Bytes::from_owner(Zeroizing::new(body.into_exposed()));
        let request = builder.body(Full::new(body)).map_err(|_| HttpError::Header)?;
        let answer = timeout(ANSWER_WITHIN, self.exchange(request, &host)).await;
        answer.unwrap_or(Err(HttpError::Silent { host }))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>, host: &str) -> Result<HttpAnswer, HttpError> {
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| broken(host, error.source().unwrap_or(&error)))?;
        let (status, mut body, mut bytes) = (answer.status().as_u16(), answer.into_body(), WipingBuffer::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| broken(host, &error))?;
            if let Some(data) = frame.data_ref() {
                bytes.push(data);
            }
            if bytes.as_slice().len() > ANSWER_BYTES_MAX {
                return Err(HttpError::Large { host: host.to_owned() });
            }
        }
        Ok(HttpAnswer { status, body: bytes.into_sensitive() })
    }
}

/// The innermost cause, which names the fault of the connection.
fn broken(host: &str, error: &dyn std::error::Error) -> HttpError {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    HttpError::Broken { host: host.to_owned(), cause: cause.to_string() }
}

fn tls(roots: Option<&[u8]>) -> Result<ClientConfig, HttpError> {
    let failed = |error: &dyn std::fmt::Display| HttpError::Roots(error.to_string());
    let mut trusted = RootCertStore::empty();
    trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for certificate in CertificateDer::pem_slice_iter(roots.unwrap_or_default()) {
        let certificate = certificate.map_err(|error| failed(&error))?;
        trusted.add(certificate).map_err(|error| failed(&error))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(versions.map_err(|error| failed(&error))?.with_root_certificates(trusted).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_tls_must_name_this_machine() {
        for url in ["http://127.0.0.1:4599", "http://[::1]:1/", "http://localhost/x", "https://a.example:8443"] {
            assert!(BaseUrl::parse(url, false).is_ok(), "{url}");
        }
        for url in ["http://a.example", "http://10.0.0.1:80", "http://localhost.example"] {
            assert!(matches!(BaseUrl::parse(url, false), Err(HttpError::Plain(_))), "{url}");
            assert!(BaseUrl::parse(url, true).is_ok(), "{url}");
        }
        for url in ["ftp://a", "a.example", "https://u:p@a.example", "https://a/?b"] {
            assert!(matches!(BaseUrl::parse(url, true), Err(HttpError::Url(_))), "{url}");
        }
        assert_eq!(BaseUrl::parse("https://a:1/b/", false).unwrap().join("/v1"), "https://a:1/b/v1");
    }
}
