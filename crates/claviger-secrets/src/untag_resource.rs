//! UntagResource: removes tags by their keys.

use claviger_model::secretsmanager::UntagResourceRequest;
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags::with_tag_keys;

use super::lookup;
use super::on_secret::{Accepts, SecretOperation};
use super::{replicas, tags};

pub(crate) struct UntagResource;

impl SecretOperation for UntagResource {
    const ACTION: &'static str = "secretsmanager:UntagResource";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = UntagResourceRequest;
    type Output = ();

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> Result<RequiredPermission, Error> {
        Ok(with_tag_keys(permission, input.tag_keys.clone()))
    }

    fn run(input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        tags::remove(&mut record.tags, &input.tag_keys);
        // As in TagResource: the caller must not lock itself out.
        let again = with_tag_keys(lookup::permission(Self::ACTION, &record.clone().into()), input.tag_keys);
        cx.require(again)?;
        replicas::save_changed(cx, &mut record)
    }
}
