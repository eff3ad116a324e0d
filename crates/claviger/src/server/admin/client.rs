//! A command's side of the admin socket.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::failure::Failure;

/// How long a command may take.
const ANSWER_TIME: Duration = Duration::from_secs(600);

/// Has the server of a data folder do a command.
pub(crate) async fn call(data: &Path, command: &str, argument: &Value) -> Result<Value, Failure> {
    let path = super::path(data);
    let stream = UnixStream::connect(&path).await.map_err(|error| {
        Failure::new(format!("no server answers at {}", path.display()), error)
            .then("is it running? claviger server --config FILE; the command must run as the server's user")
    })?;
    let broken = |error: &dyn std::fmt::Display| Failure::new("the server did not answer", error);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    tokio::spawn(connection);
    let body = if argument.is_null() { String::new() } else { argument.to_string() };
    let request = Request::post(format!("/{command}")).header("host", "claviger").body(Full::new(Bytes::from(body)));
    let request = request.map_err(|error| broken(&error))?;
    let answered = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        Ok::<_, hyper::Error>((status, answer.into_body().collect().await?.to_bytes()))
    };
    let (status, body) = match timeout(ANSWER_TIME, answered).await {
        Ok(answered) => answered.map_err(|error| broken(&error))?,
        Err(_) => return Err(Failure::new("the server did not answer", "it took too long")),
    };
    let value: Value = serde_json::from_slice(&body).map_err(|error| broken(&error))?;
    if status.is_success() {
        return Ok(value);
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let failure = Failure::new(text("what").unwrap_or_default(), text("why").unwrap_or_default());
    Err(match text("next") {
        Some(next) => failure.then(next),
        None => failure,
    })
}
