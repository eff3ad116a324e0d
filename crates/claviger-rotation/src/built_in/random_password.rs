//! A new password that is set in no system: a secret that others read, such as the key of an internal service.

use claviger_types::{RotationFailure, Sensitive};

use super::{RotatedSystem, Versions, failed};
use crate::secret_value::SecretMembers;

/// Replaces the member `password` of a JSON object, and any other value as a whole.
pub(crate) struct RandomPassword;

impl RotatedSystem for RandomPassword {
    fn next(&self, current: &Sensitive<String>, versions: &Versions<'_>) -> Result<Sensitive<String>, RotationFailure> {
        let password = versions.password()?;
        Ok(match SecretMembers::parse(current) {
            Some(mut members) => {
                members.set("password", &password);
                members.to_text()
            }
            None => password,
        })
    }

    fn set(&self, _versions: &Versions<'_>) -> Result<(), RotationFailure> {
        Ok(())
    }

    fn test(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        if versions.required_pending()? == versions.current()? {
            return Err(failed("the pending value is the current one"));
        }
        Ok(())
    }
}
