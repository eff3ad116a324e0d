//! One connection between a local region and a peer, after both hellos.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claviger_types::wire::RawResponse;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep_until};
use zeroize::Zeroizing;

use super::state::PeerState;
use crate::chunk::{Kind, Limits, Message};
use crate::end::End;
use crate::forward::{self, Status};
use crate::hello::LinkVersion;
use crate::incoming::Incoming;
use crate::outbox::{Bounds, Filled, Outbox};

/// Facts of a connection that do not change.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// Whether the local region dialled.
    pub(crate) dialled: bool,
    pub(crate) address: String,
    pub(crate) version: LinkVersion,
    /// The sizes that the peer accepts.
    pub(crate) accepts: Limits,
}

pub(crate) struct Connection {
    pub(crate) facts: Facts,
    outbox: Outbox,
    begun: Instant,
    /// When the last bytes arrived, in microseconds since `begun`.
    heard_micros: AtomicU64,
    next_request: AtomicU64,
    /// The requests that wait for an answer. None when the connection has ended.
    unanswered: Mutex<Option<BTreeMap<u64, oneshot::Sender<Answered>>>>,
    /// How many of the peer's requests are being answered.
    serving: AtomicU64,
    /// Whether this side has said that it ends the connection.
    closing: AtomicBool,
    end: watch::Sender<Option<End>>,
}

/// The peer's answer to a forwarded request.
pub(crate) type Answered = Result<RawResponse, Status>;

impl Connection {
    pub(crate) fn new(facts: Facts, bounds: Bounds) -> Connection {
        Connection {
            facts,
            outbox: Outbox::new(bounds),
            begun: Instant::now(),
            heard_micros: AtomicU64::new(0),
            next_request: AtomicU64::new(0),
            unanswered: Mutex::new(Some(BTreeMap::new())),
            serving: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            end: watch::Sender::new(None),
        }
    }

    /// Ends the connection at once.
    pub(crate) fn cut(&self, end: End) {
        self.end.send_if_modified(|current| {
            let is_first = current.is_none();
            current.get_or_insert(end);
            is_first
        });
    }

    /// Waits for [`Connection::cut`].
    pub(crate) async fn ended(&self) -> End {
        let mut end = self.end.subscribe();
        let found = end.wait_for(Option::is_some).await.ok().and_then(|end| end.clone());
        found.unwrap_or(End::Removed)
    }

    pub(crate) fn depth(&self) -> (usize, usize) {
        self.outbox.depth()
    }

    /// Puts a message into its lane. `false` if that is full. Under a fault the message is lost or late.
    pub(crate) fn push(&self, peer: &PeerState, kind: Kind, bytes: Zeroizing<Vec<u8>>) -> bool {
        let fault = peer.fault_out();
        fault.cut || self.outbox.push(kind, bytes, Instant::now() + fault.delay).is_ok()
    }

    /// Puts a request into its lane, and gives the place where its answer will arrive.
    pub(crate) fn request(self: &Arc<Self>, peer: &PeerState, request: &[u8]) -> Result<Waiting, Unsent> {
        let id = self.next_request.fetch_add(1, Ordering::Relaxed);
        let (answer, arrives) = oneshot::channel();
        match self.unanswered.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(unanswered) => unanswered.insert(id, answer),
            None => return Err(Unsent::Ended),
        };
        let waiting = Waiting { connection: self.clone(), id, arrives };
        let queued = self.push(peer, Kind::Request, forward::with_id(id, request));
        if queued { Ok(waiting) } else { Err(Unsent::Full) }
    }

    /// Whether a request of either side is under way.
    fn is_busy(&self) -> bool {
        let unanswered = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        let is_waiting = unanswered.as_ref().is_some_and(|unanswered| !unanswered.is_empty());
        is_waiting || self.serving.load(Ordering::Relaxed) > 0
    }

    fn take_waiting(&self, id: u64) -> Option<oneshot::Sender<Answered>> {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner).as_mut()?.remove(&id)
    }

    /// Tells all that wait for an answer that none will come.
    pub(crate) fn forget_waiting(&self) {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn heard(&self) {
        self.heard_micros.store(self.age_micros(), Ordering::Relaxed);
    }

    fn age_micros(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Why a request was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsent {
    Full,
    Ended,
}

/// A request that waits for its answer. Dropping it forgets the request.
pub(crate) struct Waiting {
    connection: Arc<Connection>,
    id: u64,
    arrives: oneshot::Receiver<Answered>,
}

impl Waiting {
    /// The answer; none if the connection ended before.
    pub(crate) async fn answer(mut self) -> Option<Answered> {
        (&mut self.arrives).await.ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.connection.take_waiting(self.id);
    }
}

/// The times of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) ping_every: Duration,
    pub(crate) silence_max: Duration,
}

/// Reads and writes until the connection ends. The stream is closed when this returns or is dropped.
pub(crate) async fn run<S: AsyncRead + AsyncWrite>(
    connection: &Arc<Connection>,
    peer: &Arc<PeerState>,
    stream: S,
    incoming: Incoming,
    times: Times,
) -> End {
    let (read, write) = tokio::io::split(stream);
    let end = tokio::select! {
        end = connection.ended() => end,
        end = read_messages(connection, peer, read, incoming) => end,
        end = write_messages(connection, peer, write, times.ping_every) => end,
        end = watch_silence(connection, times.silence_max) => end,
    };
    if connection.closing.load(Ordering::Relaxed) { End::Superseded } else { end }
}

/// Any bytes count as a sign of life, and the peer's heartbeats are among them. So a heartbeat that waits behind large messages does no harm.
async fn watch_silence(connection: &Connection, silence_max: Duration) -> End {
    loop {
        let heard = connection.begun + Duration::from_micros(connection.heard_micros.load(Ordering::Relaxed));
        let limit = heard + silence_max;
        // A process that stood still finds old timers due before it has read what arrived meanwhile. So the reader gets a last chance.
        if Instant::now() >= limit + silence_max / 8 {
            return End::Silent(silence_max);
        }
        sleep_until(limit.max(Instant::now() + silence_max / 8)).await;
    }
}

async fn write_messages(
    connection: &Connection,
    peer: &PeerState,
    mut io: impl AsyncWrite + Unpin,
    ping_every: Duration,
) -> End {
    // Requests and answers hold secrets of clients.
    let mut batch = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let mut next_ping = Instant::now();
    loop {
        let now = Instant::now();
        if now >= next_ping {
            connection.push(peer, Kind::Ping, Zeroizing::new(connection.age_micros().to_be_bytes().to_vec()));
            next_ping = now + ping_every;
            if !connection.is_busy() && peer.is_superfluous(connection) {
                connection.push(peer, Kind::Close, Zeroizing::new(End::Superseded.to_string().into_bytes()));
            }
        }
        batch.clear();
        let wake = match connection.outbox.fill(now, &mut batch) {
            Filled::Bytes { last, frames } => {
                let written = async {
                    io.write_all(&batch).await?;
                    io.flush().await
                };
                if let Err(error) = written.await {
                    return error.into();
                }
                peer.wrote(batch.len(), frames);
                if last {
                    // The peer ends the connection when it has read this, and what it wrote before still arrives.
                    connection.closing.store(true, Ordering::Relaxed);
                    let _ = io.shutdown().await;
                    return std::future::pending().await;
                }
                continue;
            }
            Filled::NotBefore(due) => due.min(next_ping),
            Filled::Nothing => next_ping,
        };
        tokio::select! {
            () = connection.outbox.filled() => {}
            () = sleep_until(wake) => {}
        }
    }
}

async fn read_messages(
    connection: &Arc<Connection>,
    peer: &Arc<PeerState>,
    mut io: impl AsyncRead + Unpin,
    mut incoming: Incoming,
) -> End {
    let heard = |bytes| {
        if !peer.fault_in().cut {
            connection.heard();
            peer.read(bytes);
        }
    };
    loop {
        let message = match incoming.next(&mut io, heard).await {
            Ok(message) => message,
            Err(end) => return end,
        };
        if !peer.fault_in().cut
            && let Some(end) = take(connection, peer, message)
        {
            return end;
        }
    }
}

/// Acts on a message. An answer ends the connection.
fn take(connection: &Arc<Connection>, peer: &Arc<PeerState>, mut message: Message) -> Option<End> {
    match message.kind {
        Kind::Ping => {
            connection.push(peer, Kind::Pong, message.bytes);
        }
        Kind::Pong => {
            let sent = <[u8; 8]>::try_from(message.bytes.as_slice()).ok().map(u64::from_be_bytes);
            if let Some(age) = sent.and_then(|sent| connection.age_micros().checked_sub(sent)) {
                peer.round_trip(Duration::from_micros(age));
            }
        }
        Kind::Frame => peer.frame(std::mem::take(&mut *message.bytes)),
        Kind::Request => return serve(connection, peer, &message.bytes),
        Kind::Answer => {
            let Some((id, answer)) = forward::read_answer(&message.bytes) else { return Some(End::OutOfPlace) };
            // Nobody waits for it any more if the caller gave up.
            if let Some(waiting) = connection.take_waiting(id) {
                let _ = waiting.send(answer);
            }
        }
        Kind::Close => return Some(End::Closed(close_text(&message.bytes))),
        Kind::Hello | Kind::Enrol | Kind::Enrolled => return Some(End::OutOfPlace),
    }
    None
}

/// The peer's text, for the log: printable characters only.
pub(crate) fn close_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Has a forwarded request answered in a task of its own, which goes on when the connection ends.
fn serve(connection: &Arc<Connection>, peer: &Arc<PeerState>, message: &[u8]) -> Option<End> {
    let Some((id, request)) = forward::read_request(message) else { return Some(End::OutOfPlace) };
    let Ok(permit) = peer.incoming_forwards.clone().try_acquire_owned() else {
        let busy = forward::answer(id, &Err(Status::Busy));
        connection.push(peer, Kind::Answer, busy);
        return None;
    };
    let (connection, peer) = (connection.clone(), peer.clone());
    connection.serving.fetch_add(1, Ordering::Relaxed);
    tokio::spawn(async move {
        let answering = peer.answer(request);
        // In a task of its own, so that a panic of the handler is an answer, too.
        let answer = tokio::spawn(answering).await.map_err(|_| Status::Failed);
        let mut bytes = forward::answer(id, &answer);
        if bytes.len() > connection.facts.accepts.exchange {
            bytes = forward::answer(id, &Err(Status::TooLarge));
        }
        let fault = peer.fault_out();
        if !fault.cut {
            tokio::select! {
                () = connection.outbox.push_when_room(Kind::Answer, bytes, Instant::now() + fault.delay) => {}
                _ = connection.ended() => {}
            }
        }
        connection.serving.fetch_sub(1, Ordering::Relaxed);
        drop(permit);
    });
    None
}
