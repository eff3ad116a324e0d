//! Inline policies of users, groups and roles: writing, showing, deleting and listing them.

use std::marker::PhantomData;

use claviger_model::iam::{
    DeleteRolePolicyRequest, DeleteUserPolicyRequest, GetRolePolicyRequest, GetRolePolicyResponse,
    GetUserPolicyRequest, GetUserPolicyResponse, ListRolePoliciesRequest, ListRolePoliciesResponse,
    ListUserPoliciesRequest, ListUserPoliciesResponse, PutRolePolicyRequest, PutUserPolicyRequest, error,
};
use claviger_model::{Input, Output};
use claviger_store::tables::PolicyDocument;
use claviger_store::tables::iam_table::{InlinePolicy, RoleRecord, UserRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging::Page;

use super::documents;
use super::entities::Entity;
use super::on_resource::{IamResource, ResourceOperation};
use super::pages::Window;

/// Writes an inline policy, in the place of one of the same name.
fn put<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, name: String, document: String) -> Result<(), Error> {
    entity.require_modifiable()?;
    documents::check_identity(&document)?;
    let document = PolicyDocument::new(document);
    let inline = &mut entity.identity_mut().inline;
    match inline.iter_mut().find(|p| p.name == name) {
        Some(present) => present.document = document,
        None => inline.push(InlinePolicy { name, document }),
    }
    require_within_quota::<E>(&entity)?;
    entity.save(cx)
}

fn require_within_quota<E: Entity>(entity: &E) -> Result<(), Error> {
    let identity = entity.identity();
    let total: usize = identity.inline.iter().map(|p| documents::size(p.document.text())).sum();
    if total <= E::INLINE_MAX {
        return Ok(());
    }
    let text = format!("Maximum policy size of {} bytes exceeded for {} {}", E::INLINE_MAX, E::NOUN, identity.name);
    Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text))
}

/// The document of an inline policy, encoded as it is shown.
fn document<E: Entity>(entity: &E, name: &str) -> Result<String, Error> {
    let policy = entity.identity().inline.iter().find(|p| p.name == name);
    policy.map(|p| documents::encode(p.document.text())).ok_or_else(|| missing::<E>(name))
}

/// Deletes an inline policy.
fn delete<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, name: &str) -> Result<(), Error> {
    entity.require_modifiable()?;
    let inline = &mut entity.identity_mut().inline;
    let before = inline.len();
    inline.retain(|p| p.name != name);
    if inline.len() == before {
        return Err(missing::<E>(name));
    }
    entity.save(cx)
}

/// A page of the names of inline policies.
fn page<E: Entity>(cx: &Cx<'_, '_>, window: &Window, entity: &E) -> Result<Page<String>, Error> {
    window.cut(cx, entity.identity().inline.iter().map(|p| p.name.clone()).collect())
}

/// A request about the inline policies of an entity.
pub(crate) trait InlineRequest: Input + 'static {
    const ACTION: &'static str;
    type Entity: Entity;
    fn entity_name(&self) -> &str;
}

/// Writes an inline policy.
pub(crate) struct Put<R>(PhantomData<R>);

pub(crate) trait PutRequest: InlineRequest {
    /// The name and the document of the policy.
    fn into_policy(self) -> (String, String);
}

/// Shows an inline policy.
pub(crate) struct Get<R>(PhantomData<R>);

pub(crate) trait GetRequest: InlineRequest {
    type Response: Output;
    fn policy_name(&self) -> &str;
    fn response(self, entity: &Self::Entity, document: String) -> Self::Response;
}

/// Deletes an inline policy.
pub(crate) struct Delete<R>(PhantomData<R>);

pub(crate) trait DeleteRequest: InlineRequest {
    fn policy_name(&self) -> &str;
}

/// Lists the names of inline policies.
pub(crate) struct List<R>(PhantomData<R>);

pub(crate) trait ListRequest: InlineRequest {
    type Response: Output;
    fn paging(&self) -> (Option<&str>, Option<i32>);
    fn response(page: Page<String>) -> Self::Response;
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

    fn run(input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let (name, document) = input.into_policy();
        put(cx, entity, name, document)
    }
}

impl<R: GetRequest> ResourceOperation for Get<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = true;
    type Resource = R::Entity;
    type Input = R;
    type Output = R::Response;

    fn resource_name<'a>(input: &'a R, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(input.entity_name())
    }

    fn run(input: R, entity: R::Entity, _cx: &mut Cx<'_, '_>) -> Result<R::Response, Error> {
        let document = document(&entity, input.policy_name())?;
        Ok(input.response(&entity, document))
    }
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

    fn run(input: R, entity: R::Entity, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        delete(cx, entity, input.policy_name())
    }
}

impl<R: ListRequest> ResourceOperation for List<R> {
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
        let window = Window::open(cx, R::ACTION, &[Some(entity.unique_id())], marker, max_items)?;
        Ok(R::response(page(cx, &window, &entity)?))
    }
}

impl InlineRequest for PutUserPolicyRequest {
    const ACTION: &'static str = "iam:PutUserPolicy";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }
}

impl InlineRequest for GetUserPolicyRequest {
    const ACTION: &'static str = "iam:GetUserPolicy";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }
}

impl InlineRequest for DeleteUserPolicyRequest {
    const ACTION: &'static str = "iam:DeleteUserPolicy";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }
}

impl InlineRequest for ListUserPoliciesRequest {
    const ACTION: &'static str = "iam:ListUserPolicies";
    type Entity = UserRecord;

    fn entity_name(&self) -> &str {
        &self.user_name
    }
}

impl PutRequest for PutUserPolicyRequest {
    fn into_policy(self) -> (String, String) {
        (self.policy_name, self.policy_document)
    }
}

impl GetRequest for GetUserPolicyRequest {
    type Response = GetUserPolicyResponse;

    fn policy_name(&self) -> &str {
        &self.policy_name
    }

    fn response(self, entity: &UserRecord, policy_document: String) -> GetUserPolicyResponse {
        let user_name = entity.identity.name.clone();
        GetUserPolicyResponse { user_name, policy_name: self.policy_name, policy_document }
    }
}

impl DeleteRequest for DeleteUserPolicyRequest {
    fn policy_name(&self) -> &str {
        &self.policy_name
    }
}

impl ListRequest for ListUserPoliciesRequest {
    type Response = ListUserPoliciesResponse;

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<String>) -> ListUserPoliciesResponse {
        ListUserPoliciesResponse {
            policy_names: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        }
    }
}

impl InlineRequest for PutRolePolicyRequest {
    const ACTION: &'static str = "iam:PutRolePolicy";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }
}

impl InlineRequest for GetRolePolicyRequest {
    const ACTION: &'static str = "iam:GetRolePolicy";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }
}

impl InlineRequest for DeleteRolePolicyRequest {
    const ACTION: &'static str = "iam:DeleteRolePolicy";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }
}

impl InlineRequest for ListRolePoliciesRequest {
    const ACTION: &'static str = "iam:ListRolePolicies";
    type Entity = RoleRecord;

    fn entity_name(&self) -> &str {
        &self.role_name
    }
}

impl PutRequest for PutRolePolicyRequest {
    fn into_policy(self) -> (String, String) {
        (self.policy_name, self.policy_document)
    }
}

impl GetRequest for GetRolePolicyRequest {
    type Response = GetRolePolicyResponse;

    fn policy_name(&self) -> &str {
        &self.policy_name
    }

    fn response(self, entity: &RoleRecord, policy_document: String) -> GetRolePolicyResponse {
        let role_name = entity.identity.name.clone();
        GetRolePolicyResponse { role_name, policy_name: self.policy_name, policy_document }
    }
}

impl DeleteRequest for DeleteRolePolicyRequest {
    fn policy_name(&self) -> &str {
        &self.policy_name
    }
}

impl ListRequest for ListRolePoliciesRequest {
    type Response = ListRolePoliciesResponse;

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<String>) -> ListRolePoliciesResponse {
        ListRolePoliciesResponse {
            policy_names: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        }
    }
}

fn missing<E: Entity>(name: &str) -> Error {
    Error::new(error::NO_SUCH_ENTITY_EXCEPTION, format!("The {} policy with name {name} cannot be found.", E::NOUN))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_store::tables::group_table::GroupRecord;
    use claviger_store::tables::iam_table::{Identity, RoleRecord, UserRecord};
    use claviger_types::{AccountId, Timestamp};

    use super::*;

    fn identity(characters: usize) -> Identity {
        Identity {
            account: AccountId::dev(),
            name: "ana".into(),
            path: "/".into(),
            id: "AIDA".into(),
            created: Timestamp(0),
            tags: vec![],
            attached: vec![],
            inline: vec![InlinePolicy { name: "p".into(), document: PolicyDocument::new(" x".repeat(characters)) }],
            boundary: None,
        }
    }

    #[test]
    fn inline_policies_have_a_quota_together() {
        let user = |characters| UserRecord { identity: identity(characters), groups: Vec::new() };
        assert!(require_within_quota(&user(2048)).is_ok());
        match require_within_quota(&user(2049)) {
            Err(Error::Service { info: error::LIMIT_EXCEEDED_EXCEPTION, message }) => {
                assert_eq!(message.as_deref(), Some("Maximum policy size of 2048 bytes exceeded for user ana"));
            }
            other => panic!("{other:?}"),
        }
        let group = |characters| GroupRecord { identity: identity(characters) };
        assert!(require_within_quota(&group(5120)).is_ok());
        assert!(require_within_quota(&group(5121)).is_err());
        let role = |characters| RoleRecord {
            identity: identity(characters),
            trust: String::new().into(),
            description: None,
            max_session_secs: 3600,
            bound: Vec::new(),
        };
        assert!(require_within_quota(&role(10_240)).is_ok());
        assert!(require_within_quota(&role(10_241)).is_err());
    }

    #[test]
    fn what_is_not_there_is_named() {
        let user = UserRecord { identity: identity(1), groups: Vec::new() };
        assert_eq!(document(&user, "p").unwrap(), "%20x");
        match document(&user, "q") {
            Err(Error::Service { info: error::NO_SUCH_ENTITY_EXCEPTION, message }) => {
                assert_eq!(message.as_deref(), Some("The user policy with name q cannot be found."));
            }
            other => panic!("{other:?}"),
        }
    }
}
