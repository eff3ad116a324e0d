//! UntagResource: removes tags from a key. Keys of absent tags are ignored.

use claviger_model::kms::UntagResourceRequest;
use claviger_store::tables::key_table;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;

pub(crate) struct UntagResource;

impl KeyOperation for UntagResource {
    const ACTION: &'static str = "kms:UntagResource";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Describe;
    type Input = UntagResourceRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn condition(
        input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        Ok(tags::with_tag_keys(permission, input.tag_keys.clone()))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let mut record = key.record;
        tags::remove(&mut record.tags, &input.tag_keys, tags::exact_key);
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}
