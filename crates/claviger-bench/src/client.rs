//! A client for setting up and for single calls: one connection, one request at a time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::answer;
use crate::call::{AccessKey, Call};
use crate::error::{Error, machine};
use crate::time::{self, FastClock};

/// The time limit of an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// After this time without a request a connection is replaced: servers close idle ones.
const IDLE_MAX: Duration = Duration::from_secs(15);

/// One open connection.
pub struct Client {
    stream: TcpStream,
    /// When the stream was last used.
    used: Instant,
    address: String,
    /// The region that requests are signed for.
    pub region: &'static str,
    /// The caller.
    pub key: AccessKey,
    /// The time of day of signatures, if it is not the machine's.
    pub(crate) clock: Option<FastClock>,
}

impl Client {
    /// Connects to `HOST:PORT` as root.
    ///
    /// # Errors
    ///
    /// Nothing listens there.
    pub fn connect(address: &str, region: &'static str) -> Result<Client, Error> {
        let stream = open(address)?;
        Ok(Client {
            stream,
            used: time::instant(),
            address: address.to_owned(),
            region,
            key: AccessKey::root(),
            clock: None,
        })
    }

    /// Makes a call and returns its output. XML is returned as a JSON text.
    ///
    /// # Errors
    ///
    /// The connection breaks, or the status is not 200.
    pub fn call(&mut self, call: &Call) -> Result<Value, Error> {
        let now = self.clock.map_or_else(time::now, |clock| clock.now());
        let request = call.request_at(now, &self.address, self.region, &self.key);
        let body = self.exchange(&request)?;
        Ok(serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into()))
    }

    /// Sends the bytes of a request and returns the body of its answer.
    ///
    /// # Errors
    ///
    /// The connection breaks, or the status is not 200.
    pub fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, Error> {
        let (status, body) = self.answer(request)?;
        if status == 200 {
            return Ok(body);
        }
        Err(Error::Refused { status, text: String::from_utf8_lossy(&body).into_owned() })
    }

    /// Sends the bytes of a request and returns the status and body of its answer.
    pub(crate) fn answer(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>), Error> {
        if self.used.elapsed() > IDLE_MAX {
            self.stream = open(&self.address)?;
        }
        self.used = time::instant();
        let broken = || machine(format!("the exchange with {}", self.address));
        self.stream.write_all(request).map_err(broken())?;
        let (mut bytes, mut chunk) = (Vec::new(), [0; 16 * 1024]);
        loop {
            if let Some(head) = answer::head(&bytes)?
                && bytes.len() >= head.bytes + head.body_bytes
            {
                if head.closes {
                    // Some servers end the connection after each answer. Their clients pay for the next one.
                    self.stream = open(&self.address)?;
                }
                return Ok((head.status, bytes.split_off(head.bytes)));
            }
            let read = self.stream.read(&mut chunk).map_err(broken())?;
            if read == 0 {
                return Err(broken()(std::io::ErrorKind::UnexpectedEof.into()));
            }
            bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        }
    }
}

fn open(address: &str) -> Result<TcpStream, Error> {
    let opened = TcpStream::connect(address).and_then(|stream| {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        Ok(stream)
    });
    opened.map_err(machine(format!("connecting to {address}")))
}
