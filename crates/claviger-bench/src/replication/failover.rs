//! A forced promotion: the primary region is dead, and `claviger region failover` has the other region take its place.

use std::path::Path;
use std::time::Duration;

use super::fleet::{Fleet, until};
use super::items::{self, number};
use super::keys::state;
use super::report::{Figure, Report, shown};
use crate::error::{Error, unexpected};
use crate::time;

const GOAL: Duration = Duration::from_secs(5);
/// How long the former primary may take to hear of it after it is back.
const FENCED: Duration = Duration::from_secs(5);
/// The ciphertexts that are decrypted afterwards, at most.
const DECRYPTED: usize = 200;

/// Fails over a fleet with so many keys and secrets, half of each.
pub(super) fn run(report: &mut Report<'_>, binary: &Path, folder: &Path, items: u64) -> Result<(), Error> {
    let mut fleet = Fleet::start(binary, folder, Duration::ZERO)?;
    let (keys, secrets) = (items / 2, items - items / 2);
    let ids = items::make_both(&fleet, keys, secrets)?;
    let some: Vec<String> = ids.iter().take(DECRYPTED).cloned().collect();
    let blobs = items::encrypt(&fleet, &fleet.primary, &some)?;
    fleet.primary.kill();
    let (lost, to) = (fleet.primary.region, fleet.replica.region);
    let begun = time::instant();
    let done = fleet.replica.command(&["failover", lost, "--to", to, "--confirm", lost], None)?;
    let took = begun.elapsed();
    if number(&done, "keys") != Some(keys) || number(&done, "secrets") != Some(secrets) {
        return Err(unexpected(format!("not everything was promoted: {done}")));
    }
    // Only a primary takes the first call. The second shows that the promoted keys open what the lost ones have encrypted.
    fleet.client(&fleet.replica)?.call(&items::put(0, 1))?;
    items::decrypt(&fleet, &fleet.replica, &blobs)?;
    let (last, begun) = (items::at(&ids, keys.saturating_sub(1)), time::instant());
    fleet.primary.start()?;
    let start = begun.elapsed();
    let mut back = fleet.client(&fleet.primary)?;
    let steps_down = until(Duration::from_secs(120), "the former primary steps down", || {
        Ok(state(&mut back, last)?.is_some_and(|state| state.primary == to))
    })?;
    fleet.until_settled(Duration::from_secs(120))?;
    items::decrypt(&fleet, &fleet.primary, &blobs)?;
    if items::wrong_values(&fleet, &fleet.primary, secrets, |n| u64::from(n == 0))? > 0 {
        return Err(unexpected("the former primary does not follow the new one"));
    }
    let figure = Figure::time(GOAL, took).and(
        &format!("the former primary follows ≤ {} after its start", shown(FENCED)),
        &format!("follows {} after a start of {}", shown(steps_down), shown(start)),
        steps_down <= FENCED,
    );
    report.add(&format!("`claviger region failover`, {items} keys and secrets"), figure)
}
