//! Two roles take turns, so that the role of the value before stays usable until the next rotation.

use claviger_types::{RotationFailure, Sensitive};

use super::super::{RotatedSystem, Versions, failed};
use super::connection::{Server, Session};
use super::login::{Login, NAME_BYTES_MAX, members};
use super::single_user::test_pending;

/// The end of the second role's name, as in AWS's templates.
const CLONE: &str = "_clone";

/// The function for a secret of two roles. A master secret, which the member `masterarn` names, creates the second and sets both passwords.
pub(crate) struct AlternatingUsers<'a>(pub(crate) Server<'a>);

impl RotatedSystem for AlternatingUsers<'_> {
    fn next(&self, current: &Sensitive<String>, versions: &Versions<'_>) -> Result<Sensitive<String>, RotationFailure> {
        let mut value = members(current, "current")?;
        let login = Login::of_members(&value, "current")?;
        master_arn(current)?;
        value.set("username", &Sensitive::new(other_name(&login.username)?));
        value.set("password", &versions.password()?);
        Ok(value.to_text())
    }

    fn set(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        let value = versions.current()?;
        let current = Login::read(&value, "current")?;
        let pending = Login::read(&versions.required_pending()?, "pending")?;
        pending.require_server_of(&current, "pending")?;
        if pending.username != other_name(&current.username)? {
            return Err(failed("the pending value does not name the other user"));
        }
        if self.0.log_in(&pending)?.is_some() {
            // An earlier run has set it.
            return Ok(());
        }
        // The clone gets the permissions of the current role, so the current value must be true.
        if self.0.log_in(&current)?.is_none() {
            return Err(failed("the database refuses the current value"));
        }
        let master = self.master(&value, &current, versions)?;
        if master.role_exists(&pending.username)? {
            return master.admit(&pending.username, &pending.password);
        }
        master.clone_role(&current.username, &pending.username, &pending.password)
    }

    fn test(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        test_pending(&self.0, versions)
    }
}

impl AlternatingUsers<'_> {
    fn master(
        &self,
        value: &Sensitive<String>,
        current: &Login,
        versions: &Versions<'_>,
    ) -> Result<Session<'_>, RotationFailure> {
        let arn = master_arn(value)?;
        let master = Login::read(&versions.other(&arn)?, "master")?;
        master.require_server_of(current, "master")?;
        self.0.log_in(&master)?.ok_or_else(|| failed("the database refuses the master value"))
    }
}

fn master_arn(value: &Sensitive<String>) -> Result<String, RotationFailure> {
    let arn = members(value, "current")?.text("masterarn");
    arn.map(Sensitive::into_exposed).ok_or_else(|| failed("the member `masterarn` of the current value is missing"))
}

/// The name of the role whose turn is next.
fn other_name(name: &str) -> Result<String, RotationFailure> {
    let other = match name.strip_suffix(CLONE) {
        Some(original) => original.to_owned(),
        None => format!("{name}{CLONE}"),
    };
    let fits = (1..=NAME_BYTES_MAX).contains(&other.len());
    if fits { Ok(other) } else { Err(failed("the user's name leaves no name for the other user")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_turns() {
        assert_eq!(other_name("app").unwrap(), "app_clone");
        assert_eq!(other_name("app_clone").unwrap(), "app");
        assert_eq!(other_name(&"x".repeat(57)).unwrap().len(), 63);
        assert!(other_name(&"x".repeat(58)).is_err() && other_name("_clone").is_err());
    }
}
