//! Instance profiles: containers for the role of a machine. No machine of this service uses them; clients such as Terraform manage them.

pub(crate) mod add_role;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod list_for_role;
pub(crate) mod remove_role;
mod tagging;
