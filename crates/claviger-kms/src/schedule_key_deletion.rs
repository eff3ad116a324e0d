//! ScheduleKeyDeletion: the key goes for good after 7 to 30 days.

use claviger_model::kms::{ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse};
use claviger_store::tables::keys::{self as records, KeyState};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct ScheduleKeyDeletion;

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "ScheduleKeyDeletion";
    type Input = ScheduleKeyDeletionRequest;
    type Output = ScheduleKeyDeletionResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        window_days(input)?;
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let days = window_days(input)?;
        let permission = keys::permission("kms:ScheduleKeyDeletion", key, cx)?;
        Ok(vec![permission.with("kms:ScheduleKeyDeletionPendingWindowInDays", days.to_string())])
    }

    fn run(
        input: Self::Input,
        key: Authorized<FoundKey>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<ScheduleKeyDeletionResponse, Error> {
        let days = window_days(&input)?;
        state::require_deletable(&key)?;
        let FoundKey { mut record, arn, .. } = key.into_inner();
        let waits_for_replicas =
            record.multi_region.as_ref().is_some_and(|m| m.primary == arn.region && !m.replicas.is_empty());
        let date = cx.now.plus_days(days);
        record.state = if waits_for_replicas {
            // The window starts when the last replica is gone (AWS KMS Developer Guide, "Deleting multi-Region keys").
            KeyState::PendingReplicaDeletion { window_days: days }
        } else {
            KeyState::PendingDeletion { date }
        };
        records::save_key(cx.tx, &record)?;
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
