//! Calls at a steady rate in one region, whose failures and latencies are kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

use super::fleet::{Fleet, Site};
use super::items;
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::histogram::Histogram;
use crate::time;
use crate::workload::PLAINTEXT;

/// The time between two calls.
const INTERVAL: Duration = Duration::from_millis(5);

/// The outcome of calls.
#[derive(Default)]
pub(super) struct Watched {
    /// The times of those that succeeded.
    pub(super) latency: Histogram,
    pub(super) failed: u64,
    /// Why the last of them failed.
    pub(super) failure: Option<String>,
}

impl Watched {
    /// Adds other calls.
    pub(super) fn add(&mut self, other: Watched) {
        self.latency.add(&other.latency);
        self.failed += other.failed;
        self.failure = other.failure.or(self.failure.take());
    }

    /// The failed calls of all, for a table.
    pub(super) fn failures(&self) -> String {
        let all = self.latency.count() + self.failed;
        match &self.failure {
            Some(failure) => format!("{} of {all} calls failed: {failure}", self.failed),
            None => format!("{} of {all} calls failed", self.failed),
        }
    }
}

/// Calls that are being made.
pub(super) struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Watched>,
}

impl Watch {
    /// Makes these calls in turn at a site, one every 5 ms, until [`Watch::end`].
    pub(super) fn begin(fleet: &Fleet, site: &Site, calls: Vec<Call>) -> Result<Watch, Error> {
        Ok(Watch::with(fleet.client(site)?, calls))
    }

    /// As [`Watch::begin`] with a client.
    pub(super) fn with(client: Client, calls: Vec<Call>) -> Watch {
        let stop = Arc::new(AtomicBool::new(false));
        let until = stop.clone();
        Watch { stop, thread: std::thread::spawn(move || watch(client, &calls, &until)) }
    }

    /// Ends the calls.
    pub(super) fn end(self) -> Result<Watched, Error> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| unexpected("a thread panicked"))
    }
}

/// Decrypt and Encrypt with a key, for [`Watch::begin`].
pub(super) fn crypto(key: &str, ciphertext: &str) -> Vec<Call> {
    vec![
        Call::kms("Decrypt", &json!({"CiphertextBlob": ciphertext})),
        Call::kms("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT})),
    ]
}

/// [`crypto`], and GetSecretValue of the first secret.
pub(super) fn reads(key: &str, ciphertext: &str) -> Vec<Call> {
    let mut calls = crypto(key, ciphertext);
    calls.push(items::get(0));
    calls
}

fn watch(mut client: Client, calls: &[Call], stop: &AtomicBool) -> Watched {
    let mut watched = Watched::default();
    let begun = time::instant();
    let mut due = Duration::ZERO;
    for call in calls.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // A call that waited for the answer to the one before counts from the time when it was due.
        let late = begun.elapsed().checked_sub(due);
        if late.is_none() {
            time::sleep(due.saturating_sub(begun.elapsed()));
        }
        let start = time::instant();
        match client.call(call) {
            Ok(_) => watched.latency.record(start.elapsed() + late.unwrap_or_default()),
            Err(error) => {
                watched.failed += 1;
                watched.failure = Some(error.text());
            }
        }
        due += INTERVAL;
    }
    watched
}
