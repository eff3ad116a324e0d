//! Permissions boundaries of users and roles: setting and clearing them.

use std::marker::PhantomData;

use claviger_model::Input;
use claviger_model::iam::{
    DeleteRolePermissionsBoundaryRequest, DeleteUserPermissionsBoundaryRequest, PutRolePermissionsBoundaryRequest,
    PutUserPermissionsBoundaryRequest, error,
};
use claviger_store::tables::iam_table::{RoleRecord, UserRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::entities::Entity;
use super::on_resource::ResourceOperation;
use super::policies;

/// Bounds an entity by a managed policy, in the place of an earlier one.
fn put<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, arn: &str) -> Result<(), Error> {
    entity.require_modifiable()?;
    require(cx, arn)?;
    entity.identity_mut().boundary = Some(arn.to_owned());
    entity.save(cx)
}

/// Takes an entity's boundary away.
fn delete<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E) -> Result<(), Error> {
    entity.require_modifiable()?;
    if entity.identity_mut().boundary.take().is_none() {
        let text = format!("{} {} has no permissions boundary.", E::TITLE, entity.identity().name);
        return Err(Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text));
    }
    entity.save(cx)
}

/// A boundary must be a managed policy that exists.
pub(crate) fn require(cx: &Cx<'_, '_>, arn: &str) -> Result<(), Error> {
    policies::require_attachable(cx, arn, |arn| format!("Scope ARN: {arn} does not exist or is not attachable."))
}

/// Sets a permissions boundary.
pub(crate) struct Put<R>(PhantomData<R>);

/// A request that names an entity and a boundary.
pub(crate) trait PutRequest: Input + 'static {
    const ACTION: &'static str;
    type Entity: Entity;
    fn entity_name(&self) -> &str;
    fn boundary(&self) -> &str;
}

impl<R: PutRequest> ResourceOperation for Put<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = false;
    type Resource = R::Entity;
    type Input = R;
    type Output = ();

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.entity_name())
    }

    fn condition(input: &R, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PermissionsBoundary", input.boundary())
    }

    fn run(input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        put(cx, entity, input.boundary())
    }
}

/// Removes a permissions boundary.
pub(crate) struct Delete<R>(PhantomData<R>);

/// A request that names an entity.
pub(crate) trait DeleteRequest: Input + 'static {
    const ACTION: &'static str;
    type Entity: Entity;
    fn entity_name(&self) -> &str;
}

impl<R: DeleteRequest> ResourceOperation for Delete<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = false;
    type Resource = R::Entity;
    type Input = R;
    type Output = ();

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.entity_name())
    }

    fn run(_input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        delete(cx, entity)
    }
}

impl PutRequest for PutUserPermissionsBoundaryRequest {
    const ACTION: &'static str = "iam:PutUserPermissionsBoundary";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }

    fn boundary(&self) -> &str {
        &self.permissions_boundary
    }
}

impl DeleteRequest for DeleteUserPermissionsBoundaryRequest {
    const ACTION: &'static str = "iam:DeleteUserPermissionsBoundary";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }
}

impl PutRequest for PutRolePermissionsBoundaryRequest {
    const ACTION: &'static str = "iam:PutRolePermissionsBoundary";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }

    fn boundary(&self) -> &str {
        &self.permissions_boundary
    }
}

impl DeleteRequest for DeleteRolePermissionsBoundaryRequest {
    const ACTION: &'static str = "iam:DeleteRolePermissionsBoundary";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }
}
