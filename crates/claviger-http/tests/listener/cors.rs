//! Preflight requests and the headers of their answers, over both versions of HTTP.

use bytes::Bytes;
use claviger_http::Cors;
use http_body_util::Full;
use hyper::Request;

use crate::echo::{Running, short};
use crate::http2::connect;
use crate::wire::{PATIENCE, Reply, Wire, ask, post};

const PAGE: &str = "http://localhost:3000";
const ASKED: &str = "authorization,content-type,x-amz-date,x-amz-target,amz-sdk-invocation-id";

fn preflight(origin: &str) -> String {
    format!(
        "OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: {ASKED}\r\n\r\n"
    )
}

/// The answer lets the page read it.
fn check_readable(reply: &Reply) {
    assert_eq!(reply.header("access-control-allow-origin"), Some(PAGE), "{reply:?}");
    assert_eq!(reply.header("vary"), Some("origin"));
    let exposed = reply.header("access-control-expose-headers").unwrap();
    for name in ["date", "x-amzn-requestid", "x-amz-request-id", "x-amzn-errortype"] {
        assert!(exposed.split(", ").any(|n| n == name), "{name}");
    }
}

fn says_nothing(reply: &Reply) -> bool {
    reply.headers.iter().all(|(name, _)| !name.starts_with("access-control-") && name != "vary")
}

#[tokio::test]
async fn a_browser_that_asks_is_answered_without_the_handler() {
    let running = Running::sharing(Cors::loopback()).await;
    let mut wire = Wire::open(running.address()).await;
    wire.send(preflight(PAGE)).await;
    let reply = wire.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str(), running.handled()), (204, "", 0));
    check_readable(&reply);
    assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(reply.header("access-control-allow-headers"), Some(ASKED));
    assert_eq!(reply.header("access-control-max-age"), Some("7200"));
    assert!(reply.header("x-amzn-requestid").is_some() && reply.header("date").is_some());
    // The same connection then carries the request.
    wire.send(post(&format!("Origin: {PAGE}\r\n"), "abc")).await;
    let reply = wire.reply().await.unwrap();
    assert_eq!((reply.status, running.handled()), (200, 1));
    check_readable(&reply);
    // An OPTIONS request that is no preflight goes to the handler.
    wire.send(format!("OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: {PAGE}\r\n\r\n")).await;
    check_readable(&wire.reply().await.unwrap());
    assert_eq!(running.handled(), 2);
}

#[tokio::test]
async fn refusals_can_be_read_too() {
    let running = Running::sharing_with(Cors::loopback(), short()).await;
    let origin = format!("Origin: {PAGE}\r\n");
    let refused = [
        (413, format!("POST / HTTP/1.1\r\nHost: h\r\n{origin}Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n")),
        (400, post(&format!("{origin}Content-Encoding: gzip\r\n"), "abc")),
        // Refused by the guard, before hyper reads them.
        (400, format!("POST / HTTP/1.1\r\nHost: h\r\n{origin}Content-Length: 1\r\nContent-Length: 2\r\n\r\n")),
        (431, format!("POST / HTTP/1.1\r\nHost: h\r\n{origin}{}\r\n", "X: y\r\n".repeat(70))),
        (408, format!("POST / HTTP/1.1\r\nHost: h\r\n{origin}X-Slow: ")),
    ];
    for (status, request) in refused {
        let reply = ask(running.address(), &request).await;
        assert_eq!(reply.status, status, "{request}");
        check_readable(&reply);
    }
    assert_eq!(running.handled(), 0);
}

#[tokio::test]
async fn other_pages_and_other_clients_are_told_nothing() {
    let running = Running::sharing(Cors::loopback()).await;
    for origin in ["https://example.com", "http://localhost.example.com:3000", "null"] {
        let reply = ask(running.address(), preflight(origin)).await;
        assert!(says_nothing(&reply) && reply.status == 200, "the handler answers: {reply:?}");
        assert!(says_nothing(&ask(running.address(), post(&format!("Origin: {origin}\r\n"), "")).await));
    }
    assert!(says_nothing(&ask(running.address(), post("", "")).await));
    assert_eq!(running.handled(), 7);
}

#[tokio::test]
async fn off_unless_it_is_configured() {
    let running = Running::new().await;
    let reply = ask(running.address(), preflight(PAGE)).await;
    assert!(says_nothing(&reply) && reply.status == 200 && running.handled() == 1);
}

#[tokio::test]
async fn every_origin_if_so_configured() {
    let running = Running::sharing(Cors::default().and("*")).await;
    let reply = ask(running.address(), preflight("https://example.com")).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(reply.header("vary"), None, "the answer is the same for all");
}

#[tokio::test]
async fn the_same_over_http2() {
    let running = Running::sharing(Cors::loopback()).await;
    let mut sender = connect(running.address()).await;
    let mut send = async |request: Request<Full<Bytes>>| {
        tokio::time::timeout(PATIENCE, sender.send_request(request)).await.unwrap().unwrap()
    };
    let builder = |method: &str| Request::builder().method(method).uri("http://h/").header("origin", PAGE);
    let asks = builder("OPTIONS")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", ASKED);
    let answer = send(asks.body(Full::default()).unwrap()).await;
    assert_eq!((answer.status().as_u16(), running.handled()), (204, 0));
    assert_eq!(answer.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(answer.headers()["access-control-allow-headers"], ASKED);
    let answer = send(builder("POST").body(Full::default()).unwrap()).await;
    assert_eq!((answer.status().as_u16(), running.handled()), (200, 1));
    assert_eq!(answer.headers()["access-control-allow-origin"], PAGE);
    let refused = send(builder("POST").header("content-encoding", "gzip").body(Full::default()).unwrap()).await;
    assert_eq!((refused.status().as_u16(), running.handled()), (400, 1));
    assert_eq!(refused.headers()["access-control-allow-origin"], PAGE);
}
