//! One module for each service.
//!
//! Made by `cargo xtask codegen`. Do not edit.

use crate::Service;

pub mod iam;
pub mod kms;
pub mod secretsmanager;
pub mod sts;

/// The services whose models are built in.
pub fn services() -> &'static [&'static Service] {
    static SERVICES: [&Service; 4] = [&kms::SERVICE, &secretsmanager::SERVICE, &sts::SERVICE, &iam::SERVICE];
    &SERVICES
}

/// How many operations the model of each service has.
#[cfg(test)]
pub(crate) const OPERATION_COUNTS: &[(&str, usize)] = &[("kms", 54), ("secretsmanager", 23), ("sts", 11), ("iam", 176)];
