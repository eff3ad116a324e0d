//! IAM and session-token keys: written in one region, copied to all others, so that each can authenticate and authorize alone.
//!
//! The `announce_*` functions are called by the IAM home's operations, after the write and in its transaction, with the other
//! regions of the partition; elsewhere what they leave in the outbox says nothing.

use claviger_store::tables::iam_table::{self, AccessKeyRecord, RoleRecord};
use claviger_store::tables::policy_version_table::{self as version_table, PolicyVersionRecord};
use claviger_store::tables::region_table::{self, TokenKeyRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{AccountId, Region};

use crate::change::{Change, IamKind, IamName, IamState};
use crate::engine::{Error, PeerContext, Verdict};
use crate::secret_transfer::{SecretParts, SecretSubject, request_secrets};

/// The bytes of a session-token key.
const TOKEN_KEY_BYTES: usize = 32;

/// Tells `peers` of a user that was written or deleted. A renamed user is announced under both names.
pub fn announce_user(tx: &mut Tx<'_>, peers: &[Region], account: &AccountId, name: &str) -> Result<(), StoreError> {
    announce(tx, peers, IamKind::User, account, name)
}

/// Tells `peers` of a role that was written or deleted.
pub fn announce_role(tx: &mut Tx<'_>, peers: &[Region], account: &AccountId, name: &str) -> Result<(), StoreError> {
    announce(tx, peers, IamKind::Role, account, name)
}

/// Tells `peers` of a managed policy that was written or deleted.
pub fn announce_policy(tx: &mut Tx<'_>, peers: &[Region], account: &AccountId, name: &str) -> Result<(), StoreError> {
    announce(tx, peers, IamKind::Policy, account, name)
}

/// Tells `peers` of a version of a managed policy that was written or deleted.
pub fn announce_policy_version(
    tx: &mut Tx<'_>,
    peers: &[Region],
    account: &AccountId,
    policy_id: &str,
    number: u32,
) -> Result<(), StoreError> {
    announce(tx, peers, IamKind::PolicyVersion, account, &policy_version_name(policy_id, number))
}

/// The name under which a version of a policy travels.
pub(crate) fn policy_version_name(policy_id: &str, number: u32) -> String {
    format!("{policy_id}/{number}")
}

/// Reads the version of a policy that a name stands for.
pub(crate) fn policy_version(tx: &Tx<'_>, name: &IamName) -> Result<Option<PolicyVersionRecord>, StoreError> {
    let parts = name.name.split_once('/').and_then(|(id, number)| Some((id, number.parse().ok()?)));
    parts.map_or(Ok(None), |(id, number)| version_table::policy_version(tx, &name.account, id, number))
}

/// Tells `peers` of an access key that was written or deleted.
pub fn announce_access_key(tx: &mut Tx<'_>, peers: &[Region], account: &AccountId, id: &str) -> Result<(), StoreError> {
    announce(tx, peers, IamKind::AccessKey, account, id)
}

/// Tells `peers` of a session-token key that this region has made.
pub fn announce_token_key(tx: &mut Tx<'_>, peers: &[Region], id: &str) -> Result<(), StoreError> {
    peers.iter().try_for_each(|peer| Change::TokenKey(id.to_owned()).push(tx, peer))
}

fn announce(
    tx: &mut Tx<'_>,
    peers: &[Region],
    kind: IamKind,
    account: &AccountId,
    name: &str,
) -> Result<(), StoreError> {
    let change = Change::Iam(IamName { kind, account: account.clone(), name: name.to_owned() });
    peers.iter().try_for_each(|peer| change.push(tx, peer))
}

/// What the home region tells of an entity.
pub(crate) fn outgoing(cx: &mut PeerContext<'_, '_>, name: IamName) -> Result<Option<IamState>, Error> {
    if cx.here != cx.iam_home {
        return Ok(None);
    }
    let state = match name.kind {
        IamKind::User => iam_table::user(cx.tx, &name.account, &name.name)?.map(IamState::User),
        IamKind::Role => iam_table::role(cx.tx, &name.account, &name.name)?.map(IamState::Role),
        IamKind::Policy => iam_table::policy(cx.tx, &name.account, &name.name)?.map(IamState::Policy),
        IamKind::AccessKey => iam_table::access_key(cx.tx, &name.name)?.map(|mut record| {
            // The secret travels by itself, sealed to the receiver.
            record.secret = Vec::new();
            IamState::AccessKey(record)
        }),
        IamKind::PolicyVersion => policy_version(cx.tx, &name)?.map(IamState::PolicyVersion),
    };
    Ok(Some(state.unwrap_or(IamState::Deleted(name))))
}

/// Takes in what the home region says of an entity.
pub(crate) fn apply(cx: &mut PeerContext<'_, '_>, state: IamState) -> Result<Verdict, Error> {
    if cx.peer != cx.iam_home {
        return Ok(Verdict::Forbidden);
    }
    match state {
        IamState::User(record) => iam_table::save_user(cx.tx, &record)?,
        IamState::Role(record) => save_role(cx, &record)?,
        IamState::Policy(record) => iam_table::save_policy(cx.tx, &record)?,
        IamState::AccessKey(record) => save_access_key(cx, record)?,
        IamState::PolicyVersion(record) => version_table::save_policy_version(cx.tx, &record)?,
        IamState::Deleted(name) => delete(cx, &name)?,
    }
    Ok(Verdict::Applied)
}

fn save_role(cx: &mut PeerContext<'_, '_>, record: &RoleRecord) -> Result<(), Error> {
    // A role that was deleted and made again may arrive as one change. Nothing of the earlier role is to stay.
    let before = iam_table::role(cx.tx, &record.identity.account, &record.identity.name)?;
    if let Some(before) = before.filter(|before| before.identity.id != record.identity.id) {
        iam_table::delete_role(cx.tx, &before)?;
    }
    Ok(iam_table::save_role(cx.tx, record)?)
}

fn save_access_key(cx: &mut PeerContext<'_, '_>, mut record: AccessKeyRecord) -> Result<(), Error> {
    let before = iam_table::access_key(cx.tx, &record.id)?.filter(|before| before.user_id == record.user_id);
    record.secret = before.map(|before| before.secret).unwrap_or_default();
    iam_table::save_access_key(cx.tx, &record)?;
    if record.secret.is_empty() {
        request_secrets(cx, SecretSubject::AccessKey(record.id), Vec::new())?;
    }
    Ok(())
}

fn delete(cx: &mut PeerContext<'_, '_>, name: &IamName) -> Result<(), Error> {
    match name.kind {
        IamKind::User => {
            if let Some(record) = iam_table::user(cx.tx, &name.account, &name.name)? {
                iam_table::delete_user(cx.tx, &record)?;
            }
        }
        IamKind::Role => {
            if let Some(record) = iam_table::role(cx.tx, &name.account, &name.name)? {
                iam_table::delete_role(cx.tx, &record)?;
            }
        }
        IamKind::Policy => iam_table::delete_policy(cx.tx, &name.account, &name.name)?,
        IamKind::AccessKey => {
            if let Some(record) = iam_table::access_key(cx.tx, &name.name)? {
                iam_table::delete_access_key(cx.tx, &record)?;
            }
        }
        IamKind::PolicyVersion => {
            if let Some(record) = policy_version(cx.tx, name)? {
                version_table::delete_policy_version(cx.tx, &record)?;
            }
        }
    }
    Ok(())
}

/// Takes in the secret of an access key.
pub(crate) fn receive_access_key(cx: &mut PeerContext<'_, '_>, id: &str, parts: SecretParts) -> Result<Verdict, Error> {
    if cx.peer != cx.iam_home {
        return Ok(Verdict::Forbidden);
    }
    let Some(mut record) = iam_table::access_key(cx.tx, id)? else { return Ok(Verdict::Stale) };
    let Some((_, secret)) = parts.into_iter().find(|(name, _)| name == id.as_bytes()) else {
        return Ok(Verdict::Stale);
    };
    record.secret = cx.env.keyring.seal(cx.env.random, &[b"access-key", id.as_bytes()], &secret);
    iam_table::save_access_key(cx.tx, &record)?;
    Ok(Verdict::Applied)
}

/// What this region tells of a session-token key of its own.
pub(crate) fn outgoing_token_key(cx: &mut PeerContext<'_, '_>, id: &str) -> Result<Option<TokenKeyRecord>, Error> {
    let record = region_table::token_key(cx.tx, id)?.filter(|record| record.region == *cx.here);
    Ok(record.map(|record| TokenKeyRecord { sealed: Vec::new(), ..record }))
}

/// Takes in that the peer has a session-token key.
pub(crate) fn apply_token_key(cx: &mut PeerContext<'_, '_>, record: TokenKeyRecord) -> Result<Verdict, Error> {
    let before = region_table::token_key(cx.tx, &record.id)?;
    let others = before.as_ref().is_some_and(|before| before.region != *cx.peer);
    if record.region != *cx.peer || others {
        return Ok(Verdict::Forbidden);
    }
    if before.is_some_and(|before| !before.sealed.is_empty()) {
        return Ok(Verdict::Stale);
    }
    let id = record.id.clone();
    region_table::save_token_key(cx.tx, &TokenKeyRecord { sealed: Vec::new(), ..record })?;
    request_secrets(cx, SecretSubject::TokenKey(id), Vec::new())?;
    Ok(Verdict::Applied)
}

/// Takes in a session-token key of the peer.
pub(crate) fn receive_token_key(cx: &mut PeerContext<'_, '_>, id: &str, parts: SecretParts) -> Result<Verdict, Error> {
    let Some(mut record) = region_table::token_key(cx.tx, id)? else { return Ok(Verdict::Stale) };
    if record.region != *cx.peer {
        return Ok(Verdict::Forbidden);
    }
    let key = parts.into_iter().find(|(name, key)| name == id.as_bytes() && key.len() == TOKEN_KEY_BYTES);
    let Some((_, key)) = key else { return Ok(Verdict::Stale) };
    record.sealed = cx.env.keyring.seal(cx.env.random, &[b"token-key", id.as_bytes()], &key);
    region_table::save_token_key(cx.tx, &record)?;
    Ok(Verdict::Applied)
}

#[cfg(test)]
#[path = "iam_replication_tests.rs"]
mod tests;
