//! An hour without the primary, in which the wall clock of the replica region's server passes faster than this machine's.
//!
//! libfaketime is preloaded into that server. It leaves the monotonic clock alone, by which the server's threads wait: what the hour changes is
//! what goes by the time of day, such as the ages of keys for sessions, of certificates and of messages, and the jobs of the region.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::fleet::Fleet;
use super::items;
use super::report::{Figure, Report};
use super::watch::{Watch, reads};
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::time::{self, FastClock};

/// Where distributions have it.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
];
/// How many times as fast the wall clock is.
const SPEED: u32 = 180;
const HOUR: Duration = Duration::from_secs(3600);

/// Measures, if there is libfaketime.
pub(super) fn run(report: &mut Report<'_>, fleet: &mut Fleet) -> Result<(), Error> {
    let Some(library) = LIBRARIES.into_iter().find(|path| Path::new(path).exists()) else {
        return report.skipped("An hour without the primary", "libfaketime is not installed");
    };
    let keys = items::make_both(fleet, 1, 1)?;
    let blobs = items::encrypt(fleet, &fleet.primary, &keys)?;
    let calls = reads(items::at(&keys, 0), items::at(&blobs, 0));
    fleet.primary.kill();
    fleet.replica.kill();
    let (preload, speed) = (format!("LD_PRELOAD={library}"), format!("FAKETIME=+0 x{SPEED}"));
    let clock = FastClock::start(SPEED);
    fleet.replica.start_with(&[&preload, &speed, "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"])?;
    let begun = created(&client_of(fleet, clock)?.call(&Call::kms("CreateKey", &json!({})))?);
    let watch = Watch::with(client_of(fleet, clock)?, calls);
    time::sleep(HOUR / SPEED);
    let watched = watch.end()?;
    let ended = created(&client_of(fleet, clock)?.call(&Call::kms("CreateKey", &json!({})))?);
    if ended - begun < HOUR.as_secs_f64() {
        return Err(unexpected(format!("only {} s have passed for the server", ended - begun)));
    }
    // The clock goes back by an hour. The region must follow its primary nevertheless.
    fleet.replica.kill();
    fleet.replica.start()?;
    fleet.primary.start()?;
    fleet.client(&fleet.primary)?.call(&items::put(0, 1))?;
    let settled = fleet.until_settled(Duration::from_secs(60))?;
    if items::wrong_values(fleet, &fleet.replica, 1, |_| 1)? > 0 {
        return Err(unexpected("the region does not follow its primary after the hour"));
    }
    let figure = Figure {
        goal: "no failed call".to_owned(),
        measured: format!(
            "{}; follows the primary {:.1} s after both are back",
            watched.failures(),
            settled.as_secs_f64()
        ),
        is_met: watched.failed == 0,
    };
    report.add(&format!("An hour without the primary, the wall clock {SPEED} times as fast"), figure)
}

fn client_of(fleet: &Fleet, clock: FastClock) -> Result<Client, Error> {
    let mut client = fleet.client(&fleet.replica)?;
    client.clock = Some(clock);
    Ok(client)
}

/// When a key was made, by the server's clock, in seconds.
fn created(answer: &Value) -> f64 {
    answer.pointer("/KeyMetadata/CreationDate").and_then(Value::as_f64).unwrap_or_default()
}
