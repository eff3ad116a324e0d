//! A role changes its own password.

use claviger_types::{RotationFailure, Sensitive};

use super::super::{RotatedSystem, Versions, failed};
use super::connection::{Server, Session};
use super::login::{Login, members};

/// The function for a secret of one role.
pub(crate) struct SingleUser<'a>(pub(crate) Server<'a>);

impl RotatedSystem for SingleUser<'_> {
    fn next(&self, current: &Sensitive<String>, versions: &Versions<'_>) -> Result<Sensitive<String>, RotationFailure> {
        let mut value = members(current, "current")?;
        Login::of_members(&value, "current")?;
        value.set("password", &versions.password()?);
        Ok(value.to_text())
    }

    fn set(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        let current = Login::read(&versions.current()?, "current")?;
        let pending = Login::read(&versions.required_pending()?, "pending")?;
        same_role(&pending, &current, "pending")?;
        if self.0.log_in(&pending)?.is_some() {
            // An earlier run has set it.
            return Ok(());
        }
        self.session(&current, versions)?.set_password(&pending.username, &pending.password)
    }

    fn test(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        test_pending(&self.0, versions)
    }
}

impl SingleUser<'_> {
    /// Logs in with the current value, or else with the one before, in case the role's password was never changed to the current one.
    fn session(&self, current: &Login, versions: &Versions<'_>) -> Result<Session<'_>, RotationFailure> {
        if let Some(session) = self.0.log_in(current)? {
            return Ok(session);
        }
        if let Some(value) = versions.previous()? {
            let previous = Login::read(&value, "previous")?;
            same_role(&previous, current, "previous")?;
            if let Some(session) = self.0.log_in(&previous)? {
                return Ok(session);
            }
        }
        Err(failed("the database accepts neither the pending, the current nor the previous value"))
    }
}

/// Refuses a value that is for another role or another server than the current one.
fn same_role(login: &Login, current: &Login, of: &str) -> Result<(), RotationFailure> {
    login.require_server_of(current, of)?;
    if login.username == current.username {
        return Ok(());
    }
    Err(failed(format!("the {of} value names another user than the current value")))
}

/// Logs in with the pending value and sends a statement.
pub(crate) fn test_pending(server: &Server<'_>, versions: &Versions<'_>) -> Result<(), RotationFailure> {
    let pending = Login::read(&versions.required_pending()?, "pending")?;
    let session = server.log_in(&pending)?.ok_or_else(|| failed("the database refuses the pending value"))?;
    session.check()
}
