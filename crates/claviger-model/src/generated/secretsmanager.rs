//! Secrets Manager, as its service model in botocore 1.43.11 describes it (secretsmanager/2017-10-17).
//! The model's SHA-256 digest is
//! `d568532fb0db48e0ce9c3c30b6f48aae734e1657105043990ef699ec48656671`.
//!
//! Made by `cargo xtask codegen`. Do not edit.

use std::collections::BTreeMap;

use claviger_types::{Sensitive, Timestamp};

use crate::structure::structure;
use crate::{Kind, OperationInfo, Pattern, Protocol, Service, Shape};

/// The service: its protocol and operations.
pub static SERVICE: Service = Service {
    name: "secretsmanager",
    signing_name: "secretsmanager",
    protocol: Protocol::Json { target_prefix: "secretsmanager" },
    operations: OPERATIONS,
    internal_error: Some(error::INTERNAL_SERVICE_ERROR),
};

static OPERATIONS: &[OperationInfo] = &[
    OperationInfo {
        name: "BatchGetSecretValue",
        signed: true,
        input: Some(&BATCH_GET_SECRET_VALUE_REQUEST),
        output: Some(&BATCH_GET_SECRET_VALUE_RESPONSE),
    },
    OperationInfo {
        name: "CancelRotateSecret",
        signed: true,
        input: Some(&CANCEL_ROTATE_SECRET_REQUEST),
        output: Some(&CANCEL_ROTATE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "CreateSecret",
        signed: true,
        input: Some(&CREATE_SECRET_REQUEST),
        output: Some(&CREATE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "DeleteResourcePolicy",
        signed: true,
        input: Some(&DELETE_RESOURCE_POLICY_REQUEST),
        output: Some(&DELETE_RESOURCE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "DeleteSecret",
        signed: true,
        input: Some(&DELETE_SECRET_REQUEST),
        output: Some(&DELETE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "DescribeSecret",
        signed: true,
        input: Some(&DESCRIBE_SECRET_REQUEST),
        output: Some(&DESCRIBE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "GetRandomPassword",
        signed: true,
        input: Some(&GET_RANDOM_PASSWORD_REQUEST),
        output: Some(&GET_RANDOM_PASSWORD_RESPONSE),
    },
    OperationInfo {
        name: "GetResourcePolicy",
        signed: true,
        input: Some(&GET_RESOURCE_POLICY_REQUEST),
        output: Some(&GET_RESOURCE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "GetSecretValue",
        signed: true,
        input: Some(&GET_SECRET_VALUE_REQUEST),
        output: Some(&GET_SECRET_VALUE_RESPONSE),
    },
    OperationInfo {
        name: "ListSecretVersionIds",
        signed: true,
        input: Some(&LIST_SECRET_VERSION_IDS_REQUEST),
        output: Some(&LIST_SECRET_VERSION_IDS_RESPONSE),
    },
    OperationInfo {
        name: "ListSecrets",
        signed: true,
        input: Some(&LIST_SECRETS_REQUEST),
        output: Some(&LIST_SECRETS_RESPONSE),
    },
    OperationInfo {
        name: "PutResourcePolicy",
        signed: true,
        input: Some(&PUT_RESOURCE_POLICY_REQUEST),
        output: Some(&PUT_RESOURCE_POLICY_RESPONSE),
    },
    OperationInfo {
        name: "PutSecretValue",
        signed: true,
        input: Some(&PUT_SECRET_VALUE_REQUEST),
        output: Some(&PUT_SECRET_VALUE_RESPONSE),
    },
    OperationInfo {
        name: "RemoveRegionsFromReplication",
        signed: true,
        input: Some(&REMOVE_REGIONS_FROM_REPLICATION_REQUEST),
        output: Some(&REMOVE_REGIONS_FROM_REPLICATION_RESPONSE),
    },
    OperationInfo {
        name: "ReplicateSecretToRegions",
        signed: true,
        input: Some(&REPLICATE_SECRET_TO_REGIONS_REQUEST),
        output: Some(&REPLICATE_SECRET_TO_REGIONS_RESPONSE),
    },
    OperationInfo {
        name: "RestoreSecret",
        signed: true,
        input: Some(&RESTORE_SECRET_REQUEST),
        output: Some(&RESTORE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "RotateSecret",
        signed: true,
        input: Some(&ROTATE_SECRET_REQUEST),
        output: Some(&ROTATE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "StopReplicationToReplica",
        signed: true,
        input: Some(&STOP_REPLICATION_TO_REPLICA_REQUEST),
        output: Some(&STOP_REPLICATION_TO_REPLICA_RESPONSE),
    },
    OperationInfo { name: "TagResource", signed: true, input: Some(&TAG_RESOURCE_REQUEST), output: None },
    OperationInfo { name: "UntagResource", signed: true, input: Some(&UNTAG_RESOURCE_REQUEST), output: None },
    OperationInfo {
        name: "UpdateSecret",
        signed: true,
        input: Some(&UPDATE_SECRET_REQUEST),
        output: Some(&UPDATE_SECRET_RESPONSE),
    },
    OperationInfo {
        name: "UpdateSecretVersionStage",
        signed: true,
        input: Some(&UPDATE_SECRET_VERSION_STAGE_REQUEST),
        output: Some(&UPDATE_SECRET_VERSION_STAGE_RESPONSE),
    },
    OperationInfo {
        name: "ValidateResourcePolicy",
        signed: true,
        input: Some(&VALIDATE_RESOURCE_POLICY_REQUEST),
        output: Some(&VALIDATE_RESOURCE_POLICY_RESPONSE),
    },
];

/// The errors of the model, each under the name of its shape.
pub mod error {
    use crate::ErrorInfo;

    /// `DecryptionFailure`.
    pub const DECRYPTION_FAILURE: &ErrorInfo =
        &ErrorInfo { code: "DecryptionFailure", status: 400, message_member: Some("Message") };
    /// `EncryptionFailure`.
    pub const ENCRYPTION_FAILURE: &ErrorInfo =
        &ErrorInfo { code: "EncryptionFailure", status: 400, message_member: Some("Message") };
    /// `InternalServiceError`.
    pub const INTERNAL_SERVICE_ERROR: &ErrorInfo =
        &ErrorInfo { code: "InternalServiceError", status: 500, message_member: Some("Message") };
    /// `InvalidNextTokenException`.
    pub const INVALID_NEXT_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidNextTokenException", status: 400, message_member: Some("Message") };
    /// `InvalidParameterException`.
    pub const INVALID_PARAMETER_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidParameterException", status: 400, message_member: Some("Message") };
    /// `InvalidRequestException`.
    pub const INVALID_REQUEST_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidRequestException", status: 400, message_member: Some("Message") };
    /// `LimitExceededException`.
    pub const LIMIT_EXCEEDED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "LimitExceededException", status: 400, message_member: Some("Message") };
    /// `MalformedPolicyDocumentException`.
    pub const MALFORMED_POLICY_DOCUMENT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "MalformedPolicyDocumentException", status: 400, message_member: Some("Message") };
    /// `PreconditionNotMetException`.
    pub const PRECONDITION_NOT_MET_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "PreconditionNotMetException", status: 400, message_member: Some("Message") };
    /// `PublicPolicyException`.
    pub const PUBLIC_POLICY_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "PublicPolicyException", status: 400, message_member: Some("Message") };
    /// `ResourceExistsException`.
    pub const RESOURCE_EXISTS_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ResourceExistsException", status: 400, message_member: Some("Message") };
    /// `ResourceNotFoundException`.
    pub const RESOURCE_NOT_FOUND_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ResourceNotFoundException", status: 400, message_member: Some("Message") };
}

structure! {
    /// Part of [`BatchGetSecretValueResponse`].
    APIErrorType as API_ERROR_TYPE {
        /// Text of 1 to 2048 characters.
        secret_id: Option<String> = "SecretId", optional SECRET_ID_TYPE;
        /// Text.
        error_code: Option<String> = "ErrorCode", optional ERROR_CODE;
        /// Text.
        message: Option<String> = "Message", optional ERROR_MESSAGE;
    }
}

structure! {
    /// What `BatchGetSecretValue` takes.
    BatchGetSecretValueRequest as BATCH_GET_SECRET_VALUE_REQUEST {
        /// List of 1 to 20 members, each: text of 1 to 2048 characters.
        secret_id_list: Option<Vec<String>> = "SecretIdList", optional SECRET_ID_LIST_TYPE;
        /// List of up to 10 members, each: [`Filter`].
        filters: Option<Vec<Filter>> = "Filters", optional FILTERS_LIST_TYPE;
        /// Number, 1 to 20.
        max_results: Option<i32> = "MaxResults", optional MAX_RESULTS_BATCH_TYPE;
        /// Text of 1 to 4096 characters.
        next_token: Option<String> = "NextToken", optional NEXT_TOKEN_TYPE;
    }
}

structure! {
    /// The answer of `BatchGetSecretValue`.
    BatchGetSecretValueResponse as BATCH_GET_SECRET_VALUE_RESPONSE {
        /// List, each: [`SecretValueEntry`].
        secret_values: Option<Vec<SecretValueEntry>> = "SecretValues", optional SECRET_VALUES_TYPE;
        /// Text of 1 to 4096 characters.
        next_token: Option<String> = "NextToken", optional NEXT_TOKEN_TYPE;
        /// List, each: [`APIErrorType`].
        errors: Option<Vec<APIErrorType>> = "Errors", optional API_ERROR_LIST_TYPE;
    }
}

structure! {
    /// What `CancelRotateSecret` takes.
    CancelRotateSecretRequest as CANCEL_ROTATE_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
    }
}

structure! {
    /// The answer of `CancelRotateSecret`.
    CancelRotateSecretResponse as CANCEL_ROTATE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
    }
}

structure! {
    /// What `CreateSecret` takes.
    CreateSecretRequest as CREATE_SECRET_REQUEST {
        /// Text of 1 to 512 characters.
        name: String = "Name", required NAME_TYPE;
        /// Text of 32 to 64 characters.
        client_request_token: Option<String> = "ClientRequestToken", optional CLIENT_REQUEST_TOKEN_TYPE;
        /// Text of up to 2048 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// Text of 0 to 2048 characters.
        kms_key_id: Option<String> = "KmsKeyId", optional KMS_KEY_ID_TYPE;
        /// Bytes, 1 to 65536 of them; secret.
        secret_binary: Option<Sensitive<Vec<u8>>> = "SecretBinary", optional SECRET_BINARY_TYPE;
        /// Text of 1 to 65536 characters; secret.
        secret_string: Option<Sensitive<String>> = "SecretString", optional SECRET_STRING_TYPE;
        /// List, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// List of at least 1 members, each: [`ReplicaRegionType`].
        add_replica_regions: Option<Vec<ReplicaRegionType>> = "AddReplicaRegions", optional ADD_REPLICA_REGION_LIST_TYPE;
        /// True or false.
        force_overwrite_replica_secret: Option<bool> = "ForceOverwriteReplicaSecret", optional BOOLEAN_TYPE;
        /// Text of 0 to 256 characters.
        r#type: Option<String> = "Type", optional MEDEA_TYPE_TYPE;
    }
}

structure! {
    /// The answer of `CreateSecret`.
    CreateSecretResponse as CREATE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
        /// List, each: [`ReplicationStatusType`].
        replication_status: Option<Vec<ReplicationStatusType>> = "ReplicationStatus", optional REPLICATION_STATUS_LIST_TYPE;
    }
}

structure! {
    /// What `DeleteResourcePolicy` takes.
    DeleteResourcePolicyRequest as DELETE_RESOURCE_POLICY_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
    }
}

structure! {
    /// The answer of `DeleteResourcePolicy`.
    DeleteResourcePolicyResponse as DELETE_RESOURCE_POLICY_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 512 characters.
        name: Option<String> = "Name", optional NAME_TYPE;
    }
}

structure! {
    /// What `DeleteSecret` takes.
    DeleteSecretRequest as DELETE_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Number.
        recovery_window_in_days: Option<i64> = "RecoveryWindowInDays", optional RECOVERY_WINDOW_IN_DAYS_TYPE;
        /// True or false.
        force_delete_without_recovery: Option<bool> = "ForceDeleteWithoutRecovery", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `DeleteSecret`.
    DeleteSecretResponse as DELETE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// A moment.
        deletion_date: Option<Timestamp> = "DeletionDate", optional DELETION_DATE_TYPE;
    }
}

structure! {
    /// What `DescribeSecret` takes.
    DescribeSecretRequest as DESCRIBE_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
    }
}

structure! {
    /// The answer of `DescribeSecret`.
    DescribeSecretResponse as DESCRIBE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 0 to 256 characters.
        r#type: Option<String> = "Type", optional MEDEA_TYPE_TYPE;
        /// Text of up to 2048 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// Text of 0 to 2048 characters.
        kms_key_id: Option<String> = "KmsKeyId", optional KMS_KEY_ID_TYPE;
        /// True or false.
        rotation_enabled: Option<bool> = "RotationEnabled", optional ROTATION_ENABLED_TYPE;
        /// Text of 0 to 2048 characters.
        rotation_lambda_arn: Option<String> = "RotationLambdaARN", optional ROTATION_LAMBDA_ARN_TYPE;
        /// [`RotationRulesType`].
        rotation_rules: Option<RotationRulesType> = "RotationRules", optional ROTATION_RULES_TYPE;
        /// List, each: [`ExternalSecretRotationMetadataItem`].
        external_secret_rotation_metadata: Option<Vec<ExternalSecretRotationMetadataItem>> = "ExternalSecretRotationMetadata", optional EXTERNAL_SECRET_ROTATION_METADATA_TYPE;
        /// Text of 20 to 2048 characters.
        external_secret_rotation_role_arn: Option<String> = "ExternalSecretRotationRoleArn", optional ROLE_ARN_TYPE;
        /// A moment.
        last_rotated_date: Option<Timestamp> = "LastRotatedDate", optional LAST_ROTATED_DATE_TYPE;
        /// A moment.
        last_changed_date: Option<Timestamp> = "LastChangedDate", optional LAST_CHANGED_DATE_TYPE;
        /// A moment.
        last_accessed_date: Option<Timestamp> = "LastAccessedDate", optional LAST_ACCESSED_DATE_TYPE;
        /// A moment.
        deleted_date: Option<Timestamp> = "DeletedDate", optional DELETED_DATE_TYPE;
        /// A moment.
        next_rotation_date: Option<Timestamp> = "NextRotationDate", optional NEXT_ROTATION_DATE_TYPE;
        /// List, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// Map from text to: list of 1 to 20 members, each: text of 1 to 256 characters.
        version_ids_to_stages: Option<BTreeMap<String, Vec<String>>> = "VersionIdsToStages", optional SECRET_VERSIONS_TO_STAGES_MAP_TYPE;
        /// Text of 1 to 128 characters.
        owning_service: Option<String> = "OwningService", optional OWNING_SERVICE_TYPE;
        /// A moment.
        created_date: Option<Timestamp> = "CreatedDate", optional TIMESTAMP_TYPE;
        /// Text of 1 to 128 characters.
        primary_region: Option<String> = "PrimaryRegion", optional REGION_TYPE;
        /// List, each: [`ReplicationStatusType`].
        replication_status: Option<Vec<ReplicationStatusType>> = "ReplicationStatus", optional REPLICATION_STATUS_LIST_TYPE;
    }
}

structure! {
    /// Part of [`DescribeSecretResponse`], [`RotateSecretRequest`], [`SecretListEntry`].
    ExternalSecretRotationMetadataItem as EXTERNAL_SECRET_ROTATION_METADATA_ITEM {
        /// Text of 1 to 256 characters.
        key: Option<String> = "Key", optional EXTERNAL_SECRET_ROTATION_METADATA_ITEM_KEY_TYPE;
        /// Text of 1 to 2048 characters.
        value: Option<String> = "Value", optional EXTERNAL_SECRET_ROTATION_METADATA_ITEM_VALUE_TYPE;
    }
}

structure! {
    /// Part of [`BatchGetSecretValueRequest`], [`ListSecretsRequest`].
    Filter as FILTER {
        /// One of `description`, `name`, `tag-key`, `tag-value`, `primary-region`, `owning-service`, `all`.
        key: Option<String> = "Key", optional FILTER_NAME_STRING_TYPE;
        /// List of 1 to 10 members, each: text of up to 512 characters.
        values: Option<Vec<String>> = "Values", optional FILTER_VALUES_STRING_LIST;
    }
}

structure! {
    /// What `GetRandomPassword` takes.
    GetRandomPasswordRequest as GET_RANDOM_PASSWORD_REQUEST {
        /// Number, 1 to 4096.
        password_length: Option<i64> = "PasswordLength", optional PASSWORD_LENGTH_TYPE;
        /// Text of 0 to 4096 characters.
        exclude_characters: Option<String> = "ExcludeCharacters", optional EXCLUDE_CHARACTERS_TYPE;
        /// True or false.
        exclude_numbers: Option<bool> = "ExcludeNumbers", optional EXCLUDE_NUMBERS_TYPE;
        /// True or false.
        exclude_punctuation: Option<bool> = "ExcludePunctuation", optional EXCLUDE_PUNCTUATION_TYPE;
        /// True or false.
        exclude_uppercase: Option<bool> = "ExcludeUppercase", optional EXCLUDE_UPPERCASE_TYPE;
        /// True or false.
        exclude_lowercase: Option<bool> = "ExcludeLowercase", optional EXCLUDE_LOWERCASE_TYPE;
        /// True or false.
        include_space: Option<bool> = "IncludeSpace", optional INCLUDE_SPACE_TYPE;
        /// True or false.
        require_each_included_type: Option<bool> = "RequireEachIncludedType", optional REQUIRE_EACH_INCLUDED_TYPE_TYPE;
    }
}

structure! {
    /// The answer of `GetRandomPassword`.
    GetRandomPasswordResponse as GET_RANDOM_PASSWORD_RESPONSE {
        /// Text of 0 to 4096 characters; secret.
        random_password: Option<Sensitive<String>> = "RandomPassword", optional RANDOM_PASSWORD_TYPE;
    }
}

structure! {
    /// What `GetResourcePolicy` takes.
    GetResourcePolicyRequest as GET_RESOURCE_POLICY_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetResourcePolicy`.
    GetResourcePolicyResponse as GET_RESOURCE_POLICY_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 512 characters.
        name: Option<String> = "Name", optional NAME_TYPE;
        /// Text of 1 to 20480 characters.
        resource_policy: Option<String> = "ResourcePolicy", optional NON_EMPTY_RESOURCE_POLICY_TYPE;
    }
}

structure! {
    /// What `GetSecretValue` takes.
    GetSecretValueRequest as GET_SECRET_VALUE_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
        /// Text of 1 to 256 characters.
        version_stage: Option<String> = "VersionStage", optional SECRET_VERSION_STAGE_TYPE;
    }
}

structure! {
    /// The answer of `GetSecretValue`.
    GetSecretValueResponse as GET_SECRET_VALUE_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
        /// Bytes, 1 to 65536 of them; secret.
        secret_binary: Option<Sensitive<Vec<u8>>> = "SecretBinary", optional SECRET_BINARY_TYPE;
        /// Text of 1 to 65536 characters; secret.
        secret_string: Option<Sensitive<String>> = "SecretString", optional SECRET_STRING_TYPE;
        /// List of 1 to 20 members, each: text of 1 to 256 characters.
        version_stages: Option<Vec<String>> = "VersionStages", optional SECRET_VERSION_STAGES_TYPE;
        /// A moment.
        created_date: Option<Timestamp> = "CreatedDate", optional CREATED_DATE_TYPE;
    }
}

structure! {
    /// What `ListSecretVersionIds` takes.
    ListSecretVersionIdsRequest as LIST_SECRET_VERSION_IDS_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Number, 1 to 100.
        max_results: Option<i32> = "MaxResults", optional MAX_RESULTS_TYPE;
        /// Text of 1 to 4096 characters.
        next_token: Option<String> = "NextToken", optional NEXT_TOKEN_TYPE;
        /// True or false.
        include_deprecated: Option<bool> = "IncludeDeprecated", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `ListSecretVersionIds`.
    ListSecretVersionIdsResponse as LIST_SECRET_VERSION_IDS_RESPONSE {
        /// List, each: [`SecretVersionsListEntry`].
        versions: Option<Vec<SecretVersionsListEntry>> = "Versions", optional SECRET_VERSIONS_LIST_TYPE;
        /// Text of 1 to 4096 characters.
        next_token: Option<String> = "NextToken", optional NEXT_TOKEN_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
    }
}

structure! {
    /// What `ListSecrets` takes.
    ListSecretsRequest as LIST_SECRETS_REQUEST {
        /// True or false.
        include_planned_deletion: Option<bool> = "IncludePlannedDeletion", optional BOOLEAN_TYPE;
        /// Number, 1 to 100.
        max_results: Option<i32> = "MaxResults", optional MAX_RESULTS_TYPE;
        /// Text of 1 to 4096 characters.
        next_token: Option<String> = "NextToken", optional NEXT_TOKEN_TYPE;
        /// List of up to 10 members, each: [`Filter`].
        filters: Option<Vec<Filter>> = "Filters", optional FILTERS_LIST_TYPE;
        /// One of `asc`, `desc`.
        sort_order: Option<String> = "SortOrder", optional SORT_ORDER_TYPE;
        /// One of `created-date`, `last-accessed-date`, `last-changed-date`, `name`.
        sort_by: Option<String> = "SortBy", optional SORT_BY_TYPE;
    }
}

structure! {
    /// The answer of `ListSecrets`.
    ListSecretsResponse as LIST_SECRETS_RESPONSE {
        /// List, each: [`SecretListEntry`].
        secret_list: Option<Vec<SecretListEntry>> = "SecretList", optional SECRET_LIST_TYPE;
        /// Text of 1 to 4096 characters.
        next_token: Option<String> = "NextToken", optional NEXT_TOKEN_TYPE;
    }
}

structure! {
    /// What `PutResourcePolicy` takes.
    PutResourcePolicyRequest as PUT_RESOURCE_POLICY_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Text of 1 to 20480 characters.
        resource_policy: String = "ResourcePolicy", required NON_EMPTY_RESOURCE_POLICY_TYPE;
        /// True or false.
        block_public_policy: Option<bool> = "BlockPublicPolicy", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `PutResourcePolicy`.
    PutResourcePolicyResponse as PUT_RESOURCE_POLICY_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 512 characters.
        name: Option<String> = "Name", optional NAME_TYPE;
    }
}

structure! {
    /// What `PutSecretValue` takes.
    PutSecretValueRequest as PUT_SECRET_VALUE_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Text of 32 to 64 characters.
        client_request_token: Option<String> = "ClientRequestToken", optional CLIENT_REQUEST_TOKEN_TYPE;
        /// Bytes, 1 to 65536 of them; secret.
        secret_binary: Option<Sensitive<Vec<u8>>> = "SecretBinary", optional SECRET_BINARY_TYPE;
        /// Text of 1 to 65536 characters; secret.
        secret_string: Option<Sensitive<String>> = "SecretString", optional SECRET_STRING_TYPE;
        /// List of 1 to 20 members, each: text of 1 to 256 characters.
        version_stages: Option<Vec<String>> = "VersionStages", optional SECRET_VERSION_STAGES_TYPE;
        /// Text of 36 to 256 characters; secret.
        rotation_token: Option<Sensitive<String>> = "RotationToken", optional ROTATION_TOKEN_TYPE;
    }
}

structure! {
    /// The answer of `PutSecretValue`.
    PutSecretValueResponse as PUT_SECRET_VALUE_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
        /// List of 1 to 20 members, each: text of 1 to 256 characters.
        version_stages: Option<Vec<String>> = "VersionStages", optional SECRET_VERSION_STAGES_TYPE;
    }
}

structure! {
    /// What `RemoveRegionsFromReplication` takes.
    RemoveRegionsFromReplicationRequest as REMOVE_REGIONS_FROM_REPLICATION_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// List of at least 1 members, each: text of 1 to 128 characters.
        remove_replica_regions: Vec<String> = "RemoveReplicaRegions", required REMOVE_REPLICA_REGION_LIST_TYPE;
    }
}

structure! {
    /// The answer of `RemoveRegionsFromReplication`.
    RemoveRegionsFromReplicationResponse as REMOVE_REGIONS_FROM_REPLICATION_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// List, each: [`ReplicationStatusType`].
        replication_status: Option<Vec<ReplicationStatusType>> = "ReplicationStatus", optional REPLICATION_STATUS_LIST_TYPE;
    }
}

structure! {
    /// Part of [`CreateSecretRequest`], [`ReplicateSecretToRegionsRequest`].
    ReplicaRegionType as REPLICA_REGION_TYPE {
        /// Text of 1 to 128 characters.
        region: Option<String> = "Region", optional REGION_TYPE;
        /// Text of 0 to 2048 characters.
        kms_key_id: Option<String> = "KmsKeyId", optional KMS_KEY_ID_TYPE;
    }
}

structure! {
    /// What `ReplicateSecretToRegions` takes.
    ReplicateSecretToRegionsRequest as REPLICATE_SECRET_TO_REGIONS_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// List of at least 1 members, each: [`ReplicaRegionType`].
        add_replica_regions: Vec<ReplicaRegionType> = "AddReplicaRegions", required ADD_REPLICA_REGION_LIST_TYPE;
        /// True or false.
        force_overwrite_replica_secret: Option<bool> = "ForceOverwriteReplicaSecret", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `ReplicateSecretToRegions`.
    ReplicateSecretToRegionsResponse as REPLICATE_SECRET_TO_REGIONS_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// List, each: [`ReplicationStatusType`].
        replication_status: Option<Vec<ReplicationStatusType>> = "ReplicationStatus", optional REPLICATION_STATUS_LIST_TYPE;
    }
}

structure! {
    /// Part of [`CreateSecretResponse`], [`DescribeSecretResponse`], [`RemoveRegionsFromReplicationResponse`], [`ReplicateSecretToRegionsResponse`].
    ReplicationStatusType as REPLICATION_STATUS_TYPE {
        /// Text of 1 to 128 characters.
        region: Option<String> = "Region", optional REGION_TYPE;
        /// Text of 0 to 2048 characters.
        kms_key_id: Option<String> = "KmsKeyId", optional KMS_KEY_ID_TYPE;
        /// One of `InSync`, `Failed`, `InProgress`.
        status: Option<String> = "Status", optional STATUS_TYPE;
        /// Text of 1 to 4096 characters.
        status_message: Option<String> = "StatusMessage", optional STATUS_MESSAGE_TYPE;
        /// A moment.
        last_accessed_date: Option<Timestamp> = "LastAccessedDate", optional LAST_ACCESSED_DATE_TYPE;
    }
}

structure! {
    /// What `RestoreSecret` takes.
    RestoreSecretRequest as RESTORE_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
    }
}

structure! {
    /// The answer of `RestoreSecret`.
    RestoreSecretResponse as RESTORE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
    }
}

structure! {
    /// What `RotateSecret` takes.
    RotateSecretRequest as ROTATE_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Text of 32 to 64 characters.
        client_request_token: Option<String> = "ClientRequestToken", optional CLIENT_REQUEST_TOKEN_TYPE;
        /// Text of 0 to 2048 characters.
        rotation_lambda_arn: Option<String> = "RotationLambdaARN", optional ROTATION_LAMBDA_ARN_TYPE;
        /// [`RotationRulesType`].
        rotation_rules: Option<RotationRulesType> = "RotationRules", optional ROTATION_RULES_TYPE;
        /// List, each: [`ExternalSecretRotationMetadataItem`].
        external_secret_rotation_metadata: Option<Vec<ExternalSecretRotationMetadataItem>> = "ExternalSecretRotationMetadata", optional EXTERNAL_SECRET_ROTATION_METADATA_TYPE;
        /// Text of 20 to 2048 characters.
        external_secret_rotation_role_arn: Option<String> = "ExternalSecretRotationRoleArn", optional ROLE_ARN_TYPE;
        /// True or false.
        rotate_immediately: Option<bool> = "RotateImmediately", optional BOOLEAN_TYPE;
    }
}

structure! {
    /// The answer of `RotateSecret`.
    RotateSecretResponse as ROTATE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
    }
}

structure! {
    /// Part of [`DescribeSecretResponse`], [`RotateSecretRequest`], [`SecretListEntry`].
    RotationRulesType as ROTATION_RULES_TYPE {
        /// Number, 1 to 1000.
        automatically_after_days: Option<i64> = "AutomaticallyAfterDays", optional AUTOMATICALLY_ROTATE_AFTER_DAYS_TYPE;
        /// Text of 2 to 3 characters.
        duration: Option<String> = "Duration", optional DURATION_TYPE;
        /// Text of 1 to 256 characters.
        schedule_expression: Option<String> = "ScheduleExpression", optional SCHEDULE_EXPRESSION_TYPE;
    }
}

structure! {
    /// Part of [`ListSecretsResponse`].
    SecretListEntry as SECRET_LIST_ENTRY {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 0 to 256 characters.
        r#type: Option<String> = "Type", optional MEDEA_TYPE_TYPE;
        /// Text of up to 2048 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// Text of 0 to 2048 characters.
        kms_key_id: Option<String> = "KmsKeyId", optional KMS_KEY_ID_TYPE;
        /// True or false.
        rotation_enabled: Option<bool> = "RotationEnabled", optional ROTATION_ENABLED_TYPE;
        /// Text of 0 to 2048 characters.
        rotation_lambda_arn: Option<String> = "RotationLambdaARN", optional ROTATION_LAMBDA_ARN_TYPE;
        /// [`RotationRulesType`].
        rotation_rules: Option<RotationRulesType> = "RotationRules", optional ROTATION_RULES_TYPE;
        /// List, each: [`ExternalSecretRotationMetadataItem`].
        external_secret_rotation_metadata: Option<Vec<ExternalSecretRotationMetadataItem>> = "ExternalSecretRotationMetadata", optional EXTERNAL_SECRET_ROTATION_METADATA_TYPE;
        /// Text of 20 to 2048 characters.
        external_secret_rotation_role_arn: Option<String> = "ExternalSecretRotationRoleArn", optional ROLE_ARN_TYPE;
        /// A moment.
        last_rotated_date: Option<Timestamp> = "LastRotatedDate", optional LAST_ROTATED_DATE_TYPE;
        /// A moment.
        last_changed_date: Option<Timestamp> = "LastChangedDate", optional LAST_CHANGED_DATE_TYPE;
        /// A moment.
        last_accessed_date: Option<Timestamp> = "LastAccessedDate", optional LAST_ACCESSED_DATE_TYPE;
        /// A moment.
        deleted_date: Option<Timestamp> = "DeletedDate", optional DELETED_DATE_TYPE;
        /// A moment.
        next_rotation_date: Option<Timestamp> = "NextRotationDate", optional NEXT_ROTATION_DATE_TYPE;
        /// List, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// Map from text to: list of 1 to 20 members, each: text of 1 to 256 characters.
        secret_versions_to_stages: Option<BTreeMap<String, Vec<String>>> = "SecretVersionsToStages", optional SECRET_VERSIONS_TO_STAGES_MAP_TYPE;
        /// Text of 1 to 128 characters.
        owning_service: Option<String> = "OwningService", optional OWNING_SERVICE_TYPE;
        /// A moment.
        created_date: Option<Timestamp> = "CreatedDate", optional TIMESTAMP_TYPE;
        /// Text of 1 to 128 characters.
        primary_region: Option<String> = "PrimaryRegion", optional REGION_TYPE;
    }
}

structure! {
    /// Part of [`BatchGetSecretValueResponse`].
    SecretValueEntry as SECRET_VALUE_ENTRY {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
        /// Bytes, 1 to 65536 of them; secret.
        secret_binary: Option<Sensitive<Vec<u8>>> = "SecretBinary", optional SECRET_BINARY_TYPE;
        /// Text of 1 to 65536 characters; secret.
        secret_string: Option<Sensitive<String>> = "SecretString", optional SECRET_STRING_TYPE;
        /// List of 1 to 20 members, each: text of 1 to 256 characters.
        version_stages: Option<Vec<String>> = "VersionStages", optional SECRET_VERSION_STAGES_TYPE;
        /// A moment.
        created_date: Option<Timestamp> = "CreatedDate", optional CREATED_DATE_TYPE;
    }
}

structure! {
    /// Part of [`ListSecretVersionIdsResponse`].
    SecretVersionsListEntry as SECRET_VERSIONS_LIST_ENTRY {
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
        /// List of 1 to 20 members, each: text of 1 to 256 characters.
        version_stages: Option<Vec<String>> = "VersionStages", optional SECRET_VERSION_STAGES_TYPE;
        /// A moment.
        last_accessed_date: Option<Timestamp> = "LastAccessedDate", optional LAST_ACCESSED_DATE_TYPE;
        /// A moment.
        created_date: Option<Timestamp> = "CreatedDate", optional CREATED_DATE_TYPE;
        /// List, each: text of 0 to 2048 characters.
        kms_key_ids: Option<Vec<String>> = "KmsKeyIds", optional KMS_KEY_ID_LIST_TYPE;
    }
}

structure! {
    /// What `StopReplicationToReplica` takes.
    StopReplicationToReplicaRequest as STOP_REPLICATION_TO_REPLICA_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
    }
}

structure! {
    /// The answer of `StopReplicationToReplica`.
    StopReplicationToReplicaResponse as STOP_REPLICATION_TO_REPLICA_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
    }
}

structure! {
    /// Part of [`CreateSecretRequest`], [`DescribeSecretResponse`], [`SecretListEntry`], [`TagResourceRequest`].
    Tag as TAG {
        /// Text of 1 to 128 characters.
        key: Option<String> = "Key", optional TAG_KEY_TYPE;
        /// Text of 0 to 256 characters.
        value: Option<String> = "Value", optional TAG_VALUE_TYPE;
    }
}

structure! {
    /// What `TagResource` takes.
    TagResourceRequest as TAG_RESOURCE_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// List, each: [`Tag`].
        tags: Vec<Tag> = "Tags", required TAG_LIST_TYPE;
    }
}

structure! {
    /// What `UntagResource` takes.
    UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// List, each: text of 1 to 128 characters.
        tag_keys: Vec<String> = "TagKeys", required TAG_KEY_LIST_TYPE;
    }
}

structure! {
    /// What `UpdateSecret` takes.
    UpdateSecretRequest as UPDATE_SECRET_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Text of 32 to 64 characters.
        client_request_token: Option<String> = "ClientRequestToken", optional CLIENT_REQUEST_TOKEN_TYPE;
        /// Text of up to 2048 characters.
        description: Option<String> = "Description", optional DESCRIPTION_TYPE;
        /// Text of 0 to 2048 characters.
        kms_key_id: Option<String> = "KmsKeyId", optional KMS_KEY_ID_TYPE;
        /// Bytes, 1 to 65536 of them; secret.
        secret_binary: Option<Sensitive<Vec<u8>>> = "SecretBinary", optional SECRET_BINARY_TYPE;
        /// Text of 1 to 65536 characters; secret.
        secret_string: Option<Sensitive<String>> = "SecretString", optional SECRET_STRING_TYPE;
        /// Text of 0 to 256 characters.
        r#type: Option<String> = "Type", optional MEDEA_TYPE_TYPE;
    }
}

structure! {
    /// The answer of `UpdateSecret`.
    UpdateSecretResponse as UPDATE_SECRET_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
        /// Text of 32 to 64 characters.
        version_id: Option<String> = "VersionId", optional SECRET_VERSION_ID_TYPE;
    }
}

structure! {
    /// What `UpdateSecretVersionStage` takes.
    UpdateSecretVersionStageRequest as UPDATE_SECRET_VERSION_STAGE_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: String = "SecretId", required SECRET_ID_TYPE;
        /// Text of 1 to 256 characters.
        version_stage: String = "VersionStage", required SECRET_VERSION_STAGE_TYPE;
        /// Text of 32 to 64 characters.
        remove_from_version_id: Option<String> = "RemoveFromVersionId", optional SECRET_VERSION_ID_TYPE;
        /// Text of 32 to 64 characters.
        move_to_version_id: Option<String> = "MoveToVersionId", optional SECRET_VERSION_ID_TYPE;
    }
}

structure! {
    /// The answer of `UpdateSecretVersionStage`.
    UpdateSecretVersionStageResponse as UPDATE_SECRET_VERSION_STAGE_RESPONSE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "ARN", optional SECRET_ARN_TYPE;
        /// Text of 1 to 256 characters.
        name: Option<String> = "Name", optional SECRET_NAME_TYPE;
    }
}

structure! {
    /// What `ValidateResourcePolicy` takes.
    ValidateResourcePolicyRequest as VALIDATE_RESOURCE_POLICY_REQUEST {
        /// Text of 1 to 2048 characters.
        secret_id: Option<String> = "SecretId", optional SECRET_ID_TYPE;
        /// Text of 1 to 20480 characters.
        resource_policy: String = "ResourcePolicy", required NON_EMPTY_RESOURCE_POLICY_TYPE;
    }
}

structure! {
    /// The answer of `ValidateResourcePolicy`.
    ValidateResourcePolicyResponse as VALIDATE_RESOURCE_POLICY_RESPONSE {
        /// True or false.
        policy_validation_passed: Option<bool> = "PolicyValidationPassed", optional BOOLEAN_TYPE;
        /// List, each: [`ValidationErrorsEntry`].
        validation_errors: Option<Vec<ValidationErrorsEntry>> = "ValidationErrors", optional VALIDATION_ERRORS_TYPE;
    }
}

structure! {
    /// Part of [`ValidateResourcePolicyResponse`].
    ValidationErrorsEntry as VALIDATION_ERRORS_ENTRY {
        /// Text of 1 to 512 characters.
        check_name: Option<String> = "CheckName", optional NAME_TYPE;
        /// Text.
        error_message: Option<String> = "ErrorMessage", optional ERROR_MESSAGE;
    }
}

static API_ERROR_LIST_TYPE: Shape = Shape::list(&API_ERROR_TYPE);
static ADD_REPLICA_REGION_LIST_TYPE: Shape = Shape::list(&REPLICA_REGION_TYPE).min(1);
static AUTOMATICALLY_ROTATE_AFTER_DAYS_TYPE: Shape = Shape::new(Kind::Long).min(1).max(1000);
static BOOLEAN_TYPE: Shape = Shape::new(Kind::Boolean);
static CLIENT_REQUEST_TOKEN_TYPE: Shape = Shape::new(Kind::String).min(32).max(64);
static CREATED_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static DELETED_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static DELETION_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static DESCRIPTION_TYPE: Shape = Shape::new(Kind::String).max(2048);
static DURATION_TYPE_PATTERN: Pattern = Pattern::new(r#"[0-9]+h"#);
static DURATION_TYPE: Shape = Shape::new(Kind::String).min(2).max(3).pattern(&DURATION_TYPE_PATTERN);
static ERROR_CODE: Shape = Shape::new(Kind::String);
static ERROR_MESSAGE: Shape = Shape::new(Kind::String);
static EXCLUDE_CHARACTERS_TYPE: Shape = Shape::new(Kind::String).min(0).max(4096);
static EXCLUDE_LOWERCASE_TYPE: Shape = Shape::new(Kind::Boolean);
static EXCLUDE_NUMBERS_TYPE: Shape = Shape::new(Kind::Boolean);
static EXCLUDE_PUNCTUATION_TYPE: Shape = Shape::new(Kind::Boolean);
static EXCLUDE_UPPERCASE_TYPE: Shape = Shape::new(Kind::Boolean);
static EXTERNAL_SECRET_ROTATION_METADATA_ITEM_KEY_TYPE: Shape = Shape::new(Kind::String).min(1).max(256);
static EXTERNAL_SECRET_ROTATION_METADATA_ITEM_VALUE_TYPE: Shape = Shape::new(Kind::String).min(1).max(2048);
static EXTERNAL_SECRET_ROTATION_METADATA_TYPE: Shape = Shape::list(&EXTERNAL_SECRET_ROTATION_METADATA_ITEM);
static FILTER_NAME_STRING_TYPE: Shape = Shape::new(Kind::String).values(&[
    "owning-service",
    "all",
    "tag-value",
    "primary-region",
    "tag-key",
    "name",
    "description",
]);
static FILTER_VALUE_STRING_TYPE_PATTERN: Pattern = Pattern::new(r#"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$"#);
static FILTER_VALUE_STRING_TYPE: Shape = Shape::new(Kind::String).max(512).pattern(&FILTER_VALUE_STRING_TYPE_PATTERN);
static FILTER_VALUES_STRING_LIST: Shape = Shape::list(&FILTER_VALUE_STRING_TYPE).min(1).max(10);
static FILTERS_LIST_TYPE: Shape = Shape::list(&FILTER).max(10);
static INCLUDE_SPACE_TYPE: Shape = Shape::new(Kind::Boolean);
static KMS_KEY_ID_LIST_TYPE: Shape = Shape::list(&KMS_KEY_ID_TYPE);
static KMS_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(0).max(2048);
static LAST_ACCESSED_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static LAST_CHANGED_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static LAST_ROTATED_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static MAX_RESULTS_BATCH_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(20);
static MAX_RESULTS_TYPE: Shape = Shape::new(Kind::Integer).min(1).max(100);
static MEDEA_TYPE_TYPE: Shape = Shape::new(Kind::String).min(0).max(256);
static NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(512);
static NEXT_ROTATION_DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static NEXT_TOKEN_TYPE: Shape = Shape::new(Kind::String).min(1).max(4096);
static NON_EMPTY_RESOURCE_POLICY_TYPE: Shape = Shape::new(Kind::String).min(1).max(20480);
static OWNING_SERVICE_TYPE: Shape = Shape::new(Kind::String).min(1).max(128);
static PASSWORD_LENGTH_TYPE: Shape = Shape::new(Kind::Long).min(1).max(4096);
static RANDOM_PASSWORD_TYPE: Shape = Shape::new(Kind::String).min(0).max(4096).sensitive();
static RECOVERY_WINDOW_IN_DAYS_TYPE: Shape = Shape::new(Kind::Long);
static REGION_TYPE_PATTERN: Pattern = Pattern::new(r#"^([a-z]+-)+\d+$"#);
static REGION_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&REGION_TYPE_PATTERN);
static REMOVE_REPLICA_REGION_LIST_TYPE: Shape = Shape::list(&REGION_TYPE).min(1);
static REPLICATION_STATUS_LIST_TYPE: Shape = Shape::list(&REPLICATION_STATUS_TYPE);
static REQUIRE_EACH_INCLUDED_TYPE_TYPE: Shape = Shape::new(Kind::Boolean);
static ROLE_ARN_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048);
static ROTATION_ENABLED_TYPE: Shape = Shape::new(Kind::Boolean);
static ROTATION_LAMBDA_ARN_TYPE: Shape = Shape::new(Kind::String).min(0).max(2048);
static ROTATION_TOKEN_TYPE_PATTERN: Pattern = Pattern::new(r#"^[a-zA-Z0-9\-]+$"#);
static ROTATION_TOKEN_TYPE: Shape =
    Shape::new(Kind::String).min(36).max(256).pattern(&ROTATION_TOKEN_TYPE_PATTERN).sensitive();
static SCHEDULE_EXPRESSION_TYPE_PATTERN: Pattern = Pattern::new(r#"[0-9A-Za-z\(\)#\?\*\-\/, ]+"#);
static SCHEDULE_EXPRESSION_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(256).pattern(&SCHEDULE_EXPRESSION_TYPE_PATTERN);
static SECRET_ARN_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048);
static SECRET_BINARY_TYPE: Shape = Shape::new(Kind::Blob).min(1).max(65536).sensitive();
static SECRET_ID_LIST_TYPE: Shape = Shape::list(&SECRET_ID_TYPE).min(1).max(20);
static SECRET_ID_TYPE: Shape = Shape::new(Kind::String).min(1).max(2048);
static SECRET_LIST_TYPE: Shape = Shape::list(&SECRET_LIST_ENTRY);
static SECRET_NAME_TYPE: Shape = Shape::new(Kind::String).min(1).max(256);
static SECRET_STRING_TYPE: Shape = Shape::new(Kind::String).min(1).max(65536).sensitive();
static SECRET_VALUES_TYPE: Shape = Shape::list(&SECRET_VALUE_ENTRY);
static SECRET_VERSION_ID_TYPE: Shape = Shape::new(Kind::String).min(32).max(64);
static SECRET_VERSION_STAGE_TYPE: Shape = Shape::new(Kind::String).min(1).max(256);
static SECRET_VERSION_STAGES_TYPE: Shape = Shape::list(&SECRET_VERSION_STAGE_TYPE).min(1).max(20);
static SECRET_VERSIONS_LIST_TYPE: Shape = Shape::list(&SECRET_VERSIONS_LIST_ENTRY);
static SECRET_VERSIONS_TO_STAGES_MAP_TYPE: Shape = Shape::map(&SECRET_VERSION_ID_TYPE, &SECRET_VERSION_STAGES_TYPE);
static SORT_BY_TYPE: Shape =
    Shape::new(Kind::String).values(&["last-accessed-date", "last-changed-date", "name", "created-date"]);
static SORT_ORDER_TYPE: Shape = Shape::new(Kind::String).values(&["asc", "desc"]);
static STATUS_MESSAGE_TYPE: Shape = Shape::new(Kind::String).min(1).max(4096);
static STATUS_TYPE: Shape = Shape::new(Kind::String).values(&["Failed", "InSync", "InProgress"]);
static TAG_KEY_LIST_TYPE: Shape = Shape::list(&TAG_KEY_TYPE);
static TAG_KEY_TYPE: Shape = Shape::new(Kind::String).min(1).max(128);
static TAG_LIST_TYPE: Shape = Shape::list(&TAG);
static TAG_VALUE_TYPE: Shape = Shape::new(Kind::String).min(0).max(256);
static TIMESTAMP_TYPE: Shape = Shape::new(Kind::Timestamp);
static VALIDATION_ERRORS_TYPE: Shape = Shape::list(&VALIDATION_ERRORS_ENTRY);
