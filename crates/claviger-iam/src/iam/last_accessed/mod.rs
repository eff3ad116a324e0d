//! Which services a user, group, role or managed policy can access, and when they were last used: AWS's access advisor.
//!
//! Only the IAM home knows the uses of all regions, so it alone makes reports and has them. Where no reference is named, codes, texts and
//! the choice of services and policies are those of answers that were recorded from AWS in September 2026 (github.com/radkawar/stackd,
//! testdata/aws/iam/last_access.json).

pub(crate) mod details;
pub(crate) mod entities_of_service;
pub(crate) mod generate;
pub(crate) mod granting_policies;
mod principals;
mod report;
mod resource;
mod services;
