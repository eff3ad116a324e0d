//! Who and what there is in every simulation.

use claviger_types::{AccountId, Caller, CallerKind};

/// The names of secrets that all regions share: few, so that they meet.
pub(super) const SECRET_NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// The one account of the world.
pub(super) fn account() -> AccountId {
    AccountId::dev()
}

/// The one caller.
pub(super) fn caller() -> Caller {
    Caller { account: account(), kind: CallerKind::Root, access_key_id: "test".to_owned(), session: None }
}
