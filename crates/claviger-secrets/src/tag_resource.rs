//! TagResource: adds tags, or gives present ones new values.

use claviger_model::secretsmanager::TagResourceRequest;
use claviger_store::tables::Tag;

use claviger_core::authorize::{self, Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::{replicas, tags};

pub(crate) struct TagResource;

/// The secret and the tags to add.
pub(crate) struct Tagging {
    secret: Named,
    tags: Vec<Tag>,
}

const ACTION: &str = "secretsmanager:TagResource";

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    type Input = TagResourceRequest;
    type Output = ();
    type Target = Tagging;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Tagging, Error> {
        Ok(Tagging { tags: tags::parse(&input.tags)?, secret: Named::find(cx, &input.secret_id)? })
    }

    fn permissions(_input: &Self::Input, target: &Tagging, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![tags::with_request_tags(target.secret.permission(ACTION, cx), &target.tags)])
    }

    fn run(_input: Self::Input, target: Authorized<Tagging>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let Tagging { secret, tags: added } = target.into_inner();
        let mut record = secret.into_record()?;
        lookup::require_writable(&record)?;
        // Whoever may tag by the tags of a secret must not lock itself out by tagging: the call is asked for again, with the
        // tags as they would be.
        tags::add(&mut record.tags, added.clone())?;
        let again = tags::with_request_tags(lookup::permission(ACTION, &record), &added);
        authorize::authorize(cx, vec![again], ())?;
        replicas::save_changed(cx, &mut record)
    }
}
