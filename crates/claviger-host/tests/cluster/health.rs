//! The answers of `/healthz` and `/readyz`.

use crate::setting::{HOME, OTHER, get, region, start};

#[tokio::test]
async fn probes_follow_the_regions() {
    let mut cluster = start(None).await.unwrap();
    assert_eq!(get(&cluster, "/healthz").await, (200, "ok".to_owned()));
    assert_eq!(get(&cluster, "/readyz").await, (200, "{\"failing\":[]}".to_owned()));

    cluster.stop_region(&region(OTHER)).await;
    assert_eq!(get(&cluster, "/healthz").await.0, 200);
    let failing =
        "{\"failing\":[{\"region\":\"eu-west-1\",\"check\":\"running\",\"reason\":\"the region is not started\"}]}";
    assert_eq!(get(&cluster, "/readyz").await, (503, failing.to_owned()));

    cluster.start_region(&region(OTHER)).await.unwrap();
    assert_eq!(get(&cluster, "/readyz").await.0, 200);
    assert!(cluster.node(&region(HOME)).is_some());
    cluster.stop().await;
}

#[tokio::test]
async fn whoever_does_not_sign_learns_nothing() {
    let cluster = start(None).await.unwrap();
    for path in ["/", "/metrics", "/healthz/", "/readyz/x", "/_console"] {
        let (status, body) = get(&cluster, path).await;
        assert!(status >= 300, "{path}: {status}");
        for revealing in ["0.1.0", "laviger", "000000000000", "arn:"] {
            assert!(!body.contains(revealing), "{path}: {body}");
        }
    }
    cluster.stop().await;
}
