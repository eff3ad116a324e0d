//! IAM.

pub(crate) mod groups;
pub(crate) mod policies;
pub(crate) mod role_policies;
pub(crate) mod roles;
pub(crate) mod user_policies;
pub(crate) mod users;
