#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::frame::Frame;
use crate::testing::{A, B, Net, region};
use crate::{Engine, Event, Message, PeerStatus};

/// Two regions that tell each other what waits, and have done so.
fn telling() -> Net {
    let mut net = Net::settled(2);
    net.engines = net.engines.into_iter().map(Engine::telling_peers).collect();
    tick(&mut net);
    net.run_to(&[A, B]);
    tick(&mut net);
    net.run_to(&[A, B]);
    net
}

fn tick(net: &mut Net) {
    net.now = net.now.plus_secs(1);
    [A, B].into_iter().for_each(|at| net.event(at, &Event::Tick));
}

fn peer(net: &Net, at: usize) -> PeerStatus {
    net.engines[at].peer_statuses().remove(0)
}

fn is_status(message: &Message) -> bool {
    matches!(message.frame(), Some(Frame::Status { .. }))
}

#[test]
fn a_region_keeps_what_a_peer_said_before_it_was_lost() {
    let mut net = telling();
    let told = peer(&net, B).told.unwrap();
    assert_eq!((told.backlog.waiting, told.backlog.requests, told.received), (0, 0, net.now));
    assert_eq!(peer(&net, A).told.unwrap().backlog.applied, peer(&net, A).position, "B has applied everything of A");

    // A change of A that does not get to B, but for the status message that says so.
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    let changed = net.now;
    tick(&mut net);
    net.wire.retain(|message| is_status(message) && message.to == region(B));
    net.run_to(&[B]);
    let told = peer(&net, B).told.unwrap().backlog;
    assert_eq!((told.waiting, told.at), (1, net.now));
    let oldest = told.oldest.unwrap();
    assert!(oldest <= told.point.unwrap().position && told.acknowledged() == oldest - 1);
    assert!(told.since.unwrap() > changed && told.since.unwrap() <= net.now);
    // It is not given up when nothing more comes.
    net.now = net.now.plus_secs(3_600);
    net.event(B, &Event::Tick);
    assert_eq!(peer(&net, B).told.unwrap().backlog, told);
}

#[test]
fn the_age_of_the_oldest_change_grows_until_it_is_acknowledged() {
    let mut net = telling();
    assert_eq!(peer(&net, A).backlog.unwrap().since, None);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.wire.clear();
    tick(&mut net);
    let begun = net.now;
    for _ in 0..30 {
        net.wire.clear();
        // Later changes do not make it younger.
        net.rotate_key(A, &id);
        tick(&mut net);
    }
    let backlog = peer(&net, A).backlog.unwrap();
    assert!((29_000..=31_000).contains(&backlog.lag_ms(net.now)), "{backlog:?} since {begun:?}");
    assert!(backlog.waiting > 1 && backlog.acknowledged() < backlog.point.unwrap().position);
    for _ in 0..10 {
        tick(&mut net);
        net.run_to(&[A, B]);
    }
    let backlog = peer(&net, A).backlog.unwrap();
    assert_eq!((backlog.waiting, backlog.lag_ms(net.now)), (0, 0));
    assert_eq!(backlog.acknowledged(), backlog.point.unwrap().position);
}

#[test]
fn an_earlier_status_that_comes_late_has_no_effect() {
    let mut net = telling();
    tick(&mut net);
    let late: Vec<Message> = net.wire.iter().filter(|m| is_status(m) && m.to == region(B)).cloned().collect();
    net.wire.clear();
    tick(&mut net);
    net.run_to(&[B]);
    let told = peer(&net, B).told;
    assert_eq!(late.len(), 1);
    late.iter().for_each(|message| net.deliver(message));
    assert_eq!(peer(&net, B).told, told);
    // A restarted region counts from 1 again, in a later session.
    net.restart(A);
    net.engines[A] = net.engines[A].clone().telling_peers();
    net.run_to(&[A, B]);
    tick(&mut net);
    net.run_to(&[A, B]);
    assert!(peer(&net, B).told.unwrap().received == net.now);
}

#[test]
fn nothing_is_said_before_the_peer_has_answered_the_greeting() {
    let mut net = Net::new(2);
    net.engines = net.engines.into_iter().map(Engine::telling_peers).collect();
    tick(&mut net);
    assert!(!net.wire.is_empty() && !net.wire.iter().any(is_status), "an empty outbox says nothing about a new peer");
}

#[test]
fn a_request_that_is_not_answered_is_told() {
    let mut net = telling();
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    // B asks for the material; the answer is lost.
    net.run_to(&[B]);
    net.wire.clear();
    tick(&mut net);
    net.wire.retain(|message| is_status(message) && message.to == region(A));
    net.run_to(&[A]);
    assert_eq!(peer(&net, A).told.unwrap().backlog.requests, 1);
}

#[test]
fn few_moments_tell_the_age_of_old_rows() {
    let mut moments = Moments::default();
    for second in 0..20_000_u64 {
        moments.note(second * 2, Timestamp(second as i64 * 1_000));
        assert!(moments.0.len() <= MOMENTS_MAX);
    }
    let last = 19_999;
    for age in [1_u64, 10, 100, 1_000, 10_000, 15_000] {
        let moment = moments.of((last - age) * 2 - 1).unwrap();
        let found = (last as i64 * 1_000 - moment.0) / 1_000;
        assert!(found <= age as i64 && found >= age as i64 / 2, "{age} s: {found} s");
    }
    assert_eq!(moments.of(40_000), None);
    // A commit that changes nothing notes nothing.
    moments.note(39_998, Timestamp(0));
    assert_eq!(moments.of(39_998), Some(Timestamp(19_999_000)));
}

#[test]
fn a_large_fleet_is_told_less_often() {
    assert_eq!([0, 1, 8, 9, 63].map(survey_ms), [0, 1_000, 1_000, 2_000, 8_000]);
}

#[test]
fn only_changes_count_and_not_reports_and_requests() {
    let mut net = telling();
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run_to(&[B]);
    // What B has for A now is a request.
    net.wire.clear();
    tick(&mut net);
    let backlog = peer(&net, B).backlog.unwrap();
    assert!(backlog.waiting == 0 && backlog.oldest.is_some(), "{backlog:?}");
}

#[test]
fn the_moment_up_to_which_everything_has_come_is_known() {
    let mut net = telling();
    let before = net.now;
    assert!(peer(&net, B).whole_at.is_some_and(|at| at <= before));
    // A's changes do not come, and its status messages do.
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    for _ in 0..5 {
        tick(&mut net);
        net.wire.retain(|message| is_status(message) && message.to == region(B));
        net.run_to(&[B]);
    }
    let lost = peer(&net, B);
    assert!(lost.whole_at.is_some_and(|at| at <= before) && lost.told.unwrap().backlog.at > before, "{lost:?}");
    for _ in 0..10 {
        tick(&mut net);
        net.run_to(&[A, B]);
    }
    assert!(peer(&net, B).whole_at.is_some_and(|at| at > before));
}
