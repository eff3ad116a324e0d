//! Many slow clients do not keep others out.

use std::net::SocketAddr;
use std::time::Duration;

use claviger_http::limits::{Limits, LiveLimits, Times};
use claviger_http::{Cors, ServerSettings};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

use crate::echo::Running;
use crate::wire::PATIENCE;

/// How long an answer may take while others are slow. A head may take ten seconds, so an answer in this time did not wait for one.
const PROMPT: Duration = Duration::from_secs(3);

async fn running(connections: usize, connections_per_peer: usize) -> Running {
    let limits = Limits { connections, connections_per_peer, times: Times::default() };
    Running::with_settings(ServerSettings {
        limits: LiveLimits::new(limits),
        cors: Cors::default(),
        ..ServerSettings::default()
    })
    .await
}

/// A connection from an address of this machine.
async fn from(last: u8, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, last], 0))).unwrap();
    timeout(PATIENCE, socket.connect(address)).await.unwrap().unwrap()
}

async fn slow(last: u8, address: SocketAddr) -> TcpStream {
    let mut stream = from(last, address).await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ").await.unwrap();
    stream
}

/// The first bytes of the answer to a request, or none if the connection is closed.
async fn ask(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = [0; 256];
    if stream.write_all(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n").await.is_err() {
        return Vec::new();
    }
    let len = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap_or(0);
    bytes[..len].to_vec()
}

async fn is_answered_promptly(last: u8, address: SocketAddr) {
    let before = Instant::now();
    let mut stream = from(last, address).await;
    assert!(ask(&mut stream).await.starts_with(b"HTTP/1.1 200"));
    assert!(before.elapsed() < PROMPT, "{:?}", before.elapsed());
}

/// Waits until the listener holds so many connections.
async fn until_open(running: &Running, open: usize) {
    let end = Instant::now() + PATIENCE;
    while running.metrics.open() != open {
        assert!(Instant::now() < end, "{} connections are open, not {open}", running.metrics.open());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_client_with_thousands_of_slow_heads_keeps_nobody_out() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let running = running(1024, 512).await;
    let mut held = Vec::new();
    for _ in 0..1500 {
        held.push(slow(1, running.address()).await);
    }
    until_open(&running, 512).await;
    for _ in 0..20 {
        is_answered_promptly(2, running.address()).await;
    }
    // Of its own connections, those that came last are still open.
    held.reverse();
    held[0].write_all(b"a\r\n\r\n").await.unwrap();
    let mut bytes = [0; 12];
    timeout(PATIENCE, held[0].read_exact(&mut bytes)).await.unwrap().unwrap();
    assert_eq!(&bytes, b"HTTP/1.1 200");
    assert_eq!(running.metrics.connections_evicted(), 1500 - 512);
}

#[tokio::test]
async fn the_same_address_is_answered_too() {
    let running = running(64, 64).await;
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(slow(1, running.address()).await);
    }
    for _ in 0..20 {
        is_answered_promptly(1, running.address()).await;
    }
}

#[tokio::test]
async fn at_the_total_the_longest_without_a_head_are_closed() {
    let running = running(60, 30).await;
    let mut held = Vec::new();
    for last in 1..=3 {
        for _ in 0..30 {
            held.push(slow(last, running.address()).await);
        }
    }
    until_open(&running, 60).await;
    is_answered_promptly(9, running.address()).await;
    let mut byte = [0; 1];
    // Those of the first address were the longest. Their end shows as one of the stream, or as a reset.
    for stream in &mut held[..30] {
        assert!(matches!(timeout(PATIENCE, stream.read(&mut byte)).await.unwrap(), Ok(0) | Err(_)));
    }
    for stream in &mut held[40..] {
        assert!(stream.try_read(&mut byte).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
}

#[tokio::test]
async fn requests_under_way_are_not_cut_off() {
    let running = running(4, 4).await;
    let mut busy = from(1, running.address()).await;
    busy.write_all(b"GET /wait HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    timeout(PATIENCE, running.echo.arrived.notified()).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(slow(2, running.address()).await);
    }
    is_answered_promptly(3, running.address()).await;
    running.echo.go_on.notify_one();
    let mut bytes = [0; 12];
    timeout(PATIENCE, busy.read_exact(&mut bytes)).await.unwrap().unwrap();
    assert_eq!(&bytes, b"HTTP/1.1 200");
}

#[tokio::test]
async fn idle_connections_make_room() {
    let running = running(4, 4).await;
    let mut idle = Vec::new();
    for _ in 0..4 {
        let mut stream = from(1, running.address()).await;
        assert!(ask(&mut stream).await.starts_with(b"HTTP/1.1 200"));
        idle.push(stream);
    }
    is_answered_promptly(2, running.address()).await;
    assert_eq!(running.metrics.connections_evicted(), 1);
}
