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
use tower_service::Service;

/// Looks names up in the system's way. A test may give some of them an address, port included.
#[derive(Clone, Default)]
pub(crate) struct Names(pub(crate) Arc<HashMap<String, SocketAddr>>);

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let known = self.0.get(name.as_str()).copied();
        Box::pin(async move {
            let found: Vec<SocketAddr> = match known {
                Some(address) => vec![address],
                // Port 0 stands for that of the scheme.
                None => lookup_host((name.as_str(), 0)).await?.collect(),
            };
            Ok(found.into_iter())
        })
    }
}
