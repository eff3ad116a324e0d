//! Rules that the rotation operations share.

use claviger_model::kms::error;
use claviger_store::tables::key_table::KeyRecord;
use claviger_types::KeySpec;

use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::state;

/// Days between rotations when the caller names none.
pub(crate) const PERIOD_DAYS_DEFAULT: i64 = 365;

/// Rotation can be set on a primary only, and not during a handover: the change would be lost with the role.
pub(crate) fn require_settable(key: &FoundKey) -> Result<(), Error> {
    // Other keys have one material for life.
    if key.record.spec != KeySpec::SymmetricDefault {
        return Err(Error::silent(error::UNSUPPORTED_OPERATION_EXCEPTION));
    }
    if key.record.multi_region.is_some() {
        state::require_primary(&key.record, &key.arn)?;
    }
    if hands_over(&key.record) { Err(state::refusal(key)) } else { Ok(()) }
}

fn hands_over(record: &KeyRecord) -> bool {
    record.multi_region.as_ref().is_some_and(|m| m.handover.is_some())
}
