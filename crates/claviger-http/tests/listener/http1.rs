//! HTTP/1.1: keep-alive, pipelining, chunks, `Expect`, and the headers of every answer.

use crate::echo::{DATE, Running};
use crate::wire::{Wire, ask, post};

#[tokio::test]
async fn a_request_arrives_as_it_was_sent() {
    let running = Running::new().await;
    let head = "POST //a/%2e%2E/;b%20c?x=%41&&y HTTP/1.1\r\nHost: h:1\r\nX-Amz-Target:  T.O \r\nA: 1\r\nA: 2\r\n";
    let reply = ask(running.address(), format!("{head}Content-Length: 3\r\n\r\nabc")).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "POST //a/%2e%2E/;b%20c?x=%41&&y 3 5"));
    let reply = ask(running.address(), "GET /headers HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nX-A: \u{e9}\r\n\r\n").await;
    for line in ["host=h:1", "x-a=1", "x-a=\u{e9}"] {
        assert!(reply.body.lines().any(|l| l == line), "{line} is not in {}", reply.body);
    }
}

#[tokio::test]
async fn every_answer_has_a_date_and_an_id_of_its_own() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
        let reply = wire.reply().await.unwrap();
        assert_eq!(reply.header("date"), Some(DATE));
        ids.push(reply.header("x-amzn-requestid").unwrap().to_owned());
    }
    wire.send("GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let refused = wire.reply().await.unwrap();
    assert_eq!((refused.status, refused.header("date")), (400, Some(DATE)));
    ids.push(refused.header("x-amzn-requestid").unwrap().to_owned());
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_order() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    let chunked = "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let rest = "GET /3 HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n";
    wire.send(format!("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET {chunked}\r\n{rest}")).await;
    for expected in ["POST /1? 4 2", "POST /2? 3 2", "GET /3? 0 1"] {
        assert_eq!(wire.reply().await.unwrap().body, expected);
    }
    assert_eq!(wire.reply().await.unwrap().status, 400);
    assert!(wire.is_closed().await);
    assert_eq!(running.handled(), 3);
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    for request in [
        post("", "abc"),
        "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n".to_owned(),
    ] {
        for byte in request.as_bytes() {
            wire.send([*byte]).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(wire.reply().await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn who_asks_first_is_told_to_go_on() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    wire.send("POST /body HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n").await;
    wire.expect(b"HTTP/1.1 100 Continue\r\n\r\n").await;
    wire.send("abc").await;
    assert_eq!(wire.reply().await.unwrap().body, "abc");
}

#[tokio::test]
async fn who_asks_first_with_too_much_is_told_at_once() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    wire.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n").await;
    assert_eq!(wire.reply().await.unwrap().status, 413);
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn a_client_may_stop_sending_before_it_listens() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    wire.send(post("", "abc")).await;
    wire.close_sending_side().await;
    assert_eq!(wire.reply().await.unwrap().body, "POST /? 3 2");
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn connections_end_when_the_client_asks() {
    let running = Running::new().await;
    for request in ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"] {
        let mut wire = Wire::open(running.address()).await;
        wire.send(request).await;
        assert_eq!(wire.reply().await.unwrap().status, 200);
        assert!(wire.is_closed().await);
    }
}

#[tokio::test]
async fn a_panic_of_the_handler_ends_its_request_alone() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    for (headers, json) in [("", false), ("X-Amz-Target: TrentService.Encrypt\r\n", true)] {
        wire.send(post(headers, "abc").replace("POST /", "POST /panic")).await;
        let failed = wire.reply().await.unwrap();
        assert_eq!((failed.status, failed.body.starts_with('{')), (500, json));
        assert!(failed.header("x-amzn-requestid").is_some());
        // The same connection goes on.
        wire.send(post("", "abc")).await;
        assert_eq!(wire.reply().await.unwrap().status, 200);
    }
}
