//! Grant tokens: the name of a grant, sealed by the region that holds it.
//!
//! A grant is in force from the commit that makes it, so a token gives nothing that the grant does not give without it. A token
//! shows no more than that this region issued it, and two tokens of one grant differ.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger_store::tables::grant_table::{GrantRecord, GrantSetId};
use claviger_types::{AccountId, KeyId};
use minicbor::{Decode, Encode};

use crate::context::Cx;
use crate::error::Error;

const CONTEXT: &[u8] = b"grant token v1";

/// The contents of a token.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantClaims {
    /// The owner of the key.
    #[n(0)]
    pub account: AccountId,
    /// The key.
    #[n(1)]
    pub key: KeyId,
    /// The key's set of grants.
    #[n(2)]
    pub set: GrantSetId,
    /// The grant's id.
    #[n(3)]
    pub grant: String,
}

/// A new token for a grant.
pub fn seal(cx: &Cx<'_, '_>, grant: &GrantRecord) -> Result<String, Error> {
    let claims =
        GrantClaims { account: grant.account.clone(), key: grant.key.clone(), set: grant.set, grant: grant.id.clone() };
    let claims = minicbor::to_vec(claims).map_err(|e| Error::Internal(format!("grant claims do not encode: {e}")))?;
    Ok(URL_SAFE_NO_PAD.encode(cx.grant_tokens.seal(cx.random, CONTEXT, &claims)))
}

/// Opens a token. None for one that this region has not issued.
pub fn open(cx: &Cx<'_, '_>, token: &str) -> Option<GrantClaims> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let claims = cx.grant_tokens.open(CONTEXT, &sealed).ok()?;
    minicbor::decode(&claims).ok()
}
