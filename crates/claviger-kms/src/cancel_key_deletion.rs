//! CancelKeyDeletion: the key stays, disabled.

use claviger_model::kms::{CancelKeyDeletionRequest, CancelKeyDeletionResponse};
use claviger_store::tables::keys::{self as records, KeyState};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct CancelKeyDeletion;

impl Operation for CancelKeyDeletion {
    const NAME: &'static str = "CancelKeyDeletion";
    type Input = CancelKeyDeletionRequest;
    type Output = CancelKeyDeletionResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:CancelKeyDeletion", key, cx)?])
    }

    fn run(
        _input: Self::Input,
        key: Authorized<FoundKey>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<CancelKeyDeletionResponse, Error> {
        state::require_pending_deletion(&key)?;
        let FoundKey { mut record, arn, .. } = key.into_inner();
        // A replica whose material has not arrived is still being made; disabled, it could be enabled with nothing to use.
        record.state = if record.current.is_some() { KeyState::Disabled } else { KeyState::Creating };
        records::save_key(cx.tx, &record)?;
        Ok(CancelKeyDeletionResponse { key_id: Some(arn.to_string()) })
    }
}
