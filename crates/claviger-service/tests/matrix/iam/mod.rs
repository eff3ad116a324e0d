//! IAM.

pub(crate) mod account_aliases;
pub(crate) mod groups;
pub(crate) mod identity_providers;
pub(crate) mod instance_profiles;
pub(crate) mod last_accessed;
pub(crate) mod policies;
pub(crate) mod role_policies;
pub(crate) mod roles;
pub(crate) mod simulation;
pub(crate) mod user_policies;
pub(crate) mod users;
