//! UntagResource: removes tags by their keys.

use claviger_model::secretsmanager::UntagResourceRequest;

use claviger_core::authorize::{self, Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::{replicas, tags};

pub(crate) struct UntagResource;

const ACTION: &str = "secretsmanager:UntagResource";

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    type Input = UntagResourceRequest;
    type Output = ();
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![tags::with_tag_keys(secret.permission(ACTION, cx), input.tag_keys.clone())])
    }

    fn run(input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_writable(&record)?;
        tags::remove(&mut record.tags, &input.tag_keys);
        // As in TagResource: the caller must not lock itself out.
        let again = tags::with_tag_keys(lookup::permission(ACTION, &record), input.tag_keys);
        authorize::authorize(cx, vec![again], ())?;
        replicas::save_changed(cx, &mut record)
    }
}
