//! EnableKey: switches a key on.

use claviger_model::kms::EnableKeyRequest;
use claviger_store::tables::keys::{self as records, KeyState};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct EnableKey;

impl Operation for EnableKey {
    const NAME: &'static str = "EnableKey";
    type Input = EnableKeyRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:EnableKey", key, cx)?])
    }

    fn run(_input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_settled(&key)?;
        let mut record = key.into_inner().record;
        record.state = KeyState::Enabled;
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}
