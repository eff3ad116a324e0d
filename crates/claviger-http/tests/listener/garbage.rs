//! Malformed requests that no correct client sends.

use proptest::prelude::*;

use crate::echo::{Running, short};
use crate::wire::{Wire, ask};

#[tokio::test]
async fn ambiguous_framing_is_refused() {
    let running = Running::new().await;
    let smuggled = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";
    for framing in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: a\r\n Content-Length: 5\r\n",
        "X: a\nContent-Length: 5\r\n",
        "X: a\rContent-Length: 5\r\n",
        "Host: other\r\n",
    ] {
        let mut wire = Wire::open(running.address()).await;
        wire.send(format!("POST / HTTP/1.1\r\nHost: h\r\n{framing}\r\n0\r\n\r\n{smuggled}")).await;
        let reply = wire.reply().await.expect("no answer");
        assert_eq!((reply.status, reply.header("connection")), (400, Some("close")), "{framing:?}");
        assert!(wire.is_closed().await, "{framing:?}");
    }
    assert_eq!(running.handled(), 0);
}

#[tokio::test]
async fn bad_chunks_are_refused() {
    let running = Running::new().await;
    for chunks in ["3;a=b\r\nabc\r\n0\r\n\r\n", "3\nabc\n0\n\n", "3\r\nabcd\r\n0\r\n\r\n", "x\r\n", "0\r\nA: b\r\n\r\n"]
    {
        let mut wire = Wire::open(running.address()).await;
        wire.send(format!("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")).await;
        assert_eq!(wire.reply().await.expect("no answer").status, 400, "{chunks:?}");
        assert!(wire.is_closed().await, "{chunks:?}");
    }
    assert_eq!(running.handled(), 0);
}

#[tokio::test]
async fn targets_that_are_not_paths_are_refused() {
    let running = Running::new().await;
    for line in
        ["GET http://h/ HTTP/1.1", "CONNECT h:443 HTTP/1.1", "OPTIONS * HTTP/1.1", "GET / HTTP/3", "GET  / HTTP/1.1"]
    {
        assert_eq!(ask(running.address(), format!("{line}\r\nHost: h\r\n\r\n")).await.status, 400, "{line}");
    }
    let packed = "POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx";
    assert_eq!(ask(running.address(), packed).await.status, 400);
    assert_eq!(running.handled(), 0);
}

#[tokio::test]
async fn a_tls_client_gets_an_answer_too() {
    let running = Running::new().await;
    assert_eq!(ask(running.address(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await.status, 400);
}

#[tokio::test]
async fn a_body_that_ends_early_is_not_handled() {
    let running = Running::new().await;
    let mut wire = Wire::open(running.address()).await;
    wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc").await;
    wire.close_sending_side().await;
    assert_eq!(wire.reply().await.map(|reply| reply.status), Some(400));
    assert_eq!(running.handled(), 0);
}

/// Bytes that often look like HTTP.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "GET ",
        "POST ",
        "/",
        " HTTP/1.1\r\n",
        "\r\n",
        "\r",
        "\n",
        "Host: h\r\n",
        "Content-Length: 3\r\n",
        "\r\n\r\n",
        ":",
        "abc",
        "Transfer-Encoding: chunked\r\n",
        "0\r\n\r\n",
        "3\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\0",
        " ",
    ]);
    let piece =
        prop_oneof![8 => words.prop_map(|w| w.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..40)];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_neither_hangs_nor_breaks_the_server(noise in noise()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let running = Running::with(short()).await;
            let mut wire = Wire::open(running.address()).await;
            wire.send_what_goes(&noise).await;
            let _ = wire.close_sending_side().await;
            if !noise.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
                // Every answer is complete, and after the last the connection is closed.
                while let Some(reply) = wire.reply().await {
                    prop_assert!([200, 400, 408, 413, 431].contains(&reply.status), "{}", reply.status);
                    prop_assert!(reply.header("date").is_some() && reply.header("x-amzn-requestid").is_some());
                }
            }
            prop_assert_eq!(ask(running.address(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n").await.status, 200);
            Ok(())
        })?;
    }
}
