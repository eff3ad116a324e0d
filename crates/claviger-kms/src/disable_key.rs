//! DisableKey: switches a key off.

use claviger_model::kms::DisableKeyRequest;
use claviger_store::tables::keys::{self as records, KeyState};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct DisableKey;

impl Operation for DisableKey {
    const NAME: &'static str = "DisableKey";
    type Input = DisableKeyRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:DisableKey", key, cx)?])
    }

    fn run(_input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_settled(&key)?;
        let mut record = key.into_inner().record;
        record.state = KeyState::Disabled;
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}
