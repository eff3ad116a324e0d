//! Malformed requests that hyper accepts without the guard in front of it: the reason why the guard exists. If one of these
//! tests fails after an update of hyper, hyper has become stricter, and the guard may have become superfluous.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::wire::PATIENCE;

/// Answers with the length of the body and whether the handler can still see a `Content-Length`.
async fn describe(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let has_length = request.headers().contains_key("content-length");
    let text = match request.into_body().collect().await {
        Ok(body) => format!("body={} length={has_length}", body.to_bytes().len()),
        Err(_) => "no body".to_owned(),
    };
    Ok(Response::new(Full::from(text)))
}

/// All that hyper alone answers to these bytes.
async fn answer(request: &str) -> String {
    let (mut client, server) = tokio::io::duplex(64 * 1024);
    let serving = tokio::spawn(async move {
        // The outcome is not checked here: the bytes that hyper wrote show it.
        let _ =
            http1::Builder::new().half_close(true).serve_connection(TokioIo::new(server), service_fn(describe)).await;
    });
    client.write_all(request.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    let mut text = String::new();
    timeout(PATIENCE, client.read_to_string(&mut text)).await.expect("hyper does not answer").unwrap();
    serving.await.unwrap();
    text
}

#[tokio::test]
async fn hyper_alone_hides_one_of_two_framings_from_the_handler() {
    let both =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let text = answer(both).await;
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("body=3 length=false"), "{text}");
}

#[tokio::test]
async fn hyper_alone_takes_what_proxies_read_differently() {
    for request in [
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\nHost: h\nContent-Length: 3\n\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nHost: other\r\nContent-Length: 3\r\n\r\nabc",
    ] {
        let text = answer(request).await;
        assert!(text.starts_with("HTTP/1.1 200") && text.contains("body=3"), "{request:?}: {text}");
    }
}

#[tokio::test]
async fn hyper_alone_refuses_without_a_body() {
    let text = answer("POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: TrentService.Encrypt\r\nA b\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 400") && text.contains("content-length: 0"), "{text}");
}
