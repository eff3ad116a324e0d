//! A client that speaks parts of the protocol, as a test wants them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::*;
use crate::chunk::{Kind, Limits, Message};
use crate::end::End;
use crate::handshake::{Stream, dial, send};
use crate::hello::Hello;
use crate::incoming::Incoming;
use crate::tls::{self, Purpose};

const LONG: Duration = Duration::from_secs(20);

pub(super) struct RawClient {
    pub(super) stream: Stream,
    incoming: Incoming,
}

impl RawClient {
    /// TLS as the region of one seed, to `us-east-1` of seed 2, and nothing more.
    pub(super) async fn tls(address: &str, seed: u64, purpose: Purpose) -> RawClient {
        let config = tls::client_config(&tls::provider(), &identity(seed), identity(2).public()).unwrap();
        RawClient::with(address, config, purpose).await
    }

    /// The same with a configuration of the test's own.
    pub(super) async fn with(address: &str, config: rustls::ClientConfig, purpose: Purpose) -> RawClient {
        RawClient::connect(dial(address, 1 << 20).await.unwrap(), config, purpose).await
    }

    /// TLS and the hello of both sides, over a connection that there is.
    pub(super) async fn over(tcp: TcpStream, seed: u64, purpose: Purpose) -> RawClient {
        let config = tls::client_config(&tls::provider(), &identity(seed), identity(2).public()).unwrap();
        RawClient::connect(tcp, config, purpose).await.greet().await
    }

    async fn connect(tcp: TcpStream, config: rustls::ClientConfig, purpose: Purpose) -> RawClient {
        let name = tls::tls_name(&region("us-east-1"), purpose).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        let limits = Limits { frame: 1 << 20, exchange: 1 << 20 };
        RawClient { stream: stream.into(), incoming: Incoming::new(limits) }
    }

    /// TLS and the hello of both sides.
    pub(super) async fn greeted(address: &str, seed: u64, purpose: Purpose) -> RawClient {
        RawClient::tls(address, seed, purpose).await.greet().await
    }

    async fn greet(mut self) -> RawClient {
        self.send(Kind::Hello, &hello("eu-west-1").encode()).await;
        assert_eq!(self.next().await.unwrap().kind, Kind::Hello);
        self
    }

    pub(super) async fn send(&mut self, kind: Kind, message: &[u8]) {
        send(&mut self.stream, kind, message).await.unwrap();
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    pub(super) async fn next(&mut self) -> Result<Message, End> {
        timeout(LONG, self.incoming.next(&mut self.stream, |_| ())).await.unwrap()
    }

    /// Reads until the other side ends the connection.
    pub(super) async fn read_to_end(&mut self) {
        let mut bytes = Vec::new();
        let _ = timeout(LONG, self.stream.read_to_end(&mut bytes)).await.expect("the connection stays open");
    }
}

pub(super) fn hello(from: &str) -> Hello {
    Hello {
        version: LinkVersion::CURRENT,
        from: region(from),
        to: region("us-east-1"),
        accepts: Limits { frame: 1 << 20, exchange: 1 << 20 },
    }
}
