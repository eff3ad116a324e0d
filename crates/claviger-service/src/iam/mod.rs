//! IAM: users, roles, managed policies and access keys. The table of operations, and the rules they share.
//!
//! Written in the partition's home region and copied to all others (`access.rs`). There are no groups and no instance profiles in
//! this release.

mod attach_role_policy;
mod attach_user_policy;
mod create_access_key;
mod create_policy;
mod create_policy_version;
mod create_role;
mod create_user;
mod delete_access_key;
mod delete_policy;
mod delete_policy_version;
mod delete_role;
mod delete_role_permissions_boundary;
mod delete_role_policy;
mod delete_user;
mod delete_user_permissions_boundary;
mod delete_user_policy;
mod detach_role_policy;
mod detach_user_policy;
mod get_access_key_last_used;
mod get_policy;
mod get_policy_version;
mod get_role;
mod get_role_policy;
mod get_user;
mod get_user_policy;
mod list_access_keys;
mod list_attached_role_policies;
mod list_attached_user_policies;
mod list_entities_for_policy;
mod list_groups_for_user;
mod list_instance_profiles_for_role;
mod list_policies;
mod list_policy_tags;
mod list_policy_versions;
mod list_role_policies;
mod list_role_tags;
mod list_roles;
mod list_user_policies;
mod list_user_tags;
mod list_users;
mod put_role_permissions_boundary;
mod put_role_policy;
mod put_user_permissions_boundary;
mod put_user_policy;
mod set_default_policy_version;
mod tag_policy;
mod tag_role;
mod tag_user;
mod untag_policy;
mod untag_role;
mod untag_user;
mod update_access_key;
mod update_assume_role_policy;
mod update_role;
mod update_role_description;
mod update_user;

pub(crate) mod access;
mod access_keys;
mod act;
mod announce;
mod attached;
mod boundaries;
pub(crate) mod documents;
pub(crate) mod entities;
pub(crate) mod ids;
mod inline;
pub(crate) mod managed;
mod pages;
mod policies;
pub(crate) mod tags;
mod wire;

use crate::operation::Entry;

/// Every IAM operation that this release builds. Dispatch, the action names and the compatibility page are read from it.
pub const TABLE: &[Entry] = &[
    Entry::of::<attach_role_policy::AttachRolePolicy>(),
    Entry::of::<attach_user_policy::AttachUserPolicy>(),
    Entry::of::<create_access_key::CreateAccessKey>(),
    Entry::of::<create_policy::CreatePolicy>(),
    Entry::of::<create_policy_version::CreatePolicyVersion>(),
    Entry::of::<create_role::CreateRole>(),
    Entry::of::<create_user::CreateUser>(),
    Entry::of::<delete_access_key::DeleteAccessKey>(),
    Entry::of::<delete_policy::DeletePolicy>(),
    Entry::of::<delete_policy_version::DeletePolicyVersion>(),
    Entry::of::<delete_role::DeleteRole>(),
    Entry::of::<delete_role_permissions_boundary::DeleteRolePermissionsBoundary>(),
    Entry::of::<delete_role_policy::DeleteRolePolicy>(),
    Entry::of::<delete_user::DeleteUser>(),
    Entry::of::<delete_user_permissions_boundary::DeleteUserPermissionsBoundary>(),
    Entry::of::<delete_user_policy::DeleteUserPolicy>(),
    Entry::of::<detach_role_policy::DetachRolePolicy>(),
    Entry::of::<detach_user_policy::DetachUserPolicy>(),
    Entry::of::<get_access_key_last_used::GetAccessKeyLastUsed>(),
    Entry::of::<get_policy::GetPolicy>(),
    Entry::of::<get_policy_version::GetPolicyVersion>(),
    Entry::of::<get_role::GetRole>(),
    Entry::of::<get_role_policy::GetRolePolicy>(),
    Entry::of::<get_user::GetUser>(),
    Entry::of::<get_user_policy::GetUserPolicy>(),
    Entry::of::<list_access_keys::ListAccessKeys>(),
    Entry::of::<list_attached_role_policies::ListAttachedRolePolicies>(),
    Entry::of::<list_attached_user_policies::ListAttachedUserPolicies>(),
    Entry::of::<list_entities_for_policy::ListEntitiesForPolicy>(),
    Entry::of::<list_groups_for_user::ListGroupsForUser>(),
    Entry::of::<list_instance_profiles_for_role::ListInstanceProfilesForRole>(),
    Entry::of::<list_policies::ListPolicies>(),
    Entry::of::<list_policy_tags::ListPolicyTags>(),
    Entry::of::<list_policy_versions::ListPolicyVersions>(),
    Entry::of::<list_role_policies::ListRolePolicies>(),
    Entry::of::<list_role_tags::ListRoleTags>(),
    Entry::of::<list_roles::ListRoles>(),
    Entry::of::<list_user_policies::ListUserPolicies>(),
    Entry::of::<list_user_tags::ListUserTags>(),
    Entry::of::<list_users::ListUsers>(),
    Entry::of::<put_role_permissions_boundary::PutRolePermissionsBoundary>(),
    Entry::of::<put_role_policy::PutRolePolicy>(),
    Entry::of::<put_user_permissions_boundary::PutUserPermissionsBoundary>(),
    Entry::of::<put_user_policy::PutUserPolicy>(),
    Entry::of::<set_default_policy_version::SetDefaultPolicyVersion>(),
    Entry::of::<tag_policy::TagPolicy>(),
    Entry::of::<tag_role::TagRole>(),
    Entry::of::<tag_user::TagUser>(),
    Entry::of::<untag_policy::UntagPolicy>(),
    Entry::of::<untag_role::UntagRole>(),
    Entry::of::<untag_user::UntagUser>(),
    Entry::of::<update_access_key::UpdateAccessKey>(),
    Entry::of::<update_assume_role_policy::UpdateAssumeRolePolicy>(),
    Entry::of::<update_role::UpdateRole>(),
    Entry::of::<update_role_description::UpdateRoleDescription>(),
    Entry::of::<update_user::UpdateUser>(),
];
