//! The keys of issuers, fetched as OpenID Connect Discovery says and kept for a time.

mod signing_key;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_types::{Outbound, OutboundFailure, OutboundMethod, OutboundRequest, Reach, Sensitive, Timestamp};
use serde::Deserialize;
use tokio::sync::Semaphore;

pub(crate) use signing_key::{ALGORITHMS, SigningKey};

/// How long keys are used before they are fetched again, in seconds.
const FRESH_SECS: i64 = 3600;

/// How long keys are used while the issuer cannot be reached, in seconds.
const STALE_SECS: i64 = 24 * 3600;

/// The least time between two fetches from one issuer, in seconds. Tokens with unknown key ids, which anybody can send, cause no more.
const PAUSE_SECS: i64 = 20;

/// How far a clock may be set back without a consequence, in seconds.
const CORRECTION_SECS: i64 = 60;

/// The most requests that wait for the keys of one issuer. Further ones are refused, to be sent again.
const WAITING_MAX: usize = 128;

/// The most issuers whose keys are kept.
const ISSUERS_MAX: usize = 1024;

/// The keys of the issuers whose tokens were presented to this region.
#[derive(Default)]
pub(crate) struct IssuerKeys {
    known: Mutex<HashMap<String, Arc<Issuer>>>,
}

struct Issuer {
    cached: Mutex<Cached>,
    /// Held by the request that fetches. Requests that need its outcome wait for it; others go on with the keys of before.
    fetching: tokio::sync::Mutex<()>,
    /// The places of requests that fetch or wait. Callers without an identity must not pile up behind a slow issuer.
    waiting: Semaphore,
}

impl Default for Issuer {
    fn default() -> Issuer {
        Issuer {
            cached: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
            waiting: Semaphore::new(WAITING_MAX),
        }
    }
}

#[derive(Default, Clone)]
struct Cached {
    keys: Option<(Arc<Vec<SigningKey>>, Timestamp)>,
    /// The end of the last fetch, whatever its outcome.
    tried: Option<Timestamp>,
    /// Why it gave no keys, if it gave none.
    failure: Option<FetchFailure>,
}

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FetchFailure {
    /// There is no answer. The next attempt may have one.
    Unreachable,
    /// The answer has no keys that can be used.
    NoKeys,
}

impl IssuerKeys {
    /// The keys of the issuer at `url`, which has no scheme; fetched if they are old, or if none has the id that a token names.
    ///
    /// # Errors
    ///
    /// There are none, and the issuer does not give them.
    pub(crate) async fn get(
        &self,
        outbound: &dyn Outbound,
        url: &str,
        key_id: Option<&str>,
        clock: &(dyn Fn() -> Timestamp + Sync),
    ) -> Result<Arc<Vec<SigningKey>>, FetchFailure> {
        let issuer = self.issuer(url);
        let cached = issuer.cached();
        if let Some(keys) = cached.usable(key_id, clock()) {
            return Ok(keys);
        }
        let Ok(_place) = issuer.waiting.try_acquire() else { return Err(FetchFailure::Unreachable) };
        let _turn = match issuer.fetching.try_lock() {
            Ok(turn) => turn,
            // Another request fetches. Older keys that have the one that is asked for are good meanwhile.
            Err(_) => match cached.remaining(clock()).filter(|keys| has_key(keys, key_id)) {
                Some(keys) => return Ok(keys),
                None => issuer.fetching.lock().await,
            },
        };
        // Another request may have fetched them meanwhile.
        if let Some(keys) = issuer.cached().usable(key_id, clock()) {
            return Ok(keys);
        }
        if issuer.cached().may_fetch(clock()) {
            let fetched = fetch(outbound, url).await;
            let mut cached = issuer.cached.lock().unwrap_or_else(PoisonError::into_inner);
            cached.tried = Some(clock());
            match fetched {
                Ok(keys) => (cached.keys, cached.failure) = (Some((Arc::new(keys), clock())), None),
                Err(failure) => {
                    tracing::warn!(issuer = url, ?failure, "the keys of an identity provider could not be fetched");
                    cached.failure = Some(failure);
                }
            }
        }
        let cached = issuer.cached();
        cached.remaining(clock()).ok_or(cached.failure.unwrap_or(FetchFailure::Unreachable))
    }

    fn issuer(&self, url: &str) -> Arc<Issuer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(issuer) = known.get(url) {
            return Arc::clone(issuer);
        }
        if known.len() >= ISSUERS_MAX
            && let Some(any) = known.keys().next().cloned()
        {
            // Its next token fetches its keys again.
            known.remove(&any);
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
        (has_key(keys, key_id) && age(*at, now) < FRESH_SECS).then(|| Arc::clone(keys))
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

fn has_key(keys: &[SigningKey], key_id: Option<&str>) -> bool {
    key_id.is_none_or(|id| keys.iter().any(|key| key.id.as_deref() == Some(id)))
}

/// The seconds since a moment. Small corrections of the clock do not count. One that was set back by more makes the moment as old as can be,
/// so that nothing is kept for too long.
fn age(then: Timestamp, now: Timestamp) -> i64 {
    let secs = now.secs().saturating_sub(then.secs());
    if secs < -CORRECTION_SECS { i64::MAX } else { secs.max(0) }
}

async fn fetch(outbound: &dyn Outbound, url: &str) -> Result<Vec<SigningKey>, FetchFailure> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let issuer = format!("https://{url}");
    let path = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let document = get(outbound, path, Reach::Listed).await?;
    let Discovery { issuer: named, jwks_uri } = serde_json::from_slice(&document).map_err(|_| FetchFailure::NoKeys)?;
    if named != issuer || host(&jwks_uri).is_none() {
        return Err(FetchFailure::NoKeys);
    }
    // The document is the issuer's. It must not lead to a private host that is listed for another issuer.
    let reach = if host(&jwks_uri) == host(&issuer) { Reach::Listed } else { Reach::Public };
    let keys = SigningKey::read_all(&get(outbound, jwks_uri, reach).await?);
    keys.ok_or(FetchFailure::NoKeys)
}

/// The host and port of a URL.
fn host(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split('/').next()
}

async fn get(outbound: &dyn Outbound, url: String, reach: Reach) -> Result<Vec<u8>, FetchFailure> {
    let headers = vec![("accept", Sensitive::new("application/json".to_owned()))];
    let body = Sensitive::new(Vec::new());
    let request = OutboundRequest { method: OutboundMethod::Get, url, headers, body, reach };
    let answer = outbound.send(request).await.map_err(|failure| match failure {
        OutboundFailure::Unreachable | OutboundFailure::TimedOut => FetchFailure::Unreachable,
        OutboundFailure::Tls | OutboundFailure::Garbled => FetchFailure::NoKeys,
    })?;
    match answer.status {
        200 => Ok(answer.body.into_exposed()),
        500.. => Err(FetchFailure::Unreachable),
        _ => Err(FetchFailure::NoKeys),
    }
}
