//! HTTP/2 with prior knowledge.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::echo::{DATE, Running, short};
use crate::wire::PATIENCE;

pub(crate) async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn text(response: Response<hyper::body::Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn request(path: &str) -> hyper::http::request::Builder {
    Request::post(format!("http://kms.example:4599{path}"))
}

#[tokio::test]
async fn requests_are_served_side_by_side() {
    let running = Running::new().await;
    let sender = connect(running.address()).await;
    let mut asked = Vec::new();
    for n in 0..50 {
        let body = Full::from(vec![b'x'; n * 1000]);
        asked.push((n, sender.clone().send_request(request(&format!("/{n}?q")).body(body).unwrap())));
    }
    for (n, response) in asked {
        let response = response.await.unwrap();
        assert_eq!(response.headers()["date"], DATE);
        assert!(response.headers().contains_key("x-amzn-requestid"));
        assert!(text(response).await.starts_with(&format!("POST /{n}?q {}", n * 1000)));
    }
}

#[tokio::test]
async fn an_idle_connection_ends() {
    let running = Running::with(short()).await;
    let stream = TcpStream::connect(running.address()).await.unwrap();
    let (mut sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request("/").body(Full::<Bytes>::default()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    drop(response);
    timeout(PATIENCE, connection).await.expect("the connection stays open").unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_takes_back_what_it_asked_disturbs_nobody() {
    let running = Running::new().await;
    let mut sender = connect(running.address()).await;
    for _ in 0..500 {
        // The server may close the connection because of the resets. Then no stream is left to reset.
        if sender.ready().await.is_err() {
            break;
        }
        drop(sender.send_request(request("/wait").body(Full::default()).unwrap()));
    }
    let mut other = connect(running.address()).await;
    let response = other.send_request(request("/").body(Full::default()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    timeout(PATIENCE, running.server.stop()).await.expect("the server does not stop");
}

#[tokio::test]
async fn the_authority_is_the_host() {
    let running = Running::new().await;
    let mut sender = connect(running.address()).await;
    let response = sender.send_request(request("/headers").body(Full::default()).unwrap()).await.unwrap();
    assert!(text(response).await.lines().any(|line| line == "host=kms.example:4599"));

    let same = request("/headers").header("host", "kms.example:4599").body(Full::default()).unwrap();
    let response = sender.send_request(same).await.unwrap();
    assert_eq!(text(response).await.lines().filter(|line| *line == "host=kms.example:4599").count(), 1);

    let other = request("/").header("host", "iam.example").body(Full::default()).unwrap();
    assert_eq!(sender.send_request(other).await.unwrap().status(), 400);
}

#[tokio::test]
async fn limits_hold_and_the_connection_goes_on() {
    let running = Running::new().await;
    let mut sender = connect(running.address()).await;
    let mut status =
        async |request: Request<Full<Bytes>>| sender.send_request(request).await.unwrap().status().as_u16();

    let sized = |len: usize| request("/").body(Full::from(vec![b'x'; len])).unwrap();
    assert_eq!(status(sized(256 * 1024)).await, 200);
    assert_eq!(status(sized(256 * 1024 + 1)).await, 413);

    // One header is the host.
    let many = |count: usize| {
        let builder = (1..count).fold(request("/"), |b, n| b.header(format!("x-{n}"), "1"));
        builder.body(Full::default()).unwrap()
    };
    assert_eq!(status(many(64 - 1)).await, 200);
    assert_eq!(status(many(65)).await, 431);

    let large = request("/").header("x-large", "x".repeat(33 * 1024)).body(Full::default()).unwrap();
    assert_eq!(status(large).await, 431);

    let packed = request("/").header("content-encoding", "gzip").body(Full::default()).unwrap();
    assert_eq!(status(packed).await, 400);
    assert_eq!(status(sized(1)).await, 200);
}
