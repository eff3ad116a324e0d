//! The command's side of dev mode's admin endpoint.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::failure::Failure;

/// How long a command may take. A failover of many thousands of keys is the longest.
const ANSWER_TIME: Duration = Duration::from_secs(120);

/// Has the process at an endpoint do a command.
pub(super) async fn call(
    endpoint: &str,
    method: &str,
    command: &str,
    argument: Option<Value>,
) -> Result<Value, Failure> {
    let broken = |error: &dyn Display| Failure::new(format!("{endpoint} did not answer"), error);
    let authority = authority(endpoint)?;
    let stream = TcpStream::connect(&authority).await.map_err(|error| {
        Failure::new(format!("nothing answers at {endpoint}"), error).then("is claviger dev running? --endpoint URL")
    })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    let connection = tokio::spawn(connection);
    let body = argument.map(|argument| argument.to_string()).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(format!("/_claviger/{command}"))
        .header("host", &authority)
        .header("x-claviger-admin", "1")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| broken(&error))?;
    let answered = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        Ok::<_, hyper::Error>((status, answer.into_body().collect().await?.to_bytes()))
    };
    let answered = timeout(ANSWER_TIME, answered).await;
    connection.abort();
    let (status, body) = answered.map_err(|_| broken(&"it took too long"))?.map_err(|error| broken(&error))?;
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() && value.is_object() {
        return Ok(value);
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Err(match (text("what"), text("why")) {
        (Some(what), Some(why)) => Failure::new(what, why),
        _ => Failure::new(format!("{endpoint} takes no drills"), format!("it answered {status}"))
            .then("drills are for claviger dev; of a server, stop the process or cut its network"),
    })
}

/// The host and port of an endpoint.
fn authority(endpoint: &str) -> Result<String, Failure> {
    let authority = endpoint.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let Some(authority) = authority.filter(|rest| !rest.is_empty() && !rest.contains(['/', '@', '?', '#'])) else {
        return Err(Failure::usage("the endpoint cannot be used", "claviger dev speaks plain HTTP, without a path")
            .then("--endpoint http://127.0.0.1:4599"));
    };
    let host_end = authority.rfind(']').unwrap_or_default();
    let has_port = authority.get(host_end..).is_some_and(|rest| rest.contains(':'));
    Ok(if has_port { authority.to_owned() } else { format!("{authority}:80") })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:4599", "127.0.0.1:4599"),
            ("http://localhost:1/", "localhost:1"),
            ("http://[::1]", "[::1]:80"),
            ("http://[::1]:7", "[::1]:7"),
        ] {
            assert_eq!(authority(endpoint).unwrap(), expected);
        }
        for wrong in ["https://127.0.0.1:4599", "http://", "http://a/b", "http://a@b"] {
            assert!(authority(wrong).is_err(), "{wrong}");
        }
    }
}
