//! From a TCP connection to a known region: TLS, and the hello of each side.

use std::sync::Arc;

use claviger_crypto::PublicIdentity;
use claviger_types::Region;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio_rustls::{LazyConfigAcceptor, TlsConnector, TlsStream};

use crate::chunk::{CONTROL_BYTES_MAX, Kind, Limits, write_chunk};
use crate::end::End;
use crate::enrolment::{EXPORTER_BYTES, EXPORTER_LABEL};
use crate::hello::{Hello, HelloError, LinkVersion};
use crate::incoming::Incoming;
use crate::peer::{PeerState, close_text};
use crate::shared::{Local, Shared};
use crate::tls::{self, Purpose};

pub(crate) type Stream = TlsStream<TcpStream>;

/// TLS's alert for a server name that the listener does not know, as a record: nothing is encrypted yet.
const UNRECOGNIZED_NAME: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];

/// A connection whose other side proved to hold a key and said who it is. The two are not yet compared.
pub(crate) struct Greeted {
    pub(crate) stream: Stream,
    pub(crate) incoming: Incoming,
    pub(crate) theirs: Hello,
    pub(crate) key: PublicIdentity,
}

/// Dials an address.
pub(crate) async fn dial(address: &str, send_buffer: u32) -> Result<TcpStream, End> {
    let mut last = End::Io(format!("{address} has no address"));
    for resolved in lookup_host(address).await? {
        let socket = if resolved.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_nodelay(true)?;
        socket.set_send_buffer_size(send_buffer)?;
        match socket.connect(resolved).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

/// The dialling side. TLS has accepted the other side's key.
pub(crate) async fn greet_as_dialler(
    tcp: TcpStream,
    config: ClientConfig,
    purpose: Purpose,
    ours: &Hello,
) -> Result<Greeted, End> {
    let name = tls::tls_name(&ours.to, purpose)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let greeted = greet(stream.into(), ours).await?;
    if greeted.theirs.from != ours.to || greeted.theirs.to != ours.from {
        return Err(End::WrongRegion(greeted.theirs.from));
    }
    Ok(greeted)
}

/// The listening side: finds the region that was dialled, and shows its identity.
pub(crate) async fn greet_as_listener(shared: &Shared, tcp: TcpStream) -> Result<(Arc<Local>, Purpose, Greeted), End> {
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), tcp).await?;
    let wanted = start.client_hello().server_name().and_then(tls::read_server_name);
    let Some((local, purpose)) = wanted.and_then(|(region, purpose)| Some((shared.local(&region)?, purpose))) else {
        let mut tcp = start.io;
        let _ = tcp.write_all(&UNRECOGNIZED_NAME).await;
        return Err(End::UnknownName);
    };
    let config = match purpose {
        Purpose::Link => local.link_config.clone(),
        Purpose::Enrol => local.enrol_config.clone(),
    };
    let mut stream: Stream = start.into_stream(config).await?.into();
    let mut incoming = Incoming::new(Limits::HELLO);
    // The dialling side speaks first, and this side answers to the name that it gives.
    let theirs = receive_hello(&mut stream, &mut incoming, shared.version).await;
    if let Err(End::Hello(HelloError::Version { .. })) = &theirs {
        // The other side sees the version of this one and ends the connection.
        send(&mut stream, Kind::Hello, &shared.hello(&local.region, &local.region).encode()).await?;
    }
    let theirs = theirs?;
    if theirs.to != local.region {
        return Err(End::WrongRegion(theirs.from));
    }
    send(&mut stream, Kind::Hello, &shared.hello(&local.region, &theirs.from).encode()).await?;
    let key = tls::proved_identity(stream.get_ref().1).ok_or(End::WrongKey)?;
    Ok((local, purpose, Greeted { stream, incoming, theirs, key }))
}

async fn greet(mut stream: Stream, ours: &Hello) -> Result<Greeted, End> {
    let mut incoming = Incoming::new(Limits::HELLO);
    send(&mut stream, Kind::Hello, &ours.encode()).await?;
    let theirs = receive_hello(&mut stream, &mut incoming, ours.version).await?;
    let key = tls::proved_identity(stream.get_ref().1).ok_or(End::WrongKey)?;
    Ok(Greeted { stream, incoming, theirs, key })
}

/// Reads the other side's hello.
async fn receive_hello(stream: &mut Stream, incoming: &mut Incoming, version: LinkVersion) -> Result<Hello, End> {
    let message = incoming.next(stream, |_| ()).await?;
    match message.kind {
        Kind::Hello => Ok(Hello::decode(&message.bytes, version)?),
        Kind::Close => Err(End::Closed(close_text(&message.bytes))),
        _ => Err(End::OutOfPlace),
    }
}

/// The exporter value of a TLS session, to which a proof of enrolment is bound.
pub(crate) fn exporter(stream: &Stream) -> Result<[u8; EXPORTER_BYTES], End> {
    let out = [0; EXPORTER_BYTES];
    Ok(match stream {
        TlsStream::Client(stream) => stream.get_ref().1.export_keying_material(out, EXPORTER_LABEL, None),
        TlsStream::Server(stream) => stream.get_ref().1.export_keying_material(out, EXPORTER_LABEL, None),
    }?)
}

/// Writes a message at once.
pub(crate) async fn send(io: &mut (impl AsyncWrite + Unpin), kind: Kind, message: &[u8]) -> Result<(), End> {
    let (mut bytes, mut sent) = (Vec::new(), 0);
    loop {
        sent = write_chunk(&mut bytes, kind, message, sent);
        if sent >= message.len() {
            break;
        }
    }
    io.write_all(&bytes).await?;
    Ok(io.flush().await?)
}

/// Says why this side ends the connection, if the other side still listens.
pub(crate) async fn close(io: &mut (impl AsyncRead + AsyncWrite + Unpin), reason: &str) {
    let reason = reason.as_bytes().get(..CONTROL_BYTES_MAX).unwrap_or(reason.as_bytes());
    if send(io, Kind::Close, reason).await.is_ok() {
        let _ = io.shutdown().await;
    }
}

/// Whether a hello and the key of its connection are those of one peer of the local region.
pub(crate) fn find_peer(local: &Local, region: &Region, key: &PublicIdentity) -> Option<Arc<PeerState>> {
    local.peers.find(region).filter(|peer| peer.identity == *key)
}
