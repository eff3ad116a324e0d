//! ScheduleKeyDeletion: deletes the key for good after 7 to 30 days.

use claviger_model::kms::{ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse};
use claviger_replication::key_replication;
use claviger_store::tables::key_table::{self, KeyState};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::FoundKey;
use super::key_permissions;
use super::on_key::KeyOperation;
use super::state::{self, KeyAction};

pub(crate) struct ScheduleKeyDeletion;

impl KeyOperation for ScheduleKeyDeletion {
    const ACTION: &'static str = "kms:ScheduleKeyDeletion";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::ScheduleDeletion;
    type Input = ScheduleKeyDeletionRequest;
    type Output = ScheduleKeyDeletionResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn check(input: &Self::Input) -> Result<(), Error> {
        window_days(input).map(drop)
    }

    fn condition(
        input: &Self::Input,
        key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        let days = window_days(input)?;
        let permission = key_permissions::with_days_without_usage(permission, key);
        Ok(permission.with("kms:ScheduleKeyDeletionPendingWindowInDays", days.to_string()))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<ScheduleKeyDeletionResponse, Error> {
        let days = window_days(&input)?;
        let FoundKey { mut record, arn, .. } = key;
        let waits_for_replicas =
            record.multi_region.as_ref().is_some_and(|m| m.primary == arn.region && !m.replicas.is_empty());
        let date = cx.now.plus_days(days);
        record.state = if waits_for_replicas {
            // The window starts when the last replica is gone (AWS KMS Developer Guide, "Deleting multi-Region keys").
            KeyState::PendingReplicaDeletion { window_days: days }
        } else {
            KeyState::PendingDeletion { date }
        };
        key_table::save_key(cx.tx, &record)?;
        key_replication::report_state(cx.tx, &arn.region, &record)?;
        Ok(ScheduleKeyDeletionResponse {
            key_id: Some(arn.to_string()),
            deletion_date: (!waits_for_replicas).then_some(date),
            key_state: Some(state::name(&record.state).to_owned()),
            pending_window_in_days: i32::try_from(days).ok(),
        })
    }
}

/// The model allows 1 to 365 days, the service 7 to 30.
fn window_days(input: &ScheduleKeyDeletionRequest) -> Result<i64, Error> {
    match input.pending_window_in_days.unwrap_or(30) {
        days @ 7..=30 => Ok(i64::from(days)),
        _ => Err(Error::Validation("PendingWindowInDays must be between 7 and 30".to_owned())),
    }
}
