//! One module for each service, made by `cargo xtask codegen`; never edited.

pub mod iam;
pub mod kms;
pub mod secretsmanager;
pub mod sts;
