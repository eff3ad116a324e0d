//! Frames between processes, and who may be a peer.

use super::*;

#[tokio::test]
async fn frames_go_both_ways_and_in_order() {
    let (one, other) = connected_pair(settings()).await;
    for n in 0..50_u8 {
        assert_eq!(one.send("eu-west-1", "us-east-1", vec![n]), Sent::Queued);
        assert_eq!(other.send("us-east-1", "eu-west-1", vec![n, n]), Sent::Queued);
    }
    eventually("all frames", || one.host.frames().len() == 50 && other.host.frames().len() == 50).await;
    for n in 0..50_u8 {
        assert_eq!(other.host.frames()[usize::from(n)], (region("eu-west-1"), region("us-east-1"), vec![n]));
        assert_eq!(one.host.frames()[usize::from(n)], (region("us-east-1"), region("eu-west-1"), vec![n, n]));
    }
    eventually("a heartbeat's answer", || one.status("eu-west-1", "us-east-1").round_trip.is_some()).await;
    let status = one.status("eu-west-1", "us-east-1");
    assert_eq!((status.traffic.frames_in, status.traffic.frames_out, status.traffic.frames_dropped), (50, 50, 0));
    assert!(status.traffic.bytes_in >= 50 * 10 && status.traffic.bytes_out >= 50 * 9, "{status:?}");
    assert!(status.last_frame_in.is_some() && status.last_frame_out.is_some() && status.address.is_some());
    assert_eq!((status.version, status.queued_frames), (Some(LinkVersion::CURRENT), 0));
}

#[tokio::test]
async fn one_side_that_dials_is_enough() {
    let (one, other) = (process(), process());
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&other.address()])]);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    eventually("a connection", || other.is_connected("us-east-1", "eu-west-1")).await;
    assert!(!other.status("us-east-1", "eu-west-1").dialled);
    other.send("us-east-1", "eu-west-1", *b"back");
    eventually("the frame", || one.host.frames().len() == 1).await;
}

#[tokio::test]
async fn dials_from_both_sides_end_in_one_connection() {
    for _ in 0..5 {
        let (one, other) = connected_pair(settings()).await;
        // One connection on both sides, which one side dialled.
        eventually("the same connection", || {
            let (here, there) = (one.status("eu-west-1", "us-east-1"), other.status("us-east-1", "eu-west-1"));
            (here.connections, there.connections) == (1, 1) && here.dialled != there.dialled
        })
        .await;
        one.send("eu-west-1", "us-east-1", *b"a");
        other.send("us-east-1", "eu-west-1", *b"b");
        eventually("both frames", || one.host.frames().len() == 1 && other.host.frames().len() == 1).await;
        assert_eq!((one.host.connects.load(Ordering::SeqCst), one.host.disconnects.load(Ordering::SeqCst)), (1, 0));
    }
}

#[tokio::test]
async fn several_regions_share_a_process_and_a_listener() {
    let (one, other) = (process(), process());
    let (here, there) = (["eu-west-1", "eu-west-2"], ["us-east-1", "us-east-2"]);
    for (n, name) in (0..).zip(here) {
        one.add(name, n);
        let addresses = other.address();
        one.set_peers(name, vec![peer(there[0], 10, &[&addresses]), peer(there[1], 11, &[&addresses])]);
    }
    for (n, name) in (10..).zip(there) {
        other.add(name, n);
        other.set_peers(name, vec![peer(here[0], 0, &[]), peer(here[1], 1, &[])]);
    }
    eventually("four connections", || one.links.status().iter().all(|status| status.connected_for.is_some())).await;
    assert_eq!(one.links.status().len(), 4);
    for from in here {
        for to in there {
            one.send(from, to, format!("{from} {to}"));
        }
    }
    eventually("four frames", || other.host.frames().len() == 4).await;
    for (from, to, frame) in other.host.frames().iter() {
        assert_eq!(*frame, format!("{from} {to}").into_bytes());
    }
}

#[tokio::test]
async fn large_frames_pass_and_larger_ones_are_dropped() {
    let mut settings = settings();
    settings.frame_bytes_max = 300_000;
    let (one, other) = connected_pair(settings).await;
    let frame: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    assert_eq!(one.send("eu-west-1", "us-east-1", frame.clone()), Sent::Queued);
    assert_eq!(one.send("eu-west-1", "us-east-1", vec![0; 300_001]), Sent::TooLarge);
    eventually("the frame", || other.host.frames().len() == 1).await;
    assert!(other.host.frames()[0].2 == frame);
    assert_eq!(one.status("eu-west-1", "us-east-1").traffic.frames_dropped, 1);
}

#[tokio::test]
async fn frames_without_a_way_are_dropped() {
    let one = process();
    one.add("eu-west-1", 1);
    assert_eq!(one.send("eu-west-1", "us-east-1", *b"a"), Sent::NotAPeer);
    assert_eq!(one.send("us-east-1", "eu-west-1", *b"a"), Sent::NotAPeer);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[])]);
    assert_eq!(one.send("eu-west-1", "us-east-1", *b"a"), Sent::NotConnected);
    assert_eq!(one.status("eu-west-1", "us-east-1").traffic.frames_dropped, 1);
}

#[tokio::test]
async fn another_key_is_refused_counted_and_told_to_both() {
    let (one, other) = (process(), process());
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    // The other process holds another key for eu-west-1.
    other.set_peers("us-east-1", vec![peer("eu-west-1", 3, &[])]);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&other.address()])]);
    eventually("a refusal", || other.links.listener_counts().keys_refused >= 2).await;
    eventually("the reason", || one.last_error("eu-west-1", "us-east-1").contains("does not accept this region's key"))
        .await;
    // This process holds another key for us-east-1.
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 4, &[&other.address()])]);
    eventually("the reason", || one.last_error("eu-west-1", "us-east-1").contains("a key that is not pinned")).await;
    assert!(!one.is_connected("eu-west-1", "us-east-1") && !other.is_connected("us-east-1", "eu-west-1"));
    assert_eq!(other.host.connects.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_peer_cannot_take_the_name_of_another() {
    let (one, other) = (process(), process());
    other.add("us-east-1", 2);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[]), peer("eu-west-2", 3, &[])]);
    // The key is that of eu-west-2, and pinned for it.
    one.add("eu-west-1", 3);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&other.address()])]);
    eventually("a refusal", || other.links.listener_counts().keys_refused >= 1).await;
    eventually("the reason", || one.last_error("eu-west-1", "us-east-1").contains("not pinned for the region")).await;
    assert_eq!(other.host.connects.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_is_not_hosted_is_refused() {
    let (one, other) = (process(), process());
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    one.set_peers("eu-west-1", vec![peer("us-east-2", 2, &[&other.address()])]);
    eventually("a refusal", || other.links.listener_counts().names_refused >= 1).await;
    eventually("the reason", || one.last_error("eu-west-1", "us-east-2").contains("not of a region of this process"))
        .await;
}

#[tokio::test]
async fn a_removed_peer_is_disconnected_at_once_and_kept_out() {
    let mut settings = settings();
    // Were it the silence that ended the connection, this test would fail.
    settings.silence_max = Duration::from_secs(60);
    let (one, other) = connected_pair(settings).await;
    one.set_peers("eu-west-1", vec![]);
    eventually("the end on both sides", || {
        one.host.disconnects.load(Ordering::SeqCst) >= 1 && !other.is_connected("us-east-1", "eu-west-1")
    })
    .await;
    eventually("refused attempts", || one.links.listener_counts().keys_refused >= 2).await;
    assert_eq!(other.host.frames().len(), 0);
    // And let in again.
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[])]);
    eventually("a connection", || one.is_connected("eu-west-1", "us-east-1")).await;
}

#[tokio::test]
async fn other_peers_and_addresses_do_not_disturb_a_connection() {
    let (one, other) = connected_pair(settings()).await;
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &["127.0.0.1:1"]), peer("us-east-2", 9, &["127.0.0.1:1"])]);
    eventually("an attempt", || !one.last_error("eu-west-1", "us-east-2").is_empty()).await;
    assert_eq!(other.host.disconnects.load(Ordering::SeqCst), 0);
    assert_eq!(one.send("eu-west-1", "us-east-1", *b"a"), Sent::Queued);
    eventually("the frame", || other.host.frames().len() == 1).await;
}

#[tokio::test]
async fn wrong_peers_change_nothing() {
    let (one, _other) = connected_pair(settings()).await;
    let set = |peers| one.links.set_peers(&region("eu-west-1"), peers);
    let duplicate = |name| Err(LinkSetupError::Duplicate(region(name)));
    assert_eq!(set(vec![peer("eu-west-1", 3, &[])]), duplicate("eu-west-1"));
    assert_eq!(set(vec![peer("us-east-1", 1, &[])]), duplicate("us-east-1"));
    assert_eq!(set(vec![peer("us-east-1", 2, &[]), peer("us-east-2", 2, &[])]), duplicate("us-east-2"));
    assert_eq!(set(vec![peer("us-east-1", 2, &["nonsense"])]), Err(LinkSetupError::Address(region("us-east-1"))));
    let unknown = one.links.set_peers(&region("us-west-1"), vec![]);
    assert_eq!(unknown, Err(LinkSetupError::UnknownLocal(region("us-west-1"))));
    assert!(one.is_connected("eu-west-1", "us-east-1"));
}

#[tokio::test]
async fn a_removed_region_is_gone() {
    let (one, other) = connected_pair(settings()).await;
    one.links.remove_local(&region("eu-west-1"));
    eventually("the end", || !other.is_connected("us-east-1", "eu-west-1")).await;
    eventually("the reason", || other.last_error("us-east-1", "eu-west-1").contains("not of a region of this process"))
        .await;
    assert!(one.links.status().is_empty());
}

#[tokio::test]
async fn another_major_version_is_told_to_both_sides() {
    let next = LinkVersion { major: LinkVersion::CURRENT.major + 1, minor: 3 };
    let (one, other) = (process(), process_at(settings(), next, "127.0.0.1:0".parse().unwrap()));
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&other.address()])]);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[&one.address()])]);
    eventually("the error", || {
        one.last_error("eu-west-1", "us-east-1")
            == "the peer speaks version 2.3 of the link's protocol, this region speaks 1.0"
            && other.last_error("us-east-1", "eu-west-1")
                == "the peer speaks version 1.0 of the link's protocol, this region speaks 2.3"
    })
    .await;
    assert!(one.links.listener_counts().failed >= 1);
}

#[tokio::test]
async fn another_minor_version_is_understood() {
    let next = LinkVersion { major: LinkVersion::CURRENT.major, minor: 7 };
    let (one, other) = (process(), process_at(settings(), next, "127.0.0.1:0".parse().unwrap()));
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&other.address()])]);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    eventually("a connection", || one.status("eu-west-1", "us-east-1").version == Some(next)).await;
}
