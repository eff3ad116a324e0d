//! Requests that go over all keys and all secrets of a server, so that its memory for decoded rows is too small for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::call::{AccessKey, Call};
use crate::error::{Error, unexpected};
use crate::fill::{self, secret_name};
use crate::load::Requests;
use crate::subject::Subject;
use crate::workload::{PLAINTEXT, REGION, Workload, token};

/// Two requests in a row are for items that are so far apart. It is a prime above every number of items, so each item has its turn
/// before the first one comes again.
const STRIDE: u64 = 1_000_003;

/// The keys of a server, a ciphertext of each, and the secrets that [`fill::fill`] made there.
pub(crate) struct Population {
    keys: Vec<String>,
    ciphertexts: Vec<String>,
    secrets: u64,
}

impl Population {
    /// Lists the keys, and encrypts under each. Reads each secret, because the first read of a day writes its date.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub(crate) fn read(subject: &mut Subject, secrets: u64) -> Result<Population, Error> {
        let keys = list_keys(subject)?;
        let ciphertexts = Arc::new(Mutex::new(vec![String::new(); keys.len()]));
        let (encrypted, keep) = (keys.clone(), ciphertexts.clone());
        let encrypt = move |n: u64| encrypt(at(&encrypted, n));
        let keep = move |n: u64, body: &[u8]| {
            let answer: Value = serde_json::from_slice(body).unwrap_or_default();
            let text = answer.get("CiphertextBlob").and_then(Value::as_str).unwrap_or_default();
            let mut ciphertexts = keep.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = usize::try_from(n).ok().and_then(|n| ciphertexts.get_mut(n)) {
                text.clone_into(place);
            }
        };
        fill::run(subject, keys.len() as u64, encrypt, Some(Arc::new(keep)))?;
        fill::run(subject, secrets, |n| of_secret("GetSecretValue", n), None)?;
        let ciphertexts = std::mem::take(&mut *ciphertexts.lock().unwrap_or_else(PoisonError::into_inner));
        if keys.is_empty() || secrets == 0 || ciphertexts.iter().any(String::is_empty) {
            return Err(unexpected("a server without keys, ciphertexts or secrets"));
        }
        Ok(Population { keys, ciphertexts, secrets })
    }

    /// The call of an operation on one of the items. None: the operation has no item.
    pub(crate) fn call(&self, operation: Workload, n: u64) -> Option<Call> {
        let key = at(&self.keys, n);
        let secret = n % self.secrets;
        Some(match operation {
            Workload::Encrypt => encrypt(key),
            Workload::Decrypt => Call::kms("Decrypt", &json!({"CiphertextBlob": at(&self.ciphertexts, n)})),
            Workload::GenerateDataKey => Call::kms("GenerateDataKey", &json!({"KeyId": key, "KeySpec": "AES_256"})),
            Workload::DescribeKey => Call::kms("DescribeKey", &json!({"KeyId": key})),
            Workload::GetSecretValue => of_secret("GetSecretValue", secret),
            Workload::DescribeSecret => of_secret("DescribeSecret", secret),
            Workload::PutSecretValue => put(secret),
            Workload::ListAliases | Workload::GetCallerIdentity | Workload::CreateKey => return None,
        })
    }

    /// The requests of a load that goes over all items, round after round, also over several loads. They are signed now, so that the
    /// client's own work does not hide the server's. PutSecretValue is signed each time, because each needs a new token.
    pub(crate) fn requests(&self, address: &str, operation: Workload) -> Option<Requests> {
        let root = AccessKey::root();
        let sent = AtomicU64::new(0);
        let next = move |count: u64| sent.fetch_add(1, Ordering::Relaxed).wrapping_mul(STRIDE) % count;
        if operation == Workload::PutSecretValue {
            let (address, secrets) = (address.to_owned(), self.secrets);
            return Some(Arc::new(move |_, _| put(next(secrets)).request(&address, REGION, &root).into()));
        }
        let items = match operation {
            Workload::GetSecretValue | Workload::DescribeSecret => self.secrets,
            _ => self.keys.len() as u64,
        };
        let signed = |n| Some(Arc::from(self.call(operation, n)?.request(address, REGION, &root)));
        let signed: Vec<Arc<[u8]>> = (0..items).map(signed).collect::<Option<_>>()?;
        let empty: Arc<[u8]> = Arc::from([]);
        let at = move |n: u64| usize::try_from(n).ok().and_then(|n| signed.get(n)).unwrap_or(&empty).clone();
        Some(Arc::new(move |_, _| at(next(items))))
    }
}

fn list_keys(subject: &mut Subject) -> Result<Vec<String>, Error> {
    let (mut keys, mut marker) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({"Limit": 1000});
        if let (Some(members), false) = (body.as_object_mut(), marker.is_null()) {
            members.insert("Marker".to_owned(), marker);
        }
        let page = subject.client.call(&Call::kms("ListKeys", &body))?;
        let listed = page.get("Keys").and_then(Value::as_array).into_iter().flatten();
        keys.extend(listed.filter_map(|key| Some(key.get("KeyId")?.as_str()?.to_owned())));
        marker = page.get("NextMarker").cloned().unwrap_or_default();
        if marker.is_null() {
            return Ok(keys);
        }
    }
}

fn at(items: &[String], n: u64) -> &str {
    let place = n.checked_rem(items.len() as u64).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| items.get(place)).map_or("", String::as_str)
}

fn encrypt(key: &str) -> Call {
    Call::kms("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT}))
}

fn of_secret(operation: &str, n: u64) -> Call {
    Call::secrets(operation, &json!({"SecretId": secret_name(n)}))
}

fn put(n: u64) -> Call {
    let body = json!({"SecretId": secret_name(n), "SecretString": "another value", "ClientRequestToken": token()});
    Call::secrets("PutSecretValue", &body)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn population(keys: u32, secrets: u64) -> Population {
        let text = |prefix: &str, n: u32| format!("{prefix}{n:05}.");
        Population {
            keys: (0..keys).map(|n| text("key-", n)).collect(),
            ciphertexts: (0..keys).map(|n| text("text-", n)).collect(),
            secrets,
        }
    }

    fn body(request: &[u8]) -> String {
        String::from_utf8(request.to_vec()).unwrap().split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    #[test]
    fn each_item_has_its_turn_before_the_first_one_comes_again() {
        let population = population(70, 110);
        for (operation, items) in [(Workload::Decrypt, 70), (Workload::Encrypt, 70), (Workload::GetSecretValue, 110)] {
            let requests = population.requests("localhost:1", operation).unwrap();
            // The numbers begin again with each load.
            let round = |_| (0..items).map(|n| body(&requests(0, n % 7))).collect::<BTreeSet<String>>();
            let rounds: Vec<_> = (0..2).map(round).collect();
            assert_eq!((rounds[0].len() as u64, &rounds[0]), (items, &rounds[1]), "{operation:?}");
        }
    }

    #[test]
    fn each_put_has_a_token_of_its_own() {
        let requests = population(1, 3).requests("localhost:1", Workload::PutSecretValue).unwrap();
        let bodies: BTreeSet<String> = (0..9).map(|n| body(&requests(0, n))).collect();
        assert_eq!(bodies.len(), 9);
        assert!(
            bodies
                .iter()
                .all(|body| body.contains(&secret_name(0)) || body.contains("team-1/") || body.contains("team-2/"))
        );
    }

    #[test]
    fn operations_without_an_item_have_no_requests() {
        assert!(population(1, 1).requests("localhost:1", Workload::ListAliases).is_none());
    }
}
