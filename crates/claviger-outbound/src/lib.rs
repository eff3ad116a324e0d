//! Sends the server's own requests to other servers: over TLS, within a time limit, with connections that are kept.
//!
//! The certificates of other servers must lead to one of the trusted roots. The scheme `http` does not exist here; in their place a developer's
//! server may [route](Settings::plain) single names to a port of its own machine without TLS. Redirects are not followed.

mod addresses;
mod failure;
mod names;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use claviger_types::{
    Outbound, OutboundAnswer, OutboundFailure, OutboundMethod, OutboundRequest, Reach, ReplyFuture, Sensitive,
};
use http_body_util::{BodyExt, Full, Limited};
pub use hyper::HeaderMap;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use crate::addresses::Addresses;
use crate::names::Names;

/// The time for one request, from the lookup of the name to the last byte of the answer: the limit of the XKS proxy API.
pub const TIME_MAX: Duration = Duration::from_millis(250);

/// The most bytes of an answer, unless the settings say otherwise.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// The most requests at a time. Others wait, within their own time.
const REQUESTS_MAX: usize = 512;

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// The settings of a client.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Certificates, as PEM, that the other servers' certificates must lead to. None: those of Mozilla's list.
    pub roots: Option<Vec<u8>>,
    /// Whether Mozilla's list counts beside those.
    pub public_roots: bool,
    /// The addresses that it connects to.
    pub addresses: Addresses,
    /// Names that lead to a port without TLS. Each address must be a loopback address.
    pub plain: Vec<(String, SocketAddr)>,
    /// Whether a URL may name a port. External key stores of AWS have none.
    pub ports: bool,
    /// The most bytes of an answer's body.
    pub answer_bytes: usize,
    /// The time for one request.
    pub time: Duration,
}

impl Default for Settings {
    /// No names but those of the system, Mozilla's list, any address, no ports, 64 KiB, and [`TIME_MAX`].
    fn default() -> Settings {
        Settings {
            roots: None,
            public_roots: false,
            addresses: Addresses::Any,
            plain: Vec::new(),
            ports: false,
            answer_bytes: ANSWER_BYTES_MAX,
            time: TIME_MAX,
        }
    }
}

/// Why there can be no client.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file of roots cannot be used.
    #[error("the trusted certificates cannot be read: {0}")]
    Roots(String),
    /// Without TLS, the request would leave the machine.
    #[error("{0} is not an address of this machine itself, so requests to it need TLS")]
    NotLoopback(SocketAddr),
    /// The TLS library does not work.
    #[error("TLS cannot be used: {0}")]
    Tls(#[from] rustls::Error),
}

/// A client for any number of other servers.
pub struct HttpsClient {
    client: Client<HttpsConnector<HttpConnector<Names>>, Full<Bytes>>,
    plain: HashMap<String, SocketAddr>,
    turns: Semaphore,
    addresses: Addresses,
    ports: bool,
    answer_bytes: usize,
    time: Duration,
}

impl HttpsClient {
    /// A client with these settings.
    ///
    /// # Errors
    ///
    /// See [`SettingsError`].
    pub fn new(settings: Settings) -> Result<HttpsClient, SettingsError> {
        let names = Names::with(HashMap::new(), settings.addresses.clone());
        HttpsClient::with_names(settings, names)
    }

    fn with_names(settings: Settings, names: Names) -> Result<HttpsClient, SettingsError> {
        if let Some((_, address)) = settings.plain.iter().find(|(_, address)| !address.ip().is_loopback()) {
            return Err(SettingsError::NotLoopback(*address));
        }
        let mut dial = HttpConnector::new_with_resolver(names);
        dial.enforce_http(false);
        dial.set_nodelay(true);
        dial.set_connect_timeout(Some(settings.time));
        let tls = tls(settings.roots.as_deref(), settings.public_roots)?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(dial);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .build(connector);
        let plain = settings.plain.into_iter().collect();
        let Settings { addresses, ports, answer_bytes, time, .. } = settings;
        Ok(HttpsClient { client, plain, turns: Semaphore::new(REQUESTS_MAX), addresses, ports, answer_bytes, time })
    }

    /// Sends a request, and gives the headers of the answer too.
    ///
    /// # Errors
    ///
    /// See [`OutboundFailure`].
    pub async fn send_for_headers(
        &self,
        request: OutboundRequest,
    ) -> Result<(OutboundAnswer, HeaderMap), OutboundFailure> {
        timeout(self.time, self.exchange(request)).await.unwrap_or(Err(OutboundFailure::TimedOut))
    }

    async fn exchange(&self, request: OutboundRequest) -> Result<(OutboundAnswer, HeaderMap), OutboundFailure> {
        let _turn = self.turns.acquire().await.map_err(|_| OutboundFailure::Unreachable)?;
        let request = self.http_request(request).ok_or(OutboundFailure::Unreachable)?;
        let answer = self.client.request(request).await.map_err(|error| failure::of(&error))?;
        let status = answer.status().as_u16();
        let announced =
            answer.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|bytes| bytes > self.answer_bytes) {
            return Err(OutboundFailure::Garbled);
        }
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, self.answer_bytes).collect().await;
        let body = body.map_err(|error| failure::of_body(&*error))?;
        Ok((OutboundAnswer { status, body: Sensitive::new(body.to_bytes().to_vec()) }, head.headers))
    }

    /// None for a URL of another form than `https://host/path`, and for headers that HTTP does not have.
    fn http_request(&self, request: OutboundRequest) -> Option<Request<Full<Bytes>>> {
        let rest = request.url.strip_prefix("https://")?;
        let (host, path) = rest.split_at(rest.find('/')?);
        let method = match request.method {
            OutboundMethod::Get => Method::GET,
            OutboundMethod::Post => Method::POST,
        };
        let mut builder = Request::builder().method(method).uri(match self.plain.get(host) {
            Some(address) => format!("http://{address}{path}"),
            None => request.url.clone(),
        });
        if self.plain.contains_key(host) {
            builder = builder.header(HOST, host);
        }
        for (name, value) in &request.headers {
            let mut value = HeaderValue::from_str(value.expose()).ok()?;
            value.set_sensitive(true);
            builder = builder.header(*name, value);
        }
        builder
            .body(Full::new(Bytes::from(request.body.into_exposed())))
            .ok()
            .filter(|built| self.plain.contains_key(host) || self.is_acceptable(built.uri(), request.reach))
    }

    /// Whether a URL that is not routed names a host that may be asked, no user, and a port only if the settings allow it.
    fn is_acceptable(&self, uri: &Uri, reach: Reach) -> bool {
        let named = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let reaches = |host: &str| reach == Reach::Listed || !self.addresses.lists(host);
        let admitted = uri.host().is_some_and(|host| self.addresses.admit_host(host) && reaches(host));
        named && admitted && (self.ports || uri.port().is_none())
    }
}

impl Outbound for HttpsClient {
    fn send(&self, request: OutboundRequest) -> ReplyFuture<'_> {
        Box::pin(async move { self.send_for_headers(request).await.map(|(answer, _)| answer) })
    }
}

fn tls(roots: Option<&[u8]>, public_roots: bool) -> Result<ClientConfig, SettingsError> {
    let mut trusted = RootCertStore::empty();
    match roots {
        None => trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| SettingsError::Roots(error.to_string()))?;
                trusted.add(certificate).map_err(|error| SettingsError::Roots(error.to_string()))?;
            }
            if trusted.is_empty() {
                return Err(SettingsError::Roots("there is no certificate in the file".to_owned()));
            }
            if public_roots {
                trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(trusted).with_no_client_auth())
}
