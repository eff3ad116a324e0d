//! Managed policies attached to users, groups and roles: attaching, detaching and listing them.

use std::marker::PhantomData;

use claviger_model::iam::{
    AttachRolePolicyRequest, AttachUserPolicyRequest, AttachedPolicy, DetachRolePolicyRequest, DetachUserPolicyRequest,
    ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse, ListAttachedUserPoliciesRequest,
    ListAttachedUserPoliciesResponse,
};
use claviger_model::{Input, Output};
use claviger_store::tables::iam_table::{RoleRecord, UserRecord};
use claviger_types::IamArn;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging::Page;
use claviger_core::permission::RequiredPermission;

use super::entities::Entity;
use super::on_resource::{IamResource, ResourceOperation};
use super::pages::Window;
use super::{documents, policies};

/// Managed policies that a user, group or role can have.
pub(crate) const ATTACHED_MAX: usize = 10;

/// Attaches a policy; one that is attached already stays so.
fn attach<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, arn: &str) -> Result<(), Error> {
    entity.require_modifiable()?;
    policies::require_attachable(cx, arn, |arn| format!("Policy {arn} does not exist or is not attachable."))?;
    let attached = &mut entity.identity_mut().attached;
    if attached.iter().any(|a| a == arn) {
        return Ok(());
    }
    if attached.len() >= ATTACHED_MAX {
        return Err(documents::quota(&format!("PoliciesPer{}", E::TITLE), ATTACHED_MAX));
    }
    attached.push(arn.to_owned());
    entity.save(cx)
}

/// Detaches a policy.
fn detach<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, arn: &str) -> Result<(), Error> {
    entity.require_modifiable()?;
    policies::check_arn(cx, arn)?;
    let attached = &mut entity.identity_mut().attached;
    let before = attached.len();
    attached.retain(|a| a != arn);
    if attached.len() == before {
        return Err(policies::not_found(arn));
    }
    entity.save(cx)
}

/// A page of the attached policies whose path begins with `prefix`.
fn page<E: Entity>(
    cx: &Cx<'_, '_>,
    window: &Window,
    entity: &E,
    prefix: Option<&str>,
) -> Result<Page<AttachedPolicy>, Error> {
    let shown = entity.identity().attached.iter().filter_map(|arn| {
        let IamArn { path, name, .. } = IamArn::parse(arn).ok()?;
        path.starts_with(prefix.unwrap_or("/"))
            .then(|| AttachedPolicy { policy_name: Some(name), policy_arn: Some(arn.clone()) })
    });
    window.cut(cx, shown.collect())
}

/// Attaches a managed policy.
pub(crate) struct Attach<R>(PhantomData<R>);

/// Detaches a managed policy.
pub(crate) struct Detach<R>(PhantomData<R>);

/// A request that names an entity and a managed policy.
pub(crate) trait AttachmentRequest: Input + 'static {
    const ACTION: &'static str;
    type Entity: Entity;
    fn entity_name(&self) -> &str;
    fn policy_arn(&self) -> &str;
}

impl<R: AttachmentRequest> ResourceOperation for Attach<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = false;
    type Resource = R::Entity;
    type Input = R;
    type Output = ();

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.entity_name())
    }

    fn condition(input: &R, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PolicyARN", input.policy_arn())
    }

    fn run(input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        attach(cx, entity, input.policy_arn())
    }
}

impl<R: AttachmentRequest> ResourceOperation for Detach<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = false;
    type Resource = R::Entity;
    type Input = R;
    type Output = ();

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.entity_name())
    }

    fn condition(input: &R, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PolicyARN", input.policy_arn())
    }

    fn run(input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        detach(cx, entity, input.policy_arn())
    }
}

/// Lists the managed policies that are attached.
pub(crate) struct ListAttached<R>(PhantomData<R>);

/// A request for a page of attached policies.
pub(crate) trait ListAttachedRequest: Input + 'static {
    const ACTION: &'static str;
    type Entity: Entity;
    type Response: Output;
    fn entity_name(&self) -> &str;
    fn path_prefix(&self) -> Option<&str>;
    fn paging(&self) -> (Option<&str>, Option<i32>);
    fn response(page: Page<AttachedPolicy>) -> Self::Response;
}

impl<R: ListAttachedRequest> ResourceOperation for ListAttached<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = true;
    type Resource = R::Entity;
    type Input = R;
    type Output = R::Response;

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.entity_name())
    }

    fn run(input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<R::Response, Error> {
        let (marker, max_items) = input.paging();
        let scope = [Some(entity.unique_id()), input.path_prefix()];
        let window = Window::open(cx, R::ACTION, &scope, marker, max_items)?;
        Ok(R::response(page(cx, &window, &entity, input.path_prefix())?))
    }
}

impl AttachmentRequest for AttachUserPolicyRequest {
    const ACTION: &'static str = "iam:AttachUserPolicy";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }

    fn policy_arn(&self) -> &str {
        &self.policy_arn
    }
}

impl AttachmentRequest for DetachUserPolicyRequest {
    const ACTION: &'static str = "iam:DetachUserPolicy";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }

    fn policy_arn(&self) -> &str {
        &self.policy_arn
    }
}

impl ListAttachedRequest for ListAttachedUserPoliciesRequest {
    const ACTION: &'static str = "iam:ListAttachedUserPolicies";
    type Entity = UserRecord;
    type Response = ListAttachedUserPoliciesResponse;

    fn entity_name(&self) -> &str {
        &self.user_name
    }

    fn path_prefix(&self) -> Option<&str> {
        self.path_prefix.as_deref()
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<AttachedPolicy>) -> Self::Response {
        let (attached_policies, is_truncated) = (Some(page.items), Some(page.next.is_some()));
        ListAttachedUserPoliciesResponse { attached_policies, is_truncated, marker: page.next }
    }
}

impl AttachmentRequest for AttachRolePolicyRequest {
    const ACTION: &'static str = "iam:AttachRolePolicy";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }

    fn policy_arn(&self) -> &str {
        &self.policy_arn
    }
}

impl AttachmentRequest for DetachRolePolicyRequest {
    const ACTION: &'static str = "iam:DetachRolePolicy";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }

    fn policy_arn(&self) -> &str {
        &self.policy_arn
    }
}

impl ListAttachedRequest for ListAttachedRolePoliciesRequest {
    const ACTION: &'static str = "iam:ListAttachedRolePolicies";
    type Entity = RoleRecord;
    type Response = ListAttachedRolePoliciesResponse;

    fn entity_name(&self) -> &str {
        &self.role_name
    }

    fn path_prefix(&self) -> Option<&str> {
        self.path_prefix.as_deref()
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<AttachedPolicy>) -> Self::Response {
        let (attached_policies, is_truncated) = (Some(page.items), Some(page.next.is_some()));
        ListAttachedRolePoliciesResponse { attached_policies, is_truncated, marker: page.next }
    }
}
