//! AWS IAM and AWS STS: their tables of operations, and the rules that they share.

pub mod iam;
pub mod sts;
