//! A small HTTP server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use claviger_sigv4::{Expect, Parts, SigningKeys, check, claim, verify};
use claviger_types::Timestamp;

/// A request as it arrived.
pub(crate) struct Request {
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| String::from_utf8(value.clone()).unwrap()).unwrap_or_default()
    }

    /// The access key id of the signature, which must be that of this secret.
    pub(crate) fn signer(&self, service: &str, secret: &str) -> String {
        let parts = Parts { method: "POST", path: &self.path, query: "", headers: &self.headers, body: &self.body };
        let claim = claim(&parts).unwrap();
        let now = Timestamp::from_secs(1_795_532_645);
        check(&claim, &Expect { service, now, window_secs: 300, presigned_secs: None, region: Some("eu-west-1") })
            .unwrap();
        let key = SigningKeys::new().derive(&claim.access_key_id, secret, &claim.date, &claim.region, &claim.service);
        verify(&claim, &parts, &key).unwrap();
        claim.access_key_id
    }
}

/// The status, more header lines, and the body. None closes the connection without an answer.
pub(crate) type Answer = Option<(u16, &'static str, String)>;

/// Starts a server that runs until the test's process ends.
pub(crate) fn start(answer: impl Fn(Request) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || serve(socket, &*answer));
        }
    });
    address
}

fn serve(socket: TcpStream, answer: &dyn Fn(Request) -> Answer) -> Option<()> {
    let mut reader = BufReader::new(socket.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().as_bytes().to_vec()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| String::from_utf8_lossy(value).parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (status, more, text) = answer(Request { path, headers, body })?;
    let head = format!("HTTP/1.1 {status} X\r\n{more}connection: close\r\ncontent-length: {}\r\n\r\n", text.len());
    (&socket).write_all((head + &text).as_bytes()).ok()
}
