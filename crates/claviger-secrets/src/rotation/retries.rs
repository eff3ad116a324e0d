//! When a failed rotation is tried again.

use claviger_store::tables::rotation_table::{RotationRecord, RotationRun};
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::Timestamp;

use super::window;

/// The delays after the first failed attempts, in seconds.
const RETRY_SECS: [i64; 5] = [5, 20, 80, 320, 1280];

/// The delay after each later one.
const RETRY_MAX_SECS: i64 = 1800;

/// Counts a failed attempt that began or ended at `at`, and sets the time of the next one.
pub(super) fn failed(rotation: &mut RotationRecord, secret: &SecretRecord, at: Timestamp) {
    let Some(run) = &mut rotation.run else { return };
    match delay(run).map(|secs| at.plus_secs(secs)).filter(|next| is_worth(run, secret, *next)) {
        Some(next) => {
            run.attempts = run.attempts.saturating_add(1);
            rotation.due = Some(next);
        }
        None => {
            run.attempts = 0;
            rotation.due = window::start_after_open(secret, at);
        }
    }
}

fn delay(run: &RotationRun) -> Option<i64> {
    let attempt = usize::try_from(run.attempts).ok()?;
    Some(RETRY_SECS.get(attempt).copied().unwrap_or(RETRY_MAX_SECS))
}

/// Whether to go on: for the first attempts, while the window is open, and once the new value may be in effect where the secret is used,
/// because the current one does not work there then.
fn is_worth(run: &RotationRun, secret: &SecretRecord, next: Timestamp) -> bool {
    let few = usize::try_from(run.attempts).is_ok_and(|attempts| attempts < RETRY_SECS.len());
    few || run.set_begun.is_some() || window::open(secret, next).is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_store::tables::rotation_table::SecretRotation;

    use super::*;
    use crate::testing::secret;

    const DAY: i64 = 86_400;

    /// A secret with a schedule or none, whose rules were set at the first moment.
    fn scheduled(schedule: Option<&str>) -> SecretRecord {
        let settings = SecretRotation {
            enabled: true,
            function_arn: None,
            after_days: None,
            schedule: schedule.map(str::to_owned),
            duration: None,
            configured: Timestamp(0),
            value_set: None,
            last_rotated: None,
            external_metadata: None,
            external_role: None,
        };
        SecretRecord { rotation: Some(settings), ..secret("x") }
    }

    /// The delays of the attempts that all fail at once, in seconds.
    fn delays(secret: &SecretRecord, set_begun: bool, first: i64, count: usize) -> Vec<Option<i64>> {
        let run = RotationRun::new("v".to_owned(), false, "t".to_owned());
        let run = RotationRun { set_begun: set_begun.then_some(Timestamp(0)), ..run };
        let account = secret.arn.account.clone();
        let mut rotation = RotationRecord { account, name: "x".to_owned(), due: None, run: Some(run), lease: None };
        let mut at = Timestamp::from_secs(first);
        let mut next = || {
            failed(&mut rotation, secret, at);
            let wait = rotation.due.map(|due| (due.0 - at.0) / 1000);
            at = rotation.due.unwrap_or(at);
            wait
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn without_a_schedule_a_few_attempts_are_made() {
        let waits = delays(&scheduled(None), false, DAY, 6);
        assert_eq!(waits, [Some(5), Some(20), Some(80), Some(320), Some(1280), None]);
    }

    #[test]
    fn once_the_value_may_be_in_effect_the_attempts_go_on() {
        let waits = delays(&scheduled(None), true, DAY, 60);
        assert!(waits[5..].iter().all(|wait| *wait == Some(RETRY_MAX_SECS)), "{waits:?}");
    }

    #[test]
    fn attempts_go_on_until_the_window_closes() {
        // From noon to the midnight of each first of a month.
        let secret = scheduled(Some("cron(0 12 1 * ? *)"));
        let noon = 31 * DAY + DAY / 2;
        assert!(window::open(&secret, Timestamp::from_secs(noon)).is_some());
        let waits = delays(&secret, false, noon, 30);
        let in_window = waits.iter().take_while(|wait| wait.is_some_and(|secs| secs <= RETRY_MAX_SECS)).count();
        let last: i64 = waits[..in_window].iter().map(|wait| wait.unwrap()).sum();
        let window = window::open(&secret, Timestamp::from_secs(noon)).unwrap();
        assert!(window.contains(Timestamp::from_secs(noon + last)));
        let after = Timestamp::from_secs(noon + last + waits[in_window].unwrap());
        assert_eq!(after, Timestamp::from_secs(59 * DAY + DAY / 2), "the first of March");
        // The new window has its own attempts.
        assert_eq!(waits[in_window + 1], Some(5));
    }
}
