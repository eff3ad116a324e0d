//! Strangers and peers that send what they should not, at each stage.

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::raw_client::{RawClient, hello};
use super::*;
use crate::chunk::{CONTROL_BYTES_MAX, Kind};
use crate::tls::Purpose;

/// `us-east-1` (seed 2), whose peer is `eu-west-1` (seed 1).
fn victim(settings: LinkSettings) -> Process {
    let process = process_with(settings);
    process.add("us-east-1", 2);
    process.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    process
}

/// The process still takes its peer's connection and frame.
async fn is_well(victim: &Process) {
    let one = process();
    one.add("eu-west-1", 1);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&victim.address()])]);
    eventually("a connection", || one.is_connected("eu-west-1", "us-east-1")).await;
    one.send("eu-west-1", "us-east-1", *b"well");
    eventually("the frame", || victim.host.frames().iter().any(|(_, _, frame)| frame == b"well")).await;
}

async fn read_to_end(tcp: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(20), tcp.read_to_end(&mut bytes)).await.expect("the connection stays open");
    bytes
}

#[tokio::test]
async fn garbage_before_tls() {
    let victim = victim(settings());
    let inputs: [&[u8]; 5] = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\xff\xff garbage of a handshake record",
        &[0; 300],
        b"CLVGLINK\0\x01\0\0",
        b"",
    ];
    for input in inputs {
        let mut tcp = TcpStream::connect(victim.address()).await.unwrap();
        tcp.write_all(input).await.unwrap();
        tcp.shutdown().await.unwrap();
        read_to_end(&mut tcp).await;
    }
    eventually("the counts", || victim.links.listener_counts().failed == 5).await;
    is_well(&victim).await;
}

#[tokio::test]
async fn another_tls_client_gets_nowhere() {
    let victim = victim(settings());
    let name = || ServerName::try_from("us-east-1.region.claviger.internal").unwrap();
    let connect = async |config: rustls::ClientConfig, name| {
        let tcp = TcpStream::connect(victim.address()).await.unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
        // In TLS 1.3 the client learns only now that the server refused it.
        stream.read_u8().await
    };
    let roots = rustls::RootCertStore::empty();
    let old = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    let old = old.with_protocol_versions(&[&rustls::version::TLS12]).unwrap();
    let old = old.with_root_certificates(roots.clone()).with_no_client_auth();
    assert!(connect(old, name()).await.unwrap_err().to_string().contains("ProtocolVersion"));
    // One that expects a certificate and has none.
    let plain = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    let plain = plain.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
    let plain = plain.with_root_certificates(roots).with_no_client_auth();
    assert!(connect(plain, name()).await.is_err());
    // The right keys for another protocol.
    let provider = crate::tls::provider();
    let mut other = crate::tls::client_config(&provider, &identity(1), identity(2).public()).unwrap();
    other.alpn_protocols = vec![b"h2".to_vec()];
    assert!(connect(other, name()).await.unwrap_err().to_string().contains("NoApplicationProtocol"));
    // The right keys for no protocol in particular, and a good hello.
    let mut none = crate::tls::client_config(&provider, &identity(1), identity(2).public()).unwrap();
    none.alpn_protocols = vec![];
    let mut client = RawClient::with(&victim.address(), none, Purpose::Link).await;
    client.send(Kind::Hello, &hello("eu-west-1").encode()).await;
    client.read_to_end().await;
    eventually("the count", || victim.links.listener_counts().keys_refused == 1).await;
    // No name.
    let mut nameless = crate::tls::client_config(&provider, &identity(1), identity(2).public()).unwrap();
    nameless.enable_sni = false;
    assert!(connect(nameless, name()).await.unwrap_err().to_string().contains("UnrecognisedName"));
    assert_eq!(victim.host.connects.load(Ordering::SeqCst), 0);
    is_well(&victim).await;
}

#[tokio::test]
async fn a_slow_handshake_is_ended() {
    let mut impatient = settings();
    impatient.handshake_timeout = Duration::from_millis(300);
    let victim = victim(impatient);
    // Bytes of a handshake record, one after the other.
    let begun = Instant::now();
    let mut tcp = TcpStream::connect(victim.address()).await.unwrap();
    for byte in [0x16, 3, 1, 1, 0, 1, 0, 0, 0xfc].into_iter().cycle() {
        if tcp.write_all(&[byte]).await.is_err() || timeout(Duration::from_millis(50), tcp.read_u8()).await.is_ok() {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    // TLS, and then silence in the place of a hello.
    let mut silent = RawClient::tls(&victim.address(), 1, Purpose::Link).await;
    silent.read_to_end().await;
    // TLS, and then half of a hello.
    let mut half = RawClient::tls(&victim.address(), 1, Purpose::Link).await;
    half.write(&[0, 0, 0, 100, 0, 0, 0, 0, b'C']).await;
    half.read_to_end().await;
    eventually("the counts", || victim.links.listener_counts().timed_out == 3).await;
    is_well(&victim).await;
}

#[tokio::test]
async fn strangers_are_few_and_do_not_keep_peers_out() {
    let mut limited = settings();
    limited.handshakes_per_address_max = 3;
    limited.handshake_timeout = Duration::from_secs(3600);
    let victim = victim(limited);
    let mut idle = Vec::new();
    for _ in 0..50 {
        idle.push(TcpStream::connect(victim.address()).await.unwrap());
    }
    eventually("the counts", || victim.links.listener_counts().pushed_out == 47).await;
    read_to_end(&mut idle[0]).await;
    // A peer gets in while they are there, and is then no stranger that others could push out.
    let one = process();
    one.add("eu-west-1", 1);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&victim.address()])]);
    eventually("a connection", || victim.is_connected("us-east-1", "eu-west-1")).await;
    for _ in 0..10 {
        idle.push(TcpStream::connect(victim.address()).await.unwrap());
    }
    eventually("all of them", || victim.links.listener_counts().accepted == 61).await;
    one.send("eu-west-1", "us-east-1", *b"a");
    eventually("the frame", || !victim.host.frames().is_empty()).await;
    assert_eq!(victim.host.disconnects.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn garbage_in_the_place_of_a_hello() {
    let victim = victim(settings());
    let inputs: [Vec<u8>; 6] = [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0xff; 300],
        // A hello that is none, and one that is too long.
        [&[0, 0, 0, 20, 0, 0, 0, 0][..], b"CLVGLINK\0\x01\0\0garbage!"].concat(),
        [&[0, 0][..], &(CONTROL_BYTES_MAX as u16 + 1).to_be_bytes(), &[0; 4], &[0; 2000]].concat(),
        // A frame and a ping before the hello.
        vec![4, 0, 0, 1, 0, 0, 0, 0, 0],
        vec![2, 0, 0, 0, 0, 0, 0, 0],
    ];
    for input in &inputs {
        let mut client = RawClient::tls(&victim.address(), 1, Purpose::Link).await;
        client.write(input).await;
        client.read_to_end().await;
    }
    eventually("the counts", || victim.links.listener_counts().failed == inputs.len() as u64).await;
    // The hello of another region than the one that was dialled.
    let mut client = RawClient::tls(&victim.address(), 1, Purpose::Link).await;
    let mut elsewhere = hello("eu-west-1");
    elsewhere.to = region("us-east-2");
    client.send(Kind::Hello, &elsewhere.encode()).await;
    client.read_to_end().await;
    eventually("the count", || victim.links.listener_counts().names_refused == 1).await;
    assert_eq!(victim.host.connects.load(Ordering::SeqCst), 0);
    assert!(victim.host.frames().is_empty());
    is_well(&victim).await;
}

#[tokio::test]
async fn garbage_from_a_peer_ends_its_connection_and_nothing_else() {
    let mut limited = settings();
    limited.frame_bytes_max = 100_000;
    let victim = victim(limited);
    let head = |kind: Kind, length: u16, later: u32| {
        [&[kind as u8, 0][..], &length.to_be_bytes(), &later.to_be_bytes(), &vec![0; length.into()]].concat()
    };
    let cases: [(Vec<u8>, &str); 9] = [
        (vec![0xff; 100], "an unknown kind of message, 255"),
        (b"\x04\x01\0\0\0\0\0\0".to_vec(), "a malformed head"),
        (head(Kind::Frame, 16 * 1024 - 8, 100_000), "over the limit"),
        (head(Kind::Frame, 16 * 1024 - 8, u32::MAX), "over the limit"),
        ([head(Kind::Frame, 16 * 1024 - 8, 5), head(Kind::Frame, 4, 0)].concat(), "does not continue"),
        (head(Kind::Hello, 12, 0), "no place here"),
        (head(Kind::Enrol, 12, 0), "no place here"),
        (head(Kind::Request, 12, 0), "no place here"),
        (head(Kind::Answer, 3, 0), "no place here"),
    ];
    for (n, (input, reason)) in cases.iter().enumerate() {
        let mut client = RawClient::greeted(&victim.address(), 1, Purpose::Link).await;
        eventually("a connection", || victim.is_connected("us-east-1", "eu-west-1")).await;
        client.write(input).await;
        client.read_to_end().await;
        eventually("the end", || victim.host.disconnects.load(Ordering::SeqCst) == n + 1).await;
        eventually("the reason", || victim.last_error("us-east-1", "eu-west-1").contains(reason)).await;
    }
    assert!(victim.host.frames().is_empty());
    is_well(&victim).await;
}

#[tokio::test]
async fn a_peer_that_pings_without_end_gets_a_bounded_number_of_answers() {
    let victim = victim(settings());
    let mut client = RawClient::greeted(&victim.address(), 1, Purpose::Link).await;
    // It never reads. When the sockets are full of answers, the rest are dropped and the pings still read.
    for _ in 0..200 {
        let pings: Vec<u8> = (0..500).flat_map(|_| [2, 0, 0, 8, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]).collect();
        client.write(&pings).await;
    }
    client.send(Kind::Frame, b"after them").await;
    eventually("the frame", || !victim.host.frames().is_empty()).await;
    // An answer of a request that nobody made, and a pong that nobody waits for, are passed over.
    client.send(Kind::Answer, &[0; 9]).await;
    client.send(Kind::Pong, b"short").await;
    client.send(Kind::Frame, b"and these").await;
    eventually("the frame", || victim.host.frames().len() == 2).await;
}

/// Panics at the frame `panic`.
struct Fragile(Arc<Host>);

impl LinkHandler for Fragile {
    fn frame(&self, from: &Region, to: &Region, frame: Vec<u8>) {
        assert!(frame != b"panic", "the panic of this test");
        self.0.frame(from, to, frame);
    }

    fn request(&self, from: &Region, to: &Region, request: RawRequest) -> Answering<RawResponse> {
        self.0.request(from, to, request)
    }

    fn connected(&self, local: &Region, peer: &Region) {
        self.0.connected(local, peer);
    }

    fn disconnected(&self, local: &Region, peer: &Region) {
        self.0.disconnected(local, peer);
    }

    fn invitation(&self, _: &Region, _: &InvitationId) -> Option<EnrolmentSecret> {
        None
    }

    fn admit(&self, _: &Region, _: InvitationId, _: Joiner) -> Answering<Result<Vec<u8>, EnrolRefusal>> {
        Box::pin(async { Err(EnrolRefusal::Unavailable) })
    }
}

#[tokio::test]
async fn a_panic_of_the_host_ends_a_connection_and_not_the_link() {
    let victim = victim(settings());
    let host = Arc::new(Host::default());
    let random = Arc::new(SeededRandom::new(1));
    let links = Links::start(settings(), Arc::new(Fragile(host.clone())), random, None).unwrap();
    let one = Process { links, host };
    one.add("eu-west-1", 1);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&victim.address()])]);
    for n in 1..3 {
        eventually("a connection", || victim.is_connected("us-east-1", "eu-west-1")).await;
        victim.send("us-east-1", "eu-west-1", *b"panic");
        eventually("the end on both sides", || {
            one.host.disconnects.load(Ordering::SeqCst) == n && victim.host.disconnects.load(Ordering::SeqCst) == n
        })
        .await;
    }
    eventually("a connection", || victim.is_connected("us-east-1", "eu-west-1")).await;
    victim.send("us-east-1", "eu-west-1", *b"well");
    eventually("the frame", || one.host.frames().len() == 1).await;
}
