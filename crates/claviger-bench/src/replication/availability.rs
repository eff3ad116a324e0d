//! Calls in the replica region while the primary is dead or cannot be reached, beside those of a healthy fleet.

use std::time::Duration;

use super::fleet::Fleet;
use super::items;
use super::report::{Figure, Report, shown};
use super::watch::{Watch, Watched, reads};
use crate::error::Error;
use crate::table;
use crate::time;

/// How long each state lasts. Short and often, so that a busy moment of the machine meets all states alike.
const SLICE: Duration = Duration::from_secs(1);
/// The 99th percentile with a fault may be so many times that without.
const RATIO_MAX: f64 = 1.2;

/// Measures so many rounds of: healthy, the primary killed, healthy, the link cut.
pub(super) fn run(report: &mut Report<'_>, fleet: &mut Fleet, rounds: u32) -> Result<(), Error> {
    let keys = items::make_both(fleet, 1, 1)?;
    let blobs = items::encrypt(fleet, &fleet.primary, &keys)?;
    let (key, blob) = (items::at(&keys, 0).to_owned(), items::at(&blobs, 0).to_owned());
    let slice = |fleet: &Fleet| {
        let watch = Watch::begin(fleet, &fleet.replica, reads(&key, &blob))?;
        time::sleep(SLICE);
        watch.end()
    };
    let [mut healthy, mut killed, mut cut] = [(); 3].map(|()| Watched::default());
    // The first one warms up.
    slice(fleet)?;
    for _ in 0..rounds {
        healthy.add(slice(fleet)?);
        fleet.primary.kill();
        killed.add(slice(fleet)?);
        fleet.primary.start()?;
        fleet.until_settled(Duration::from_secs(60))?;
        healthy.add(slice(fleet)?);
        fleet.weather.cut();
        cut.add(slice(fleet)?);
        fleet.weather.heal();
        fleet.until_settled(Duration::from_secs(60))?;
    }
    let base = healthy.latency.quantile(0.99);
    for (name, faulty) in [("the primary is dead", killed), ("the link is cut", cut)] {
        let p99 = faulty.latency.quantile(0.99);
        let ratio = p99.as_secs_f64() / base.as_secs_f64().max(1e-9);
        let figure = Figure {
            goal: format!("p99 ≤ {RATIO_MAX} × healthy"),
            measured: format!(
                "{} × ({} to {})",
                table::ratio(p99.as_secs_f64(), base.as_secs_f64()),
                shown(p99),
                shown(base)
            ),
            is_met: ratio <= RATIO_MAX,
        };
        let figure = figure.and("no failed call", &faulty.failures(), faulty.failed == 0);
        report.add(&format!("Calls in the replica region while {name}"), figure)?;
    }
    Ok(())
}
