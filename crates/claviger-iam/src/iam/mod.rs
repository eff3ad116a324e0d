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
mod last_used;
mod pages;
mod policies;
pub(crate) mod tags;
mod wire;

use claviger_core::entry::OperationEntry;

use act::On;

/// Every IAM operation that this release builds. Dispatch, the action names and the compatibility page are read from it.
pub const TABLE: &[OperationEntry] = &[
    OperationEntry::of::<On<attach_role_policy::AttachRolePolicy>>(),
    OperationEntry::of::<On<attach_user_policy::AttachUserPolicy>>(),
    OperationEntry::of::<On<create_access_key::CreateAccessKey>>(),
    OperationEntry::of::<create_policy::CreatePolicy>(),
    OperationEntry::of::<On<create_policy_version::CreatePolicyVersion>>(),
    OperationEntry::of::<create_role::CreateRole>(),
    OperationEntry::of::<create_user::CreateUser>(),
    OperationEntry::of::<On<delete_access_key::DeleteAccessKey>>(),
    OperationEntry::of::<On<delete_policy::DeletePolicy>>(),
    OperationEntry::of::<On<delete_policy_version::DeletePolicyVersion>>(),
    OperationEntry::of::<On<delete_role::DeleteRole>>(),
    OperationEntry::of::<On<delete_role_permissions_boundary::DeleteRolePermissionsBoundary>>(),
    OperationEntry::of::<On<delete_role_policy::DeleteRolePolicy>>(),
    OperationEntry::of::<On<delete_user::DeleteUser>>(),
    OperationEntry::of::<On<delete_user_permissions_boundary::DeleteUserPermissionsBoundary>>(),
    OperationEntry::of::<On<delete_user_policy::DeleteUserPolicy>>(),
    OperationEntry::of::<On<detach_role_policy::DetachRolePolicy>>(),
    OperationEntry::of::<On<detach_user_policy::DetachUserPolicy>>(),
    OperationEntry::of::<get_access_key_last_used::GetAccessKeyLastUsed>(),
    OperationEntry::of::<On<get_policy::GetPolicy>>(),
    OperationEntry::of::<On<get_policy_version::GetPolicyVersion>>(),
    OperationEntry::of::<On<get_role::GetRole>>(),
    OperationEntry::of::<On<get_role_policy::GetRolePolicy>>(),
    OperationEntry::of::<get_user::GetUser>(),
    OperationEntry::of::<On<get_user_policy::GetUserPolicy>>(),
    OperationEntry::of::<On<list_access_keys::ListAccessKeys>>(),
    OperationEntry::of::<On<list_attached_role_policies::ListAttachedRolePolicies>>(),
    OperationEntry::of::<On<list_attached_user_policies::ListAttachedUserPolicies>>(),
    OperationEntry::of::<On<list_entities_for_policy::ListEntitiesForPolicy>>(),
    OperationEntry::of::<On<list_groups_for_user::ListGroupsForUser>>(),
    OperationEntry::of::<On<list_instance_profiles_for_role::ListInstanceProfilesForRole>>(),
    OperationEntry::of::<list_policies::ListPolicies>(),
    OperationEntry::of::<On<list_policy_tags::ListPolicyTags>>(),
    OperationEntry::of::<On<list_policy_versions::ListPolicyVersions>>(),
    OperationEntry::of::<On<list_role_policies::ListRolePolicies>>(),
    OperationEntry::of::<On<list_role_tags::ListRoleTags>>(),
    OperationEntry::of::<list_roles::ListRoles>(),
    OperationEntry::of::<On<list_user_policies::ListUserPolicies>>(),
    OperationEntry::of::<On<list_user_tags::ListUserTags>>(),
    OperationEntry::of::<list_users::ListUsers>(),
    OperationEntry::of::<On<put_role_permissions_boundary::PutRolePermissionsBoundary>>(),
    OperationEntry::of::<On<put_role_policy::PutRolePolicy>>(),
    OperationEntry::of::<On<put_user_permissions_boundary::PutUserPermissionsBoundary>>(),
    OperationEntry::of::<On<put_user_policy::PutUserPolicy>>(),
    OperationEntry::of::<On<set_default_policy_version::SetDefaultPolicyVersion>>(),
    OperationEntry::of::<On<tag_policy::TagPolicy>>(),
    OperationEntry::of::<On<tag_role::TagRole>>(),
    OperationEntry::of::<On<tag_user::TagUser>>(),
    OperationEntry::of::<On<untag_policy::UntagPolicy>>(),
    OperationEntry::of::<On<untag_role::UntagRole>>(),
    OperationEntry::of::<On<untag_user::UntagUser>>(),
    OperationEntry::of::<On<update_access_key::UpdateAccessKey>>(),
    OperationEntry::of::<On<update_assume_role_policy::UpdateAssumeRolePolicy>>(),
    OperationEntry::of::<On<update_role::UpdateRole>>(),
    OperationEntry::of::<On<update_role_description::UpdateRoleDescription>>(),
    OperationEntry::of::<On<update_user::UpdateUser>>(),
];
