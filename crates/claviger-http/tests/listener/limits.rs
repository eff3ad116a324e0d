//! The limits, to the byte, and the refusals beyond them in the shape that the client reads.

use crate::echo::{Running, short};
use crate::wire::{Reply, Wire, ask, post};

const KMS: &str = "X-Amz-Target: TrentService.Encrypt\r\n";
const SECRETS: &str = "X-Amz-Target: secretsmanager.PutSecretValue\r\n";

async fn with_body(running: &Running, headers: &str, len: usize) -> Reply {
    let mut wire = Wire::open(running.address()).await;
    wire.send_what_goes(post(headers, &"x".repeat(len)).as_bytes()).await;
    wire.reply().await.expect("no answer")
}

fn scoped(service: &str) -> String {
    let credential = format!("AKIDEXAMPLE/20261124/eu-west-1/{service}/aws4_request");
    let signature = "0".repeat(64);
    let value =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature={signature}");
    format!("X-Amz-Date: 20261124T150405Z\r\nAuthorization: {value}\r\n")
}

#[tokio::test]
async fn bodies_by_service() {
    let running = Running::new().await;
    let cases = [
        (KMS.to_owned(), 256),
        (SECRETS.to_owned(), 512),
        (scoped("kms"), 256),
        (scoped("iam"), 256),
        (scoped("sts"), 256),
        (scoped("secretsmanager"), 512),
        (String::new(), 256),
        // The target is what the operation is found by, so it counts.
        (format!("{KMS}{}", scoped("secretsmanager")), 256),
    ];
    for (headers, kib) in cases {
        assert_eq!(with_body(&running, &headers, kib * 1024).await.status, 200, "{headers}");
        let refused = with_body(&running, &headers, kib * 1024 + 1).await;
        assert_eq!(refused.status, 413, "{headers}");
        let json = headers.contains("secretsmanager") || headers.contains("kms") || headers.contains("Trent");
        assert_eq!(refused.body.starts_with('{'), json, "{headers}: {}", refused.body);
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
