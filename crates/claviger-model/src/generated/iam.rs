//! Identity and Access Management, as its service model in botocore 1.43.11 describes it (iam/2010-05-08).
//! The model's SHA-256 digest is
//! `c38893871dbb08aabc02ffae18d5a3a59187f58603a642b46458c6ccddc132e5`.
//!
//! Made by `cargo xtask codegen`. Do not edit.

use claviger_types::{Sensitive, Timestamp};

use crate::structure::structure;
use crate::{ErrorInfo, Kind, OperationInfo, Pattern, Protocol, Service, Shape};

/// The service: its protocol and operations.
pub static SERVICE: Service = Service {
    name: "iam",
    signing_name: "iam",
    protocol: Protocol::Query { version: "2010-05-08", namespace: "https://iam.amazonaws.com/doc/2010-05-08/" },
    operations: OPERATIONS,
    errors: ERRORS,
    internal_error: Some(error::SERVICE_FAILURE_EXCEPTION),
};

static OPERATIONS: &[OperationInfo] = &[
    OperationInfo { name: "AcceptDelegationRequest", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "AddClientIDToOpenIDConnectProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "AddRoleToInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "AddUserToGroup", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "AssociateDelegationRequest", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "AttachGroupPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "AttachRolePolicy",
        built: true,
        signed: true,
        input: Some(&ATTACH_ROLE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "AttachUserPolicy",
        built: true,
        signed: true,
        input: Some(&ATTACH_USER_POLICY_REQUEST),
        output: None,
    },
    OperationInfo { name: "ChangePassword", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "CreateAccessKey",
        built: true,
        signed: true,
        input: Some(&CREATE_ACCESS_KEY_REQUEST),
        output: Some(&CREATE_ACCESS_KEY_RESPONSE),
    },
    OperationInfo { name: "CreateAccountAlias", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateDelegationRequest", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateGroup", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateLoginProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateOpenIDConnectProvider", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "CreatePolicy",
        built: true,
        signed: true,
        input: Some(&CREATE_POLICY_REQUEST),
        output: Some(&CREATE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "CreatePolicyVersion",
        built: true,
        signed: true,
        input: Some(&CREATE_POLICY_VERSION_REQUEST),
        output: Some(&CREATE_POLICY_VERSION_RESPONSE),
    },
    OperationInfo {
        name: "CreateRole",
        built: true,
        signed: true,
        input: Some(&CREATE_ROLE_REQUEST),
        output: Some(&CREATE_ROLE_RESPONSE),
    },
    OperationInfo { name: "CreateSAMLProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateServiceLinkedRole", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "CreateServiceSpecificCredential", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "CreateUser",
        built: true,
        signed: true,
        input: Some(&CREATE_USER_REQUEST),
        output: Some(&CREATE_USER_RESPONSE),
    },
    OperationInfo { name: "CreateVirtualMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeactivateMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "DeleteAccessKey",
        built: true,
        signed: true,
        input: Some(&DELETE_ACCESS_KEY_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteAccountAlias", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteAccountPasswordPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteGroup", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteGroupPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteLoginProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteOpenIDConnectProvider", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "DeletePolicy",
        built: true,
        signed: true,
        input: Some(&DELETE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeletePolicyVersion",
        built: true,
        signed: true,
        input: Some(&DELETE_POLICY_VERSION_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteRole", built: true, signed: true, input: Some(&DELETE_ROLE_REQUEST), output: None },
    OperationInfo {
        name: "DeleteRolePermissionsBoundary",
        built: true,
        signed: true,
        input: Some(&DELETE_ROLE_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteRolePolicy",
        built: true,
        signed: true,
        input: Some(&DELETE_ROLE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteSAMLProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteSSHPublicKey", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteServerCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteServiceLinkedRole", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteServiceSpecificCredential", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteSigningCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DeleteUser", built: true, signed: true, input: Some(&DELETE_USER_REQUEST), output: None },
    OperationInfo {
        name: "DeleteUserPermissionsBoundary",
        built: true,
        signed: true,
        input: Some(&DELETE_USER_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DeleteUserPolicy",
        built: true,
        signed: true,
        input: Some(&DELETE_USER_POLICY_REQUEST),
        output: None,
    },
    OperationInfo { name: "DeleteVirtualMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "DetachGroupPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "DetachRolePolicy",
        built: true,
        signed: true,
        input: Some(&DETACH_ROLE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DetachUserPolicy",
        built: true,
        signed: true,
        input: Some(&DETACH_USER_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DisableOrganizationsRootCredentialsManagement",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo { name: "DisableOrganizationsRootSessions", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "DisableOutboundWebIdentityFederation",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo { name: "EnableMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "EnableOrganizationsRootCredentialsManagement",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo { name: "EnableOrganizationsRootSessions", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "EnableOutboundWebIdentityFederation",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo { name: "GenerateCredentialReport", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GenerateOrganizationsAccessReport", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GenerateServiceLastAccessedDetails", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "GetAccessKeyLastUsed",
        built: true,
        signed: true,
        input: Some(&GET_ACCESS_KEY_LAST_USED_REQUEST),
        output: Some(&GET_ACCESS_KEY_LAST_USED_RESPONSE),
    },
    OperationInfo { name: "GetAccountAuthorizationDetails", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetAccountPasswordPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetAccountSummary", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetContextKeysForCustomPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetContextKeysForPrincipalPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetCredentialReport", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetDelegationRequest", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetGroup", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetGroupPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetHumanReadableSummary", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetLoginProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetOpenIDConnectProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetOrganizationsAccessReport", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "GetOutboundWebIdentityFederationInfo",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo {
        name: "GetPolicy",
        built: true,
        signed: true,
        input: Some(&GET_POLICY_REQUEST),
        output: Some(&GET_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetPolicyVersion",
        built: true,
        signed: true,
        input: Some(&GET_POLICY_VERSION_REQUEST),
        output: Some(&GET_POLICY_VERSION_RESPONSE),
    },
    OperationInfo {
        name: "GetRole",
        built: true,
        signed: true,
        input: Some(&GET_ROLE_REQUEST),
        output: Some(&GET_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "GetRolePolicy",
        built: true,
        signed: true,
        input: Some(&GET_ROLE_POLICY_REQUEST),
        output: Some(&GET_ROLE_POLICY_RESPONSE),
    },
    OperationInfo { name: "GetSAMLProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetSSHPublicKey", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetServerCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "GetServiceLastAccessedDetails", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "GetServiceLastAccessedDetailsWithEntities",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo { name: "GetServiceLinkedRoleDeletionStatus", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "GetUser",
        built: true,
        signed: true,
        input: Some(&GET_USER_REQUEST),
        output: Some(&GET_USER_RESPONSE),
    },
    OperationInfo {
        name: "GetUserPolicy",
        built: true,
        signed: true,
        input: Some(&GET_USER_POLICY_REQUEST),
        output: Some(&GET_USER_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "ListAccessKeys",
        built: true,
        signed: true,
        input: Some(&LIST_ACCESS_KEYS_REQUEST),
        output: Some(&LIST_ACCESS_KEYS_RESPONSE),
    },
    OperationInfo { name: "ListAccountAliases", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListAttachedGroupPolicies", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListAttachedRolePolicies",
        built: true,
        signed: true,
        input: Some(&LIST_ATTACHED_ROLE_POLICIES_REQUEST),
        output: Some(&LIST_ATTACHED_ROLE_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListAttachedUserPolicies",
        built: true,
        signed: true,
        input: Some(&LIST_ATTACHED_USER_POLICIES_REQUEST),
        output: Some(&LIST_ATTACHED_USER_POLICIES_RESPONSE),
    },
    OperationInfo { name: "ListDelegationRequests", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListEntitiesForPolicy",
        built: true,
        signed: true,
        input: Some(&LIST_ENTITIES_FOR_POLICY_REQUEST),
        output: Some(&LIST_ENTITIES_FOR_POLICY_RESPONSE),
    },
    OperationInfo { name: "ListGroupPolicies", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListGroups", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListGroupsForUser",
        built: true,
        signed: true,
        input: Some(&LIST_GROUPS_FOR_USER_REQUEST),
        output: Some(&LIST_GROUPS_FOR_USER_RESPONSE),
    },
    OperationInfo { name: "ListInstanceProfileTags", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListInstanceProfiles", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListInstanceProfilesForRole",
        built: true,
        signed: true,
        input: Some(&LIST_INSTANCE_PROFILES_FOR_ROLE_REQUEST),
        output: Some(&LIST_INSTANCE_PROFILES_FOR_ROLE_RESPONSE),
    },
    OperationInfo { name: "ListMFADeviceTags", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListMFADevices", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListOpenIDConnectProviderTags", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListOpenIDConnectProviders", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListOrganizationsFeatures", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListPolicies",
        built: true,
        signed: true,
        input: Some(&LIST_POLICIES_REQUEST),
        output: Some(&LIST_POLICIES_RESPONSE),
    },
    OperationInfo { name: "ListPoliciesGrantingServiceAccess", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListPolicyTags",
        built: true,
        signed: true,
        input: Some(&LIST_POLICY_TAGS_REQUEST),
        output: Some(&LIST_POLICY_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListPolicyVersions",
        built: true,
        signed: true,
        input: Some(&LIST_POLICY_VERSIONS_REQUEST),
        output: Some(&LIST_POLICY_VERSIONS_RESPONSE),
    },
    OperationInfo {
        name: "ListRolePolicies",
        built: true,
        signed: true,
        input: Some(&LIST_ROLE_POLICIES_REQUEST),
        output: Some(&LIST_ROLE_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListRoleTags",
        built: true,
        signed: true,
        input: Some(&LIST_ROLE_TAGS_REQUEST),
        output: Some(&LIST_ROLE_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListRoles",
        built: true,
        signed: true,
        input: Some(&LIST_ROLES_REQUEST),
        output: Some(&LIST_ROLES_RESPONSE),
    },
    OperationInfo { name: "ListSAMLProviderTags", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListSAMLProviders", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListSSHPublicKeys", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListServerCertificateTags", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListServerCertificates", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListServiceSpecificCredentials", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ListSigningCertificates", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "ListUserPolicies",
        built: true,
        signed: true,
        input: Some(&LIST_USER_POLICIES_REQUEST),
        output: Some(&LIST_USER_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListUserTags",
        built: true,
        signed: true,
        input: Some(&LIST_USER_TAGS_REQUEST),
        output: Some(&LIST_USER_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListUsers",
        built: true,
        signed: true,
        input: Some(&LIST_USERS_REQUEST),
        output: Some(&LIST_USERS_RESPONSE),
    },
    OperationInfo { name: "ListVirtualMFADevices", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "PutGroupPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "PutRolePermissionsBoundary",
        built: true,
        signed: true,
        input: Some(&PUT_ROLE_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "PutRolePolicy",
        built: true,
        signed: true,
        input: Some(&PUT_ROLE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "PutUserPermissionsBoundary",
        built: true,
        signed: true,
        input: Some(&PUT_USER_PERMISSIONS_BOUNDARY_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "PutUserPolicy",
        built: true,
        signed: true,
        input: Some(&PUT_USER_POLICY_REQUEST),
        output: None,
    },
    OperationInfo { name: "RejectDelegationRequest", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "RemoveClientIDFromOpenIDConnectProvider",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo { name: "RemoveRoleFromInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "RemoveUserFromGroup", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ResetServiceSpecificCredential", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "ResyncMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "SendDelegationToken", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "SetDefaultPolicyVersion",
        built: true,
        signed: true,
        input: Some(&SET_DEFAULT_POLICY_VERSION_REQUEST),
        output: None,
    },
    OperationInfo { name: "SetSecurityTokenServicePreferences", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "SimulateCustomPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "SimulatePrincipalPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "TagInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "TagMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "TagOpenIDConnectProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "TagPolicy", built: true, signed: true, input: Some(&TAG_POLICY_REQUEST), output: None },
    OperationInfo { name: "TagRole", built: true, signed: true, input: Some(&TAG_ROLE_REQUEST), output: None },
    OperationInfo { name: "TagSAMLProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "TagServerCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "TagUser", built: true, signed: true, input: Some(&TAG_USER_REQUEST), output: None },
    OperationInfo { name: "UntagInstanceProfile", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UntagMFADevice", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UntagOpenIDConnectProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UntagPolicy", built: true, signed: true, input: Some(&UNTAG_POLICY_REQUEST), output: None },
    OperationInfo { name: "UntagRole", built: true, signed: true, input: Some(&UNTAG_ROLE_REQUEST), output: None },
    OperationInfo { name: "UntagSAMLProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UntagServerCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UntagUser", built: true, signed: true, input: Some(&UNTAG_USER_REQUEST), output: None },
    OperationInfo {
        name: "UpdateAccessKey",
        built: true,
        signed: true,
        input: Some(&UPDATE_ACCESS_KEY_REQUEST),
        output: None,
    },
    OperationInfo { name: "UpdateAccountPasswordPolicy", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "UpdateAssumeRolePolicy",
        built: true,
        signed: true,
        input: Some(&UPDATE_ASSUME_ROLE_POLICY_REQUEST),
        output: None,
    },
    OperationInfo { name: "UpdateDelegationRequest", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateGroup", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateLoginProfile", built: false, signed: true, input: None, output: None },
    OperationInfo {
        name: "UpdateOpenIDConnectProviderThumbprint",
        built: false,
        signed: true,
        input: None,
        output: None,
    },
    OperationInfo {
        name: "UpdateRole",
        built: true,
        signed: true,
        input: Some(&UPDATE_ROLE_REQUEST),
        output: Some(&UPDATE_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "UpdateRoleDescription",
        built: true,
        signed: true,
        input: Some(&UPDATE_ROLE_DESCRIPTION_REQUEST),
        output: Some(&UPDATE_ROLE_DESCRIPTION_RESPONSE),
    },
    OperationInfo { name: "UpdateSAMLProvider", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateSSHPublicKey", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateServerCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateServiceSpecificCredential", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateSigningCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UpdateUser", built: true, signed: true, input: Some(&UPDATE_USER_REQUEST), output: None },
    OperationInfo { name: "UploadSSHPublicKey", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UploadServerCertificate", built: false, signed: true, input: None, output: None },
    OperationInfo { name: "UploadSigningCertificate", built: false, signed: true, input: None, output: None },
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

static ERRORS: &[&ErrorInfo] = &[
    error::ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION,
    error::CALLER_IS_NOT_MANAGEMENT_ACCOUNT_EXCEPTION,
    error::CONCURRENT_MODIFICATION_EXCEPTION,
    error::CREDENTIAL_REPORT_EXPIRED_EXCEPTION,
    error::CREDENTIAL_REPORT_NOT_PRESENT_EXCEPTION,
    error::CREDENTIAL_REPORT_NOT_READY_EXCEPTION,
    error::DELETE_CONFLICT_EXCEPTION,
    error::DUPLICATE_CERTIFICATE_EXCEPTION,
    error::DUPLICATE_SSH_PUBLIC_KEY_EXCEPTION,
    error::ENTITY_ALREADY_EXISTS_EXCEPTION,
    error::ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION,
    error::FEATURE_DISABLED_EXCEPTION,
    error::FEATURE_ENABLED_EXCEPTION,
    error::INVALID_AUTHENTICATION_CODE_EXCEPTION,
    error::INVALID_CERTIFICATE_EXCEPTION,
    error::INVALID_INPUT_EXCEPTION,
    error::INVALID_PUBLIC_KEY_EXCEPTION,
    error::INVALID_USER_TYPE_EXCEPTION,
    error::KEY_PAIR_MISMATCH_EXCEPTION,
    error::LIMIT_EXCEEDED_EXCEPTION,
    error::MALFORMED_CERTIFICATE_EXCEPTION,
    error::MALFORMED_POLICY_DOCUMENT_EXCEPTION,
    error::NO_SUCH_ENTITY_EXCEPTION,
    error::OPEN_ID_IDP_COMMUNICATION_ERROR_EXCEPTION,
    error::ORGANIZATION_NOT_FOUND_EXCEPTION,
    error::ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION,
    error::PASSWORD_POLICY_VIOLATION_EXCEPTION,
    error::POLICY_EVALUATION_EXCEPTION,
    error::POLICY_NOT_ATTACHABLE_EXCEPTION,
    error::REPORT_GENERATION_LIMIT_EXCEEDED_EXCEPTION,
    error::SERVICE_ACCESS_NOT_ENABLED_EXCEPTION,
    error::SERVICE_FAILURE_EXCEPTION,
    error::SERVICE_NOT_SUPPORTED_EXCEPTION,
    error::UNMODIFIABLE_ENTITY_EXCEPTION,
    error::UNRECOGNIZED_PUBLIC_KEY_ENCODING_EXCEPTION,
];

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
    /// Part of [`Role`], [`User`].
    AttachedPermissionsBoundary as ATTACHED_PERMISSIONS_BOUNDARY {
        /// One of `PermissionsBoundaryPolicy`.
        permissions_boundary_type: Option<String> = "PermissionsBoundaryType", optional PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE;
        /// Text of 20 to 2048 characters.
        permissions_boundary_arn: Option<String> = "PermissionsBoundaryArn", optional ARN_TYPE;
    }
}

structure! {
    /// Part of [`ListAttachedRolePoliciesResponse`], [`ListAttachedUserPoliciesResponse`].
    AttachedPolicy as ATTACHED_POLICY {
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        policy_arn: Option<String> = "PolicyArn", optional ARN_TYPE;
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
    /// What `DeleteAccessKey` takes.
    DeleteAccessKeyRequest as DELETE_ACCESS_KEY_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: Option<String> = "UserName", optional EXISTING_USER_NAME_TYPE;
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
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
    /// Part of [`ListGroupsForUserResponse`].
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
    /// Part of [`ListInstanceProfilesForRoleResponse`].
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
    /// Part of [`ListEntitiesForPolicyResponse`].
    PolicyGroup as POLICY_GROUP {
        /// Text of 1 to 128 characters.
        group_name: Option<String> = "GroupName", optional GROUP_NAME_TYPE;
        /// Text of 16 to 128 characters.
        group_id: Option<String> = "GroupId", optional ID_TYPE;
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
    /// Part of [`CreatePolicyVersionResponse`], [`GetPolicyVersionResponse`], [`ListPolicyVersionsResponse`].
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
    /// Part of [`CreateRoleResponse`], [`GetRoleResponse`], [`InstanceProfile`], [`ListRolesResponse`], [`UpdateRoleDescriptionResponse`].
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
    /// Part of [`Role`].
    RoleLastUsed as ROLE_LAST_USED {
        /// A moment.
        last_used_date: Option<Timestamp> = "LastUsedDate", optional DATE_TYPE;
        /// Text.
        region: Option<String> = "Region", optional STRING_TYPE;
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
    /// Part of [`CreatePolicyRequest`], [`CreateRoleRequest`], [`CreateUserRequest`], [`InstanceProfile`], [`ListPolicyTagsResponse`], [`ListRoleTagsResponse`], [`ListUserTagsResponse`], [`Policy`], [`Role`], [`TagPolicyRequest`], [`TagRoleRequest`], [`TagUserRequest`], [`User`].
    Tag as TAG {
        /// Text of 1 to 128 characters.
        key: String = "Key", required TAG_KEY_TYPE;
        /// Text of 0 to 256 characters.
        value: String = "Value", required TAG_VALUE_TYPE;
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
    /// What `TagUser` takes.
    TagUserRequest as TAG_USER_REQUEST {
        /// Text of 1 to 128 characters.
        user_name: String = "UserName", required EXISTING_USER_NAME_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
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
    /// What `UpdateAssumeRolePolicy` takes.
    UpdateAssumeRolePolicyRequest as UPDATE_ASSUME_ROLE_POLICY_REQUEST {
        /// Text of 1 to 64 characters.
        role_name: String = "RoleName", required ROLE_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy_document: String = "PolicyDocument", required POLICY_DOCUMENT_TYPE;
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
    /// Part of [`CreateUserResponse`], [`GetUserResponse`], [`ListUsersResponse`].
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

static ENTITY_TYPE: Shape =
    Shape::new(Kind::String).values(&["Role", "Group", "AWSManagedPolicy", "User", "LocalManagedPolicy"]);
static PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE: Shape = Shape::new(Kind::String).values(&["PermissionsBoundaryPolicy"]);
static POLICY_GROUP_LIST_TYPE: Shape = Shape::list(&POLICY_GROUP);
static POLICY_ROLE_LIST_TYPE: Shape = Shape::list(&POLICY_ROLE);
static POLICY_USAGE_TYPE: Shape = Shape::new(Kind::String).values(&["PermissionsPolicy", "PermissionsBoundary"]);
static POLICY_USER_LIST_TYPE: Shape = Shape::list(&POLICY_USER);
static ACCESS_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static ACCESS_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(16).max(128).pattern(&ACCESS_KEY_ID_TYPE_PATTERN);
static ACCESS_KEY_METADATA_LIST_TYPE: Shape = Shape::list(&ACCESS_KEY_METADATA);
static ACCESS_KEY_SECRET_TYPE: Shape = Shape::new(Kind::String).sensitive();
static ARN_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048);
static ATTACHED_POLICIES_LIST_TYPE: Shape = Shape::list(&ATTACHED_POLICY);
static ATTACHMENT_COUNT_TYPE: Shape = Shape::new(Kind::Integer);
static BOOLEAN_TYPE: Shape = Shape::new(Kind::Boolean);
static DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static EXISTING_USER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static EXISTING_USER_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&EXISTING_USER_NAME_TYPE_PATTERN);
static GROUP_LIST_TYPE: Shape = Shape::list(&GROUP);
static GROUP_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static GROUP_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&GROUP_NAME_TYPE_PATTERN);
static ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static ID_TYPE: Shape = Shape::new(Kind::String).min(16).max(128).pattern(&ID_TYPE_PATTERN);
static INSTANCE_PROFILE_LIST_TYPE: Shape = Shape::list(&INSTANCE_PROFILE);
static INSTANCE_PROFILE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static INSTANCE_PROFILE_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(128).pattern(&INSTANCE_PROFILE_NAME_TYPE_PATTERN);
static MARKER_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0020-\u00FF]+"#);
static MARKER_TYPE: Shape = Shape::new(Kind::String).min(1).max(320).pattern(&MARKER_TYPE_PATTERN);
static MAX_ITEMS_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(1000);
static PATH_PREFIX_TYPE_PATTERN: Pattern = Pattern::new(r#"\u002F[\u0021-\u007F]*"#);
static PATH_PREFIX_TYPE: Shape = Shape::new(Kind::String).min(1).max(512).pattern(&PATH_PREFIX_TYPE_PATTERN);
static PATH_TYPE_PATTERN: Pattern = Pattern::new(r#"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#);
static PATH_TYPE: Shape = Shape::new(Kind::String).min(1).max(512).pattern(&PATH_TYPE_PATTERN);
static POLICY_DESCRIPTION_TYPE: Shape = Shape::new(Kind::String).max(1000);
static POLICY_DOCUMENT_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static POLICY_DOCUMENT_TYPE: Shape = Shape::new(Kind::String).min(1).max(131072).pattern(&POLICY_DOCUMENT_TYPE_PATTERN);
static POLICY_DOCUMENT_VERSION_LIST_TYPE: Shape = Shape::list(&POLICY_VERSION);
static POLICY_LIST_TYPE: Shape = Shape::list(&POLICY);
static POLICY_NAME_LIST_TYPE: Shape = Shape::list(&POLICY_NAME_TYPE);
static POLICY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static POLICY_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&POLICY_NAME_TYPE_PATTERN);
static POLICY_PATH_TYPE_PATTERN: Pattern = Pattern::new(r#"((/[A-Za-z0-9\.,\+@=_-]+)*)/"#);
static POLICY_PATH_TYPE: Shape = Shape::new(Kind::String).min(1).max(512).pattern(&POLICY_PATH_TYPE_PATTERN);
static POLICY_SCOPE_TYPE: Shape = Shape::new(Kind::String).values(&["All", "Local", "AWS"]);
static POLICY_VERSION_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"#);
static POLICY_VERSION_ID_TYPE: Shape = Shape::new(Kind::String).pattern(&POLICY_VERSION_ID_TYPE_PATTERN);
static RESPONSE_MARKER_TYPE: Shape = Shape::new(Kind::String);
static ROLE_DESCRIPTION_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#);
static ROLE_DESCRIPTION_TYPE: Shape = Shape::new(Kind::String).max(1000).pattern(&ROLE_DESCRIPTION_TYPE_PATTERN);
static ROLE_LIST_TYPE: Shape = Shape::list(&ROLE);
static ROLE_MAX_SESSION_DURATION_TYPE: Shape = Shape::new(Kind::Integer).min(3600).max(43200);
static ROLE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static ROLE_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(64).pattern(&ROLE_NAME_TYPE_PATTERN);
static STATUS_TYPE: Shape = Shape::new(Kind::String).values(&["Active", "Inactive", "Expired"]);
static STRING_TYPE: Shape = Shape::new(Kind::String);
static TAG_KEY_LIST_TYPE: Shape = Shape::list(&TAG_KEY_TYPE).max(50);
static TAG_KEY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#);
static TAG_KEY_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&TAG_KEY_TYPE_PATTERN);
static TAG_LIST_TYPE: Shape = Shape::list(&TAG).max(50);
static TAG_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#);
static TAG_VALUE_TYPE: Shape = Shape::new(Kind::String).min(0).max(256).pattern(&TAG_VALUE_TYPE_PATTERN);
static USER_LIST_TYPE: Shape = Shape::list(&USER);
static USER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]+"#);
static USER_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(64).pattern(&USER_NAME_TYPE_PATTERN);
