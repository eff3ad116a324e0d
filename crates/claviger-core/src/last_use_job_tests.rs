#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::fault::Fault;
use claviger_store::tables::iam_table::{self, AccessKeyRecord};
use claviger_store::{Store, commit_blocking};
use claviger_types::{AccountId, Caller, CallerKind};

use super::*;
use crate::testing::{self, RegionStore};
use crate::uses_job::BATCH;

/// Enough for several batches, and so many that they are due at once.
const USES: usize = 20 * BATCH;

/// Stores the access keys, without which no use is written.
fn store_access_keys(node: &Node) {
    let mut tx = node.begin().unwrap();
    for n in 0..USES {
        let record = AccessKeyRecord {
            id: format!("AKIA{n}"),
            account: AccountId::dev(),
            user: "ana".to_owned(),
            user_id: "AIDA".to_owned(),
            created: Timestamp(0),
            active: true,
            secret: Vec::new(),
        };
        iam_table::save_access_key(&mut tx, &record).unwrap();
    }
    commit_blocking(node.store(), tx.into_batch()).unwrap();
}

/// Has every access key used.
fn use_all(node: &Node, at: Timestamp) {
    for n in 0..USES {
        let kind = CallerKind::User { path: "/".into(), name: "ana".into(), id: "AIDA".into() };
        let caller = Caller { account: AccountId::dev(), kind, access_key_id: format!("AKIA{n}"), session: None };
        crate::last_use::note(node.last_uses(), &caller, "kms", at);
    }
}

fn commits(store: &RegionStore) -> u64 {
    store.snapshot().unwrap().position()
}

#[test]
fn the_first_batch_that_fails_ends_the_round_and_the_next_round_waits() {
    let (node, store) = testing::region();
    store_access_keys(&node);
    use_all(&node, Timestamp(1));
    let before = commits(&store);
    // Only the second commit fails: a third one would be written.
    store.inner().fail(1, Fault::Full);
    node.write_last_uses_if_due(Timestamp(1_000));
    assert_eq!(commits(&store), before + 1);
    // Those that are left are so many that they would be due at the next second.
    node.write_last_uses_if_due(Timestamp(2_000));
    node.write_last_uses_if_due(Timestamp(15_999));
    assert_eq!(commits(&store), before + 1);
    node.write_last_uses_if_due(Timestamp(16_000));
    assert_eq!(commits(&store), before + 20, "each use is written, and none twice");
    // After a success many are due at once again.
    use_all(&node, Timestamp(2));
    node.write_last_uses_if_due(Timestamp(17_000));
    assert_eq!(commits(&store), before + 40);
}
