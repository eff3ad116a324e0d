//! Credentials, and the SDK clients that sign with them.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use bytes::Bytes;
use claviger_sigv4::{Credentials as SigningCredentials, Parts};
use claviger_types::{Clock, ManualClock};
use http_body_util::Full;

use crate::connector::Connector;
use crate::time::SdkClock;

/// The developer's account. Its root is `test`/`test`.
pub const ACCOUNT: &str = "000000000000";

/// The ARN of a key in the developer's account.
pub fn key_arn(region: &str, id: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/{id}")
}

/// The ARN of an account's root.
pub fn root_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

/// Credentials that a call is signed with.
#[derive(Debug, Clone)]
pub struct TestCredentials {
    /// The access key id.
    pub key: String,
    /// The secret access key.
    pub secret: String,
    /// The session token of temporary credentials.
    pub token: Option<String>,
}

impl TestCredentials {
    /// The root of an account: `test` for the developer's own, else twelve digits.
    pub fn root(account: &str) -> TestCredentials {
        let key = if account == ACCOUNT { "test" } else { account };
        TestCredentials { key: key.to_owned(), secret: "test".to_owned(), token: None }
    }
}

/// Makes clients for one address.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) connector: Connector,
}

/// The three SDKs' configurations have the same methods and no common trait. Each call is sent once: a retry would hide a wrong
/// answer.
macro_rules! client {
    ($maker:expr, $sdk:ident, $identity:expr, $region:expr) => {{
        let TestCredentials { key, secret, token } = $identity.clone();
        let config = $sdk::config::Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new($region.to_owned()))
            .endpoint_url(format!("http://{}", $maker.address))
            .credentials_provider(Credentials::new(key, secret, token, None, "test"))
            .time_source(SdkClock($maker.clock.clone()))
            .http_client($maker.connector.clone())
            .retry_config(RetryConfig::disabled())
            .build();
        $sdk::Client::from_conf(config)
    }};
}

impl Maker {
    pub(crate) fn kms(&self, identity: &TestCredentials, region: &str) -> aws_sdk_kms::Client {
        client!(self, aws_sdk_kms, identity, region)
    }

    pub(crate) fn secrets(&self, identity: &TestCredentials, region: &str) -> aws_sdk_secretsmanager::Client {
        client!(self, aws_sdk_secretsmanager, identity, region)
    }

    pub(crate) fn sts(&self, identity: &TestCredentials, region: &str) -> aws_sdk_sts::Client {
        client!(self, aws_sdk_sts, identity, region)
    }

    /// A call of the query protocol, signed by `claviger-sigv4`. The SDK of IAM would add much to the build for a few calls.
    /// Answers status and body.
    pub(crate) async fn query(
        &self,
        identity: &TestCredentials,
        region: &str,
        service: &str,
        form: &[(&str, &str)],
    ) -> (u16, String) {
        let body: String = form.iter().map(|(name, value)| format!("{name}={}&", escaped(value))).collect();
        let body = body.trim_end_matches('&').to_owned();
        let headers = [
            ("host".to_owned(), self.address.to_string().into_bytes()),
            ("content-type".to_owned(), b"application/x-www-form-urlencoded".to_vec()),
        ];
        let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
        let credentials = SigningCredentials {
            access_key_id: &identity.key,
            secret_access_key: &identity.secret,
            session_token: identity.token.as_deref(),
        };
        let signed = claviger_sigv4::sign(&parts, &credentials, region, service, self.clock.now());
        let mut request = hyper::Request::post(format!("http://{}/", self.address));
        for (name, value) in &headers {
            request = request.header(name, value.as_slice());
        }
        for (name, value) in signed {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("the request is well-formed");
        let answer = self.connector.send(request).await.expect("the server answers");
        (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned())
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
