//! Key Management Service, as its service model in botocore 1.43.11 describes it (kms/2014-11-01).
//! The model's SHA-256 digest is
//! `dbc17eb64f705bc8932dddb30593877b30969c26d57c656bad44d8c8c9bd67f3`.
//!
//! Made by `cargo xtask codegen`. Do not edit.

use std::collections::BTreeMap;

use claviger_types::{Sensitive, Timestamp};

use crate::structure::structure;
use crate::{Kind, OperationInfo, Pattern, Protocol, Service, Shape};

/// The service: its protocol and operations.
pub static SERVICE: Service = Service {
    name: "kms",
    signing_name: "kms",
    protocol: Protocol::Json { target_prefix: "TrentService" },
    operations: OPERATIONS,
    internal_error: Some(error::KMS_INTERNAL_EXCEPTION),
};

static OPERATIONS: &[OperationInfo] = &[
    OperationInfo {
        name: "CancelKeyDeletion",
        signed: true,
        input: Some(&CANCEL_KEY_DELETION_REQUEST),
        output: Some(&CANCEL_KEY_DELETION_RESPONSE),
    },
    OperationInfo {
        name: "ConnectCustomKeyStore",
        signed: true,
        input: Some(&CONNECT_CUSTOM_KEY_STORE_REQUEST),
        output: Some(&CONNECT_CUSTOM_KEY_STORE_RESPONSE),
    },
    OperationInfo { name: "CreateAlias", signed: true, input: Some(&CREATE_ALIAS_REQUEST), output: None },
    OperationInfo {
        name: "CreateCustomKeyStore",
        signed: true,
        input: Some(&CREATE_CUSTOM_KEY_STORE_REQUEST),
        output: Some(&CREATE_CUSTOM_KEY_STORE_RESPONSE),
    },
    OperationInfo {
        name: "CreateGrant",
        signed: true,
        input: Some(&CREATE_GRANT_REQUEST),
        output: Some(&CREATE_GRANT_RESPONSE),
    },
    OperationInfo {
        name: "CreateKey",
        signed: true,
        input: Some(&CREATE_KEY_REQUEST),
        output: Some(&CREATE_KEY_RESPONSE),
    },
    OperationInfo { name: "Decrypt", signed: true, input: Some(&DECRYPT_REQUEST), output: Some(&DECRYPT_RESPONSE) },
    OperationInfo { name: "DeleteAlias", signed: true, input: Some(&DELETE_ALIAS_REQUEST), output: None },
    OperationInfo {
        name: "DeleteCustomKeyStore",
        signed: true,
        input: Some(&DELETE_CUSTOM_KEY_STORE_REQUEST),
        output: Some(&DELETE_CUSTOM_KEY_STORE_RESPONSE),
    },
    OperationInfo {
        name: "DeleteImportedKeyMaterial",
        signed: true,
        input: Some(&DELETE_IMPORTED_KEY_MATERIAL_REQUEST),
        output: Some(&DELETE_IMPORTED_KEY_MATERIAL_RESPONSE),
    },
    OperationInfo {
        name: "DeriveSharedSecret",
        signed: true,
        input: Some(&DERIVE_SHARED_SECRET_REQUEST),
        output: Some(&DERIVE_SHARED_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "DescribeCustomKeyStores",
        signed: true,
        input: Some(&DESCRIBE_CUSTOM_KEY_STORES_REQUEST),
        output: Some(&DESCRIBE_CUSTOM_KEY_STORES_RESPONSE),
    },
    OperationInfo {
        name: "DescribeKey",
        signed: true,
        input: Some(&DESCRIBE_KEY_REQUEST),
        output: Some(&DESCRIBE_KEY_RESPONSE),
    },
    OperationInfo { name: "DisableKey", signed: true, input: Some(&DISABLE_KEY_REQUEST), output: None },
    OperationInfo {
        name: "DisableKeyRotation",
        signed: true,
        input: Some(&DISABLE_KEY_ROTATION_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "DisconnectCustomKeyStore",
        signed: true,
        input: Some(&DISCONNECT_CUSTOM_KEY_STORE_REQUEST),
        output: Some(&DISCONNECT_CUSTOM_KEY_STORE_RESPONSE),
    },
    OperationInfo { name: "EnableKey", signed: true, input: Some(&ENABLE_KEY_REQUEST), output: None },
    OperationInfo { name: "EnableKeyRotation", signed: true, input: Some(&ENABLE_KEY_ROTATION_REQUEST), output: None },
    OperationInfo { name: "Encrypt", signed: true, input: Some(&ENCRYPT_REQUEST), output: Some(&ENCRYPT_RESPONSE) },
    OperationInfo {
        name: "GenerateDataKey",
        signed: true,
        input: Some(&GENERATE_DATA_KEY_REQUEST),
        output: Some(&GENERATE_DATA_KEY_RESPONSE),
    },
    OperationInfo {
        name: "GenerateDataKeyPair",
        signed: true,
        input: Some(&GENERATE_DATA_KEY_PAIR_REQUEST),
        output: Some(&GENERATE_DATA_KEY_PAIR_RESPONSE),
    },
    OperationInfo {
        name: "GenerateDataKeyPairWithoutPlaintext",
        signed: true,
        input: Some(&GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT_REQUEST),
        output: Some(&GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT_RESPONSE),
    },
    OperationInfo {
        name: "GenerateDataKeyWithoutPlaintext",
        signed: true,
        input: Some(&GENERATE_DATA_KEY_WITHOUT_PLAINTEXT_REQUEST),
        output: Some(&GENERATE_DATA_KEY_WITHOUT_PLAINTEXT_RESPONSE),
    },
    OperationInfo {
        name: "GenerateMac",
        signed: true,
        input: Some(&GENERATE_MAC_REQUEST),
        output: Some(&GENERATE_MAC_RESPONSE),
    },
    OperationInfo {
        name: "GenerateRandom",
        signed: true,
        input: Some(&GENERATE_RANDOM_REQUEST),
        output: Some(&GENERATE_RANDOM_RESPONSE),
    },
    OperationInfo {
        name: "GetKeyLastUsage",
        signed: true,
        input: Some(&GET_KEY_LAST_USAGE_REQUEST),
        output: Some(&GET_KEY_LAST_USAGE_RESPONSE),
    },
    OperationInfo {
        name: "GetKeyPolicy",
        signed: true,
        input: Some(&GET_KEY_POLICY_REQUEST),
        output: Some(&GET_KEY_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetKeyRotationStatus",
        signed: true,
        input: Some(&GET_KEY_ROTATION_STATUS_REQUEST),
        output: Some(&GET_KEY_ROTATION_STATUS_RESPONSE),
    },
    OperationInfo {
        name: "GetParametersForImport",
        signed: true,
        input: Some(&GET_PARAMETERS_FOR_IMPORT_REQUEST),
        output: Some(&GET_PARAMETERS_FOR_IMPORT_RESPONSE),
    },
    OperationInfo {
        name: "GetPublicKey",
        signed: true,
        input: Some(&GET_PUBLIC_KEY_REQUEST),
        output: Some(&GET_PUBLIC_KEY_RESPONSE),
    },
    OperationInfo {
        name: "ImportKeyMaterial",
        signed: true,
        input: Some(&IMPORT_KEY_MATERIAL_REQUEST),
        output: Some(&IMPORT_KEY_MATERIAL_RESPONSE),
    },
    OperationInfo {
        name: "ListAliases",
        signed: true,
        input: Some(&LIST_ALIASES_REQUEST),
        output: Some(&LIST_ALIASES_RESPONSE),
    },
    OperationInfo {
        name: "ListGrants",
        signed: true,
        input: Some(&LIST_GRANTS_REQUEST),
        output: Some(&LIST_GRANTS_RESPONSE),
    },
    OperationInfo {
        name: "ListKeyPolicies",
        signed: true,
        input: Some(&LIST_KEY_POLICIES_REQUEST),
        output: Some(&LIST_KEY_POLICIES_RESPONSE),
    },
    OperationInfo {
        name: "ListKeyRotations",
        signed: true,
        input: Some(&LIST_KEY_ROTATIONS_REQUEST),
        output: Some(&LIST_KEY_ROTATIONS_RESPONSE),
    },
    OperationInfo {
        name: "ListKeys",
        signed: true,
        input: Some(&LIST_KEYS_REQUEST),
        output: Some(&LIST_KEYS_RESPONSE),
    },
    OperationInfo {
        name: "ListResourceTags",
        signed: true,
        input: Some(&LIST_RESOURCE_TAGS_REQUEST),
        output: Some(&LIST_RESOURCE_TAGS_RESPONSE),
    },
    OperationInfo {
        name: "ListRetirableGrants",
        signed: true,
        input: Some(&LIST_RETIRABLE_GRANTS_REQUEST),
        output: Some(&LIST_GRANTS_RESPONSE),
    },
    OperationInfo { name: "PutKeyPolicy", signed: true, input: Some(&PUT_KEY_POLICY_REQUEST), output: None },
    OperationInfo {
        name: "ReEncrypt",
        signed: true,
        input: Some(&RE_ENCRYPT_REQUEST),
        output: Some(&RE_ENCRYPT_RESPONSE),
    },
    OperationInfo {
        name: "ReplicateKey",
        signed: true,
        input: Some(&REPLICATE_KEY_REQUEST),
        output: Some(&REPLICATE_KEY_RESPONSE),
    },
    OperationInfo { name: "RetireGrant", signed: true, input: Some(&RETIRE_GRANT_REQUEST), output: None },
    OperationInfo { name: "RevokeGrant", signed: true, input: Some(&REVOKE_GRANT_REQUEST), output: None },
    OperationInfo {
        name: "RotateKeyOnDemand",
        signed: true,
        input: Some(&ROTATE_KEY_ON_DEMAND_REQUEST),
        output: Some(&ROTATE_KEY_ON_DEMAND_RESPONSE),
    },
    OperationInfo {
        name: "ScheduleKeyDeletion",
        signed: true,
        input: Some(&SCHEDULE_KEY_DELETION_REQUEST),
        output: Some(&SCHEDULE_KEY_DELETION_RESPONSE),
    },
    OperationInfo { name: "Sign", signed: true, input: Some(&SIGN_REQUEST), output: Some(&SIGN_RESPONSE) },
    OperationInfo { name: "TagResource", signed: true, input: Some(&TAG_RESOURCE_REQUEST), output: None },
    OperationInfo { name: "UntagResource", signed: true, input: Some(&UNTAG_RESOURCE_REQUEST), output: None },
    OperationInfo { name: "UpdateAlias", signed: true, input: Some(&UPDATE_ALIAS_REQUEST), output: None },
    OperationInfo {
        name: "UpdateCustomKeyStore",
        signed: true,
        input: Some(&UPDATE_CUSTOM_KEY_STORE_REQUEST),
        output: Some(&UPDATE_CUSTOM_KEY_STORE_RESPONSE),
    },
    OperationInfo {
        name: "UpdateKeyDescription",
        signed: true,
        input: Some(&UPDATE_KEY_DESCRIPTION_REQUEST),
        output: None,
    },
    OperationInfo {
        name: "UpdatePrimaryRegion",
        signed: true,
        input: Some(&UPDATE_PRIMARY_REGION_REQUEST),
        output: None,
    },
    OperationInfo { name: "Verify", signed: true, input: Some(&VERIFY_REQUEST), output: Some(&VERIFY_RESPONSE) },
    OperationInfo {
        name: "VerifyMac",
        signed: true,
        input: Some(&VERIFY_MAC_REQUEST),
        output: Some(&VERIFY_MAC_RESPONSE),
    },
];

/// The errors of the model, each under the name of its shape.
pub mod error {
    use crate::ErrorInfo;

    /// `AlreadyExistsException`.
    pub const ALREADY_EXISTS_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "AlreadyExistsException", status: 400, message_member: Some("message") };
    /// `CloudHsmClusterInUseException`.
    pub const CLOUD_HSM_CLUSTER_IN_USE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CloudHsmClusterInUseException", status: 400, message_member: Some("message") };
    /// `CloudHsmClusterInvalidConfigurationException`.
    pub const CLOUD_HSM_CLUSTER_INVALID_CONFIGURATION_EXCEPTION: &ErrorInfo = &ErrorInfo {
        code: "CloudHsmClusterInvalidConfigurationException",
        status: 400,
        message_member: Some("message"),
    };
    /// `CloudHsmClusterNotActiveException`.
    pub const CLOUD_HSM_CLUSTER_NOT_ACTIVE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CloudHsmClusterNotActiveException", status: 400, message_member: Some("message") };
    /// `CloudHsmClusterNotFoundException`.
    pub const CLOUD_HSM_CLUSTER_NOT_FOUND_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CloudHsmClusterNotFoundException", status: 400, message_member: Some("message") };
    /// `CloudHsmClusterNotRelatedException`.
    pub const CLOUD_HSM_CLUSTER_NOT_RELATED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CloudHsmClusterNotRelatedException", status: 400, message_member: Some("message") };
    /// `ConflictException`.
    pub const CONFLICT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ConflictException", status: 400, message_member: Some("message") };
    /// `CustomKeyStoreHasCMKsException`.
    pub const CUSTOM_KEY_STORE_HAS_CM_KS_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CustomKeyStoreHasCMKsException", status: 400, message_member: Some("message") };
    /// `CustomKeyStoreInvalidStateException`.
    pub const CUSTOM_KEY_STORE_INVALID_STATE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CustomKeyStoreInvalidStateException", status: 400, message_member: Some("message") };
    /// `CustomKeyStoreNameInUseException`.
    pub const CUSTOM_KEY_STORE_NAME_IN_USE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CustomKeyStoreNameInUseException", status: 400, message_member: Some("message") };
    /// `CustomKeyStoreNotFoundException`.
    pub const CUSTOM_KEY_STORE_NOT_FOUND_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "CustomKeyStoreNotFoundException", status: 400, message_member: Some("message") };
    /// `DependencyTimeoutException`.
    pub const DEPENDENCY_TIMEOUT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "DependencyTimeoutException", status: 503, message_member: Some("message") };
    /// `DisabledException`.
    pub const DISABLED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "DisabledException", status: 400, message_member: Some("message") };
    /// `DryRunOperationException`.
    pub const DRY_RUN_OPERATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "DryRunOperationException", status: 400, message_member: Some("message") };
    /// `ExpiredImportTokenException`.
    pub const EXPIRED_IMPORT_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ExpiredImportTokenException", status: 400, message_member: Some("message") };
    /// `IncorrectKeyException`.
    pub const INCORRECT_KEY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "IncorrectKeyException", status: 400, message_member: Some("message") };
    /// `IncorrectKeyMaterialException`.
    pub const INCORRECT_KEY_MATERIAL_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "IncorrectKeyMaterialException", status: 400, message_member: Some("message") };
    /// `IncorrectTrustAnchorException`.
    pub const INCORRECT_TRUST_ANCHOR_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "IncorrectTrustAnchorException", status: 400, message_member: Some("message") };
    /// `InvalidAliasNameException`.
    pub const INVALID_ALIAS_NAME_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidAliasNameException", status: 400, message_member: Some("message") };
    /// `InvalidArnException`.
    pub const INVALID_ARN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidArnException", status: 400, message_member: Some("message") };
    /// `InvalidCiphertextException`.
    pub const INVALID_CIPHERTEXT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidCiphertextException", status: 400, message_member: Some("message") };
    /// `InvalidGrantIdException`.
    pub const INVALID_GRANT_ID_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidGrantIdException", status: 400, message_member: Some("message") };
    /// `InvalidGrantTokenException`.
    pub const INVALID_GRANT_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidGrantTokenException", status: 400, message_member: Some("message") };
    /// `InvalidImportTokenException`.
    pub const INVALID_IMPORT_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidImportTokenException", status: 400, message_member: Some("message") };
    /// `InvalidKeyUsageException`.
    pub const INVALID_KEY_USAGE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidKeyUsageException", status: 400, message_member: Some("message") };
    /// `InvalidMarkerException`.
    pub const INVALID_MARKER_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidMarkerException", status: 400, message_member: Some("message") };
    /// `KMSInternalException`.
    pub const KMS_INTERNAL_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "KMSInternalException", status: 500, message_member: Some("message") };
    /// `KMSInvalidMacException`.
    pub const KMS_INVALID_MAC_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "KMSInvalidMacException", status: 400, message_member: Some("message") };
    /// `KMSInvalidSignatureException`.
    pub const KMS_INVALID_SIGNATURE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "KMSInvalidSignatureException", status: 400, message_member: Some("message") };
    /// `KMSInvalidStateException`.
    pub const KMS_INVALID_STATE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "KMSInvalidStateException", status: 400, message_member: Some("message") };
    /// `KeyUnavailableException`.
    pub const KEY_UNAVAILABLE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "KeyUnavailableException", status: 500, message_member: Some("message") };
    /// `LimitExceededException`.
    pub const LIMIT_EXCEEDED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "LimitExceededException", status: 400, message_member: Some("message") };
    /// `MalformedPolicyDocumentException`.
    pub const MALFORMED_POLICY_DOCUMENT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "MalformedPolicyDocumentException", status: 400, message_member: Some("message") };
    /// `NotFoundException`.
    pub const NOT_FOUND_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "NotFoundException", status: 400, message_member: Some("message") };
    /// `TagException`.
    pub const TAG_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "TagException", status: 400, message_member: Some("message") };
    /// `UnsupportedOperationException`.
    pub const UNSUPPORTED_OPERATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "UnsupportedOperationException", status: 400, message_member: Some("message") };
    /// `XksKeyAlreadyInUseException`.
    pub const XKS_KEY_ALREADY_IN_USE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksKeyAlreadyInUseException", status: 400, message_member: Some("message") };
    /// `XksKeyInvalidConfigurationException`.
    pub const XKS_KEY_INVALID_CONFIGURATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksKeyInvalidConfigurationException", status: 400, message_member: Some("message") };
    /// `XksKeyNotFoundException`.
    pub const XKS_KEY_NOT_FOUND_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksKeyNotFoundException", status: 400, message_member: Some("message") };
    /// `XksProxyIncorrectAuthenticationCredentialException`.
    pub const XKS_PROXY_INCORRECT_AUTHENTICATION_CREDENTIAL_EXCEPTION: &ErrorInfo = &ErrorInfo {
        code: "XksProxyIncorrectAuthenticationCredentialException",
        status: 400,
        message_member: Some("message"),
    };
    /// `XksProxyInvalidConfigurationException`.
    pub const XKS_PROXY_INVALID_CONFIGURATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksProxyInvalidConfigurationException", status: 400, message_member: Some("message") };
    /// `XksProxyInvalidResponseException`.
    pub const XKS_PROXY_INVALID_RESPONSE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksProxyInvalidResponseException", status: 400, message_member: Some("message") };
    /// `XksProxyUriEndpointInUseException`.
    pub const XKS_PROXY_URI_ENDPOINT_IN_USE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksProxyUriEndpointInUseException", status: 400, message_member: Some("message") };
    /// `XksProxyUriInUseException`.
    pub const XKS_PROXY_URI_IN_USE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksProxyUriInUseException", status: 400, message_member: Some("message") };
    /// `XksProxyUriUnreachableException`.
    pub const XKS_PROXY_URI_UNREACHABLE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksProxyUriUnreachableException", status: 400, message_member: Some("message") };
    /// `XksProxyVpcEndpointServiceInUseException`.
    pub const XKS_PROXY_VPC_ENDPOINT_SERVICE_IN_USE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "XksProxyVpcEndpointServiceInUseException", status: 400, message_member: Some("message") };
    /// `XksProxyVpcEndpointServiceInvalidConfigurationException`.
    pub const XKS_PROXY_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION_EXCEPTION: &ErrorInfo = &ErrorInfo {
        code: "XksProxyVpcEndpointServiceInvalidConfigurationException",
        status: 400,
        message_member: Some("message"),
    };
    /// `XksProxyVpcEndpointServiceNotFoundException`.
    pub const XKS_PROXY_VPC_ENDPOINT_SERVICE_NOT_FOUND_EXCEPTION: &ErrorInfo = &ErrorInfo {
        code: "XksProxyVpcEndpointServiceNotFoundException",
        status: 400,
        message_member: Some("message"),
    };
}

structure! {
    /// Part of [`ListAliasesResponse`].
    AliasListEntry as ALIAS_LIST_ENTRY {
        /// Text of 1 to 256 characters.
        alias_name: Option<String> = "AliasName", optional ALIAS_NAME_TYPE;
        /// Text of 20 to 2048 characters.
        alias_arn: Option<String> = "AliasArn", optional ARN_TYPE;
        /// Text of 1 to 2048 characters.
        target_key_id: Option<String> = "TargetKeyId", optional KEY_ID_TYPE;
        /// A moment.
        creation_date: Option<Timestamp> = "CreationDate", optional DATE_TYPE;
        /// A moment.
        last_updated_date: Option<Timestamp> = "LastUpdatedDate", optional DATE_TYPE;
    }
}

structure! {
    /// What `CancelKeyDeletion` takes.
    CancelKeyDeletionRequest as CANCEL_KEY_DELETION_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `CancelKeyDeletion`.
    CancelKeyDeletionResponse as CANCEL_KEY_DELETION_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
    }
}

structure! {
    /// What `ConnectCustomKeyStore` takes.
    ConnectCustomKeyStoreRequest as CONNECT_CUSTOM_KEY_STORE_REQUEST {
        /// Text of 1 to 64 characters.
        custom_key_store_id: String = "CustomKeyStoreId", required CUSTOM_KEY_STORE_ID_TYPE;
    }
}

structure! {
    /// The answer of `ConnectCustomKeyStore`.
    ConnectCustomKeyStoreResponse as CONNECT_CUSTOM_KEY_STORE_RESPONSE {}
}

structure! {
    /// What `CreateAlias` takes.
    CreateAliasRequest as CREATE_ALIAS_REQUEST {
        /// Text of 1 to 256 characters.
        alias_name: String = "AliasName", required ALIAS_NAME_TYPE;
        /// Text of 1 to 2048 characters.
        target_key_id: String = "TargetKeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// What `CreateCustomKeyStore` takes.
    CreateCustomKeyStoreRequest as CREATE_CUSTOM_KEY_STORE_REQUEST {
        /// Text of 1 to 256 characters.
        custom_key_store_name: String = "CustomKeyStoreName", required CUSTOM_KEY_STORE_NAME_TYPE;
        /// Text of 19 to 24 characters.
        cloud_hsm_cluster_id: Option<String> = "CloudHsmClusterId", optional CLOUD_HSM_CLUSTER_ID_TYPE;
        /// Text of 1 to 5000 characters.
        trust_anchor_certificate: Option<String> = "TrustAnchorCertificate", optional TRUST_ANCHOR_CERTIFICATE_TYPE;
        /// Text of 7 to 32 characters; secret.
        key_store_password: Option<Sensitive<String>> = "KeyStorePassword", optional KEY_STORE_PASSWORD_TYPE;
        /// One of `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
        custom_key_store_type: Option<String> = "CustomKeyStoreType", optional CUSTOM_KEY_STORE_TYPE;
        /// Text of 10 to 128 characters.
        xks_proxy_uri_endpoint: Option<String> = "XksProxyUriEndpoint", optional XKS_PROXY_URI_ENDPOINT_TYPE;
        /// Text of 10 to 128 characters.
        xks_proxy_uri_path: Option<String> = "XksProxyUriPath", optional XKS_PROXY_URI_PATH_TYPE;
        /// Text of 20 to 64 characters.
        xks_proxy_vpc_endpoint_service_name: Option<String> = "XksProxyVpcEndpointServiceName", optional XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME_TYPE;
        /// Text of 12 to 12 characters.
        xks_proxy_vpc_endpoint_service_owner: Option<String> = "XksProxyVpcEndpointServiceOwner", optional ACCOUNT_ID_TYPE;
        /// [`XksProxyAuthenticationCredentialType`].
        xks_proxy_authentication_credential: Option<XksProxyAuthenticationCredentialType> = "XksProxyAuthenticationCredential", optional XKS_PROXY_AUTHENTICATION_CREDENTIAL_TYPE;
        /// One of `PUBLIC_ENDPOINT`, `VPC_ENDPOINT_SERVICE`.
        xks_proxy_connectivity: Option<String> = "XksProxyConnectivity", optional XKS_PROXY_CONNECTIVITY_TYPE;
    }
}

structure! {
    /// The answer of `CreateCustomKeyStore`.
    CreateCustomKeyStoreResponse as CREATE_CUSTOM_KEY_STORE_RESPONSE {
        /// Text of 1 to 64 characters.
        custom_key_store_id: Option<String> = "CustomKeyStoreId", optional CUSTOM_KEY_STORE_ID_TYPE;
    }
}

structure! {
    /// What `CreateGrant` takes.
    CreateGrantRequest as CREATE_GRANT_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 256 characters.
        grantee_principal: String = "GranteePrincipal", required PRINCIPAL_ID_TYPE;
        /// Text of 1 to 256 characters.
        retiring_principal: Option<String> = "RetiringPrincipal", optional PRINCIPAL_ID_TYPE;
        /// List, each: one of `Decrypt`, `Encrypt`, `GenerateDataKey`, `GenerateDataKeyWithoutPlaintext`, `ReEncryptFrom`, `ReEncryptTo`, `Sign`, `Verify` and 9 more.
        operations: Vec<String> = "Operations", required GRANT_OPERATION_LIST;
        /// [`GrantConstraints`].
        constraints: Option<GrantConstraints> = "Constraints", optional GRANT_CONSTRAINTS;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional GRANT_NAME_TYPE;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `CreateGrant`.
    CreateGrantResponse as CREATE_GRANT_RESPONSE {
        /// Text of 1 to 8192 characters.
        grant_token: Option<String> = "GrantToken", optional GRANT_TOKEN_TYPE;
        /// Text of 1 to 128 characters.
        grant_id: Option<String> = "GrantId", optional GRANT_ID_TYPE;
    }
}

structure! {
    /// What `CreateKey` takes.
    CreateKeyRequest as CREATE_KEY_REQUEST {
        /// Text of 1 to 131072 characters.
        policy: Option<String> = "Policy", optional POLICY_TYPE;
        /// Text of 0 to 8192 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// One of `SIGN_VERIFY`, `ENCRYPT_DECRYPT`, `GENERATE_VERIFY_MAC`, `KEY_AGREEMENT`.
        key_usage: Option<String> = "KeyUsage", optional KEY_USAGE_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SYMMETRIC_DEFAULT` and 5 more.
        customer_master_key_spec: Option<String> = "CustomerMasterKeySpec", optional CUSTOMER_MASTER_KEY_SPEC;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SYMMETRIC_DEFAULT` and 9 more.
        key_spec: Option<String> = "KeySpec", optional KEY_SPEC;
        /// One of `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
        origin: Option<String> = "Origin", optional ORIGIN_TYPE;
        /// Text of 1 to 64 characters.
        custom_key_store_id: Option<String> = "CustomKeyStoreId", optional CUSTOM_KEY_STORE_ID_TYPE;
        /// True or false.
        bypass_policy_lockout_safety_check: Option<bool> = "BypassPolicyLockoutSafetyCheck", optional BOOLEAN_TYPE;
        /// List, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST;
        /// True or false.
        multi_region: Option<bool> = "MultiRegion", optional NULLABLE_BOOLEAN_TYPE;
        /// Text of 1 to 128 characters.
        xks_key_id: Option<String> = "XksKeyId", optional XKS_KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `CreateKey`.
    CreateKeyResponse as CREATE_KEY_RESPONSE {
        /// [`KeyMetadata`].
        key_metadata: Option<KeyMetadata> = "KeyMetadata", optional KEY_METADATA;
    }
}

structure! {
    /// Part of [`DescribeCustomKeyStoresResponse`].
    CustomKeyStoresListEntry as CUSTOM_KEY_STORES_LIST_ENTRY {
        /// Text of 1 to 64 characters.
        custom_key_store_id: Option<String> = "CustomKeyStoreId", optional CUSTOM_KEY_STORE_ID_TYPE;
        /// Text of 1 to 256 characters.
        custom_key_store_name: Option<String> = "CustomKeyStoreName", optional CUSTOM_KEY_STORE_NAME_TYPE;
        /// Text of 19 to 24 characters.
        cloud_hsm_cluster_id: Option<String> = "CloudHsmClusterId", optional CLOUD_HSM_CLUSTER_ID_TYPE;
        /// Text of 1 to 5000 characters.
        trust_anchor_certificate: Option<String> = "TrustAnchorCertificate", optional TRUST_ANCHOR_CERTIFICATE_TYPE;
        /// One of `CONNECTED`, `CONNECTING`, `FAILED`, `DISCONNECTED`, `DISCONNECTING`.
        connection_state: Option<String> = "ConnectionState", optional CONNECTION_STATE_TYPE;
        /// One of `INVALID_CREDENTIALS`, `CLUSTER_NOT_FOUND`, `NETWORK_ERRORS`, `INTERNAL_ERROR`, `INSUFFICIENT_CLOUDHSM_HSMS`, `USER_LOCKED_OUT`, `USER_NOT_FOUND`, `USER_LOGGED_IN` and 10 more.
        connection_error_code: Option<String> = "ConnectionErrorCode", optional CONNECTION_ERROR_CODE_TYPE;
        /// A moment.
        creation_date: Option<Timestamp> = "CreationDate", optional DATE_TYPE;
        /// One of `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
        custom_key_store_type: Option<String> = "CustomKeyStoreType", optional CUSTOM_KEY_STORE_TYPE;
        /// [`XksProxyConfigurationType`].
        xks_proxy_configuration: Option<XksProxyConfigurationType> = "XksProxyConfiguration", optional XKS_PROXY_CONFIGURATION_TYPE;
    }
}

structure! {
    /// What `Decrypt` takes.
    DecryptRequest as DECRYPT_REQUEST {
        /// Bytes, 1 to 6144 of them.
        ciphertext_blob: Option<Vec<u8>> = "CiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Map from text to: text.
        encryption_context: Option<BTreeMap<String, String>> = "EncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        encryption_algorithm: Option<String> = "EncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// [`RecipientInfo`].
        recipient: Option<RecipientInfo> = "Recipient", optional RECIPIENT_INFO;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
        /// List, each: one of `IGNORE_CIPHERTEXT`.
        dry_run_modifiers: Option<Vec<String>> = "DryRunModifiers", optional DRY_RUN_MODIFIER_LIST;
    }
}

structure! {
    /// The answer of `Decrypt`.
    DecryptResponse as DECRYPT_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        plaintext: Option<Sensitive<Vec<u8>>> = "Plaintext", optional PLAINTEXT_TYPE;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        encryption_algorithm: Option<String> = "EncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// Bytes, 1 to 6144 of them.
        ciphertext_for_recipient: Option<Vec<u8>> = "CiphertextForRecipient", optional CIPHERTEXT_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// What `DeleteAlias` takes.
    DeleteAliasRequest as DELETE_ALIAS_REQUEST {
        /// Text of 1 to 256 characters.
        alias_name: String = "AliasName", required ALIAS_NAME_TYPE;
    }
}

structure! {
    /// What `DeleteCustomKeyStore` takes.
    DeleteCustomKeyStoreRequest as DELETE_CUSTOM_KEY_STORE_REQUEST {
        /// Text of 1 to 64 characters.
        custom_key_store_id: String = "CustomKeyStoreId", required CUSTOM_KEY_STORE_ID_TYPE;
    }
}

structure! {
    /// The answer of `DeleteCustomKeyStore`.
    DeleteCustomKeyStoreResponse as DELETE_CUSTOM_KEY_STORE_RESPONSE {}
}

structure! {
    /// What `DeleteImportedKeyMaterial` takes.
    DeleteImportedKeyMaterialRequest as DELETE_IMPORTED_KEY_MATERIAL_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `DeleteImportedKeyMaterial`.
    DeleteImportedKeyMaterialResponse as DELETE_IMPORTED_KEY_MATERIAL_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 0 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_RESPONSE_TYPE;
    }
}

structure! {
    /// What `DeriveSharedSecret` takes.
    DeriveSharedSecretRequest as DERIVE_SHARED_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `ECDH`.
        key_agreement_algorithm: String = "KeyAgreementAlgorithm", required KEY_AGREEMENT_ALGORITHM_SPEC;
        /// Bytes, 1 to 8192 of them.
        public_key: Vec<u8> = "PublicKey", required PUBLIC_KEY_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
        /// [`RecipientInfo`].
        recipient: Option<RecipientInfo> = "Recipient", optional RECIPIENT_INFO;
    }
}

structure! {
    /// The answer of `DeriveSharedSecret`.
    DeriveSharedSecretResponse as DERIVE_SHARED_SECRET_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        shared_secret: Option<Sensitive<Vec<u8>>> = "SharedSecret", optional PLAINTEXT_TYPE;
        /// Bytes, 1 to 6144 of them.
        ciphertext_for_recipient: Option<Vec<u8>> = "CiphertextForRecipient", optional CIPHERTEXT_TYPE;
        /// One of `ECDH`.
        key_agreement_algorithm: Option<String> = "KeyAgreementAlgorithm", optional KEY_AGREEMENT_ALGORITHM_SPEC;
        /// One of `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
        key_origin: Option<String> = "KeyOrigin", optional ORIGIN_TYPE;
    }
}

structure! {
    /// What `DescribeCustomKeyStores` takes.
    DescribeCustomKeyStoresRequest as DESCRIBE_CUSTOM_KEY_STORES_REQUEST {
        /// Text of 1 to 64 characters.
        custom_key_store_id: Option<String> = "CustomKeyStoreId", optional CUSTOM_KEY_STORE_ID_TYPE;
        /// Text of 1 to 256 characters.
        custom_key_store_name: Option<String> = "CustomKeyStoreName", optional CUSTOM_KEY_STORE_NAME_TYPE;
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `DescribeCustomKeyStores`.
    DescribeCustomKeyStoresResponse as DESCRIBE_CUSTOM_KEY_STORES_RESPONSE {
        /// List, each: [`CustomKeyStoresListEntry`].
        custom_key_stores: Option<Vec<CustomKeyStoresListEntry>> = "CustomKeyStores", optional CUSTOM_KEY_STORES_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `DescribeKey` takes.
    DescribeKeyRequest as DESCRIBE_KEY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
    }
}

structure! {
    /// The answer of `DescribeKey`.
    DescribeKeyResponse as DESCRIBE_KEY_RESPONSE {
        /// [`KeyMetadata`].
        key_metadata: Option<KeyMetadata> = "KeyMetadata", optional KEY_METADATA;
    }
}

structure! {
    /// What `DisableKey` takes.
    DisableKeyRequest as DISABLE_KEY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// What `DisableKeyRotation` takes.
    DisableKeyRotationRequest as DISABLE_KEY_ROTATION_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// What `DisconnectCustomKeyStore` takes.
    DisconnectCustomKeyStoreRequest as DISCONNECT_CUSTOM_KEY_STORE_REQUEST {
        /// Text of 1 to 64 characters.
        custom_key_store_id: String = "CustomKeyStoreId", required CUSTOM_KEY_STORE_ID_TYPE;
    }
}

structure! {
    /// The answer of `DisconnectCustomKeyStore`.
    DisconnectCustomKeyStoreResponse as DISCONNECT_CUSTOM_KEY_STORE_RESPONSE {}
}

structure! {
    /// What `EnableKey` takes.
    EnableKeyRequest as ENABLE_KEY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// What `EnableKeyRotation` takes.
    EnableKeyRotationRequest as ENABLE_KEY_ROTATION_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Number, 90 to 2560.
        rotation_period_in_days: Option<i32> = "RotationPeriodInDays", optional ROTATION_PERIOD_IN_DAYS_TYPE;
    }
}

structure! {
    /// What `Encrypt` takes.
    EncryptRequest as ENCRYPT_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        plaintext: Sensitive<Vec<u8>> = "Plaintext", required PLAINTEXT_TYPE;
        /// Map from text to: text.
        encryption_context: Option<BTreeMap<String, String>> = "EncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        encryption_algorithm: Option<String> = "EncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `Encrypt`.
    EncryptResponse as ENCRYPT_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        ciphertext_blob: Option<Vec<u8>> = "CiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        encryption_algorithm: Option<String> = "EncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
    }
}

structure! {
    /// What `GenerateDataKeyPair` takes.
    GenerateDataKeyPairRequest as GENERATE_DATA_KEY_PAIR_REQUEST {
        /// Map from text to: text.
        encryption_context: Option<BTreeMap<String, String>> = "EncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SM2` and 1 more.
        key_pair_spec: String = "KeyPairSpec", required DATA_KEY_PAIR_SPEC;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// [`RecipientInfo`].
        recipient: Option<RecipientInfo> = "Recipient", optional RECIPIENT_INFO;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `GenerateDataKeyPair`.
    GenerateDataKeyPairResponse as GENERATE_DATA_KEY_PAIR_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        private_key_ciphertext_blob: Option<Vec<u8>> = "PrivateKeyCiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        private_key_plaintext: Option<Sensitive<Vec<u8>>> = "PrivateKeyPlaintext", optional PLAINTEXT_TYPE;
        /// Bytes, 1 to 8192 of them.
        public_key: Option<Vec<u8>> = "PublicKey", optional PUBLIC_KEY_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SM2` and 1 more.
        key_pair_spec: Option<String> = "KeyPairSpec", optional DATA_KEY_PAIR_SPEC;
        /// Bytes, 1 to 6144 of them.
        ciphertext_for_recipient: Option<Vec<u8>> = "CiphertextForRecipient", optional CIPHERTEXT_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// What `GenerateDataKeyPairWithoutPlaintext` takes.
    GenerateDataKeyPairWithoutPlaintextRequest as GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT_REQUEST {
        /// Map from text to: text.
        encryption_context: Option<BTreeMap<String, String>> = "EncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SM2` and 1 more.
        key_pair_spec: String = "KeyPairSpec", required DATA_KEY_PAIR_SPEC;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `GenerateDataKeyPairWithoutPlaintext`.
    GenerateDataKeyPairWithoutPlaintextResponse as GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        private_key_ciphertext_blob: Option<Vec<u8>> = "PrivateKeyCiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Bytes, 1 to 8192 of them.
        public_key: Option<Vec<u8>> = "PublicKey", optional PUBLIC_KEY_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SM2` and 1 more.
        key_pair_spec: Option<String> = "KeyPairSpec", optional DATA_KEY_PAIR_SPEC;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// What `GenerateDataKey` takes.
    GenerateDataKeyRequest as GENERATE_DATA_KEY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Map from text to: text.
        encryption_context: Option<BTreeMap<String, String>> = "EncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// Number, 1 to 1024.
        number_of_bytes: Option<i32> = "NumberOfBytes", optional NUMBER_OF_BYTES_TYPE;
        /// One of `AES_256`, `AES_128`.
        key_spec: Option<String> = "KeySpec", optional DATA_KEY_SPEC;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// [`RecipientInfo`].
        recipient: Option<RecipientInfo> = "Recipient", optional RECIPIENT_INFO;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `GenerateDataKey`.
    GenerateDataKeyResponse as GENERATE_DATA_KEY_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        ciphertext_blob: Option<Vec<u8>> = "CiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        plaintext: Option<Sensitive<Vec<u8>>> = "Plaintext", optional PLAINTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Bytes, 1 to 6144 of them.
        ciphertext_for_recipient: Option<Vec<u8>> = "CiphertextForRecipient", optional CIPHERTEXT_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// What `GenerateDataKeyWithoutPlaintext` takes.
    GenerateDataKeyWithoutPlaintextRequest as GENERATE_DATA_KEY_WITHOUT_PLAINTEXT_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Map from text to: text.
        encryption_context: Option<BTreeMap<String, String>> = "EncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// One of `AES_256`, `AES_128`.
        key_spec: Option<String> = "KeySpec", optional DATA_KEY_SPEC;
        /// Number, 1 to 1024.
        number_of_bytes: Option<i32> = "NumberOfBytes", optional NUMBER_OF_BYTES_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `GenerateDataKeyWithoutPlaintext`.
    GenerateDataKeyWithoutPlaintextResponse as GENERATE_DATA_KEY_WITHOUT_PLAINTEXT_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        ciphertext_blob: Option<Vec<u8>> = "CiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// What `GenerateMac` takes.
    GenerateMacRequest as GENERATE_MAC_REQUEST {
        /// Bytes, 1 to 4096 of them; secret.
        message: Sensitive<Vec<u8>> = "Message", required PLAINTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `HMAC_SHA_224`, `HMAC_SHA_256`, `HMAC_SHA_384`, `HMAC_SHA_512`.
        mac_algorithm: String = "MacAlgorithm", required MAC_ALGORITHM_SPEC;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `GenerateMac`.
    GenerateMacResponse as GENERATE_MAC_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        mac: Option<Vec<u8>> = "Mac", optional CIPHERTEXT_TYPE;
        /// One of `HMAC_SHA_224`, `HMAC_SHA_256`, `HMAC_SHA_384`, `HMAC_SHA_512`.
        mac_algorithm: Option<String> = "MacAlgorithm", optional MAC_ALGORITHM_SPEC;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
    }
}

structure! {
    /// What `GenerateRandom` takes.
    GenerateRandomRequest as GENERATE_RANDOM_REQUEST {
        /// Number, 1 to 1024.
        number_of_bytes: Option<i32> = "NumberOfBytes", optional NUMBER_OF_BYTES_TYPE;
        /// Text of 1 to 64 characters.
        custom_key_store_id: Option<String> = "CustomKeyStoreId", optional CUSTOM_KEY_STORE_ID_TYPE;
        /// [`RecipientInfo`].
        recipient: Option<RecipientInfo> = "Recipient", optional RECIPIENT_INFO;
    }
}

structure! {
    /// The answer of `GenerateRandom`.
    GenerateRandomResponse as GENERATE_RANDOM_RESPONSE {
        /// Bytes, 1 to 4096 of them; secret.
        plaintext: Option<Sensitive<Vec<u8>>> = "Plaintext", optional PLAINTEXT_TYPE;
        /// Bytes, 1 to 6144 of them.
        ciphertext_for_recipient: Option<Vec<u8>> = "CiphertextForRecipient", optional CIPHERTEXT_TYPE;
    }
}

structure! {
    /// What `GetKeyLastUsage` takes.
    GetKeyLastUsageRequest as GET_KEY_LAST_USAGE_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetKeyLastUsage`.
    GetKeyLastUsageResponse as GET_KEY_LAST_USAGE_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// [`KeyLastUsageData`].
        key_last_usage: Option<KeyLastUsageData> = "KeyLastUsage", optional KEY_LAST_USAGE_DATA;
        /// A moment.
        tracking_start_date: Option<Timestamp> = "TrackingStartDate", optional DATE_TYPE;
        /// A moment.
        key_creation_date: Option<Timestamp> = "KeyCreationDate", optional DATE_TYPE;
    }
}

structure! {
    /// What `GetKeyPolicy` takes.
    GetKeyPolicyRequest as GET_KEY_POLICY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
    }
}

structure! {
    /// The answer of `GetKeyPolicy`.
    GetKeyPolicyResponse as GET_KEY_POLICY_RESPONSE {
        /// Text of 1 to 131072 characters.
        policy: Option<String> = "Policy", optional POLICY_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
    }
}

structure! {
    /// What `GetKeyRotationStatus` takes.
    GetKeyRotationStatusRequest as GET_KEY_ROTATION_STATUS_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetKeyRotationStatus`.
    GetKeyRotationStatusResponse as GET_KEY_ROTATION_STATUS_RESPONSE {
        /// True or false.
        key_rotation_enabled: Option<bool> = "KeyRotationEnabled", optional BOOLEAN_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Number, 90 to 2560.
        rotation_period_in_days: Option<i32> = "RotationPeriodInDays", optional ROTATION_PERIOD_IN_DAYS_TYPE;
        /// A moment.
        next_rotation_date: Option<Timestamp> = "NextRotationDate", optional DATE_TYPE;
        /// A moment.
        on_demand_rotation_start_date: Option<Timestamp> = "OnDemandRotationStartDate", optional DATE_TYPE;
    }
}

structure! {
    /// What `GetParametersForImport` takes.
    GetParametersForImportRequest as GET_PARAMETERS_FOR_IMPORT_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `RSAES_PKCS1_V1_5`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `RSA_AES_KEY_WRAP_SHA_1`, `RSA_AES_KEY_WRAP_SHA_256`, `SM2PKE`.
        wrapping_algorithm: String = "WrappingAlgorithm", required ALGORITHM_SPEC;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `SM2`.
        wrapping_key_spec: String = "WrappingKeySpec", required WRAPPING_KEY_SPEC;
    }
}

structure! {
    /// The answer of `GetParametersForImport`.
    GetParametersForImportResponse as GET_PARAMETERS_FOR_IMPORT_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Bytes, 1 to 6144 of them.
        import_token: Option<Vec<u8>> = "ImportToken", optional CIPHERTEXT_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        public_key: Option<Sensitive<Vec<u8>>> = "PublicKey", optional PLAINTEXT_TYPE;
        /// A moment.
        parameters_valid_to: Option<Timestamp> = "ParametersValidTo", optional DATE_TYPE;
    }
}

structure! {
    /// What `GetPublicKey` takes.
    GetPublicKeyRequest as GET_PUBLIC_KEY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
    }
}

structure! {
    /// The answer of `GetPublicKey`.
    GetPublicKeyResponse as GET_PUBLIC_KEY_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Bytes, 1 to 8192 of them.
        public_key: Option<Vec<u8>> = "PublicKey", optional PUBLIC_KEY_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SYMMETRIC_DEFAULT` and 5 more.
        customer_master_key_spec: Option<String> = "CustomerMasterKeySpec", optional CUSTOMER_MASTER_KEY_SPEC;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SYMMETRIC_DEFAULT` and 9 more.
        key_spec: Option<String> = "KeySpec", optional KEY_SPEC;
        /// One of `SIGN_VERIFY`, `ENCRYPT_DECRYPT`, `GENERATE_VERIFY_MAC`, `KEY_AGREEMENT`.
        key_usage: Option<String> = "KeyUsage", optional KEY_USAGE_TYPE;
        /// List, each: one of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        encryption_algorithms: Option<Vec<String>> = "EncryptionAlgorithms", optional ENCRYPTION_ALGORITHM_SPEC_LIST;
        /// List, each: one of `RSASSA_PSS_SHA_256`, `RSASSA_PSS_SHA_384`, `RSASSA_PSS_SHA_512`, `RSASSA_PKCS1_V1_5_SHA_256`, `RSASSA_PKCS1_V1_5_SHA_384`, `RSASSA_PKCS1_V1_5_SHA_512`, `ECDSA_SHA_256`, `ECDSA_SHA_384` and 5 more.
        signing_algorithms: Option<Vec<String>> = "SigningAlgorithms", optional SIGNING_ALGORITHM_SPEC_LIST;
        /// List, each: one of `ECDH`.
        key_agreement_algorithms: Option<Vec<String>> = "KeyAgreementAlgorithms", optional KEY_AGREEMENT_ALGORITHM_SPEC_LIST;
    }
}

structure! {
    /// Part of [`CreateGrantRequest`], [`GrantListEntry`].
    GrantConstraints as GRANT_CONSTRAINTS {
        /// Map from text to: text.
        encryption_context_subset: Option<BTreeMap<String, String>> = "EncryptionContextSubset", optional ENCRYPTION_CONTEXT_TYPE;
        /// Map from text to: text.
        encryption_context_equals: Option<BTreeMap<String, String>> = "EncryptionContextEquals", optional ENCRYPTION_CONTEXT_TYPE;
    }
}

structure! {
    /// Part of [`ListGrantsResponse`].
    GrantListEntry as GRANT_LIST_ENTRY {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 1 to 128 characters.
        grant_id: Option<String> = "GrantId", optional GRANT_ID_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional GRANT_NAME_TYPE;
        /// A moment.
        creation_date: Option<Timestamp> = "CreationDate", optional DATE_TYPE;
        /// Text of 1 to 256 characters.
        grantee_principal: Option<String> = "GranteePrincipal", optional PRINCIPAL_ID_TYPE;
        /// Text of 1 to 256 characters.
        retiring_principal: Option<String> = "RetiringPrincipal", optional PRINCIPAL_ID_TYPE;
        /// Text of 1 to 256 characters.
        issuing_account: Option<String> = "IssuingAccount", optional PRINCIPAL_ID_TYPE;
        /// List, each: one of `Decrypt`, `Encrypt`, `GenerateDataKey`, `GenerateDataKeyWithoutPlaintext`, `ReEncryptFrom`, `ReEncryptTo`, `Sign`, `Verify` and 9 more.
        operations: Option<Vec<String>> = "Operations", optional GRANT_OPERATION_LIST;
        /// [`GrantConstraints`].
        constraints: Option<GrantConstraints> = "Constraints", optional GRANT_CONSTRAINTS;
    }
}

structure! {
    /// What `ImportKeyMaterial` takes.
    ImportKeyMaterialRequest as IMPORT_KEY_MATERIAL_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Bytes, 1 to 6144 of them.
        import_token: Vec<u8> = "ImportToken", required CIPHERTEXT_TYPE;
        /// Bytes, 1 to 6144 of them.
        encrypted_key_material: Vec<u8> = "EncryptedKeyMaterial", required CIPHERTEXT_TYPE;
        /// A moment.
        valid_to: Option<Timestamp> = "ValidTo", optional DATE_TYPE;
        /// One of `KEY_MATERIAL_EXPIRES`, `KEY_MATERIAL_DOES_NOT_EXPIRE`.
        expiration_model: Option<String> = "ExpirationModel", optional EXPIRATION_MODEL_TYPE;
        /// One of `NEW_KEY_MATERIAL`, `EXISTING_KEY_MATERIAL`.
        import_type: Option<String> = "ImportType", optional IMPORT_TYPE;
        /// Text of 0 to 256 characters.
        key_material_description: Option<String> = "KeyMaterialDescription", optional KEY_MATERIAL_DESCRIPTION_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `ImportKeyMaterial`.
    ImportKeyMaterialResponse as IMPORT_KEY_MATERIAL_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// Part of [`GetKeyLastUsageResponse`].
    KeyLastUsageData as KEY_LAST_USAGE_DATA {
        /// One of `Decrypt`, `DeriveSharedSecret`, `Encrypt`, `GenerateDataKey`, `GenerateDataKeyPair`, `GenerateDataKeyPairWithoutPlaintext`, `GenerateDataKeyWithoutPlaintext`, `GenerateMac` and 4 more.
        operation: Option<String> = "Operation", optional KEY_LAST_USAGE_TRACKING_OPERATION;
        /// A moment.
        timestamp: Option<Timestamp> = "Timestamp", optional DATE_TYPE;
        /// Text.
        cloud_trail_event_id: Option<String> = "CloudTrailEventId", optional CLOUD_TRAIL_EVENT_ID_TYPE;
        /// Text.
        kms_request_id: Option<String> = "KmsRequestId", optional KMS_REQUEST_ID_TYPE;
    }
}

structure! {
    /// Part of [`ListKeysResponse`].
    KeyListEntry as KEY_LIST_ENTRY {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 20 to 2048 characters.
        key_arn: Option<String> = "KeyArn", optional ARN_TYPE;
    }
}

structure! {
    /// Part of [`CreateKeyResponse`], [`DescribeKeyResponse`], [`ReplicateKeyResponse`].
    KeyMetadata as KEY_METADATA {
        /// Text.
        aws_account_id: Option<String> = "AWSAccountId", optional AWS_ACCOUNT_ID_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// A moment.
        creation_date: Option<Timestamp> = "CreationDate", optional DATE_TYPE;
        /// True or false.
        enabled: Option<bool> = "Enabled", optional BOOLEAN_TYPE;
        /// Text of 0 to 8192 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// One of `SIGN_VERIFY`, `ENCRYPT_DECRYPT`, `GENERATE_VERIFY_MAC`, `KEY_AGREEMENT`.
        key_usage: Option<String> = "KeyUsage", optional KEY_USAGE_TYPE;
        /// One of `Creating`, `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `PendingReplicaDeletion`, `Unavailable`, `Updating`.
        key_state: Option<String> = "KeyState", optional KEY_STATE;
        /// A moment.
        deletion_date: Option<Timestamp> = "DeletionDate", optional DATE_TYPE;
        /// A moment.
        valid_to: Option<Timestamp> = "ValidTo", optional DATE_TYPE;
        /// One of `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
        origin: Option<String> = "Origin", optional ORIGIN_TYPE;
        /// Text of 1 to 64 characters.
        custom_key_store_id: Option<String> = "CustomKeyStoreId", optional CUSTOM_KEY_STORE_ID_TYPE;
        /// Text of 19 to 24 characters.
        cloud_hsm_cluster_id: Option<String> = "CloudHsmClusterId", optional CLOUD_HSM_CLUSTER_ID_TYPE;
        /// One of `KEY_MATERIAL_EXPIRES`, `KEY_MATERIAL_DOES_NOT_EXPIRE`.
        expiration_model: Option<String> = "ExpirationModel", optional EXPIRATION_MODEL_TYPE;
        /// One of `AWS`, `CUSTOMER`.
        key_manager: Option<String> = "KeyManager", optional KEY_MANAGER_TYPE;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SYMMETRIC_DEFAULT` and 5 more.
        customer_master_key_spec: Option<String> = "CustomerMasterKeySpec", optional CUSTOMER_MASTER_KEY_SPEC;
        /// One of `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384`, `ECC_NIST_P521`, `ECC_SECG_P256K1`, `SYMMETRIC_DEFAULT` and 9 more.
        key_spec: Option<String> = "KeySpec", optional KEY_SPEC;
        /// List, each: one of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        encryption_algorithms: Option<Vec<String>> = "EncryptionAlgorithms", optional ENCRYPTION_ALGORITHM_SPEC_LIST;
        /// List, each: one of `RSASSA_PSS_SHA_256`, `RSASSA_PSS_SHA_384`, `RSASSA_PSS_SHA_512`, `RSASSA_PKCS1_V1_5_SHA_256`, `RSASSA_PKCS1_V1_5_SHA_384`, `RSASSA_PKCS1_V1_5_SHA_512`, `ECDSA_SHA_256`, `ECDSA_SHA_384` and 5 more.
        signing_algorithms: Option<Vec<String>> = "SigningAlgorithms", optional SIGNING_ALGORITHM_SPEC_LIST;
        /// List, each: one of `ECDH`.
        key_agreement_algorithms: Option<Vec<String>> = "KeyAgreementAlgorithms", optional KEY_AGREEMENT_ALGORITHM_SPEC_LIST;
        /// True or false.
        multi_region: Option<bool> = "MultiRegion", optional NULLABLE_BOOLEAN_TYPE;
        /// [`MultiRegionConfiguration`].
        multi_region_configuration: Option<MultiRegionConfiguration> = "MultiRegionConfiguration", optional MULTI_REGION_CONFIGURATION;
        /// Number, 1 to 365.
        pending_deletion_window_in_days: Option<i32> = "PendingDeletionWindowInDays", optional PENDING_WINDOW_IN_DAYS_TYPE;
        /// List, each: one of `HMAC_SHA_224`, `HMAC_SHA_256`, `HMAC_SHA_384`, `HMAC_SHA_512`.
        mac_algorithms: Option<Vec<String>> = "MacAlgorithms", optional MAC_ALGORITHM_SPEC_LIST;
        /// [`XksKeyConfigurationType`].
        xks_key_configuration: Option<XksKeyConfigurationType> = "XksKeyConfiguration", optional XKS_KEY_CONFIGURATION_TYPE;
        /// Text of 64 to 64 characters.
        current_key_material_id: Option<String> = "CurrentKeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// What `ListAliases` takes.
    ListAliasesRequest as LIST_ALIASES_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `ListAliases`.
    ListAliasesResponse as LIST_ALIASES_RESPONSE {
        /// List, each: [`AliasListEntry`].
        aliases: Option<Vec<AliasListEntry>> = "Aliases", optional ALIAS_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListGrants` takes.
    ListGrantsRequest as LIST_GRANTS_REQUEST {
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 128 characters.
        grant_id: Option<String> = "GrantId", optional GRANT_ID_TYPE;
        /// Text of 1 to 256 characters.
        grantee_principal: Option<String> = "GranteePrincipal", optional PRINCIPAL_ID_TYPE;
    }
}

structure! {
    /// The answer of `ListGrants`; The answer of `ListRetirableGrants`.
    ListGrantsResponse as LIST_GRANTS_RESPONSE {
        /// List, each: [`GrantListEntry`].
        grants: Option<Vec<GrantListEntry>> = "Grants", optional GRANT_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListKeyPolicies` takes.
    ListKeyPoliciesRequest as LIST_KEY_POLICIES_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `ListKeyPolicies`.
    ListKeyPoliciesResponse as LIST_KEY_POLICIES_RESPONSE {
        /// List, each: text of 1 to 128 characters.
        policy_names: Option<Vec<String>> = "PolicyNames", optional POLICY_NAME_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListKeyRotations` takes.
    ListKeyRotationsRequest as LIST_KEY_ROTATIONS_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `ALL_KEY_MATERIAL`, `ROTATIONS_ONLY`.
        include_key_material: Option<String> = "IncludeKeyMaterial", optional INCLUDE_KEY_MATERIAL;
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `ListKeyRotations`.
    ListKeyRotationsResponse as LIST_KEY_ROTATIONS_RESPONSE {
        /// List, each: [`RotationsListEntry`].
        rotations: Option<Vec<RotationsListEntry>> = "Rotations", optional ROTATIONS_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListKeys` takes.
    ListKeysRequest as LIST_KEYS_REQUEST {
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `ListKeys`.
    ListKeysResponse as LIST_KEYS_RESPONSE {
        /// List, each: [`KeyListEntry`].
        keys: Option<Vec<KeyListEntry>> = "Keys", optional KEY_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListResourceTags` takes.
    ListResourceTagsRequest as LIST_RESOURCE_TAGS_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
    }
}

structure! {
    /// The answer of `ListResourceTags`.
    ListResourceTagsResponse as LIST_RESOURCE_TAGS_RESPONSE {
        /// List, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST;
        /// Text of 1 to 1024 characters.
        next_marker: Option<String> = "NextMarker", optional MARKER_TYPE;
        /// True or false.
        truncated: Option<bool> = "Truncated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ListRetirableGrants` takes.
    ListRetirableGrantsRequest as LIST_RETIRABLE_GRANTS_REQUEST {
        /// Number, 1 to 1000.
        limit: Option<i32> = "Limit", optional LIMIT_TYPE;
        /// Text of 1 to 1024 characters.
        marker: Option<String> = "Marker", optional MARKER_TYPE;
        /// Text of 1 to 256 characters.
        retiring_principal: String = "RetiringPrincipal", required PRINCIPAL_ID_TYPE;
    }
}

structure! {
    /// Part of [`KeyMetadata`].
    MultiRegionConfiguration as MULTI_REGION_CONFIGURATION {
        /// One of `PRIMARY`, `REPLICA`.
        multi_region_key_type: Option<String> = "MultiRegionKeyType", optional MULTI_REGION_KEY_TYPE;
        /// [`MultiRegionKey`].
        primary_key: Option<MultiRegionKey> = "PrimaryKey", optional MULTI_REGION_KEY;
        /// List, each: [`MultiRegionKey`].
        replica_keys: Option<Vec<MultiRegionKey>> = "ReplicaKeys", optional MULTI_REGION_KEY_LIST;
    }
}

structure! {
    /// Part of [`MultiRegionConfiguration`].
    MultiRegionKey as MULTI_REGION_KEY {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
        /// Text of 1 to 32 characters.
        region: Option<String> = "Region", optional REGION_TYPE;
    }
}

structure! {
    /// What `PutKeyPolicy` takes.
    PutKeyPolicyRequest as PUT_KEY_POLICY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 128 characters.
        policy_name: Option<String> = "PolicyName", optional POLICY_NAME_TYPE;
        /// Text of 1 to 131072 characters.
        policy: String = "Policy", required POLICY_TYPE;
        /// True or false.
        bypass_policy_lockout_safety_check: Option<bool> = "BypassPolicyLockoutSafetyCheck", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// What `ReEncrypt` takes.
    ReEncryptRequest as RE_ENCRYPT_REQUEST {
        /// Bytes, 1 to 6144 of them.
        ciphertext_blob: Option<Vec<u8>> = "CiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Map from text to: text.
        source_encryption_context: Option<BTreeMap<String, String>> = "SourceEncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        source_key_id: Option<String> = "SourceKeyId", optional KEY_ID_TYPE;
        /// Text of 1 to 2048 characters.
        destination_key_id: String = "DestinationKeyId", required KEY_ID_TYPE;
        /// Map from text to: text.
        destination_encryption_context: Option<BTreeMap<String, String>> = "DestinationEncryptionContext", optional ENCRYPTION_CONTEXT_TYPE;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        source_encryption_algorithm: Option<String> = "SourceEncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        destination_encryption_algorithm: Option<String> = "DestinationEncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
        /// List, each: one of `IGNORE_CIPHERTEXT`.
        dry_run_modifiers: Option<Vec<String>> = "DryRunModifiers", optional DRY_RUN_MODIFIER_LIST;
    }
}

structure! {
    /// The answer of `ReEncrypt`.
    ReEncryptResponse as RE_ENCRYPT_RESPONSE {
        /// Bytes, 1 to 6144 of them.
        ciphertext_blob: Option<Vec<u8>> = "CiphertextBlob", optional CIPHERTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        source_key_id: Option<String> = "SourceKeyId", optional KEY_ID_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        source_encryption_algorithm: Option<String> = "SourceEncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// One of `SYMMETRIC_DEFAULT`, `RSAES_OAEP_SHA_1`, `RSAES_OAEP_SHA_256`, `SM2PKE`.
        destination_encryption_algorithm: Option<String> = "DestinationEncryptionAlgorithm", optional ENCRYPTION_ALGORITHM_SPEC;
        /// Text of 64 to 64 characters.
        source_key_material_id: Option<String> = "SourceKeyMaterialId", optional BACKING_KEY_ID_TYPE;
        /// Text of 64 to 64 characters.
        destination_key_material_id: Option<String> = "DestinationKeyMaterialId", optional BACKING_KEY_ID_TYPE;
    }
}

structure! {
    /// Part of [`DecryptRequest`], [`DeriveSharedSecretRequest`], [`GenerateDataKeyPairRequest`], [`GenerateDataKeyRequest`], [`GenerateRandomRequest`].
    RecipientInfo as RECIPIENT_INFO {
        /// One of `RSAES_OAEP_SHA_256`.
        key_encryption_algorithm: Option<String> = "KeyEncryptionAlgorithm", optional KEY_ENCRYPTION_MECHANISM;
        /// Bytes, 1 to 262144 of them.
        attestation_document: Option<Vec<u8>> = "AttestationDocument", optional ATTESTATION_DOCUMENT_TYPE;
    }
}

structure! {
    /// What `ReplicateKey` takes.
    ReplicateKeyRequest as REPLICATE_KEY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 32 characters.
        replica_region: String = "ReplicaRegion", required REGION_TYPE;
        /// Text of 1 to 131072 characters.
        policy: Option<String> = "Policy", optional POLICY_TYPE;
        /// True or false.
        bypass_policy_lockout_safety_check: Option<bool> = "BypassPolicyLockoutSafetyCheck", optional BOOLEAN_TYPE;
        /// Text of 0 to 8192 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// List, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST;
    }
}

structure! {
    /// The answer of `ReplicateKey`.
    ReplicateKeyResponse as REPLICATE_KEY_RESPONSE {
        /// [`KeyMetadata`].
        replica_key_metadata: Option<KeyMetadata> = "ReplicaKeyMetadata", optional KEY_METADATA;
        /// Text of 1 to 131072 characters.
        replica_policy: Option<String> = "ReplicaPolicy", optional POLICY_TYPE;
        /// List, each: [`Tag`].
        replica_tags: Option<Vec<Tag>> = "ReplicaTags", optional TAG_LIST;
    }
}

structure! {
    /// What `RetireGrant` takes.
    RetireGrantRequest as RETIRE_GRANT_REQUEST {
        /// Text of 1 to 8192 characters.
        grant_token: Option<String> = "GrantToken", optional GRANT_TOKEN_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 1 to 128 characters.
        grant_id: Option<String> = "GrantId", optional GRANT_ID_TYPE;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// What `RevokeGrant` takes.
    RevokeGrantRequest as REVOKE_GRANT_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 128 characters.
        grant_id: String = "GrantId", required GRANT_ID_TYPE;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// What `RotateKeyOnDemand` takes.
    RotateKeyOnDemandRequest as ROTATE_KEY_ON_DEMAND_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `RotateKeyOnDemand`.
    RotateKeyOnDemandResponse as ROTATE_KEY_ON_DEMAND_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
    }
}

structure! {
    /// Part of [`ListKeyRotationsResponse`].
    RotationsListEntry as ROTATIONS_LIST_ENTRY {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Text of 64 to 64 characters.
        key_material_id: Option<String> = "KeyMaterialId", optional BACKING_KEY_ID_TYPE;
        /// Text of 0 to 256 characters.
        key_material_description: Option<String> = "KeyMaterialDescription", optional KEY_MATERIAL_DESCRIPTION_TYPE;
        /// One of `IMPORTED`, `PENDING_IMPORT`.
        import_state: Option<String> = "ImportState", optional IMPORT_STATE;
        /// One of `NON_CURRENT`, `CURRENT`, `PENDING_ROTATION`, `PENDING_MULTI_REGION_IMPORT_AND_ROTATION`.
        key_material_state: Option<String> = "KeyMaterialState", optional KEY_MATERIAL_STATE;
        /// One of `KEY_MATERIAL_EXPIRES`, `KEY_MATERIAL_DOES_NOT_EXPIRE`.
        expiration_model: Option<String> = "ExpirationModel", optional EXPIRATION_MODEL_TYPE;
        /// A moment.
        valid_to: Option<Timestamp> = "ValidTo", optional DATE_TYPE;
        /// A moment.
        rotation_date: Option<Timestamp> = "RotationDate", optional DATE_TYPE;
        /// One of `AUTOMATIC`, `ON_DEMAND`.
        rotation_type: Option<String> = "RotationType", optional ROTATION_TYPE;
    }
}

structure! {
    /// What `ScheduleKeyDeletion` takes.
    ScheduleKeyDeletionRequest as SCHEDULE_KEY_DELETION_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Number, 1 to 365.
        pending_window_in_days: Option<i32> = "PendingWindowInDays", optional PENDING_WINDOW_IN_DAYS_TYPE;
    }
}

structure! {
    /// The answer of `ScheduleKeyDeletion`.
    ScheduleKeyDeletionResponse as SCHEDULE_KEY_DELETION_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// A moment.
        deletion_date: Option<Timestamp> = "DeletionDate", optional DATE_TYPE;
        /// One of `Creating`, `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `PendingReplicaDeletion`, `Unavailable`, `Updating`.
        key_state: Option<String> = "KeyState", optional KEY_STATE;
        /// Number, 1 to 365.
        pending_window_in_days: Option<i32> = "PendingWindowInDays", optional PENDING_WINDOW_IN_DAYS_TYPE;
    }
}

structure! {
    /// What `Sign` takes.
    SignRequest as SIGN_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        message: Sensitive<Vec<u8>> = "Message", required PLAINTEXT_TYPE;
        /// One of `RAW`, `DIGEST`, `EXTERNAL_MU`.
        message_type: Option<String> = "MessageType", optional MESSAGE_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// One of `RSASSA_PSS_SHA_256`, `RSASSA_PSS_SHA_384`, `RSASSA_PSS_SHA_512`, `RSASSA_PKCS1_V1_5_SHA_256`, `RSASSA_PKCS1_V1_5_SHA_384`, `RSASSA_PKCS1_V1_5_SHA_512`, `ECDSA_SHA_256`, `ECDSA_SHA_384` and 5 more.
        signing_algorithm: String = "SigningAlgorithm", required SIGNING_ALGORITHM_SPEC;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `Sign`.
    SignResponse as SIGN_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// Bytes, 1 to 6144 of them.
        signature: Option<Vec<u8>> = "Signature", optional CIPHERTEXT_TYPE;
        /// One of `RSASSA_PSS_SHA_256`, `RSASSA_PSS_SHA_384`, `RSASSA_PSS_SHA_512`, `RSASSA_PKCS1_V1_5_SHA_256`, `RSASSA_PKCS1_V1_5_SHA_384`, `RSASSA_PKCS1_V1_5_SHA_512`, `ECDSA_SHA_256`, `ECDSA_SHA_384` and 5 more.
        signing_algorithm: Option<String> = "SigningAlgorithm", optional SIGNING_ALGORITHM_SPEC;
    }
}

structure! {
    /// Part of [`CreateKeyRequest`], [`ListResourceTagsResponse`], [`ReplicateKeyRequest`], [`ReplicateKeyResponse`], [`TagResourceRequest`].
    Tag as TAG {
        /// Text of 1 to 128 characters.
        tag_key: String = "TagKey", required TAG_KEY_TYPE;
        /// Text of 0 to 256 characters.
        tag_value: String = "TagValue", required TAG_VALUE_TYPE;
    }
}

structure! {
    /// What `TagResource` takes.
    TagResourceRequest as TAG_RESOURCE_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// List, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST;
    }
}

structure! {
    /// What `UntagResource` takes.
    UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// List, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST;
    }
}

structure! {
    /// What `UpdateAlias` takes.
    UpdateAliasRequest as UPDATE_ALIAS_REQUEST {
        /// Text of 1 to 256 characters.
        alias_name: String = "AliasName", required ALIAS_NAME_TYPE;
        /// Text of 1 to 2048 characters.
        target_key_id: String = "TargetKeyId", required KEY_ID_TYPE;
    }
}

structure! {
    /// What `UpdateCustomKeyStore` takes.
    UpdateCustomKeyStoreRequest as UPDATE_CUSTOM_KEY_STORE_REQUEST {
        /// Text of 1 to 64 characters.
        custom_key_store_id: String = "CustomKeyStoreId", required CUSTOM_KEY_STORE_ID_TYPE;
        /// Text of 1 to 256 characters.
        new_custom_key_store_name: Option<String> = "NewCustomKeyStoreName", optional CUSTOM_KEY_STORE_NAME_TYPE;
        /// Text of 7 to 32 characters; secret.
        key_store_password: Option<Sensitive<String>> = "KeyStorePassword", optional KEY_STORE_PASSWORD_TYPE;
        /// Text of 19 to 24 characters.
        cloud_hsm_cluster_id: Option<String> = "CloudHsmClusterId", optional CLOUD_HSM_CLUSTER_ID_TYPE;
        /// Text of 10 to 128 characters.
        xks_proxy_uri_endpoint: Option<String> = "XksProxyUriEndpoint", optional XKS_PROXY_URI_ENDPOINT_TYPE;
        /// Text of 10 to 128 characters.
        xks_proxy_uri_path: Option<String> = "XksProxyUriPath", optional XKS_PROXY_URI_PATH_TYPE;
        /// Text of 20 to 64 characters.
        xks_proxy_vpc_endpoint_service_name: Option<String> = "XksProxyVpcEndpointServiceName", optional XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME_TYPE;
        /// Text of 12 to 12 characters.
        xks_proxy_vpc_endpoint_service_owner: Option<String> = "XksProxyVpcEndpointServiceOwner", optional ACCOUNT_ID_TYPE;
        /// [`XksProxyAuthenticationCredentialType`].
        xks_proxy_authentication_credential: Option<XksProxyAuthenticationCredentialType> = "XksProxyAuthenticationCredential", optional XKS_PROXY_AUTHENTICATION_CREDENTIAL_TYPE;
        /// One of `PUBLIC_ENDPOINT`, `VPC_ENDPOINT_SERVICE`.
        xks_proxy_connectivity: Option<String> = "XksProxyConnectivity", optional XKS_PROXY_CONNECTIVITY_TYPE;
    }
}

structure! {
    /// The answer of `UpdateCustomKeyStore`.
    UpdateCustomKeyStoreResponse as UPDATE_CUSTOM_KEY_STORE_RESPONSE {}
}

structure! {
    /// What `UpdateKeyDescription` takes.
    UpdateKeyDescriptionRequest as UPDATE_KEY_DESCRIPTION_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 0 to 8192 characters.
        description: String = "Description", required DESCRIPTION_TYPE;
    }
}

structure! {
    /// What `UpdatePrimaryRegion` takes.
    UpdatePrimaryRegionRequest as UPDATE_PRIMARY_REGION_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Text of 1 to 32 characters.
        primary_region: String = "PrimaryRegion", required REGION_TYPE;
    }
}

structure! {
    /// What `VerifyMac` takes.
    VerifyMacRequest as VERIFY_MAC_REQUEST {
        /// Bytes, 1 to 4096 of them; secret.
        message: Sensitive<Vec<u8>> = "Message", required PLAINTEXT_TYPE;
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// One of `HMAC_SHA_224`, `HMAC_SHA_256`, `HMAC_SHA_384`, `HMAC_SHA_512`.
        mac_algorithm: String = "MacAlgorithm", required MAC_ALGORITHM_SPEC;
        /// Bytes, 1 to 6144 of them.
        mac: Vec<u8> = "Mac", required CIPHERTEXT_TYPE;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `VerifyMac`.
    VerifyMacResponse as VERIFY_MAC_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// True or false.
        mac_valid: Option<bool> = "MacValid", optional BOOLEAN_TYPE;
        /// One of `HMAC_SHA_224`, `HMAC_SHA_256`, `HMAC_SHA_384`, `HMAC_SHA_512`.
        mac_algorithm: Option<String> = "MacAlgorithm", optional MAC_ALGORITHM_SPEC;
    }
}

structure! {
    /// What `Verify` takes.
    VerifyRequest as VERIFY_REQUEST {
        /// Text of 1 to 2048 characters.
        key_id: String = "KeyId", required KEY_ID_TYPE;
        /// Bytes, 1 to 4096 of them; secret.
        message: Sensitive<Vec<u8>> = "Message", required PLAINTEXT_TYPE;
        /// One of `RAW`, `DIGEST`, `EXTERNAL_MU`.
        message_type: Option<String> = "MessageType", optional MESSAGE_TYPE;
        /// Bytes, 1 to 6144 of them.
        signature: Vec<u8> = "Signature", required CIPHERTEXT_TYPE;
        /// One of `RSASSA_PSS_SHA_256`, `RSASSA_PSS_SHA_384`, `RSASSA_PSS_SHA_512`, `RSASSA_PKCS1_V1_5_SHA_256`, `RSASSA_PKCS1_V1_5_SHA_384`, `RSASSA_PKCS1_V1_5_SHA_512`, `ECDSA_SHA_256`, `ECDSA_SHA_384` and 5 more.
        signing_algorithm: String = "SigningAlgorithm", required SIGNING_ALGORITHM_SPEC;
        /// List of 0 to 10 members, each: text of 1 to 8192 characters.
        grant_tokens: Option<Vec<String>> = "GrantTokens", optional GRANT_TOKEN_LIST;
        /// True or false.
        dry_run: Option<bool> = "DryRun", optional NULLABLE_BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `Verify`.
    VerifyResponse as VERIFY_RESPONSE {
        /// Text of 1 to 2048 characters.
        key_id: Option<String> = "KeyId", optional KEY_ID_TYPE;
        /// True or false.
        signature_valid: Option<bool> = "SignatureValid", optional BOOLEAN_TYPE;
        /// One of `RSASSA_PSS_SHA_256`, `RSASSA_PSS_SHA_384`, `RSASSA_PSS_SHA_512`, `RSASSA_PKCS1_V1_5_SHA_256`, `RSASSA_PKCS1_V1_5_SHA_384`, `RSASSA_PKCS1_V1_5_SHA_512`, `ECDSA_SHA_256`, `ECDSA_SHA_384` and 5 more.
        signing_algorithm: Option<String> = "SigningAlgorithm", optional SIGNING_ALGORITHM_SPEC;
    }
}

structure! {
    /// Part of [`KeyMetadata`].
    XksKeyConfigurationType as XKS_KEY_CONFIGURATION_TYPE {
        /// Text of 1 to 128 characters.
        id: Option<String> = "Id", optional XKS_KEY_ID_TYPE;
    }
}

structure! {
    /// Part of [`CreateCustomKeyStoreRequest`], [`UpdateCustomKeyStoreRequest`].
    XksProxyAuthenticationCredentialType as XKS_PROXY_AUTHENTICATION_CREDENTIAL_TYPE {
        /// Text of 20 to 30 characters; secret.
        access_key_id: Sensitive<String> = "AccessKeyId", required XKS_PROXY_AUTHENTICATION_ACCESS_KEY_ID_TYPE;
        /// Text of 43 to 64 characters; secret.
        raw_secret_access_key: Sensitive<String> = "RawSecretAccessKey", required XKS_PROXY_AUTHENTICATION_RAW_SECRET_ACCESS_KEY_TYPE;
    }
}

structure! {
    /// Part of [`CustomKeyStoresListEntry`].
    XksProxyConfigurationType as XKS_PROXY_CONFIGURATION_TYPE {
        /// One of `PUBLIC_ENDPOINT`, `VPC_ENDPOINT_SERVICE`.
        connectivity: Option<String> = "Connectivity", optional XKS_PROXY_CONNECTIVITY_TYPE;
        /// Text of 20 to 30 characters; secret.
        access_key_id: Option<Sensitive<String>> = "AccessKeyId", optional XKS_PROXY_AUTHENTICATION_ACCESS_KEY_ID_TYPE;
        /// Text of 10 to 128 characters.
        uri_endpoint: Option<String> = "UriEndpoint", optional XKS_PROXY_URI_ENDPOINT_TYPE;
        /// Text of 10 to 128 characters.
        uri_path: Option<String> = "UriPath", optional XKS_PROXY_URI_PATH_TYPE;
        /// Text of 20 to 64 characters.
        vpc_endpoint_service_name: Option<String> = "VpcEndpointServiceName", optional XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME_TYPE;
        /// Text of 12 to 12 characters.
        vpc_endpoint_service_owner: Option<String> = "VpcEndpointServiceOwner", optional ACCOUNT_ID_TYPE;
    }
}

static AWS_ACCOUNT_ID_TYPE: Shape = Shape::new(Kind::String);
static ACCOUNT_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[0-9]{12}"#);
static ACCOUNT_ID_TYPE: Shape = Shape::new(Kind::String).min(12).max(12).pattern(&ACCOUNT_ID_TYPE_PATTERN);
static ALGORITHM_SPEC: Shape = Shape::new(Kind::String).values(&[
    "RSA_AES_KEY_WRAP_SHA_256",
    "RSAES_PKCS1_V1_5",
    "SM2PKE",
    "RSAES_OAEP_SHA_256",
    "RSAES_OAEP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_1",
]);
static ALIAS_LIST: Shape = Shape::list(&ALIAS_LIST_ENTRY);
static ALIAS_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9:/_-]+$"#);
static ALIAS_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(256).pattern(&ALIAS_NAME_TYPE_PATTERN);
static ARN_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048);
static ATTESTATION_DOCUMENT_TYPE: Shape = Shape::new(Kind::Blob).min(1).max(262144);
static BACKING_KEY_ID_RESPONSE_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-f0-9]+$"#);
static BACKING_KEY_ID_RESPONSE_TYPE: Shape =
    Shape::new(Kind::String).min(0).max(64).pattern(&BACKING_KEY_ID_RESPONSE_TYPE_PATTERN);
static BACKING_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-f0-9]+$"#);
static BACKING_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(64).max(64).pattern(&BACKING_KEY_ID_TYPE_PATTERN);
static BOOLEAN_TYPE: Shape = Shape::new(Kind::Boolean);
static CIPHERTEXT_TYPE: Shape = Shape::new(Kind::Blob).min(1).max(6144);
static CLOUD_HSM_CLUSTER_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"cluster-[2-7a-zA-Z]{11,16}"#);
static CLOUD_HSM_CLUSTER_ID_TYPE: Shape =
    Shape::new(Kind::String).min(19).max(24).pattern(&CLOUD_HSM_CLUSTER_ID_TYPE_PATTERN);
static CLOUD_TRAIL_EVENT_ID_TYPE: Shape = Shape::new(Kind::String);
static CONNECTION_ERROR_CODE_TYPE: Shape = Shape::new(Kind::String).values(&[
    "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION",
    "USER_LOCKED_OUT",
    "USER_NOT_FOUND",
    "XKS_PROXY_ACCESS_DENIED",
    "XKS_PROXY_TIMED_OUT",
    "INTERNAL_ERROR",
    "XKS_PROXY_INVALID_CONFIGURATION",
    "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET",
    "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND",
    "NETWORK_ERRORS",
    "USER_LOGGED_IN",
    "CLUSTER_NOT_FOUND",
    "INSUFFICIENT_CLOUDHSM_HSMS",
    "XKS_PROXY_NOT_REACHABLE",
    "XKS_PROXY_INVALID_TLS_CONFIGURATION",
    "XKS_PROXY_INVALID_RESPONSE",
    "SUBNET_NOT_FOUND",
    "INVALID_CREDENTIALS",
]);
static CONNECTION_STATE_TYPE: Shape =
    Shape::new(Kind::String).values(&["DISCONNECTED", "FAILED", "CONNECTING", "CONNECTED", "DISCONNECTING"]);
static CUSTOM_KEY_STORE_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(64);
static CUSTOM_KEY_STORE_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(256);
static CUSTOM_KEY_STORE_TYPE: Shape = Shape::new(Kind::String).values(&["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
static CUSTOM_KEY_STORES_LIST: Shape = Shape::list(&CUSTOM_KEY_STORES_LIST_ENTRY);
static CUSTOMER_MASTER_KEY_SPEC: Shape = Shape::new(Kind::String).values(&[
    "HMAC_256",
    "RSA_2048",
    "HMAC_512",
    "HMAC_224",
    "HMAC_384",
    "RSA_3072",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_P256",
    "SYMMETRIC_DEFAULT",
    "RSA_4096",
    "ECC_NIST_P521",
    "ECC_NIST_P384",
]);
static DATA_KEY_PAIR_SPEC: Shape = Shape::new(Kind::String).values(&[
    "RSA_2048",
    "RSA_3072",
    "ECC_NIST_EDWARDS25519",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_P256",
    "RSA_4096",
    "ECC_NIST_P521",
    "ECC_NIST_P384",
]);
static DATA_KEY_SPEC: Shape = Shape::new(Kind::String).values(&["AES_256", "AES_128"]);
static DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static DESCRIPTION_TYPE: Shape = Shape::new(Kind::String).min(0).max(8192);
static DRY_RUN_MODIFIER_LIST: Shape = Shape::list(&DRY_RUN_MODIFIER_TYPE);
static DRY_RUN_MODIFIER_TYPE: Shape = Shape::new(Kind::String).values(&["IGNORE_CIPHERTEXT"]);
static ENCRYPTION_ALGORITHM_SPEC: Shape =
    Shape::new(Kind::String).values(&["SM2PKE", "SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]);
static ENCRYPTION_ALGORITHM_SPEC_LIST: Shape = Shape::list(&ENCRYPTION_ALGORITHM_SPEC);
static ENCRYPTION_CONTEXT_KEY: Shape = Shape::new(Kind::String);
static ENCRYPTION_CONTEXT_TYPE: Shape = Shape::map(&ENCRYPTION_CONTEXT_KEY, &ENCRYPTION_CONTEXT_VALUE);
static ENCRYPTION_CONTEXT_VALUE: Shape = Shape::new(Kind::String);
static EXPIRATION_MODEL_TYPE: Shape =
    Shape::new(Kind::String).values(&["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]);
static GRANT_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(128);
static GRANT_LIST: Shape = Shape::list(&GRANT_LIST_ENTRY);
static GRANT_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9:/_-]+$"#);
static GRANT_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(256).pattern(&GRANT_NAME_TYPE_PATTERN);
static GRANT_OPERATION: Shape = Shape::new(Kind::String).values(&[
    "GenerateDataKey",
    "Decrypt",
    "DeriveSharedSecret",
    "DescribeKey",
    "GenerateDataKeyPair",
    "VerifyMac",
    "CreateGrant",
    "Encrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GetPublicKey",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "RetireGrant",
    "GenerateMac",
    "Sign",
    "Verify",
]);
static GRANT_OPERATION_LIST: Shape = Shape::list(&GRANT_OPERATION);
static GRANT_TOKEN_LIST: Shape = Shape::list(&GRANT_TOKEN_TYPE).min(0).max(10);
static GRANT_TOKEN_TYPE: Shape = Shape::new(Kind::String).min(1).max(8192);
static IMPORT_STATE: Shape = Shape::new(Kind::String).values(&["IMPORTED", "PENDING_IMPORT"]);
static IMPORT_TYPE: Shape = Shape::new(Kind::String).values(&["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"]);
static INCLUDE_KEY_MATERIAL: Shape = Shape::new(Kind::String).values(&["ROTATIONS_ONLY", "ALL_KEY_MATERIAL"]);
static KEY_AGREEMENT_ALGORITHM_SPEC: Shape = Shape::new(Kind::String).values(&["ECDH"]);
static KEY_AGREEMENT_ALGORITHM_SPEC_LIST: Shape = Shape::list(&KEY_AGREEMENT_ALGORITHM_SPEC);
static KEY_ENCRYPTION_MECHANISM: Shape = Shape::new(Kind::String).values(&["RSAES_OAEP_SHA_256"]);
static KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(2048);
static KEY_LAST_USAGE_TRACKING_OPERATION: Shape = Shape::new(Kind::String).values(&[
    "GenerateDataKey",
    "Decrypt",
    "DeriveSharedSecret",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateDataKeyPair",
    "Sign",
    "VerifyMac",
    "ReEncrypt",
    "Verify",
    "Encrypt",
]);
static KEY_LIST: Shape = Shape::list(&KEY_LIST_ENTRY);
static KEY_MANAGER_TYPE: Shape = Shape::new(Kind::String).values(&["CUSTOMER", "AWS"]);
static KEY_MATERIAL_DESCRIPTION_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9:/_\s.-]+$"#);
static KEY_MATERIAL_DESCRIPTION_TYPE: Shape =
    Shape::new(Kind::String).min(0).max(256).pattern(&KEY_MATERIAL_DESCRIPTION_TYPE_PATTERN);
static KEY_MATERIAL_STATE: Shape = Shape::new(Kind::String).values(&[
    "PENDING_ROTATION",
    "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
    "NON_CURRENT",
    "CURRENT",
]);
static KEY_SPEC: Shape = Shape::new(Kind::String).values(&[
    "HMAC_256",
    "RSA_2048",
    "HMAC_512",
    "ECC_NIST_EDWARDS25519",
    "HMAC_224",
    "HMAC_384",
    "RSA_3072",
    "ML_DSA_65",
    "ML_DSA_87",
    "ML_DSA_44",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_P256",
    "SYMMETRIC_DEFAULT",
    "RSA_4096",
    "ECC_NIST_P521",
    "ECC_NIST_P384",
]);
static KEY_STATE: Shape = Shape::new(Kind::String).values(&[
    "Creating",
    "PendingImport",
    "Enabled",
    "Updating",
    "PendingDeletion",
    "PendingReplicaDeletion",
    "Disabled",
    "Unavailable",
]);
static KEY_STORE_PASSWORD_TYPE: Shape = Shape::new(Kind::String).min(7).max(32).sensitive();
static KEY_USAGE_TYPE: Shape =
    Shape::new(Kind::String).values(&["KEY_AGREEMENT", "GENERATE_VERIFY_MAC", "SIGN_VERIFY", "ENCRYPT_DECRYPT"]);
static KMS_REQUEST_ID_TYPE: Shape = Shape::new(Kind::String);
static LIMIT_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(1000);
static MAC_ALGORITHM_SPEC: Shape =
    Shape::new(Kind::String).values(&["HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"]);
static MAC_ALGORITHM_SPEC_LIST: Shape = Shape::list(&MAC_ALGORITHM_SPEC);
static MARKER_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0020-\u00FF]*"#);
static MARKER_TYPE: Shape = Shape::new(Kind::String).min(1).max(1024).pattern(&MARKER_TYPE_PATTERN);
static MESSAGE_TYPE: Shape = Shape::new(Kind::String).values(&["EXTERNAL_MU", "RAW", "DIGEST"]);
static MULTI_REGION_KEY_LIST: Shape = Shape::list(&MULTI_REGION_KEY);
static MULTI_REGION_KEY_TYPE: Shape = Shape::new(Kind::String).values(&["REPLICA", "PRIMARY"]);
static NULLABLE_BOOLEAN_TYPE: Shape = Shape::new(Kind::Boolean);
static NUMBER_OF_BYTES_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(1024);
static ORIGIN_TYPE: Shape =
    Shape::new(Kind::String).values(&["AWS_CLOUDHSM", "EXTERNAL", "EXTERNAL_KEY_STORE", "AWS_KMS"]);
static PENDING_WINDOW_IN_DAYS_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(365);
static PLAINTEXT_TYPE: Shape = Shape::new(Kind::Blob).min(1).max(4096).sensitive();
static POLICY_NAME_LIST: Shape = Shape::list(&POLICY_NAME_TYPE);
static POLICY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]+"#);
static POLICY_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&POLICY_NAME_TYPE_PATTERN);
static POLICY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static POLICY_TYPE: Shape = Shape::new(Kind::String).min(1).max(131072).pattern(&POLICY_TYPE_PATTERN);
static PRINCIPAL_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^[\w+=,.@:/-]+$"#);
static PRINCIPAL_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(256).pattern(&PRINCIPAL_ID_TYPE_PATTERN);
static PUBLIC_KEY_TYPE: Shape = Shape::new(Kind::Blob).min(1).max(8192);
static REGION_TYPE_PATTERN: Pattern = Pattern::new(r#"^([a-z]+-){2,3}\d+$"#);
static REGION_TYPE: Shape = Shape::new(Kind::String).min(1).max(32).pattern(&REGION_TYPE_PATTERN);
static ROTATION_PERIOD_IN_DAYS_TYPE: Shape = Shape::new(Kind::Integer).min(90).max(2560);
static ROTATION_TYPE: Shape = Shape::new(Kind::String).values(&["AUTOMATIC", "ON_DEMAND"]);
static ROTATIONS_LIST: Shape = Shape::list(&ROTATIONS_LIST_ENTRY);
static SIGNING_ALGORITHM_SPEC: Shape = Shape::new(Kind::String).values(&[
    "ECDSA_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "ECDSA_SHA_256",
    "ECDSA_SHA_512",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "ED25519_PH_SHA_512",
    "SM2DSA",
    "RSASSA_PSS_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PSS_SHA_384",
    "ML_DSA_SHAKE_256",
    "ED25519_SHA_512",
]);
static SIGNING_ALGORITHM_SPEC_LIST: Shape = Shape::list(&SIGNING_ALGORITHM_SPEC);
static TAG_KEY_LIST: Shape = Shape::list(&TAG_KEY_TYPE);
static TAG_KEY_TYPE: Shape = Shape::new(Kind::String).min(1).max(128);
static TAG_LIST: Shape = Shape::list(&TAG);
static TAG_VALUE_TYPE: Shape = Shape::new(Kind::String).min(0).max(256);
static TRUST_ANCHOR_CERTIFICATE_TYPE: Shape = Shape::new(Kind::String).min(1).max(5000);
static WRAPPING_KEY_SPEC: Shape = Shape::new(Kind::String).values(&["RSA_2048", "RSA_3072", "SM2", "RSA_4096"]);
static XKS_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9-_.]+$"#);
static XKS_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&XKS_KEY_ID_TYPE_PATTERN);
static XKS_PROXY_AUTHENTICATION_ACCESS_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"^[A-Z2-7]+$"#);
static XKS_PROXY_AUTHENTICATION_ACCESS_KEY_ID_TYPE: Shape =
    Shape::new(Kind::String).min(20).max(30).pattern(&XKS_PROXY_AUTHENTICATION_ACCESS_KEY_ID_TYPE_PATTERN).sensitive();
static XKS_PROXY_AUTHENTICATION_RAW_SECRET_ACCESS_KEY_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9\/+=]+$"#);
static XKS_PROXY_AUTHENTICATION_RAW_SECRET_ACCESS_KEY_TYPE: Shape = Shape::new(Kind::String)
    .min(43)
    .max(64)
    .pattern(&XKS_PROXY_AUTHENTICATION_RAW_SECRET_ACCESS_KEY_TYPE_PATTERN)
    .sensitive();
static XKS_PROXY_CONNECTIVITY_TYPE: Shape =
    Shape::new(Kind::String).values(&["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"]);
static XKS_PROXY_URI_ENDPOINT_TYPE_PATTERN: Pattern = Pattern::new(r#"^https://[a-zA-Z0-9.-]+$"#);
static XKS_PROXY_URI_ENDPOINT_TYPE: Shape =
    Shape::new(Kind::String).min(10).max(128).pattern(&XKS_PROXY_URI_ENDPOINT_TYPE_PATTERN);
static XKS_PROXY_URI_PATH_TYPE_PATTERN: Pattern =
    Pattern::new(r#"^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$"#);
static XKS_PROXY_URI_PATH_TYPE: Shape =
    Shape::new(Kind::String).min(10).max(128).pattern(&XKS_PROXY_URI_PATH_TYPE_PATTERN);
static XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME_TYPE_PATTERN: Pattern =
    Pattern::new(r#"^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$"#);
static XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME_TYPE: Shape =
    Shape::new(Kind::String).min(20).max(64).pattern(&XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME_TYPE_PATTERN);
