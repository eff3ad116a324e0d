//! Service-linked roles: roles of AWS services with names that the services choose. No service of AWS runs here, so nothing assumes them. Clients
//! make them before they use such a service, and expect AWS's names.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deletion_status;
mod names;

use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_store::tables::iam_table::RoleRecord;

/// The path of all service-linked roles; the service's name follows.
pub(crate) const PATH: &str = "/aws-service-role/";

/// Whether a role is a service-linked one.
pub(crate) fn is(role: &RoleRecord) -> bool {
    role.identity.path.starts_with(PATH)
}

/// The error for a change of a role that only its service may make.
pub(crate) fn protected(role: &RoleRecord) -> Error {
    let name = &role.identity.name;
    let text =
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS");
    Error::new(error::UNMODIFIABLE_ENTITY_EXCEPTION, text)
}
