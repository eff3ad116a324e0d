#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_types::{OutboundFailure, OutboundMethod, Reach, SeededRandom, Sensitive};

use super::*;

fn request(body: &[u8]) -> OutboundRequest {
    OutboundRequest {
        method: OutboundMethod::Post,
        reach: Reach::Listed,
        url: "https://a.test/".to_owned(),
        headers: Vec::new(),
        body: Sensitive::new(body.to_vec()),
    }
}

/// Draws eight bytes, and then makes the call that they decide on, `calls` times.
fn run(calls: &OutboundCalls, count: usize) -> Vec<[u8; 8]> {
    let mut drawn = Vec::new();
    for _ in 0..count {
        let bytes = calls.random().map_or([0; 8], |random| random.bytes::<8>());
        if calls.ask(request(&bytes)).is_err() {
            break;
        }
        drawn.push(bytes);
    }
    drawn
}

/// Runs until no call is open, as the pipeline does. Answers the bytes that the last run drew and the number of calls sent.
fn settle(log: &OutboundLog, count: usize) -> (Vec<[u8; 8]>, usize) {
    let (random, mut sent) = (SeededRandom::new(1), 0);
    loop {
        let calls = log.begin();
        let drawn = run(&calls, count);
        match calls.into_wait() {
            None => return (drawn, sent),
            Some(Wait::Restart) => log.restart(&random),
            Some(Wait::Call(request)) => {
                sent += 1;
                log.answered(*request, Err(OutboundFailure::TimedOut));
            }
        }
    }
}

#[test]
fn each_call_is_sent_once_and_later_runs_draw_the_same_bytes() {
    let log = OutboundLog::default();
    let (drawn, sent) = settle(&log, 3);
    assert_eq!((drawn.len(), sent), (3, 3));
    assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2] && drawn[0] != [0; 8]);
    assert_eq!(settle(&log, 3), (drawn, 0), "a further run finds all answers");
}

#[test]
fn a_run_that_makes_another_call_begins_anew_with_other_bytes() {
    let log = OutboundLog::default();
    let (before, _) = settle(&log, 1);
    let calls = log.begin();
    assert!(calls.ask(request(b"another")).is_err());
    assert!(matches!(calls.into_wait(), Some(Wait::Restart)));
    log.restart(&SeededRandom::new(2));
    let (after, sent) = settle(&log, 1);
    assert_eq!(sent, 1, "the earlier answer is not that of the new call");
    assert_ne!(before, after);
}

#[test]
fn after_a_conflict_nothing_of_the_earlier_runs_is_used() {
    let log = OutboundLog::default();
    settle(&log, 2);
    log.forget();
    assert!(log.begin().random().is_none());
    assert_eq!(settle(&log, 2).1, 2);
}

#[test]
fn the_first_wait_counts_and_waits_are_bounded() {
    let log = OutboundLog::default();
    log.restart(&SeededRandom::new(1));
    let calls = log.begin();
    assert!(calls.ask(request(b"one")).is_err() && calls.ask(request(b"two")).is_err());
    let Some(Wait::Call(first)) = calls.into_wait() else { panic!("no call") };
    assert_eq!(*first, request(b"one"));
    assert!((0..RUNS_MAX).all(|_| log.waits().is_ok()));
    assert!(matches!(log.waits(), Err(Error::Throttled)));
}

#[test]
fn work_in_the_background_makes_no_calls() {
    let calls = OutboundCalls::none();
    assert!(!calls.are_possible() && calls.ask(request(b"one")).is_err());
    assert!(calls.into_wait().is_none());
}
