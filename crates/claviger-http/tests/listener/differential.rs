//! The guard and hyper read the same requests: what passes the guard means to hyper behind it what it means to hyper alone.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::echo::{Running, short};
use crate::wire::{PATIENCE, Wire};

/// Answers as [`crate::echo::Echo`] does for `/headers`.
async fn describe(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let (status, len) = match body.collect().await {
        Ok(body) => (200, body.to_bytes().len()),
        Err(_) => (400, 0),
    };
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let mut text = format!("{} {path}?{query} {len} {}", parts.method, parts.headers.len());
    for (name, value) in &parts.headers {
        text.push_str(&format!("\n{name}={}", String::from_utf8_lossy(value.as_bytes())));
    }
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
    Ok(response)
}

/// The bodies of the answers with status 200 that hyper alone gives, up to the first answer with another one.
async fn alone(bytes: &[u8]) -> Vec<String> {
    // Not a socket: hyper closes without reading on, which would reset it and lose answers.
    let (mut client, server) = tokio::io::duplex(1024 * 1024);
    client.write_all(bytes).await.unwrap();
    client.shutdown().await.unwrap();
    // The outcome is not checked here: the answers show it.
    let _ = http1::Builder::new().half_close(true).serve_connection(TokioIo::new(server), service_fn(describe)).await;
    let mut text = String::new();
    timeout(PATIENCE, client.read_to_string(&mut text)).await.expect("hyper does not answer").unwrap();
    let mut bodies = Vec::new();
    let mut rest = text.as_str();
    while let Some((head, after)) = rest.split_once("\r\n\r\n").filter(|(head, _)| head.contains(" 200 OK")) {
        let len = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        let (body, next) = after.split_at(len);
        bodies.push(body.to_owned());
        rest = next;
    }
    bodies
}

/// The same for a server with the guard.
async fn guarded(running: &Running, bytes: &[u8]) -> Vec<String> {
    let mut wire = Wire::open(running.address()).await;
    wire.send_what_goes(bytes).await;
    // A server that has refused a request may have closed already.
    let _ = wire.close_sending_side().await;
    let mut bodies = Vec::new();
    while let Some(reply) = wire.reply().await.filter(|reply| reply.status == 200) {
        bodies.push(reply.body);
    }
    bodies
}

/// A header that frames a body, mostly in a form that some reader takes and another does not.
fn framing() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "Content-Length: 0\r\n",
        "Content-Length: 3\r\n",
        "content-length:  3 \r\n",
        "Content-Length: 03\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3, 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding: Chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding:\tchunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
    ])
    .prop_map(str::to_owned)
}

fn body() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "abc",
        "3\r\nabc\r\n0\r\n\r\n",
        "003\r\nabc\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "3;a=b\r\nabc\r\n0\r\n\r\n",
        "3\r\nabc\r\n0\r\nA: b\r\n\r\n",
        "3\nabc\n0\n\n",
        "\r\n",
    ])
    .prop_map(str::to_owned)
}

fn header() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "A: b\r\n",
        "A:\r\n",
        "a: b  c\t\r\n",
        "A: \u{e9}\r\n",
        "A : b\r\n",
        "A: b\r\n c\r\n",
        "A: b\rc\r\n",
        "A: b\nC: d\r\n",
        "A\r\n",
        "Host: other\r\n",
        "Connection: close\r\n",
    ])
    .prop_map(str::to_owned)
}

fn request() -> impl Strategy<Value = String> {
    let line =
        prop::sample::select(vec!["POST /headers HTTP/1.1", "GET /headers?a=b HTTP/1.1", "PUT /headers HTTP/1.0"]);
    (line, header(), framing(), header(), body())
        .prop_map(|(line, first, framing, last, body)| format!("{line}\r\nHost: h\r\n{first}{framing}{last}\r\n{body}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_passes_the_guard_is_what_hyper_alone_reads(requests in prop::collection::vec(request(), 1..4)) {
        let bytes = requests.concat().into_bytes();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (guarded, alone) = runtime.block_on(async {
            let running = Running::with(short()).await;
            (guarded(&running, &bytes).await, alone(&bytes).await)
        });
        prop_assert!(alone.starts_with(&guarded), "guarded {guarded:?}, alone {alone:?}");
    }
}

#[tokio::test]
async fn the_comparison_sees_requests_that_both_accept() {
    let bytes = b"POST /headers HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
                  GET /headers?a=b HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
    let running = Running::new().await;
    let guarded = guarded(&running, bytes).await;
    assert_eq!(guarded.len(), 2);
    assert_eq!(guarded, alone(bytes).await);
}
