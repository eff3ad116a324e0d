//! The names, the account and the caller of every simulation.

use claviger_types::{AccountId, Caller, CallerKind};

/// The names of secrets that all regions share. They are few, so that regions use the same ones.
pub(super) const SECRET_NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// The only account.
pub(super) fn account() -> AccountId {
    AccountId::dev()
}

/// The only caller.
pub(super) fn caller() -> Caller {
    Caller { account: account(), kind: CallerKind::Root, access_key_id: "test".to_owned(), session: None }
}
