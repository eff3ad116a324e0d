//! A call of an operation, and the bytes of the signed request that makes it.

use claviger_sigv4::{Credentials, Parts, sign};
use claviger_types::Timestamp;
use claviger_types::wire::RawRequest;
use serde_json::Value;

use crate::time::now;

/// The access key of a caller.
#[derive(Clone)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl AccessKey {
    /// The root of account 000000000000 of `claviger dev`.
    pub fn root() -> AccessKey {
        AccessKey { id: "test".to_owned(), secret: "test".to_owned() }
    }
}

/// A call without its caller: the service, the operation and the body.
#[derive(Debug, Clone)]
pub struct Call {
    service: &'static str,
    target: Option<String>,
    body: String,
}

impl Call {
    /// A call of KMS.
    pub fn kms(operation: &str, body: &Value) -> Call {
        Call { service: "kms", target: Some(format!("TrentService.{operation}")), body: body.to_string() }
    }

    /// A call of Secrets Manager.
    pub fn secrets(operation: &str, body: &Value) -> Call {
        let target = Some(format!("secretsmanager.{operation}"));
        Call { service: "secretsmanager", target, body: body.to_string() }
    }

    /// A call of IAM.
    pub fn iam(operation: &str, members: &[(&str, &str)]) -> Call {
        Call::query("iam", operation, "2010-05-08", members)
    }

    /// A call of STS or IAM, from the members of its form.
    pub fn query(service: &'static str, operation: &str, version: &str, members: &[(&str, &str)]) -> Call {
        let mut body = format!("Action={operation}&Version={version}");
        for (name, value) in members {
            body.push_str(&format!("&{name}={}", percent_encoded(value)));
        }
        Call { service, target: None, body }
    }

    /// The bytes of a request that is signed now.
    pub fn request(&self, host: &str, region: &str, key: &AccessKey) -> Vec<u8> {
        self.request_at(now(), host, region, key)
    }

    /// The bytes of a request that is signed at a time.
    pub(crate) fn request_at(&self, at: Timestamp, host: &str, region: &str, key: &AccessKey) -> Vec<u8> {
        let mut request = b"POST / HTTP/1.1\r\n".to_vec();
        for (name, value) in self.signed_headers(at, host, region, key) {
            request.extend_from_slice(name.as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(&value);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body).as_bytes());
        request
    }

    /// The same request as the server's listener would hand it on.
    pub fn received(&self, host: &str, region: &str, key: &AccessKey) -> RawRequest {
        RawRequest {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: self.signed_headers(now(), host, region, key),
            body: self.body.clone().into_bytes().into(),
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
            peer: None,
            secure: false,
        }
    }

    fn signed_headers(&self, at: Timestamp, host: &str, region: &str, key: &AccessKey) -> Vec<(String, Vec<u8>)> {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let content_type = if self.target.is_some() { "application/x-amz-json-1.1" } else { form };
        let mut headers = vec![("host", host), ("content-type", content_type)];
        headers.extend(self.target.as_deref().map(|target| ("x-amz-target", target)));
        let mut headers: Vec<_> =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).collect();
        let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: self.body.as_bytes() };
        let credentials = Credentials { access_key_id: &key.id, secret_access_key: &key.secret, session_token: None };
        let signed = sign(&parts, &credentials, region, self.service, at);
        headers.extend(signed.into_iter().map(|(name, value)| (name, value.into_bytes())));
        headers
    }
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_complete() {
        let call = Call::query("sts", "GetCallerIdentity", "2011-06-15", &[("A", "a b")]);
        let text = String::from_utf8(call.request("localhost:1", "us-east-1", &AccessKey::root())).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "Action=GetCallerIdentity&Version=2011-06-15&A=a%20b");
        assert!(head.starts_with("POST / HTTP/1.1\r\nhost: localhost:1\r\n"));
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
        assert!(head.contains("/us-east-1/sts/aws4_request"));
    }
}
