//! Finding the grant that a request names, and the grants that it shows.

use claviger_store::tables::grant_table::{self, GrantConstraint, GrantRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::grant_token::{self, GrantClaims};
use claviger_model::kms::{GrantConstraints, GrantListEntry, error};

use super::grant_principals;
use super::key_lookup::FoundKey;

/// The grant of a key with an id.
pub(crate) fn find(cx: &Cx<'_, '_>, key: &FoundKey, id: &str) -> Result<Option<GrantRecord>, Error> {
    match grant_table::grant_set(cx.tx, &key.record.account, &key.record.id)? {
        Some(set) => Ok(grant_table::grant(cx.tx, &set, id)?),
        None => Ok(None),
    }
}

/// Refuses an id that no grant can have: it is 64 hexadecimal digits.
pub(crate) fn check_id(id: &str) -> Result<(), Error> {
    let is_id = id.len() == 64 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if is_id { Ok(()) } else { Err(Error::silent(error::INVALID_GRANT_ID_EXCEPTION)) }
}

/// The error that a key has no such grant.
pub(crate) fn not_found(id: &str) -> Error {
    Error::new(error::NOT_FOUND_EXCEPTION, format!("Grant {id} does not exist"))
}

/// Refuses grant tokens that this region has not issued. The token of a grant that was retired or revoked is not refused: clients
/// send tokens along with requests that other grants or policies allow.
pub(crate) fn check_tokens(cx: &Cx<'_, '_>, given: Option<&[String]>) -> Result<(), Error> {
    given.unwrap_or_default().iter().try_for_each(|token| open_token(cx, token).map(drop))
}

/// The grant that a token names.
pub(crate) fn open_token(cx: &Cx<'_, '_>, token: &str) -> Result<GrantClaims, Error> {
    grant_token::open(cx, token).ok_or_else(|| Error::silent(error::INVALID_GRANT_TOKEN_EXCEPTION))
}

/// A grant as lists show it.
pub(crate) fn entry(cx: &Cx<'_, '_>, grant: GrantRecord) -> Result<GrantListEntry, Error> {
    let retiring = grant.retiring.as_ref().map(|principal| grant_principals::shown(cx, principal)).transpose()?;
    Ok(GrantListEntry {
        key_id: Some(grant.key.arn(cx.region(), &grant.account).to_string()),
        grant_id: Some(grant.id),
        name: Some(grant.name.unwrap_or_default()),
        creation_date: Some(grant.created),
        grantee_principal: Some(grant_principals::shown(cx, &grant.grantee)?),
        retiring_principal: retiring,
        issuing_account: Some(grant.issuer.root_arn(cx.partition())),
        operations: Some(grant.operations.iter().map(ToString::to_string).collect()),
        constraints: grant.constraint.map(constraints),
    })
}

fn constraints(constraint: GrantConstraint) -> GrantConstraints {
    let mut shown = GrantConstraints::default();
    match constraint {
        GrantConstraint::Equals(pairs) => shown.encryption_context_equals = Some(pairs),
        GrantConstraint::Subset(pairs) => shown.encryption_context_subset = Some(pairs),
    }
    shown
}
