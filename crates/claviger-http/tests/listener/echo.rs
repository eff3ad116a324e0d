//! A server whose handler answers with the request that it received.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use claviger_http::limits::{Limits, LiveLimits, Times};
use claviger_http::{Cors, Handler, ListenerMetrics, Server, ServerSettings};
use claviger_types::wire::{EarlyRefusal, RawRequest, RawResponse};
use claviger_types::{ManualClock, SeededRandom, Timestamp};
use tokio::sync::Notify;

/// The time of the clock of these tests, in the form of the `Date` header.
pub(crate) const DATE: &str = "Tue, 24 Nov 2026 15:04:05 GMT";

/// The size of body that [`Echo`] allows; twice as much with a header `X-Large-Body`.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024;

/// Answers with the request's line, its body's length and, on request, its headers. `GET /wait` is answered only once
/// [`Echo::go_on`] is called, and `/panic` panics.
#[derive(Default)]
pub(crate) struct Echo {
    pub(crate) handled: AtomicUsize,
    pub(crate) arrived: Notify,
    pub(crate) go_on: Notify,
}

impl Handler for Echo {
    async fn handle(&self, request: RawRequest) -> RawResponse {
        self.handled.fetch_add(1, Ordering::SeqCst);
        let RawRequest { method, path, query, headers, body, .. } = &request;
        if path == "/wait" {
            self.arrived.notify_one();
            self.go_on.notified().await;
        }
        assert_ne!(path, "/panic");
        let mut text = format!("{method} {path}?{query} {} {}", body.len(), headers.len());
        if path == "/headers" {
            for (name, value) in headers {
                text.push_str(&format!("\n{name}={}", String::from_utf8_lossy(value)));
            }
        }
        if path == "/body" {
            text = String::from_utf8_lossy(body).into_owned();
        }
        RawResponse {
            status: 200,
            headers: vec![("Content-Type", "text/plain".to_owned())],
            body: text.into_bytes().into(),
        }
    }

    /// Shapes refusals as a service would: JSON for a request that names a target, XML for every other.
    fn refuse(&self, head: &RawRequest, refusal: EarlyRefusal) -> RawResponse {
        let status = match refusal {
            EarlyRefusal::BodyTooLarge => 413,
            EarlyRefusal::HeadersTooLarge => 431,
            EarlyRefusal::Timeout => 408,
            EarlyRefusal::Malformed | EarlyRefusal::UnknownRegion => 400,
            EarlyRefusal::RegionDown => 503,
            EarlyRefusal::Failed => 500,
        };
        let body = if head.header("x-amz-target").is_some() { "{}" } else { "<Error/>" };
        RawResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec().into() }
    }

    fn body_bytes_max(&self, head: &RawRequest) -> usize {
        if head.header("x-large-body").is_some() { 2 * BODY_BYTES_MAX } else { BODY_BYTES_MAX }
    }
}

/// A running server.
pub(crate) struct Running {
    pub(crate) server: Server,
    pub(crate) echo: Arc<Echo>,
    pub(crate) metrics: ListenerMetrics,
}

impl Running {
    pub(crate) async fn new() -> Running {
        Running::with(Times::default()).await
    }

    pub(crate) async fn with(times: Times) -> Running {
        Running::sharing_with(Cors::default(), times).await
    }

    /// One that web pages may call.
    pub(crate) async fn sharing(cors: Cors) -> Running {
        Running::sharing_with(cors, Times::default()).await
    }

    pub(crate) async fn sharing_with(cors: Cors, times: Times) -> Running {
        let limits = LiveLimits::new(Limits { times, ..Limits::default() });
        Running::with_settings(ServerSettings { limits, cors, ..ServerSettings::default() }).await
    }

    pub(crate) async fn with_settings(settings: ServerSettings) -> Running {
        let echo = Arc::new(Echo::default());
        let now = Timestamp::parse_iso8601("20261124T150405Z").unwrap();
        let clock = Arc::new(ManualClock::new(now));
        let address = "127.0.0.1:0".parse().unwrap();
        let random = Arc::new(SeededRandom::new(0));
        let metrics = settings.metrics.clone();
        let server = Server::bind(address, echo.clone(), clock, random, settings).await.unwrap();
        Running { server, echo, metrics }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    pub(crate) fn handled(&self) -> usize {
        self.echo.handled.load(Ordering::SeqCst)
    }
}

/// Limits so short that a test can wait for them.
pub(crate) fn short() -> Times {
    let short = Duration::from_millis(150);
    Times { head: short, body: short, idle: short, ..Times::default() }
}
