//! The time from the healing of the link to the agreement of both regions.

use std::time::Duration;

use serde_json::json;

use super::fleet::{Fleet, until};
use super::items::{self, number};
use super::report::{Figure, Report};
use crate::call::Call;
use crate::error::Error;
use crate::time;

const GOAL: Duration = Duration::from_secs(10);
/// Cuts that are shorter and longer than the 8 s of silence after which a connection is given up, and than the wait before a new one.
const CUTS: [u64; 4] = [1, 4, 9, 13];

/// Cuts the link, writes a secret and a key at the primary, heals it, and looks for both in the other region.
pub(super) fn run(report: &mut Report<'_>, fleet: &Fleet, rounds: u64) -> Result<(), Error> {
    let ids = items::make_both(fleet, 1, 1)?;
    let key = items::at(&ids, 0);
    let (mut primary, mut replica) = (fleet.client(&fleet.primary)?, fleet.client(&fleet.replica)?);
    let mut most = Duration::ZERO;
    for (round, seconds) in (1..=rounds).zip(CUTS.into_iter().cycle()) {
        fleet.weather.cut();
        primary.call(&items::put(0, round))?;
        let days = 90 + round;
        primary.call(&Call::kms("EnableKeyRotation", &json!({"KeyId": key, "RotationPeriodInDays": days})))?;
        time::sleep(Duration::from_secs(seconds));
        fleet.weather.heal();
        let took = until(Duration::from_secs(60), "both regions agree", || {
            let secret = items::value(&replica.call(&items::get(0))?);
            let status = replica.call(&Call::kms("GetKeyRotationStatus", &json!({"KeyId": key})))?;
            Ok(secret == Some(round) && number(&status, "RotationPeriodInDays") == Some(days))
        })?;
        most = most.max(took);
    }
    let figure = Figure::time(GOAL, most).with(&format!("{rounds} cuts of 1 to 13 s"));
    report.add("Convergence after a cut is healed, longest", figure)
}
