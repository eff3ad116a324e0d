//! The limits, to the byte, and the refusals beyond them in the shape that the client reads.

use crate::echo::{BODY_BYTES_MAX, Running, short};
use crate::wire::{Reply, Wire, ask, post};

const KMS: &str = "X-Amz-Target: TrentService.Encrypt\r\n";

async fn with_body(running: &Running, headers: &str, len: usize) -> Reply {
    let mut wire = Wire::open(running.address()).await;
    wire.send_what_goes(post(headers, &"x".repeat(len)).as_bytes()).await;
    wire.reply().await.expect("no answer")
}

#[tokio::test]
async fn the_handler_decides_how_large_a_body_may_be() {
    let running = Running::new().await;
    for (headers, max) in [("", BODY_BYTES_MAX), (KMS, BODY_BYTES_MAX), ("X-Large-Body: 1\r\n", 2 * BODY_BYTES_MAX)] {
        assert_eq!(with_body(&running, headers, max).await.status, 200, "{headers}");
        let refused = with_body(&running, headers, max + 1).await;
        assert_eq!((refused.status, refused.body.starts_with('{')), (413, headers == KMS), "{headers}");
    }
}

#[tokio::test]
async fn bodies_in_chunks() {
    let running = Running::new().await;
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("8000\r\n{}\r\n", "x".repeat(0x8000)).repeat(8);
    assert_eq!(ask(running.address(), format!("{head}{chunk}0\r\n\r\n")).await.body, "POST /? 262144 2");
    assert_eq!(ask(running.address(), format!("{head}{chunk}1\r\nx\r\n0\r\n\r\n")).await.status, 413);
}

#[tokio::test]
async fn a_client_that_sends_all_before_it_listens_gets_its_refusal() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    // On the same connection again, since the whole body was taken.
    for _ in 0..2 {
        wire.send(post(KMS, &"x".repeat(3 * 1024 * 1024))).await;
        assert_eq!(wire.reply().await.unwrap().status, 413);
    }
    wire.send(post(KMS, "x")).await;
    assert_eq!(wire.reply().await.unwrap().status, 200);
}

#[tokio::test]
async fn heads_that_are_too_large_are_answered() {
    let running = Running::new().await;
    let cases = [
        format!("GET / HTTP/1.1\r\nHost: h\r\n{KMS}{}\r\n", "A: b\r\n".repeat(63)),
        format!("GET / HTTP/1.1\r\nHost: h\r\n{KMS}A: {}\r\n\r\n", "x".repeat(8 * 1024)),
        format!("GET / HTTP/1.1\r\nHost: h\r\n{KMS}{}\r\n", format!("A: {}\r\n", "x".repeat(4000)).repeat(9)),
        format!("GET /{} HTTP/1.1\r\n", "x".repeat(9000)),
        "A".repeat(100_000),
    ];
    for request in cases {
        let mut wire = Wire::open(running.address()).await;
        wire.send_what_goes(request.as_bytes()).await;
        let reply = wire.reply().await.expect("no answer");
        assert_eq!((reply.status, reply.header("connection")), (431, Some("close")));
        assert_eq!(reply.body.starts_with('{'), request.contains("Trent"));
        assert!(wire.is_closed().await);
    }
    assert_eq!(running.handled(), 0);
}

#[tokio::test]
async fn slow_heads_are_told_so() {
    let running = Running::with(short()).await;
    for start in [
        "P",
        "POST / HTTP/1.1\r\nHost",
        "PRI * HTTP/2.0\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.Encrypt\r\n",
    ] {
        let mut wire = Wire::open(running.address()).await;
        wire.send(start).await;
        let reply = wire.reply().await.expect("no answer");
        assert_eq!((reply.status, reply.body.starts_with('{')), (408, start.contains("Trent")), "{start:?}");
        assert!(wire.is_closed().await);
    }
}

#[tokio::test]
async fn slow_bodies_are_told_so() {
    let running = Running::with(short()).await;
    for head in ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"] {
        let mut wire = Wire::open(running.address()).await;
        wire.send(format!("POST / HTTP/1.1\r\nHost: h\r\n{KMS}{head}")).await;
        let reply = wire.reply().await.expect("no answer");
        assert_eq!((reply.status, reply.body.starts_with('{')), (408, true));
        assert!(wire.is_closed().await);
    }
    assert_eq!(running.handled(), 0);
}

#[tokio::test]
async fn idle_connections_end_without_a_word() {
    let running = Running::with(short()).await;
    let mut wire = Wire::open(running.address()).await;
    assert!(wire.is_closed().await);

    let mut wire = Wire::open(running.address()).await;
    wire.send(post("", "a")).await;
    assert_eq!(wire.reply().await.unwrap().status, 200);
    assert!(wire.is_closed().await);
}
