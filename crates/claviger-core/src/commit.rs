//! Waiting for a commit without holding a thread.

/// The two ends of a wait for a commit: the function that the store's committer calls, and the future that the pipeline awaits.
pub(crate) fn settled() -> (claviger_store::Done, impl Future<Output = Result<(), claviger_store::Error>>) {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let done: claviger_store::Done = Box::new(move |outcome| {
        // The request that waited may have been dropped, with its connection. The commit is valid all the same.
        let _ = sender.send(outcome.map(|_| ()));
    });
    let wait = async move {
        // A committer that dropped its end without an answer has stopped. The outcome of the batch is unknown.
        receiver.await.unwrap_or_else(|_| Err(claviger_store::Error::Poisoned("the committer stopped".to_owned())))
    };
    (done, wait)
}
