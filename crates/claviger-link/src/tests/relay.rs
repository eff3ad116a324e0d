//! A TCP relay between a dialling process and a listener. It can stop to forward without closing anything, which is what a half-open
//! connection looks like from both ends. It can also be slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct State {
    /// No byte is passed on, in this direction and in the other.
    stalled: [AtomicBool; 2],
    connections: AtomicUsize,
    /// Bytes that are passed on in a second; without a limit if zero.
    rate: AtomicUsize,
}

pub(super) struct Relay {
    pub(super) address: String,
    state: Arc<State>,
}

impl Relay {
    /// A relay to this address.
    pub(super) async fn start(to: String) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State::default());
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let (to, shared) = (to.clone(), shared.clone());
                tokio::spawn(async move {
                    let Ok(far) = TcpStream::connect(to).await else { return };
                    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                    tokio::spawn(pass(near_read, far_write, shared.clone(), 0));
                    tokio::spawn(pass(far_read, near_write, shared, 1));
                });
            }
        });
        Relay { address, state }
    }

    /// Stops or goes on: towards the listener, and towards the dialler.
    pub(super) fn stall(&self, to_listener: bool, to_dialler: bool) {
        self.state.stalled[0].store(to_listener, Ordering::SeqCst);
        self.state.stalled[1].store(to_dialler, Ordering::SeqCst);
    }

    pub(super) fn set_rate(&self, bytes_per_second: usize) {
        self.state.rate.store(bytes_per_second, Ordering::SeqCst);
    }

    pub(super) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    state: Arc<State>,
    direction: usize,
) {
    let mut buffer = vec![0; 16 * 1024];
    // The end of one side is not passed on while the direction is stalled, as on a dead network.
    while let Ok(read) = from.read(&mut buffer).await {
        while state.stalled[direction].load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if let Some(wait) =
            Duration::from_secs(read as u64).as_nanos().checked_div(state.rate.load(Ordering::SeqCst) as u128)
        {
            tokio::time::sleep(Duration::from_nanos(wait as u64)).await;
        }
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
