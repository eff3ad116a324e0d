#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::testing;

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
