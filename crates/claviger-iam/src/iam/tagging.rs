//! Tagging of users, roles and managed policies: TagUser, TagRole, TagPolicy, their Untag and their List operations.

use std::marker::PhantomData;

use claviger_model::iam::{
    ListPolicyTagsRequest, ListPolicyTagsResponse, ListRoleTagsRequest, ListRoleTagsResponse, ListUserTagsRequest,
    ListUserTagsResponse, Tag as WireTag, TagPolicyRequest, TagRoleRequest, TagUserRequest, UntagPolicyRequest,
    UntagRoleRequest, UntagUserRequest,
};
use claviger_model::{Input, Output};
use claviger_store::tables::Tag as StoredTag;
use claviger_store::tables::iam_table::{PolicyRecord, RoleRecord, UserRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging::Page;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags::{remove, same_key, with_tag_keys};

use super::entities::Entity;
use super::on_resource::{IamResource, ResourceOperation};
use super::pages::Window;
use super::policies::{self, Managed};
use super::tags;

/// A resource whose tags can be changed.
pub(crate) trait Tagged: IamResource {
    /// The end of its quota's name: `User` of `TagsPerUser`.
    const TITLE: &'static str;

    /// Its tags, to be changed.
    fn tags_mut(&mut self) -> &mut Vec<StoredTag>;

    /// Stores it and announces it to the other regions.
    fn store(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error>;
}

impl<E: Entity> Tagged for E {
    const TITLE: &'static str = E::TITLE;

    fn tags_mut(&mut self) -> &mut Vec<StoredTag> {
        &mut self.identity_mut().tags
    }

    fn store(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        self.save(cx)
    }
}

impl Tagged for PolicyRecord {
    const TITLE: &'static str = "Policy";

    fn tags_mut(&mut self) -> &mut Vec<StoredTag> {
        &mut self.tags
    }

    fn store(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        policies::save(cx, self)
    }
}

/// Adds tags, or gives present ones new values.
pub(crate) struct Tag<R>(PhantomData<R>);

/// A request that sets tags.
pub(crate) trait TagRequest: Input + 'static {
    const ACTION: &'static str;
    type Resource: Tagged;
    fn resource_name(&self) -> &str;
    fn tags(&self) -> &[WireTag];
}

impl<R: TagRequest> ResourceOperation for Tag<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = false;
    type Resource = R::Resource;
    type Input = R;
    type Output = ();

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.resource_name())
    }

    fn condition(input: &R, permission: RequiredPermission) -> RequiredPermission {
        tags::with_request_tags(permission, input.tags())
    }

    fn run(input: R, mut resource: R::Resource, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::merge(resource.tags_mut(), input.tags(), R::Resource::TITLE)?;
        resource.store(cx)
    }
}

/// Removes tags by their keys.
pub(crate) struct Untag<R>(PhantomData<R>);

/// A request that names the keys of tags.
pub(crate) trait UntagRequest: Input + 'static {
    const ACTION: &'static str;
    type Resource: Tagged;
    fn resource_name(&self) -> &str;
    fn keys(&self) -> &[String];
}

impl<R: UntagRequest> ResourceOperation for Untag<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = false;
    type Resource = R::Resource;
    type Input = R;
    type Output = ();

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.resource_name())
    }

    fn condition(input: &R, permission: RequiredPermission) -> RequiredPermission {
        with_tag_keys(permission, input.keys().to_vec())
    }

    fn run(input: R, mut resource: R::Resource, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        remove(resource.tags_mut(), input.keys(), same_key);
        resource.store(cx)
    }
}

/// Lists the tags of a resource.
pub(crate) struct ListTags<R>(PhantomData<R>);

/// A request for a page of tags.
pub(crate) trait ListTagsRequest: Input + 'static {
    const ACTION: &'static str;
    type Resource: IamResource;
    type Response: Output;
    fn resource_name(&self) -> &str;
    fn paging(&self) -> (Option<&str>, Option<i32>);
    fn response(page: Page<WireTag>) -> Self::Response;
}

impl<R: ListTagsRequest> ResourceOperation for ListTags<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = true;
    type Resource = R::Resource;
    type Input = R;
    type Output = R::Response;

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.resource_name())
    }

    fn run(input: R, resource: R::Resource, cx: &mut Cx<'_, '_>) -> Result<R::Response, Error> {
        let (marker, max_items) = input.paging();
        let window = Window::open(cx, R::ACTION, &[Some(resource.unique_id())], marker, max_items)?;
        let page = window.cut(cx, resource.tags().iter().cloned().map(tags::wire).collect())?;
        Ok(R::response(page))
    }
}

impl TagRequest for TagUserRequest {
    const ACTION: &'static str = "iam:TagUser";
    type Resource = UserRecord;

    fn resource_name(&self) -> &str {
        &self.user_name
    }

    fn tags(&self) -> &[WireTag] {
        &self.tags
    }
}

impl UntagRequest for UntagUserRequest {
    const ACTION: &'static str = "iam:UntagUser";
    type Resource = UserRecord;

    fn resource_name(&self) -> &str {
        &self.user_name
    }

    fn keys(&self) -> &[String] {
        &self.tag_keys
    }
}

impl ListTagsRequest for ListUserTagsRequest {
    const ACTION: &'static str = "iam:ListUserTags";
    type Resource = UserRecord;
    type Response = ListUserTagsResponse;

    fn resource_name(&self) -> &str {
        &self.user_name
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<WireTag>) -> ListUserTagsResponse {
        ListUserTagsResponse { tags: page.items, is_truncated: Some(page.next.is_some()), marker: page.next }
    }
}

impl TagRequest for TagRoleRequest {
    const ACTION: &'static str = "iam:TagRole";
    type Resource = RoleRecord;

    fn resource_name(&self) -> &str {
        &self.role_name
    }

    fn tags(&self) -> &[WireTag] {
        &self.tags
    }
}

impl UntagRequest for UntagRoleRequest {
    const ACTION: &'static str = "iam:UntagRole";
    type Resource = RoleRecord;

    fn resource_name(&self) -> &str {
        &self.role_name
    }

    fn keys(&self) -> &[String] {
        &self.tag_keys
    }
}

impl ListTagsRequest for ListRoleTagsRequest {
    const ACTION: &'static str = "iam:ListRoleTags";
    type Resource = RoleRecord;
    type Response = ListRoleTagsResponse;

    fn resource_name(&self) -> &str {
        &self.role_name
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<WireTag>) -> ListRoleTagsResponse {
        ListRoleTagsResponse { tags: page.items, is_truncated: Some(page.next.is_some()), marker: page.next }
    }
}

impl TagRequest for TagPolicyRequest {
    const ACTION: &'static str = "iam:TagPolicy";
    type Resource = PolicyRecord;

    fn resource_name(&self) -> &str {
        &self.policy_arn
    }

    fn tags(&self) -> &[WireTag] {
        &self.tags
    }
}

impl UntagRequest for UntagPolicyRequest {
    const ACTION: &'static str = "iam:UntagPolicy";
    type Resource = PolicyRecord;

    fn resource_name(&self) -> &str {
        &self.policy_arn
    }

    fn keys(&self) -> &[String] {
        &self.tag_keys
    }
}

impl ListTagsRequest for ListPolicyTagsRequest {
    const ACTION: &'static str = "iam:ListPolicyTags";
    type Resource = Managed;
    type Response = ListPolicyTagsResponse;

    fn resource_name(&self) -> &str {
        &self.policy_arn
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<WireTag>) -> ListPolicyTagsResponse {
        ListPolicyTagsResponse { tags: page.items, is_truncated: Some(page.next.is_some()), marker: page.next }
    }
}
