//! TagResource: adds tags to a key, or changes their values.

use claviger_model::kms::TagResourceRequest;
use claviger_store::tables::keys as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::{state, tags};

pub(crate) struct TagResource;

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    type Input = TagResourceRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        tags::parse(&input.tags)?;
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let permission = keys::permission("kms:TagResource", key, cx)?;
        Ok(vec![tags::with_request_tags(permission, &tags::parse(&input.tags)?)])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_not_pending_deletion(&key)?;
        let mut record = key.into_inner().record;
        tags::merge(&mut record.tags, tags::parse(&input.tags)?)?;
        records::save_key(cx.tx, &record)?;
        Ok(())
    }
}
