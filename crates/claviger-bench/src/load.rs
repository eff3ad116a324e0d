//! Load: many connections on one thread, each of which sends its next request when it has the answer to the one before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::answer;
use crate::error::{Error, machine, unexpected};
use crate::histogram::Histogram;
use crate::time;

/// The bytes of the next request, from the number of the connection and the number of the request.
pub type Requests = Arc<dyn Fn(usize, u64) -> Arc<[u8]> + Send + Sync>;

/// Receives the number of a request and the body of its answer.
pub type Answers = Arc<dyn Fn(u64, &[u8]) + Send + Sync>;

/// A load on one server.
#[derive(Clone)]
pub struct Load {
    /// `HOST:PORT`
    pub address: String,
    /// How many connections send at the same time.
    pub connections: usize,
    /// Makes the requests.
    pub requests: Requests,
    /// The load ends after this many requests,
    pub count_max: u64,
    /// or after this time,
    pub time_max: Duration,
    /// or when somebody sets this.
    pub stop: Arc<AtomicBool>,
    /// Whether answers other than 200 are counted like others. If not, they end the load with an error.
    pub any_status: bool,
    /// Gets the answers, if somebody wants them.
    pub answers: Option<Answers>,
}

impl Load {
    /// A load that lasts for a time.
    pub fn lasting(address: &str, connections: usize, requests: Requests, time_max: Duration) -> Load {
        let address = address.to_owned();
        Load {
            address,
            connections,
            requests,
            count_max: u64::MAX,
            time_max,
            stop: Arc::default(),
            any_status: false,
            answers: None,
        }
    }

    /// Runs the load on this thread.
    ///
    /// # Errors
    ///
    /// A connection breaks, or an answer is not 200.
    pub fn run(&self) -> Result<Sample, Error> {
        let runtime = Builder::new_current_thread().enable_io().build().map_err(machine("a runtime"))?;
        runtime.block_on(self.converse_all())
    }

    async fn converse_all(&self) -> Result<Sample, Error> {
        let mut streams = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            streams.push(connect(&self.address).await?);
        }
        let sent = Arc::new(AtomicU64::new(0));
        let begun = time::instant();
        let mut running = JoinSet::new();
        for (connection, stream) in streams.into_iter().enumerate() {
            let load = self.clone();
            let sent = sent.clone();
            running.spawn(async move { load.converse(connection, stream, begun, &sent).await });
        }
        let mut latency = Histogram::default();
        while let Some(ended) = running.join_next().await {
            latency.add(&ended.map_err(|_| unexpected("a connection's task panicked"))??);
        }
        Ok(Sample { latency, elapsed: begun.elapsed() })
    }

    async fn converse(
        &self,
        connection: usize,
        mut stream: TcpStream,
        begun: Instant,
        sent: &AtomicU64,
    ) -> Result<Histogram, Error> {
        let mut latency = Histogram::default();
        let mut buffer = Vec::new();
        while begun.elapsed() < self.time_max && !self.stop.load(Ordering::Relaxed) {
            let number = sent.fetch_add(1, Ordering::Relaxed);
            if number >= self.count_max {
                break;
            }
            let request = (self.requests)(connection, number);
            let start = time::instant();
            let broken = || machine(format!("the exchange with {}", self.address));
            stream.write_all(&request).await.map_err(broken())?;
            let head = receive(&mut stream, &mut buffer).await?;
            latency.record(start.elapsed());
            let body = buffer.get(head.bytes..).unwrap_or_default();
            if head.status != 200 && !self.any_status {
                return Err(Error::Refused { status: head.status, text: String::from_utf8_lossy(body).into_owned() });
            }
            if let Some(answers) = &self.answers {
                answers(number, body);
            }
            if head.closes {
                stream = connect(&self.address).await?;
            }
        }
        Ok(latency)
    }
}

/// The outcome of a load.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The time of each exchange, from the first byte sent to the last byte received.
    pub latency: Histogram,
    /// How long the load lasted.
    pub elapsed: Duration,
}

impl Sample {
    /// Adds the figures of another slice of the same measurement.
    pub fn add(&mut self, other: &Sample) {
        self.latency.add(&other.latency);
        self.elapsed += other.elapsed;
    }

    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.latency.count() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }
}

async fn connect(address: &str) -> Result<TcpStream, Error> {
    let stream = TcpStream::connect(address).await.map_err(machine(format!("connecting to {address}")))?;
    stream.set_nodelay(true).map_err(machine("nodelay"))?;
    Ok(stream)
}

/// Reads one answer into the buffer.
async fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<answer::Head, Error> {
    buffer.clear();
    let mut head = None;
    loop {
        if stream.read_buf(buffer).await.map_err(machine("reading an answer"))? == 0 {
            return Err(unexpected("a server closed the connection before its answer"));
        }
        if head.is_none() {
            head = answer::head(buffer)?;
        }
        if let Some(head) = head.filter(|head| buffer.len() >= head.bytes + head.body_bytes) {
            return Ok(head);
        }
    }
}
