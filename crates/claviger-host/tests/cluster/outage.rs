//! A region that is down, one that is cut off, and a bad link between them.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use claviger_host::link::Faults;
use claviger_host::{Cluster, ClusterConfig, Listen};
use tokio::net::TcpStream;

use crate::setting::{HOME, OTHER, config, get, kms, member, region, start, until};

async fn multi_region_key(cluster: &Cluster) -> String {
    let (status, body) = kms(cluster, HOME, "CreateKey", r#"{"MultiRegion":true}"#).await;
    assert_eq!(status, 200, "{body}");
    member(&body, "KeyId")
}

async fn replicate(cluster: &Cluster, key: &str) {
    let body = format!(r#"{{"KeyId":"{key}","ReplicaRegion":"{OTHER}"}}"#);
    let (status, answer) = kms(cluster, HOME, "ReplicateKey", &body).await;
    assert_eq!(status, 200, "{answer}");
}

async fn replica_is_enabled(cluster: &Cluster, key: &str) {
    let body = format!(r#"{{"KeyId":"{key}"}}"#);
    let asked = || kms(cluster, OTHER, "DescribeKey", &body);
    until(asked, |status, body| status == 200 && body.contains(r#""KeyState":"Enabled""#)).await;
}

#[tokio::test]
async fn a_lost_region_is_missed_only_by_those_who_ask_for_it() {
    let mut cluster = start(None).await.unwrap();
    let key = multi_region_key(&cluster).await;
    replicate(&cluster, &key).await;
    replica_is_enabled(&cluster, &key).await;
    let input = format!(r#"{{"KeyId":"{key}","Plaintext":"aGVsbG8="}}"#);
    let (_, sealed) = kms(&cluster, HOME, "Encrypt", &input).await;
    let sealed = member(&sealed, "CiphertextBlob");

    cluster.stop_region(&region(HOME)).await;
    assert_eq!(kms(&cluster, HOME, "ListKeys", "{}").await.0, 503);
    let (status, opened) = kms(&cluster, OTHER, "Decrypt", &format!(r#"{{"CiphertextBlob":"{sealed}"}}"#)).await;
    assert_eq!((status, member(&opened, "Plaintext")), (200, "aGVsbG8=".to_owned()));
    assert_eq!(kms(&cluster, "ap-south-1", "ListKeys", "{}").await.0, 400);

    cluster.start_region(&region(HOME)).await.unwrap();
    assert_eq!(kms(&cluster, HOME, "DescribeKey", &format!(r#"{{"KeyId":"{key}"}}"#)).await.0, 200);
    cluster.stop().await;
}

#[tokio::test]
async fn what_a_lost_region_missed_reaches_it_when_it_returns() {
    let mut cluster = start(None).await.unwrap();
    cluster.stop_region(&region(OTHER)).await;
    let key = multi_region_key(&cluster).await;
    replicate(&cluster, &key).await;
    cluster.start_region(&region(OTHER)).await.unwrap();
    replica_is_enabled(&cluster, &key).await;
    cluster.stop().await;
}

#[tokio::test]
async fn what_was_committed_outlives_its_own_region() {
    let mut cluster = start(None).await.unwrap();
    cluster.network().cut(&region(HOME), &region(OTHER), true);
    let key = multi_region_key(&cluster).await;
    replicate(&cluster, &key).await;
    cluster.stop_region(&region(HOME)).await;
    cluster.network().cut(&region(HOME), &region(OTHER), false);
    cluster.start_region(&region(HOME)).await.unwrap();
    replica_is_enabled(&cluster, &key).await;
    cluster.stop().await;
}

#[tokio::test]
async fn a_bad_wire_only_takes_longer() {
    let faults = Faults {
        delay: Duration::from_millis(3),
        lost_per_mille: 100,
        doubled_per_mille: 200,
        late_per_mille: 200,
        late_by: Duration::from_millis(20),
        ..Faults::default()
    };
    let config = config(None, Listen::Nowhere);
    config.network.set_faults(&region(HOME), &region(OTHER), faults);
    config.network.set_faults(&region(OTHER), &region(HOME), faults);
    let cluster = Cluster::start(config).await.unwrap();
    for _ in 0..2 {
        let key = multi_region_key(&cluster).await;
        replicate(&cluster, &key).await;
        replica_is_enabled(&cluster, &key).await;
    }
    cluster.stop().await;
}

#[tokio::test]
async fn a_region_with_its_own_listener_closes_it_and_opens_it_again() {
    let mut cluster = Cluster::start(config(None, Listen::Each(IpAddr::V4(Ipv4Addr::LOCALHOST)))).await.unwrap();
    let [home, other] = [HOME, OTHER].map(|name| cluster.address_of(&region(name)).unwrap());
    assert_ne!(home, other);
    cluster.stop_region(&region(HOME)).await;
    assert!(TcpStream::connect(home).await.is_err());
    assert!(TcpStream::connect(other).await.is_ok());
    cluster.start_region(&region(HOME)).await.unwrap();
    assert_eq!(cluster.address_of(&region(HOME)), Some(home));
    assert!(TcpStream::connect(home).await.is_ok());
    cluster.stop().await;
}

#[tokio::test]
async fn a_server_starts_without_a_lost_region_which_is_rebuilt_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let cluster = start(Some(&data)).await.unwrap();
    let key = multi_region_key(&cluster).await;
    replicate(&cluster, &key).await;
    replica_is_enabled(&cluster, &key).await;
    let input = format!(r#"{{"KeyId":"{key}","Plaintext":"aGVsbG8="}}"#);
    let sealed = member(&kms(&cluster, HOME, "Encrypt", &input).await.1, "CiphertextBlob");
    cluster.stop().await;
    let without_lost = || ClusterConfig { starts_without_lost: true, ..config(Some(&data), Listen::Nowhere) };

    std::fs::remove_dir_all(data.join(OTHER)).unwrap();
    let cluster = Cluster::start(without_lost()).await.unwrap();
    assert!(!data.join(OTHER).exists(), "no region is made");
    let (status, ready) = get(&cluster, "/readyz").await;
    assert!(status == 503 && ready.contains(OTHER) && ready.contains("lost") && !ready.contains(HOME), "{ready}");
    assert_eq!(kms(&cluster, HOME, "ListKeys", "{}").await.0, 200);
    assert_eq!(kms(&cluster, OTHER, "ListKeys", "{}").await.0, 503);
    cluster.stop().await;

    // An empty store that somebody has put there is not the one that the other region knows.
    let other =
        ClusterConfig { regions: vec![region(OTHER)], iam_home: region(OTHER), ..config(Some(&data), Listen::Nowhere) };
    Cluster::start(other).await.unwrap().stop().await;
    let mut cluster = Cluster::start(without_lost()).await.unwrap();
    let (status, ready) = get(&cluster, "/readyz").await;
    assert!(status == 503 && ready.contains(OTHER) && !ready.contains(HOME), "{ready}");

    assert_eq!(cluster.rebuild(&region(OTHER), &[]).await.unwrap(), [region(HOME)]);
    replica_is_enabled(&cluster, &key).await;
    let body = format!(r#"{{"CiphertextBlob":"{sealed}"}}"#);
    let (status, opened) = kms(&cluster, OTHER, "Decrypt", &body).await;
    assert_eq!((status, member(&opened, "Plaintext")), (200, "aGVsbG8=".to_owned()));
    until(|| get(&cluster, "/readyz"), |status, _| status == 200).await;
    cluster.stop().await;

    // It is a full member at the next start.
    let cluster = Cluster::start(without_lost()).await.unwrap();
    assert_eq!(get(&cluster, "/readyz").await.0, 200);
    cluster.stop().await;
}
