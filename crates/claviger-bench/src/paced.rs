//! Load at a fixed rate, for latencies at less than full load.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::answer;
use crate::error::{Error, machine, unexpected};
use crate::histogram::Histogram;
use crate::load::{Requests, Sample};
use crate::time;

/// Sends `rate` requests per second for a time, from one thread for each connection.
///
/// A thread's requests are due at fixed times. A request whose connection still waits for the answer before it counts from the
/// time when it was due, so that a server that stalls is not spared the requests that it would have delayed. Otherwise it counts
/// from the time when it was sent: a thread that wakes late is the fault of this process.
///
/// # Errors
///
/// A connection breaks, or an answer is not 200.
pub fn paced(
    address: &str,
    connections: usize,
    rate: f64,
    requests: &Requests,
    time_max: Duration,
) -> Result<Sample, Error> {
    let interval = Duration::from_secs_f64(connections as f64 / rate.max(1.0));
    let begun = time::instant();
    let latencies = std::thread::scope(|scope| {
        let spawn = |connection: usize| {
            // The connections' times are spread evenly.
            let offset = interval.mul_f64(connection as f64 / connections as f64);
            let request = requests(connection, 0);
            scope.spawn(move || converse(address, &request, offset, interval, time_max))
        };
        let threads: Vec<_> = (0..connections).map(spawn).collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended.map(|ended| ended.map_err(|_| unexpected("a thread panicked"))?).collect::<Result<Vec<_>, Error>>()
    })?;
    let mut latency = Histogram::default();
    latencies.iter().for_each(|one| latency.add(one));
    Ok(Sample { latency, elapsed: begun.elapsed() })
}

fn converse(
    address: &str,
    request: &[u8],
    offset: Duration,
    interval: Duration,
    time_max: Duration,
) -> Result<Histogram, Error> {
    let broken = || machine(format!("the exchange with {address}"));
    let mut stream = TcpStream::connect(address).map_err(broken())?;
    stream.set_nodelay(true).map_err(broken())?;
    let mut latency = Histogram::default();
    let mut buffer = vec![0; 64 * 1024];
    let begun = time::instant();
    let mut due = offset;
    while due < time_max {
        let late = begun.elapsed().checked_sub(due);
        if late.is_none() {
            time::sleep(due.saturating_sub(begun.elapsed()));
        }
        let start = time::instant();
        stream.write_all(request).map_err(broken())?;
        receive(&mut stream, &mut buffer)?;
        latency.record(start.elapsed() + late.unwrap_or_default());
        due += interval;
    }
    Ok(latency)
}

fn receive(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), Error> {
    let mut filled = 0;
    loop {
        let free = buffer.get_mut(filled..).filter(|free| !free.is_empty());
        let free = free.ok_or_else(|| unexpected("an answer is too long for a paced load"))?;
        let read = stream.read(free).map_err(machine("reading an answer"))?;
        if read == 0 {
            return Err(unexpected("a server closed the connection before its answer"));
        }
        filled += read;
        let bytes = buffer.get(..filled).unwrap_or_default();
        let Some(head) = answer::head(bytes)?.filter(|head| filled >= head.bytes + head.body_bytes) else { continue };
        if head.status != 200 {
            let text = bytes.get(head.bytes..).unwrap_or_default();
            return Err(Error::Refused { status: head.status, text: String::from_utf8_lossy(text).into_owned() });
        }
        return Ok(());
    }
}
