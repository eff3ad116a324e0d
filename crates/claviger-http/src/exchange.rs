//! One exchange: makes a [`RawRequest`] from hyper's request, and hyper's response from a [`RawResponse`].

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use claviger_types::panics::{self, PanicReport};
use claviger_types::wire::{EarlyRefusal, RawRequest, RawResponse};
use claviger_types::{Clock, Random};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode, Version};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::activity::{Activity, Busy};
use crate::body;
use crate::cors::Cors;
use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX, LiveLimits};
use crate::metrics::ListenerMetrics;
use crate::peer::Peer;
use crate::tls::Tls;

/// The caller's side of the listener: answers requests, and decides the limits and error shapes that depend on the service.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request. Every outcome is an answer.
    fn handle(&self, request: RawRequest) -> impl Future<Output = RawResponse> + Send;

    /// Shapes the answer to a request that the listener refuses. The body is absent. The head of a malformed request holds only
    /// the parts that could be read.
    fn refuse(&self, head: &RawRequest, refusal: EarlyRefusal) -> RawResponse;

    /// How many bytes the body of a request may have.
    fn body_bytes_max(&self, head: &RawRequest) -> usize;

    /// Whether web pages of the allowed origins may send this request and read its answer.
    fn is_shared(&self, _head: &RawRequest) -> bool {
        true
    }
}

const REQUEST_ID: &str = "x-amzn-requestid";

/// The state that all exchanges of a server share.
pub(crate) struct Shared<H> {
    pub(crate) handler: Arc<H>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: LiveLimits,
    pub(crate) cors: Cors,
    pub(crate) tls: Option<Tls>,
    pub(crate) metrics: ListenerMetrics,
}

impl<H: Handler> Shared<H> {
    /// Reads a request, has it handled, and returns the answer.
    pub(crate) async fn exchange(
        &self,
        request: Request<Incoming>,
        peer: Peer,
        activity: &Arc<Activity>,
    ) -> Response<Answer> {
        let busy = activity.begin();
        let deadline = Instant::now() + peer.times.body;
        let (parts, body) = request.into_parts();
        let id = self.request_id();
        let mut head = head(&parts, id.clone(), peer);
        let grant = self.cors.grant(&head).filter(|_| self.handler.is_shared(&head));
        let preflight = grant.as_ref().and_then(|grant| grant.preflight(&head));
        let max = self.handler.body_bytes_max(&head);
        let (mut answer, busy) = match (take_in(&parts, &head, body, max, deadline).await, preflight) {
            (Ok(_), Some(preflight)) => (preflight, Some(busy)),
            (Ok(body), None) => {
                head.body = body;
                let turn = activity.turn().await;
                let (answer, busy) = self.handle(head, &id, busy, turn).await;
                (answer.unwrap_or_else(|| self.failed(&parts, &id, peer)), busy)
            }
            (Err(refusal), _) => (self.handler.refuse(&head, refusal), Some(busy)),
        };
        if let Some(grant) = grant {
            grant.mark(&mut answer);
        }
        self.response(answer, id, busy)
    }

    /// The answer to a request whose handler did not give one.
    fn failed(&self, parts: &Parts, id: &str, peer: Peer) -> RawResponse {
        self.handler.refuse(&head(parts, id.to_owned(), peer), EarlyRefusal::Failed)
    }

    /// Has a request handled. `None` in place of an answer if the handler panicked or was cancelled.
    ///
    /// This future is dropped when the client resets the stream or the connection breaks. If the handler were dropped with it, a
    /// change could be committed without its audit record. A future is never dropped while it is polled, so a handler that answers
    /// without waiting runs here. One that waits goes on in a task of its own, before this future can be dropped.
    async fn handle(
        &self,
        request: RawRequest,
        id: &str,
        busy: Busy,
        turn: Option<OwnedSemaphorePermit>,
    ) -> (Option<RawResponse>, Option<Busy>) {
        let mut handled = handled(self.handler.clone(), request, busy, turn);
        let at_once = poll_fn(|cx| Poll::Ready(handled.as_mut().poll(cx))).await;
        let outcome = match at_once {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => tokio::spawn(handled).await,
        };
        match outcome {
            Ok((Ok(answer), busy)) => (Some(answer), Some(busy)),
            Ok((Err(report), busy)) => {
                tracing::error!(request = id, panic = %report, "a request ended by a panic");
                (None, Some(busy))
            }
            // Tasks are cancelled only when the runtime ends. The error's own text may quote a panic's.
            Err(_) => {
                tracing::error!(request = id, "the task of a request was cancelled");
                (None, None)
            }
        }
    }

    /// The bytes of an HTTP/1 answer after which the connection closes.
    pub(crate) fn last_answer(&self, head: &RawRequest, refusal: EarlyRefusal) -> Vec<u8> {
        let mut answer = self.handler.refuse(head, refusal);
        if let Some(grant) = self.cors.grant(head).filter(|_| self.handler.is_shared(head)) {
            grant.mark(&mut answer);
        }
        let status = status(&answer);
        let mut text = format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default());
        for (name, value) in &answer.headers {
            if !name.eq_ignore_ascii_case(REQUEST_ID) {
                text.push_str(&format!("{}: {value}\r\n", name.to_ascii_lowercase()));
            }
        }
        let (id, date, len) = (&head.id, self.clock.now().http_date(), answer.body.len());
        text.push_str(&format!(
            "{REQUEST_ID}: {id}\r\ndate: {date}\r\nconnection: close\r\ncontent-length: {len}\r\n\r\n"
        ));
        let mut bytes = text.into_bytes();
        if head.method != "HEAD" {
            bytes.extend_from_slice(&answer.body);
        }
        bytes
    }

    pub(crate) fn request_id(&self) -> String {
        self.random.event_id()
    }

    fn response(&self, answer: RawResponse, id: String, busy: Option<Busy>) -> Response<Answer> {
        let status = status(&answer);
        let headers = answer.headers;
        let mut response = Response::new(Answer::new(answer.body, busy));
        *response.status_mut() = status;
        let all = response.headers_mut();
        all.reserve(headers.len() + 2);
        let mut set = |name: HeaderName, value: String| {
            // A value that is not valid in a header is left out, and so is a name. That can only be one that a preflight repeats
            // from the client's own request: all others are made by Claviger.
            if let Ok(value) = HeaderValue::try_from(value) {
                all.insert(name, value);
            }
        };
        for (name, value) in headers {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                set(name, value);
            }
        }
        set(HeaderName::from_static(REQUEST_ID), id);
        set(header::DATE, self.clock.now().http_date());
        response
    }
}

/// The handling of a request. It is boxed by a function that is not async: in an async one, the future's memory would be part of the
/// memory of each exchange too.
fn handled<H: Handler>(
    handler: Arc<H>,
    request: RawRequest,
    busy: Busy,
    turn: Option<OwnedSemaphorePermit>,
) -> Pin<Box<dyn Future<Output = Handled> + Send>> {
    Box::pin(async move {
        let answer = panics::catch_future(pin!(handler.handle(request))).await;
        drop(turn);
        (answer, busy)
    })
}

/// The outcome of a handler, and the request's mark among those under way.
type Handled = (Result<RawResponse, PanicReport>, Busy);

fn status(answer: &RawResponse) -> StatusCode {
    StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn take_in(
    parts: &Parts,
    head: &RawRequest,
    body: Incoming,
    bytes_max: usize,
    deadline: Instant,
) -> Result<zeroize::Zeroizing<Vec<u8>>, EarlyRefusal> {
    check(parts, head)?;
    let asks_first = parts.headers.contains_key(header::EXPECT);
    body::collect(body, bytes_max, asks_first, deadline).await
}

fn head(parts: &Parts, id: String, peer: Peer) -> RawRequest {
    let mut headers: Vec<(String, Vec<u8>)> = Vec::with_capacity(parts.headers.len() + 1);
    if let Some(authority) = authority(parts)
        && !parts.headers.contains_key(header::HOST)
    {
        headers.push(("host".to_owned(), authority.into()));
    }
    headers.extend(parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())));
    RawRequest {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: Default::default(),
        id,
        peer: Some(peer.ip),
        secure: peer.secure,
    }
}

/// The host of an HTTP/2 request, from `:authority`. An HTTP/1 request has it in the `Host` header.
fn authority(parts: &Parts) -> Option<&str> {
    parts.uri.authority().map(|authority| authority.as_str())
}

/// Checks an HTTP/2 head as the guard has checked an HTTP/1 head, and makes the checks that both versions share.
fn check(parts: &Parts, head: &RawRequest) -> Result<(), EarlyRefusal> {
    let bytes: usize = head.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    if head.headers.len() > HEADERS_MAX || bytes + head.path.len() + head.query.len() > HEAD_BYTES_MAX {
        return Err(EarlyRefusal::HeadersTooLarge);
    }
    let hosts = parts.headers.get_all(header::HOST);
    let foreign =
        |host: &HeaderValue| authority(parts).is_some_and(|authority| authority.as_bytes() != host.as_bytes());
    let modern = parts.version == Version::HTTP_2;
    if modern && (!head.path.starts_with('/') || hosts.iter().count() > 1 || hosts.iter().any(foreign)) {
        return Err(EarlyRefusal::Malformed);
    }
    // The clients of these services do not compress requests. A small body that unpacks to a large one is a known attack.
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !parts.headers.get_all(header::CONTENT_ENCODING).iter().all(plain) {
        return Err(EarlyRefusal::Malformed);
    }
    Ok(())
}

/// The body of an answer, in one piece. It is wiped once it was written. Until then the request counts as under way.
pub(crate) struct Answer {
    bytes: Option<Bytes>,
    _busy: Option<Busy>,
}

impl Answer {
    fn new(body: zeroize::Zeroizing<Vec<u8>>, busy: Option<Busy>) -> Answer {
        let bytes = (!body.is_empty()).then(|| Bytes::from_owner(body));
        Answer { bytes, _busy: busy }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
