//! Identity and Access Management, as its service model in botocore 1.43.11 describes it (iam/2010-05-08).
//! The model's SHA-256 digest is
//! `c38893871dbb08aabc02ffae18d5a3a59187f58603a642b46458c6ccddc132e5`.
//!
//! Made by `cargo xtask codegen`. Do not edit.

use std::collections::BTreeMap;

use claviger_types::{Sensitive, Timestamp};

use crate::structure::structure;
use crate::{Kind, OperationInfo, Pattern, Protocol, Service, Shape};

/// The service: its protocol and operations.
pub static SERVICE: Service = Service {
    name: "iam",
    signing_name: "iam",
    protocol: Protocol::Query { version: "2010-05-08", namespace: "https://iam.amazonaws.com/doc/2010-05-08/" },
    operations: OPERATIONS,
    internal_error: Some(error::SERVICE_FAILURE_EXCEPTION),
};

static OPERATIONS: &[OperationInfo] = &[
    OperationInfo {
        name: "AcceptDelegationRequest",
        signed: true,
        input: Some(&ACCEPT_DELEGATION_REQUEST_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "AddClientIDToOpenIDConnectProvider",
        signed: true,
        input: Some(&ADD_CLIENT_ID_TO_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "AddRoleToInstanceProfile",
        signed: true,
        input: Some(&ADD_ROLE_TO_INSTANCE_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo { name: "AddUserToGroup", signed: true, input: Some(&ADD_USER_TO_GROUP_REQUEST), output: None },
    OperationInfo {
        name: "AssociateDelegationRequest",
        signed: true,
        input: Some(&ASSOCIATE_DELEGATION_REQUEST_REQUEST),
        output: None,
    },
    OperationInfo { name: "AttachGroupPolicy", signed: true, input: Some(&ATTACH_GROUP_POLICY_REQUEST), output: None },
    OperationInfo { name: "AttachRolePolicy", signed: true, input: Some(&ATTACH_ROLE_POLICY_REQUEST), output: None },
    OperationInfo { name: "AttachUserPolicy", signed: true, input: Some(&ATTACH_USER_POLICY_REQUEST), output: None },
    OperationInfo { name: "ChangePassword", signed: true, input: Some(&CHANGE_PASSWORD_REQUEST), output: None },
    OperationInfo {
        name: "CreateAccessKey",
        signed: true,
        input: Some(&CREATE_ACCESS_KEY_REQUEST),
        output: Some(&CREATE_ACCESS_KEY_RESPONSE),
    },
    OperationInfo {
        name: "CreateAccountAlias",
        signed: true,
        input: Some(&CREATE_ACCOUNT_ALIAS_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "CreateDelegationRequest",
        signed: true,
        input: Some(&CREATE_DELEGATION_REQUEST_REQUEST),
        output: Some(&CREATE_DELEGATION_REQUEST_RESPONSE),
    },
    OperationInfo {
        name: "CreateGroup",
        signed: true,
        input: Some(&CREATE_GROUP_REQUEST),
        output: Some(&CREATE_GROUP_RESPONSE),
    },
    OperationInfo {
        name: "CreateInstanceProfile",
        signed: true,
        input: Some(&CREATE_INSTANCE_PROFILE_REQUEST),
        output: Some(&CREATE_INSTANCE_PROFILE_RESPONSE),
    },
    OperationInfo {
        name: "CreateLoginProfile",
        signed: true,
        input: Some(&CREATE_LOGIN_PROFILE_REQUEST),
        output: Some(&CREATE_LOGIN_PROFILE_RESPONSE),
    },
    OperationInfo {
        name: "CreateOpenIDConnectProvider",
        signed: true,
        input: Some(&CREATE_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: Some(&CREATE_OPEN_ID_CONNECT_PROVIDER_RESPONSE),
    },
    OperationInfo {
        name: "CreatePolicy",
        signed: true,
        input: Some(&CREATE_POLICY_REQUEST),
        output: Some(&CREATE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "CreatePolicyVersion",
        signed: true,
        input: Some(&CREATE_POLICY_VERSION_REQUEST),
        output: Some(&CREATE_POLICY_VERSION_RESPONSE),
    },
    OperationInfo {
        name: "CreateRole",
        signed: true,
        input: Some(&CREATE_ROLE_REQUEST),
        output: Some(&CREATE_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "CreateSAMLProvider",
        signed: true,
        input: Some(&CREATE_SAML_PROVIDER_REQUEST),
        output: Some(&CREATE_SAML_PROVIDER_RESPONSE),
    },
    OperationInfo {
        name: "CreateServiceLinkedRole",
        signed: true,
        input: Some(&CREATE_SERVICE_LINKED_ROLE_REQUEST),
        output: Some(&CREATE_SERVICE_LINKED_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "CreateServiceSpecificCredential",
        signed: true,
        input: Some(&CREATE_SERVICE_SPECIFIC_CREDENTIAL_REQUEST),
        output: Some(&CREATE_SERVICE_SPECIFIC_CREDENTIAL_RESPONSE),
    },
    OperationInfo {
        name: "CreateUser",
        signed: true,
        input: Some(&CREATE_USER_REQUEST),
        output: Some(&CREATE_USER_RESPONSE),
    },
    OperationInfo {
        name: "CreateVirtualMFADevice",
        signed: true,
        input: Some(&CREATE_VIRTUAL_MFA_DEVICE_REQUEST),
        output: Some(&CREATE_VIRTUAL_MFA_DEVICE_RESPONSE),
    },
    OperationInfo {
        name: "DeactivateMFADevice",
        signed: true,
        input: Some(&DEACTIVATE_MFA_DEVICE_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteAccessKey", signed: true, input: Some(&DELETE_ACCESS_KEY_REQUEST), output: None },
    OperationInfo {
        name: "DeleteAccountAlias",
        signed: true,
        input: Some(&DELETE_ACCOUNT_ALIAS_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteAccountPasswordPolicy", signed: true, input: None, output: None },
    OperationInfo { name: "DeleteGroup", signed: true, input: Some(&DELETE_GROUP_REQUEST), output: None },
    OperationInfo { name: "DeleteGroupPolicy", signed: true, input: Some(&DELETE_GROUP_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "DeleteInstanceProfile",
        signed: true,
        input: Some(&DELETE_INSTANCE_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteLoginProfile",
        signed: true,
        input: Some(&DELETE_LOGIN_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteOpenIDConnectProvider",
        signed: true,
        input: Some(&DELETE_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeletePolicy", signed: true, input: Some(&DELETE_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "DeletePolicyVersion",
        signed: true,
        input: Some(&DELETE_POLICY_VERSION_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteRole", signed: true, input: Some(&DELETE_ROLE_REQUEST), output: None },
    OperationInfo {
        name: "DeleteRolePermissionsBoundary",
        signed: true,
        input: Some(&DELETE_ROLE_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteRolePolicy", signed: true, input: Some(&DELETE_ROLE_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "DeleteSAMLProvider",
        signed: true,
        input: Some(&DELETE_SAML_PROVIDER_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteSSHPublicKey",
        signed: true,
        input: Some(&DELETE_SSH_PUBLIC_KEY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteServerCertificate",
        signed: true,
        input: Some(&DELETE_SERVER_CERTIFICATE_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteServiceLinkedRole",
        signed: true,
        input: Some(&DELETE_SERVICE_LINKED_ROLE_REQUEST),
        output: Some(&DELETE_SERVICE_LINKED_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "DeleteServiceSpecificCredential",
        signed: true,
        input: Some(&DELETE_SERVICE_SPECIFIC_CREDENTIAL_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteSigningCertificate",
        signed: true,
        input: Some(&DELETE_SIGNING_CERTIFICATE_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteUser", signed: true, input: Some(&DELETE_USER_REQUEST), output: None },
    OperationInfo {
        name: "DeleteUserPermissionsBoundary",
        signed: true,
        input: Some(&DELETE_USER_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteUserPolicy", signed: true, input: Some(&DELETE_USER_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "DeleteVirtualMFADevice",
        signed: true,
        input: Some(&DELETE_VIRTUAL_MFA_DEVICE_REQUEST),
        output: None,
    },
    OperationInfo { name: "DetachGroupPolicy", signed: true, input: Some(&DETACH_GROUP_POLICY_REQUEST), output: None },
    OperationInfo { name: "DetachRolePolicy", signed: true, input: Some(&DETACH_ROLE_POLICY_REQUEST), output: None },
    OperationInfo { name: "DetachUserPolicy", signed: true, input: Some(&DETACH_USER_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "DisableOrganizationsRootCredentialsManagement",
        signed: true,
        input: Some(&DISABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_REQUEST),
        output: Some(&DISABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_RESPONSE),
    },
    OperationInfo {
        name: "DisableOrganizationsRootSessions",
        signed: true,
        input: Some(&DISABLE_ORGANIZATIONS_ROOT_SESSIONS_REQUEST),
        output: Some(&DISABLE_ORGANIZATIONS_ROOT_SESSIONS_RESPONSE),
    },
    OperationInfo { name: "DisableOutboundWebIdentityFederation", signed: true, input: None, output: None },
    OperationInfo { name: "EnableMFADevice", signed: true, input: Some(&ENABLE_MFA_DEVICE_REQUEST), output: None },
    OperationInfo {
        name: "EnableOrganizationsRootCredentialsManagement",
        signed: true,
        input: Some(&ENABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_REQUEST),
        output: Some(&ENABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_RESPONSE),
    },
    OperationInfo {
        name: "EnableOrganizationsRootSessions",
        signed: true,
        input: Some(&ENABLE_ORGANIZATIONS_ROOT_SESSIONS_REQUEST),
        output: Some(&ENABLE_ORGANIZATIONS_ROOT_SESSIONS_RESPONSE),
    },
    OperationInfo {
        name: "EnableOutboundWebIdentityFederation",
        signed: true,
        input: None,
        output: Some(&ENABLE_OUTBOUND_WEB_IDENTITY_FEDERATION_RESPONSE),
    },
    OperationInfo {
        name: "GenerateCredentialReport",
        signed: true,
        input: None,
        output: Some(&GENERATE_CREDENTIAL_REPORT_RESPONSE),
    },
    OperationInfo {
        name: "GenerateOrganizationsAccessReport",
        signed: true,
        input: Some(&GENERATE_ORGANIZATIONS_ACCESS_REPORT_REQUEST),
        output: Some(&GENERATE_ORGANIZATIONS_ACCESS_REPORT_RESPONSE),
    },
    OperationInfo {
        name: "GenerateServiceLastAccessedDetails",
        signed: true,
        input: Some(&GENERATE_SERVICE_LAST_ACCESSED_DETAILS_REQUEST),
        output: Some(&GENERATE_SERVICE_LAST_ACCESSED_DETAILS_RESPONSE),
    },
    OperationInfo {
        name: "GetAccessKeyLastUsed",
        signed: true,
        input: Some(&GET_ACCESS_KEY_LAST_USED_REQUEST),
        output: Some(&GET_ACCESS_KEY_LAST_USED_RESPONSE),
    },
    OperationInfo {
        name: "GetAccountAuthorizationDetails",
        signed: true,
        input: Some(&GET_ACCOUNT_AUTHORIZATION_DETAILS_REQUEST),
        output: Some(&GET_ACCOUNT_AUTHORIZATION_DETAILS_RESPONSE),
    },
    OperationInfo {
        name: "GetAccountPasswordPolicy",
        signed: true,
        input: None,
        output: Some(&GET_ACCOUNT_PASSWORD_POLICY_RESPONSE),
    },
    OperationInfo { name: "GetAccountSummary", signed: true, input: None, output: Some(&GET_ACCOUNT_SUMMARY_RESPONSE) },
    OperationInfo {
        name: "GetContextKeysForCustomPolicy",
        signed: true,
        input: Some(&GET_CONTEXT_KEYS_FOR_CUSTOM_POLICY_REQUEST),
        output: Some(&GET_CONTEXT_KEYS_FOR_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetContextKeysForPrincipalPolicy",
        signed: true,
        input: Some(&GET_CONTEXT_KEYS_FOR_PRINCIPAL_POLICY_REQUEST),
        output: Some(&GET_CONTEXT_KEYS_FOR_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetCredentialReport",
        signed: true,
        input: None,
        output: Some(&GET_CREDENTIAL_REPORT_RESPONSE),
    },
    OperationInfo {
        name: "GetDelegationRequest",
        signed: true,
        input: Some(&GET_DELEGATION_REQUEST_REQUEST),
        output: Some(&GET_DELEGATION_REQUEST_RESPONSE),
    },
    OperationInfo {
        name: "GetGroup",
        signed: true,
        input: Some(&GET_GROUP_REQUEST),
        output: Some(&GET_GROUP_RESPONSE),
    },
    OperationInfo {
        name: "GetGroupPolicy",
        signed: true,
        input: Some(&GET_GROUP_POLICY_REQUEST),
        output: Some(&GET_GROUP_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetHumanReadableSummary",
        signed: true,
        input: Some(&GET_HUMAN_READABLE_SUMMARY_REQUEST),
        output: Some(&GET_HUMAN_READABLE_SUMMARY_RESPONSE),
    },
    OperationInfo {
        name: "GetInstanceProfile",
        signed: true,
        input: Some(&GET_INSTANCE_PROFILE_REQUEST),
        output: Some(&GET_INSTANCE_PROFILE_RESPONSE),
    },
    OperationInfo {
        name: "GetLoginProfile",
        signed: true,
        input: Some(&GET_LOGIN_PROFILE_REQUEST),
        output: Some(&GET_LOGIN_PROFILE_RESPONSE),
    },
    OperationInfo {
        name: "GetMFADevice",
        signed: true,
        input: Some(&GET_MFA_DEVICE_REQUEST),
        output: Some(&GET_MFA_DEVICE_RESPONSE),
    },
    OperationInfo {
        name: "GetOpenIDConnectProvider",
        signed: true,
        input: Some(&GET_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: Some(&GET_OPEN_ID_CONNECT_PROVIDER_RESPONSE),
    },
    OperationInfo {
        name: "GetOrganizationsAccessReport",
        signed: true,
        input: Some(&GET_ORGANIZATIONS_ACCESS_REPORT_REQUEST),
        output: Some(&GET_ORGANIZATIONS_ACCESS_REPORT_RESPONSE),
    },
    OperationInfo {
        name: "GetOutboundWebIdentityFederationInfo",
        signed: true,
        input: None,
        output: Some(&GET_OUTBOUND_WEB_IDENTITY_FEDERATION_INFO_RESPONSE),
    },
    OperationInfo {
        name: "GetPolicy",
        signed: true,
        input: Some(&GET_POLICY_REQUEST),
        output: Some(&GET_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetPolicyVersion",
        signed: true,
        input: Some(&GET_POLICY_VERSION_REQUEST),
        output: Some(&GET_POLICY_VERSION_RESPONSE),
    },
    OperationInfo { name: "GetRole", signed: true, input: Some(&GET_ROLE_REQUEST), output: Some(&GET_ROLE_RESPONSE) },
    OperationInfo {
        name: "GetRolePolicy",
        signed: true,
        input: Some(&GET_ROLE_POLICY_REQUEST),
        output: Some(&GET_ROLE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetSAMLProvider",
        signed: true,
        input: Some(&GET_SAML_PROVIDER_REQUEST),
        output: Some(&GET_SAML_PROVIDER_RESPONSE),
    },
    OperationInfo {
        name: "GetSSHPublicKey",
        signed: true,
        input: Some(&GET_SSH_PUBLIC_KEY_REQUEST),
        output: Some(&GET_SSH_PUBLIC_KEY_RESPONSE),
    },
    OperationInfo {
        name: "GetServerCertificate",
        signed: true,
        input: Some(&GET_SERVER_CERTIFICATE_REQUEST),
        output: Some(&GET_SERVER_CERTIFICATE_RESPONSE),
    },
    OperationInfo {
        name: "GetServiceLastAccessedDetails",
        signed: true,
        input: Some(&GET_SERVICE_LAST_ACCESSED_DETAILS_REQUEST),
        output: Some(&GET_SERVICE_LAST_ACCESSED_DETAILS_RESPONSE),
    },
    OperationInfo {
        name: "GetServiceLastAccessedDetailsWithEntities",
        signed: true,
        input: Some(&GET_SERVICE_LAST_ACCESSED_DETAILS_WITH_ENTITIES_REQUEST),
        output: Some(&GET_SERVICE_LAST_ACCESSED_DETAILS_WITH_ENTITIES_RESPONSE),
    },
    OperationInfo {
        name: "GetServiceLinkedRoleDeletionStatus",
        signed: true,
        input: Some(&GET_SERVICE_LINKED_ROLE_DELETION_STATUS_REQUEST),
        output: Some(&GET_SERVICE_LINKED_ROLE_DELETION_STATUS_RESPONSE),
    },
    OperationInfo { name: "GetUser", signed: true, input: Some(&GET_USER_REQUEST), output: Some(&GET_USER_RESPONSE) },
    OperationInfo {
        name: "GetUserPolicy",
        signed: true,
        input: Some(&GET_USER_POLICY_REQUEST),
        output: Some(&GET_USER_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "ListAccessKeys",
        signed: true,
        input: Some(&LIST_ACCESS_KEYS_REQUEST),
        output: Some(&LIST_ACCESS_KEYS_RESPONSE),
    },
    OperationInfo {
        name: "ListAccountAliases",
        signed: true,
        input: Some(&LIST_ACCOUNT_ALIASES_REQUEST),
        output: Some(&LIST_ACCOUNT_ALIASES_RESPONSE),
    },
    OperationInfo {
        name: "ListAttachedGroupPolicies",
        signed: true,
        input: Some(&LIST_ATTACHED_GROUP_POLICIES_REQUEST),
        output: Some(&LIST_ATTACHED_GROUP_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListAttachedRolePolicies",
        signed: true,
        input: Some(&LIST_ATTACHED_ROLE_POLICIES_REQUEST),
        output: Some(&LIST_ATTACHED_ROLE_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListAttachedUserPolicies",
        signed: true,
        input: Some(&LIST_ATTACHED_USER_POLICIES_REQUEST),
        output: Some(&LIST_ATTACHED_USER_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListDelegationRequests",
        signed: true,
        input: Some(&LIST_DELEGATION_REQUESTS_REQUEST),
        output: Some(&LIST_DELEGATION_REQUESTS_RESPONSE),
    },
    OperationInfo {
        name: "ListEntitiesForPolicy",
        signed: true,
        input: Some(&LIST_ENTITIES_FOR_POLICY_REQUEST),
        output: Some(&LIST_ENTITIES_FOR_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "ListGroupPolicies",
        signed: true,
        input: Some(&LIST_GROUP_POLICIES_REQUEST),
        output: Some(&LIST_GROUP_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListGroups",
        signed: true,
        input: Some(&LIST_GROUPS_REQUEST),
        output: Some(&LIST_GROUPS_RESPONSE),
    },
    OperationInfo {
        name: "ListGroupsForUser",
        signed: true,
        input: Some(&LIST_GROUPS_FOR_USER_REQUEST),
        output: Some(&LIST_GROUPS_FOR_USER_RESPONSE),
    },
    OperationInfo {
        name: "ListInstanceProfileTags",
        signed: true,
        input: Some(&LIST_INSTANCE_PROFILE_TAGS_REQUEST),
        output: Some(&LIST_INSTANCE_PROFILE_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListInstanceProfiles",
        signed: true,
        input: Some(&LIST_INSTANCE_PROFILES_REQUEST),
        output: Some(&LIST_INSTANCE_PROFILES_RESPONSE),
    },
    OperationInfo {
        name: "ListInstanceProfilesForRole",
        signed: true,
        input: Some(&LIST_INSTANCE_PROFILES_FOR_ROLE_REQUEST),
        output: Some(&LIST_INSTANCE_PROFILES_FOR_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "ListMFADeviceTags",
        signed: true,
        input: Some(&LIST_MFA_DEVICE_TAGS_REQUEST),
        output: Some(&LIST_MFA_DEVICE_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListMFADevices",
        signed: true,
        input: Some(&LIST_MFA_DEVICES_REQUEST),
        output: Some(&LIST_MFA_DEVICES_RESPONSE),
    },
    OperationInfo {
        name: "ListOpenIDConnectProviderTags",
        signed: true,
        input: Some(&LIST_OPEN_ID_CONNECT_PROVIDER_TAGS_REQUEST),
        output: Some(&LIST_OPEN_ID_CONNECT_PROVIDER_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListOpenIDConnectProviders",
        signed: true,
        input: Some(&LIST_OPEN_ID_CONNECT_PROVIDERS_REQUEST),
        output: Some(&LIST_OPEN_ID_CONNECT_PROVIDERS_RESPONSE),
    },
    OperationInfo {
        name: "ListOrganizationsFeatures",
        signed: true,
        input: Some(&LIST_ORGANIZATIONS_FEATURES_REQUEST),
        output: Some(&LIST_ORGANIZATIONS_FEATURES_RESPONSE),
    },
    OperationInfo {
        name: "ListPolicies",
        signed: true,
        input: Some(&LIST_POLICIES_REQUEST),
        output: Some(&LIST_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListPoliciesGrantingServiceAccess",
        signed: true,
        input: Some(&LIST_POLICIES_GRANTING_SERVICE_ACCESS_REQUEST),
        output: Some(&LIST_POLICIES_GRANTING_SERVICE_ACCESS_RESPONSE),
    },
    OperationInfo {
        name: "ListPolicyTags",
        signed: true,
        input: Some(&LIST_POLICY_TAGS_REQUEST),
        output: Some(&LIST_POLICY_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListPolicyVersions",
        signed: true,
        input: Some(&LIST_POLICY_VERSIONS_REQUEST),
        output: Some(&LIST_POLICY_VERSIONS_RESPONSE),
    },
    OperationInfo {
        name: "ListRolePolicies",
        signed: true,
        input: Some(&LIST_ROLE_POLICIES_REQUEST),
        output: Some(&LIST_ROLE_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListRoleTags",
        signed: true,
        input: Some(&LIST_ROLE_TAGS_REQUEST),
        output: Some(&LIST_ROLE_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListRoles",
        signed: true,
        input: Some(&LIST_ROLES_REQUEST),
        output: Some(&LIST_ROLES_RESPONSE),
    },
    OperationInfo {
        name: "ListSAMLProviderTags",
        signed: true,
        input: Some(&LIST_SAML_PROVIDER_TAGS_REQUEST),
        output: Some(&LIST_SAML_PROVIDER_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListSAMLProviders",
        signed: true,
        input: Some(&LIST_SAML_PROVIDERS_REQUEST),
        output: Some(&LIST_SAML_PROVIDERS_RESPONSE),
    },
    OperationInfo {
        name: "ListSSHPublicKeys",
        signed: true,
        input: Some(&LIST_SSH_PUBLIC_KEYS_REQUEST),
        output: Some(&LIST_SSH_PUBLIC_KEYS_RESPONSE),
    },
    OperationInfo {
        name: "ListServerCertificateTags",
        signed: true,
        input: Some(&LIST_SERVER_CERTIFICATE_TAGS_REQUEST),
        output: Some(&LIST_SERVER_CERTIFICATE_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListServerCertificates",
        signed: true,
        input: Some(&LIST_SERVER_CERTIFICATES_REQUEST),
        output: Some(&LIST_SERVER_CERTIFICATES_RESPONSE),
    },
    OperationInfo {
        name: "ListServiceSpecificCredentials",
        signed: true,
        input: Some(&LIST_SERVICE_SPECIFIC_CREDENTIALS_REQUEST),
        output: Some(&LIST_SERVICE_SPECIFIC_CREDENTIALS_RESPONSE),
    },
    OperationInfo {
        name: "ListSigningCertificates",
        signed: true,
        input: Some(&LIST_SIGNING_CERTIFICATES_REQUEST),
        output: Some(&LIST_SIGNING_CERTIFICATES_RESPONSE),
    },
    OperationInfo {
        name: "ListUserPolicies",
        signed: true,
        input: Some(&LIST_USER_POLICIES_REQUEST),
        output: Some(&LIST_USER_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListUserTags",
        signed: true,
        input: Some(&LIST_USER_TAGS_REQUEST),
        output: Some(&LIST_USER_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListUsers",
        signed: true,
        input: Some(&LIST_USERS_REQUEST),
        output: Some(&LIST_USERS_RESPONSE),
    },
    OperationInfo {
        name: "ListVirtualMFADevices",
        signed: true,
        input: Some(&LIST_VIRTUAL_MFA_DEVICES_REQUEST),
        output: Some(&LIST_VIRTUAL_MFA_DEVICES_RESPONSE),
    },
    OperationInfo { name: "PutGroupPolicy", signed: true, input: Some(&PUT_GROUP_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "PutRolePermissionsBoundary",
        signed: true,
        input: Some(&PUT_ROLE_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo { name: "PutRolePolicy", signed: true, input: Some(&PUT_ROLE_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "PutUserPermissionsBoundary",
        signed: true,
        input: Some(&PUT_USER_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo { name: "PutUserPolicy", signed: true, input: Some(&PUT_USER_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "RejectDelegationRequest",
        signed: true,
        input: Some(&REJECT_DELEGATION_REQUEST_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "RemoveClientIDFromOpenIDConnectProvider",
        signed: true,
        input: Some(&REMOVE_CLIENT_ID_FROM_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "RemoveRoleFromInstanceProfile",
        signed: true,
        input: Some(&REMOVE_ROLE_FROM_INSTANCE_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "RemoveUserFromGroup",
        signed: true,
        input: Some(&REMOVE_USER_FROM_GROUP_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "ResetServiceSpecificCredential",
        signed: true,
        input: Some(&RESET_SERVICE_SPECIFIC_CREDENTIAL_REQUEST),
        output: Some(&RESET_SERVICE_SPECIFIC_CREDENTIAL_RESPONSE),
    },
    OperationInfo { name: "ResyncMFADevice", signed: true, input: Some(&RESYNC_MFA_DEVICE_REQUEST), output: None },
    OperationInfo {
        name: "SendDelegationToken",
        signed: true,
        input: Some(&SEND_DELEGATION_TOKEN_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "SetDefaultPolicyVersion",
        signed: true,
        input: Some(&SET_DEFAULT_POLICY_VERSION_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "SetSecurityTokenServicePreferences",
        signed: true,
        input: Some(&SET_SECURITY_TOKEN_SERVICE_PREFERENCES_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "SimulateCustomPolicy",
        signed: true,
        input: Some(&SIMULATE_CUSTOM_POLICY_REQUEST),
        output: Some(&SIMULATE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "SimulatePrincipalPolicy",
        signed: true,
        input: Some(&SIMULATE_PRINCIPAL_POLICY_REQUEST),
        output: Some(&SIMULATE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "TagInstanceProfile",
        signed: true,
        input: Some(&TAG_INSTANCE_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo { name: "TagMFADevice", signed: true, input: Some(&TAG_MFA_DEVICE_REQUEST), output: None },
    OperationInfo {
        name: "TagOpenIDConnectProvider",
        signed: true,
        input: Some(&TAG_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: None,
    },
    OperationInfo { name: "TagPolicy", signed: true, input: Some(&TAG_POLICY_REQUEST), output: None },
    OperationInfo { name: "TagRole", signed: true, input: Some(&TAG_ROLE_REQUEST), output: None },
    OperationInfo { name: "TagSAMLProvider", signed: true, input: Some(&TAG_SAML_PROVIDER_REQUEST), output: None },
    OperationInfo {
        name: "TagServerCertificate",
        signed: true,
        input: Some(&TAG_SERVER_CERTIFICATE_REQUEST),
        output: None,
    },
    OperationInfo { name: "TagUser", signed: true, input: Some(&TAG_USER_REQUEST), output: None },
    OperationInfo {
        name: "UntagInstanceProfile",
        signed: true,
        input: Some(&UNTAG_INSTANCE_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo { name: "UntagMFADevice", signed: true, input: Some(&UNTAG_MFA_DEVICE_REQUEST), output: None },
    OperationInfo {
        name: "UntagOpenIDConnectProvider",
        signed: true,
        input: Some(&UNTAG_OPEN_ID_CONNECT_PROVIDER_REQUEST),
        output: None,
    },
    OperationInfo { name: "UntagPolicy", signed: true, input: Some(&UNTAG_POLICY_REQUEST), output: None },
    OperationInfo { name: "UntagRole", signed: true, input: Some(&UNTAG_ROLE_REQUEST), output: None },
    OperationInfo { name: "UntagSAMLProvider", signed: true, input: Some(&UNTAG_SAML_PROVIDER_REQUEST), output: None },
    OperationInfo {
        name: "UntagServerCertificate",
        signed: true,
        input: Some(&UNTAG_SERVER_CERTIFICATE_REQUEST),
        output: None,
    },
    OperationInfo { name: "UntagUser", signed: true, input: Some(&UNTAG_USER_REQUEST), output: None },
    OperationInfo { name: "UpdateAccessKey", signed: true, input: Some(&UPDATE_ACCESS_KEY_REQUEST), output: None },
    OperationInfo {
        name: "UpdateAccountPasswordPolicy",
        signed: true,
        input: Some(&UPDATE_ACCOUNT_PASSWORD_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateAssumeRolePolicy",
        signed: true,
        input: Some(&UPDATE_ASSUME_ROLE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateDelegationRequest",
        signed: true,
        input: Some(&UPDATE_DELEGATION_REQUEST_REQUEST),
        output: None,
    },
    OperationInfo { name: "UpdateGroup", signed: true, input: Some(&UPDATE_GROUP_REQUEST), output: None },
    OperationInfo {
        name: "UpdateLoginProfile",
        signed: true,
        input: Some(&UPDATE_LOGIN_PROFILE_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateOpenIDConnectProviderThumbprint",
        signed: true,
        input: Some(&UPDATE_OPEN_ID_CONNECT_PROVIDER_THUMBPRINT_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateRole",
        signed: true,
        input: Some(&UPDATE_ROLE_REQUEST),
        output: Some(&UPDATE_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "UpdateRoleDescription",
        signed: true,
        input: Some(&UPDATE_ROLE_DESCRIPTION_REQUEST),
        output: Some(&UPDATE_ROLE_DESCRIPTION_RESPONSE),
    },
    OperationInfo {
        name: "UpdateSAMLProvider",
        signed: true,
        input: Some(&UPDATE_SAML_PROVIDER_REQUEST),
        output: Some(&UPDATE_SAML_PROVIDER_RESPONSE),
    },
    OperationInfo {
        name: "UpdateSSHPublicKey",
        signed: true,
        input: Some(&UPDATE_SSH_PUBLIC_KEY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateServerCertificate",
        signed: true,
        input: Some(&UPDATE_SERVER_CERTIFICATE_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateServiceSpecificCredential",
        signed: true,
        input: Some(&UPDATE_SERVICE_SPECIFIC_CREDENTIAL_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdateSigningCertificate",
        signed: true,
        input: Some(&UPDATE_SIGNING_CERTIFICATE_REQUEST),
        output: None,
    },
    OperationInfo { name: "UpdateUser", signed: true, input: Some(&UPDATE_USER_REQUEST), output: None },
    OperationInfo {
        name: "UploadSSHPublicKey",
        signed: true,
        input: Some(&UPLOAD_SSH_PUBLIC_KEY_REQUEST),
        output: Some(&UPLOAD_SSH_PUBLIC_KEY_RESPONSE),
    },
    OperationInfo {
        name: "UploadServerCertificate",
        signed: true,
        input: Some(&UPLOAD_SERVER_CERTIFICATE_REQUEST),
        output: Some(&UPLOAD_SERVER_CERTIFICATE_RESPONSE),
    },
    OperationInfo {
        name: "UploadSigningCertificate",
        signed: true,
        input: Some(&UPLOAD_SIGNING_CERTIFICATE_REQUEST),
        output: Some(&UPLOAD_SIGNING_CERTIFICATE_RESPONSE),
    },
];

/// The errors of the model, each under the name of its shape.
pub mod error {
    use crate::ErrorInfo;

    /// `AccountNotManagementOrDelegatedAdministratorException`.
    pub const ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "AccountNotManagementOrDelegatedAdministratorException", status: 400, message_member: None };
    /// `CallerIsNotManagementAccountException`.
    pub const CALLER_IS_NOT_MANAGEMENT_ACCOUNT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CallerIsNotManagementAccountException", status: 400, message_member: None };
    /// `ConcurrentModificationException`.
    pub const CONCURRENT_MODIFICATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ConcurrentModification", status: 409, message_member: Some("message") };
    /// `CredentialReportExpiredException`.
    pub const CREDENTIAL_REPORT_EXPIRED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ReportExpired", status: 410, message_member: Some("message") };
    /// `CredentialReportNotPresentException`.
    pub const CREDENTIAL_REPORT_NOT_PRESENT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ReportNotPresent", status: 410, message_member: Some("message") };
    /// `CredentialReportNotReadyException`.
    pub const CREDENTIAL_REPORT_NOT_READY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ReportInProgress", status: 404, message_member: Some("message") };
    /// `DeleteConflictException`.
    pub const DELETE_CONFLICT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "DeleteConflict", status: 409, message_member: Some("message") };
    /// `DuplicateCertificateException`.
    pub const DUPLICATE_CERTIFICATE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "DuplicateCertificate", status: 409, message_member: Some("message") };
    /// `DuplicateSSHPublicKeyException`.
    pub const DUPLICATE_SSH_PUBLIC_KEY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "DuplicateSSHPublicKey", status: 400, message_member: Some("message") };
    /// `EntityAlreadyExistsException`.
    pub const ENTITY_ALREADY_EXISTS_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "EntityAlreadyExists", status: 409, message_member: Some("message") };
    /// `EntityTemporarilyUnmodifiableException`.
    pub const ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "EntityTemporarilyUnmodifiable", status: 409, message_member: Some("message") };
    /// `FeatureDisabledException`.
    pub const FEATURE_DISABLED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "FeatureDisabled", status: 404, message_member: Some("message") };
    /// `FeatureEnabledException`.
    pub const FEATURE_ENABLED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "FeatureEnabled", status: 409, message_member: Some("message") };
    /// `InvalidAuthenticationCodeException`.
    pub const INVALID_AUTHENTICATION_CODE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidAuthenticationCode", status: 403, message_member: Some("message") };
    /// `InvalidCertificateException`.
    pub const INVALID_CERTIFICATE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidCertificate", status: 400, message_member: Some("message") };
    /// `InvalidInputException`.
    pub const INVALID_INPUT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidInput", status: 400, message_member: Some("message") };
    /// `InvalidPublicKeyException`.
    pub const INVALID_PUBLIC_KEY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidPublicKey", status: 400, message_member: Some("message") };
    /// `InvalidUserTypeException`.
    pub const INVALID_USER_TYPE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidUserType", status: 400, message_member: Some("message") };
    /// `KeyPairMismatchException`.
    pub const KEY_PAIR_MISMATCH_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "KeyPairMismatch", status: 400, message_member: Some("message") };
    /// `LimitExceededException`.
    pub const LIMIT_EXCEEDED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "LimitExceeded", status: 409, message_member: Some("message") };
    /// `MalformedCertificateException`.
    pub const MALFORMED_CERTIFICATE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "MalformedCertificate", status: 400, message_member: Some("message") };
    /// `MalformedPolicyDocumentException`.
    pub const MALFORMED_POLICY_DOCUMENT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "MalformedPolicyDocument", status: 400, message_member: Some("message") };
    /// `NoSuchEntityException`.
    pub const NO_SUCH_ENTITY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "NoSuchEntity", status: 404, message_member: Some("message") };
    /// `OpenIdIdpCommunicationErrorException`.
    pub const OPEN_ID_IDP_COMMUNICATION_ERROR_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "OpenIdIdpCommunicationError", status: 400, message_member: Some("message") };
    /// `OrganizationNotFoundException`.
    pub const ORGANIZATION_NOT_FOUND_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "OrganizationNotFoundException", status: 400, message_member: None };
    /// `OrganizationNotInAllFeaturesModeException`.
    pub const ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "OrganizationNotInAllFeaturesModeException", status: 400, message_member: None };
    /// `PasswordPolicyViolationException`.
    pub const PASSWORD_POLICY_VIOLATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "PasswordPolicyViolation", status: 400, message_member: Some("message") };
    /// `PolicyEvaluationException`.
    pub const POLICY_EVALUATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "PolicyEvaluation", status: 500, message_member: Some("message") };
    /// `PolicyNotAttachableException`.
    pub const POLICY_NOT_ATTACHABLE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "PolicyNotAttachable", status: 400, message_member: Some("message") };
    /// `ReportGenerationLimitExceededException`.
    pub const REPORT_GENERATION_LIMIT_EXCEEDED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ReportGenerationLimitExceeded", status: 409, message_member: Some("message") };
    /// `ServiceAccessNotEnabledException`.
    pub const SERVICE_ACCESS_NOT_ENABLED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ServiceAccessNotEnabledException", status: 400, message_member: None };
    /// `ServiceFailureException`.
    pub const SERVICE_FAILURE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ServiceFailure", status: 500, message_member: Some("message") };
    /// `ServiceNotSupportedException`.
    pub const SERVICE_NOT_SUPPORTED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "NotSupportedService", status: 404, message_member: Some("message") };
    /// `UnmodifiableEntityException`.
    pub const UNMODIFIABLE_ENTITY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "UnmodifiableEntity", status: 400, message_member: Some("message") };
    /// `UnrecognizedPublicKeyEncodingException`.
    pub const UNRECOGNIZED_PUBLIC_KEY_ENCODING_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "UnrecognizedPublicKeyEncoding", status: 400, message_member: Some("message") };
}

structure! {
    /// What `AcceptDelegationRequest` takes.
    AcceptDelegationRequestRequest as ACCEPT_DELEGATION_REQUEST_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: String = "DelegationRequestId", required DELEGATION_REQUEST_ID_TYPE;
    }
}

structure! {
    /// Part of [`GetOrganizationsAccessReportResponse`].
    AccessDetail as ACCESS_DETAIL {
        /// Text.
        service_name: String = "ServiceName", required SERVICE_NAME_TYPE;
        /// Text of 1 to 64 characters.
        service_namespace: String = "ServiceNamespace", required SERVICE_NAMESPACE_TYPE;
        /// Text.
        region: Option<String> = "Region", optional STRING_TYPE;
        /// Text of 19 to 427 characters.
        entity_path: Option<String> = "EntityPath", optional ORGANIZATIONS_ENTITY_PATH_TYPE;
        /// A moment.
        last_authenticated_time: Option<Timestamp> = "LastAuthenticatedTime", optional DATE_TYPE;
        /// Number.
        total_authenticated_entities: Option<i32> = "TotalAuthenticatedEntities", optional INTEGER_TYPE;
    }
}

structure! {
    /// Part of [`CreateAccessKeyResponse`].
    AccessKey as ACCESS_KEY {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
        /// Text; secret.
        secret_access_key: Sensitive<String> = "SecretAccessKey", required ACCESS_KEY_SECRET_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`GetAccessKeyLastUsedResponse`].
    AccessKeyLastUsed as ACCESS_KEY_LAST_USED {
        /// A moment.
        last_used_date: Option<Timestamp> = "LastUsedDate", optional DATE_TYPE;
        /// Text.
        service_name: String = "ServiceName", required STRING_TYPE;
        /// Text.
        region: String = "Region", required STRING_TYPE;
    }
}

structure! {
    /// Part of [`ListAccessKeysResponse`].
    AccessKeyMetadata as ACCESS_KEY_METADATA {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        access_key_id: Option<String> = "AccessKeyId", optional ACCESS_KEY_ID_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: Option<String> = "Status", optional STATUS_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
    }
}

structure! {
    /// What `AddClientIDToOpenIDConnectProvider` takes.
    AddClientIDToOpenIDConnectProviderRequest as ADD_CLIENT_ID_TO_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
        /// Text of 1 to 255 characters.
        client_id: String = "ClientID", required CLIENT_ID_TYPE;
    }
}

structure! {
    /// What `AddRoleToInstanceProfile` takes.
    AddRoleToInstanceProfileRequest as ADD_ROLE_TO_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
    }
}

structure! {
    /// What `AddUserToGroup` takes.
    AddUserToGroupRequest as ADD_USER_TO_GROUP_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
    }
}

structure! {
    /// What `AssociateDelegationRequest` takes.
    AssociateDelegationRequestRequest as ASSOCIATE_DELEGATION_REQUEST_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: String = "DelegationRequestId", required DELEGATION_REQUEST_ID_TYPE;
    }
}

structure! {
    /// What `AttachGroupPolicy` takes.
    AttachGroupPolicyRequest as ATTACH_GROUP_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// What `AttachRolePolicy` takes.
    AttachRolePolicyRequest as ATTACH_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// What `AttachUserPolicy` takes.
    AttachUserPolicyRequest as ATTACH_USER_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// Part of [`RoleDetail`], [`Role`], [`UserDetail`], [`User`].
    AttachedPermissionsBoundary as ATTACHED_PERMISSIONS_BOUNDARY {
        /// One of `PermissionsBoundaryPolicy`.
        permissions_boundary_type: Option<String> = "PermissionsBoundaryType", optional PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE;
        /// Text of 20 to 2048 characters.
        permissions_boundary_arn: Option<String> = "PermissionsBoundaryArn", optional ARN_TYPE;
    }
}

structure! {
    /// Part of [`GroupDetail`], [`ListAttachedGroupPoliciesResponse`], [`ListAttachedRolePoliciesResponse`], [`ListAttachedUserPoliciesResponse`], [`RoleDetail`], [`UserDetail`].
    AttachedPolicy as ATTACHED_POLICY {
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: Option<String> = "PolicyArn", optional ARN_TYPE;
    }
}

structure! {
    /// What `ChangePassword` takes.
    ChangePasswordRequest as CHANGE_PASSWORD_REQUEST {
        /// Text of 1 to 128 characters; secret.
        old_password: Sensitive<String> = "OldPassword", required PASSWORD_TYPE;
        /// Text of 1 to 128 characters; secret.
        new_password: Sensitive<String> = "NewPassword", required PASSWORD_TYPE;
    }
}

structure! {
    /// Part of [`SimulateCustomPolicyRequest`], [`SimulatePrincipalPolicyRequest`].
    ContextEntry as CONTEXT_ENTRY {
        /// Text of 5 to 256 characters.
        context_key_name: Option<String> = "ContextKeyName", optional CONTEXT_KEY_NAME_TYPE;
        /// List, each: text.
        context_key_values: Option<Vec<String>> = "ContextKeyValues", optional CONTEXT_KEY_VALUE_LIST_TYPE;
        /// One of `string`, `stringList`, `numeric`, `numericList`, `boolean`, `booleanList`, `ip`, `ipList` and 4 more.
        context_key_type: Option<String> = "ContextKeyType", optional CONTEXT_KEY_TYPE_ENUM;
    }
}

structure! {
    /// What `CreateAccessKey` takes.
    CreateAccessKeyRequest as CREATE_ACCESS_KEY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
    }
}

structure! {
    /// The answer of `CreateAccessKey`.
    CreateAccessKeyResponse as CREATE_ACCESS_KEY_RESPONSE {
        /// [`AccessKey`].
        access_key: AccessKey = "AccessKey", required ACCESS_KEY;
    }
}

structure! {
    /// What `CreateAccountAlias` takes.
    CreateAccountAliasRequest as CREATE_ACCOUNT_ALIAS_REQUEST {
        /// Text of 3 to 63 characters.
        account_alias: String = "AccountAlias", required ACCOUNT_ALIAS_TYPE;
    }
}

structure! {
    /// What `CreateDelegationRequest` takes.
    CreateDelegationRequestRequest as CREATE_DELEGATION_REQUEST_REQUEST {
        /// Text.
        owner_account_id: Option<String> = "OwnerAccountId", optional ACCOUNT_ID_TYPE;
        /// Text of up to 1000 characters.
        description: String = "Description", required DELEGATION_REQUEST_DESCRIPTION_TYPE;
        /// [`DelegationPermission`].
        permissions: DelegationPermission = "Permissions", required DELEGATION_PERMISSION;
        /// Text of up to 200 characters.
        request_message: Option<String> = "RequestMessage", optional REQUEST_MESSAGE_TYPE;
        /// Text of 5 to 400 characters.
        requestor_workflow_id: String = "RequestorWorkflowId", required REQUESTOR_WORKFLOW_ID_TYPE;
        /// Text of 1 to 255 characters.
        redirect_url: Option<String> = "RedirectUrl", optional REDIRECT_URL_TYPE;
        /// Text of 2 to 400 characters.
        notification_channel: String = "NotificationChannel", required NOTIFICATION_CHANNEL_TYPE;
        /// Number, 300 to 43200.
        session_duration: i32 = "SessionDuration", required SESSION_DURATION_TYPE;
        /// True or false.
        only_send_by_owner: Option<bool> = "OnlySendByOwner", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `CreateDelegationRequest`.
    CreateDelegationRequestResponse as CREATE_DELEGATION_REQUEST_RESPONSE {
        /// Text of 1 to 255 characters.
        console_deep_link: Option<String> = "ConsoleDeepLink", optional CONSOLE_DEEP_LINK_TYPE;
        /// Text of 16 to 128 characters.
        delegation_request_id: Option<String> = "DelegationRequestId", optional DELEGATION_REQUEST_ID_TYPE;
    }
}

structure! {
    /// What `CreateGroup` takes.
    CreateGroupRequest as CREATE_GROUP_REQUEST {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
    }
}

structure! {
    /// The answer of `CreateGroup`.
    CreateGroupResponse as CREATE_GROUP_RESPONSE {
        /// [`Group`].
        group: Group = "Group", required GROUP;
    }
}

structure! {
    /// What `CreateInstanceProfile` takes.
    CreateInstanceProfileRequest as CREATE_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `CreateInstanceProfile`.
    CreateInstanceProfileResponse as CREATE_INSTANCE_PROFILE_RESPONSE {
        /// [`InstanceProfile`].
        instance_profile: InstanceProfile = "InstanceProfile", required INSTANCE_PROFILE;
    }
}

structure! {
    /// What `CreateLoginProfile` takes.
    CreateLoginProfileRequest as CREATE_LOGIN_PROFILE_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 1 to 128 characters; secret.
        password: Option<Sensitive<String>> = "Password", optional PASSWORD_TYPE;
        /// True or false.
        password_reset_required: Option<bool> = "PasswordResetRequired", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `CreateLoginProfile`.
    CreateLoginProfileResponse as CREATE_LOGIN_PROFILE_RESPONSE {
        /// [`LoginProfile`].
        login_profile: LoginProfile = "LoginProfile", required LOGIN_PROFILE;
    }
}

structure! {
    /// What `CreateOpenIDConnectProvider` takes.
    CreateOpenIDConnectProviderRequest as CREATE_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 1 to 255 characters.
        url: String = "Url", required OPEN_ID_CONNECT_PROVIDER_URL_TYPE;
        /// List, each: text of 1 to 255 characters.
        client_id_list: Option<Vec<String>> = "ClientIDList", optional CLIENT_ID_LIST_TYPE;
        /// List, each: text of 40 to 40 characters.
        thumbprint_list: Option<Vec<String>> = "ThumbprintList", optional THUMBPRINT_LIST_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `CreateOpenIDConnectProvider`.
    CreateOpenIDConnectProviderResponse as CREATE_OPEN_ID_CONNECT_PROVIDER_RESPONSE {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: Option<String> = "OpenIDConnectProviderArn", optional ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// What `CreatePolicy` takes.
    CreatePolicyRequest as CREATE_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional POLICY_PATH_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional POLICY_DESCRIPTION_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `CreatePolicy`.
    CreatePolicyResponse as CREATE_POLICY_RESPONSE {
        /// [`Policy`].
        policy: Option<Policy> = "Policy", optional POLICY;
    }
}

structure! {
    /// What `CreatePolicyVersion` takes.
    CreatePolicyVersionRequest as CREATE_POLICY_VERSION_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
        /// True or false.
        set_as_default: Option<bool> = "SetAsDefault", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `CreatePolicyVersion`.
    CreatePolicyVersionResponse as CREATE_POLICY_VERSION_RESPONSE {
        /// [`PolicyVersion`].
        policy_version: Option<PolicyVersion> = "PolicyVersion", optional POLICY_VERSION;
    }
}

structure! {
    /// What `CreateRole` takes.
    CreateRoleRequest as CREATE_ROLE_REQUEST {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        assume_role_policy_document: String = "AssumeRolePolicyDocument", required POLICY_DOCUMENT_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional ROLE_DESCRIPTION_TYPE;
        /// Number, 3600 to 43200.
        max_session_duration: Option<i32> = "MaxSessionDuration", optional ROLE_MAX_SESSION_DURATION_TYPE;
        /// Text of 20 to 2048 characters.
        permissions_boundary: Option<String> = "PermissionsBoundary", optional ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `CreateRole`.
    CreateRoleResponse as CREATE_ROLE_RESPONSE {
        /// [`Role`].
        role: Role = "Role", required ROLE;
    }
}

structure! {
    /// What `CreateSAMLProvider` takes.
    CreateSAMLProviderRequest as CREATE_SAML_PROVIDER_REQUEST {
        /// Text of 1000 to 10000000 characters.
        saml_metadata_document: String = "SAMLMetadataDocument", required SAML_METADATA_DOCUMENT_TYPE;
        /// Text of 1 to 128 characters.
        name: String = "Name", required SAML_PROVIDER_NAME_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// One of `Required`, `Allowed`.
        assertion_encryption_mode: Option<String> = "AssertionEncryptionMode", optional ASSERTION_ENCRYPTION_MODE_TYPE;
        /// Text of 1 to 16384 characters; secret.
        add_private_key: Option<Sensitive<String>> = "AddPrivateKey", optional PRIVATE_KEY_TYPE;
    }
}

structure! {
    /// The answer of `CreateSAMLProvider`.
    CreateSAMLProviderResponse as CREATE_SAML_PROVIDER_RESPONSE {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: Option<String> = "SAMLProviderArn", optional ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// What `CreateServiceLinkedRole` takes.
    CreateServiceLinkedRoleRequest as CREATE_SERVICE_LINKED_ROLE_REQUEST {
        /// Text of 1 to 128 characters.
        aws_service_name: String = "AWSServiceName", required GROUP_NAME_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional ROLE_DESCRIPTION_TYPE;
        /// Text of 1 to 64 characters.
        custom_suffix: Option<String> = "CustomSuffix", optional CUSTOM_SUFFIX_TYPE;
    }
}

structure! {
    /// The answer of `CreateServiceLinkedRole`.
    CreateServiceLinkedRoleResponse as CREATE_SERVICE_LINKED_ROLE_RESPONSE {
        /// [`Role`].
        role: Option<Role> = "Role", optional ROLE;
    }
}

structure! {
    /// What `CreateServiceSpecificCredential` takes.
    CreateServiceSpecificCredentialRequest as CREATE_SERVICE_SPECIFIC_CREDENTIAL_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text.
        service_name: String = "ServiceName", required SERVICE_NAME;
        /// Number, 1 to 36600.
        credential_age_days: Option<i32> = "CredentialAgeDays", optional CREDENTIAL_AGE_DAYS;
    }
}

structure! {
    /// The answer of `CreateServiceSpecificCredential`.
    CreateServiceSpecificCredentialResponse as CREATE_SERVICE_SPECIFIC_CREDENTIAL_RESPONSE {
        /// [`ServiceSpecificCredential`].
        service_specific_credential: Option<ServiceSpecificCredential> = "ServiceSpecificCredential", optional SERVICE_SPECIFIC_CREDENTIAL;
    }
}

structure! {
    /// What `CreateUser` takes.
    CreateUserRequest as CREATE_USER_REQUEST {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        permissions_boundary: Option<String> = "PermissionsBoundary", optional ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `CreateUser`.
    CreateUserResponse as CREATE_USER_RESPONSE {
        /// [`User`].
        user: Option<User> = "User", optional USER;
    }
}

structure! {
    /// What `CreateVirtualMFADevice` takes.
    CreateVirtualMFADeviceRequest as CREATE_VIRTUAL_MFA_DEVICE_REQUEST {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of at least 1 characters.
        virtual_mfa_device_name: String = "VirtualMFADeviceName", required VIRTUAL_MFA_DEVICE_NAME;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `CreateVirtualMFADevice`.
    CreateVirtualMFADeviceResponse as CREATE_VIRTUAL_MFA_DEVICE_RESPONSE {
        /// [`VirtualMFADevice`].
        virtual_mfa_device: VirtualMFADevice = "VirtualMFADevice", required VIRTUAL_MFA_DEVICE;
    }
}

structure! {
    /// What `DeactivateMFADevice` takes.
    DeactivateMFADeviceRequest as DEACTIVATE_MFA_DEVICE_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
    }
}

structure! {
    /// Part of [`CreateDelegationRequestRequest`], [`DelegationRequest`].
    DelegationPermission as DELEGATION_PERMISSION {
        /// Text of 20 to 2048 characters.
        policy_template_arn: Option<String> = "PolicyTemplateArn", optional ARN_TYPE;
        /// List of up to 50 members, each: [`PolicyParameter`].
        parameters: Option<Vec<PolicyParameter>> = "Parameters", optional POLICY_PARAMETER_LIST_TYPE;
    }
}

structure! {
    /// Part of [`GetDelegationRequestResponse`], [`ListDelegationRequestsResponse`].
    DelegationRequest as DELEGATION_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: Option<String> = "DelegationRequestId", optional DELEGATION_REQUEST_ID_TYPE;
        /// Text.
        owner_account_id: Option<String> = "OwnerAccountId", optional ACCOUNT_ID_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional DELEGATION_REQUEST_DESCRIPTION_TYPE;
        /// Text of up to 200 characters.
        request_message: Option<String> = "RequestMessage", optional REQUEST_MESSAGE_TYPE;
        /// [`DelegationPermission`].
        permissions: Option<DelegationPermission> = "Permissions", optional DELEGATION_PERMISSION;
        /// Text.
        permission_policy: Option<String> = "PermissionPolicy", optional PERMISSION_TYPE;
        /// List, each: text of 20 to 2048 characters.
        role_permission_restriction_arns: Option<Vec<String>> = "RolePermissionRestrictionArns", optional ROLE_PERMISSION_RESTRICTION_ARN_LIST_TYPE;
        /// Text of 20 to 2048 characters.
        owner_id: Option<String> = "OwnerId", optional OWNER_ID_TYPE;
        /// Text of 20 to 2048 characters.
        approver_id: Option<String> = "ApproverId", optional ARN_TYPE;
        /// One of `UNASSIGNED`, `ASSIGNED`, `PENDING_APPROVAL`, `FINALIZED`, `ACCEPTED`, `REJECTED`, `EXPIRED`.
        state: Option<String> = "State", optional STATE_TYPE;
        /// A moment.
        expiration_time: Option<Timestamp> = "ExpirationTime", optional DATE_TYPE;
        /// Text.
        requestor_id: Option<String> = "RequestorId", optional ACCOUNT_ID_TYPE;
        /// Text of up to 30 characters.
        requestor_name: Option<String> = "RequestorName", optional REQUESTOR_NAME_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// Number, 300 to 43200.
        session_duration: Option<i32> = "SessionDuration", optional SESSION_DURATION_TYPE;
        /// Text of 1 to 255 characters.
        redirect_url: Option<String> = "RedirectUrl", optional REDIRECT_URL_TYPE;
        /// Text of up to 500 characters.
        notes: Option<String> = "Notes", optional NOTES_TYPE;
        /// Text of up to 500 characters.
        rejection_reason: Option<String> = "RejectionReason", optional NOTES_TYPE;
        /// True or false.
        only_send_by_owner: Option<bool> = "OnlySendByOwner", optional BOOLEAN_TYPE;
        /// A moment.
        updated_time: Option<Timestamp> = "UpdatedTime", optional DATE_TYPE;
    }
}

structure! {
    /// What `DeleteAccessKey` takes.
    DeleteAccessKeyRequest as DELETE_ACCESS_KEY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
    }
}

structure! {
    /// What `DeleteAccountAlias` takes.
    DeleteAccountAliasRequest as DELETE_ACCOUNT_ALIAS_REQUEST {
        /// Text of 3 to 63 characters.
        account_alias: String = "AccountAlias", required ACCOUNT_ALIAS_TYPE;
    }
}

structure! {
    /// What `DeleteGroupPolicy` takes.
    DeleteGroupPolicyRequest as DELETE_GROUP_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteGroup` takes.
    DeleteGroupRequest as DELETE_GROUP_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteInstanceProfile` takes.
    DeleteInstanceProfileRequest as DELETE_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteLoginProfile` takes.
    DeleteLoginProfileRequest as DELETE_LOGIN_PROFILE_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteOpenIDConnectProvider` takes.
    DeleteOpenIDConnectProviderRequest as DELETE_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
    }
}

structure! {
    /// What `DeletePolicy` takes.
    DeletePolicyRequest as DELETE_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// What `DeletePolicyVersion` takes.
    DeletePolicyVersionRequest as DELETE_POLICY_VERSION_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// Text.
        version_id: String = "VersionId", required POLICY_VERSION_ID_TYPE;
    }
}

structure! {
    /// What `DeleteRolePermissionsBoundary` takes.
    DeleteRolePermissionsBoundaryRequest as DELETE_ROLE_PERMISSIONS_BOUNDARY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteRolePolicy` takes.
    DeleteRolePolicyRequest as DELETE_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteRole` takes.
    DeleteRoleRequest as DELETE_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteSAMLProvider` takes.
    DeleteSAMLProviderRequest as DELETE_SAML_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: String = "SAMLProviderArn", required ARN_TYPE;
    }
}

structure! {
    /// What `DeleteSSHPublicKey` takes.
    DeleteSSHPublicKeyRequest as DELETE_SSH_PUBLIC_KEY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        ssh_public_key_id: String = "SSHPublicKeyId", required PUBLIC_KEY_ID_TYPE;
    }
}

structure! {
    /// What `DeleteServerCertificate` takes.
    DeleteServerCertificateRequest as DELETE_SERVER_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteServiceLinkedRole` takes.
    DeleteServiceLinkedRoleRequest as DELETE_SERVICE_LINKED_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
    }
}

structure! {
    /// The answer of `DeleteServiceLinkedRole`.
    DeleteServiceLinkedRoleResponse as DELETE_SERVICE_LINKED_ROLE_RESPONSE {
        /// Text of 1 to 1000 characters.
        deletion_task_id: String = "DeletionTaskId", required DELETION_TASK_ID_TYPE;
    }
}

structure! {
    /// What `DeleteServiceSpecificCredential` takes.
    DeleteServiceSpecificCredentialRequest as DELETE_SERVICE_SPECIFIC_CREDENTIAL_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        service_specific_credential_id: String = "ServiceSpecificCredentialId", required SERVICE_SPECIFIC_CREDENTIAL_ID;
    }
}

structure! {
    /// What `DeleteSigningCertificate` takes.
    DeleteSigningCertificateRequest as DELETE_SIGNING_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 24 to 128 characters.
        certificate_id: String = "CertificateId", required CERTIFICATE_ID_TYPE;
    }
}

structure! {
    /// What `DeleteUserPermissionsBoundary` takes.
    DeleteUserPermissionsBoundaryRequest as DELETE_USER_PERMISSIONS_BOUNDARY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteUserPolicy` takes.
    DeleteUserPolicyRequest as DELETE_USER_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteUser` takes.
    DeleteUserRequest as DELETE_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteVirtualMFADevice` takes.
    DeleteVirtualMFADeviceRequest as DELETE_VIRTUAL_MFA_DEVICE_REQUEST {
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
    }
}

structure! {
    /// Part of [`GetServiceLinkedRoleDeletionStatusResponse`].
    DeletionTaskFailureReasonType as DELETION_TASK_FAILURE_REASON_TYPE {
        /// Text of up to 1000 characters.
        reason: Option<String> = "Reason", optional REASON_TYPE;
        /// List, each: [`RoleUsageType`].
        role_usage_list: Option<Vec<RoleUsageType>> = "RoleUsageList", optional ROLE_USAGE_LIST_TYPE;
    }
}

structure! {
    /// What `DetachGroupPolicy` takes.
    DetachGroupPolicyRequest as DETACH_GROUP_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// What `DetachRolePolicy` takes.
    DetachRolePolicyRequest as DETACH_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// What `DetachUserPolicy` takes.
    DetachUserPolicyRequest as DETACH_USER_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// What `DisableOrganizationsRootCredentialsManagement` takes.
    DisableOrganizationsRootCredentialsManagementRequest as DISABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_REQUEST {}
}

structure! {
    /// The answer of `DisableOrganizationsRootCredentialsManagement`.
    DisableOrganizationsRootCredentialsManagementResponse as DISABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_RESPONSE {
        /// Text of up to 34 characters.
        organization_id: Option<String> = "OrganizationId", optional ORGANIZATION_ID_TYPE;
        /// List, each: one of `RootCredentialsManagement`, `RootSessions`.
        enabled_features: Option<Vec<String>> = "EnabledFeatures", optional FEATURES_LIST_TYPE;
    }
}

structure! {
    /// What `DisableOrganizationsRootSessions` takes.
    DisableOrganizationsRootSessionsRequest as DISABLE_ORGANIZATIONS_ROOT_SESSIONS_REQUEST {}
}

structure! {
    /// The answer of `DisableOrganizationsRootSessions`.
    DisableOrganizationsRootSessionsResponse as DISABLE_ORGANIZATIONS_ROOT_SESSIONS_RESPONSE {
        /// Text of up to 34 characters.
        organization_id: Option<String> = "OrganizationId", optional ORGANIZATION_ID_TYPE;
        /// List, each: one of `RootCredentialsManagement`, `RootSessions`.
        enabled_features: Option<Vec<String>> = "EnabledFeatures", optional FEATURES_LIST_TYPE;
    }
}

structure! {
    /// What `EnableMFADevice` takes.
    EnableMFADeviceRequest as ENABLE_MFA_DEVICE_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// Text of 6 to 6 characters.
        authentication_code1: String = "AuthenticationCode1", required AUTHENTICATION_CODE_TYPE;
        /// Text of 6 to 6 characters.
        authentication_code2: String = "AuthenticationCode2", required AUTHENTICATION_CODE_TYPE;
    }
}

structure! {
    /// What `EnableOrganizationsRootCredentialsManagement` takes.
    EnableOrganizationsRootCredentialsManagementRequest as ENABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_REQUEST {}
}

structure! {
    /// The answer of `EnableOrganizationsRootCredentialsManagement`.
    EnableOrganizationsRootCredentialsManagementResponse as ENABLE_ORGANIZATIONS_ROOT_CREDENTIALS_MANAGEMENT_RESPONSE {
        /// Text of up to 34 characters.
        organization_id: Option<String> = "OrganizationId", optional ORGANIZATION_ID_TYPE;
        /// List, each: one of `RootCredentialsManagement`, `RootSessions`.
        enabled_features: Option<Vec<String>> = "EnabledFeatures", optional FEATURES_LIST_TYPE;
    }
}

structure! {
    /// What `EnableOrganizationsRootSessions` takes.
    EnableOrganizationsRootSessionsRequest as ENABLE_ORGANIZATIONS_ROOT_SESSIONS_REQUEST {}
}

structure! {
    /// The answer of `EnableOrganizationsRootSessions`.
    EnableOrganizationsRootSessionsResponse as ENABLE_ORGANIZATIONS_ROOT_SESSIONS_RESPONSE {
        /// Text of up to 34 characters.
        organization_id: Option<String> = "OrganizationId", optional ORGANIZATION_ID_TYPE;
        /// List, each: one of `RootCredentialsManagement`, `RootSessions`.
        enabled_features: Option<Vec<String>> = "EnabledFeatures", optional FEATURES_LIST_TYPE;
    }
}

structure! {
    /// The answer of `EnableOutboundWebIdentityFederation`.
    EnableOutboundWebIdentityFederationResponse as ENABLE_OUTBOUND_WEB_IDENTITY_FEDERATION_RESPONSE {
        /// Text.
        issuer_identifier: Option<String> = "IssuerIdentifier", optional STRING_TYPE;
    }
}

structure! {
    /// Part of [`GetServiceLastAccessedDetailsWithEntitiesResponse`].
    EntityDetails as ENTITY_DETAILS {
        /// [`EntityInfo`].
        entity_info: EntityInfo = "EntityInfo", required ENTITY_INFO;
        /// A moment.
        last_authenticated: Option<Timestamp> = "LastAuthenticated", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`EntityDetails`].
    EntityInfo as ENTITY_INFO {
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// Text of 1 to 64 characters.
        name: String = "Name", required USER_NAME_TYPE;
        /// One of `USER`, `ROLE`, `GROUP`.
        r#type: String = "Type", required POLICY_OWNER_ENTITY_TYPE;
        /// Text of 16 to 128 characters.
        id: String = "Id", required ID_TYPE;
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
    }
}

structure! {
    /// Part of [`GetOrganizationsAccessReportResponse`], [`GetServiceLastAccessedDetailsResponse`], [`GetServiceLastAccessedDetailsWithEntitiesResponse`].
    ErrorDetails as ERROR_DETAILS {
        /// Text.
        message: String = "Message", required STRING_TYPE;
        /// Text.
        code: String = "Code", required STRING_TYPE;
    }
}

structure! {
    /// Part of [`SimulatePolicyResponse`].
    EvaluationResult as EVALUATION_RESULT {
        /// Text of 3 to 128 characters.
        eval_action_name: String = "EvalActionName", required ACTION_NAME_TYPE;
        /// Text of 1 to 2048 characters.
        eval_resource_name: Option<String> = "EvalResourceName", optional RESOURCE_NAME_TYPE;
        /// One of `allowed`, `explicitDeny`, `implicitDeny`.
        eval_decision: String = "EvalDecision", required POLICY_EVALUATION_DECISION_TYPE;
        /// List, each: [`Statement`].
        matched_statements: Option<Vec<Statement>> = "MatchedStatements", optional STATEMENT_LIST_TYPE;
        /// List, each: text of 5 to 256 characters.
        missing_context_values: Option<Vec<String>> = "MissingContextValues", optional CONTEXT_KEY_NAMES_RESULT_LIST_TYPE;
        /// [`OrganizationsDecisionDetail`].
        organizations_decision_detail: Option<OrganizationsDecisionDetail> = "OrganizationsDecisionDetail", optional ORGANIZATIONS_DECISION_DETAIL;
        /// [`PermissionsBoundaryDecisionDetail`].
        permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = "PermissionsBoundaryDecisionDetail", optional PERMISSIONS_BOUNDARY_DECISION_DETAIL;
        /// Map from text to: one of `allowed`, `explicitDeny`, `implicitDeny`.
        eval_decision_details: Option<BTreeMap<String, String>> = "EvalDecisionDetails", optional EVAL_DECISION_DETAILS_TYPE;
        /// List, each: [`ResourceSpecificResult`].
        resource_specific_results: Option<Vec<ResourceSpecificResult>> = "ResourceSpecificResults", optional RESOURCE_SPECIFIC_RESULT_LIST_TYPE;
    }
}

structure! {
    /// The answer of `GenerateCredentialReport`.
    GenerateCredentialReportResponse as GENERATE_CREDENTIAL_REPORT_RESPONSE {
        /// One of `STARTED`, `INPROGRESS`, `COMPLETE`.
        state: Option<String> = "State", optional REPORT_STATE_TYPE;
        /// Text.
        description: Option<String> = "Description", optional REPORT_STATE_DESCRIPTION_TYPE;
    }
}

structure! {
    /// What `GenerateOrganizationsAccessReport` takes.
    GenerateOrganizationsAccessReportRequest as GENERATE_ORGANIZATIONS_ACCESS_REPORT_REQUEST {
        /// Text of 19 to 427 characters.
        entity_path: String = "EntityPath", required ORGANIZATIONS_ENTITY_PATH_TYPE;
        /// Text.
        organizations_policy_id: Option<String> = "OrganizationsPolicyId", optional ORGANIZATIONS_POLICY_ID_TYPE;
    }
}

structure! {
    /// The answer of `GenerateOrganizationsAccessReport`.
    GenerateOrganizationsAccessReportResponse as GENERATE_ORGANIZATIONS_ACCESS_REPORT_RESPONSE {
        /// Text of 36 to 36 characters.
        job_id: Option<String> = "JobId", optional JOB_ID_TYPE;
    }
}

structure! {
    /// What `GenerateServiceLastAccessedDetails` takes.
    GenerateServiceLastAccessedDetailsRequest as GENERATE_SERVICE_LAST_ACCESSED_DETAILS_REQUEST {
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// One of `SERVICE_LEVEL`, `ACTION_LEVEL`.
        granularity: Option<String> = "Granularity", optional ACCESS_ADVISOR_USAGE_GRANULARITY_TYPE;
    }
}

structure! {
    /// The answer of `GenerateServiceLastAccessedDetails`.
    GenerateServiceLastAccessedDetailsResponse as GENERATE_SERVICE_LAST_ACCESSED_DETAILS_RESPONSE {
        /// Text of 36 to 36 characters.
        job_id: Option<String> = "JobId", optional JOB_ID_TYPE;
    }
}

structure! {
    /// What `GetAccessKeyLastUsed` takes.
    GetAccessKeyLastUsedRequest as GET_ACCESS_KEY_LAST_USED_REQUEST {
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetAccessKeyLastUsed`.
    GetAccessKeyLastUsedResponse as GET_ACCESS_KEY_LAST_USED_RESPONSE {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// [`AccessKeyLastUsed`].
        access_key_last_used: Option<AccessKeyLastUsed> = "AccessKeyLastUsed", optional ACCESS_KEY_LAST_USED;
    }
}

structure! {
    /// What `GetAccountAuthorizationDetails` takes.
    GetAccountAuthorizationDetailsRequest as GET_ACCOUNT_AUTHORIZATION_DETAILS_REQUEST {
        /// List, each: one of `User`, `Role`, `Group`, `LocalManagedPolicy`, `AWSManagedPolicy`.
        filter: Option<Vec<String>> = "Filter", optional ENTITY_LIST_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `GetAccountAuthorizationDetails`.
    GetAccountAuthorizationDetailsResponse as GET_ACCOUNT_AUTHORIZATION_DETAILS_RESPONSE {
        /// List, each: [`UserDetail`].
        user_detail_list: Option<Vec<UserDetail>> = "UserDetailList", optional USER_DETAIL_LIST_TYPE;
        /// List, each: [`GroupDetail`].
        group_detail_list: Option<Vec<GroupDetail>> = "GroupDetailList", optional GROUP_DETAIL_LIST_TYPE;
        /// List, each: [`RoleDetail`].
        role_detail_list: Option<Vec<RoleDetail>> = "RoleDetailList", optional ROLE_DETAIL_LIST_TYPE;
        /// List, each: [`ManagedPolicyDetail`].
        policies: Option<Vec<ManagedPolicyDetail>> = "Policies", optional MANAGED_POLICY_DETAIL_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// The answer of `GetAccountPasswordPolicy`.
    GetAccountPasswordPolicyResponse as GET_ACCOUNT_PASSWORD_POLICY_RESPONSE {
        /// [`PasswordPolicy`].
        password_policy: PasswordPolicy = "PasswordPolicy", required PASSWORD_POLICY;
    }
}

structure! {
    /// The answer of `GetAccountSummary`.
    GetAccountSummaryResponse as GET_ACCOUNT_SUMMARY_RESPONSE {
        /// Map from text to: number.
        summary_map: Option<BTreeMap<String, i32>> = "SummaryMap", optional SUMMARY_MAP_TYPE;
    }
}

structure! {
    /// What `GetContextKeysForCustomPolicy` takes.
    GetContextKeysForCustomPolicyRequest as GET_CONTEXT_KEYS_FOR_CUSTOM_POLICY_REQUEST {
        /// List, each: text of 1 to 131072 characters.
        policy_input_list: Vec<String> = "PolicyInputList", required SIMULATION_POLICY_LIST_TYPE;
    }
}

structure! {
    /// The answer of `GetContextKeysForCustomPolicy`; The answer of `GetContextKeysForPrincipalPolicy`.
    GetContextKeysForPolicyResponse as GET_CONTEXT_KEYS_FOR_POLICY_RESPONSE {
        /// List, each: text of 5 to 256 characters.
        context_key_names: Option<Vec<String>> = "ContextKeyNames", optional CONTEXT_KEY_NAMES_RESULT_LIST_TYPE;
    }
}

structure! {
    /// What `GetContextKeysForPrincipalPolicy` takes.
    GetContextKeysForPrincipalPolicyRequest as GET_CONTEXT_KEYS_FOR_PRINCIPAL_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_source_arn: String = "PolicySourceArn", required ARN_TYPE;
        /// List, each: text of 1 to 131072 characters.
        policy_input_list: Option<Vec<String>> = "PolicyInputList", optional SIMULATION_POLICY_LIST_TYPE;
    }
}

structure! {
    /// The answer of `GetCredentialReport`.
    GetCredentialReportResponse as GET_CREDENTIAL_REPORT_RESPONSE {
        /// Bytes.
        content: Option<Vec<u8>> = "Content", optional REPORT_CONTENT_TYPE;
        /// One of `text/csv`.
        report_format: Option<String> = "ReportFormat", optional REPORT_FORMAT_TYPE;
        /// A moment.
        generated_time: Option<Timestamp> = "GeneratedTime", optional DATE_TYPE;
    }
}

structure! {
    /// What `GetDelegationRequest` takes.
    GetDelegationRequestRequest as GET_DELEGATION_REQUEST_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: String = "DelegationRequestId", required DELEGATION_REQUEST_ID_TYPE;
        /// True or false.
        delegation_permission_check: Option<bool> = "DelegationPermissionCheck", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `GetDelegationRequest`.
    GetDelegationRequestResponse as GET_DELEGATION_REQUEST_RESPONSE {
        /// [`DelegationRequest`].
        delegation_request: Option<DelegationRequest> = "DelegationRequest", optional DELEGATION_REQUEST;
        /// One of `COMPLETE`, `IN_PROGRESS`, `FAILED`.
        permission_check_status: Option<String> = "PermissionCheckStatus", optional PERMISSION_CHECK_STATUS_TYPE;
        /// One of `ALLOWED`, `DENIED`, `UNSURE`.
        permission_check_result: Option<String> = "PermissionCheckResult", optional PERMISSION_CHECK_RESULT_TYPE;
    }
}

structure! {
    /// What `GetGroupPolicy` takes.
    GetGroupPolicyRequest as GET_GROUP_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetGroupPolicy`.
    GetGroupPolicyResponse as GET_GROUP_POLICY_RESPONSE {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `GetGroup` takes.
    GetGroupRequest as GET_GROUP_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `GetGroup`.
    GetGroupResponse as GET_GROUP_RESPONSE {
        /// [`Group`].
        group: Group = "Group", required GROUP;
        /// List, each: [`User`].
        users: Vec<User> = "Users", required USER_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `GetHumanReadableSummary` takes.
    GetHumanReadableSummaryRequest as GET_HUMAN_READABLE_SUMMARY_REQUEST {
        /// Text of 20 to 2048 characters.
        entity_arn: String = "EntityArn", required ARN_TYPE;
        /// Text of 2 to 12 characters.
        locale: Option<String> = "Locale", optional LOCALE_TYPE;
    }
}

structure! {
    /// The answer of `GetHumanReadableSummary`.
    GetHumanReadableSummaryResponse as GET_HUMAN_READABLE_SUMMARY_RESPONSE {
        /// Text of 0 to 10000 characters.
        summary_content: Option<String> = "SummaryContent", optional SUMMARY_CONTENT_TYPE;
        /// Text of 2 to 12 characters.
        locale: Option<String> = "Locale", optional LOCALE_TYPE;
        /// One of `AVAILABLE`, `NOT_AVAILABLE`, `NOT_SUPPORTED`, `FAILED`.
        summary_state: Option<String> = "SummaryState", optional SUMMARY_STATE_TYPE;
    }
}

structure! {
    /// What `GetInstanceProfile` takes.
    GetInstanceProfileRequest as GET_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetInstanceProfile`.
    GetInstanceProfileResponse as GET_INSTANCE_PROFILE_RESPONSE {
        /// [`InstanceProfile`].
        instance_profile: InstanceProfile = "InstanceProfile", required INSTANCE_PROFILE;
    }
}

structure! {
    /// What `GetLoginProfile` takes.
    GetLoginProfileRequest as GET_LOGIN_PROFILE_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetLoginProfile`.
    GetLoginProfileResponse as GET_LOGIN_PROFILE_RESPONSE {
        /// [`LoginProfile`].
        login_profile: LoginProfile = "LoginProfile", required LOGIN_PROFILE;
    }
}

structure! {
    /// What `GetMFADevice` takes.
    GetMFADeviceRequest as GET_MFA_DEVICE_REQUEST {
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetMFADevice`.
    GetMFADeviceResponse as GET_MFA_DEVICE_RESPONSE {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// A moment.
        enable_date: Option<Timestamp> = "EnableDate", optional DATE_TYPE;
        /// Map from text to: text of 1 to 32 characters.
        certifications: Option<BTreeMap<String, String>> = "Certifications", optional CERTIFICATION_MAP_TYPE;
    }
}

structure! {
    /// What `GetOpenIDConnectProvider` takes.
    GetOpenIDConnectProviderRequest as GET_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
    }
}

structure! {
    /// The answer of `GetOpenIDConnectProvider`.
    GetOpenIDConnectProviderResponse as GET_OPEN_ID_CONNECT_PROVIDER_RESPONSE {
        /// Text of 1 to 255 characters.
        url: Option<String> = "Url", optional OPEN_ID_CONNECT_PROVIDER_URL_TYPE;
        /// List, each: text of 1 to 255 characters.
        client_id_list: Option<Vec<String>> = "ClientIDList", optional CLIENT_ID_LIST_TYPE;
        /// List, each: text of 40 to 40 characters.
        thumbprint_list: Option<Vec<String>> = "ThumbprintList", optional THUMBPRINT_LIST_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// What `GetOrganizationsAccessReport` takes.
    GetOrganizationsAccessReportRequest as GET_ORGANIZATIONS_ACCESS_REPORT_REQUEST {
        /// Text of 36 to 36 characters.
        job_id: String = "JobId", required JOB_ID_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// One of `SERVICE_NAMESPACE_ASCENDING`, `SERVICE_NAMESPACE_DESCENDING`, `LAST_AUTHENTICATED_TIME_ASCENDING`, `LAST_AUTHENTICATED_TIME_DESCENDING`.
        sort_key: Option<String> = "SortKey", optional SORT_KEY_TYPE;
    }
}

structure! {
    /// The answer of `GetOrganizationsAccessReport`.
    GetOrganizationsAccessReportResponse as GET_ORGANIZATIONS_ACCESS_REPORT_RESPONSE {
        /// One of `IN_PROGRESS`, `COMPLETED`, `FAILED`.
        job_status: String = "JobStatus", required JOB_STATUS_TYPE;
        /// A moment.
        job_creation_date: Timestamp = "JobCreationDate", required DATE_TYPE;
        /// A moment.
        job_completion_date: Option<Timestamp> = "JobCompletionDate", optional DATE_TYPE;
        /// Number.
        number_of_services_accessible: Option<i32> = "NumberOfServicesAccessible", optional INTEGER_TYPE;
        /// Number.
        number_of_services_not_accessed: Option<i32> = "NumberOfServicesNotAccessed", optional INTEGER_TYPE;
        /// List, each: [`AccessDetail`].
        access_details: Option<Vec<AccessDetail>> = "AccessDetails", optional ACCESS_DETAILS;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// [`ErrorDetails`].
        error_details: Option<ErrorDetails> = "ErrorDetails", optional ERROR_DETAILS;
    }
}

structure! {
    /// The answer of `GetOutboundWebIdentityFederationInfo`.
    GetOutboundWebIdentityFederationInfoResponse as GET_OUTBOUND_WEB_IDENTITY_FEDERATION_INFO_RESPONSE {
        /// Text.
        issuer_identifier: Option<String> = "IssuerIdentifier", optional STRING_TYPE;
        /// True or false.
        jwt_vending_enabled: Option<bool> = "JwtVendingEnabled", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `GetPolicy` takes.
    GetPolicyRequest as GET_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
    }
}

structure! {
    /// The answer of `GetPolicy`.
    GetPolicyResponse as GET_POLICY_RESPONSE {
        /// [`Policy`].
        policy: Option<Policy> = "Policy", optional POLICY;
    }
}

structure! {
    /// What `GetPolicyVersion` takes.
    GetPolicyVersionRequest as GET_POLICY_VERSION_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// Text.
        version_id: String = "VersionId", required POLICY_VERSION_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetPolicyVersion`.
    GetPolicyVersionResponse as GET_POLICY_VERSION_RESPONSE {
        /// [`PolicyVersion`].
        policy_version: Option<PolicyVersion> = "PolicyVersion", optional POLICY_VERSION;
    }
}

structure! {
    /// What `GetRolePolicy` takes.
    GetRolePolicyRequest as GET_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetRolePolicy`.
    GetRolePolicyResponse as GET_ROLE_POLICY_RESPONSE {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `GetRole` takes.
    GetRoleRequest as GET_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetRole`.
    GetRoleResponse as GET_ROLE_RESPONSE {
        /// [`Role`].
        role: Role = "Role", required ROLE;
    }
}

structure! {
    /// What `GetSAMLProvider` takes.
    GetSAMLProviderRequest as GET_SAML_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: String = "SAMLProviderArn", required ARN_TYPE;
    }
}

structure! {
    /// The answer of `GetSAMLProvider`.
    GetSAMLProviderResponse as GET_SAML_PROVIDER_RESPONSE {
        /// Text of 22 to 64 characters.
        saml_provider_uuid: Option<String> = "SAMLProviderUUID", optional PRIVATE_KEY_ID_TYPE;
        /// Text of 1000 to 10000000 characters.
        saml_metadata_document: Option<String> = "SAMLMetadataDocument", optional SAML_METADATA_DOCUMENT_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// A moment.
        valid_until: Option<Timestamp> = "ValidUntil", optional DATE_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// One of `Required`, `Allowed`.
        assertion_encryption_mode: Option<String> = "AssertionEncryptionMode", optional ASSERTION_ENCRYPTION_MODE_TYPE;
        /// List of up to 2 members, each: [`SAMLPrivateKey`].
        private_key_list: Option<Vec<SAMLPrivateKey>> = "PrivateKeyList", optional PRIVATE_KEY_LIST;
    }
}

structure! {
    /// What `GetSSHPublicKey` takes.
    GetSSHPublicKeyRequest as GET_SSH_PUBLIC_KEY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        ssh_public_key_id: String = "SSHPublicKeyId", required PUBLIC_KEY_ID_TYPE;
        /// One of `SSH`, `PEM`.
        encoding: String = "Encoding", required ENCODING_TYPE;
    }
}

structure! {
    /// The answer of `GetSSHPublicKey`.
    GetSSHPublicKeyResponse as GET_SSH_PUBLIC_KEY_RESPONSE {
        /// [`SSHPublicKey`].
        ssh_public_key: Option<SSHPublicKey> = "SSHPublicKey", optional SSH_PUBLIC_KEY;
    }
}

structure! {
    /// What `GetServerCertificate` takes.
    GetServerCertificateRequest as GET_SERVER_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetServerCertificate`.
    GetServerCertificateResponse as GET_SERVER_CERTIFICATE_RESPONSE {
        /// [`ServerCertificate`].
        server_certificate: ServerCertificate = "ServerCertificate", required SERVER_CERTIFICATE;
    }
}

structure! {
    /// What `GetServiceLastAccessedDetails` takes.
    GetServiceLastAccessedDetailsRequest as GET_SERVICE_LAST_ACCESSED_DETAILS_REQUEST {
        /// Text of 36 to 36 characters.
        job_id: String = "JobId", required JOB_ID_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `GetServiceLastAccessedDetails`.
    GetServiceLastAccessedDetailsResponse as GET_SERVICE_LAST_ACCESSED_DETAILS_RESPONSE {
        /// One of `IN_PROGRESS`, `COMPLETED`, `FAILED`.
        job_status: String = "JobStatus", required JOB_STATUS_TYPE;
        /// One of `SERVICE_LEVEL`, `ACTION_LEVEL`.
        job_type: Option<String> = "JobType", optional ACCESS_ADVISOR_USAGE_GRANULARITY_TYPE;
        /// A moment.
        job_creation_date: Timestamp = "JobCreationDate", required DATE_TYPE;
        /// List, each: [`ServiceLastAccessed`].
        services_last_accessed: Vec<ServiceLastAccessed> = "ServicesLastAccessed", required SERVICES_LAST_ACCESSED;
        /// A moment.
        job_completion_date: Timestamp = "JobCompletionDate", required DATE_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
        /// [`ErrorDetails`].
        error: Option<ErrorDetails> = "Error", optional ERROR_DETAILS;
    }
}

structure! {
    /// What `GetServiceLastAccessedDetailsWithEntities` takes.
    GetServiceLastAccessedDetailsWithEntitiesRequest as GET_SERVICE_LAST_ACCESSED_DETAILS_WITH_ENTITIES_REQUEST {
        /// Text of 36 to 36 characters.
        job_id: String = "JobId", required JOB_ID_TYPE;
        /// Text of 1 to 64 characters.
        service_namespace: String = "ServiceNamespace", required SERVICE_NAMESPACE_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `GetServiceLastAccessedDetailsWithEntities`.
    GetServiceLastAccessedDetailsWithEntitiesResponse as GET_SERVICE_LAST_ACCESSED_DETAILS_WITH_ENTITIES_RESPONSE {
        /// One of `IN_PROGRESS`, `COMPLETED`, `FAILED`.
        job_status: String = "JobStatus", required JOB_STATUS_TYPE;
        /// A moment.
        job_creation_date: Timestamp = "JobCreationDate", required DATE_TYPE;
        /// A moment.
        job_completion_date: Timestamp = "JobCompletionDate", required DATE_TYPE;
        /// List, each: [`EntityDetails`].
        entity_details_list: Vec<EntityDetails> = "EntityDetailsList", required ENTITY_DETAILS_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
        /// [`ErrorDetails`].
        error: Option<ErrorDetails> = "Error", optional ERROR_DETAILS;
    }
}

structure! {
    /// What `GetServiceLinkedRoleDeletionStatus` takes.
    GetServiceLinkedRoleDeletionStatusRequest as GET_SERVICE_LINKED_ROLE_DELETION_STATUS_REQUEST {
        /// Text of 1 to 1000 characters.
        deletion_task_id: String = "DeletionTaskId", required DELETION_TASK_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetServiceLinkedRoleDeletionStatus`.
    GetServiceLinkedRoleDeletionStatusResponse as GET_SERVICE_LINKED_ROLE_DELETION_STATUS_RESPONSE {
        /// One of `SUCCEEDED`, `IN_PROGRESS`, `FAILED`, `NOT_STARTED`.
        status: String = "Status", required DELETION_TASK_STATUS_TYPE;
        /// [`DeletionTaskFailureReasonType`].
        reason: Option<DeletionTaskFailureReasonType> = "Reason", optional DELETION_TASK_FAILURE_REASON_TYPE;
    }
}

structure! {
    /// What `GetUserPolicy` takes.
    GetUserPolicyRequest as GET_USER_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetUserPolicy`.
    GetUserPolicyResponse as GET_USER_POLICY_RESPONSE {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `GetUser` takes.
    GetUserRequest as GET_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetUser`.
    GetUserResponse as GET_USER_RESPONSE {
        /// [`User`].
        user: User = "User", required USER;
    }
}

structure! {
    /// Part of [`CreateGroupResponse`], [`GetGroupResponse`], [`ListGroupsForUserResponse`], [`ListGroupsResponse`].
    Group as GROUP {
        /// Text of 1 to 512 characters.
        path: String = "Path", required PATH_TYPE;
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 16 to 128 characters.
        group_id: String = "GroupId", required ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
    }
}

structure! {
    /// Part of [`GetAccountAuthorizationDetailsResponse`].
    GroupDetail as GROUP_DETAIL {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 128 characters.
        group_name: Option<String> = "GroupName", optional GROUP_NAME_TYPE;
        /// Text of 16 to 128 characters.
        group_id: Option<String> = "GroupId", optional ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// List, each: [`PolicyDetail`].
        group_policy_list: Option<Vec<PolicyDetail>> = "GroupPolicyList", optional POLICY_DETAIL_LIST_TYPE;
        /// List, each: [`AttachedPolicy`].
        attached_managed_policies: Option<Vec<AttachedPolicy>> = "AttachedManagedPolicies", optional ATTACHED_POLICIES_LIST_TYPE;
    }
}

structure! {
    /// Part of [`CreateInstanceProfileResponse`], [`GetInstanceProfileResponse`], [`ListInstanceProfilesForRoleResponse`], [`ListInstanceProfilesResponse`], [`RoleDetail`].
    InstanceProfile as INSTANCE_PROFILE {
        /// Text of 1 to 512 characters.
        path: String = "Path", required PATH_TYPE;
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// Text of 16 to 128 characters.
        instance_profile_id: String = "InstanceProfileId", required ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
        /// List, each: [`Role`].
        roles: Vec<Role> = "Roles", required ROLE_LIST_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// What `ListAccessKeys` takes.
    ListAccessKeysRequest as LIST_ACCESS_KEYS_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListAccessKeys`.
    ListAccessKeysResponse as LIST_ACCESS_KEYS_RESPONSE {
        /// List, each: [`AccessKeyMetadata`].
        access_key_metadata: Vec<AccessKeyMetadata> = "AccessKeyMetadata", required ACCESS_KEY_METADATA_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListAccountAliases` takes.
    ListAccountAliasesRequest as LIST_ACCOUNT_ALIASES_REQUEST {
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListAccountAliases`.
    ListAccountAliasesResponse as LIST_ACCOUNT_ALIASES_RESPONSE {
        /// List, each: text of 3 to 63 characters.
        account_aliases: Vec<String> = "AccountAliases", required ACCOUNT_ALIAS_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListAttachedGroupPolicies` takes.
    ListAttachedGroupPoliciesRequest as LIST_ATTACHED_GROUP_POLICIES_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional POLICY_PATH_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListAttachedGroupPolicies`.
    ListAttachedGroupPoliciesResponse as LIST_ATTACHED_GROUP_POLICIES_RESPONSE {
        /// List, each: [`AttachedPolicy`].
        attached_policies: Option<Vec<AttachedPolicy>> = "AttachedPolicies", optional ATTACHED_POLICIES_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListAttachedRolePolicies` takes.
    ListAttachedRolePoliciesRequest as LIST_ATTACHED_ROLE_POLICIES_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional POLICY_PATH_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListAttachedRolePolicies`.
    ListAttachedRolePoliciesResponse as LIST_ATTACHED_ROLE_POLICIES_RESPONSE {
        /// List, each: [`AttachedPolicy`].
        attached_policies: Option<Vec<AttachedPolicy>> = "AttachedPolicies", optional ATTACHED_POLICIES_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListAttachedUserPolicies` takes.
    ListAttachedUserPoliciesRequest as LIST_ATTACHED_USER_POLICIES_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional POLICY_PATH_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListAttachedUserPolicies`.
    ListAttachedUserPoliciesResponse as LIST_ATTACHED_USER_POLICIES_RESPONSE {
        /// List, each: [`AttachedPolicy`].
        attached_policies: Option<Vec<AttachedPolicy>> = "AttachedPolicies", optional ATTACHED_POLICIES_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListDelegationRequests` takes.
    ListDelegationRequestsRequest as LIST_DELEGATION_REQUESTS_REQUEST {
        /// Text of 20 to 2048 characters.
        owner_id: Option<String> = "OwnerId", optional OWNER_ID_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListDelegationRequests`.
    ListDelegationRequestsResponse as LIST_DELEGATION_REQUESTS_RESPONSE {
        /// List, each: [`DelegationRequest`].
        delegation_requests: Option<Vec<DelegationRequest>> = "DelegationRequests", optional DELEGATION_REQUESTS_LIST_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "isTruncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListEntitiesForPolicy` takes.
    ListEntitiesForPolicyRequest as LIST_ENTITIES_FOR_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// One of `User`, `Role`, `Group`, `LocalManagedPolicy`, `AWSManagedPolicy`.
        entity_filter: Option<String> = "EntityFilter", optional ENTITY_TYPE;
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional PATH_TYPE;
        /// One of `PermissionsPolicy`, `PermissionsBoundary`.
        policy_usage_filter: Option<String> = "PolicyUsageFilter", optional POLICY_USAGE_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListEntitiesForPolicy`.
    ListEntitiesForPolicyResponse as LIST_ENTITIES_FOR_POLICY_RESPONSE {
        /// List, each: [`PolicyGroup`].
        policy_groups: Option<Vec<PolicyGroup>> = "PolicyGroups", optional POLICY_GROUP_LIST_TYPE;
        /// List, each: [`PolicyUser`].
        policy_users: Option<Vec<PolicyUser>> = "PolicyUsers", optional POLICY_USER_LIST_TYPE;
        /// List, each: [`PolicyRole`].
        policy_roles: Option<Vec<PolicyRole>> = "PolicyRoles", optional POLICY_ROLE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListGroupPolicies` takes.
    ListGroupPoliciesRequest as LIST_GROUP_POLICIES_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListGroupPolicies`.
    ListGroupPoliciesResponse as LIST_GROUP_POLICIES_RESPONSE {
        /// List, each: text of 1 to 128 characters.
        policy_names: Vec<String> = "PolicyNames", required POLICY_NAME_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListGroupsForUser` takes.
    ListGroupsForUserRequest as LIST_GROUPS_FOR_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListGroupsForUser`.
    ListGroupsForUserResponse as LIST_GROUPS_FOR_USER_RESPONSE {
        /// List, each: [`Group`].
        groups: Vec<Group> = "Groups", required GROUP_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListGroups` takes.
    ListGroupsRequest as LIST_GROUPS_REQUEST {
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional PATH_PREFIX_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListGroups`.
    ListGroupsResponse as LIST_GROUPS_RESPONSE {
        /// List, each: [`Group`].
        groups: Vec<Group> = "Groups", required GROUP_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListInstanceProfileTags` takes.
    ListInstanceProfileTagsRequest as LIST_INSTANCE_PROFILE_TAGS_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListInstanceProfileTags`.
    ListInstanceProfileTagsResponse as LIST_INSTANCE_PROFILE_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListInstanceProfilesForRole` takes.
    ListInstanceProfilesForRoleRequest as LIST_INSTANCE_PROFILES_FOR_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListInstanceProfilesForRole`.
    ListInstanceProfilesForRoleResponse as LIST_INSTANCE_PROFILES_FOR_ROLE_RESPONSE {
        /// List, each: [`InstanceProfile`].
        instance_profiles: Vec<InstanceProfile> = "InstanceProfiles", required INSTANCE_PROFILE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListInstanceProfiles` takes.
    ListInstanceProfilesRequest as LIST_INSTANCE_PROFILES_REQUEST {
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional PATH_PREFIX_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListInstanceProfiles`.
    ListInstanceProfilesResponse as LIST_INSTANCE_PROFILES_RESPONSE {
        /// List, each: [`InstanceProfile`].
        instance_profiles: Vec<InstanceProfile> = "InstanceProfiles", required INSTANCE_PROFILE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListMFADeviceTags` takes.
    ListMFADeviceTagsRequest as LIST_MFA_DEVICE_TAGS_REQUEST {
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListMFADeviceTags`.
    ListMFADeviceTagsResponse as LIST_MFA_DEVICE_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListMFADevices` takes.
    ListMFADevicesRequest as LIST_MFA_DEVICES_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListMFADevices`.
    ListMFADevicesResponse as LIST_MFA_DEVICES_RESPONSE {
        /// List, each: [`MFADevice`].
        mfa_devices: Vec<MFADevice> = "MFADevices", required MFA_DEVICE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListOpenIDConnectProviderTags` takes.
    ListOpenIDConnectProviderTagsRequest as LIST_OPEN_ID_CONNECT_PROVIDER_TAGS_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListOpenIDConnectProviderTags`.
    ListOpenIDConnectProviderTagsResponse as LIST_OPEN_ID_CONNECT_PROVIDER_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListOpenIDConnectProviders` takes.
    ListOpenIDConnectProvidersRequest as LIST_OPEN_ID_CONNECT_PROVIDERS_REQUEST {}
}

structure! {
    /// The answer of `ListOpenIDConnectProviders`.
    ListOpenIDConnectProvidersResponse as LIST_OPEN_ID_CONNECT_PROVIDERS_RESPONSE {
        /// List, each: [`OpenIDConnectProviderListEntry`].
        open_id_connect_provider_list: Option<Vec<OpenIDConnectProviderListEntry>> = "OpenIDConnectProviderList", optional OPEN_ID_CONNECT_PROVIDER_LIST_TYPE;
    }
}

structure! {
    /// What `ListOrganizationsFeatures` takes.
    ListOrganizationsFeaturesRequest as LIST_ORGANIZATIONS_FEATURES_REQUEST {}
}

structure! {
    /// The answer of `ListOrganizationsFeatures`.
    ListOrganizationsFeaturesResponse as LIST_ORGANIZATIONS_FEATURES_RESPONSE {
        /// Text of up to 34 characters.
        organization_id: Option<String> = "OrganizationId", optional ORGANIZATION_ID_TYPE;
        /// List, each: one of `RootCredentialsManagement`, `RootSessions`.
        enabled_features: Option<Vec<String>> = "EnabledFeatures", optional FEATURES_LIST_TYPE;
    }
}

structure! {
    /// Part of [`ListPoliciesGrantingServiceAccessResponse`].
    ListPoliciesGrantingServiceAccessEntry as LIST_POLICIES_GRANTING_SERVICE_ACCESS_ENTRY {
        /// Text of 1 to 64 characters.
        service_namespace: Option<String> = "ServiceNamespace", optional SERVICE_NAMESPACE_TYPE;
        /// List, each: [`PolicyGrantingServiceAccess`].
        policies: Option<Vec<PolicyGrantingServiceAccess>> = "Policies", optional POLICY_GRANTING_SERVICE_ACCESS_LIST_TYPE;
    }
}

structure! {
    /// What `ListPoliciesGrantingServiceAccess` takes.
    ListPoliciesGrantingServiceAccessRequest as LIST_POLICIES_GRANTING_SERVICE_ACCESS_REQUEST {
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// List of 1 to 200 members, each: text of 1 to 64 characters.
        service_namespaces: Vec<String> = "ServiceNamespaces", required SERVICE_NAMESPACE_LIST_TYPE;
    }
}

structure! {
    /// The answer of `ListPoliciesGrantingServiceAccess`.
    ListPoliciesGrantingServiceAccessResponse as LIST_POLICIES_GRANTING_SERVICE_ACCESS_RESPONSE {
        /// List, each: [`ListPoliciesGrantingServiceAccessEntry`].
        policies_granting_service_access: Vec<ListPoliciesGrantingServiceAccessEntry> = "PoliciesGrantingServiceAccess", required LIST_POLICY_GRANTING_SERVICE_ACCESS_RESPONSE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListPolicies` takes.
    ListPoliciesRequest as LIST_POLICIES_REQUEST {
        /// One of `All`, `AWS`, `Local`.
        scope: Option<String> = "Scope", optional POLICY_SCOPE_TYPE;
        /// True or false.
        only_attached: Option<bool> = "OnlyAttached", optional BOOLEAN_TYPE;
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional POLICY_PATH_TYPE;
        /// One of `PermissionsPolicy`, `PermissionsBoundary`.
        policy_usage_filter: Option<String> = "PolicyUsageFilter", optional POLICY_USAGE_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListPolicies`.
    ListPoliciesResponse as LIST_POLICIES_RESPONSE {
        /// List, each: [`Policy`].
        policies: Option<Vec<Policy>> = "Policies", optional POLICY_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListPolicyTags` takes.
    ListPolicyTagsRequest as LIST_POLICY_TAGS_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListPolicyTags`.
    ListPolicyTagsResponse as LIST_POLICY_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListPolicyVersions` takes.
    ListPolicyVersionsRequest as LIST_POLICY_VERSIONS_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListPolicyVersions`.
    ListPolicyVersionsResponse as LIST_POLICY_VERSIONS_RESPONSE {
        /// List, each: [`PolicyVersion`].
        versions: Option<Vec<PolicyVersion>> = "Versions", optional POLICY_DOCUMENT_VERSION_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListRolePolicies` takes.
    ListRolePoliciesRequest as LIST_ROLE_POLICIES_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListRolePolicies`.
    ListRolePoliciesResponse as LIST_ROLE_POLICIES_RESPONSE {
        /// List, each: text of 1 to 128 characters.
        policy_names: Vec<String> = "PolicyNames", required POLICY_NAME_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListRoleTags` takes.
    ListRoleTagsRequest as LIST_ROLE_TAGS_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListRoleTags`.
    ListRoleTagsResponse as LIST_ROLE_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListRoles` takes.
    ListRolesRequest as LIST_ROLES_REQUEST {
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional PATH_PREFIX_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListRoles`.
    ListRolesResponse as LIST_ROLES_RESPONSE {
        /// List, each: [`Role`].
        roles: Vec<Role> = "Roles", required ROLE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListSAMLProviderTags` takes.
    ListSAMLProviderTagsRequest as LIST_SAML_PROVIDER_TAGS_REQUEST {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: String = "SAMLProviderArn", required ARN_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListSAMLProviderTags`.
    ListSAMLProviderTagsResponse as LIST_SAML_PROVIDER_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListSAMLProviders` takes.
    ListSAMLProvidersRequest as LIST_SAML_PROVIDERS_REQUEST {}
}

structure! {
    /// The answer of `ListSAMLProviders`.
    ListSAMLProvidersResponse as LIST_SAML_PROVIDERS_RESPONSE {
        /// List, each: [`SAMLProviderListEntry`].
        saml_provider_list: Option<Vec<SAMLProviderListEntry>> = "SAMLProviderList", optional SAML_PROVIDER_LIST_TYPE;
    }
}

structure! {
    /// What `ListSSHPublicKeys` takes.
    ListSSHPublicKeysRequest as LIST_SSH_PUBLIC_KEYS_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListSSHPublicKeys`.
    ListSSHPublicKeysResponse as LIST_SSH_PUBLIC_KEYS_RESPONSE {
        /// List, each: [`SSHPublicKeyMetadata`].
        ssh_public_keys: Option<Vec<SSHPublicKeyMetadata>> = "SSHPublicKeys", optional SSH_PUBLIC_KEY_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListServerCertificateTags` takes.
    ListServerCertificateTagsRequest as LIST_SERVER_CERTIFICATE_TAGS_REQUEST {
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListServerCertificateTags`.
    ListServerCertificateTagsResponse as LIST_SERVER_CERTIFICATE_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListServerCertificates` takes.
    ListServerCertificatesRequest as LIST_SERVER_CERTIFICATES_REQUEST {
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional PATH_PREFIX_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListServerCertificates`.
    ListServerCertificatesResponse as LIST_SERVER_CERTIFICATES_RESPONSE {
        /// List, each: [`ServerCertificateMetadata`].
        server_certificate_metadata_list: Vec<ServerCertificateMetadata> = "ServerCertificateMetadataList", required SERVER_CERTIFICATE_METADATA_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListServiceSpecificCredentials` takes.
    ListServiceSpecificCredentialsRequest as LIST_SERVICE_SPECIFIC_CREDENTIALS_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text.
        service_name: Option<String> = "ServiceName", optional SERVICE_NAME;
        /// True or false.
        all_users: Option<bool> = "AllUsers", optional ALL_USERS;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListServiceSpecificCredentials`.
    ListServiceSpecificCredentialsResponse as LIST_SERVICE_SPECIFIC_CREDENTIALS_RESPONSE {
        /// List, each: [`ServiceSpecificCredentialMetadata`].
        service_specific_credentials: Option<Vec<ServiceSpecificCredentialMetadata>> = "ServiceSpecificCredentials", optional SERVICE_SPECIFIC_CREDENTIALS_LIST_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListSigningCertificates` takes.
    ListSigningCertificatesRequest as LIST_SIGNING_CERTIFICATES_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListSigningCertificates`.
    ListSigningCertificatesResponse as LIST_SIGNING_CERTIFICATES_RESPONSE {
        /// List, each: [`SigningCertificate`].
        certificates: Vec<SigningCertificate> = "Certificates", required CERTIFICATE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListUserPolicies` takes.
    ListUserPoliciesRequest as LIST_USER_POLICIES_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListUserPolicies`.
    ListUserPoliciesResponse as LIST_USER_POLICIES_RESPONSE {
        /// List, each: text of 1 to 128 characters.
        policy_names: Vec<String> = "PolicyNames", required POLICY_NAME_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListUserTags` takes.
    ListUserTagsRequest as LIST_USER_TAGS_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListUserTags`.
    ListUserTagsResponse as LIST_USER_TAGS_RESPONSE {
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListUsers` takes.
    ListUsersRequest as LIST_USERS_REQUEST {
        /// Text of 1 to 512 characters.
        path_prefix: Option<String> = "PathPrefix", optional PATH_PREFIX_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListUsers`.
    ListUsersResponse as LIST_USERS_RESPONSE {
        /// List, each: [`User`].
        users: Vec<User> = "Users", required USER_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `ListVirtualMFADevices` takes.
    ListVirtualMFADevicesRequest as LIST_VIRTUAL_MFA_DEVICES_REQUEST {
        /// One of `Assigned`, `Unassigned`, `Any`.
        assignment_status: Option<String> = "AssignmentStatus", optional ASSIGNMENT_STATUS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
    }
}

structure! {
    /// The answer of `ListVirtualMFADevices`.
    ListVirtualMFADevicesResponse as LIST_VIRTUAL_MFA_DEVICES_RESPONSE {
        /// List, each: [`VirtualMFADevice`].
        virtual_mfa_devices: Vec<VirtualMFADevice> = "VirtualMFADevices", required VIRTUAL_MFA_DEVICE_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// Part of [`CreateLoginProfileResponse`], [`GetLoginProfileResponse`].
    LoginProfile as LOGIN_PROFILE {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
        /// True or false.
        password_reset_required: Option<bool> = "PasswordResetRequired", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// Part of [`ListMFADevicesResponse`].
    MFADevice as MFA_DEVICE {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// A moment.
        enable_date: Timestamp = "EnableDate", required DATE_TYPE;
    }
}

structure! {
    /// Part of [`GetAccountAuthorizationDetailsResponse`].
    ManagedPolicyDetail as MANAGED_POLICY_DETAIL {
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
        /// Text of 16 to 128 characters.
        policy_id: Option<String> = "PolicyId", optional ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional POLICY_PATH_TYPE;
        /// Text.
        default_version_id: Option<String> = "DefaultVersionId", optional POLICY_VERSION_ID_TYPE;
        /// Number.
        attachment_count: Option<i32> = "AttachmentCount", optional ATTACHMENT_COUNT_TYPE;
        /// Number.
        permissions_boundary_usage_count: Option<i32> = "PermissionsBoundaryUsageCount", optional ATTACHMENT_COUNT_TYPE;
        /// True or false.
        is_attachable: Option<bool> = "IsAttachable", optional BOOLEAN_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional POLICY_DESCRIPTION_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// A moment.
        update_date: Option<Timestamp> = "UpdateDate", optional DATE_TYPE;
        /// List, each: [`PolicyVersion`].
        policy_version_list: Option<Vec<PolicyVersion>> = "PolicyVersionList", optional POLICY_DOCUMENT_VERSION_LIST_TYPE;
    }
}

structure! {
    /// Part of [`ListOpenIDConnectProvidersResponse`].
    OpenIDConnectProviderListEntry as OPEN_ID_CONNECT_PROVIDER_LIST_ENTRY {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
    }
}

structure! {
    /// Part of [`EvaluationResult`].
    OrganizationsDecisionDetail as ORGANIZATIONS_DECISION_DETAIL {
        /// True or false.
        allowed_by_organizations: Option<bool> = "AllowedByOrganizations", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// Part of [`GetAccountPasswordPolicyResponse`].
    PasswordPolicy as PASSWORD_POLICY {
        /// Number, 6 to 128.
        minimum_password_length: Option<i32> = "MinimumPasswordLength", optional MINIMUM_PASSWORD_LENGTH_TYPE;
        /// True or false.
        require_symbols: Option<bool> = "RequireSymbols", optional BOOLEAN_TYPE;
        /// True or false.
        require_numbers: Option<bool> = "RequireNumbers", optional BOOLEAN_TYPE;
        /// True or false.
        require_uppercase_characters: Option<bool> = "RequireUppercaseCharacters", optional BOOLEAN_TYPE;
        /// True or false.
        require_lowercase_characters: Option<bool> = "RequireLowercaseCharacters", optional BOOLEAN_TYPE;
        /// True or false.
        allow_users_to_change_password: Option<bool> = "AllowUsersToChangePassword", optional BOOLEAN_TYPE;
        /// True or false.
        expire_passwords: Option<bool> = "ExpirePasswords", optional BOOLEAN_TYPE;
        /// Number, 1 to 1095.
        max_password_age: Option<i32> = "MaxPasswordAge", optional MAX_PASSWORD_AGE_TYPE;
        /// Number, 1 to 24.
        password_reuse_prevention: Option<i32> = "PasswordReusePrevention", optional PASSWORD_REUSE_PREVENTION_TYPE;
        /// True or false.
        hard_expiry: Option<bool> = "HardExpiry", optional BOOLEAN_OBJECT_TYPE;
    }
}

structure! {
    /// Part of [`EvaluationResult`], [`ResourceSpecificResult`].
    PermissionsBoundaryDecisionDetail as PERMISSIONS_BOUNDARY_DECISION_DETAIL {
        /// True or false.
        allowed_by_permissions_boundary: Option<bool> = "AllowedByPermissionsBoundary", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// Part of [`CreatePolicyResponse`], [`GetPolicyResponse`], [`ListPoliciesResponse`].
    Policy as POLICY {
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
        /// Text of 16 to 128 characters.
        policy_id: Option<String> = "PolicyId", optional ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional POLICY_PATH_TYPE;
        /// Text.
        default_version_id: Option<String> = "DefaultVersionId", optional POLICY_VERSION_ID_TYPE;
        /// Number.
        attachment_count: Option<i32> = "AttachmentCount", optional ATTACHMENT_COUNT_TYPE;
        /// Number.
        permissions_boundary_usage_count: Option<i32> = "PermissionsBoundaryUsageCount", optional ATTACHMENT_COUNT_TYPE;
        /// True or false.
        is_attachable: Option<bool> = "IsAttachable", optional BOOLEAN_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional POLICY_DESCRIPTION_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// A moment.
        update_date: Option<Timestamp> = "UpdateDate", optional DATE_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// Part of [`GroupDetail`], [`RoleDetail`], [`UserDetail`].
    PolicyDetail as POLICY_DETAIL {
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: Option<String> = "PolicyDocument", optional POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// Part of [`ListPoliciesGrantingServiceAccessEntry`].
    PolicyGrantingServiceAccess as POLICY_GRANTING_SERVICE_ACCESS {
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// One of `INLINE`, `MANAGED`.
        policy_type: String = "PolicyType", required POLICY_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: Option<String> = "PolicyArn", optional ARN_TYPE;
        /// One of `USER`, `ROLE`, `GROUP`.
        entity_type: Option<String> = "EntityType", optional POLICY_OWNER_ENTITY_TYPE;
        /// Text of 1 to 128 characters.
        entity_name: Option<String> = "EntityName", optional ENTITY_NAME_TYPE;
    }
}

structure! {
    /// Part of [`ListEntitiesForPolicyResponse`].
    PolicyGroup as POLICY_GROUP {
        /// Text of 1 to 128 characters.
        group_name: Option<String> = "GroupName", optional GROUP_NAME_TYPE;
        /// Text of 16 to 128 characters.
        group_id: Option<String> = "GroupId", optional ID_TYPE;
    }
}

structure! {
    /// Part of [`DelegationPermission`].
    PolicyParameter as POLICY_PARAMETER {
        /// Text of 5 to 256 characters.
        name: Option<String> = "Name", optional POLICY_PARAMETER_NAME_TYPE;
        /// List, each: text.
        values: Option<Vec<String>> = "Values", optional POLICY_PARAMETER_VALUES_LIST_TYPE;
        /// One of `string`, `stringList`.
        r#type: Option<String> = "Type", optional POLICY_PARAMETER_TYPE_ENUM;
    }
}

structure! {
    /// Part of [`ListEntitiesForPolicyResponse`].
    PolicyRole as POLICY_ROLE {
        /// Text of 1 to 64 characters.
        role_name: Option<String> = "RoleName", optional ROLE_NAME_TYPE;
        /// Text of 16 to 128 characters.
        role_id: Option<String> = "RoleId", optional ID_TYPE;
    }
}

structure! {
    /// Part of [`ListEntitiesForPolicyResponse`].
    PolicyUser as POLICY_USER {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        user_id: Option<String> = "UserId", optional ID_TYPE;
    }
}

structure! {
    /// Part of [`CreatePolicyVersionResponse`], [`GetPolicyVersionResponse`], [`ListPolicyVersionsResponse`], [`ManagedPolicyDetail`].
    PolicyVersion as POLICY_VERSION {
        /// Text of 1 to 131072 characters.
        document: Option<String> = "Document", optional POLICY_DOCUMENT_TYPE;
        /// Text.
        version_id: Option<String> = "VersionId", optional POLICY_VERSION_ID_TYPE;
        /// True or false.
        is_default_version: Option<bool> = "IsDefaultVersion", optional BOOLEAN_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`Statement`].
    Position as POSITION {
        /// Number.
        line: Option<i32> = "Line", optional LINE_NUMBER;
        /// Number.
        column: Option<i32> = "Column", optional COLUMN_NUMBER;
    }
}

structure! {
    /// What `PutGroupPolicy` takes.
    PutGroupPolicyRequest as PUT_GROUP_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `PutRolePermissionsBoundary` takes.
    PutRolePermissionsBoundaryRequest as PUT_ROLE_PERMISSIONS_BOUNDARY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        permissions_boundary: String = "PermissionsBoundary", required ARN_TYPE;
    }
}

structure! {
    /// What `PutRolePolicy` takes.
    PutRolePolicyRequest as PUT_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `PutUserPermissionsBoundary` takes.
    PutUserPermissionsBoundaryRequest as PUT_USER_PERMISSIONS_BOUNDARY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        permissions_boundary: String = "PermissionsBoundary", required ARN_TYPE;
    }
}

structure! {
    /// What `PutUserPolicy` takes.
    PutUserPolicyRequest as PUT_USER_POLICY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: String = "PolicyName", required POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `RejectDelegationRequest` takes.
    RejectDelegationRequestRequest as REJECT_DELEGATION_REQUEST_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: String = "DelegationRequestId", required DELEGATION_REQUEST_ID_TYPE;
        /// Text of up to 500 characters.
        notes: Option<String> = "Notes", optional NOTES_TYPE;
    }
}

structure! {
    /// What `RemoveClientIDFromOpenIDConnectProvider` takes.
    RemoveClientIDFromOpenIDConnectProviderRequest as REMOVE_CLIENT_ID_FROM_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
        /// Text of 1 to 255 characters.
        client_id: String = "ClientID", required CLIENT_ID_TYPE;
    }
}

structure! {
    /// What `RemoveRoleFromInstanceProfile` takes.
    RemoveRoleFromInstanceProfileRequest as REMOVE_ROLE_FROM_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
    }
}

structure! {
    /// What `RemoveUserFromGroup` takes.
    RemoveUserFromGroupRequest as REMOVE_USER_FROM_GROUP_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
    }
}

structure! {
    /// What `ResetServiceSpecificCredential` takes.
    ResetServiceSpecificCredentialRequest as RESET_SERVICE_SPECIFIC_CREDENTIAL_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        service_specific_credential_id: String = "ServiceSpecificCredentialId", required SERVICE_SPECIFIC_CREDENTIAL_ID;
    }
}

structure! {
    /// The answer of `ResetServiceSpecificCredential`.
    ResetServiceSpecificCredentialResponse as RESET_SERVICE_SPECIFIC_CREDENTIAL_RESPONSE {
        /// [`ServiceSpecificCredential`].
        service_specific_credential: Option<ServiceSpecificCredential> = "ServiceSpecificCredential", optional SERVICE_SPECIFIC_CREDENTIAL;
    }
}

structure! {
    /// Part of [`EvaluationResult`].
    ResourceSpecificResult as RESOURCE_SPECIFIC_RESULT {
        /// Text of 1 to 2048 characters.
        eval_resource_name: String = "EvalResourceName", required RESOURCE_NAME_TYPE;
        /// One of `allowed`, `explicitDeny`, `implicitDeny`.
        eval_resource_decision: String = "EvalResourceDecision", required POLICY_EVALUATION_DECISION_TYPE;
        /// List, each: [`Statement`].
        matched_statements: Option<Vec<Statement>> = "MatchedStatements", optional STATEMENT_LIST_TYPE;
        /// List, each: text of 5 to 256 characters.
        missing_context_values: Option<Vec<String>> = "MissingContextValues", optional CONTEXT_KEY_NAMES_RESULT_LIST_TYPE;
        /// Map from text to: one of `allowed`, `explicitDeny`, `implicitDeny`.
        eval_decision_details: Option<BTreeMap<String, String>> = "EvalDecisionDetails", optional EVAL_DECISION_DETAILS_TYPE;
        /// [`PermissionsBoundaryDecisionDetail`].
        permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = "PermissionsBoundaryDecisionDetail", optional PERMISSIONS_BOUNDARY_DECISION_DETAIL;
    }
}

structure! {
    /// What `ResyncMFADevice` takes.
    ResyncMFADeviceRequest as RESYNC_MFA_DEVICE_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// Text of 6 to 6 characters.
        authentication_code1: String = "AuthenticationCode1", required AUTHENTICATION_CODE_TYPE;
        /// Text of 6 to 6 characters.
        authentication_code2: String = "AuthenticationCode2", required AUTHENTICATION_CODE_TYPE;
    }
}

structure! {
    /// Part of [`CreateRoleResponse`], [`CreateServiceLinkedRoleResponse`], [`GetRoleResponse`], [`InstanceProfile`], [`ListRolesResponse`], [`UpdateRoleDescriptionResponse`].
    Role as ROLE {
        /// Text of 1 to 512 characters.
        path: String = "Path", required PATH_TYPE;
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 16 to 128 characters.
        role_id: String = "RoleId", required ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
        /// Text of 1 to 131072 characters.
        assume_role_policy_document: Option<String> = "AssumeRolePolicyDocument", optional POLICY_DOCUMENT_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional ROLE_DESCRIPTION_TYPE;
        /// Number, 3600 to 43200.
        max_session_duration: Option<i32> = "MaxSessionDuration", optional ROLE_MAX_SESSION_DURATION_TYPE;
        /// [`AttachedPermissionsBoundary`].
        permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary", optional ATTACHED_PERMISSIONS_BOUNDARY;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// [`RoleLastUsed`].
        role_last_used: Option<RoleLastUsed> = "RoleLastUsed", optional ROLE_LAST_USED;
    }
}

structure! {
    /// Part of [`GetAccountAuthorizationDetailsResponse`].
    RoleDetail as ROLE_DETAIL {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 64 characters.
        role_name: Option<String> = "RoleName", optional ROLE_NAME_TYPE;
        /// Text of 16 to 128 characters.
        role_id: Option<String> = "RoleId", optional ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// Text of 1 to 131072 characters.
        assume_role_policy_document: Option<String> = "AssumeRolePolicyDocument", optional POLICY_DOCUMENT_TYPE;
        /// List, each: [`InstanceProfile`].
        instance_profile_list: Option<Vec<InstanceProfile>> = "InstanceProfileList", optional INSTANCE_PROFILE_LIST_TYPE;
        /// List, each: [`PolicyDetail`].
        role_policy_list: Option<Vec<PolicyDetail>> = "RolePolicyList", optional POLICY_DETAIL_LIST_TYPE;
        /// List, each: [`AttachedPolicy`].
        attached_managed_policies: Option<Vec<AttachedPolicy>> = "AttachedManagedPolicies", optional ATTACHED_POLICIES_LIST_TYPE;
        /// [`AttachedPermissionsBoundary`].
        permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary", optional ATTACHED_PERMISSIONS_BOUNDARY;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// [`RoleLastUsed`].
        role_last_used: Option<RoleLastUsed> = "RoleLastUsed", optional ROLE_LAST_USED;
    }
}

structure! {
    /// Part of [`RoleDetail`], [`Role`].
    RoleLastUsed as ROLE_LAST_USED {
        /// A moment.
        last_used_date: Option<Timestamp> = "LastUsedDate", optional DATE_TYPE;
        /// Text.
        region: Option<String> = "Region", optional STRING_TYPE;
    }
}

structure! {
    /// Part of [`DeletionTaskFailureReasonType`].
    RoleUsageType as ROLE_USAGE_TYPE {
        /// Text of 1 to 100 characters.
        region: Option<String> = "Region", optional REGION_NAME_TYPE;
        /// List, each: text of 20 to 2048 characters.
        resources: Option<Vec<String>> = "Resources", optional ARN_LIST_TYPE;
    }
}

structure! {
    /// Part of [`GetSAMLProviderResponse`].
    SAMLPrivateKey as SAML_PRIVATE_KEY {
        /// Text of 22 to 64 characters.
        key_id: Option<String> = "KeyId", optional PRIVATE_KEY_ID_TYPE;
        /// A moment.
        timestamp: Option<Timestamp> = "Timestamp", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`ListSAMLProvidersResponse`].
    SAMLProviderListEntry as SAML_PROVIDER_LIST_ENTRY {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// A moment.
        valid_until: Option<Timestamp> = "ValidUntil", optional DATE_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`GetSSHPublicKeyResponse`], [`UploadSSHPublicKeyResponse`].
    SSHPublicKey as SSH_PUBLIC_KEY {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        ssh_public_key_id: String = "SSHPublicKeyId", required PUBLIC_KEY_ID_TYPE;
        /// Text of 48 to 48 characters.
        fingerprint: String = "Fingerprint", required PUBLIC_KEY_FINGERPRINT_TYPE;
        /// Text of 1 to 16384 characters.
        ssh_public_key_body: String = "SSHPublicKeyBody", required PUBLIC_KEY_MATERIAL_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
        /// A moment.
        upload_date: Option<Timestamp> = "UploadDate", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`ListSSHPublicKeysResponse`].
    SSHPublicKeyMetadata as SSH_PUBLIC_KEY_METADATA {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        ssh_public_key_id: String = "SSHPublicKeyId", required PUBLIC_KEY_ID_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
        /// A moment.
        upload_date: Timestamp = "UploadDate", required DATE_TYPE;
    }
}

structure! {
    /// What `SendDelegationToken` takes.
    SendDelegationTokenRequest as SEND_DELEGATION_TOKEN_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: String = "DelegationRequestId", required DELEGATION_REQUEST_ID_TYPE;
    }
}

structure! {
    /// Part of [`GetServerCertificateResponse`].
    ServerCertificate as SERVER_CERTIFICATE {
        /// [`ServerCertificateMetadata`].
        server_certificate_metadata: ServerCertificateMetadata = "ServerCertificateMetadata", required SERVER_CERTIFICATE_METADATA;
        /// Text of 1 to 16384 characters.
        certificate_body: String = "CertificateBody", required CERTIFICATE_BODY_TYPE;
        /// Text of 1 to 2097152 characters.
        certificate_chain: Option<String> = "CertificateChain", optional CERTIFICATE_CHAIN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// Part of [`ListServerCertificatesResponse`], [`ServerCertificate`], [`UploadServerCertificateResponse`].
    ServerCertificateMetadata as SERVER_CERTIFICATE_METADATA {
        /// Text of 1 to 512 characters.
        path: String = "Path", required PATH_TYPE;
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
        /// Text of 16 to 128 characters.
        server_certificate_id: String = "ServerCertificateId", required ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// A moment.
        upload_date: Option<Timestamp> = "UploadDate", optional DATE_TYPE;
        /// A moment.
        expiration: Option<Timestamp> = "Expiration", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`GetServiceLastAccessedDetailsResponse`].
    ServiceLastAccessed as SERVICE_LAST_ACCESSED {
        /// Text.
        service_name: String = "ServiceName", required SERVICE_NAME_TYPE;
        /// A moment.
        last_authenticated: Option<Timestamp> = "LastAuthenticated", optional DATE_TYPE;
        /// Text of 1 to 64 characters.
        service_namespace: String = "ServiceNamespace", required SERVICE_NAMESPACE_TYPE;
        /// Text of 20 to 2048 characters.
        last_authenticated_entity: Option<String> = "LastAuthenticatedEntity", optional ARN_TYPE;
        /// Text.
        last_authenticated_region: Option<String> = "LastAuthenticatedRegion", optional STRING_TYPE;
        /// Number.
        total_authenticated_entities: Option<i32> = "TotalAuthenticatedEntities", optional INTEGER_TYPE;
        /// List, each: [`TrackedActionLastAccessed`].
        tracked_actions_last_accessed: Option<Vec<TrackedActionLastAccessed>> = "TrackedActionsLastAccessed", optional TRACKED_ACTIONS_LAST_ACCESSED;
    }
}

structure! {
    /// Part of [`CreateServiceSpecificCredentialResponse`], [`ResetServiceSpecificCredentialResponse`].
    ServiceSpecificCredential as SERVICE_SPECIFIC_CREDENTIAL {
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
        /// A moment.
        expiration_date: Option<Timestamp> = "ExpirationDate", optional DATE_TYPE;
        /// Text.
        service_name: String = "ServiceName", required SERVICE_NAME;
        /// Text of 0 to 200 characters.
        service_user_name: Option<String> = "ServiceUserName", optional SERVICE_USER_NAME;
        /// Text; secret.
        service_password: Option<Sensitive<String>> = "ServicePassword", optional SERVICE_PASSWORD;
        /// Text of 0 to 200 characters.
        service_credential_alias: Option<String> = "ServiceCredentialAlias", optional SERVICE_CREDENTIAL_ALIAS;
        /// Text; secret.
        service_credential_secret: Option<Sensitive<String>> = "ServiceCredentialSecret", optional SERVICE_CREDENTIAL_SECRET;
        /// Text of 20 to 128 characters.
        service_specific_credential_id: String = "ServiceSpecificCredentialId", required SERVICE_SPECIFIC_CREDENTIAL_ID;
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
    }
}

structure! {
    /// Part of [`ListServiceSpecificCredentialsResponse`].
    ServiceSpecificCredentialMetadata as SERVICE_SPECIFIC_CREDENTIAL_METADATA {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
        /// Text of 0 to 200 characters.
        service_user_name: Option<String> = "ServiceUserName", optional SERVICE_USER_NAME;
        /// Text of 0 to 200 characters.
        service_credential_alias: Option<String> = "ServiceCredentialAlias", optional SERVICE_CREDENTIAL_ALIAS;
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
        /// A moment.
        expiration_date: Option<Timestamp> = "ExpirationDate", optional DATE_TYPE;
        /// Text of 20 to 128 characters.
        service_specific_credential_id: String = "ServiceSpecificCredentialId", required SERVICE_SPECIFIC_CREDENTIAL_ID;
        /// Text.
        service_name: String = "ServiceName", required SERVICE_NAME;
    }
}

structure! {
    /// What `SetDefaultPolicyVersion` takes.
    SetDefaultPolicyVersionRequest as SET_DEFAULT_POLICY_VERSION_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// Text.
        version_id: String = "VersionId", required POLICY_VERSION_ID_TYPE;
    }
}

structure! {
    /// What `SetSecurityTokenServicePreferences` takes.
    SetSecurityTokenServicePreferencesRequest as SET_SECURITY_TOKEN_SERVICE_PREFERENCES_REQUEST {
        /// One of `v1Token`, `v2Token`.
        global_endpoint_token_version: String = "GlobalEndpointTokenVersion", required GLOBAL_ENDPOINT_TOKEN_VERSION;
    }
}

structure! {
    /// Part of [`ListSigningCertificatesResponse`], [`UploadSigningCertificateResponse`].
    SigningCertificate as SIGNING_CERTIFICATE {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 24 to 128 characters.
        certificate_id: String = "CertificateId", required CERTIFICATE_ID_TYPE;
        /// Text of 1 to 16384 characters.
        certificate_body: String = "CertificateBody", required CERTIFICATE_BODY_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
        /// A moment.
        upload_date: Option<Timestamp> = "UploadDate", optional DATE_TYPE;
    }
}

structure! {
    /// What `SimulateCustomPolicy` takes.
    SimulateCustomPolicyRequest as SIMULATE_CUSTOM_POLICY_REQUEST {
        /// List, each: text of 1 to 131072 characters.
        policy_input_list: Vec<String> = "PolicyInputList", required SIMULATION_POLICY_LIST_TYPE;
        /// List, each: text of 1 to 131072 characters.
        permissions_boundary_policy_input_list: Option<Vec<String>> = "PermissionsBoundaryPolicyInputList", optional SIMULATION_POLICY_LIST_TYPE;
        /// List, each: text of 3 to 128 characters.
        action_names: Vec<String> = "ActionNames", required ACTION_NAME_LIST_TYPE;
        /// List, each: text of 1 to 2048 characters.
        resource_arns: Option<Vec<String>> = "ResourceArns", optional RESOURCE_NAME_LIST_TYPE;
        /// Text of 1 to 131072 characters.
        resource_policy: Option<String> = "ResourcePolicy", optional POLICY_DOCUMENT_TYPE;
        /// Text of 1 to 2048 characters.
        resource_owner: Option<String> = "ResourceOwner", optional RESOURCE_NAME_TYPE;
        /// Text of 1 to 2048 characters.
        caller_arn: Option<String> = "CallerArn", optional RESOURCE_NAME_TYPE;
        /// List, each: [`ContextEntry`].
        context_entries: Option<Vec<ContextEntry>> = "ContextEntries", optional CONTEXT_ENTRY_LIST_TYPE;
        /// Text of 1 to 64 characters.
        resource_handling_option: Option<String> = "ResourceHandlingOption", optional RESOURCE_HANDLING_OPTION_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `SimulateCustomPolicy`; The answer of `SimulatePrincipalPolicy`.
    SimulatePolicyResponse as SIMULATE_POLICY_RESPONSE {
        /// List, each: [`EvaluationResult`].
        evaluation_results: Option<Vec<EvaluationResult>> = "EvaluationResults", optional EVALUATION_RESULTS_LIST_TYPE;
        /// True or false.
        is_truncated: Option<bool> = "IsTruncated", optional BOOLEAN_TYPE;
        /// Text.
        marker: Option<String> = "Marker", optional RESPONSE_MARKER_TYPE;
    }
}

structure! {
    /// What `SimulatePrincipalPolicy` takes.
    SimulatePrincipalPolicyRequest as SIMULATE_PRINCIPAL_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_source_arn: String = "PolicySourceArn", required ARN_TYPE;
        /// List, each: text of 1 to 131072 characters.
        policy_input_list: Option<Vec<String>> = "PolicyInputList", optional SIMULATION_POLICY_LIST_TYPE;
        /// List, each: text of 1 to 131072 characters.
        permissions_boundary_policy_input_list: Option<Vec<String>> = "PermissionsBoundaryPolicyInputList", optional SIMULATION_POLICY_LIST_TYPE;
        /// List, each: text of 3 to 128 characters.
        action_names: Vec<String> = "ActionNames", required ACTION_NAME_LIST_TYPE;
        /// List, each: text of 1 to 2048 characters.
        resource_arns: Option<Vec<String>> = "ResourceArns", optional RESOURCE_NAME_LIST_TYPE;
        /// Text of 1 to 131072 characters.
        resource_policy: Option<String> = "ResourcePolicy", optional POLICY_DOCUMENT_TYPE;
        /// Text of 1 to 2048 characters.
        resource_owner: Option<String> = "ResourceOwner", optional RESOURCE_NAME_TYPE;
        /// Text of 1 to 2048 characters.
        caller_arn: Option<String> = "CallerArn", optional RESOURCE_NAME_TYPE;
        /// List, each: [`ContextEntry`].
        context_entries: Option<Vec<ContextEntry>> = "ContextEntries", optional CONTEXT_ENTRY_LIST_TYPE;
        /// Text of 1 to 64 characters.
        resource_handling_option: Option<String> = "ResourceHandlingOption", optional RESOURCE_HANDLING_OPTION_TYPE;
        /// Number, 1 to 1000.
        max_items: Option<i32> = "MaxItems", optional MAX_ITEMS_TYPE;
        /// Text of 1 to 320 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// Part of [`EvaluationResult`], [`ResourceSpecificResult`].
    Statement as STATEMENT {
        /// Text.
        source_policy_id: Option<String> = "SourcePolicyId", optional POLICY_IDENTIFIER_TYPE;
        /// One of `user`, `group`, `role`, `aws-managed`, `user-managed`, `resource`, `none`.
        source_policy_type: Option<String> = "SourcePolicyType", optional POLICY_SOURCE_TYPE;
        /// [`Position`].
        start_position: Option<Position> = "StartPosition", optional POSITION;
        /// [`Position`].
        end_position: Option<Position> = "EndPosition", optional POSITION;
    }
}

structure! {
    /// Part of [`CreateInstanceProfileRequest`], [`CreateOpenIDConnectProviderRequest`], [`CreateOpenIDConnectProviderResponse`], [`CreatePolicyRequest`], [`CreateRoleRequest`], [`CreateSAMLProviderRequest`], [`CreateSAMLProviderResponse`], [`CreateUserRequest`], [`CreateVirtualMFADeviceRequest`], [`GetOpenIDConnectProviderResponse`], [`GetSAMLProviderResponse`], [`InstanceProfile`], [`ListInstanceProfileTagsResponse`], [`ListMFADeviceTagsResponse`], [`ListOpenIDConnectProviderTagsResponse`], [`ListPolicyTagsResponse`], [`ListRoleTagsResponse`], [`ListSAMLProviderTagsResponse`], [`ListServerCertificateTagsResponse`], [`ListUserTagsResponse`], [`Policy`], [`RoleDetail`], [`Role`], [`ServerCertificate`], [`TagInstanceProfileRequest`], [`TagMFADeviceRequest`], [`TagOpenIDConnectProviderRequest`], [`TagPolicyRequest`], [`TagRoleRequest`], [`TagSAMLProviderRequest`], [`TagServerCertificateRequest`], [`TagUserRequest`], [`UploadServerCertificateRequest`], [`UploadServerCertificateResponse`], [`UserDetail`], [`User`], [`VirtualMFADevice`].
    Tag as TAG {
        /// Text of 1 to 128 characters.
        key: String = "Key", required TAG_KEY_TYPE;
        /// Text of 0 to 256 characters.
        value: String = "Value", required TAG_VALUE_TYPE;
    }
}

structure! {
    /// What `TagInstanceProfile` takes.
    TagInstanceProfileRequest as TAG_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagMFADevice` takes.
    TagMFADeviceRequest as TAG_MFA_DEVICE_REQUEST {
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagOpenIDConnectProvider` takes.
    TagOpenIDConnectProviderRequest as TAG_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagPolicy` takes.
    TagPolicyRequest as TAG_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagRole` takes.
    TagRoleRequest as TAG_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagSAMLProvider` takes.
    TagSAMLProviderRequest as TAG_SAML_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: String = "SAMLProviderArn", required ARN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagServerCertificate` takes.
    TagServerCertificateRequest as TAG_SERVER_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `TagUser` takes.
    TagUserRequest as TAG_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// Part of [`ServiceLastAccessed`].
    TrackedActionLastAccessed as TRACKED_ACTION_LAST_ACCESSED {
        /// Text.
        action_name: Option<String> = "ActionName", optional STRING_TYPE;
        /// Text of 20 to 2048 characters.
        last_accessed_entity: Option<String> = "LastAccessedEntity", optional ARN_TYPE;
        /// A moment.
        last_accessed_time: Option<Timestamp> = "LastAccessedTime", optional DATE_TYPE;
        /// Text.
        last_accessed_region: Option<String> = "LastAccessedRegion", optional STRING_TYPE;
    }
}

structure! {
    /// What `UntagInstanceProfile` takes.
    UntagInstanceProfileRequest as UNTAG_INSTANCE_PROFILE_REQUEST {
        /// Text of 1 to 128 characters.
        instance_profile_name: String = "InstanceProfileName", required INSTANCE_PROFILE_NAME_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagMFADevice` takes.
    UntagMFADeviceRequest as UNTAG_MFA_DEVICE_REQUEST {
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagOpenIDConnectProvider` takes.
    UntagOpenIDConnectProviderRequest as UNTAG_OPEN_ID_CONNECT_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagPolicy` takes.
    UntagPolicyRequest as UNTAG_POLICY_REQUEST {
        /// Text of 20 to 2048 characters.
        policy_arn: String = "PolicyArn", required ARN_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagRole` takes.
    UntagRoleRequest as UNTAG_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagSAMLProvider` takes.
    UntagSAMLProviderRequest as UNTAG_SAML_PROVIDER_REQUEST {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: String = "SAMLProviderArn", required ARN_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagServerCertificate` takes.
    UntagServerCertificateRequest as UNTAG_SERVER_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UntagUser` takes.
    UntagUserRequest as UNTAG_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UpdateAccessKey` takes.
    UpdateAccessKeyRequest as UPDATE_ACCESS_KEY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
    }
}

structure! {
    /// What `UpdateAccountPasswordPolicy` takes.
    UpdateAccountPasswordPolicyRequest as UPDATE_ACCOUNT_PASSWORD_POLICY_REQUEST {
        /// Number, 6 to 128.
        minimum_password_length: Option<i32> = "MinimumPasswordLength", optional MINIMUM_PASSWORD_LENGTH_TYPE;
        /// True or false.
        require_symbols: Option<bool> = "RequireSymbols", optional BOOLEAN_TYPE;
        /// True or false.
        require_numbers: Option<bool> = "RequireNumbers", optional BOOLEAN_TYPE;
        /// True or false.
        require_uppercase_characters: Option<bool> = "RequireUppercaseCharacters", optional BOOLEAN_TYPE;
        /// True or false.
        require_lowercase_characters: Option<bool> = "RequireLowercaseCharacters", optional BOOLEAN_TYPE;
        /// True or false.
        allow_users_to_change_password: Option<bool> = "AllowUsersToChangePassword", optional BOOLEAN_TYPE;
        /// Number, 1 to 1095.
        max_password_age: Option<i32> = "MaxPasswordAge", optional MAX_PASSWORD_AGE_TYPE;
        /// Number, 1 to 24.
        password_reuse_prevention: Option<i32> = "PasswordReusePrevention", optional PASSWORD_REUSE_PREVENTION_TYPE;
        /// True or false.
        hard_expiry: Option<bool> = "HardExpiry", optional BOOLEAN_OBJECT_TYPE;
    }
}

structure! {
    /// What `UpdateAssumeRolePolicy` takes.
    UpdateAssumeRolePolicyRequest as UPDATE_ASSUME_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `UpdateDelegationRequest` takes.
    UpdateDelegationRequestRequest as UPDATE_DELEGATION_REQUEST_REQUEST {
        /// Text of 16 to 128 characters.
        delegation_request_id: String = "DelegationRequestId", required DELEGATION_REQUEST_ID_TYPE;
        /// Text of up to 500 characters.
        notes: Option<String> = "Notes", optional NOTES_TYPE;
    }
}

structure! {
    /// What `UpdateGroup` takes.
    UpdateGroupRequest as UPDATE_GROUP_REQUEST {
        /// Text of 1 to 128 characters.
        group_name: String = "GroupName", required GROUP_NAME_TYPE;
        /// Text of 1 to 512 characters.
        new_path: Option<String> = "NewPath", optional PATH_TYPE;
        /// Text of 1 to 128 characters.
        new_group_name: Option<String> = "NewGroupName", optional GROUP_NAME_TYPE;
    }
}

structure! {
    /// What `UpdateLoginProfile` takes.
    UpdateLoginProfileRequest as UPDATE_LOGIN_PROFILE_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 1 to 128 characters; secret.
        password: Option<Sensitive<String>> = "Password", optional PASSWORD_TYPE;
        /// True or false.
        password_reset_required: Option<bool> = "PasswordResetRequired", optional BOOLEAN_OBJECT_TYPE;
    }
}

structure! {
    /// What `UpdateOpenIDConnectProviderThumbprint` takes.
    UpdateOpenIDConnectProviderThumbprintRequest as UPDATE_OPEN_ID_CONNECT_PROVIDER_THUMBPRINT_REQUEST {
        /// Text of 20 to 2048 characters.
        open_id_connect_provider_arn: String = "OpenIDConnectProviderArn", required ARN_TYPE;
        /// List, each: text of 40 to 40 characters.
        thumbprint_list: Vec<String> = "ThumbprintList", required THUMBPRINT_LIST_TYPE;
    }
}

structure! {
    /// What `UpdateRoleDescription` takes.
    UpdateRoleDescriptionRequest as UPDATE_ROLE_DESCRIPTION_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of up to 1000 characters.
        description: String = "Description", required ROLE_DESCRIPTION_TYPE;
    }
}

structure! {
    /// The answer of `UpdateRoleDescription`.
    UpdateRoleDescriptionResponse as UPDATE_ROLE_DESCRIPTION_RESPONSE {
        /// [`Role`].
        role: Option<Role> = "Role", optional ROLE;
    }
}

structure! {
    /// What `UpdateRole` takes.
    UpdateRoleRequest as UPDATE_ROLE_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of up to 1000 characters.
        description: Option<String> = "Description", optional ROLE_DESCRIPTION_TYPE;
        /// Number, 3600 to 43200.
        max_session_duration: Option<i32> = "MaxSessionDuration", optional ROLE_MAX_SESSION_DURATION_TYPE;
    }
}

structure! {
    /// The answer of `UpdateRole`.
    UpdateRoleResponse as UPDATE_ROLE_RESPONSE {}
}

structure! {
    /// What `UpdateSAMLProvider` takes.
    UpdateSAMLProviderRequest as UPDATE_SAML_PROVIDER_REQUEST {
        /// Text of 1000 to 10000000 characters.
        saml_metadata_document: Option<String> = "SAMLMetadataDocument", optional SAML_METADATA_DOCUMENT_TYPE;
        /// Text of 20 to 2048 characters.
        saml_provider_arn: String = "SAMLProviderArn", required ARN_TYPE;
        /// One of `Required`, `Allowed`.
        assertion_encryption_mode: Option<String> = "AssertionEncryptionMode", optional ASSERTION_ENCRYPTION_MODE_TYPE;
        /// Text of 1 to 16384 characters; secret.
        add_private_key: Option<Sensitive<String>> = "AddPrivateKey", optional PRIVATE_KEY_TYPE;
        /// Text of 22 to 64 characters.
        remove_private_key: Option<String> = "RemovePrivateKey", optional PRIVATE_KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `UpdateSAMLProvider`.
    UpdateSAMLProviderResponse as UPDATE_SAML_PROVIDER_RESPONSE {
        /// Text of 20 to 2048 characters.
        saml_provider_arn: Option<String> = "SAMLProviderArn", optional ARN_TYPE;
    }
}

structure! {
    /// What `UpdateSSHPublicKey` takes.
    UpdateSSHPublicKeyRequest as UPDATE_SSH_PUBLIC_KEY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        ssh_public_key_id: String = "SSHPublicKeyId", required PUBLIC_KEY_ID_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
    }
}

structure! {
    /// What `UpdateServerCertificate` takes.
    UpdateServerCertificateRequest as UPDATE_SERVER_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
        /// Text of 1 to 512 characters.
        new_path: Option<String> = "NewPath", optional PATH_TYPE;
        /// Text of 1 to 128 characters.
        new_server_certificate_name: Option<String> = "NewServerCertificateName", optional SERVER_CERTIFICATE_NAME_TYPE;
    }
}

structure! {
    /// What `UpdateServiceSpecificCredential` takes.
    UpdateServiceSpecificCredentialRequest as UPDATE_SERVICE_SPECIFIC_CREDENTIAL_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 20 to 128 characters.
        service_specific_credential_id: String = "ServiceSpecificCredentialId", required SERVICE_SPECIFIC_CREDENTIAL_ID;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
    }
}

structure! {
    /// What `UpdateSigningCertificate` takes.
    UpdateSigningCertificateRequest as UPDATE_SIGNING_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 24 to 128 characters.
        certificate_id: String = "CertificateId", required CERTIFICATE_ID_TYPE;
        /// One of `Active`, `Inactive`, `Expired`.
        status: String = "Status", required STATUS_TYPE;
    }
}

structure! {
    /// What `UpdateUser` takes.
    UpdateUserRequest as UPDATE_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 512 characters.
        new_path: Option<String> = "NewPath", optional PATH_TYPE;
        /// Text of 1 to 64 characters.
        new_user_name: Option<String> = "NewUserName", optional USER_NAME_TYPE;
    }
}

structure! {
    /// What `UploadSSHPublicKey` takes.
    UploadSSHPublicKeyRequest as UPLOAD_SSH_PUBLIC_KEY_REQUEST {
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 1 to 16384 characters.
        ssh_public_key_body: String = "SSHPublicKeyBody", required PUBLIC_KEY_MATERIAL_TYPE;
    }
}

structure! {
    /// The answer of `UploadSSHPublicKey`.
    UploadSSHPublicKeyResponse as UPLOAD_SSH_PUBLIC_KEY_RESPONSE {
        /// [`SSHPublicKey`].
        ssh_public_key: Option<SSHPublicKey> = "SSHPublicKey", optional SSH_PUBLIC_KEY;
    }
}

structure! {
    /// What `UploadServerCertificate` takes.
    UploadServerCertificateRequest as UPLOAD_SERVER_CERTIFICATE_REQUEST {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 128 characters.
        server_certificate_name: String = "ServerCertificateName", required SERVER_CERTIFICATE_NAME_TYPE;
        /// Text of 1 to 16384 characters.
        certificate_body: String = "CertificateBody", required CERTIFICATE_BODY_TYPE;
        /// Text of 1 to 16384 characters; secret.
        private_key: Sensitive<String> = "PrivateKey", required PRIVATE_KEY_TYPE;
        /// Text of 1 to 2097152 characters.
        certificate_chain: Option<String> = "CertificateChain", optional CERTIFICATE_CHAIN_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `UploadServerCertificate`.
    UploadServerCertificateResponse as UPLOAD_SERVER_CERTIFICATE_RESPONSE {
        /// [`ServerCertificateMetadata`].
        server_certificate_metadata: Option<ServerCertificateMetadata> = "ServerCertificateMetadata", optional SERVER_CERTIFICATE_METADATA;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// What `UploadSigningCertificate` takes.
    UploadSigningCertificateRequest as UPLOAD_SIGNING_CERTIFICATE_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 1 to 16384 characters.
        certificate_body: String = "CertificateBody", required CERTIFICATE_BODY_TYPE;
    }
}

structure! {
    /// The answer of `UploadSigningCertificate`.
    UploadSigningCertificateResponse as UPLOAD_SIGNING_CERTIFICATE_RESPONSE {
        /// [`SigningCertificate`].
        certificate: SigningCertificate = "Certificate", required SIGNING_CERTIFICATE;
    }
}

structure! {
    /// Part of [`CreateUserResponse`], [`GetGroupResponse`], [`GetUserResponse`], [`ListUsersResponse`], [`VirtualMFADevice`].
    User as USER {
        /// Text of 1 to 512 characters.
        path: String = "Path", required PATH_TYPE;
        /// Text of 1 to 64 characters.
        user_name: String = "UserName", required USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        user_id: String = "UserId", required ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
        /// A moment.
        create_date: Timestamp = "CreateDate", required DATE_TYPE;
        /// A moment.
        password_last_used: Option<Timestamp> = "PasswordLastUsed", optional DATE_TYPE;
        /// [`AttachedPermissionsBoundary`].
        permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary", optional ATTACHED_PERMISSIONS_BOUNDARY;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// Part of [`GetAccountAuthorizationDetailsResponse`].
    UserDetail as USER_DETAIL {
        /// Text of 1 to 512 characters.
        path: Option<String> = "Path", optional PATH_TYPE;
        /// Text of 1 to 64 characters.
        user_name: Option<String> = "UserName", optional USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        user_id: Option<String> = "UserId", optional ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// A moment.
        create_date: Option<Timestamp> = "CreateDate", optional DATE_TYPE;
        /// List, each: [`PolicyDetail`].
        user_policy_list: Option<Vec<PolicyDetail>> = "UserPolicyList", optional POLICY_DETAIL_LIST_TYPE;
        /// List, each: text of 1 to 128 characters.
        group_list: Option<Vec<String>> = "GroupList", optional GROUP_NAME_LIST_TYPE;
        /// List, each: [`AttachedPolicy`].
        attached_managed_policies: Option<Vec<AttachedPolicy>> = "AttachedManagedPolicies", optional ATTACHED_POLICIES_LIST_TYPE;
        /// [`AttachedPermissionsBoundary`].
        permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary", optional ATTACHED_PERMISSIONS_BOUNDARY;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// Part of [`CreateVirtualMFADeviceResponse`], [`ListVirtualMFADevicesResponse`].
    VirtualMFADevice as VIRTUAL_MFA_DEVICE {
        /// Text of 9 to 256 characters.
        serial_number: String = "SerialNumber", required SERIAL_NUMBER_TYPE;
        /// Bytes; secret.
        base32_string_seed: Option<Sensitive<Vec<u8>>> = "Base32StringSeed", optional BOOTSTRAP_DATUM;
        /// Bytes; secret.
        qr_code_png: Option<Sensitive<Vec<u8>>> = "QRCodePNG", optional BOOTSTRAP_DATUM;
        /// [`User`].
        user: Option<User> = "User", optional USER;
        /// A moment.
        enable_date: Option<Timestamp> = "EnableDate", optional DATE_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

static ACCESS_ADVISOR_USAGE_GRANULARITY_TYPE: Shape =
    Shape::new(Kind::String).values(&["ACTION_LEVEL", "SERVICE_LEVEL"]);
static ACCESS_DETAILS: Shape = Shape::list(&ACCESS_DETAIL);
static ACTION_NAME_LIST_TYPE: Shape = Shape::list(&ACTION_NAME_TYPE);
static ACTION_NAME_TYPE: Shape = Shape::new(Kind::String).min(3).max(128);
static ARN_LIST_TYPE: Shape = Shape::list(&ARN_TYPE);
static BOOTSTRAP_DATUM: Shape = Shape::new(Kind::Blob).sensitive();
static CERTIFICATION_KEY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0020-\u00FF]+"#);
static CERTIFICATION_KEY_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&CERTIFICATION_KEY_TYPE_PATTERN);
static CERTIFICATION_MAP_TYPE: Shape = Shape::map(&CERTIFICATION_KEY_TYPE, &CERTIFICATION_VALUE_TYPE);
static CERTIFICATION_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0020-\u00FF]+"#);
static CERTIFICATION_VALUE_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(32).pattern(&CERTIFICATION_VALUE_TYPE_PATTERN);
static COLUMN_NUMBER: Shape = Shape::new(Kind::Integer);
static CONTEXT_ENTRY_LIST_TYPE: Shape = Shape::list(&CONTEXT_ENTRY);
static CONTEXT_KEY_NAME_TYPE: Shape = Shape::new(Kind::String).min(5).max(256);
static CONTEXT_KEY_NAMES_RESULT_LIST_TYPE: Shape = Shape::list(&CONTEXT_KEY_NAME_TYPE);
static CONTEXT_KEY_TYPE_ENUM: Shape = Shape::new(Kind::String).values(&[
    "date",
    "numericList",
    "boolean",
    "string",
    "stringList",
    "ip",
    "binary",
    "numeric",
    "booleanList",
    "dateList",
    "binaryList",
    "ipList",
]);
static CONTEXT_KEY_VALUE_LIST_TYPE: Shape = Shape::list(&CONTEXT_KEY_VALUE_TYPE);
static CONTEXT_KEY_VALUE_TYPE: Shape = Shape::new(Kind::String);
static DELETION_TASK_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(1000);
static DELETION_TASK_STATUS_TYPE: Shape =
    Shape::new(Kind::String).values(&["IN_PROGRESS", "FAILED", "NOT_STARTED", "SUCCEEDED"]);
static ENTITY_TYPE: Shape =
    Shape::new(Kind::String).values(&["Role", "Group", "AWSManagedPolicy", "User", "LocalManagedPolicy"]);
static EVAL_DECISION_DETAILS_TYPE: Shape = Shape::map(&EVAL_DECISION_SOURCE_TYPE, &POLICY_EVALUATION_DECISION_TYPE);
static EVAL_DECISION_SOURCE_TYPE: Shape = Shape::new(Kind::String).min(3).max(256);
static EVALUATION_RESULTS_LIST_TYPE: Shape = Shape::list(&EVALUATION_RESULT);
static FEATURE_TYPE: Shape = Shape::new(Kind::String).values(&["RootCredentialsManagement", "RootSessions"]);
static FEATURES_LIST_TYPE: Shape = Shape::list(&FEATURE_TYPE);
static LINE_NUMBER: Shape = Shape::new(Kind::Integer);
static MANAGED_POLICY_DETAIL_LIST_TYPE: Shape = Shape::list(&MANAGED_POLICY_DETAIL);
static OPEN_ID_CONNECT_PROVIDER_LIST_TYPE: Shape = Shape::list(&OPEN_ID_CONNECT_PROVIDER_LIST_ENTRY);
static OPEN_ID_CONNECT_PROVIDER_URL_TYPE: Shape = Shape::new(Kind::String).min(1).max(255);
static ORGANIZATION_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^o-[a-z0-9]{10,32}$"#);
static ORGANIZATION_ID_TYPE: Shape = Shape::new(Kind::String).max(34).pattern(&ORGANIZATION_ID_TYPE_PATTERN);
static PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE: Shape = Shape::new(Kind::String).values(&["PermissionsBoundaryPolicy"]);
static POLICY_EVALUATION_DECISION_TYPE: Shape =
    Shape::new(Kind::String).values(&["implicitDeny", "allowed", "explicitDeny"]);
static POLICY_GROUP_LIST_TYPE: Shape = Shape::list(&POLICY_GROUP);
static POLICY_IDENTIFIER_TYPE: Shape = Shape::new(Kind::String);
static POLICY_PARAMETER_TYPE_ENUM: Shape = Shape::new(Kind::String).values(&["string", "stringList"]);
static POLICY_ROLE_LIST_TYPE: Shape = Shape::list(&POLICY_ROLE);
static POLICY_SOURCE_TYPE: Shape =
    Shape::new(Kind::String).values(&["user-managed", "role", "resource", "aws-managed", "none", "user", "group"]);
static POLICY_USAGE_TYPE: Shape = Shape::new(Kind::String).values(&["PermissionsPolicy", "PermissionsBoundary"]);
static POLICY_USER_LIST_TYPE: Shape = Shape::list(&POLICY_USER);
static REASON_TYPE: Shape = Shape::new(Kind::String).max(1000);
static REGION_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(100);
static REPORT_CONTENT_TYPE: Shape = Shape::new(Kind::Blob);
static REPORT_FORMAT_TYPE: Shape = Shape::new(Kind::String).values(&["text/csv"]);
static REPORT_STATE_DESCRIPTION_TYPE: Shape = Shape::new(Kind::String);
static REPORT_STATE_TYPE: Shape = Shape::new(Kind::String).values(&["COMPLETE", "STARTED", "INPROGRESS"]);
static RESOURCE_HANDLING_OPTION_TYPE: Shape = Shape::new(Kind::String).min(1).max(64);
static RESOURCE_NAME_LIST_TYPE: Shape = Shape::list(&RESOURCE_NAME_TYPE);
static RESOURCE_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(2048);
static RESOURCE_SPECIFIC_RESULT_LIST_TYPE: Shape = Shape::list(&RESOURCE_SPECIFIC_RESULT);
static ROLE_USAGE_LIST_TYPE: Shape = Shape::list(&ROLE_USAGE_TYPE);
static SAML_METADATA_DOCUMENT_TYPE: Shape = Shape::new(Kind::String).min(1000).max(10000000);
static SAML_PROVIDER_LIST_TYPE: Shape = Shape::list(&SAML_PROVIDER_LIST_ENTRY);
static SAML_PROVIDER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w._-]+"#);
static SAML_PROVIDER_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&SAML_PROVIDER_NAME_TYPE_PATTERN);
static SSH_PUBLIC_KEY_LIST_TYPE: Shape = Shape::list(&SSH_PUBLIC_KEY_METADATA);
static SERVICE_SPECIFIC_CREDENTIALS_LIST_TYPE: Shape = Shape::list(&SERVICE_SPECIFIC_CREDENTIAL_METADATA);
static SERVICES_LAST_ACCESSED: Shape = Shape::list(&SERVICE_LAST_ACCESSED);
static SIMULATION_POLICY_LIST_TYPE: Shape = Shape::list(&POLICY_DOCUMENT_TYPE);
static STATEMENT_LIST_TYPE: Shape = Shape::list(&STATEMENT);
static TRACKED_ACTIONS_LAST_ACCESSED: Shape = Shape::list(&TRACKED_ACTION_LAST_ACCESSED);
static ACCESS_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static ACCESS_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(16).max(128).pattern(&ACCESS_KEY_ID_TYPE_PATTERN);
static ACCESS_KEY_METADATA_LIST_TYPE: Shape = Shape::list(&ACCESS_KEY_METADATA);
static ACCESS_KEY_SECRET_TYPE: Shape = Shape::new(Kind::String).sensitive();
static ACCOUNT_ALIAS_LIST_TYPE: Shape = Shape::list(&ACCOUNT_ALIAS_TYPE);
static ACCOUNT_ALIAS_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#);
static ACCOUNT_ALIAS_TYPE: Shape = Shape::new(Kind::String).min(3).max(63).pattern(&ACCOUNT_ALIAS_TYPE_PATTERN);
static ACCOUNT_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"\d{12}"#);
static ACCOUNT_ID_TYPE: Shape = Shape::new(Kind::String).pattern(&ACCOUNT_ID_TYPE_PATTERN);
static ALL_USERS: Shape = Shape::new(Kind::Boolean);
static ARN_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048);
static ASSERTION_ENCRYPTION_MODE_TYPE: Shape = Shape::new(Kind::String).values(&["Required", "Allowed"]);
static ASSIGNMENT_STATUS_TYPE: Shape = Shape::new(Kind::String).values(&["Assigned", "Unassigned", "Any"]);
static ATTACHED_POLICIES_LIST_TYPE: Shape = Shape::list(&ATTACHED_POLICY);
static ATTACHMENT_COUNT_TYPE: Shape = Shape::new(Kind::Integer);
static AUTHENTICATION_CODE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\d]+"#);
static AUTHENTICATION_CODE_TYPE: Shape =
    Shape::new(Kind::String).min(6).max(6).pattern(&AUTHENTICATION_CODE_TYPE_PATTERN);
static BOOLEAN_OBJECT_TYPE: Shape = Shape::new(Kind::Boolean);
static BOOLEAN_TYPE: Shape = Shape::new(Kind::Boolean);
static CERTIFICATE_BODY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static CERTIFICATE_BODY_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(16384).pattern(&CERTIFICATE_BODY_TYPE_PATTERN);
static CERTIFICATE_CHAIN_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static CERTIFICATE_CHAIN_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(2097152).pattern(&CERTIFICATE_CHAIN_TYPE_PATTERN);
static CERTIFICATE_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static CERTIFICATE_ID_TYPE: Shape = Shape::new(Kind::String).min(24).max(128).pattern(&CERTIFICATE_ID_TYPE_PATTERN);
static CERTIFICATE_LIST_TYPE: Shape = Shape::list(&SIGNING_CERTIFICATE);
static CLIENT_ID_LIST_TYPE: Shape = Shape::list(&CLIENT_ID_TYPE);
static CLIENT_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(255);
static CONSOLE_DEEP_LINK_TYPE: Shape = Shape::new(Kind::String).min(1).max(255);
static CREDENTIAL_AGE_DAYS: Shape = Shape::new(Kind::Integer).min(1).max(36600);
static CUSTOM_SUFFIX_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static CUSTOM_SUFFIX_TYPE: Shape = Shape::new(Kind::String).min(1).max(64).pattern(&CUSTOM_SUFFIX_TYPE_PATTERN);
static DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static DELEGATION_REQUEST_DESCRIPTION_TYPE_PATTERN: Pattern =
    Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#);
static DELEGATION_REQUEST_DESCRIPTION_TYPE: Shape =
    Shape::new(Kind::String).max(1000).pattern(&DELEGATION_REQUEST_DESCRIPTION_TYPE_PATTERN);
static DELEGATION_REQUEST_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w-]+"#);
static DELEGATION_REQUEST_ID_TYPE: Shape =
    Shape::new(Kind::String).min(16).max(128).pattern(&DELEGATION_REQUEST_ID_TYPE_PATTERN);
static DELEGATION_REQUESTS_LIST_TYPE: Shape = Shape::list(&DELEGATION_REQUEST);
static ENCODING_TYPE: Shape = Shape::new(Kind::String).values(&["SSH", "PEM"]);
static ENTITY_DETAILS_LIST_TYPE: Shape = Shape::list(&ENTITY_DETAILS);
static ENTITY_LIST_TYPE: Shape = Shape::list(&ENTITY_TYPE);
static ENTITY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static ENTITY_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&ENTITY_NAME_TYPE_PATTERN);
static EXISTING_USER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static EXISTING_USER_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&EXISTING_USER_NAME_TYPE_PATTERN);
static GLOBAL_ENDPOINT_TOKEN_VERSION: Shape = Shape::new(Kind::String).values(&["v2Token", "v1Token"]);
static GROUP_DETAIL_LIST_TYPE: Shape = Shape::list(&GROUP_DETAIL);
static GROUP_LIST_TYPE: Shape = Shape::list(&GROUP);
static GROUP_NAME_LIST_TYPE: Shape = Shape::list(&GROUP_NAME_TYPE);
static GROUP_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static GROUP_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&GROUP_NAME_TYPE_PATTERN);
static ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static ID_TYPE: Shape = Shape::new(Kind::String).min(16).max(128).pattern(&ID_TYPE_PATTERN);
static INSTANCE_PROFILE_LIST_TYPE: Shape = Shape::list(&INSTANCE_PROFILE);
static INSTANCE_PROFILE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static INSTANCE_PROFILE_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&INSTANCE_PROFILE_NAME_TYPE_PATTERN);
static INTEGER_TYPE: Shape = Shape::new(Kind::Integer);
static JOB_ID_TYPE: Shape = Shape::new(Kind::String).min(36).max(36);
static JOB_STATUS_TYPE: Shape = Shape::new(Kind::String).values(&["IN_PROGRESS", "COMPLETED", "FAILED"]);
static LIST_POLICY_GRANTING_SERVICE_ACCESS_RESPONSE_LIST_TYPE: Shape =
    Shape::list(&LIST_POLICIES_GRANTING_SERVICE_ACCESS_ENTRY);
static LOCALE_TYPE: Shape = Shape::new(Kind::String).min(2).max(12);
static MARKER_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0020-\u00FF]+"#);
static MARKER_TYPE: Shape = Shape::new(Kind::String).min(1).max(320).pattern(&MARKER_TYPE_PATTERN);
static MAX_ITEMS_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(1000);
static MAX_PASSWORD_AGE_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(1095);
static MFA_DEVICE_LIST_TYPE: Shape = Shape::list(&MFA_DEVICE);
static MINIMUM_PASSWORD_LENGTH_TYPE: Shape = Shape::new(Kind::Integer).min(6).max(128);
static NOTES_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#);
static NOTES_TYPE: Shape = Shape::new(Kind::String).max(500).pattern(&NOTES_TYPE_PATTERN);
static NOTIFICATION_CHANNEL_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9:_.-]+$"#);
static NOTIFICATION_CHANNEL_TYPE: Shape =
    Shape::new(Kind::String).min(2).max(400).pattern(&NOTIFICATION_CHANNEL_TYPE_PATTERN);
static ORGANIZATIONS_ENTITY_PATH_TYPE_PATTERN: Pattern =
    Pattern::new(r#"^o-[0-9a-z]{10,32}\/r-[0-9a-z]{4,32}[0-9a-z-\/]*"#);
static ORGANIZATIONS_ENTITY_PATH_TYPE: Shape =
    Shape::new(Kind::String).min(19).max(427).pattern(&ORGANIZATIONS_ENTITY_PATH_TYPE_PATTERN);
static ORGANIZATIONS_POLICY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^p-[0-9a-zA-Z_]{8,128}$"#);
static ORGANIZATIONS_POLICY_ID_TYPE: Shape = Shape::new(Kind::String).pattern(&ORGANIZATIONS_POLICY_ID_TYPE_PATTERN);
static OWNER_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9:/+=,.@_-]+$"#);
static OWNER_ID_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048).pattern(&OWNER_ID_TYPE_PATTERN);
static PASSWORD_REUSE_PREVENTION_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(24);
static PASSWORD_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static PASSWORD_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&PASSWORD_TYPE_PATTERN).sensitive();
static PATH_PREFIX_TYPE_PATTERN: Pattern = Pattern::new(r#"\u002F[\u0021-\u007F]*"#);
static PATH_PREFIX_TYPE: Shape = Shape::new(Kind::String).min(1).max(512).pattern(&PATH_PREFIX_TYPE_PATTERN);
static PATH_TYPE_PATTERN: Pattern = Pattern::new(r#"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#);
static PATH_TYPE: Shape = Shape::new(Kind::String).min(1).max(512).pattern(&PATH_TYPE_PATTERN);
static PERMISSION_CHECK_RESULT_TYPE: Shape = Shape::new(Kind::String).values(&["UNSURE", "ALLOWED", "DENIED"]);
static PERMISSION_CHECK_STATUS_TYPE: Shape = Shape::new(Kind::String).values(&["IN_PROGRESS", "COMPLETE", "FAILED"]);
static PERMISSION_TYPE: Shape = Shape::new(Kind::String);
static POLICY_DESCRIPTION_TYPE: Shape = Shape::new(Kind::String).max(1000);
static POLICY_DETAIL_LIST_TYPE: Shape = Shape::list(&POLICY_DETAIL);
static POLICY_DOCUMENT_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static POLICY_DOCUMENT_TYPE: Shape = Shape::new(Kind::String).min(1).max(131072).pattern(&POLICY_DOCUMENT_TYPE_PATTERN);
static POLICY_DOCUMENT_VERSION_LIST_TYPE: Shape = Shape::list(&POLICY_VERSION);
static POLICY_GRANTING_SERVICE_ACCESS_LIST_TYPE: Shape = Shape::list(&POLICY_GRANTING_SERVICE_ACCESS);
static POLICY_LIST_TYPE: Shape = Shape::list(&POLICY);
static POLICY_NAME_LIST_TYPE: Shape = Shape::list(&POLICY_NAME_TYPE);
static POLICY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static POLICY_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&POLICY_NAME_TYPE_PATTERN);
static POLICY_OWNER_ENTITY_TYPE: Shape = Shape::new(Kind::String).values(&["ROLE", "GROUP", "USER"]);
static POLICY_PARAMETER_LIST_TYPE: Shape = Shape::list(&POLICY_PARAMETER).max(50);
static POLICY_PARAMETER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[ -~]+"#);
static POLICY_PARAMETER_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(5).max(256).pattern(&POLICY_PARAMETER_NAME_TYPE_PATTERN);
static POLICY_PARAMETER_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r#"[ -~]+"#);
static POLICY_PARAMETER_VALUE_TYPE: Shape = Shape::new(Kind::String).pattern(&POLICY_PARAMETER_VALUE_TYPE_PATTERN);
static POLICY_PARAMETER_VALUES_LIST_TYPE: Shape = Shape::list(&POLICY_PARAMETER_VALUE_TYPE);
static POLICY_PATH_TYPE_PATTERN: Pattern = Pattern::new(r#"((/[A-Za-z0-9\.,\+@=_-]+)*)/"#);
static POLICY_PATH_TYPE: Shape = Shape::new(Kind::String).min(1).max(512).pattern(&POLICY_PATH_TYPE_PATTERN);
static POLICY_SCOPE_TYPE: Shape = Shape::new(Kind::String).values(&["All", "Local", "AWS"]);
static POLICY_TYPE: Shape = Shape::new(Kind::String).values(&["INLINE", "MANAGED"]);
static POLICY_VERSION_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"#);
static POLICY_VERSION_ID_TYPE: Shape = Shape::new(Kind::String).pattern(&POLICY_VERSION_ID_TYPE_PATTERN);
static PRIVATE_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[A-Z0-9]+"#);
static PRIVATE_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(22).max(64).pattern(&PRIVATE_KEY_ID_TYPE_PATTERN);
static PRIVATE_KEY_LIST: Shape = Shape::list(&SAML_PRIVATE_KEY).max(2);
static PRIVATE_KEY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static PRIVATE_KEY_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(16384).pattern(&PRIVATE_KEY_TYPE_PATTERN).sensitive();
static PUBLIC_KEY_FINGERPRINT_TYPE_PATTERN: Pattern = Pattern::new(r#"[:\w]+"#);
static PUBLIC_KEY_FINGERPRINT_TYPE: Shape =
    Shape::new(Kind::String).min(48).max(48).pattern(&PUBLIC_KEY_FINGERPRINT_TYPE_PATTERN);
static PUBLIC_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static PUBLIC_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(20).max(128).pattern(&PUBLIC_KEY_ID_TYPE_PATTERN);
static PUBLIC_KEY_MATERIAL_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static PUBLIC_KEY_MATERIAL_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(16384).pattern(&PUBLIC_KEY_MATERIAL_TYPE_PATTERN);
static REDIRECT_URL_TYPE_PATTERN: Pattern =
    Pattern::new(r#"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$"#);
static REDIRECT_URL_TYPE: Shape = Shape::new(Kind::String).min(1).max(255).pattern(&REDIRECT_URL_TYPE_PATTERN);
static REQUEST_MESSAGE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#);
static REQUEST_MESSAGE_TYPE: Shape = Shape::new(Kind::String).max(200).pattern(&REQUEST_MESSAGE_TYPE_PATTERN);
static REQUESTOR_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#);
static REQUESTOR_NAME_TYPE: Shape = Shape::new(Kind::String).max(30).pattern(&REQUESTOR_NAME_TYPE_PATTERN);
static REQUESTOR_WORKFLOW_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+"#);
static REQUESTOR_WORKFLOW_ID_TYPE: Shape =
    Shape::new(Kind::String).min(5).max(400).pattern(&REQUESTOR_WORKFLOW_ID_TYPE_PATTERN);
static RESPONSE_MARKER_TYPE: Shape = Shape::new(Kind::String);
static ROLE_DESCRIPTION_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#);
static ROLE_DESCRIPTION_TYPE: Shape = Shape::new(Kind::String).max(1000).pattern(&ROLE_DESCRIPTION_TYPE_PATTERN);
static ROLE_DETAIL_LIST_TYPE: Shape = Shape::list(&ROLE_DETAIL);
static ROLE_LIST_TYPE: Shape = Shape::list(&ROLE);
static ROLE_MAX_SESSION_DURATION_TYPE: Shape = Shape::new(Kind::Integer).min(3600).max(43200);
static ROLE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static ROLE_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(64).pattern(&ROLE_NAME_TYPE_PATTERN);
static ROLE_PERMISSION_RESTRICTION_ARN_LIST_TYPE: Shape = Shape::list(&ARN_TYPE);
static SERIAL_NUMBER_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=/:,.@-]+"#);
static SERIAL_NUMBER_TYPE: Shape = Shape::new(Kind::String).min(9).max(256).pattern(&SERIAL_NUMBER_TYPE_PATTERN);
static SERVER_CERTIFICATE_METADATA_LIST_TYPE: Shape = Shape::list(&SERVER_CERTIFICATE_METADATA);
static SERVER_CERTIFICATE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static SERVER_CERTIFICATE_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&SERVER_CERTIFICATE_NAME_TYPE_PATTERN);
static SERVICE_CREDENTIAL_ALIAS_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static SERVICE_CREDENTIAL_ALIAS: Shape =
    Shape::new(Kind::String).min(0).max(200).pattern(&SERVICE_CREDENTIAL_ALIAS_PATTERN);
static SERVICE_CREDENTIAL_SECRET: Shape = Shape::new(Kind::String).sensitive();
static SERVICE_NAME: Shape = Shape::new(Kind::String);
static SERVICE_NAME_TYPE: Shape = Shape::new(Kind::String);
static SERVICE_NAMESPACE_LIST_TYPE: Shape = Shape::list(&SERVICE_NAMESPACE_TYPE).min(1).max(200);
static SERVICE_NAMESPACE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w-]*"#);
static SERVICE_NAMESPACE_TYPE: Shape = Shape::new(Kind::String).min(1).max(64).pattern(&SERVICE_NAMESPACE_TYPE_PATTERN);
static SERVICE_PASSWORD: Shape = Shape::new(Kind::String).sensitive();
static SERVICE_SPECIFIC_CREDENTIAL_ID_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static SERVICE_SPECIFIC_CREDENTIAL_ID: Shape =
    Shape::new(Kind::String).min(20).max(128).pattern(&SERVICE_SPECIFIC_CREDENTIAL_ID_PATTERN);
static SERVICE_USER_NAME_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]*"#);
static SERVICE_USER_NAME: Shape = Shape::new(Kind::String).min(0).max(200).pattern(&SERVICE_USER_NAME_PATTERN);
static SESSION_DURATION_TYPE: Shape = Shape::new(Kind::Integer).min(300).max(43200);
static SORT_KEY_TYPE: Shape = Shape::new(Kind::String).values(&[
    "SERVICE_NAMESPACE_ASCENDING",
    "LAST_AUTHENTICATED_TIME_DESCENDING",
    "SERVICE_NAMESPACE_DESCENDING",
    "LAST_AUTHENTICATED_TIME_ASCENDING",
]);
static STATE_TYPE: Shape = Shape::new(Kind::String).values(&[
    "UNASSIGNED",
    "ACCEPTED",
    "PENDING_APPROVAL",
    "ASSIGNED",
    "EXPIRED",
    "FINALIZED",
    "REJECTED",
]);
static STATUS_TYPE: Shape = Shape::new(Kind::String).values(&["Active", "Inactive", "Expired"]);
static STRING_TYPE: Shape = Shape::new(Kind::String);
static SUMMARY_CONTENT_TYPE: Shape = Shape::new(Kind::String).min(0).max(10000);
static SUMMARY_KEY_TYPE: Shape = Shape::new(Kind::String).values(&[
    "GroupPolicySizeQuota",
    "InstanceProfilesQuota",
    "Policies",
    "GroupsPerUserQuota",
    "AttachedPoliciesPerUserQuota",
    "InstanceProfiles",
    "Users",
    "PoliciesQuota",
    "Providers",
    "AccountMFAEnabled",
    "AccessKeysPerUserQuota",
    "AssumeRolePolicySizeQuota",
    "PolicyVersionsInUseQuota",
    "GlobalEndpointTokenVersion",
    "AttachedPoliciesPerGroupQuota",
    "PolicySizeQuota",
    "VersionsPerPolicyQuota",
    "Groups",
    "UsersQuota",
    "AccountSigningCertificatesPresent",
    "ServerCertificatesQuota",
    "UserPolicySizeQuota",
    "MFADevices",
    "PolicyVersionsInUse",
    "ServerCertificates",
    "Roles",
    "RolesQuota",
    "SigningCertificatesPerUserQuota",
    "MFADevicesInUse",
    "RolePolicySizeQuota",
    "AttachedPoliciesPerRoleQuota",
    "AccountAccessKeysPresent",
    "AccountPasswordPresent",
    "GroupsQuota",
]);
static SUMMARY_MAP_TYPE: Shape = Shape::map(&SUMMARY_KEY_TYPE, &SUMMARY_VALUE_TYPE);
static SUMMARY_STATE_TYPE: Shape =
    Shape::new(Kind::String).values(&["AVAILABLE", "NOT_SUPPORTED", "FAILED", "NOT_AVAILABLE"]);
static SUMMARY_VALUE_TYPE: Shape = Shape::new(Kind::Integer);
static TAG_KEY_LIST_TYPE: Shape = Shape::list(&TAG_KEY_TYPE).max(50);
static TAG_KEY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#);
static TAG_KEY_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&TAG_KEY_TYPE_PATTERN);
static TAG_LIST_TYPE: Shape = Shape::list(&TAG).max(50);
static TAG_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#);
static TAG_VALUE_TYPE: Shape = Shape::new(Kind::String).min(0).max(256).pattern(&TAG_VALUE_TYPE_PATTERN);
static THUMBPRINT_LIST_TYPE: Shape = Shape::list(&THUMBPRINT_TYPE);
static THUMBPRINT_TYPE: Shape = Shape::new(Kind::String).min(40).max(40);
static USER_DETAIL_LIST_TYPE: Shape = Shape::list(&USER_DETAIL);
static USER_LIST_TYPE: Shape = Shape::list(&USER);
static USER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static USER_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(64).pattern(&USER_NAME_TYPE_PATTERN);
static VIRTUAL_MFA_DEVICE_LIST_TYPE: Shape = Shape::list(&VIRTUAL_MFA_DEVICE);
static VIRTUAL_MFA_DEVICE_NAME_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static VIRTUAL_MFA_DEVICE_NAME: Shape = Shape::new(Kind::String).min(1).pattern(&VIRTUAL_MFA_DEVICE_NAME_PATTERN);
