//! UpdateKeyDescription: the key's free text.

use claviger_model::kms::UpdateKeyDescriptionRequest;
use claviger_store::tables::keys as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct UpdateKeyDescription;

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "UpdateKeyDescription";
    type Input = UpdateKeyDescriptionRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:UpdateKeyDescription", key, cx)?])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_not_pending_deletion(&key)?;
        let mut record = key.into_inner().record;
        record.description = input.description;
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}
