//! A region that was away gets what was changed meanwhile.

use std::path::Path;
use std::time::Duration;

use super::fleet::Fleet;
use super::items;
use super::report::{Figure, Report};
use crate::error::{Error, unexpected};
use crate::table;
use crate::time;

/// For a million changes. Fewer have as much less.
const GOAL: Duration = Duration::from_secs(600);
const GOAL_CHANGES: u64 = 1_000_000;
/// Changes of one secret at most: it can have 100 versions a day.
const CHANGES_OF_A_SECRET: u64 = 90;
const SECRETS_MIN: u64 = 1000;
const TIME_MAX: Duration = Duration::from_secs(3600);

/// Makes so many changes while the replica region is dead, and starts it again.
pub(super) fn run(report: &mut Report<'_>, binary: &Path, folder: &Path, changes: u64) -> Result<(), Error> {
    let mut fleet = Fleet::start(binary, folder, Duration::ZERO)?;
    let secrets = SECRETS_MIN.max(changes.div_ceil(CHANGES_OF_A_SECRET));
    items::make_both(&fleet, 0, secrets)?;
    fleet.replica.kill();
    items::bulk(&fleet, &fleet.primary, changes, move |n| items::put(n % secrets, n), None)?;
    fleet.replica.start()?;
    let begun = time::instant();
    fleet.until_settled(TIME_MAX)?;
    let took = begun.elapsed();
    // The last change of each secret, whatever the order in which its writers came.
    let last = move |secret: u64| secret + (changes - 1 - secret) / secrets * secrets;
    let wrong = items::wrong_values(&fleet, &fleet.replica, secrets, last)?;
    if wrong > 0 {
        return Err(unexpected(format!("{wrong} secrets are not as they are at the primary")));
    }
    let goal = GOAL.mul_f64(changes as f64 / GOAL_CHANGES as f64);
    let rate = table::per_second(changes as f64 / took.as_secs_f64().max(1e-9));
    report.add(&format!("Catch-up of {changes} changes"), Figure::time(goal, took).with(&rate))
}
