//! IAM: users, groups, roles, managed policies, access keys, instance profiles, identity providers and account aliases. The table of operations, and the rules they share.
//!
//! Written in the partition's home region and copied to all others (`access.rs`).

mod add_user_to_group;
mod create_access_key;
mod create_group;
mod create_policy;
mod create_policy_version;
mod create_role;
mod create_user;
mod delete_access_key;
mod delete_group;
mod delete_policy;
mod delete_policy_version;
mod delete_role;
mod delete_user;
mod get_access_key_last_used;
mod get_group;
mod get_policy;
mod get_policy_version;
mod get_role;
mod get_user;
mod list_access_keys;
mod list_entities_for_policy;
mod list_groups;
mod list_groups_for_user;
mod list_policies;
mod list_policy_versions;
mod list_roles;
mod list_users;
mod remove_user_from_group;
mod set_default_policy_version;
mod update_access_key;
mod update_assume_role_policy;
mod update_group;
mod update_role;
mod update_role_description;
mod update_user;

mod absent_credentials;
pub(crate) mod access;
mod access_keys;
mod account_alias;
mod account_details;
mod account_summary;
mod announce;
mod attached_policies;
mod boundaries;
pub(crate) mod documents;
pub(crate) mod entities;
mod group_policies;
pub(crate) mod ids;
mod inline_policies;
mod instance_profile;
mod last_accessed;
mod last_used;
mod oidc_provider;
mod on_resource;
mod pages;
mod policies;
mod provider_arn;
pub mod root_access_key;
mod saml_provider;
mod service_linked_role;
mod simulation;
mod tagging;
pub(crate) mod tags;
mod wire;

use claviger_core::entry::OperationEntry;

use claviger_model::iam as model;

use on_resource::OnResource;

/// Every IAM operation that this release builds. The pipeline dispatches by it, and the compatibility page is made from it.
pub const TABLE: &[OperationEntry] = &[
    OperationEntry::of::<OnResource<oidc_provider::client_ids::AddClientId>>(),
    OperationEntry::of::<OnResource<instance_profile::add_role::AddRoleToInstanceProfile>>(),
    OperationEntry::of::<OnResource<add_user_to_group::AddUserToGroup>>(),
    OperationEntry::of::<OnResource<attached_policies::Attach<model::AttachGroupPolicyRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::Attach<model::AttachRolePolicyRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::Attach<model::AttachUserPolicyRequest>>>(),
    OperationEntry::of::<OnResource<create_access_key::CreateAccessKey>>(),
    OperationEntry::of::<account_alias::create::CreateAccountAlias>(),
    OperationEntry::of::<create_group::CreateGroup>(),
    OperationEntry::of::<instance_profile::create::CreateInstanceProfile>(),
    OperationEntry::of::<oidc_provider::create::CreateOpenIDConnectProvider>(),
    OperationEntry::of::<create_policy::CreatePolicy>(),
    OperationEntry::of::<OnResource<create_policy_version::CreatePolicyVersion>>(),
    OperationEntry::of::<create_role::CreateRole>(),
    OperationEntry::of::<saml_provider::create::CreateSAMLProvider>(),
    OperationEntry::of::<service_linked_role::create::CreateServiceLinkedRole>(),
    OperationEntry::of::<create_user::CreateUser>(),
    OperationEntry::of::<OnResource<delete_access_key::DeleteAccessKey>>(),
    OperationEntry::of::<account_alias::delete::DeleteAccountAlias>(),
    OperationEntry::of::<OnResource<delete_group::DeleteGroup>>(),
    OperationEntry::of::<OnResource<inline_policies::Delete<model::DeleteGroupPolicyRequest>>>(),
    OperationEntry::of::<OnResource<instance_profile::delete::DeleteInstanceProfile>>(),
    OperationEntry::of::<OnResource<absent_credentials::OfNone<model::DeleteLoginProfileRequest>>>(),
    OperationEntry::of::<oidc_provider::delete::DeleteOpenIDConnectProvider>(),
    OperationEntry::of::<OnResource<delete_policy::DeletePolicy>>(),
    OperationEntry::of::<OnResource<delete_policy_version::DeletePolicyVersion>>(),
    OperationEntry::of::<OnResource<delete_role::DeleteRole>>(),
    OperationEntry::of::<OnResource<boundaries::Delete<model::DeleteRolePermissionsBoundaryRequest>>>(),
    OperationEntry::of::<OnResource<inline_policies::Delete<model::DeleteRolePolicyRequest>>>(),
    OperationEntry::of::<OnResource<saml_provider::delete::DeleteSAMLProvider>>(),
    OperationEntry::of::<OnResource<service_linked_role::delete::DeleteServiceLinkedRole>>(),
    OperationEntry::of::<OnResource<delete_user::DeleteUser>>(),
    OperationEntry::of::<OnResource<boundaries::Delete<model::DeleteUserPermissionsBoundaryRequest>>>(),
    OperationEntry::of::<OnResource<inline_policies::Delete<model::DeleteUserPolicyRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::Detach<model::DetachGroupPolicyRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::Detach<model::DetachRolePolicyRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::Detach<model::DetachUserPolicyRequest>>>(),
    OperationEntry::of::<last_accessed::generate::GenerateServiceLastAccessedDetails>(),
    OperationEntry::of::<get_access_key_last_used::GetAccessKeyLastUsed>(),
    OperationEntry::of::<account_details::GetAccountAuthorizationDetails>(),
    OperationEntry::of::<account_summary::GetAccountSummary>(),
    OperationEntry::of::<simulation::context_keys::OfCustomPolicy>(),
    OperationEntry::of::<simulation::context_keys::OfPrincipalPolicy>(),
    OperationEntry::of::<OnResource<get_group::GetGroup>>(),
    OperationEntry::of::<OnResource<inline_policies::Get<model::GetGroupPolicyRequest>>>(),
    OperationEntry::of::<OnResource<instance_profile::get::GetInstanceProfile>>(),
    OperationEntry::of::<OnResource<absent_credentials::OfNone<model::GetLoginProfileRequest>>>(),
    OperationEntry::of::<OnResource<oidc_provider::get::GetOpenIDConnectProvider>>(),
    OperationEntry::of::<OnResource<get_policy::GetPolicy>>(),
    OperationEntry::of::<OnResource<get_policy_version::GetPolicyVersion>>(),
    OperationEntry::of::<OnResource<get_role::GetRole>>(),
    OperationEntry::of::<OnResource<inline_policies::Get<model::GetRolePolicyRequest>>>(),
    OperationEntry::of::<OnResource<saml_provider::get::GetSAMLProvider>>(),
    OperationEntry::of::<last_accessed::details::GetServiceLastAccessedDetails>(),
    OperationEntry::of::<last_accessed::entities_of_service::GetServiceLastAccessedDetailsWithEntities>(),
    OperationEntry::of::<service_linked_role::deletion_status::GetServiceLinkedRoleDeletionStatus>(),
    OperationEntry::of::<get_user::GetUser>(),
    OperationEntry::of::<OnResource<inline_policies::Get<model::GetUserPolicyRequest>>>(),
    OperationEntry::of::<OnResource<list_access_keys::ListAccessKeys>>(),
    OperationEntry::of::<account_alias::list::ListAccountAliases>(),
    OperationEntry::of::<OnResource<attached_policies::ListAttached<model::ListAttachedGroupPoliciesRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::ListAttached<model::ListAttachedRolePoliciesRequest>>>(),
    OperationEntry::of::<OnResource<attached_policies::ListAttached<model::ListAttachedUserPoliciesRequest>>>(),
    OperationEntry::of::<OnResource<list_entities_for_policy::ListEntitiesForPolicy>>(),
    OperationEntry::of::<OnResource<inline_policies::List<model::ListGroupPoliciesRequest>>>(),
    OperationEntry::of::<list_groups::ListGroups>(),
    OperationEntry::of::<OnResource<list_groups_for_user::ListGroupsForUser>>(),
    OperationEntry::of::<OnResource<tagging::ListTags<model::ListInstanceProfileTagsRequest>>>(),
    OperationEntry::of::<instance_profile::list::ListInstanceProfiles>(),
    OperationEntry::of::<OnResource<instance_profile::list_for_role::ListInstanceProfilesForRole>>(),
    OperationEntry::of::<OnResource<absent_credentials::OfNone<model::ListMFADevicesRequest>>>(),
    OperationEntry::of::<OnResource<tagging::ListTags<model::ListOpenIDConnectProviderTagsRequest>>>(),
    OperationEntry::of::<oidc_provider::list::ListOpenIDConnectProviders>(),
    OperationEntry::of::<list_policies::ListPolicies>(),
    OperationEntry::of::<last_accessed::granting_policies::ListPoliciesGrantingServiceAccess>(),
    OperationEntry::of::<OnResource<tagging::ListTags<model::ListPolicyTagsRequest>>>(),
    OperationEntry::of::<OnResource<list_policy_versions::ListPolicyVersions>>(),
    OperationEntry::of::<OnResource<inline_policies::List<model::ListRolePoliciesRequest>>>(),
    OperationEntry::of::<OnResource<tagging::ListTags<model::ListRoleTagsRequest>>>(),
    OperationEntry::of::<list_roles::ListRoles>(),
    OperationEntry::of::<OnResource<tagging::ListTags<model::ListSAMLProviderTagsRequest>>>(),
    OperationEntry::of::<saml_provider::list::ListSAMLProviders>(),
    OperationEntry::of::<OnResource<absent_credentials::OfNone<model::ListSSHPublicKeysRequest>>>(),
    OperationEntry::of::<OnResource<absent_credentials::OfNone<model::ListServiceSpecificCredentialsRequest>>>(),
    OperationEntry::of::<OnResource<absent_credentials::OfNone<model::ListSigningCertificatesRequest>>>(),
    OperationEntry::of::<OnResource<inline_policies::List<model::ListUserPoliciesRequest>>>(),
    OperationEntry::of::<OnResource<tagging::ListTags<model::ListUserTagsRequest>>>(),
    OperationEntry::of::<list_users::ListUsers>(),
    OperationEntry::of::<OnResource<inline_policies::Put<model::PutGroupPolicyRequest>>>(),
    OperationEntry::of::<OnResource<boundaries::Put<model::PutRolePermissionsBoundaryRequest>>>(),
    OperationEntry::of::<OnResource<inline_policies::Put<model::PutRolePolicyRequest>>>(),
    OperationEntry::of::<OnResource<boundaries::Put<model::PutUserPermissionsBoundaryRequest>>>(),
    OperationEntry::of::<OnResource<inline_policies::Put<model::PutUserPolicyRequest>>>(),
    OperationEntry::of::<OnResource<oidc_provider::client_ids::RemoveClientId>>(),
    OperationEntry::of::<OnResource<instance_profile::remove_role::RemoveRoleFromInstanceProfile>>(),
    OperationEntry::of::<OnResource<remove_user_from_group::RemoveUserFromGroup>>(),
    OperationEntry::of::<OnResource<set_default_policy_version::SetDefaultPolicyVersion>>(),
    OperationEntry::of::<simulation::custom::SimulateCustomPolicy>(),
    OperationEntry::of::<simulation::principal::SimulatePrincipalPolicy>(),
    OperationEntry::of::<OnResource<tagging::Tag<model::TagInstanceProfileRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Tag<model::TagOpenIDConnectProviderRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Tag<model::TagPolicyRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Tag<model::TagRoleRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Tag<model::TagSAMLProviderRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Tag<model::TagUserRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Untag<model::UntagInstanceProfileRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Untag<model::UntagOpenIDConnectProviderRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Untag<model::UntagPolicyRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Untag<model::UntagRoleRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Untag<model::UntagSAMLProviderRequest>>>(),
    OperationEntry::of::<OnResource<tagging::Untag<model::UntagUserRequest>>>(),
    OperationEntry::of::<OnResource<update_access_key::UpdateAccessKey>>(),
    OperationEntry::of::<OnResource<update_assume_role_policy::UpdateAssumeRolePolicy>>(),
    OperationEntry::of::<OnResource<update_group::UpdateGroup>>(),
    OperationEntry::of::<OnResource<update_role::UpdateRole>>(),
    OperationEntry::of::<OnResource<update_role_description::UpdateRoleDescription>>(),
    OperationEntry::of::<OnResource<saml_provider::update::UpdateSAMLProvider>>(),
    OperationEntry::of::<OnResource<oidc_provider::thumbprints::UpdateThumbprints>>(),
    OperationEntry::of::<OnResource<update_user::UpdateUser>>(),
];
