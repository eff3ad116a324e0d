//! AWS IAM and AWS STS: their tables of operations, and the rules that they share.

pub mod iam;
mod own_session;
pub mod sts;
