//! STS: the table of operations.

mod assume_role;
mod assume_role_with_web_identity;
mod decode_authorization_message;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;

mod issue;
mod mfa;
mod role_session;
pub mod service_session;
mod session;

use claviger_core::entry::OperationEntry;

/// Every STS operation that this release builds. The pipeline dispatches by it, and the compatibility page is made from it.
pub const TABLE: &[OperationEntry] = &[
    OperationEntry::of::<assume_role::AssumeRole>(),
    OperationEntry::by_token::<assume_role_with_web_identity::AssumeRoleWithWebIdentity>(),
    OperationEntry::of::<decode_authorization_message::DecodeAuthorizationMessage>(),
    OperationEntry::of::<get_access_key_info::GetAccessKeyInfo>(),
    OperationEntry::of::<get_caller_identity::GetCallerIdentity>(),
    OperationEntry::of::<get_federation_token::GetFederationToken>(),
    OperationEntry::of::<get_session_token::GetSessionToken>(),
];
