//! Dials one peer whenever there is no connection to it.

use std::sync::Arc;

use tokio::time::{Instant, sleep, timeout};

use crate::backoff::Backoff;
use crate::chunk::Limits;
use crate::end::End;
use crate::handshake::{Greeted, Stream, dial, greet_as_dialler};
use crate::incoming::Incoming;
use crate::peer::{Connection, Facts, PeerState, run};
use crate::shared::{Local, Shared};
use crate::tls::{Purpose, client_config};

/// Runs until the peer is removed.
pub(crate) async fn keep_connected(shared: Arc<Shared>, local: Arc<Local>, peer: Arc<PeerState>) {
    let mut backoff = Backoff::new(shared.settings.backoff_min, shared.settings.backoff_max);
    let mut changes = peer.dialling.subscribe();
    loop {
        let begun = Instant::now();
        let wanted = changes
            .wait_for(|dialling| dialling.removed || (dialling.connections == 0 && !dialling.addresses.is_empty()));
        let Ok(dialling) = wanted.await.map(|dialling| dialling.clone()) else { return };
        if dialling.removed {
            return;
        }
        let attempt = try_addresses(shared.clone(), local.clone(), peer.clone(), dialling.addresses.clone());
        // In a task of its own, so that a panic of the host's handler ends the connection and not the dialling.
        let Some(attempt) = shared.spawn(attempt) else { return };
        if attempt.await.is_err() {
            tracing::error!(local = %peer.local, peer = %peer.region, "a connection to a peer ended by a panic");
        }
        // A connection of either side that held for as long as silence is tolerated was a good one.
        if begun.elapsed() > shared.settings.silence_max {
            backoff.reset();
        }
        let wait = backoff.wait(&*shared.random);
        tokio::select! {
            () = sleep(wait) => {}
            // Other addresses are tried at once.
            _ = changes.wait_for(|now| now.removed || now.addresses != dialling.addresses) => {}
        }
    }
}

/// Tries one address after the other. Returns when a connection that was made has ended, or none could be made.
async fn try_addresses(shared: Arc<Shared>, local: Arc<Local>, peer: Arc<PeerState>, addresses: Vec<String>) {
    let (shared, local, peer) = (&shared, &local, &peer);
    for address in &addresses {
        let limit = shared.settings.handshake_timeout;
        let connected = timeout(limit, connect(shared, local, peer, address)).await;
        match connected.unwrap_or(Err(End::TimedOut(limit))) {
            Ok(greeted) => {
                let end = serve(shared, peer, greeted, true, address.clone()).await;
                tracing::info!(local = %peer.local, peer = %peer.region, %address, reason = %end, "a connection to a peer ended");
                return;
            }
            Err(end) => {
                tracing::debug!(local = %peer.local, peer = %peer.region, %address, reason = %end, "a peer was not reached");
                peer.failed(&end);
            }
        }
        if peer.dialling.borrow().connections > 0 {
            return;
        }
    }
}

async fn connect(
    shared: &Arc<Shared>,
    local: &Arc<Local>,
    peer: &Arc<PeerState>,
    address: &str,
) -> Result<Greeted, End> {
    if shared.faults.cut(&peer.local, &peer.region) {
        return Err(End::Cut);
    }
    let tcp = dial(address, shared.settings.send_buffer_bytes).await?;
    let config = client_config(&shared.provider, &local.identity, peer.identity)?;
    greet_as_dialler(tcp, config, Purpose::Link, &shared.hello(&peer.local, &peer.region)).await
}

/// Makes a greeted connection one of the peer's, and runs it to its end.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    peer: &Arc<PeerState>,
    greeted: Greeted,
    dialled: bool,
    address: String,
) -> End {
    let Greeted { stream, mut incoming, theirs, .. } = greeted;
    incoming.set_limits(shared.accepts());
    let facts = Facts { dialled, address, version: theirs.version, accepts: bounded(theirs.accepts) };
    let connection = Arc::new(Connection::new(facts, shared.bounds()));
    let end = match peer.adopt(&connection) {
        Ok(_adopted) => run_boxed(shared, &connection, peer, stream, incoming).await,
        Err(end) => end,
    };
    // The end of one of two connections is no failure of the link.
    if peer.dialling.borrow().connections == 0 {
        peer.failed(&end);
    }
    end
}

/// The sizes that a peer accepts are its own to say, but no message is longer than a chunk's head can tell.
fn bounded(accepts: Limits) -> Limits {
    let most = u32::MAX as usize;
    Limits { frame: accepts.frame.min(most), exchange: accepts.exchange.min(most) }
}

/// On the heap, because the future is large and those that hold it are small.
async fn run_boxed(
    shared: &Shared,
    connection: &Arc<Connection>,
    peer: &Arc<PeerState>,
    stream: Stream,
    incoming: Incoming,
) -> End {
    Box::pin(run(connection, peer, stream, incoming, shared.times())).await
}
