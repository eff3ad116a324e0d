//! Two users take turns, so that the user of the value before stays usable until the next rotation.

use claviger_types::{RotationFailure, Sensitive};

use super::super::{RotatedSystem, Versions, failed};
use super::login::{Engine, Login, members};
use super::single_user::test_pending;
use super::{Database, Session};

/// The end of the second user's name, as in AWS's templates.
const CLONE: &str = "_clone";

/// The function for a secret of two users. A master secret, which the member `masterarn` names, creates the second and sets both passwords.
pub(crate) struct AlternatingUsers<D>(pub(crate) D);

impl<D: Database> RotatedSystem for AlternatingUsers<D> {
    fn next(&self, current: &Sensitive<String>, versions: &Versions<'_>) -> Result<Sensitive<String>, RotationFailure> {
        let mut value = members(current, "current")?;
        let login = Login::of_members(&value, self.0.engine(), "current")?;
        master_arn(current)?;
        value.set("username", &Sensitive::new(other_name(&login.username, self.0.engine())?));
        value.set("password", &versions.password()?);
        Ok(value.to_text())
    }

    fn set(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        let value = versions.current()?;
        let current = Login::read(&value, self.0.engine(), "current")?;
        let pending = Login::read(&versions.required_pending()?, self.0.engine(), "pending")?;
        pending.require_server_of(&current, "pending")?;
        if pending.username != other_name(&current.username, self.0.engine())? {
            return Err(failed("the pending value does not name the other user"));
        }
        if self.0.log_in(&pending)?.is_some() {
            // An earlier run has set it.
            return Ok(());
        }
        // The other user gets the permissions of the current one, so the current value must be true.
        let Some(mut like) = self.0.log_in(&current)? else {
            return Err(failed("the database refuses the current value"));
        };
        self.master(&value, &current, versions)?.admit(&mut like, &current, &pending)
    }

    fn test(&self, versions: &Versions<'_>) -> Result<(), RotationFailure> {
        test_pending(&self.0, versions)
    }
}

impl<D: Database> AlternatingUsers<D> {
    fn master(
        &self,
        value: &Sensitive<String>,
        current: &Login,
        versions: &Versions<'_>,
    ) -> Result<D::Session, RotationFailure> {
        let arn = master_arn(value)?;
        let master = Login::read(&versions.other(&arn)?, self.0.engine(), "master")?;
        master.require_server_of(current, "master")?;
        self.0.log_in(&master)?.ok_or_else(|| failed("the database refuses the master value"))
    }
}

fn master_arn(value: &Sensitive<String>) -> Result<String, RotationFailure> {
    let arn = members(value, "current")?.text("masterarn");
    arn.map(Sensitive::into_exposed).ok_or_else(|| failed("the member `masterarn` of the current value is missing"))
}

/// The name of the user whose turn is next.
fn other_name(name: &str, engine: &Engine) -> Result<String, RotationFailure> {
    let other = match name.strip_suffix(CLONE) {
        Some(original) => original.to_owned(),
        None => format!("{name}{CLONE}"),
    };
    let fits = !other.is_empty() && engine.has_room_for(&other);
    if fits { Ok(other) } else { Err(failed("the user's name leaves no name for the other user")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::database::postgres::ENGINE;

    #[test]
    fn names_take_turns() {
        let other_name = |name: &str| other_name(name, &ENGINE);
        assert_eq!(other_name("app").unwrap(), "app_clone");
        assert_eq!(other_name("app_clone").unwrap(), "app");
        assert_eq!(other_name(&"x".repeat(57)).unwrap().len(), 63);
        assert!(other_name(&"x".repeat(58)).is_err() && other_name("_clone").is_err());
    }
}
