//! The addresses of names.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::lookup_host;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_service::Service;

use crate::addresses::Addresses;

/// The most look-ups at a time. Each holds a thread of the runtime's pool until the system's resolver gives up, which can be long after
/// its request has ended; the store uses the same pool.
const LOOKUPS_MAX: usize = 16;

/// Looks names up in the system's way. A test may give some of them an address, port included.
#[derive(Clone)]
pub(crate) struct Names {
    known: Arc<HashMap<String, SocketAddr>>,
    addresses: Arc<Addresses>,
    turns: Arc<Semaphore>,
}

impl Names {
    pub(crate) fn with(known: HashMap<String, SocketAddr>, addresses: Addresses) -> Names {
        Names { known: Arc::new(known), addresses: Arc::new(addresses), turns: Arc::new(Semaphore::new(LOOKUPS_MAX)) }
    }
}

/// A look-up that keeps its turn until the resolver is done, also if nobody waits for it any more.
async fn look_up(name: Name, turn: OwnedSemaphorePermit) -> io::Result<Vec<SocketAddr>> {
    let task = tokio::spawn(async move {
        let _turn = turn;
        // Port 0 stands for that of the scheme.
        lookup_host((name.as_str(), 0)).await.map(Iterator::collect)
    });
    task.await.map_err(io::Error::other)?
}

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let known = self.known.get(name.as_str()).copied();
        let (turns, addresses) = (Arc::clone(&self.turns), Arc::clone(&self.addresses));
        Box::pin(async move {
            let mut found: Vec<SocketAddr> = match known {
                Some(address) => vec![address],
                None => look_up(name.clone(), turns.acquire_owned().await.map_err(io::Error::other)?).await?,
            };
            // The connection goes to one of these, so the name is not looked up a second time.
            found.retain(|address| addresses.admit(name.as_str(), address.ip()));
            Ok(found.into_iter())
        })
    }
}
