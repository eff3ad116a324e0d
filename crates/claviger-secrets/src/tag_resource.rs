//! TagResource: adds tags, or gives present ones new values.

use claviger_model::secretsmanager::TagResourceRequest;
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::lookup;
use super::on_secret::{Accepts, SecretOperation};
use super::{replicas, tags};

pub(crate) struct TagResource;

impl SecretOperation for TagResource {
    const ACTION: &'static str = "secretsmanager:TagResource";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = TagResourceRequest;
    type Output = ();

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn check(input: &Self::Input) -> Result<(), Error> {
        tags::parse(&input.tags).map(drop)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> Result<RequiredPermission, Error> {
        Ok(tags::with_request_tags(permission, &tags::parse(&input.tags)?))
    }

    fn run(input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let added = tags::parse(&input.tags)?;
        // A caller whose permission depends on the secret's tags must not lock itself out. So the permission is decided again
        // with the new tags.
        tags::add(&mut record.tags, added.clone())?;
        cx.require(tags::with_request_tags(lookup::permission(Self::ACTION, &record.clone().into()), &added))?;
        replicas::save_changed(cx, &mut record)
    }
}
