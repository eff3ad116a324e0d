//! GetKeyLastUsage: the last cryptographic operation that a key was used for.

use claviger_model::kms::{GetKeyLastUsageRequest, GetKeyLastUsageResponse, KeyLastUsageData};
use claviger_store::tables::key_use_table::KeyUseRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;

pub(crate) struct GetKeyLastUsage;

impl KeyOperation for GetKeyLastUsage {
    const ACTION: &'static str = "kms:GetKeyLastUsage";
    const READ_ONLY: bool = true;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = GetKeyLastUsageRequest;
    type Output = GetKeyLastUsageResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(_input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let used = cx.last_use_of(&key.record.account, &key.record.id)?;
        Ok(GetKeyLastUsageResponse {
            key_id: Some(key.arn.to_string()),
            key_last_usage: Some(used.map(usage).unwrap_or_default()),
            // Every key is tracked from its creation on.
            tracking_start_date: Some(key.record.created),
            key_creation_date: Some(key.record.created),
        })
    }
}

fn usage(KeyUseRecord { at, operation, event_id, request_id }: KeyUseRecord) -> KeyLastUsageData {
    KeyLastUsageData {
        operation: Some(operation),
        timestamp: Some(at),
        cloud_trail_event_id: Some(event_id),
        kms_request_id: Some(request_id),
    }
}
