//! Operations on one IAM resource, such as a user, a role or a managed policy: the steps that all of them share.
//!
//! The permission is on the ARN that the resource has, or would have if it existed. Only a caller with that permission gets
//! NoSuchEntity.

use std::marker::PhantomData;

use claviger_model::{Input, Output};
use claviger_store::tables::Tag;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::access;

/// An IAM resource, which a request names.
pub(crate) trait IamResource: Sized + 'static {
    /// Finds it. An error here is a fault of the name itself. A resource that does not exist is no error.
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<Self>, Error>;

    /// Its unique id, which a resource of the same name that is made later does not have.
    fn unique_id(&self) -> &str;

    /// Its tags.
    fn tags(&self) -> &[Tag];

    /// The ARN of the permissions boundary, if the resource can have one (`iam:PermissionsBoundary`).
    fn boundary(&self) -> Option<&str> {
        None
    }
}

/// The resource of a name.
pub(crate) struct Found<S> {
    /// The ARN that it has or would have.
    pub arn: String,
    /// The resource, or the error that it does not exist.
    pub resource: Result<S, Error>,
}

impl<S: IamResource> Found<S> {
    /// Requires a permission on it.
    pub(crate) fn permission(&self, action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
        self.permission_at(action, &self.arn, cx)
    }

    /// Requires a permission on it under an ARN that it does not have yet.
    pub(crate) fn permission_at(&self, action: &'static str, arn: &str, cx: &Cx<'_, '_>) -> RequiredPermission {
        let boundary = self.resource.as_ref().ok().and_then(IamResource::boundary);
        let permission = RequiredPermission::new(action, arn, cx.account(), ResourcePolicy::Identity)
            .with_opt("iam:PermissionsBoundary", boundary);
        let tags = self.resource.as_ref().map(IamResource::tags).unwrap_or_default();
        tags.iter().fold(permission, |permission, tag| {
            permission
                .with(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str())
                .with(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str())
        })
    }
}

/// An operation on one [`IamResource`].
pub(crate) trait ResourceOperation: 'static {
    /// The action that policies name.
    const ACTION: &'static str;
    /// Whether it only reads. Operations that write are done in the home region.
    const READ_ONLY: bool;
    /// The resource that it acts on.
    type Resource: IamResource;
    /// The request.
    type Input: Input;
    /// The answer.
    type Output: Output;

    /// The name or ARN of the resource in the request.
    fn resource_name<'a>(input: &'a Self::Input, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error>;

    /// Adds the condition keys of this request.
    fn condition(_input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission
    }

    /// The permissions that this request needs besides.
    fn more_permissions(
        _input: &Self::Input,
        _found: &Found<Self::Resource>,
        _cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        Ok(Vec::new())
    }

    /// Acts on the resource.
    fn run(input: Self::Input, resource: Self::Resource, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error>;
}

/// Makes a [`ResourceOperation`] an operation.
pub(crate) struct OnResource<O>(PhantomData<O>);

impl<O: ResourceOperation> Operation for OnResource<O> {
    const ACTION: &'static str = O::ACTION;
    const READ_ONLY: bool = O::READ_ONLY;
    type Input = O::Input;
    type Output = O::Output;
    type Target = O::Resource;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<O::Resource>, Error> {
        access::admit(cx, O::READ_ONLY)?;
        let found = O::Resource::find(cx, O::resource_name(input, cx)?)?;
        let mut permissions = vec![O::condition(input, found.permission(O::ACTION, cx))];
        permissions.extend(O::more_permissions(input, &found, cx)?);
        Ok(Resolved::new(permissions, found.resource.map_err(Into::into)))
    }

    fn run(
        input: Self::Input,
        resource: Authorized<O::Resource>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        O::run(input, resource.into_inner(), cx)
    }
}
