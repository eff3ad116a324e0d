//! What a key's state allows (reference: AWS KMS Developer Guide, "Key states of AWS KMS keys").

use claviger_store::tables::keys::{KeyRecord, KeyState};
use claviger_types::KeyArn;

use claviger_core::error::Error;

use super::keys::FoundKey;

/// Cryptography: enabled keys, and keys whose primary is just changing.
pub(crate) fn require_usable(key: &FoundKey) -> Result<(), Error> {
    match key.record.state {
        KeyState::Enabled | KeyState::Updating => Ok(()),
        _ => Err(refusal(key)),
    }
}

/// Changes of the key that wait for nothing: not while it is disabled, pending, creating or updating.
pub(crate) fn require_enabled(key: &FoundKey) -> Result<(), Error> {
    match key.record.state {
        KeyState::Enabled => Ok(()),
        _ => Err(refusal(key)),
    }
}

/// Aliases, tags and descriptions: in every state but those of deletion.
pub(crate) fn require_not_pending_deletion(key: &FoundKey) -> Result<(), Error> {
    match key.record.state {
        KeyState::PendingDeletion { .. } | KeyState::PendingReplicaDeletion { .. } => Err(refusal(key)),
        KeyState::Creating | KeyState::Enabled | KeyState::Disabled | KeyState::Updating => Ok(()),
    }
}

/// Enabling and disabling: enabled and disabled keys.
pub(crate) fn require_settled(key: &FoundKey) -> Result<(), Error> {
    match key.record.state {
        KeyState::Enabled | KeyState::Disabled => Ok(()),
        _ => Err(refusal(key)),
    }
}

/// Scheduling deletion: in every state but those of deletion and updating.
pub(crate) fn require_deletable(key: &FoundKey) -> Result<(), Error> {
    require_not_pending_deletion(key)?;
    if key.record.state == KeyState::Updating { Err(refusal(key)) } else { Ok(()) }
}

/// Cancelling a deletion: only what is pending.
pub(crate) fn require_pending_deletion(key: &FoundKey) -> Result<(), Error> {
    match require_not_pending_deletion(key) {
        Err(_) => Ok(()),
        Ok(()) => Err(invalid_state(format!("{} is not pending deletion.", key.arn))),
    }
}

/// What AWS says of a key that cannot be used in the state it is in.
pub(crate) fn refusal(key: &FoundKey) -> Error {
    let arn = &key.arn;
    match key.record.state {
        KeyState::Disabled => Error::new("DisabledException", format!("{arn} is disabled.")),
        KeyState::PendingDeletion { .. } => invalid_state(format!("{arn} is pending deletion.")),
        // Clients look for the words "is pending deletion" on a key that waits for its replicas too.
        KeyState::PendingReplicaDeletion { .. } => invalid_state(format!("{arn} is pending deletion.")),
        KeyState::Creating => invalid_state(format!("{arn} is creating.")),
        KeyState::Updating => invalid_state(format!("{arn} is updating.")),
        KeyState::Enabled => invalid_state(format!("{arn} is enabled.")),
    }
}

fn invalid_state(text: String) -> Error {
    Error::new("KMSInvalidStateException", text)
}

/// What only a multi-Region primary can do.
pub(crate) fn require_primary(record: &KeyRecord, arn: &KeyArn) -> Result<(), Error> {
    let primary = record.multi_region.as_ref().is_some_and(|m| m.primary == arn.region);
    if primary {
        Ok(())
    } else {
        Err(Error::new("UnsupportedOperationException", format!("{arn} is not a multi-region primary key.")))
    }
}

/// The name of a state in the API.
pub(crate) fn name(state: &KeyState) -> &'static str {
    match state {
        KeyState::Creating => "Creating",
        KeyState::Enabled => "Enabled",
        KeyState::Disabled => "Disabled",
        KeyState::PendingDeletion { .. } => "PendingDeletion",
        KeyState::PendingReplicaDeletion { .. } => "PendingReplicaDeletion",
        KeyState::Updating => "Updating",
    }
}
