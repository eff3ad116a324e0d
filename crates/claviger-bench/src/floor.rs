//! The floor: a server on the same HTTP library and with the same settings as Claviger's listener, which does nothing but read
//! the body and answer as many bytes as it is asked for. No server on this library can be faster.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::error::{Error, machine};

/// The header that names the length of the answer's body.
const LENGTH: &str = "x-floor-bytes";
/// The worker threads of `claviger dev`.
const THREADS: usize = 2;
/// The longest answer.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Serves on a free port until the process ends. Writes its address and `Ready` with `out`, as `claviger dev` does.
///
/// # Errors
///
/// It cannot listen, or `out` fails.
pub fn serve(out: impl FnOnce(&str) -> Result<(), Error>) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    runtime.map_err(machine("a runtime"))?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(machine("listening"))?;
        let address = listener.local_addr().map_err(machine("listening"))?;
        out(&format!("The floor listens on http://{address}\nReady"))?;
        loop {
            let (stream, _) = listener.accept().await.map_err(machine("accepting a connection"))?;
            tokio::spawn(serve_connection(stream));
        }
    })
}

async fn serve_connection(stream: TcpStream) {
    // The settings of crates/claviger-http/src/server.rs. A connection that breaks is the client's matter.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .max_buf_size(64 * 1024)
        .half_close(true)
        .header_read_timeout(None)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service_fn(answer));
    drop(connection.await);
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let length = request.headers().get(LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
    // The bytes of a request are read, and not used.
    drop(request.into_body().collect().await);
    let body = vec![b' '; std::cmp::min(length, ANSWER_BYTES_MAX)];
    let mut response = Response::new(Full::from(body));
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amzn-requestid", "00000000-0000-4000-8000-000000000000"),
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(response)
}

/// A request of Claviger's, as the floor gets it: the same, and the length of the answer.
pub(crate) fn request(original: &[u8], answer_bytes: usize) -> Vec<u8> {
    let line = original.windows(2).position(|two| two == b"\r\n").map_or(0, |at| at + 2);
    let (first, rest) = original.split_at(line);
    [first, format!("{LENGTH}: {answer_bytes}\r\n").as_bytes(), rest].concat()
}
