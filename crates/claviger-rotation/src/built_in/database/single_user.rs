//! A user changes its own password.

use claviger_types::{RotationFailure, Sensitive};

use super::super::{RotatedSystem, Versions, failed};
use super::login::{Login, members};
use super::{Database, Session};

/// The function for a secret of one user.
pub(crate) struct SingleUser<D>(pub(crate) D);

impl<D: Database> RotatedSystem for SingleUser<D> {
    fn next(&self, current: &Sensitive<String>, versions: &Versions<'_>) -> Result<Sensitive<String>, RotationFailure> {
        let mut value = members(current, "current")?;
        Login::of_members(&value, self.0.engine(), "current")?;
        value.set("password", &versions.password()?);
        Ok(value.to_text())
    }

    fn set(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        let current = Login::read(&versions.current()?, self.0.engine(), "current")?;
        let pending = Login::read(&versions.required_pending()?, self.0.engine(), "pending")?;
        same_user(&pending, &current, "pending")?;
        if self.0.log_in(&pending)?.is_some() {
            // An earlier run has set it.
            return Ok(());
        }
        self.session(&current, versions)?.set_own_password(&pending)
    }

    fn test(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        test_pending(&self.0, versions)
    }
}

impl<D: Database> SingleUser<D> {
    /// Logs in with the current value, or else with the one before, in case the password was never changed to the current one.
    fn session(&self, current: &Login, versions: &Versions<'_>) -> Result<D::Session, RotationFailure> {
        if let Some(session) = self.0.log_in(current)? {
            return Ok(session);
        }
        if let Some(value) = versions.previous()? {
            let previous = Login::read(&value, self.0.engine(), "previous")?;
            same_user(&previous, current, "previous")?;
            if let Some(session) = self.0.log_in(&previous)? {
                return Ok(session);
            }
        }
        Err(failed("the database accepts neither the pending, the current nor the previous value"))
    }
}

/// Refuses a value that is for another user or another server than the current one.
fn same_user(login: &Login, current: &Login, of: &str) -> Result<(), RotationFailure> {
    login.require_server_of(current, of)?;
    if login.username == current.username {
        return Ok(());
    }
    Err(failed(format!("the {of} value names another user than the current value")))
}

/// Logs in with the pending value and sends a statement.
pub(crate) fn test_pending<D: Database>(database: &D, versions: &Versions<'_>) -> Result<(), RotationFailure> {
    let pending = Login::read(&versions.required_pending()?, database.engine(), "pending")?;
    let session = database.log_in(&pending)?;
    session.ok_or_else(|| failed("the database refuses the pending value"))?.check()
}
