//! The server's side of the admin socket.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{AdminCall, AdminError};

/// The most bytes of a call.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Calls that wait for the one that is done. Further ones wait for their place.
const WAITING_MAX: usize = 16;

/// How long a caller may take for its request, so that one that hangs holds no descriptor.
const REQUEST_TIME: Duration = Duration::from_secs(10);

/// A listening admin socket. Its file is removed when it is dropped.
pub(crate) struct AdminSocket {
    path: PathBuf,
    calls: mpsc::Receiver<AdminCall>,
    accepting: JoinHandle<()>,
}

impl AdminSocket {
    /// Listens. The caller must hold the locks of the data folder's stores: a socket that is there is then one of a process that ended.
    pub(crate) fn bind(path: &Path) -> io::Result<AdminSocket> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        // The folder, which only the owner may enter, protects the socket until this is done.
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        let (sender, calls) = mpsc::channel(WAITING_MAX);
        let accepting = tokio::spawn(accept(listener, sender));
        Ok(AdminSocket { path: path.to_owned(), calls, accepting })
    }

    /// The next call.
    pub(crate) async fn next(&mut self) -> AdminCall {
        match self.calls.recv().await {
            Some(call) => call,
            // The listener's task never ends by itself.
            None => std::future::pending().await,
        }
    }
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        self.accepting.abort();
        // The next start removes it otherwise.
        let _ = fs::remove_file(&self.path);
    }
}

async fn accept(listener: UnixListener, calls: mpsc::Sender<AdminCall>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, calls.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a call of the admin socket could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(stream: UnixStream, calls: mpsc::Sender<AdminCall>) {
    let service = service_fn(|request| {
        let calls = calls.clone();
        async move { Ok::<_, std::convert::Infallible>(exchange(request, &calls).await) }
    });
    let connection = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a call of the admin socket ended early");
    }
}

async fn exchange(request: Request<Incoming>, calls: &mpsc::Sender<AdminCall>) -> Response<Full<Bytes>> {
    let outcome = match read(request).await {
        Ok((command, argument)) => run(command, argument, calls).await,
        Err(error) => Err(error),
    };
    let (status, body) = match outcome {
        Ok(value) => (200, value),
        Err(AdminError { status, what, why, next }) => (status, json!({ "what": what, "why": why, "next": next })),
    };
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

async fn read(request: Request<Incoming>) -> Result<(String, Value), AdminError> {
    let wrong = |why: String| AdminError {
        status: 400,
        what: "the call cannot be read".to_owned(),
        why,
        next: Some("POST /NAME with a body of JSON or none".to_owned()),
    };
    if request.method() != Method::POST {
        return Err(wrong(format!("{} is not POST", request.method())));
    }
    let command = request.uri().path().trim_start_matches('/').to_owned();
    let body = timeout(REQUEST_TIME, Limited::new(request.into_body(), BODY_BYTES_MAX).collect()).await;
    let body = body.map_err(|_| wrong("its body takes too long".to_owned()))?;
    let body = body.map_err(|error| wrong(error.to_string()))?.to_bytes();
    if body.is_empty() {
        return Ok((command, Value::Null));
    }
    let argument = serde_json::from_slice(&body).map_err(|error| wrong(error.to_string()))?;
    Ok((command, argument))
}

async fn run(command: String, argument: Value, calls: &mpsc::Sender<AdminCall>) -> Result<Value, AdminError> {
    let (reply, answered) = oneshot::channel();
    let ending = || AdminError {
        status: 503,
        what: format!("{command} was not done"),
        why: "the server is ending".to_owned(),
        next: None,
    };
    let call = AdminCall { command: command.clone(), argument, reply };
    calls.send(call).await.map_err(|_| ending())?;
    answered.await.map_err(|_| ending())?
}
