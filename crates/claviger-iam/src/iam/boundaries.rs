//! Permissions boundaries of users and roles: setting and clearing them.

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::Entity;
use super::policies;

/// Bounds an entity by a managed policy, in the place of an earlier one.
pub(crate) fn put<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, arn: String) -> Result<(), Error> {
    require(cx, &arn)?;
    entity.identity_mut().boundary = Some(arn);
    entity.save(cx)
}

/// Takes an entity's boundary away.
pub(crate) fn delete<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E) -> Result<(), Error> {
    if entity.identity_mut().boundary.take().is_none() {
        let text = format!("{} {} has no permissions boundary.", E::TITLE, entity.identity().name);
        return Err(Error::new("NoSuchEntity", text));
    }
    entity.save(cx)
}

/// A boundary must be a managed policy that is there.
pub(crate) fn require(cx: &Cx<'_, '_>, arn: &str) -> Result<(), Error> {
    policies::require_attachable(cx, arn, |arn| format!("Scope ARN: {arn} does not exist or is not attachable."))
}
