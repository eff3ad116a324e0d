//! A minimal client: signs a JSON call, sends it, reads the answer.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use claviger_sigv4::{Credentials, Parts, sign};
use claviger_types::{Clock, Region};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::system::SystemClock;

/// The time limit of an answer. Every call of the demo takes less.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A service with a JSON protocol.
#[derive(Clone, Copy)]
pub(crate) enum Service {
    Kms,
    SecretsManager,
}

/// Calls one region at its own address.
pub(crate) struct Client {
    pub(crate) region: Region,
    pub(crate) address: SocketAddr,
}

/// The reason why a call has no output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("cannot connect to {0}: {1}")]
    Unreachable(SocketAddr, std::io::Error),
    #[error("{0} does not answer")]
    Silent(SocketAddr),
    #[error("the exchange with {0} broke off: {1}")]
    Broken(SocketAddr, hyper::Error),
    #[error("the request cannot be written: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("{operation} answered {status} {body}")]
    Refused { operation: &'static str, status: u16, body: String },
    #[error("{operation} answered something that is not JSON")]
    NotJson { operation: &'static str },
}

impl Client {
    /// Calls an operation.
    pub(crate) async fn call(
        &self,
        service: Service,
        operation: &'static str,
        input: Value,
    ) -> Result<Value, CallError> {
        let request = self.request(service, operation, &input)?;
        let answered = timeout(ANSWER_WITHIN, self.exchange(request)).await;
        let (status, body) = answered.unwrap_or(Err(CallError::Silent(self.address)))?;
        if status != 200 {
            return Err(CallError::Refused { operation, status, body: String::from_utf8_lossy(&body).into_owned() });
        }
        // Operations without an output answer an empty body.
        let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
        serde_json::from_slice(text).map_err(|_| CallError::NotJson { operation })
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(u16, Bytes), CallError> {
        let broken = |error| CallError::Broken(self.address, error);
        let stream = TcpStream::connect(self.address).await.map_err(|e| CallError::Unreachable(self.address, e))?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let connection = tokio::spawn(connection);
        let response = sender.send_request(request).await.map_err(broken)?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(broken)?.to_bytes();
        connection.abort();
        Ok((status, body))
    }

    fn request(&self, service: Service, operation: &str, input: &Value) -> Result<Request<Full<Bytes>>, CallError> {
        let (signing_name, target) = match service {
            Service::Kms => ("kms", "TrentService"),
            Service::SecretsManager => ("secretsmanager", "secretsmanager"),
        };
        let body = input.to_string().into_bytes();
        let headers = [
            ("host", self.address.to_string()),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", format!("{target}.{operation}")),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.into_bytes()));
        let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: &body };
        let credentials = Credentials { access_key_id: "test", secret_access_key: "test", session_token: None };
        let signed = sign(&parts, &credentials, self.region.as_str(), signing_name, SystemClock.now());
        let mut request = Request::post("/");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in signed {
            request = request.header(name, value);
        }
        Ok(request.body(Full::from(body))?)
    }
}
