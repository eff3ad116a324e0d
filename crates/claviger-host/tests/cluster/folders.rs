//! The files that a cluster keeps on the disk.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use claviger_host::{Cluster, ClusterError, Listen, RootKeyError};
use claviger_service::NodeError;

use crate::setting::{HOME, OTHER, config, kms, member, region, start};

#[tokio::test]
async fn everything_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let cluster = start(Some(&data)).await.unwrap();
    let (_, made) = kms(&cluster, OTHER, "CreateKey", "{}").await;
    let key = member(&made, "KeyId");
    cluster.stop().await;

    let cluster = start(Some(&data)).await.unwrap();
    let (status, _) = kms(&cluster, OTHER, "DescribeKey", &format!(r#"{{"KeyId":"{key}"}}"#)).await;
    assert_eq!(status, 200);
    cluster.stop().await;
    assert!(fs::read_to_string(data.join(OTHER).join("audit.jsonl")).unwrap().contains("CreateKey"));
}

#[tokio::test]
async fn a_new_region_joins_and_leaves_the_home_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(Some(&data)).await.unwrap().stop().await;

    const NEW: &str = "ap-south-1";
    let mut joined = config(Some(&data), Listen::Nowhere);
    joined.regions.insert(0, region(NEW));
    joined.iam_home = region(NEW);
    let cluster = Cluster::start(joined).await.unwrap();
    assert_eq!(cluster.iam_home(), region(HOME));
    let (status, _) = kms(&cluster, NEW, "CreateKey", "{}").await;
    assert_eq!(status, 200);
    cluster.stop().await;

    let mut without_home = config(Some(&data), Listen::Nowhere);
    without_home.regions = vec![region(OTHER)];
    without_home.iam_home = region(OTHER);
    assert!(matches!(Cluster::start(without_home).await, Err(ClusterError::Regions(_))));
}

#[tokio::test]
async fn most_regions_may_stay_away() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut all = config(Some(&data), Listen::Nowhere);
    all.regions.extend(["ap-south-1", "eu-north-1", "sa-east-1", "us-west-2"].map(region));
    Cluster::start(all).await.unwrap().stop().await;

    for alone in [vec![region(HOME)], vec![region(HOME), region("sa-east-1")]] {
        let mut few = config(Some(&data), Listen::Nowhere);
        few.regions = alone;
        let cluster = Cluster::start(few).await.unwrap();
        assert_eq!(kms(&cluster, HOME, "CreateKey", "{}").await.0, 200);
        cluster.stop().await;
    }
}

#[tokio::test]
async fn nobody_else_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(Some(&data)).await.unwrap().stop().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    for name in [HOME, OTHER] {
        assert_eq!(mode(&data.join(name)), 0o700);
        assert_eq!(mode(&data.join(name).join("root.key")), 0o400);
        for entry in fs::read_dir(data.join(name)).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()) & 0o077, 0);
        }
    }
}

#[tokio::test]
async fn a_folder_serves_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut first = start(Some(&data)).await.unwrap();
    let second = start(Some(&data)).await;
    assert!(matches!(second, Err(ClusterError::Store { source: claviger_store::Error::Locked, .. })));

    // A region that was taken down has released the lock of its folder, and can open it again.
    first.stop_region(&region(OTHER)).await;
    first.start_region(&region(OTHER)).await.unwrap();
    first.stop().await;
    start(Some(&data)).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_wrong_or_missing_root_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(Some(&data)).await.unwrap().stop().await;
    let key = |name: &str| data.join(name).join("root.key");

    fs::rename(key(HOME), folder.path().join("aside")).unwrap();
    assert!(matches!(start(Some(&data)).await, Err(ClusterError::RootKey(RootKeyError::Missing { .. }))));

    fs::copy(key(OTHER), key(HOME)).unwrap();
    let refused = start(Some(&data)).await.err();
    assert!(matches!(refused, Some(ClusterError::Node(NodeError::WrongRootKey(_)))), "{refused:?}");

    fs::remove_file(key(HOME)).unwrap();
    fs::rename(folder.path().join("aside"), key(HOME)).unwrap();
    start(Some(&data)).await.unwrap().stop().await;
}
