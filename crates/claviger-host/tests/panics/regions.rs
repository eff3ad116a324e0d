//! Panics of a region's own threads: they stop that region, and no other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_host::{Cluster, Listen};
use claviger_store::Batch;
use claviger_types::{Clock, Timestamp};
use tokio::time::Instant;

use crate::setting::{HOME, OTHER, Ticking, config, get, kms, region, until};

/// A clock on which the replication thread of [`HOME`] panics once it is armed.
struct Trap {
    clock: Ticking,
    armed: AtomicBool,
}

impl Clock for Trap {
    fn now(&self) -> Timestamp {
        let is_replication = std::thread::current().name() == Some(&format!("replication {HOME}"));
        assert!(!(is_replication && self.armed.load(Ordering::SeqCst)), "the trap is armed");
        self.clock.now()
    }
}

async fn check_after_restart(mut cluster: Cluster) {
    cluster.stop_region(&region(HOME)).await;
    cluster.start_region(&region(HOME)).await.unwrap();
    assert_eq!(kms(&cluster, HOME, "CreateKey", "{}").await.0, 200);
    until(|| get(&cluster, "/readyz"), |status, _| status == 200).await;
    cluster.stop().await;
}

#[tokio::test]
async fn a_panic_of_the_replication_thread_stops_its_region() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(Some(&folder.path().join("data")), Listen::Nowhere);
    let trap = Arc::new(Trap { clock: Ticking(Instant::now()), armed: AtomicBool::new(false) });
    config.clock = trap.clone();
    let cluster = Cluster::start(config).await.unwrap();
    trap.armed.store(true, Ordering::SeqCst);

    let failing = until(|| get(&cluster, "/readyz"), |status, _| status == 503).await;
    let expected = format!(
        r#"{{"failing":[{{"region":"{HOME}","check":"threads","reason":"the replication thread panicked"}}]}}"#
    );
    assert_eq!(failing, expected);
    let (status, body) = kms(&cluster, HOME, "CreateKey", "{}").await;
    assert_eq!((status, body.contains("ServiceUnavailableException")), (503, true), "{body}");
    assert_eq!(kms(&cluster, OTHER, "CreateKey", "{}").await.0, 200);

    trap.armed.store(false, Ordering::SeqCst);
    check_after_restart(cluster).await;
}

#[tokio::test]
async fn a_panic_while_committing_stops_the_writes_of_its_region() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(config(Some(&folder.path().join("data")), Listen::Nowhere)).await.unwrap();
    let node = cluster.node(&region(HOME)).unwrap();
    // The committer's thread calls back.
    node.store().commit(Batch::default(), Box::new(|_| panic!("in the test")));
    drop(node);

    let failing = until(|| get(&cluster, "/readyz"), |status, _| status == 503).await;
    let expected =
        format!(r#"{{"failing":[{{"region":"{HOME}","check":"store","reason":"the store takes no writes"}}]}}"#);
    assert_eq!(failing, expected);
    let (status, body) = kms(&cluster, HOME, "CreateKey", "{}").await;
    assert_eq!((status, body.contains("KMSInternalException")), (500, true), "{body}");
    assert_eq!(kms(&cluster, HOME, "ListKeys", "{}").await.0, 200);
    assert_eq!(kms(&cluster, OTHER, "CreateKey", "{}").await.0, 200);
    check_after_restart(cluster).await;
}
