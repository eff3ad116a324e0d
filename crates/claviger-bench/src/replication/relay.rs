//! A TCP relay between two servers: it delays what passes, and can hold it back altogether.
//!
//! Both directions of all its connections behave alike. Bytes that are held back arrive after the healing, as they would when TCP sends them
//! again.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, machine};
use crate::time;

/// What the connections of relays do to the bytes that pass.
#[derive(Clone, Default)]
pub(super) struct Weather(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct State {
    delay: Duration,
    is_cut: bool,
}

impl Weather {
    /// Delays each direction by this time.
    pub(super) fn delayed(delay: Duration) -> Weather {
        let weather = Weather::default();
        weather.change(|state| state.delay = delay);
        weather
    }

    /// From now on nothing arrives.
    pub(super) fn cut(&self) {
        self.change(|state| state.is_cut = true);
    }

    /// What was held back arrives, and all that follows.
    pub(super) fn heal(&self) {
        self.change(|state| state.is_cut = false);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.changed.notify_all();
    }

    fn delay(&self) -> Duration {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).delay
    }

    fn wait_while_cut(&self) {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.changed.wait_while(state, |state| state.is_cut).unwrap_or_else(PoisonError::into_inner));
    }
}

/// Listens on a free port and connects each connection to `target`. Its threads end with this process. Returns the address.
pub(super) fn start(target: String, weather: Weather) -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(machine("a relay"))?;
    let address = listener.local_addr().map_err(machine("a relay"))?.to_string();
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            // A server that is down refuses the connection, and the relay ends its own.
            if let Ok(far) = TcpStream::connect(&target) {
                connect(&near, &far, &weather);
            }
        }
    });
    Ok(address)
}

/// Pumps both directions. If the system gives no second handle of a socket, the connection ends.
fn connect(near: &TcpStream, far: &TcpStream, weather: &Weather) {
    for (from, to) in [(near, far), (far, near)] {
        let _ = to.set_nodelay(true);
        let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else { return };
        let (sender, receiver) = channel();
        let (reading, writing) = (weather.clone(), weather.clone());
        std::thread::spawn(move || read(from, &sender, &reading));
        std::thread::spawn(move || write(to, &receiver, &writing));
    }
}

/// Bytes and the time when they arrive.
type Passing = (Instant, Vec<u8>);

fn read(mut from: TcpStream, passed: &Sender<Passing>, weather: &Weather) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        let bytes = buffer.get(..read).unwrap_or_default().to_vec();
        // No bytes are the end, which passes too.
        let is_end = bytes.is_empty();
        if passed.send((time::instant() + weather.delay(), bytes)).is_err() || is_end {
            return;
        }
    }
}

fn write(mut to: TcpStream, passing: &Receiver<Passing>, weather: &Weather) {
    for (due, bytes) in passing {
        let early = due.saturating_duration_since(time::instant());
        if !early.is_zero() {
            time::sleep(early);
        }
        weather.wait_while_cut();
        if bytes.is_empty() || to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAY: Duration = Duration::from_millis(20);

    #[test]
    fn bytes_arrive_later_and_not_while_the_relay_is_cut() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let weather = Weather::delayed(DELAY);
        let address = start(server.local_addr().unwrap().to_string(), weather.clone()).unwrap();
        let mut near = TcpStream::connect(address).unwrap();
        let (mut far, _) = server.accept().unwrap();
        let mut byte = [0];
        let begun = time::instant();
        near.write_all(b"a").unwrap();
        far.read_exact(&mut byte).unwrap();
        assert!(begun.elapsed() >= DELAY, "{:?}", begun.elapsed());

        weather.cut();
        near.write_all(b"b").unwrap();
        far.set_read_timeout(Some(3 * DELAY)).unwrap();
        assert!(far.read_exact(&mut byte).is_err());
        weather.heal();
        far.set_read_timeout(None).unwrap();
        far.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"b");
        drop(far);
        assert_eq!(near.read(&mut byte).unwrap(), 0, "the end passes");
    }
}
