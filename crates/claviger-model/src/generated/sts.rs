//! Security Token Service, as its service model in botocore 1.43.11 describes it (sts/2011-06-15).
//! The model's SHA-256 digest is
//! `b2c35d56d093494a539db6af3ddbcb601d614260b82e1351932323bd40cf9921`.
//!
//! Made by `cargo xtask codegen`. Do not edit.

use claviger_types::{Sensitive, Timestamp};

use crate::structure::structure;
use crate::{Kind, OperationInfo, Pattern, Protocol, Service, Shape};

/// The service: its protocol and operations.
pub static SERVICE: Service = Service {
    name: "sts",
    signing_name: "sts",
    protocol: Protocol::Query { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
    operations: OPERATIONS,
    internal_error: None,
};

static OPERATIONS: &[OperationInfo] = &[
    OperationInfo {
        name: "AssumeRole",
        signed: true,
        input: Some(&ASSUME_ROLE_REQUEST),
        output: Some(&ASSUME_ROLE_RESPONSE),
    },
    OperationInfo {
        name: "AssumeRoleWithSAML",
        signed: false,
        input: Some(&ASSUME_ROLE_WITH_SAML_REQUEST),
        output: Some(&ASSUME_ROLE_WITH_SAML_RESPONSE),
    },
    OperationInfo {
        name: "AssumeRoleWithWebIdentity",
        signed: false,
        input: Some(&ASSUME_ROLE_WITH_WEB_IDENTITY_REQUEST),
        output: Some(&ASSUME_ROLE_WITH_WEB_IDENTITY_RESPONSE),
    },
    OperationInfo {
        name: "AssumeRoot",
        signed: true,
        input: Some(&ASSUME_ROOT_REQUEST),
        output: Some(&ASSUME_ROOT_RESPONSE),
    },
    OperationInfo {
        name: "DecodeAuthorizationMessage",
        signed: true,
        input: Some(&DECODE_AUTHORIZATION_MESSAGE_REQUEST),
        output: Some(&DECODE_AUTHORIZATION_MESSAGE_RESPONSE),
    },
    OperationInfo {
        name: "GetAccessKeyInfo",
        signed: true,
        input: Some(&GET_ACCESS_KEY_INFO_REQUEST),
        output: Some(&GET_ACCESS_KEY_INFO_RESPONSE),
    },
    OperationInfo {
        name: "GetCallerIdentity",
        signed: true,
        input: Some(&GET_CALLER_IDENTITY_REQUEST),
        output: Some(&GET_CALLER_IDENTITY_RESPONSE),
    },
    OperationInfo {
        name: "GetDelegatedAccessToken",
        signed: true,
        input: Some(&GET_DELEGATED_ACCESS_TOKEN_REQUEST),
        output: Some(&GET_DELEGATED_ACCESS_TOKEN_RESPONSE),
    },
    OperationInfo {
        name: "GetFederationToken",
        signed: true,
        input: Some(&GET_FEDERATION_TOKEN_REQUEST),
        output: Some(&GET_FEDERATION_TOKEN_RESPONSE),
    },
    OperationInfo {
        name: "GetSessionToken",
        signed: true,
        input: Some(&GET_SESSION_TOKEN_REQUEST),
        output: Some(&GET_SESSION_TOKEN_RESPONSE),
    },
    OperationInfo {
        name: "GetWebIdentityToken",
        signed: true,
        input: Some(&GET_WEB_IDENTITY_TOKEN_REQUEST),
        output: Some(&GET_WEB_IDENTITY_TOKEN_RESPONSE),
    },
];

/// The errors of the model, each under the name of its shape.
pub mod error {
    use crate::ErrorInfo;

    /// `ExpiredTokenException`.
    pub const EXPIRED_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ExpiredTokenException", status: 400, message_member: Some("message") };
    /// `ExpiredTradeInTokenException`.
    pub const EXPIRED_TRADE_IN_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "ExpiredTradeInTokenException", status: 400, message_member: Some("message") };
    /// `IDPCommunicationErrorException`.
    pub const IDP_COMMUNICATION_ERROR_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "IDPCommunicationError", status: 400, message_member: Some("message") };
    /// `IDPRejectedClaimException`.
    pub const IDP_REJECTED_CLAIM_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "IDPRejectedClaim", status: 403, message_member: Some("message") };
    /// `InvalidAuthorizationMessageException`.
    pub const INVALID_AUTHORIZATION_MESSAGE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidAuthorizationMessageException", status: 400, message_member: Some("message") };
    /// `InvalidIdentityTokenException`.
    pub const INVALID_IDENTITY_TOKEN_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "InvalidIdentityToken", status: 400, message_member: Some("message") };
    /// `JWTPayloadSizeExceededException`.
    pub const JWT_PAYLOAD_SIZE_EXCEEDED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "JWTPayloadSizeExceededException", status: 400, message_member: Some("message") };
    /// `MalformedPolicyDocumentException`.
    pub const MALFORMED_POLICY_DOCUMENT_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "MalformedPolicyDocument", status: 400, message_member: Some("message") };
    /// `OutboundWebIdentityFederationDisabledException`.
    pub const OUTBOUND_WEB_IDENTITY_FEDERATION_DISABLED_EXCEPTION: &ErrorInfo = &ErrorInfo {
        code: "OutboundWebIdentityFederationDisabledException",
        status: 403,
        message_member: Some("message"),
    };
    /// `PackedPolicyTooLargeException`.
    pub const PACKED_POLICY_TOO_LARGE_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "PackedPolicyTooLarge", status: 400, message_member: Some("message") };
    /// `RegionDisabledException`.
    pub const REGION_DISABLED_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "RegionDisabledException", status: 403, message_member: Some("message") };
    /// `SessionDurationEscalationException`.
    pub const SESSION_DURATION_ESCALATION_EXCEPTION: &ErrorInfo =
        &ErrorInfo { code: "SessionDurationEscalationException", status: 403, message_member: Some("message") };
}

structure! {
    /// What `AssumeRole` takes.
    AssumeRoleRequest as ASSUME_ROLE_REQUEST {
        /// Text of 20 to 2048 characters.
        role_arn: String = "RoleArn", required ARN_TYPE;
        /// Text of 2 to 64 characters.
        role_session_name: String = "RoleSessionName", required ROLE_SESSION_NAME_TYPE;
        /// List, each: [`PolicyDescriptorType`].
        policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns", optional POLICY_DESCRIPTOR_LIST_TYPE;
        /// Text of at least 1 characters.
        policy: Option<String> = "Policy", optional UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE;
        /// Number, 900 to 43200.
        duration_seconds: Option<i32> = "DurationSeconds", optional ROLE_DURATION_SECONDS_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
        /// List of up to 50 members, each: text of 1 to 128 characters.
        transitive_tag_keys: Option<Vec<String>> = "TransitiveTagKeys", optional TAG_KEY_LIST_TYPE;
        /// Text of 2 to 1224 characters.
        external_id: Option<String> = "ExternalId", optional EXTERNAL_ID_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: Option<String> = "SerialNumber", optional SERIAL_NUMBER_TYPE;
        /// Text of 6 to 6 characters.
        token_code: Option<String> = "TokenCode", optional TOKEN_CODE_TYPE;
        /// Text of 2 to 64 characters.
        source_identity: Option<String> = "SourceIdentity", optional SOURCE_IDENTITY_TYPE;
        /// List of 1 to 5 members, each: [`ProvidedContext`].
        provided_contexts: Option<Vec<ProvidedContext>> = "ProvidedContexts", optional PROVIDED_CONTEXTS_LIST_TYPE;
    }
}

structure! {
    /// The answer of `AssumeRole`.
    AssumeRoleResponse as ASSUME_ROLE_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
        /// [`AssumedRoleUser`].
        assumed_role_user: Option<AssumedRoleUser> = "AssumedRoleUser", optional ASSUMED_ROLE_USER;
        /// Number, at least 0.
        packed_policy_size: Option<i32> = "PackedPolicySize", optional NON_NEGATIVE_INTEGER_TYPE;
        /// Text of 2 to 64 characters.
        source_identity: Option<String> = "SourceIdentity", optional SOURCE_IDENTITY_TYPE;
    }
}

structure! {
    /// What `AssumeRoleWithSAML` takes.
    AssumeRoleWithSAMLRequest as ASSUME_ROLE_WITH_SAML_REQUEST {
        /// Text of 20 to 2048 characters.
        role_arn: String = "RoleArn", required ARN_TYPE;
        /// Text of 20 to 2048 characters.
        principal_arn: String = "PrincipalArn", required ARN_TYPE;
        /// Text of 4 to 100000 characters; secret.
        saml_assertion: Sensitive<String> = "SAMLAssertion", required SAML_ASSERTION_TYPE;
        /// List, each: [`PolicyDescriptorType`].
        policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns", optional POLICY_DESCRIPTOR_LIST_TYPE;
        /// Text of 1 to 2048 characters.
        policy: Option<String> = "Policy", optional SESSION_POLICY_DOCUMENT_TYPE;
        /// Number, 900 to 43200.
        duration_seconds: Option<i32> = "DurationSeconds", optional ROLE_DURATION_SECONDS_TYPE;
    }
}

structure! {
    /// The answer of `AssumeRoleWithSAML`.
    AssumeRoleWithSAMLResponse as ASSUME_ROLE_WITH_SAML_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
        /// [`AssumedRoleUser`].
        assumed_role_user: Option<AssumedRoleUser> = "AssumedRoleUser", optional ASSUMED_ROLE_USER;
        /// Number, at least 0.
        packed_policy_size: Option<i32> = "PackedPolicySize", optional NON_NEGATIVE_INTEGER_TYPE;
        /// Text.
        subject: Option<String> = "Subject", optional SUBJECT;
        /// Text.
        subject_type: Option<String> = "SubjectType", optional SUBJECT_TYPE;
        /// Text.
        issuer: Option<String> = "Issuer", optional ISSUER;
        /// Text.
        audience: Option<String> = "Audience", optional AUDIENCE;
        /// Text.
        name_qualifier: Option<String> = "NameQualifier", optional NAME_QUALIFIER;
        /// Text of 2 to 64 characters.
        source_identity: Option<String> = "SourceIdentity", optional SOURCE_IDENTITY_TYPE;
    }
}

structure! {
    /// What `AssumeRoleWithWebIdentity` takes.
    AssumeRoleWithWebIdentityRequest as ASSUME_ROLE_WITH_WEB_IDENTITY_REQUEST {
        /// Text of 20 to 2048 characters.
        role_arn: String = "RoleArn", required ARN_TYPE;
        /// Text of 2 to 64 characters.
        role_session_name: String = "RoleSessionName", required ROLE_SESSION_NAME_TYPE;
        /// Text of 4 to 20000 characters; secret.
        web_identity_token: Sensitive<String> = "WebIdentityToken", required CLIENT_TOKEN_TYPE;
        /// Text of 4 to 2048 characters.
        provider_id: Option<String> = "ProviderId", optional URL_TYPE;
        /// List, each: [`PolicyDescriptorType`].
        policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns", optional POLICY_DESCRIPTOR_LIST_TYPE;
        /// Text of 1 to 2048 characters.
        policy: Option<String> = "Policy", optional SESSION_POLICY_DOCUMENT_TYPE;
        /// Number, 900 to 43200.
        duration_seconds: Option<i32> = "DurationSeconds", optional ROLE_DURATION_SECONDS_TYPE;
    }
}

structure! {
    /// The answer of `AssumeRoleWithWebIdentity`.
    AssumeRoleWithWebIdentityResponse as ASSUME_ROLE_WITH_WEB_IDENTITY_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
        /// Text of 6 to 255 characters.
        subject_from_web_identity_token: Option<String> = "SubjectFromWebIdentityToken", optional WEB_IDENTITY_SUBJECT_TYPE;
        /// [`AssumedRoleUser`].
        assumed_role_user: Option<AssumedRoleUser> = "AssumedRoleUser", optional ASSUMED_ROLE_USER;
        /// Number, at least 0.
        packed_policy_size: Option<i32> = "PackedPolicySize", optional NON_NEGATIVE_INTEGER_TYPE;
        /// Text.
        provider: Option<String> = "Provider", optional ISSUER;
        /// Text.
        audience: Option<String> = "Audience", optional AUDIENCE;
        /// Text of 2 to 64 characters.
        source_identity: Option<String> = "SourceIdentity", optional SOURCE_IDENTITY_TYPE;
    }
}

structure! {
    /// What `AssumeRoot` takes.
    AssumeRootRequest as ASSUME_ROOT_REQUEST {
        /// Text of 12 to 2048 characters.
        target_principal: String = "TargetPrincipal", required TARGET_PRINCIPAL_TYPE;
        /// [`PolicyDescriptorType`].
        task_policy_arn: PolicyDescriptorType = "TaskPolicyArn", required POLICY_DESCRIPTOR_TYPE;
        /// Number, 0 to 900.
        duration_seconds: Option<i32> = "DurationSeconds", optional ROOT_DURATION_SECONDS_TYPE;
    }
}

structure! {
    /// The answer of `AssumeRoot`.
    AssumeRootResponse as ASSUME_ROOT_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
        /// Text of 2 to 64 characters.
        source_identity: Option<String> = "SourceIdentity", optional SOURCE_IDENTITY_TYPE;
    }
}

structure! {
    /// Part of [`AssumeRoleResponse`], [`AssumeRoleWithSAMLResponse`], [`AssumeRoleWithWebIdentityResponse`].
    AssumedRoleUser as ASSUMED_ROLE_USER {
        /// Text of 2 to 193 characters.
        assumed_role_id: String = "AssumedRoleId", required ASSUMED_ROLE_ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
    }
}

structure! {
    /// Part of [`AssumeRoleResponse`], [`AssumeRoleWithSAMLResponse`], [`AssumeRoleWithWebIdentityResponse`], [`AssumeRootResponse`], [`GetDelegatedAccessTokenResponse`], [`GetFederationTokenResponse`], [`GetSessionTokenResponse`].
    Credentials as CREDENTIALS {
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
        /// Text; secret.
        secret_access_key: Sensitive<String> = "SecretAccessKey", required ACCESS_KEY_SECRET_TYPE;
        /// Text.
        session_token: String = "SessionToken", required TOKEN_TYPE;
        /// A moment.
        expiration: Timestamp = "Expiration", required DATE_TYPE;
    }
}

structure! {
    /// What `DecodeAuthorizationMessage` takes.
    DecodeAuthorizationMessageRequest as DECODE_AUTHORIZATION_MESSAGE_REQUEST {
        /// Text of 1 to 10240 characters.
        encoded_message: String = "EncodedMessage", required ENCODED_MESSAGE_TYPE;
    }
}

structure! {
    /// The answer of `DecodeAuthorizationMessage`.
    DecodeAuthorizationMessageResponse as DECODE_AUTHORIZATION_MESSAGE_RESPONSE {
        /// Text.
        decoded_message: Option<String> = "DecodedMessage", optional DECODED_MESSAGE_TYPE;
    }
}

structure! {
    /// Part of [`GetFederationTokenResponse`].
    FederatedUser as FEDERATED_USER {
        /// Text of 2 to 193 characters.
        federated_user_id: String = "FederatedUserId", required FEDERATED_ID_TYPE;
        /// Text of 20 to 2048 characters.
        arn: String = "Arn", required ARN_TYPE;
    }
}

structure! {
    /// What `GetAccessKeyInfo` takes.
    GetAccessKeyInfoRequest as GET_ACCESS_KEY_INFO_REQUEST {
        /// Text of 16 to 128 characters.
        access_key_id: String = "AccessKeyId", required ACCESS_KEY_ID_TYPE;
    }
}

structure! {
    /// The answer of `GetAccessKeyInfo`.
    GetAccessKeyInfoResponse as GET_ACCESS_KEY_INFO_RESPONSE {
        /// Text.
        account: Option<String> = "Account", optional ACCOUNT_TYPE;
    }
}

structure! {
    /// What `GetCallerIdentity` takes.
    GetCallerIdentityRequest as GET_CALLER_IDENTITY_REQUEST {}
}

structure! {
    /// The answer of `GetCallerIdentity`.
    GetCallerIdentityResponse as GET_CALLER_IDENTITY_RESPONSE {
        /// Text.
        user_id: Option<String> = "UserId", optional USER_ID_TYPE;
        /// Text.
        account: Option<String> = "Account", optional ACCOUNT_TYPE;
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "Arn", optional ARN_TYPE;
    }
}

structure! {
    /// What `GetDelegatedAccessToken` takes.
    GetDelegatedAccessTokenRequest as GET_DELEGATED_ACCESS_TOKEN_REQUEST {
        /// Text; secret.
        trade_in_token: Sensitive<String> = "TradeInToken", required TRADE_IN_TOKEN_TYPE;
    }
}

structure! {
    /// The answer of `GetDelegatedAccessToken`.
    GetDelegatedAccessTokenResponse as GET_DELEGATED_ACCESS_TOKEN_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
        /// Number, at least 0.
        packed_policy_size: Option<i32> = "PackedPolicySize", optional NON_NEGATIVE_INTEGER_TYPE;
        /// Text of 20 to 2048 characters.
        assumed_principal: Option<String> = "AssumedPrincipal", optional ARN_TYPE;
    }
}

structure! {
    /// What `GetFederationToken` takes.
    GetFederationTokenRequest as GET_FEDERATION_TOKEN_REQUEST {
        /// Text of 2 to 32 characters.
        name: String = "Name", required USER_NAME_TYPE;
        /// Text of 1 to 2048 characters.
        policy: Option<String> = "Policy", optional SESSION_POLICY_DOCUMENT_TYPE;
        /// List, each: [`PolicyDescriptorType`].
        policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns", optional POLICY_DESCRIPTOR_LIST_TYPE;
        /// Number, 900 to 129600.
        duration_seconds: Option<i32> = "DurationSeconds", optional DURATION_SECONDS_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `GetFederationToken`.
    GetFederationTokenResponse as GET_FEDERATION_TOKEN_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
        /// [`FederatedUser`].
        federated_user: Option<FederatedUser> = "FederatedUser", optional FEDERATED_USER;
        /// Number, at least 0.
        packed_policy_size: Option<i32> = "PackedPolicySize", optional NON_NEGATIVE_INTEGER_TYPE;
    }
}

structure! {
    /// What `GetSessionToken` takes.
    GetSessionTokenRequest as GET_SESSION_TOKEN_REQUEST {
        /// Number, 900 to 129600.
        duration_seconds: Option<i32> = "DurationSeconds", optional DURATION_SECONDS_TYPE;
        /// Text of 9 to 256 characters.
        serial_number: Option<String> = "SerialNumber", optional SERIAL_NUMBER_TYPE;
        /// Text of 6 to 6 characters.
        token_code: Option<String> = "TokenCode", optional TOKEN_CODE_TYPE;
    }
}

structure! {
    /// The answer of `GetSessionToken`.
    GetSessionTokenResponse as GET_SESSION_TOKEN_RESPONSE {
        /// [`Credentials`].
        credentials: Option<Credentials> = "Credentials", optional CREDENTIALS;
    }
}

structure! {
    /// What `GetWebIdentityToken` takes.
    GetWebIdentityTokenRequest as GET_WEB_IDENTITY_TOKEN_REQUEST {
        /// List of 1 to 10 members, each: text of 1 to 1000 characters.
        audience: Vec<String> = "Audience", required WEB_IDENTITY_TOKEN_AUDIENCE_LIST_TYPE;
        /// Number, 60 to 3600.
        duration_seconds: Option<i32> = "DurationSeconds", optional WEB_IDENTITY_TOKEN_DURATION_SECONDS_TYPE;
        /// Text of 5 to 5 characters.
        signing_algorithm: String = "SigningAlgorithm", required JWT_ALGORITHM_TYPE;
        /// List of up to 50 members, each: [`Tag`].
        tags: Option<Vec<Tag>> = "Tags", optional TAG_LIST_TYPE;
    }
}

structure! {
    /// The answer of `GetWebIdentityToken`.
    GetWebIdentityTokenResponse as GET_WEB_IDENTITY_TOKEN_RESPONSE {
        /// Text; secret.
        web_identity_token: Option<Sensitive<String>> = "WebIdentityToken", optional WEB_IDENTITY_TOKEN_TYPE;
        /// A moment.
        expiration: Option<Timestamp> = "Expiration", optional DATE_TYPE;
    }
}

structure! {
    /// Part of [`AssumeRoleRequest`], [`AssumeRoleWithSAMLRequest`], [`AssumeRoleWithWebIdentityRequest`], [`AssumeRootRequest`], [`GetFederationTokenRequest`].
    PolicyDescriptorType as POLICY_DESCRIPTOR_TYPE {
        /// Text of 20 to 2048 characters.
        arn: Option<String> = "arn", optional ARN_TYPE;
    }
}

structure! {
    /// Part of [`AssumeRoleRequest`].
    ProvidedContext as PROVIDED_CONTEXT {
        /// Text of 20 to 2048 characters.
        provider_arn: Option<String> = "ProviderArn", optional ARN_TYPE;
        /// Text of 4 to 2048 characters.
        context_assertion: Option<String> = "ContextAssertion", optional CONTEXT_ASSERTION_TYPE;
    }
}

structure! {
    /// Part of [`AssumeRoleRequest`], [`GetFederationTokenRequest`], [`GetWebIdentityTokenRequest`].
    Tag as TAG {
        /// Text of 1 to 128 characters.
        key: String = "Key", required TAG_KEY_TYPE;
        /// Text of 0 to 256 characters.
        value: String = "Value", required TAG_VALUE_TYPE;
    }
}

static AUDIENCE: Shape = Shape::new(Kind::String);
static ISSUER: Shape = Shape::new(Kind::String);
static NAME_QUALIFIER: Shape = Shape::new(Kind::String);
static PROVIDED_CONTEXTS_LIST_TYPE: Shape = Shape::list(&PROVIDED_CONTEXT).min(1).max(5);
static ROOT_DURATION_SECONDS_TYPE: Shape = Shape::new(Kind::Integer).min(0).max(900);
static SAML_ASSERTION_TYPE: Shape = Shape::new(Kind::String).min(4).max(100000).sensitive();
static SUBJECT: Shape = Shape::new(Kind::String);
static SUBJECT_TYPE: Shape = Shape::new(Kind::String);
static TARGET_PRINCIPAL_TYPE: Shape = Shape::new(Kind::String).min(12).max(2048);
static ACCESS_KEY_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w]*"#);
static ACCESS_KEY_ID_TYPE: Shape = Shape::new(Kind::String).min(16).max(128).pattern(&ACCESS_KEY_ID_TYPE_PATTERN);
static ACCESS_KEY_SECRET_TYPE: Shape = Shape::new(Kind::String).sensitive();
static ACCOUNT_TYPE: Shape = Shape::new(Kind::String);
static ARN_TYPE_PATTERN: Pattern =
    Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"#);
static ARN_TYPE: Shape = Shape::new(Kind::String).min(20).max(2048).pattern(&ARN_TYPE_PATTERN);
static ASSUMED_ROLE_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@:-]*"#);
static ASSUMED_ROLE_ID_TYPE: Shape = Shape::new(Kind::String).min(2).max(193).pattern(&ASSUMED_ROLE_ID_TYPE_PATTERN);
static CLIENT_TOKEN_TYPE: Shape = Shape::new(Kind::String).min(4).max(20000).sensitive();
static CONTEXT_ASSERTION_TYPE: Shape = Shape::new(Kind::String).min(4).max(2048);
static DATE_TYPE: Shape = Shape::new(Kind::Timestamp);
static DECODED_MESSAGE_TYPE: Shape = Shape::new(Kind::String);
static DURATION_SECONDS_TYPE: Shape = Shape::new(Kind::Integer).min(900).max(129600);
static ENCODED_MESSAGE_TYPE: Shape = Shape::new(Kind::String).min(1).max(10240);
static EXTERNAL_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@:\/-]*"#);
static EXTERNAL_ID_TYPE: Shape = Shape::new(Kind::String).min(2).max(1224).pattern(&EXTERNAL_ID_TYPE_PATTERN);
static FEDERATED_ID_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@\:-]*"#);
static FEDERATED_ID_TYPE: Shape = Shape::new(Kind::String).min(2).max(193).pattern(&FEDERATED_ID_TYPE_PATTERN);
static JWT_ALGORITHM_TYPE: Shape = Shape::new(Kind::String).min(5).max(5);
static NON_NEGATIVE_INTEGER_TYPE: Shape = Shape::new(Kind::Integer).min(0);
static POLICY_DESCRIPTOR_LIST_TYPE: Shape = Shape::list(&POLICY_DESCRIPTOR_TYPE);
static ROLE_DURATION_SECONDS_TYPE: Shape = Shape::new(Kind::Integer).min(900).max(43200);
static ROLE_SESSION_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]*"#);
static ROLE_SESSION_NAME_TYPE: Shape = Shape::new(Kind::String).min(2).max(64).pattern(&ROLE_SESSION_NAME_TYPE_PATTERN);
static SERIAL_NUMBER_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=/:,.@-]*"#);
static SERIAL_NUMBER_TYPE: Shape = Shape::new(Kind::String).min(9).max(256).pattern(&SERIAL_NUMBER_TYPE_PATTERN);
static SESSION_POLICY_DOCUMENT_TYPE_PATTERN: Pattern = Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static SESSION_POLICY_DOCUMENT_TYPE: Shape =
    Shape::new(Kind::String).min(1).max(2048).pattern(&SESSION_POLICY_DOCUMENT_TYPE_PATTERN);
static SOURCE_IDENTITY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]*"#);
static SOURCE_IDENTITY_TYPE: Shape = Shape::new(Kind::String).min(2).max(64).pattern(&SOURCE_IDENTITY_TYPE_PATTERN);
static TAG_KEY_LIST_TYPE: Shape = Shape::list(&TAG_KEY_TYPE).max(50);
static TAG_KEY_TYPE_PATTERN: Pattern = Pattern::new(r#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#);
static TAG_KEY_TYPE: Shape = Shape::new(Kind::String).min(1).max(128).pattern(&TAG_KEY_TYPE_PATTERN);
static TAG_LIST_TYPE: Shape = Shape::list(&TAG).max(50);
static TAG_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#);
static TAG_VALUE_TYPE: Shape = Shape::new(Kind::String).min(0).max(256).pattern(&TAG_VALUE_TYPE_PATTERN);
static TOKEN_CODE_TYPE_PATTERN: Pattern = Pattern::new(r#"[\d]*"#);
static TOKEN_CODE_TYPE: Shape = Shape::new(Kind::String).min(6).max(6).pattern(&TOKEN_CODE_TYPE_PATTERN);
static TOKEN_TYPE: Shape = Shape::new(Kind::String);
static TRADE_IN_TOKEN_TYPE: Shape = Shape::new(Kind::String).sensitive();
static UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE_PATTERN: Pattern =
    Pattern::new(r#"[\u0009\u000A\u000D\u0020-\u00FF]+"#);
static UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE: Shape =
    Shape::new(Kind::String).min(1).pattern(&UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE_PATTERN);
static URL_TYPE: Shape = Shape::new(Kind::String).min(4).max(2048);
static USER_ID_TYPE: Shape = Shape::new(Kind::String);
static USER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r#"[\w+=,.@-]*"#);
static USER_NAME_TYPE: Shape = Shape::new(Kind::String).min(2).max(32).pattern(&USER_NAME_TYPE_PATTERN);
static WEB_IDENTITY_SUBJECT_TYPE: Shape = Shape::new(Kind::String).min(6).max(255);
static WEB_IDENTITY_TOKEN_AUDIENCE_LIST_TYPE: Shape =
    Shape::list(&WEB_IDENTITY_TOKEN_AUDIENCE_STRING_TYPE).min(1).max(10);
static WEB_IDENTITY_TOKEN_AUDIENCE_STRING_TYPE: Shape = Shape::new(Kind::String).min(1).max(1000);
static WEB_IDENTITY_TOKEN_DURATION_SECONDS_TYPE: Shape = Shape::new(Kind::Integer).min(60).max(3600);
static WEB_IDENTITY_TOKEN_TYPE: Shape = Shape::new(Kind::String).sensitive();
