//! Which services, and which of their operations, are generated.

/// A service to generate.
pub(crate) struct ServiceSource {
    /// Its name in IAM actions, and its module's.
    pub(crate) name: &'static str,
    /// As messages and documentation call it.
    pub(crate) title: &'static str,
    /// Its folder in botocore's data.
    pub(crate) folder: &'static str,
    /// The operations whose structures are generated; none for all. The others are known by name.
    pub(crate) built: Option<&'static [&'static str]>,
    /// The error of the model that stands for a fault of the service itself; none if the model has no such error.
    pub(crate) internal_error: Option<&'static str>,
    /// Errors whose HTTP status is not what the model implies (500 for faults): the API pages say otherwise.
    pub(crate) statuses: &'static [(&'static str, u16)],
}

pub(crate) const SERVICES: &[ServiceSource] = &[
    ServiceSource {
        name: "kms",
        title: "Key Management Service",
        folder: "kms/2014-11-01",
        built: None,
        internal_error: Some("KMSInternalException"),
        statuses: &[("DependencyTimeoutException", 503)],
    },
    ServiceSource {
        name: "secretsmanager",
        title: "Secrets Manager",
        folder: "secretsmanager/2017-10-17",
        built: None,
        internal_error: Some("InternalServiceError"),
        statuses: &[],
    },
    ServiceSource {
        name: "sts",
        title: "Security Token Service",
        folder: "sts/2011-06-15",
        built: Some(&["AssumeRole", "GetAccessKeyInfo", "GetCallerIdentity", "GetSessionToken"]),
        internal_error: None,
        statuses: &[],
    },
    ServiceSource {
        name: "iam",
        title: "Identity and Access Management",
        folder: "iam/2010-05-08",
        built: Some(IAM),
        internal_error: Some("ServiceFailureException"),
        statuses: &[],
    },
];

#[rustfmt::skip] // By subject, several to a line.
const IAM: &[&str] = &[
    // Users and their access keys.
    "CreateUser", "GetUser", "ListUsers", "DeleteUser", "UpdateUser", "TagUser", "UntagUser", "ListUserTags",
    "CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed",
    // Roles.
    "CreateRole", "GetRole", "ListRoles", "DeleteRole", "UpdateRole", "UpdateRoleDescription",
    "UpdateAssumeRolePolicy", "TagRole", "UntagRole", "ListRoleTags",
    // Managed policies.
    "CreatePolicy", "GetPolicy", "ListPolicies", "DeletePolicy", "CreatePolicyVersion", "GetPolicyVersion",
    "ListPolicyVersions", "DeletePolicyVersion", "SetDefaultPolicyVersion", "TagPolicy", "UntagPolicy",
    "ListPolicyTags", "ListEntitiesForPolicy",
    // Attached policies.
    "AttachUserPolicy", "DetachUserPolicy", "ListAttachedUserPolicies",
    "AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies",
    // Inline policies.
    "PutUserPolicy", "GetUserPolicy", "ListUserPolicies", "DeleteUserPolicy",
    "PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy",
    // Permissions boundaries.
    "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary",
    "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
    // What Terraform asks before it deletes a user or role.
    "ListGroupsForUser", "ListInstanceProfilesForRole",
];
