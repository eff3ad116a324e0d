//! Signed calls of Secrets Manager.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use claviger_sigv4::{Credentials, Parts, sign};
use claviger_types::{Clock, Sensitive};
use serde::Deserialize;
use tokio::time::sleep;

use crate::http::{BaseUrl, Http, HttpError};
use crate::wiping::WipingBuffer;

/// How often a call is made that is throttled, meets a failure of the server, or breaks off.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; each further one doubles.
const PAUSE: Duration = Duration::from_millis(100);

/// The credentials of a caller.
pub struct ApiCredentials {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
    /// The session token of temporary credentials.
    pub token: Option<Sensitive<String>>,
}

/// Why a call has no output.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The service refuses.
    #[error("{operation} answers {code}: {message}")]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The error's code.
        code: String,
        /// Its text.
        message: String,
    },
    /// The answer is not one of the service.
    #[error("{operation} answers something that is not of Secrets Manager (status {status})")]
    Garbled {
        /// The operation.
        operation: &'static str,
        /// The status.
        status: u16,
    },
}

impl ApiError {
    /// Whether the service refuses with this code.
    pub fn is(&self, wanted: &str) -> bool {
        matches!(self, ApiError::Refused { code, .. } if code == wanted)
    }

    /// Whether another attempt may succeed.
    fn is_passing(&self) -> bool {
        match self {
            ApiError::Http(error) => matches!(error, HttpError::Broken { .. } | HttpError::Silent { .. }),
            ApiError::Refused { code, .. } => {
                code.contains("Throttl")
                    || code.contains("TooManyRequests")
                    || code.starts_with("Internal")
                    || code.contains("Unavailable")
            }
            ApiError::Garbled { status, .. } => *status >= 500,
        }
    }
}

/// Secrets Manager in one region of a server.
pub struct SecretsManager {
    http: Http,
    base: BaseUrl,
    region: String,
    key: ApiCredentials,
    clock: Arc<dyn Clock>,
}

impl SecretsManager {
    /// A client of a region.
    pub fn new(http: Http, base: BaseUrl, region: &str, key: ApiCredentials, clock: Arc<dyn Clock>) -> SecretsManager {
        SecretsManager { http, base, region: region.to_owned(), key, clock }
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Where the server is.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Calls an operation. The bytes of its output are for [`parse`].
    pub(crate) async fn call(&self, operation: &'static str, input: Input) -> Result<Sensitive<Vec<u8>>, ApiError> {
        self.call_in(&self.region, operation, input).await
    }

    /// Calls an operation of another region at the same address.
    pub(crate) async fn call_in(
        &self,
        region: &str,
        operation: &'static str,
        input: Input,
    ) -> Result<Sensitive<Vec<u8>>, ApiError> {
        let body = input.finish();
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.attempt(region, operation, body.clone()).await {
                Err(error) if error.is_passing() => sleep(pause).await,
                outcome => return outcome,
            }
            pause *= 2;
        }
        self.attempt(region, operation, body).await
    }

    async fn attempt(
        &self,
        region: &str,
        operation: &'static str,
        body: Sensitive<Vec<u8>>,
    ) -> Result<Sensitive<Vec<u8>>, ApiError> {
        let headers = self.headers(region, operation, body.expose());
        let answer = self.http.send("POST", &self.base.join("/"), &headers, body).await?;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        Err(refusal(operation, answer.status, answer.body.expose()))
    }

    fn headers(&self, region: &str, operation: &str, body: &[u8]) -> HashMap<String, Sensitive<String>> {
        let path = format!("{}/", self.base.path);
        let target = format!("secretsmanager.{operation}");
        let sent = [
            ("host", self.base.authority.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
        ];
        let headers = sent.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        let parts = Parts { method: "POST", path: &path, query: "", headers: &headers, body };
        let credentials = Credentials {
            access_key_id: &self.key.id,
            secret_access_key: self.key.secret.expose(),
            session_token: self.key.token.as_ref().map(|token| token.expose().as_str()),
        };
        let signed = sign(&parts, &credentials, region, "secretsmanager", self.clock.now());
        let sent = sent.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        sent.chain(signed).map(|(name, value)| (name, Sensitive::new(value))).collect()
    }
}

fn refusal(operation: &'static str, status: u16, body: &[u8]) -> ApiError {
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(rename = "__type")]
        code: String,
        #[serde(alias = "Message")]
        message: Option<String>,
    }
    let Ok(read) = serde_json::from_slice::<Refusal>(body) else { return ApiError::Garbled { operation, status } };
    let code = read.code.rsplit(['#', '/']).next().unwrap_or_default().split(':').next().unwrap_or_default().to_owned();
    let message = read.message.unwrap_or_default();
    // A server may quote the value that it finds too long.
    let quotes = code == "ValidationException" && matches!(operation, "CreateSecret" | "PutSecretValue");
    let message = if quotes { "the input is not valid (the server's text may show it)".to_owned() } else { message };
    ApiError::Refused { operation, code, message }
}

/// Reads an output.
pub(crate) fn parse<'a, T: Deserialize<'a>>(operation: &'static str, bytes: &'a [u8]) -> Result<T, ApiError> {
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(bytes).map_err(|_| ApiError::Garbled { operation, status: 200 })
}

/// The JSON of a call.
pub(crate) struct Input(WipingBuffer);

impl Input {
    /// No members.
    pub(crate) fn new() -> Input {
        Input(WipingBuffer::new())
    }

    /// With a member that is a text, which may be secret.
    pub(crate) fn with(mut self, name: &str, text: &str) -> Input {
        self.name(name);
        self.0.push_json(text);
        self
    }

    /// With a member if there is one.
    pub(crate) fn with_some(self, name: &str, text: Option<&str>) -> Input {
        match text {
            Some(text) => self.with(name, text),
            None => self,
        }
    }

    /// With a member that is no secret.
    pub(crate) fn with_json(mut self, name: &str, value: &serde_json::Value) -> Input {
        self.name(name);
        self.0.push(value.to_string().as_bytes());
        self
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.as_slice().is_empty() { b"{" } else { b"," });
        self.0.push_json(name);
        self.0.push(b":");
    }

    fn finish(mut self) -> Sensitive<Vec<u8>> {
        self.0.push(if self.0.as_slice().is_empty() { b"{}" } else { b"}" });
        self.0.into_sensitive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_json() {
        assert_eq!(Input::new().finish().expose(), b"{}");
        let input = Input::new().with("A", "x\"y").with_some("B", None).with_json("C", &serde_json::json!([1]));
        assert_eq!(input.finish().expose(), br#"{"A":"x\"y","C":[1]}"#);
    }

    #[test]
    fn a_refusal_that_may_quote_a_value_is_not_shown() {
        let body = br#"{"__type":"com.amazonaws#ValidationException:","message":"Value 'hunter2' at 'secretString'"}"#;
        let shown = refusal("CreateSecret", 400, body);
        assert!(shown.is("ValidationException") && !shown.to_string().contains("hunter2"), "{shown}");
        let body = br#"{"__type":"ResourceNotFoundException","Message":"gone"}"#;
        assert_eq!(
            refusal("DescribeSecret", 400, body).to_string(),
            "DescribeSecret answers ResourceNotFoundException: gone"
        );
        assert!(matches!(refusal("ListSecrets", 502, b"<html>"), ApiError::Garbled { status: 502, .. }));
    }
}
