//! The admin socket: how commands of this machine ask and steer a running server.
//!
//! It is a unix socket in the data folder, for the owner alone, that speaks HTTP with JSON. `POST /NAME` runs the command of that name.
//! Commands run one at a time, on the task that owns the regions.

mod client;
mod socket;

pub(crate) use client::call;
pub(crate) use socket::AdminSocket;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::failure::Failure;

/// The socket of a data folder.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("admin.sock")
}

/// A command that was called.
pub(crate) struct AdminCall {
    /// The command's name, such as `config/reload`.
    pub(crate) command: String,
    /// What it was called with; null if with nothing.
    pub(crate) argument: Value,
    reply: oneshot::Sender<Result<Value, AdminError>>,
}

impl AdminCall {
    /// Answers the call. A caller that is gone is no failure.
    pub(crate) fn answer(self, outcome: Result<Value, AdminError>) {
        let _ = self.reply.send(outcome);
    }
}

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdminError {
    /// The status of HTTP: 404 for an unknown command, 400 for a wrong argument, 409 for what cannot be done now.
    pub(crate) status: u16,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) next: Option<String>,
}

impl AdminError {
    /// The command was called with something that it does not take.
    pub(crate) fn wrong_argument(command: &str) -> AdminError {
        AdminError {
            status: 400,
            what: format!("{command} was not done"),
            why: "it was called with an argument that it does not take".to_owned(),
            next: None,
        }
    }

    /// There is no such command.
    pub(crate) fn unknown(command: &str) -> AdminError {
        AdminError {
            status: 404,
            what: format!("the server has no command {command}"),
            why: "it may be of another version than this program".to_owned(),
            next: Some("start the server again with this version".to_owned()),
        }
    }
}

impl From<Failure> for AdminError {
    fn from(failure: Failure) -> AdminError {
        let (what, why, next) = failure.into_parts();
        AdminError { status: 409, what, why, next }
    }
}
