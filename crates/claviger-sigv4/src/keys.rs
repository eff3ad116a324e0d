//! A bounded cache of derived signing keys, so that a busy client costs one derivation a day.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_types::Generations;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::canonical::sha256;
use crate::key::SigningKey;

/// The most keys. A key with its entry takes about one KiB.
const KEYS_MAX: usize = 4096;

/// Derived signing keys by access key id, date, region, service and secret.
///
/// The secret is part of the cache key, so that a changed secret never finds the signing key of the old one. A signing key is dropped
/// after half as many others as `KEYS_MAX` were used and it was not.
pub struct SigningKeys {
    // Held for a look-up or an insertion only, never while a key is derived or across an await.
    keys: Mutex<Keys>,
}

type Keys = Generations<CacheKey, Arc<SigningKey>>;

impl SigningKeys {
    /// An empty cache.
    pub fn new() -> SigningKeys {
        SigningKeys { keys: Mutex::new(Keys::new(KEYS_MAX)) }
    }

    /// The key of [`SigningKey::derive`], from the cache if it is there. Otherwise it is derived and put into the cache.
    ///
    /// A key is cached before its signature is checked. If only a valid signature cached it, the time to refuse an invalid one would
    /// reveal whether the owner of the key id has sent a request today.
    pub fn derive(
        &self,
        access_key_id: &str,
        secret: &str,
        date: &str,
        region: &str,
        service: &str,
    ) -> Arc<SigningKey> {
        let name = CacheKey::of([access_key_id, date, region, service], secret);
        // Expired keys are wiped one by one, so they are dropped behind the statement that holds the lock.
        let (found, expired) = self.lock().find(&name);
        drop(expired);
        if let Some(key) = found {
            return key;
        }
        let key = Arc::new(SigningKey::derive(secret, date, region, service));
        let expired = self.lock().insert(name, Arc::clone(&key), 1);
        drop(expired);
        key
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Keys> {
        // No code panics between two changes of the maps, so the maps of a poisoned lock are consistent.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SigningKeys {
    fn default() -> SigningKeys {
        SigningKeys::new()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeys").finish_non_exhaustive()
    }
}

/// The name of a signing key in the cache: the four texts of the scope, and the SHA-256 of the secret.
///
/// The secret is hashed, so that a signing key of one day does not keep its secret in memory for longer. Its hash is compared like
/// the texts: whoever could learn a hash by the time of that comparison could not find a secret of 40 random characters by it.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub(crate) struct CacheKey {
    scope: String,
    secret_hash: [u8; 32],
}

impl CacheKey {
    /// No text may hold a slash, so that no two lists of texts have the same scope. The texts of a claim hold none: they come from
    /// splitting the credential by it.
    pub(crate) fn of(scope: [&str; 4], secret: &str) -> CacheKey {
        CacheKey { scope: scope.join("/"), secret_hash: sha256(secret.as_bytes()) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn one_key_for_each_set_of_texts() {
        let keys = SigningKeys::new();
        let first = keys.derive("AKID", "secret", "20261124", "eu-west-1", "kms");
        assert!(Arc::ptr_eq(&first, &keys.derive("AKID", "secret", "20261124", "eu-west-1", "kms")));
        for (id, secret, date, region, service) in [
            ("AKIE", "secret", "20261124", "eu-west-1", "kms"),
            ("AKID", "changed", "20261124", "eu-west-1", "kms"),
            ("AKID", "secret", "20261125", "eu-west-1", "kms"),
            ("AKID", "secret", "20261124", "eu-west-2", "kms"),
            ("AKID", "secret", "20261124", "eu-west-1", "sts"),
            ("AKIDs", "ecret", "20261124", "eu-west-1", "kms"),
        ] {
            let other = keys.derive(id, secret, date, region, service);
            assert!(!Arc::ptr_eq(&first, &other));
            let fresh = SigningKey::derive(secret, date, region, service);
            assert_eq!(other.sign(b"text"), fresh.sign(b"text"));
        }
    }

    #[test]
    fn stays_bounded_and_keeps_what_is_used() {
        let keys = SigningKeys::new();
        let busy = keys.derive("busy", "secret", "20261124", "eu-west-1", "kms");
        let idle = keys.derive("idle", "secret", "20261124", "eu-west-1", "kms");
        for n in 0..2 * KEYS_MAX {
            keys.derive(&n.to_string(), "secret", "20261124", "eu-west-1", "kms");
            if n % 100 == 0 {
                assert!(Arc::ptr_eq(&busy, &keys.derive("busy", "secret", "20261124", "eu-west-1", "kms")));
            }
            assert!(keys.lock().len() <= KEYS_MAX);
        }
        assert!(!Arc::ptr_eq(&idle, &keys.derive("idle", "secret", "20261124", "eu-west-1", "kms")));
    }
}
