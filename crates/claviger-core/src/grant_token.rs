//! Grant tokens: the name of a grant, sealed by the region that holds it.
//!
//! A grant is in force from the commit that makes it, so a token gives nothing that the grant does not give without it. A token
//! shows no more than that this region issued it, and two tokens of one grant differ.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger_crypto::SealKey;
use claviger_store::tables::grant_table::{GrantRecord, GrantSetId};
use claviger_types::{AccountId, KeyId, Random};
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
    seal_under(cx.grant_tokens, &claims, cx.random)
}

/// Opens a token. None for one that this region has not issued.
pub fn open(cx: &Cx<'_, '_>, token: &str) -> Option<GrantClaims> {
    open_under(cx.grant_tokens, token)
}

fn seal_under(key: &SealKey, claims: &GrantClaims, random: &dyn Random) -> Result<String, Error> {
    let claims = minicbor::to_vec(claims).map_err(|e| Error::Internal(format!("grant claims do not encode: {e}")))?;
    Ok(URL_SAFE_NO_PAD.encode(key.seal(random, CONTEXT, &claims)))
}

fn open_under(key: &SealKey, token: &str) -> Option<GrantClaims> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let claims = key.open(CONTEXT, &sealed).ok()?;
    minicbor::decode(&claims).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_crypto::RootKey;
    use claviger_types::SeededRandom;
    use proptest::prelude::*;

    use super::*;

    fn key(seed: u64) -> SealKey {
        RootKey::generate(&SeededRandom::new(seed)).seal_key("grant tokens")
    }

    fn claims() -> GrantClaims {
        GrantClaims {
            account: AccountId::dev(),
            key: KeyId::parse("1234abcd-12ab-34cd-56ef-1234567890ab").unwrap(),
            set: GrantSetId::from([7; 16]),
            grant: "1f".repeat(32),
        }
    }

    #[test]
    fn a_token_names_its_grant_in_its_region() {
        let random = SeededRandom::new(1);
        let token = seal_under(&key(1), &claims(), &random).unwrap();
        assert_eq!(open_under(&key(1), &token), Some(claims()));
        assert_eq!(open_under(&key(2), &token), None);
        assert_ne!(seal_under(&key(1), &claims(), &random).unwrap(), token);
    }

    #[test]
    fn no_byte_of_a_token_may_change() {
        let token = seal_under(&key(1), &claims(), &SeededRandom::new(1)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert_eq!(open_under(&key(1), &URL_SAFE_NO_PAD.encode(&altered)), None, "byte {at}");
            assert_eq!(open_under(&key(1), &URL_SAFE_NO_PAD.encode(&bytes[..at])), None, "length {at}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_without_harm(text: String) {
            prop_assert_eq!(open_under(&key(1), &text), None);
        }
    }
}
