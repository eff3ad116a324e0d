//! Account aliases. At most one for each account; nothing here resolves them, clients manage and show them.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;

use claviger_core::context::Cx;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

/// The permission for an operation on the account's alias. It names no resource.
fn permission(action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
    RequiredPermission::new(action, "*", cx.account(), ResourcePolicy::Identity)
}
