//! GetKeyRotationStatus: whether and when a key rotates by itself.

use claviger_model::kms::{GetKeyRotationStatusRequest, GetKeyRotationStatusResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct GetKeyRotationStatus;

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "GetKeyRotationStatus";
    type Input = GetKeyRotationStatusRequest;
    type Output = GetKeyRotationStatusResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_by_id(cx, &input.key_id, "kms:GetKeyRotationStatus")
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:GetKeyRotationStatus", key, cx)?])
    }

    fn run(
        _input: Self::Input,
        key: Authorized<FoundKey>,
        _cx: &mut Cx<'_, '_>,
    ) -> Result<GetKeyRotationStatusResponse, Error> {
        // A key that is to be deleted reports rotation as off; cancelling brings the setting back.
        let live = state::require_not_pending_deletion(&key).is_ok();
        let FoundKey { record, arn, .. } = key.into_inner();
        let rotation = record.rotation;
        let enabled = rotation.enabled && live;
        Ok(GetKeyRotationStatusResponse {
            key_id: Some(arn.to_string()),
            key_rotation_enabled: Some(enabled),
            rotation_period_in_days: rotation.period_days.filter(|_| enabled).and_then(|days| i32::try_from(days).ok()),
            next_rotation_date: rotation.next.filter(|_| enabled),
            ..GetKeyRotationStatusResponse::default()
        })
    }
}
