//! CancelKeyDeletion: the key stays, disabled.

use claviger_model::kms::{CancelKeyDeletionRequest, CancelKeyDeletionResponse};
use claviger_replication::key_replication;
use claviger_store::tables::key_table::{self, KeyRecord, KeyState};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;

pub(crate) struct CancelKeyDeletion;

impl KeyOperation for CancelKeyDeletion {
    const ACTION: &'static str = "kms:CancelKeyDeletion";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::CancelDeletion;
    type Input = CancelKeyDeletionRequest;
    type Output = CancelKeyDeletionResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(_input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<CancelKeyDeletionResponse, Error> {
        let FoundKey { mut record, arn, .. } = key;
        cancel(&mut record);
        key_table::save_key(cx.tx, &record)?;
        key_replication::report_state(cx.tx, &arn.region, &record)?;
        Ok(CancelKeyDeletionResponse { key_id: Some(arn.to_string()) })
    }
}

/// Disables the key. A key without its material returns to the state in which it waits for it: if it became `Disabled`, a caller could
/// enable a key without material. It is disabled once it has its material.
fn cancel(record: &mut KeyRecord) {
    record.state = match &mut record.import {
        Some(import) if !import.complete => {
            import.disabled = true;
            KeyState::PendingImport
        }
        Some(_) => KeyState::Disabled,
        None if record.current.is_some() => KeyState::Disabled,
        None => KeyState::Creating,
    };
}
