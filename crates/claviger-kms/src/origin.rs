//! Checks of the origin of a key's material.

use claviger_model::kms::error;
use claviger_types::KeyOrigin;

use claviger_core::error::Error;

use super::key_lookup::FoundKey;

/// Refuses a key whose material is not imported.
pub(crate) fn require_imported(key: &FoundKey) -> Result<(), Error> {
    if key.record.origin == KeyOrigin::External { Ok(()) } else { Err(refusal(key)) }
}

/// Refuses a key whose material KMS did not make.
pub(crate) fn require_own(key: &FoundKey) -> Result<(), Error> {
    if key.record.origin == KeyOrigin::AwsKms { Ok(()) } else { Err(refusal(key)) }
}

/// Refuses a key in a key store.
pub(crate) fn require_here(key: &FoundKey) -> Result<(), Error> {
    if key.place.is_none() { Ok(()) } else { Err(refusal(key)) }
}

fn refusal(key: &FoundKey) -> Error {
    let text = format!("{} origin is {} which is not valid for this operation.", key.arn, key.record.origin);
    Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text)
}
