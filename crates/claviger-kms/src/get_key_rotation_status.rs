//! GetKeyRotationStatus: whether and when a key rotates by itself.

use claviger_model::kms::{GetKeyRotationStatusRequest, GetKeyRotationStatusResponse};
use claviger_replication::key_replication;
use claviger_store::tables::key_table::{self, KeyRecord, RotationType};
use claviger_types::Timestamp;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::key_lookup::{self, FoundKey};
use super::{origin, state};

pub(crate) struct GetKeyRotationStatus;

impl Operation for GetKeyRotationStatus {
    const ACTION: &'static str = "kms:GetKeyRotationStatus";
    const READ_ONLY: bool = true;
    type Input = GetKeyRotationStatusRequest;
    type Output = GetKeyRotationStatusResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        let key = key_lookup::find_by_id(cx, &input.key_id)?;
        let permission = key.permission(Self::ACTION, cx)?;
        Ok(key.resolved(permission))
    }

    fn run(
        _input: Self::Input,
        key: Authorized<FoundKey>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<GetKeyRotationStatusResponse, Error> {
        origin::require_own(&key)?;
        // A key that is pending deletion reports rotation as off. A cancelled deletion restores the setting.
        let live = !state::is_pending_deletion(&key.record);
        let FoundKey { record, arn, .. } = key.into_inner();
        let rotation = &record.rotation;
        let enabled = rotation.enabled && live;
        Ok(GetKeyRotationStatusResponse {
            key_id: Some(arn.to_string()),
            key_rotation_enabled: Some(enabled),
            rotation_period_in_days: rotation.period_days.filter(|_| enabled).and_then(|days| i32::try_from(days).ok()),
            next_rotation_date: rotation.next.filter(|_| enabled),
            on_demand_rotation_start_date: on_demand_start(cx, &record)?,
        })
    }
}

/// When an on-demand rotation that waits for the key's replicas began.
fn on_demand_start(cx: &Cx<'_, '_>, record: &KeyRecord) -> Result<Option<Timestamp>, Error> {
    if record.multi_region.is_none() {
        return Ok(None);
    }
    let materials = key_table::materials(cx.tx, &record.id)?;
    let under_way = key_replication::rotation_under_way(record, &materials);
    Ok(under_way.filter(|meta| meta.rotation == Some(RotationType::OnDemand)).map(|meta| meta.created))
}
