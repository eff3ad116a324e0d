//! The actions that a key's state allows (reference: AWS KMS Developer Guide, "Key states of AWS KMS keys").

use claviger_store::tables::key_table::{KeyRecord, KeyState};
use claviger_types::KeyArn;

use claviger_core::error::Error;
use claviger_model::kms::error;

use super::key_lookup::FoundKey;

/// The kinds of action that AWS's table of key states distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyAction {
    /// Actions that every state allows: reading the key's metadata, policy, tags and settings, and putting its policy.
    Any,
    /// Cryptography, and rotation settings.
    Use,
    /// Making a grant.
    Grant,
    /// Reading the public key.
    ReadPublicKey,
    /// Replicating the key, and changing its primary.
    Replicate,
    /// Enabling and disabling.
    Switch,
    /// Changing aliases, tags and the description.
    Describe,
    /// Scheduling the deletion.
    ScheduleDeletion,
    /// Cancelling the deletion.
    CancelDeletion,
    /// Getting the parameters for an import.
    GetImportParameters,
    /// Importing material.
    Import,
    /// Deleting imported material.
    DeleteImported,
}

/// The table. A key that is `Updating` hands its primary role over and can be used meanwhile. A key that is `Creating` is a
/// replica that waits for its material.
fn allows(action: KeyAction, state: &KeyState) -> bool {
    use KeyAction as A;
    use KeyState as S;
    match (state, action) {
        (_, A::Any) => true,
        (S::Enabled, action) => action != A::CancelDeletion,
        (S::Disabled, action) => !matches!(action, A::Use | A::Grant | A::Replicate | A::CancelDeletion),
        (S::PendingImport, action) => {
            !matches!(action, A::Use | A::Grant | A::Replicate | A::Switch | A::CancelDeletion)
        }
        (S::Updating, action) => matches!(action, A::Use | A::Grant | A::ReadPublicKey | A::Describe | A::Import),
        (S::Creating, action) => matches!(action, A::Describe | A::ScheduleDeletion),
        (S::PendingDeletion { .. } | S::PendingReplicaDeletion { .. }, action) => {
            matches!(action, A::CancelDeletion | A::DeleteImported)
        }
    }
}

/// The table's column for a key whose key store is not connected. Its own state shows again when it is.
fn allows_unavailable(action: KeyAction) -> bool {
    use KeyAction as A;
    matches!(action, A::Any | A::Grant | A::Switch | A::Describe | A::ScheduleDeletion)
}

/// Refuses an action that the key's state does not allow.
pub(crate) fn require(action: KeyAction, key: &FoundKey) -> Result<(), Error> {
    let allowed = match key.is_unavailable() {
        true => allows_unavailable(action),
        false => allows(action, &key.record.state),
    };
    // A key can lose its imported material while its role passes to another region.
    if allowed && hands_over(&key.record) && !allows(action, &KeyState::Updating) {
        return Err(updating(key));
    }
    if allowed {
        return Ok(());
    }
    Err(match action {
        KeyAction::CancelDeletion => invalid(format!("{} is not pending deletion.", key.arn)),
        _ => refusal(key),
    })
}

/// Whether a change of the key's primary is under way in this region.
pub(crate) fn hands_over(record: &KeyRecord) -> bool {
    record.multi_region.as_ref().is_some_and(|shared| shared.handover.is_some())
}

/// The error for a change that would be lost with the role of the primary.
pub(crate) fn updating(key: &FoundKey) -> Error {
    invalid(format!("{} is updating.", key.arn))
}

/// Whether the key is scheduled for deletion, or waits for its replicas to be deleted.
pub(crate) fn is_pending_deletion(record: &KeyRecord) -> bool {
    allows(KeyAction::CancelDeletion, &record.state)
}

/// AWS's error for a key whose state does not allow its use.
pub(crate) fn refusal(key: &FoundKey) -> Error {
    let arn = &key.arn;
    if key.is_unavailable() {
        return invalid(format!("{arn} is unavailable."));
    }
    match key.record.state {
        KeyState::Disabled => Error::new(error::DISABLED_EXCEPTION, format!("{arn} is disabled.")),
        KeyState::PendingDeletion { .. } => invalid(format!("{arn} is pending deletion.")),
        // Clients look for the words "is pending deletion" on a key that waits for its replicas too.
        KeyState::PendingReplicaDeletion { .. } => invalid(format!("{arn} is pending deletion.")),
        KeyState::Creating => invalid(format!("{arn} is creating.")),
        KeyState::Updating => invalid(format!("{arn} is updating.")),
        KeyState::Enabled => invalid(format!("{arn} is enabled.")),
        KeyState::PendingImport => invalid(format!("{arn} is pending import.")),
    }
}

/// AWS's error for a key that is in another state than the operation needs.
pub(crate) fn invalid(text: String) -> Error {
    Error::new(error::KMS_INVALID_STATE_EXCEPTION, text)
}

/// Refuses a key that is not a multi-Region primary.
pub(crate) fn require_primary(record: &KeyRecord, arn: &KeyArn) -> Result<(), Error> {
    let primary = record.multi_region.as_ref().is_some_and(|m| m.primary == arn.region);
    if primary {
        Ok(())
    } else {
        Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, format!("{arn} is not a multi-region primary key.")))
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
        KeyState::PendingImport => "PendingImport",
    }
}

#[cfg(test)]
mod tests {
    use claviger_types::Timestamp;

    use super::*;

    #[test]
    fn the_table() {
        use KeyAction as A;
        let all = [
            A::Any,
            A::Use,
            A::Grant,
            A::ReadPublicKey,
            A::Replicate,
            A::Switch,
            A::Describe,
            A::ScheduleDeletion,
            A::CancelDeletion,
            A::GetImportParameters,
            A::Import,
            A::DeleteImported,
        ];
        let check = |state: KeyState, refused: &[KeyAction]| {
            let found: Vec<KeyAction> = all.into_iter().filter(|action| !allows(*action, &state)).collect();
            assert_eq!(found, refused, "{state:?}");
        };
        check(KeyState::Enabled, &[A::CancelDeletion]);
        check(KeyState::Disabled, &[A::Use, A::Grant, A::Replicate, A::CancelDeletion]);
        check(KeyState::PendingImport, &[A::Use, A::Grant, A::Replicate, A::Switch, A::CancelDeletion]);
        let updating = [
            A::Replicate,
            A::Switch,
            A::ScheduleDeletion,
            A::CancelDeletion,
            A::GetImportParameters,
            A::DeleteImported,
        ];
        check(KeyState::Updating, &updating);
        let creating = [
            A::Use,
            A::Grant,
            A::ReadPublicKey,
            A::Replicate,
            A::Switch,
            A::CancelDeletion,
            A::GetImportParameters,
            A::Import,
            A::DeleteImported,
        ];
        check(KeyState::Creating, &creating);
        let deleted = [
            A::Use,
            A::Grant,
            A::ReadPublicKey,
            A::Replicate,
            A::Switch,
            A::Describe,
            A::ScheduleDeletion,
            A::GetImportParameters,
            A::Import,
        ];
        check(KeyState::PendingDeletion { date: Timestamp(0) }, &deleted);
        check(KeyState::PendingReplicaDeletion { window_days: 7 }, &deleted);
        let unavailable: Vec<KeyAction> = all.into_iter().filter(|action| allows_unavailable(*action)).collect();
        assert_eq!(unavailable, [A::Any, A::Grant, A::Switch, A::Describe, A::ScheduleDeletion]);
    }
}
