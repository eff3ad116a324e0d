//! Clients that cancel a request while the server handles it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use claviger_host::{Cluster, Listen};
use http_body_util::Full;
use hyper::Request;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::setting::{HOME, config, kms, signed, start};

/// Fewer than the resets for which the server closes a connection.
const AT_ONCE: usize = 30;
const CONNECTIONS: usize = 8;

fn create_key() -> Request<Full<Bytes>> {
    let headers = signed(HOME, "CreateKey", "{}");
    let without_host = headers.into_iter().filter(|(name, _)| name != "host");
    let request = without_host.fold(Request::post("http://localhost/"), |r, (name, value)| r.header(name, value));
    request.body(Full::from("{}")).unwrap()
}

async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_whose_client_is_gone_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let cluster = Cluster::start(config(Some(&data), Listen::Shared((Ipv4Addr::LOCALHOST, 0).into()))).await.unwrap();
    let address = cluster.address().unwrap();
    for _ in 0..CONNECTIONS {
        let mut sender = connect(address).await;
        let mut asked: Vec<_> = (0..AT_ONCE).map(|_| Box::pin(sender.send_request(create_key()))).collect();
        // The first answer shows that the others are under way; all of them are then reset at once.
        let first = asked.remove(0).await.unwrap();
        assert_eq!(first.status(), 200);
        drop(asked);
    }
    cluster.stop().await;

    let audit = fs::read_to_string(data.join(HOME).join("audit.jsonl")).unwrap();
    let recorded = audit.lines().filter(|line| line.contains(r#""eventName":"CreateKey""#)).count();
    let cluster = start(Some(&data)).await.unwrap();
    let (_, listed) = kms(&cluster, HOME, "ListKeys", r#"{"Limit":1000}"#).await;
    let made = listed.matches("KeyArn").count();
    cluster.stop().await;
    assert!(made > 2 * CONNECTIONS, "only {made} keys were made");
    assert_eq!(recorded, made);
}
