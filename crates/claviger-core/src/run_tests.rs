#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::atomic::{AtomicU32, Ordering};

use claviger_store::tables::log;
use claviger_types::{Region, Sensitive};

use super::*;
use crate::testing;

#[tokio::test]
async fn a_panic_on_the_pool_is_counted_and_its_text_is_kept_back() {
    let (node, _store) = testing::region();
    let secret = Sensitive::new("hunter2".to_owned());
    let work = move |_: &Node, tx: &mut Tx<'_>| {
        // Without a cache the first run is refused here, so that the panic is the pool's.
        if tx.get(b"k").is_ok() {
            panic!("the secret is {}", secret.expose());
        }
    };
    let Err(Error::Panicked { report, panics }) = node.on_snapshot(work).await else { panic!("the work ended") };
    assert_eq!((panics, node.panics()), (1, 1));
    assert!(!format!("{report} {report:?}").contains("hunter2"), "{report:?}");
}

#[tokio::test]
async fn a_region_that_has_stopped_begins_no_transaction() {
    let (node, store) = testing::region();
    let work = |_: &Node, _: &mut Tx<'_>| ();
    assert!(node.on_snapshot(work).await.is_ok());
    node.fail("the jobs thread panicked");
    store.take_opened();
    let refused = node.on_snapshot(work).await.unwrap_err();
    assert!(matches!(&refused, Error::Store(StoreError::Poisoned(reason)) if reason == "the jobs thread panicked"));
    assert_eq!(node.begin().err(), Some(StoreError::Poisoned("the jobs thread panicked".to_owned())));
    assert_eq!(store.take_opened(), 0);
}

#[tokio::test]
async fn only_a_commit_for_another_region_wakes_the_replication_thread() {
    let (node, _store) = testing::region();
    let woken = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&woken);
    node.on_commit(Box::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    }));
    let batch = |announced: bool| {
        let mut tx = node.begin().unwrap();
        tx.put(b"k".to_vec(), b"v").unwrap();
        if announced {
            log::push_outbox(&mut tx, &Region::parse("eu-west-1").unwrap(), b"change").unwrap();
        }
        tx.into_batch()
    };
    node.commit(batch(false)).await.unwrap();
    node.commit_blocking(batch(false)).unwrap();
    assert_eq!(woken.load(Ordering::SeqCst), 0);
    node.commit(batch(true)).await.unwrap();
    node.commit_blocking(batch(true)).unwrap();
    assert_eq!(woken.load(Ordering::SeqCst), 2);
}
