//! Work over a bounded number of connections.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

/// The most requests at a time to one server.
pub(crate) const CONNECTIONS: usize = 16;

/// Runs `work` over the items, [`CONNECTIONS`] at a time, and returns what it answers, in the items' order.
pub(crate) async fn over<I, O, F>(items: Vec<I>, work: impl Fn(I) -> F + Clone + Send + 'static) -> Vec<O>
where
    I: Send + 'static,
    O: Send + 'static,
    F: Future<Output = O> + Send,
{
    let queue = Arc::new(Mutex::new(items.into_iter().enumerate()));
    let mut workers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (queue, work) = (Arc::clone(&queue), work.clone());
        workers.spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((at, item)) = next else { return done };
                done.push((at, work(item).await));
            }
        });
    }
    let mut all: Vec<(usize, O)> = workers.join_all().await.into_iter().flatten().collect();
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, outcome)| outcome).collect()
}
