//! Accepts connections for all regions of the process.

use std::net::SocketAddr;
use std::sync::Arc;
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
use crate::strangers::{Stranger, Strangers};
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
        let (stranger, pushed_out) =
            strangers.admit(address.ip(), settings.handshakes_max, settings.handshakes_per_address_max);
        if pushed_out {
            count(&shared.counters.pushed_out);
        }
        let task = handle(shared.clone(), tcp, address, stranger);
        shared.spawn(task);
    }
}

async fn handle(shared: Arc<Shared>, tcp: TcpStream, address: SocketAddr, stranger: Stranger) {
    let _ = tcp.set_nodelay(true);
    let limit = shared.settings.handshake_timeout;
    let introduced = tokio::select! {
        introduced = timeout(limit, introduce(&shared, tcp)) => introduced.unwrap_or(Err(End::TimedOut(limit))),
        () = stranger.must_leave() => return,
    };
    match introduced {
        Ok(Introduced::Peer(peer, greeted)) => {
            drop(stranger);
            let end = serve(&shared, &peer, greeted, false, address.to_string()).await;
            tracing::info!(local = %peer.local, peer = %peer.region, %address, reason = %end, "a connection from a peer ended");
        }
        Ok(Introduced::Joiner(local, greeted)) => {
            enrol_listener::serve(&shared, &local, greeted, address, stranger).await;
        }
        Err(end) => refuse(&shared, address, &end),
    }
}

/// Who connected.
enum Introduced {
    Peer(Arc<PeerState>, Greeted),
    /// A region that says that it was invited.
    Joiner(Arc<Local>, Greeted),
}

async fn introduce(shared: &Shared, tcp: TcpStream) -> Result<Introduced, End> {
    let (local, purpose, greeted) = greet_as_listener(shared, tcp).await?;
    Ok(match purpose {
        Purpose::Enrol => Introduced::Joiner(local, greeted),
        Purpose::Link => {
            let (peer, greeted) = identify(shared, &local, greeted).await?;
            Introduced::Peer(peer, greeted)
        }
    })
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
