//! The commands of the admin socket about accounts and their root access keys.

use std::sync::Arc;

use claviger_host::Node;
use claviger_host::root_access_key::{self, RootAccessKey, RootAccessKeyError, RootKeyPurpose};
use claviger_types::{AccountId, Clock, Timestamp};
use serde_json::{Value, json};

use super::admin::AdminError;
use super::running::Running;
use crate::failure::Failure;
use crate::init::random_account;
use crate::system::{OsRandom, SystemClock};

impl Running {
    /// Does a command about accounts; none if it is no such command.
    pub(super) async fn account_command(&self, command: &str, argument: &Value) -> Option<Result<Value, AdminError>> {
        let work: Work = match command {
            "account/create" => create,
            "account/root-keys" => list,
            "account/create-root-key" => create_root_key,
            "account/delete-root-key" => delete_root_key,
            _ => return None,
        };
        let home = self.cluster.iam_home();
        let Some(node) = self.cluster.node(&home) else {
            let failure = Failure::new(
                "the command was not done",
                format!("region {home}, where IAM is written, does not run in this process"),
            );
            return Some(Err(failure.then("give the command on the machine of that region").into()));
        };
        let argument = argument.clone();
        let done = tokio::task::spawn_blocking(move || work(&node, &argument, SystemClock.now())).await;
        Some(done.unwrap_or_else(|_| Err(Failure::new("the command was not done", "the work was cancelled").into())))
    }
}

type Work = fn(&Arc<Node>, &Value, Timestamp) -> Result<Value, AdminError>;

fn create(node: &Arc<Node>, argument: &Value, now: Timestamp) -> Result<Value, AdminError> {
    let account = match argument["account"].is_null() {
        true => random_account(&OsRandom::new()?),
        false => account_of(argument)?,
    };
    let key = root_access_key::create(node, &account, RootKeyPurpose::NewAccount, now);
    Ok(made(&account, &key.map_err(refused("no account was made"))?))
}

fn create_root_key(node: &Arc<Node>, argument: &Value, now: Timestamp) -> Result<Value, AdminError> {
    let account = account_of(argument)?;
    let key = root_access_key::create(node, &account, RootKeyPurpose::KnownAccount, now);
    Ok(made(&account, &key.map_err(refused("no root access key was made"))?))
}

fn list(node: &Arc<Node>, argument: &Value, _: Timestamp) -> Result<Value, AdminError> {
    let account = account_of(argument)?;
    let keys = root_access_key::list(node, &account).map_err(refused("the keys cannot be listed"))?;
    let shown = keys.iter().map(|key| json!({ "access_key_id": key.id, "created": key.created.iso8601().to_string() }));
    Ok(json!({ "account": account.as_str(), "keys": shown.collect::<Vec<Value>>() }))
}

fn delete_root_key(node: &Arc<Node>, argument: &Value, now: Timestamp) -> Result<Value, AdminError> {
    let (account, id) = (account_of(argument)?, argument["access_key_id"].as_str().unwrap_or_default());
    root_access_key::delete(node, &account, id, now).map_err(refused("no key was deleted"))?;
    Ok(json!({ "account": account.as_str(), "deleted": id }))
}

fn made(account: &AccountId, key: &RootAccessKey) -> Value {
    json!({ "account": account.as_str(), "access_key_id": key.id, "secret_access_key": key.secret.expose() })
}

fn account_of(argument: &Value) -> Result<AccountId, AdminError> {
    let text = argument["account"].as_str().unwrap_or_default();
    AccountId::parse(text).ok().filter(|account| *account != AccountId::dev()).ok_or_else(|| {
        Failure::new("the command was not done", format!("{text:?} is no account id of a server")).into()
    })
}

fn refused(what: &'static str) -> impl Fn(RootAccessKeyError) -> AdminError {
    move |error| Failure::new(what, error).into()
}
