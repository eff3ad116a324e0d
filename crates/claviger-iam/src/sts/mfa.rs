//! Multi-factor authentication, which this release does not have.

use claviger_core::error::Error;

/// Refuses a request with a device or its code. This release cannot check them, and to ignore them would let a caller believe
/// that they were checked.
pub(crate) fn refuse(serial_number: Option<&str>, token_code: Option<&str>) -> Result<(), Error> {
    if serial_number.is_none() && token_code.is_none() {
        return Ok(());
    }
    Err(Error::Denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial \
                       number is valid and associated with this user."
            .to_owned(),
    ))
}
