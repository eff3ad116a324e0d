//! Accepts connections for all regions of the process.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::dialler::serve;
use crate::end::End;
use crate::enrol_listener;
use crate::error::LinkSetupError;
use crate::handshake::{Greeted, close, find_peer, greet_as_listener};
use crate::peer::PeerState;
use crate::shared::{Local, Shared};
use crate::status::count;
use crate::tls::Purpose;

/// The wait after an error of `accept`, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const BACKLOG: u32 = 256;

pub(crate) fn bind(address: SocketAddr, send_buffer: u32) -> Result<TcpListener, LinkSetupError> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        // Accepted connections have the buffer of their listener.
        socket.set_send_buffer_size(send_buffer)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().map_err(|error: std::io::Error| LinkSetupError::Listen(address.to_string(), error.to_string()))
}

pub(crate) async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    let strangers = Strangers::default();
    loop {
        let (tcp, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "the link's listener cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        count(&shared.counters.accepted);
        let settings = &shared.settings;
        let Some(stranger) =
            strangers.admit(address.ip(), settings.handshakes_max, settings.handshakes_per_address_max)
        else {
            count(&shared.counters.turned_away);
            continue;
        };
        let task = handle(shared.clone(), tcp, address, stranger);
        shared.spawn(task);
    }
}

async fn handle(shared: Arc<Shared>, tcp: TcpStream, address: SocketAddr, stranger: Stranger) {
    let _ = tcp.set_nodelay(true);
    let limit = shared.settings.handshake_timeout;
    let greeted = timeout(limit, greet_as_listener(&shared, tcp)).await.unwrap_or(Err(End::TimedOut(limit)));
    match greeted {
        Ok((local, Purpose::Link, greeted)) => {
            let identified = timeout(limit, identify(&shared, &local, greeted)).await;
            match identified.unwrap_or(Err(End::TimedOut(limit))) {
                Ok((peer, greeted)) => {
                    drop(stranger);
                    let end = serve(&shared, &peer, greeted, false, address.to_string()).await;
                    tracing::info!(local = %peer.local, peer = %peer.region, %address, reason = %end, "a connection from a peer ended");
                }
                Err(end) => refuse(&shared, address, &end),
            }
        }
        // Until its end this is a connection of a stranger.
        Ok((local, Purpose::Enrol, greeted)) => enrol_listener::serve(&shared, &local, greeted, address).await,
        Err(end) => refuse(&shared, address, &end),
    }
}

/// The peer that the other side claims to be, if the key is pinned for it.
async fn identify(shared: &Shared, local: &Local, mut greeted: Greeted) -> Result<(Arc<PeerState>, Greeted), End> {
    let Some(peer) = find_peer(local, &greeted.theirs.from, &greeted.key) else {
        close(&mut greeted.stream, "the key is not pinned for the region that you claim to be").await;
        return Err(End::WrongKey);
    };
    if shared.faults.cut(&peer.local, &peer.region) {
        return Err(End::Cut);
    }
    Ok((peer, greeted))
}

fn refuse(shared: &Shared, address: SocketAddr, end: &End) {
    let counters = &shared.counters;
    count(match end {
        End::WrongKey => &counters.keys_refused,
        End::UnknownName | End::WrongRegion(_) => &counters.names_refused,
        End::TimedOut(_) => &counters.timed_out,
        _ => &counters.failed,
    });
    if let Some(left_out) = shared.refusals_log.pass() {
        tracing::warn!(%address, reason = %end, left_out, "a connection to the link's listener was refused");
    }
}

/// The incoming connections that have not proved who they are.
#[derive(Default)]
struct Strangers(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

impl Strangers {
    fn admit(&self, address: IpAddr, most: usize, most_of_one: usize) -> Option<Stranger> {
        let mut by_address = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if by_address.values().sum::<usize>() >= most || by_address.get(&address).is_some_and(|n| *n >= most_of_one) {
            return None;
        }
        *by_address.entry(address).or_default() += 1;
        Some(Stranger { all: self.0.clone(), address })
    }
}

/// One of them, until it is dropped.
struct Stranger {
    all: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut by_address = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}
