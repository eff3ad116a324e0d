//! Compiled policies, so that each document is parsed once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use claviger_policy::{Policy, PolicyKind};
use claviger_store::tables::{PolicyDocument, PolicyText};

use crate::error::Error;

/// How many compiled documents a region keeps; when it is full, it starts again from empty.
const CACHE_ENTRIES_MAX: usize = 4096;

/// How many bytes of text those documents may have together. Compiled they take a few times as much.
const CACHE_BYTES_MAX: usize = 8 << 20;

/// Compiled policies by their kind and a hash of their text, so that each is parsed once.
pub(crate) struct PolicyCache(Mutex<Compiled>);

#[derive(Default)]
struct Compiled {
    policies: HashMap<(u8, [u8; 32]), Policy>,
    /// Bytes of text that they were compiled from.
    bytes: usize,
}

impl PolicyCache {
    pub(crate) fn new() -> PolicyCache {
        PolicyCache(Mutex::default())
    }

    /// Compiles a stored document, which carries its hash.
    pub(crate) fn compile(&self, document: &PolicyDocument, kind: PolicyKind) -> Result<Policy, Error> {
        kept_with(document.policy_text(), kind, || self.hashed(document.text(), *document.sha256(), kind))
    }

    /// Compiles the policy of a record.
    pub(crate) fn of_record(&self, text: &PolicyText, kind: PolicyKind) -> Result<Policy, Error> {
        kept_with(text, kind, || self.parse(text, kind))
    }

    /// Compiles a stored document of which only the text is at hand.
    pub(crate) fn parse(&self, text: &str, kind: PolicyKind) -> Result<Policy, Error> {
        self.hashed(text, claviger_crypto::sha256(text.as_bytes()), kind)
    }

    /// The document was checked when it was stored. If it does not parse now, the record is damaged.
    fn hashed(&self, text: &str, sha256: [u8; 32], kind: PolicyKind) -> Result<Policy, Error> {
        let key = (kind as u8, sha256);
        if let Some(policy) = self.compiled().policies.get(&key) {
            return Ok(policy.clone());
        }
        // The lock is not held meanwhile, so that no request waits for another's long document. Two requests that compile the
        // same document at once waste one compilation.
        let policy = Policy::parse(text, kind)
            .map_err(|e| Error::Internal(format!("a stored policy does not parse: {}", e.message)))?;
        self.compiled().keep(key, policy.clone(), text.len());
        Ok(policy)
    }

    /// A panic while the lock was held leaves the map usable: at worst its bytes are counted too high.
    fn compiled(&self) -> MutexGuard<'_, Compiled> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The compiled form that the text carries. Records are shared between requests, so most requests find it there. A text that is
/// used under two kinds carries the first one's.
fn kept_with(
    text: &PolicyText,
    kind: PolicyKind,
    compile: impl FnOnce() -> Result<Policy, Error>,
) -> Result<Policy, Error> {
    if let Some((_, policy)) = text.compiled::<(PolicyKind, Policy)>().filter(|(kept, _)| *kept == kind) {
        return Ok(policy.clone());
    }
    let policy = compile()?;
    text.keep_compiled((kind, policy.clone()));
    Ok(policy)
}

impl Compiled {
    fn keep(&mut self, key: (u8, [u8; 32]), policy: Policy, bytes: usize) {
        if self.policies.len() >= CACHE_ENTRIES_MAX || self.bytes + bytes > CACHE_BYTES_MAX {
            *self = Compiled::default();
        }
        self.bytes += bytes;
        if self.policies.insert(key, policy).is_some() {
            // Another thread has compiled it meanwhile, and its bytes are counted.
            self.bytes -= bytes;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// A policy of so many bytes. Each number has another text.
    fn document(number: usize, bytes: usize) -> String {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Sid":"S{number}","Effect":"Allow","Action":"kms:*","Resource":"*"}}}}"#
        );
        let space = " ".repeat(bytes.saturating_sub(text.len()));
        text + &space
    }

    #[test]
    fn compiled_policies_are_bounded_by_number_and_by_bytes() {
        for (count, bytes) in [(CACHE_ENTRIES_MAX + 1, 0), (5, CACHE_BYTES_MAX / 4)] {
            let cache = PolicyCache::new();
            for number in 0..count {
                cache.parse(&document(number, bytes), PolicyKind::Identity).unwrap();
            }
            assert_eq!(cache.compiled().policies.len(), 1, "{count}");
            assert_eq!(cache.compiled().bytes, document(count - 1, bytes).len(), "{count}");
        }
    }

    #[test]
    fn a_policy_is_kept_once_for_each_kind() {
        let cache = PolicyCache::new();
        let text = document(0, 0);
        for kind in [PolicyKind::Identity, PolicyKind::Session, PolicyKind::Identity] {
            cache.parse(&text, kind).unwrap();
        }
        cache.compile(&PolicyDocument::new(text.clone()), PolicyKind::Identity).unwrap();
        let mut compiled = cache.compiled();
        assert_eq!((compiled.policies.len(), compiled.bytes), (2, 2 * text.len()));
        // A policy that another thread has compiled meanwhile counts once.
        let (key, policy) = compiled.policies.iter().map(|(k, p)| (*k, p.clone())).next().unwrap();
        compiled.keep(key, policy, text.len());
        assert_eq!((compiled.policies.len(), compiled.bytes), (2, 2 * text.len()));
    }
}
