//! Listens, accepts connections and serves them: HTTP/1.1 with keep-alive and HTTP/2 with prior knowledge, on one port.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use claviger_types::{Clock, Random, panics};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::activity::Activity;
use crate::admission::{Admission, Admitted, NotAdmitted};
use crate::cors::Cors;
use crate::exchange::{Answer, Handler, Shared};
use crate::http1_guard::{Http1Guard, Protocol};
use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX, LiveLimits, RESETS_PENDING_MAX, STREAMS_MAX};
use crate::metrics::ListenerMetrics;
use crate::peer::Peer;
use crate::tls::Tls;

/// A listening server. It serves until [`Server::stop`]; dropping it stops it without waiting for requests under way.
pub struct Server {
    address: SocketAddr,
    stopping: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

/// The settings of a listener.
#[derive(Debug, Clone, Default)]
pub struct ServerSettings {
    /// Its limits.
    pub limits: LiveLimits,
    /// The origins whose web pages may call it.
    pub cors: Cors,
    /// Its certificate. None: plain HTTP.
    pub tls: Option<Tls>,
    /// Where its connections are counted.
    pub metrics: ListenerMetrics,
}

impl Server {
    /// Listens on an address; port 0 takes a free one. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// The system's error if the address cannot be bound.
    pub async fn bind<H: Handler>(
        address: SocketAddr,
        handler: Arc<H>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: ServerSettings,
    ) -> io::Result<Server> {
        let ServerSettings { limits, cors, tls, metrics } = settings;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { handler, clock, random, limits, cors, tls, metrics });
        let (stopping, stop) = watch::channel(false);
        let accepting = tokio::spawn(async move {
            if let Err(report) = panics::catch_future(pin!(accept(listener, shared, stop))).await {
                tracing::error!(panic = %report, "the listener panicked; it takes no more connections");
            }
        });
        Ok(Server { address, stopping, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the listener at once, lets requests under way end within [`Times::stop`](crate::limits::Times::stop), and then closes every connection.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        // A panic has been caught and logged within the task. The error's own text may quote a panic's.
        if (&mut self.accepting).await.is_err() {
            tracing::error!("the listener's task was cancelled");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<H: Handler>(listener: TcpListener, shared: Arc<Shared<H>>, mut stop: watch::Receiver<bool>) {
    let admission = Admission::new(shared.limits.clone(), shared.metrics.clone());
    let mut connections = JoinSet::new();
    loop {
        let next = tokio::select! {
            () = stopped(&mut stop) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match next {
            Ok((stream, peer)) => {
                let admitted = tokio::select! {
                    () = stopped(&mut stop) => break,
                    admitted = admit(&admission, peer.ip()) => admitted,
                };
                if let Some(admitted) = admitted {
                    connections.spawn(serve(stream, peer.ip(), admitted, shared.clone(), stop.clone()));
                }
            }
            // The system lacks a resource, such as file descriptors. It becomes free when connections end.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                admission.make_room();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let all_ended = async {
        while connections.join_next().await.is_some() {}
        // Requests whose connections are closed are still being handled. Each holds its connection's admission.
        admission.empty().await;
    };
    let times = shared.limits.get().times;
    if timeout(times.stop + times.linger, all_ended).await.is_err() {
        connections.shutdown().await;
    }
}

/// Waits while every connection has a request under way. None if the connection is to be closed at once.
async fn admit(admission: &Arc<Admission>, peer: IpAddr) -> Option<Admitted> {
    loop {
        // Made before the question, so that no connection that ends meanwhile is missed.
        let released = admission.released();
        match admission.admit(peer) {
            Ok(admitted) => return Some(admitted),
            Err(NotAdmitted::Peer) => {
                tracing::debug!(%peer, "a peer has as many connections as it may have, and each is busy");
                return None;
            }
            Err(NotAdmitted::All) => released.await,
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the server was dropped, which stops it as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Serves a connection until it ends, or is closed in favour of another one.
async fn serve<H: Handler>(
    stream: TcpStream,
    peer: IpAddr,
    admitted: Admitted,
    shared: Arc<Shared<H>>,
    stop: watch::Receiver<bool>,
) {
    let activity = Activity::new(admitted);
    tokio::select! {
        biased;
        () = serve_stream(stream, peer, shared, activity.clone(), stop) => {}
        // Its future is dropped, and the socket with it.
        () = activity.evicted() => {}
    }
}

async fn serve_stream<H: Handler>(
    stream: TcpStream,
    peer: IpAddr,
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
    mut stop: watch::Receiver<bool>,
) {
    // An answer is written in one piece, so waiting to fill a packet only costs time. A failure of this call costs no more than
    // that.
    let _ = stream.set_nodelay(true);
    let times = shared.limits.get().times;
    let Some(tls) = &shared.tls else {
        return serve_requests(stream, Peer { ip: peer, secure: false, times }, shared, activity, stop).await;
    };
    let handshake = timeout(times.handshake, tls.acceptor().accept(stream));
    let outcome = tokio::select! {
        outcome = handshake => outcome,
        () = stopped(&mut stop) => return,
    };
    match outcome {
        Ok(Ok(stream)) => serve_requests(stream, Peer { ip: peer, secure: true, times }, shared, activity, stop).await,
        Ok(Err(error)) => {
            shared.metrics.handshake_failed();
            tracing::debug!(%error, "a TLS handshake failed");
        }
        Err(_) => {
            shared.metrics.handshake_failed();
            tracing::debug!("a TLS handshake took too long");
        }
    }
}

async fn serve_requests<H: Handler, S: Socket>(
    stream: S,
    peer: Peer,
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
    mut stop: watch::Receiver<bool>,
) {
    let mut guard = Http1Guard::new(stream, activity.clone(), peer.times);
    let protocol = tokio::select! {
        protocol = guard.protocol() => protocol,
        () = stopped(&mut stop) => return guard.finish(&[]).await,
    };
    match protocol {
        Protocol::Http1 => serve_http1(guard, peer, shared, activity, stop).await,
        Protocol::Http2 => serve_http2(guard, peer, shared, activity, stop).await,
        Protocol::Neither => finish(guard, &shared).await,
    }
}

/// A connection's stream, encrypted or not.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Socket for S {}

/// Answers a refused head, if there is one, and closes.
async fn finish<H: Handler, S: Socket>(guard: Http1Guard<S>, shared: &Shared<H>) {
    let answer = guard.refusal(shared.request_id()).map(|(head, refusal)| shared.last_answer(&head, refusal));
    guard.finish(&answer.unwrap_or_default()).await;
}

type Exchange = Pin<Box<dyn Future<Output = Result<hyper::Response<Answer>, std::convert::Infallible>> + Send>>;

fn service<H: Handler>(
    shared: Arc<Shared<H>>,
    peer: Peer,
    activity: Arc<Activity>,
) -> impl Fn(Request<Incoming>) -> Exchange {
    move |request| {
        let (shared, activity) = (shared.clone(), activity.clone());
        Box::pin(async move { Ok(shared.exchange(request, peer, &activity).await) })
    }
}

/// The most headers of an HTTP/1 head that hyper reads unless it is told otherwise.
const HYPER_HEADERS_MAX: usize = 100;
const _: () = assert!(HEADERS_MAX <= HYPER_HEADERS_MAX, "hyper would refuse a head that the guard lets through");

async fn serve_http1<H: Handler, S: Socket>(
    guard: Http1Guard<S>,
    peer: Peer,
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
    mut stop: watch::Receiver<bool>,
) {
    let service = hyper::service::service_fn(service(shared.clone(), peer, activity.clone()));
    let mut connection = http1::Builder::new()
        // The guard has checked the number and the size of the headers before. Hyper must admit the largest head. Its limit of 100
        // headers stays: setting another one costs 2,000 instructions a request.
        .max_buf_size(2 * HEAD_BYTES_MAX)
        // A client may close its sending side after its request and still wait for the answer.
        .half_close(true)
        // The guard has the time limit of heads.
        .header_read_timeout(None)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(guard), service);
    // The guard closes an idle connection. This limit is for a client that does not read its answers.
    let idle = peer.times.idle + peer.times.head + peer.times.linger;
    let busy = peer.times.answer + peer.times.body;
    let mut told = false;
    loop {
        tokio::select! {
            biased;
            // Hyper has no future for this. Its own future closes the socket and does not return it.
            outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => {
                log_early_end(outcome);
                break;
            }
            () = stopped(&mut stop), if !told => {
                told = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            () = activity.unchanged_for(idle, busy) => return,
        }
    }
    finish(connection.into_parts().io.into_inner(), &shared).await;
}

async fn serve_http2<H: Handler, S: Socket>(
    guard: Http1Guard<S>,
    peer: Peer,
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
    mut stop: watch::Receiver<bool>,
) {
    let service = hyper::service::service_fn(service(shared.clone(), peer, activity.clone()));
    let mut connection = http2::Builder::new(TokioExecutor::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_pending_accept_reset_streams(RESETS_PENDING_MAX)
        .max_local_error_reset_streams(RESETS_PENDING_MAX)
        // A head up to this size that is too large is answered with a body. A larger one gets hyper's bare 431.
        .max_header_list_size(2 * HEAD_BYTES_MAX as u32)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(guard), service);
    let busy = peer.times.answer + peer.times.body;
    tokio::select! {
        biased;
        outcome = &mut connection => return log_early_end(outcome),
        () = stopped(&mut stop) => {}
        () = activity.unchanged_for(peer.times.idle, busy) => {
            if !activity.is_idle() {
                return;
            }
        }
    }
    // Asks the client to begin no further request, and lets the requests under way end.
    Pin::new(&mut connection).graceful_shutdown();
    if let Ok(outcome) = timeout(peer.times.stop, connection).await {
        log_early_end(outcome);
    }
}

fn log_early_end(outcome: hyper::Result<()>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}
