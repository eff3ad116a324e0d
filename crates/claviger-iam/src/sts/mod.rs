//! STS: the table of operations.

mod assume_role;
mod get_access_key_info;
mod get_caller_identity;
mod get_session_token;

mod issue;
mod mfa;
pub mod service_session;
mod session;

use claviger_core::entry::OperationEntry;

/// Every STS operation that this release builds. The pipeline dispatches by it, and the compatibility page is made from it.
pub const TABLE: &[OperationEntry] = &[
    OperationEntry::of::<assume_role::AssumeRole>(),
    OperationEntry::of::<get_access_key_info::GetAccessKeyInfo>(),
    OperationEntry::of::<get_caller_identity::GetCallerIdentity>(),
    OperationEntry::of::<get_session_token::GetSessionToken>(),
];
