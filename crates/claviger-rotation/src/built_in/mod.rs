//! The built-in functions: the four steps that they share.
//!
//! Each step checks first that it is due, and may run again after it has been done or broken off.
//!
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>.

mod database;
mod random_password;
mod versions;

use claviger_types::{RotationCall, RotationFailure, RotationStep, Sensitive};

use crate::binding::PasswordOptions;
use crate::secrets_api::SecretsApi;

pub(crate) use database::{AlternatingUsers, Connector, MySql, Postgres, SingleUser};
pub(crate) use random_password::RandomPassword;
pub(crate) use versions::Versions;

/// The kinds of systems whose secrets are rotated. A function for a system has what differs.
pub(crate) trait RotatedSystem {
    /// The next value, made from the current one.
    fn next(&self, current: &Sensitive<String>, versions: &Versions<'_>) -> Result<Sensitive<String>, RotationFailure>;

    /// Makes the pending value valid in the system.
    fn set(&self, versions: &Versions<'_>) -> Result<(), RotationFailure>;

    /// Tests that the system accepts the pending value.
    fn test(&self, versions: &Versions<'_>) -> Result<(), RotationFailure>;
}

/// Does a step, unless its version is current already.
pub(crate) fn run(
    system: &dyn RotatedSystem,
    api: &dyn SecretsApi,
    passwords: &PasswordOptions,
    call: &RotationCall,
) -> Result<(), RotationFailure> {
    let versions = Versions { api, call, passwords };
    let Some(current) = versions.due()? else { return Ok(()) };
    match call.step {
        RotationStep::CreateSecret => {
            let value = versions.current()?;
            if versions.pending()?.is_some() {
                return Ok(());
            }
            versions.put(&system.next(&value, &versions)?)
        }
        RotationStep::SetSecret => system.set(&versions),
        RotationStep::TestSecret => system.test(&versions),
        RotationStep::FinishSecret => versions.finish(current.as_deref()),
    }
}

/// A failure that is reported as the function's own.
pub(crate) fn failed(text: impl Into<String>) -> RotationFailure {
    RotationFailure::Failed(text.into())
}
