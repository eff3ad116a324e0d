#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_types::Sensitive;

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
