//! The windows of a secret's schedule.

use claviger_schedule::RotationWindow;
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::Timestamp;

use crate::rotation_settings as settings;

/// The open window, or else the next one. A secret without a schedule has none.
pub(super) fn next(secret: &SecretRecord, now: Timestamp) -> Option<RotationWindow> {
    let rotation = secret.rotation.as_ref()?;
    settings::rules(rotation)?.next_window(settings::history(rotation), now)
}

/// The window that is open.
pub(super) fn open(secret: &SecretRecord, now: Timestamp) -> Option<RotationWindow> {
    next(secret, now).filter(|window| window.contains(now))
}

/// When the open window, or else the next one, begins.
pub(super) fn next_start(secret: &SecretRecord, now: Timestamp) -> Option<Timestamp> {
    next(secret, now).map(|window| window.start)
}

/// When the next window begins, without the one that is open.
pub(super) fn start_after_open(secret: &SecretRecord, now: Timestamp) -> Option<Timestamp> {
    next_start(secret, open(secret, now).map_or(now, |window| window.end))
}

/// Whether a secret with `AutomaticallyAfterDays` alone has missed its day: the region was down. A rotation at another time than that of a
/// `Duration` or an expression could disturb what the secret is for, so such a secret waits for its next window.
pub(super) fn is_overdue(secret: &SecretRecord, now: Timestamp) -> bool {
    let settings =
        secret.rotation.as_ref().filter(|rotation| rotation.after_days.is_some() && rotation.duration.is_none());
    let date = settings.and_then(|rotation| settings::rules(rotation)?.next_rotation_date(settings::history(rotation)));
    date.is_some_and(|date| date < now)
}
