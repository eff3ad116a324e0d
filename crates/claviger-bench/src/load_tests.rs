//! Both kinds of load, against the floor.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use crate::call::{AccessKey, Call};
use crate::load::{Load, Requests};
use crate::{Error, REGION, floor, paced};

const LONG: Duration = Duration::from_secs(3600);

/// A floor on a thread that lives as long as the tests, and requests for answers of 300 bytes.
fn served() -> (String, Requests) {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        floor::serve(|text| send.send(text.to_owned()).map_err(|e| Error::Unexpected(e.to_string())))
    });
    let text = receive.recv().unwrap();
    let address = text.split_once("http://").unwrap().1.lines().next().unwrap().to_owned();
    let call = Call::kms("Decrypt", &serde_json::json!({"CiphertextBlob": "AAAA"}));
    let request: Arc<[u8]> = floor::request(&call.request(&address, REGION, &AccessKey::root()), 300).into();
    (address, Arc::new(move |_, _| request.clone()))
}

#[test]
fn a_load_sends_what_it_counts() {
    let (address, requests) = served();
    let load = Load { count_max: 500, ..Load::lasting(&address, 8, requests, LONG) };
    let sample = load.run().unwrap();
    assert_eq!(sample.latency.count(), 500);
    assert!(sample.rate() > 0.0 && sample.latency.quantile(0.5) > Duration::ZERO);
}

#[test]
fn a_load_stops_when_it_is_told() {
    let (address, requests) = served();
    let load = Load::lasting(&address, 2, requests, LONG);
    load.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(load.run().unwrap().latency.count(), 0);
}

#[test]
fn a_refusal_ends_a_load() {
    let (address, _) = served();
    let broken: Arc<[u8]> = b"NONSENSE\r\n\r\n"[..].into();
    let load = Load { count_max: 3, ..Load::lasting(&address, 1, Arc::new(move |_, _| broken.clone()), LONG) };
    assert!(matches!(load.run(), Err(Error::Refused { status: 400, .. })));
}

#[test]
fn a_paced_load_keeps_its_rate() {
    let (address, requests) = served();
    let sample = paced(&address, 4, 400.0, &requests, Duration::from_millis(250)).unwrap();
    // Every request is due at a fixed time and all are sent, however late.
    assert_eq!(sample.latency.count(), 100);
}

#[test]
fn the_floor_answers_as_many_bytes_as_it_is_asked_for() {
    let (address, requests) = served();
    let mut client = crate::Client::connect(&address, REGION).unwrap();
    assert_eq!(client.exchange(&requests(0, 0)).unwrap().len(), 300);
}
