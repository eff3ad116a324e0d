//! Session tokens: the caller and the session, sealed so that every region can open the token without another region.
//!
//! A token is the base64 of `version (1) ‖ token key id (16) ‖ sealed claims`. The claims are sealed under the token key of the
//! region that issued it. Every region holds every region's token keys, so a token is valid while its issuer is down. A session
//! is not stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use claviger_crypto::{DataKey, Keyring, open_with_data_key, seal_with_data_key};
use claviger_store::Tx;
use claviger_store::tables::region_table;
use claviger_types::{Caller, Random, Sensitive};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};
use zeroize::Zeroizing;

use crate::context::Cx;
use crate::error::Error;

const VERSION: u8 = 1;

/// Bytes of a token key's id.
const ID_LEN: usize = 16;

/// The contents of a token.
#[derive(Debug, Encode, Decode)]
pub struct SessionClaims {
    /// The caller, with the access key of the session and the session's end.
    #[n(0)]
    pub caller: Caller,
    /// The secret of that access key.
    #[cbor(n(1), encode_with = "encode_secret", decode_with = "decode_secret")]
    pub secret: Sensitive<String>,
}

/// A new token for a session.
pub fn seal(cx: &Cx<'_, '_>, claims: &SessionClaims) -> Result<Sensitive<String>, Error> {
    let id = &cx.facts.token_key;
    let key = token_key(cx.keyring, cx.tx, id)?.ok_or_else(|| Error::Internal(format!("token key {id} is gone")))?;
    seal_under(&key, id, claims, cx.random)
}

/// Opens a token. None for one that no region of this partition has issued, or whose key has not arrived here yet.
pub fn open(keyring: &Keyring, tx: &Tx<'_>, token: &str) -> Result<Option<SessionClaims>, Error> {
    let Ok(bytes) = STANDARD.decode(token) else { return Ok(None) };
    let Some((id, sealed)) = split(&bytes) else { return Ok(None) };
    let Some(key) = token_key(keyring, tx, id)? else { return Ok(None) };
    Ok(open_under(&key, id, sealed))
}

/// Seals other bytes than a session's claims under the region's token key. `label` tells the kinds apart.
pub(crate) fn seal_bytes(cx: &Cx<'_, '_>, label: &[u8], plain: &[u8]) -> Result<String, Error> {
    let id = &cx.facts.token_key;
    let key = token_key(cx.keyring, cx.tx, id)?.ok_or_else(|| Error::Internal(format!("token key {id} is gone")))?;
    let sealed = seal_with_data_key(&key, &labelled(label, id), plain, cx.random);
    Ok(STANDARD.encode([&[VERSION], id.as_bytes(), &sealed].concat()))
}

/// Opens what `seal_bytes` made with the same label, in whatever region.
pub(crate) fn open_bytes(
    keyring: &Keyring,
    tx: &Tx<'_>,
    label: &[u8],
    text: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Ok(bytes) = STANDARD.decode(text) else { return Ok(None) };
    let Some((id, sealed)) = split(&bytes) else { return Ok(None) };
    let Some(key) = token_key(keyring, tx, id)? else { return Ok(None) };
    Ok(open_with_data_key(&key, &labelled(label, id), sealed).ok())
}

/// The key with an id, if this region has it.
fn token_key(keyring: &Keyring, tx: &Tx<'_>, id: &str) -> Result<Option<DataKey>, Error> {
    let Some(record) = region_table::token_key(tx, id)?.filter(|record| !record.sealed.is_empty()) else {
        return Ok(None);
    };
    let damaged = || Error::Internal(format!("token key {id} does not open"));
    let bytes = keyring.open_sealed(&[b"token-key", id.as_bytes()], &record.sealed).map_err(|_| damaged())?;
    DataKey::from_bytes(&bytes).map(Some).map_err(|_| damaged())
}

fn seal_under(
    key: &DataKey,
    id: &str,
    claims: &SessionClaims,
    random: &dyn Random,
) -> Result<Sensitive<String>, Error> {
    // The capacity is large enough from the start: a buffer that grows leaves copies of the secret behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(8192));
    minicbor::encode(claims, &mut *plain).map_err(|e| Error::Internal(format!("session claims do not encode: {e}")))?;
    let sealed = seal_with_data_key(key, &context(id), &plain, random);
    let bytes = [&[VERSION], id.as_bytes(), &sealed].concat();
    Ok(Sensitive::new(STANDARD.encode(&bytes)))
}

fn open_under(key: &DataKey, id: &str, sealed: &[u8]) -> Option<SessionClaims> {
    let plain = open_with_data_key(key, &context(id), sealed).ok()?;
    minicbor::decode(&plain).ok()
}

/// The id of the key, and the claims that are sealed under it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&version, rest) = bytes.split_first()?;
    let (id, sealed) = rest.split_at_checked(ID_LEN)?;
    let id = std::str::from_utf8(id).ok().filter(|_| version == VERSION)?;
    Some((id, sealed))
}

/// The associated data of the sealed claims: that they are a session token, and the head in front of them.
fn context(id: &str) -> Vec<u8> {
    labelled(b"session token", id)
}

fn labelled(label: &[u8], id: &str) -> Vec<u8> {
    [label, &[VERSION][..], id.as_bytes()].concat()
}

fn encode_secret<C, W: Write>(
    secret: &Sensitive<String>,
    e: &mut Encoder<W>,
    _: &mut C,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    e.str(secret.expose())?.ok()
}

fn decode_secret<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Sensitive<String>, minicbor::decode::Error> {
    Ok(Sensitive::new(d.str()?.to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::{AccountId, CallerKind, SessionContext, Timestamp};
    use proptest::prelude::*;

    use super::*;
    use claviger_types::SeededRandom;

    const ID: &str = "0123456789abcdef";

    fn claims() -> SessionClaims {
        let kind = CallerKind::RoleSession {
            path: "/team/".into(),
            role: "reader".into(),
            role_id: "AROAEXAMPLE".into(),
            session: "s1".into(),
        };
        let session = SessionContext {
            issued: Timestamp(1),
            expires: Timestamp(2),
            policies: vec!["{}".into()],
            tags: vec![("k".into(), "v".into())],
            transitive_tags: vec!["k".into()],
            source_identity: Some("ana".into()),
            federation: None,
        };
        let caller =
            Caller { account: AccountId::dev(), kind, access_key_id: "ASIAEXAMPLE".into(), session: Some(session) };
        SessionClaims { caller, secret: Sensitive::new("wJalr".to_owned()) }
    }

    fn opened(key: &DataKey, token: &str) -> Option<SessionClaims> {
        let bytes = STANDARD.decode(token).ok()?;
        let (id, sealed) = split(&bytes)?;
        open_under(key, id, sealed)
    }

    #[test]
    fn a_token_tells_what_it_was_made_of() {
        let random = SeededRandom::new(1);
        let key = DataKey::generate(&random);
        let token = seal_under(&key, ID, &claims(), &random).unwrap();
        let back = opened(&key, token.expose()).unwrap();
        assert_eq!(back.caller, claims().caller);
        assert_eq!(back.secret, claims().secret);
        assert!(opened(&DataKey::generate(&random), token.expose()).is_none());
        assert_ne!(token.expose(), seal_under(&key, ID, &claims(), &random).unwrap().expose());
        assert!(!format!("{:?}", claims()).contains("wJalr"));
    }

    #[test]
    fn no_byte_of_a_token_may_change() {
        let random = SeededRandom::new(1);
        let key = DataKey::generate(&random);
        let token = seal_under(&key, ID, &claims(), &random).unwrap();
        let bytes = STANDARD.decode(token.expose()).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(opened(&key, &STANDARD.encode(&altered)).is_none(), "byte {at}");
            assert!(opened(&key, &STANDARD.encode(&bytes[..at])).is_none(), "length {at}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_without_harm(text: String) {
            prop_assert!(opened(&DataKey::generate(&SeededRandom::new(1)), &text).is_none());
        }
    }
}
