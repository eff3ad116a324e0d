//! Connections that break, stall or are cut.

use tokio::time::Instant;

use super::relay::Relay;
use super::*;

/// `eu-west-1` dials `us-east-1` through a relay, and `us-east-1` does not dial.
async fn relayed(settings: LinkSettings) -> (Process, Process, Relay) {
    let (one, other) = (process_with(settings.clone()), process_with(settings));
    let relay = Relay::start(other.address()).await;
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&relay.address])]);
    eventually("a connection", || both_connected(&one, &other)).await;
    (one, other, relay)
}

fn both_connected(one: &Process, other: &Process) -> bool {
    one.is_connected("eu-west-1", "us-east-1") && other.is_connected("us-east-1", "eu-west-1")
}

fn neither_connected(one: &Process, other: &Process) -> bool {
    !one.is_connected("eu-west-1", "us-east-1") && !other.is_connected("us-east-1", "eu-west-1")
}

#[tokio::test]
async fn a_half_open_connection_is_noticed_by_both_sides_in_the_set_time() {
    let (one, other, relay) = relayed(settings()).await;
    // Longer than the silence that is tolerated: heartbeats keep an idle connection.
    tokio::time::sleep(3 * settings().silence_max).await;
    assert!(both_connected(&one, &other));
    assert_eq!(relay.connections(), 1);
    relay.stall(true, true);
    let stalled = Instant::now();
    eventually("the end on both sides", || neither_connected(&one, &other)).await;
    let noticed = stalled.elapsed();
    assert!(noticed < settings().silence_max + Duration::from_secs(1), "{noticed:?}");
    assert!(one.last_error("eu-west-1", "us-east-1").starts_with("n"), "{}", one.last_error("eu-west-1", "us-east-1"));
    relay.stall(false, false);
    eventually("a new connection", || both_connected(&one, &other)).await;
    one.send("eu-west-1", "us-east-1", *b"a");
    eventually("the frame", || !other.host.frames().is_empty()).await;
}

#[tokio::test]
async fn a_cut_in_one_direction_is_noticed_by_both_sides() {
    for (to_listener, to_dialler) in [(true, false), (false, true)] {
        let (one, other, relay) = relayed(settings()).await;
        relay.stall(to_listener, to_dialler);
        let both_ended =
            || one.host.disconnects.load(Ordering::SeqCst) > 0 && other.host.disconnects.load(Ordering::SeqCst) > 0;
        eventually("the end on both sides", both_ended).await;
        relay.stall(false, false);
        eventually("a new connection", || both_connected(&one, &other)).await;
    }
}

#[tokio::test]
async fn a_request_on_a_dead_connection_ends_with_it() {
    let (one, other, relay) = relayed(settings()).await;
    *other.host.on_request.lock().unwrap() = Some(Box::new(|_| Box::pin(std::future::pending())));
    relay.stall(true, true);
    let begun = Instant::now();
    let answer = one.links.forward(&region("eu-west-1"), &region("us-east-1"), request(vec![])).await;
    assert_eq!(answer.err(), Some(LinkError::AnswerLost(region("us-east-1"))));
    assert!(begun.elapsed() < settings().silence_max + Duration::from_secs(1));
}

#[tokio::test]
async fn a_receiver_that_stands_still_costs_bounded_memory() {
    let mut limited = settings();
    (limited.queued_frames_max, limited.queued_bytes_max) = (100, 1_000_000);
    limited.silence_max = Duration::from_secs(5);
    let (one, _other, relay) = relayed(limited).await;
    relay.stall(true, false);
    let sent: Vec<Sent> = (0..2000).map(|_| one.send("eu-west-1", "us-east-1", vec![0; 50_000])).collect();
    assert!(sent.contains(&Sent::Full));
    let status = one.status("eu-west-1", "us-east-1");
    assert!(status.queued_bytes <= 1_000_000 && status.queued_frames <= 100, "{status:?}");
    assert!(status.traffic.frames_dropped > 1000);
}

#[tokio::test]
async fn large_frames_on_a_slow_network_leave_the_connection_alive_and_requests_moving() {
    let mut small_buffer = settings();
    small_buffer.send_buffer_bytes = 16 * 1024;
    let (one, other, relay) = relayed(small_buffer).await;
    *other.host.on_request.lock().unwrap() =
        Some(Box::new(|request| Box::pin(async { RawResponse { status: 200, headers: vec![], body: request.body } })));
    // Each frame takes about three times as long as silence is tolerated.
    relay.set_rate(600_000);
    let begun = Instant::now();
    for _ in 0..2 {
        assert_eq!(one.send("eu-west-1", "us-east-1", vec![0; 2_000_000]), Sent::Queued);
    }
    let answer = one.links.forward(&region("eu-west-1"), &region("us-east-1"), request(vec![1; 20_000])).await.unwrap();
    assert_eq!(answer.body.as_slice(), [1; 20_000]);
    let answered = begun.elapsed();
    assert!(other.host.frames().is_empty(), "the request came after a frame, {answered:?}");
    eventually("the frames", || other.host.frames().len() == 2).await;
    assert!(begun.elapsed() > 3 * settings().silence_max);
    assert_eq!((one.host.disconnects.load(Ordering::SeqCst), other.host.disconnects.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test]
async fn a_restarted_listener_is_found_again() {
    let (one, other) = (process(), process());
    let address = other.address();
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&address])]);
    eventually("a connection", || both_connected(&one, &other)).await;
    other.links.stop().await;
    eventually("the end", || !one.is_connected("eu-west-1", "us-east-1")).await;
    eventually("a refused dial", || one.last_error("eu-west-1", "us-east-1").contains("refused")).await;
    let again = process_at(settings(), LinkVersion::CURRENT, address.parse().unwrap());
    again.add("us-east-1", 2);
    again.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    eventually("a new connection", || both_connected(&one, &again)).await;
    assert_eq!(one.host.connects.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_next_address_is_tried() {
    let (one, other) = (process(), process());
    one.add("eu-west-1", 1);
    other.add("us-east-1", 2);
    other.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &["127.0.0.1:1", "nowhere.invalid:1", &other.address()])]);
    eventually("a connection", || both_connected(&one, &other)).await;
    // Other addresses are tried at once, without the rest of a wait.
    let mut slow = settings();
    (slow.backoff_min, slow.backoff_max) = (Duration::from_secs(3600), Duration::from_secs(3600));
    let two = process_with(slow);
    two.add("eu-west-2", 3);
    other.set_peers("us-east-1", vec![peer("eu-west-2", 3, &[])]);
    two.set_peers("eu-west-2", vec![peer("us-east-1", 2, &["127.0.0.1:1"])]);
    eventually("a refused dial", || two.last_error("eu-west-2", "us-east-1").contains("refused")).await;
    two.set_peers("eu-west-2", vec![peer("us-east-1", 2, &[&other.address()])]);
    eventually("a connection", || two.is_connected("eu-west-2", "us-east-1")).await;
}

#[tokio::test]
async fn stop_ends_everything() {
    let (one, other) = connected_pair(settings()).await;
    let address = one.address();
    tokio::time::timeout(Duration::from_secs(5), one.links.stop()).await.unwrap();
    assert!(!one.is_connected("eu-west-1", "us-east-1"));
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    eventually("the end", || !other.is_connected("us-east-1", "eu-west-1")).await;
    assert_eq!(one.send("eu-west-1", "us-east-1", *b"a"), Sent::NotConnected);
    // A second stop finds nothing to do.
    one.links.stop().await;
}

#[tokio::test]
async fn a_cut_by_a_drill_is_like_a_dead_network_and_heals() {
    let (one, other) = connected_pair(settings()).await;
    let (from, to) = (region("eu-west-1"), region("us-east-1"));
    let cut = LinkFault { cut: true, ..LinkFault::default() };
    for (from, to) in [(&from, &to), (&to, &from)] {
        eventually("a connection", || both_connected(&one, &other)).await;
        one.links.set_fault(from, to, cut);
        eventually("the end on both sides", || neither_connected(&one, &other)).await;
        tokio::time::sleep(settings().silence_max).await;
        assert!(neither_connected(&one, &other));
        assert_eq!(one.last_error("eu-west-1", "us-east-1"), "the link is cut by a fault of a drill");
        one.links.set_fault(from, to, LinkFault::default());
    }
    eventually("a connection", || both_connected(&one, &other)).await;
}

#[tokio::test]
async fn a_delay_by_a_drill_is_that_of_one_direction() {
    let mut patient = settings();
    patient.silence_max = Duration::from_secs(5);
    let (one, other, _relay) = relayed(patient).await;
    let delay = Duration::from_millis(500);
    let (from, to) = (region("eu-west-1"), region("us-east-1"));
    one.links.set_fault(&from, &to, LinkFault { delay, ..LinkFault::default() });
    let begun = Instant::now();
    (0..20_u8).for_each(|n| assert_eq!(one.send("eu-west-1", "us-east-1", vec![n]), Sent::Queued));
    other.send("us-east-1", "eu-west-1", *b"back");
    eventually("the frame without a delay", || one.host.frames().len() == 1).await;
    assert!(begun.elapsed() < delay && other.host.frames().is_empty());
    eventually("the frames", || other.host.frames().len() == 20).await;
    assert!(begun.elapsed() >= delay);
    let order: Vec<u8> = other.host.frames().iter().map(|(_, _, frame)| frame[0]).collect();
    assert_eq!(order, (0..20).collect::<Vec<u8>>());
    eventually("a longer round trip", || one.status("eu-west-1", "us-east-1").round_trip >= Some(delay)).await;
    assert!(both_connected(&one, &other));
}
