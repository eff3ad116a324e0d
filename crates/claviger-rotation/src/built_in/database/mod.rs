//! Secrets of database users: what is the same for every kind of server.

mod alternating_users;
mod login;
mod mysql;
mod postgres;
mod single_user;

use std::time::Duration;

use claviger_types::{RotationFailure, RotationStop};
use tokio::runtime::Runtime;
use tokio::time::timeout;

pub(crate) use alternating_users::AlternatingUsers;
use login::{Engine, Login};
pub(crate) use mysql::MySql;
pub(crate) use postgres::Postgres;
pub(crate) use single_user::SingleUser;

/// The time to connect and log in, and the time for a statement.
const TIME: Duration = Duration::from_secs(20);

/// A kind of server.
pub(crate) trait Database {
    /// A user's connection.
    type Session: Session;

    /// What the values of its secrets look like.
    fn engine(&self) -> &'static Engine;

    /// Logs in. None if the server refuses the name or the password.
    fn log_in(&self, login: &Login) -> Result<Option<Self::Session>, RotationFailure>;
}

/// A user's connection.
pub(crate) trait Session {
    /// Whether the session can be used.
    fn check(&mut self) -> Result<(), RotationFailure>;

    /// Changes the password of the session's own user, whom `login` names, to that of `login`.
    fn set_own_password(&mut self, login: &Login) -> Result<(), RotationFailure>;

    /// In the session of a master: lets `next` log in, with the permissions of the user `current`, whose session `like` is.
    /// The password is set last, so that it is accepted only when the rest is done.
    fn admit(&mut self, like: &mut Self, current: &Login, next: &Login) -> Result<(), RotationFailure>;
}

/// What connections to servers need.
#[derive(Clone, Copy)]
pub(crate) struct Connector<'a> {
    pub(crate) runtime: &'a Runtime,
    /// Certificates, as PEM. None: Mozilla's list.
    pub(crate) roots: Option<&'a [u8]>,
    /// Asked when the function must not go on.
    pub(crate) stop: &'a RotationStop,
}

impl Connector<'_> {
    /// Waits for work. None if its time is over, or if the function is asked to stop.
    fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.stop.asked() => None,
                done = timeout(TIME, work) => done.ok(),
            }
        })
    }
}
