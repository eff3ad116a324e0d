//! ReplicateKey until the replica is Enabled, and UpdatePrimaryRegion until both regions have changed their parts.

use std::time::Duration;

use serde_json::{Value, json};

use super::fleet::{Fleet, Site, attempt, until};
use super::items;
use super::report::{Figure, Report, shown};
use super::watch::{Watch, Watched, crypto};
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::histogram::Histogram;
use crate::time;

/// Terraform gives up after this time.
const TIME_MAX: Duration = Duration::from_secs(120);
/// The goal of a hand-over.
const HANDOVER: Duration = Duration::from_secs(2);

/// Makes so many replicas, one after the other.
pub(super) fn replicate(
    report: &mut Report<'_>,
    fleet: &Fleet,
    count: u64,
    (name, goal): (&str, Duration),
) -> Result<(), Error> {
    let (mut primary, mut replica) = (fleet.client(&fleet.primary)?, fleet.client(&fleet.replica)?);
    let mut times = Histogram::default();
    for _ in 0..count {
        let made = primary.call(&Call::kms("CreateKey", &json!({"MultiRegion": true})))?;
        let key = made.pointer("/KeyMetadata/KeyId").and_then(Value::as_str).unwrap_or_default();
        let begun = time::instant();
        primary.call(&items::replicate(key, fleet.replica.region))?;
        until(
            TIME_MAX,
            "a replica is Enabled",
            || Ok(state(&mut replica, key)?.is_some_and(|state| state.is_enabled)),
        )?;
        times.record(begun.elapsed());
    }
    report.add(&format!("`ReplicateKey` to Enabled, {name}"), Figure::quantiles(None, goal, &times))
}

/// Hands a key over and back, so often, while both regions use it.
pub(super) fn hand_over(report: &mut Report<'_>, fleet: &Fleet, count: u32, name: &str) -> Result<(), Error> {
    let keys = items::make_both(fleet, 1, 0)?;
    let blobs = items::encrypt(fleet, &fleet.primary, &keys)?;
    let (key, blob) = (items::at(&keys, 0), items::at(&blobs, 0));
    let sites = [&fleet.primary, &fleet.replica];
    let watches: Result<Vec<Watch>, Error> =
        sites.iter().map(|site| Watch::begin(fleet, site, crypto(key, blob))).collect();
    let (mut times, mut most) = (Histogram::default(), Duration::ZERO);
    for round in 0..count {
        let (from, to) = if round % 2 == 0 { (sites[0], sites[1]) } else { (sites[1], sites[0]) };
        let took = once(fleet, key, from, to)?;
        times.record(took);
        most = most.max(took);
    }
    let mut watched = Watched::default();
    watches?.into_iter().try_for_each(|watch| watch.end().map(|other| watched.add(other)))?;
    let figure = Figure::time(HANDOVER, most).with(&format!("p50 {} of {count}", shown(times.quantile(0.5)))).and(
        "no failed call",
        &watched.failures(),
        watched.failed == 0,
    );
    report.add(&format!("`UpdatePrimaryRegion`, longest, {name}"), figure)
}

fn once(fleet: &Fleet, key: &str, from: &Site, to: &Site) -> Result<Duration, Error> {
    let mut clients = [fleet.client(from)?, fleet.client(to)?];
    let begun = time::instant();
    let update = Call::kms("UpdatePrimaryRegion", &json!({"KeyId": key, "PrimaryRegion": to.region}));
    let [client, _] = &mut clients;
    client.call(&update)?;
    until(TIME_MAX, "a hand-over has ended", || {
        for client in &mut clients {
            let state = state(client, key)?.ok_or_else(|| unexpected("a key is gone"))?;
            if !state.is_enabled || state.primary != to.region {
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    Ok(begun.elapsed())
}

/// What a region says of a key.
pub(super) struct KeyState {
    pub(super) is_enabled: bool,
    pub(super) primary: String,
}

/// Describes a key. None: the region does not have it.
pub(super) fn state(client: &mut Client, key: &str) -> Result<Option<KeyState>, Error> {
    let Some(answer) = attempt(client, &Call::kms("DescribeKey", &json!({"KeyId": key})))? else { return Ok(None) };
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let primary = text("/KeyMetadata/MultiRegionConfiguration/PrimaryKey/Region").to_owned();
    Ok(Some(KeyState { is_enabled: text("/KeyMetadata/KeyState") == "Enabled", primary }))
}
