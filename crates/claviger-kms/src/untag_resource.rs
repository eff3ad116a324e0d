//! UntagResource: takes tags from a key; absent ones are passed over.

use claviger_model::kms::UntagResourceRequest;
use claviger_store::tables::keys as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::state;

pub(crate) struct UntagResource;

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    type Input = UntagResourceRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let permission = keys::permission("kms:UntagResource", key, cx)?;
        Ok(vec![permission.with_many("aws:TagKeys", input.tag_keys.clone())])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_not_pending_deletion(&key)?;
        let mut record = key.into_inner().record;
        record.tags.retain(|tag| !input.tag_keys.contains(&tag.key));
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}
