//! TagResource: adds tags to a key, or changes their values.

use claviger_model::kms::TagResourceRequest;
use claviger_store::tables::key_table;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;
use super::tags;

pub(crate) struct TagResource;

impl KeyOperation for TagResource {
    const ACTION: &'static str = "kms:TagResource";
    const READ_ONLY: bool = false;
    const KEY_ACTION: KeyAction = KeyAction::Describe;
    type Input = TagResourceRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn check(input: &Self::Input) -> Result<(), Error> {
        tags::parse(&input.tags).map(drop)
    }

    fn condition(
        input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        Ok(tags::with_request_tags(permission, &tags::parse(&input.tags)?))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let mut record = key.record;
        tags::merge(&mut record.tags, tags::parse(&input.tags)?)?;
        key_table::save_key(cx.tx, &record)?;
        Ok(())
    }
}
