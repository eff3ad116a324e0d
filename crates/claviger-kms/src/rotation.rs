//! Rules that the rotation operations share.

use claviger_model::kms::error;
use claviger_types::KeySpec;

use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::origin;
use super::state::{self, KeyAction};

/// Days between rotations when the caller names none.
pub(crate) const PERIOD_DAYS_DEFAULT: i64 = 365;

/// Automatic rotation is for symmetric keys whose material KMS made. Other keys have one material for life, or material of their
/// owner's.
pub(crate) fn require_settable(key: &FoundKey) -> Result<(), Error> {
    origin::require_own(key)?;
    state::require(KeyAction::Use, key)?;
    if key.record.spec != KeySpec::SymmetricDefault {
        return Err(Error::silent(error::UNSUPPORTED_OPERATION_EXCEPTION));
    }
    require_primary(key)
}

/// Rotation is a matter of the primary only, and not during a handover: the change would be lost with the role.
pub(crate) fn require_primary(key: &FoundKey) -> Result<(), Error> {
    if key.record.multi_region.is_some() {
        state::require_primary(&key.record, &key.arn)?;
    }
    if state::hands_over(&key.record) { Err(state::updating(key)) } else { Ok(()) }
}
