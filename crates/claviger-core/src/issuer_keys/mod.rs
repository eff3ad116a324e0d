//! The keys of issuers, fetched as OpenID Connect Discovery says and kept for a time.

mod signing_key;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_types::{Outbound, OutboundMethod, OutboundRequest, Sensitive, Timestamp};
use serde::Deserialize;

pub(crate) use signing_key::{ALGORITHMS, SigningKey};

/// How long keys are used before they are fetched again, in seconds.
const FRESH_SECS: i64 = 3600;

/// How long keys are used while the issuer cannot be reached, in seconds.
const STALE_SECS: i64 = 24 * 3600;

/// The least time between two fetches from one issuer, in seconds. Tokens with unknown key ids, which anybody can send, cause no more.
const PAUSE_SECS: i64 = 20;

/// The most issuers whose keys are kept.
const ISSUERS_MAX: usize = 1024;

/// The keys of the issuers whose tokens were presented to this region.
#[derive(Default)]
pub(crate) struct IssuerKeys {
    known: Mutex<HashMap<String, Arc<Issuer>>>,
}

#[derive(Default)]
struct Issuer {
    cached: Mutex<Cached>,
    /// Held by the request that fetches. Requests that need its outcome wait for it; others go on with the keys of before.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default, Clone)]
struct Cached {
    keys: Option<(Arc<Vec<SigningKey>>, Timestamp)>,
    /// The end of the last fetch, whatever its outcome.
    tried: Option<Timestamp>,
}

impl IssuerKeys {
    /// The keys of the issuer at `url`, which has no scheme; fetched if they are old, or if none has the id that a token names. None if
    /// there are none and the issuer does not give them.
    pub(crate) async fn get(
        &self,
        outbound: &dyn Outbound,
        url: &str,
        key_id: Option<&str>,
        now: Timestamp,
    ) -> Option<Arc<Vec<SigningKey>>> {
        let issuer = self.issuer(url);
        if let Some(keys) = issuer.cached().usable(key_id, now) {
            return Some(keys);
        }
        let _turn = issuer.fetching.lock().await;
        // Another request may have fetched them meanwhile.
        if let Some(keys) = issuer.cached().usable(key_id, now) {
            return Some(keys);
        }
        if issuer.cached().may_fetch(now) {
            let fetched = fetch(outbound, url).await;
            let mut cached = issuer.cached.lock().unwrap_or_else(PoisonError::into_inner);
            cached.tried = Some(now);
            if let Some(keys) = fetched {
                cached.keys = Some((Arc::new(keys), now));
            } else {
                tracing::warn!(issuer = url, "the keys of an identity provider could not be fetched");
            }
        }
        issuer.cached().remaining(now)
    }

    fn issuer(&self, url: &str) -> Arc<Issuer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(issuer) = known.get(url) {
            return Arc::clone(issuer);
        }
        if known.len() >= ISSUERS_MAX {
            // The next token of each fetches its keys again.
            known.clear();
        }
        Arc::clone(known.entry(url.to_owned()).or_default())
    }
}

impl Issuer {
    fn cached(&self) -> Cached {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Cached {
    /// The keys, if they are fresh and the one with this id is among them.
    fn usable(&self, key_id: Option<&str>, now: Timestamp) -> Option<Arc<Vec<SigningKey>>> {
        let (keys, at) = self.keys.as_ref()?;
        let has_key = key_id.is_none_or(|id| keys.iter().any(|key| key.id.as_deref() == Some(id)));
        (has_key && age(*at, now) < FRESH_SECS).then(|| Arc::clone(keys))
    }

    fn may_fetch(&self, now: Timestamp) -> bool {
        self.tried.is_none_or(|tried| age(tried, now) >= PAUSE_SECS)
    }

    /// The keys, unless they are too old to be used at all.
    fn remaining(&self, now: Timestamp) -> Option<Arc<Vec<SigningKey>>> {
        let (keys, at) = self.keys.as_ref()?;
        (age(*at, now) < STALE_SECS).then(|| Arc::clone(keys))
    }
}

/// The seconds since a moment. A clock that was set back makes it as old as can be, so that nothing is kept for too long.
fn age(then: Timestamp, now: Timestamp) -> i64 {
    if now < then { i64::MAX } else { now.secs().saturating_sub(then.secs()) }
}

async fn fetch(outbound: &dyn Outbound, url: &str) -> Option<Vec<SigningKey>> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let issuer = format!("https://{url}");
    let document = get(outbound, format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))).await?;
    let Discovery { issuer: named, jwks_uri } = serde_json::from_slice(&document).ok()?;
    if named != issuer {
        return None;
    }
    SigningKey::read_all(&get(outbound, jwks_uri).await?)
}

async fn get(outbound: &dyn Outbound, url: String) -> Option<Vec<u8>> {
    let headers = vec![("accept", Sensitive::new("application/json".to_owned()))];
    let request = OutboundRequest { method: OutboundMethod::Get, url, headers, body: Sensitive::new(Vec::new()) };
    let answer = outbound.send(request).await.ok()?;
    (answer.status == 200).then(|| answer.body.into_exposed())
}
