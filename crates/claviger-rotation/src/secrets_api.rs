//! Secrets Manager as the built-in functions call it.

use std::time::Duration;

use claviger_sigv4::Credentials;
use claviger_types::{Clock, RotationCall, Sensitive};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::secret_value::wipe;
use crate::signed_request::{Unsigned, client, signed};
use crate::target::HttpTarget;

/// The time for one request.
const TIME: Duration = Duration::from_secs(30);

/// Calls operations of Secrets Manager with the credentials of a rotation.
pub(crate) trait SecretsApi {
    /// Calls an operation, such as `GetSecretValue`, and gives its output.
    ///
    /// # Errors
    ///
    /// The error's code and message, or `Unreachable` and the reason if there was no answer.
    fn call(&self, call: &RotationCall, operation: &str, input: Value) -> Result<Value, ApiFailure>;
}

/// An error of Secrets Manager.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ApiFailure {
    /// Such as `ResourceNotFoundException`.
    pub(crate) code: String,
    /// Its text.
    pub(crate) message: String,
}

impl ApiFailure {
    fn unreachable(message: impl ToString) -> ApiFailure {
        ApiFailure { code: "Unreachable".to_owned(), message: message.to_string() }
    }
}

/// Calls the server's own endpoint.
pub(crate) struct EndpointApi<'a> {
    pub(crate) endpoint: &'a HttpTarget,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) runtime: &'a Runtime,
}

impl SecretsApi for EndpointApi<'_> {
    fn call(&self, call: &RotationCall, operation: &str, mut input: Value) -> Result<Value, ApiFailure> {
        let plain = |text: String| Sensitive::new(text);
        let unsigned = Unsigned {
            to: self.endpoint,
            path: "/",
            headers: vec![
                ("content-type", plain("application/x-amz-json-1.1".to_owned())),
                ("x-amz-target", plain(format!("secretsmanager.{operation}"))),
            ],
            body: Sensitive::new(input.to_string().into_bytes()),
            service: "secretsmanager",
            region: call.region.as_str(),
            now: self.clock.now(),
        };
        wipe(&mut input);
        let credentials = Credentials {
            access_key_id: &call.credentials.access_key_id,
            secret_access_key: call.credentials.secret_access_key.expose(),
            session_token: Some(call.credentials.session_token.expose()),
        };
        let request = signed(unsigned, &credentials);
        let client = client(self.endpoint, None, TIME).map_err(ApiFailure::unreachable)?;
        let answer = self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = call.stop.asked() => Err(ApiFailure::unreachable("the function was stopped")),
                answer = client.send_for_headers(request) => answer.map_err(ApiFailure::unreachable),
            }
        });
        let (answer, _) = answer?;
        let body: Option<Value> = serde_json::from_slice(answer.body.expose()).ok();
        match (answer.status, body) {
            (200, Some(body)) => Ok(body),
            (status, body) => Err(failure(status, body.unwrap_or_default())),
        }
    }
}

fn failure(status: u16, body: Value) -> ApiFailure {
    let member = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned);
    // Some servers put a namespace before the code.
    let code = member(&["__type", "code"]).map(|code| code.rsplit('#').next().unwrap_or_default().to_owned());
    let message = member(&["message", "Message"]).unwrap_or_else(|| format!("HTTP status {status}"));
    ApiFailure { code: code.unwrap_or_else(|| "Unreadable".to_owned()), message }
}
