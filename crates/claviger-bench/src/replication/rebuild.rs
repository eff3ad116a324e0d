//! A region loses its disk and is rebuilt from the other one.

use std::path::Path;
use std::time::Duration;

use super::fleet::Fleet;
use super::items;
use super::report::{Figure, Report, shown};
use crate::error::{Error, unexpected};
use crate::table;
use crate::time;

/// For so many keys and secrets. Fewer have as much less, but not less than the least.
const GOAL: Duration = Duration::from_secs(120);
const GOAL_ITEMS: u64 = 100_000;
const GOAL_MIN: Duration = Duration::from_secs(5);
const TIME_MAX: Duration = Duration::from_secs(3600);

/// Rebuilds a region with so many keys and secrets, half of each, of which it was the primary of one half.
pub(super) fn run(report: &mut Report<'_>, binary: &Path, folder: &Path, items: u64) -> Result<(), Error> {
    let mut fleet = Fleet::start(binary, folder, Duration::ZERO)?;
    let (keys, secrets) = (items / 2, items - items / 2);
    let half = secrets / 2;
    let mut ids = Vec::new();
    let (primary, replica) = (&fleet.primary, &fleet.replica);
    for (sites, keys, secrets) in
        [((primary, replica), keys - keys / 2, 0..half), ((replica, primary), keys / 2, half..secrets)]
    {
        ids.extend(items::make_keys(&fleet, sites, keys)?);
        items::make_secrets(&fleet, sites, secrets)?;
    }
    fleet.until_settled(items::SETTLES_WITHIN)?;
    let blobs = items::encrypt(&fleet, &fleet.primary, &ids)?;
    fleet.replica.lose()?;
    fleet.replica.init(&["--without-account"])?;
    fleet.replica.start()?;
    let begun = time::instant();
    fleet.join(&["--rebuild"])?;
    fleet.replica.until_ready(TIME_MAX)?;
    let ready = begun.elapsed();
    // The replicas of secrets come with the snapshot that the region asks for in the end.
    fleet.until_settled(TIME_MAX)?;
    let took = begun.elapsed();
    items::decrypt(&fleet, &fleet.replica, &blobs)?;
    if items::wrong_values(&fleet, &fleet.replica, secrets, |_| 0)? > 0 {
        return Err(unexpected("a secret of the rebuilt region has another value"));
    }
    let goal = GOAL_MIN.max(GOAL.mul_f64(items as f64 / GOAL_ITEMS as f64));
    let rate = table::per_second(items as f64 / took.as_secs_f64().max(1e-9));
    let figure = Figure::time(goal, took).with(&format!("{rate}; serves requests after {}", shown(ready)));
    report.add(&format!("Rebuild of a region with {items} keys and secrets"), figure)
}
