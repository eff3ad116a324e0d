//! A minimal signing client: one connection, kept open as long as the server keeps it, one request at a time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use claviger_sigv4::{Credentials, Parts, sign};
use claviger_types::Timestamp;
use serde_json::Value;

use super::server::Server;

const CREDENTIALS: Credentials<'static> =
    Credentials { access_key_id: "test", secret_access_key: "test", session_token: None };

/// One open connection to a server, for one region.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    region: &'static str,
}

impl Client {
    pub(crate) fn connect(server: &Server, region: &'static str) -> Result<Client, String> {
        let stream = open(&server.address).map_err(|e| e.to_string())?;
        Ok(Client { stream, host: server.address.clone(), region })
    }

    pub(crate) fn kms(&mut self, operation: &str, body: &Value) -> Result<Value, String> {
        self.call("kms", "TrentService", operation, body)
    }

    pub(crate) fn secrets(&mut self, operation: &str, body: &Value) -> Result<Value, String> {
        self.call("secretsmanager", "secretsmanager", operation, body)
    }

    fn call(&mut self, service: &str, prefix: &str, operation: &str, body: &Value) -> Result<Value, String> {
        let body = body.to_string();
        let mut headers = vec![
            ("host".to_owned(), self.host.clone().into_bytes()),
            ("content-type".to_owned(), b"application/x-amz-json-1.1".to_vec()),
            ("x-amz-target".to_owned(), format!("{prefix}.{operation}").into_bytes()),
        ];
        let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
        let signed = sign(&parts, &CREDENTIALS, self.region, service, now());
        headers.extend(signed.into_iter().map(|(name, value)| (name, value.into_bytes())));
        self.send(&headers, &body).map_err(|e| e.to_string())?;
        let (status, answer) = self.receive().map_err(|e| e.to_string())?;
        let value: Value = serde_json::from_slice(&answer).unwrap_or(Value::Null);
        if status == 200 { Ok(value) } else { Err(format!("{operation} answered {status}: {value}")) }
    }

    fn send(&mut self, headers: &[(String, Vec<u8>)], body: &str) -> std::io::Result<()> {
        let mut request = b"POST / HTTP/1.1\r\n".to_vec();
        for (name, value) in headers {
            request.extend_from_slice(name.as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(format!("content-length: {}\r\n\r\n{body}", body.len()).as_bytes());
        self.stream.get_mut().write_all(&request)
    }

    fn receive(&mut self) -> std::io::Result<(u16, Vec<u8>)> {
        let (mut status, mut length, mut closes, mut line) = (0, 0, false, String::new());
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let text = line.trim_end();
            if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
                status = rest.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some((name, value)) = text.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap_or(0);
                }
                closes |= name.eq_ignore_ascii_case("connection") && value.trim().eq_ignore_ascii_case("close");
            } else {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        if closes {
            // Some servers end the connection after each answer. Their clients pay for the next one.
            self.stream = open(&self.host)?;
        }
        Ok((status, body))
    }
}

fn open(address: &str) -> std::io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    Ok(BufReader::new(stream))
}

const TIMEOUT: Duration = Duration::from_secs(20);

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
