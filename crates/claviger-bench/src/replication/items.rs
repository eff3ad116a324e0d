//! Multi-Region keys and replicated secrets, made and changed through the API.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::fleet::{Fleet, Site};
use crate::call::Call;
use crate::error::{Error, unexpected};
use crate::load::{Answers, Load, Requests};
use crate::workload::{PLAINTEXT, token};

/// Callers at the same time.
const CONNECTIONS: usize = 32;
/// Calls that are made more slowly than this are at fault.
const TIME_MAX: Duration = Duration::from_secs(3600);
/// How long what was made may take to be in both regions.
pub(super) const SETTLES_WITHIN: Duration = Duration::from_secs(1800);

/// Makes so many calls at a site, and gets their answers, in no order.
pub(super) fn bulk(
    fleet: &Fleet,
    site: &Site,
    count: u64,
    call: impl Fn(u64) -> Call + Send + Sync + 'static,
    answers: Option<Answers>,
) -> Result<(), Error> {
    let (address, key, region) = (site.address.clone(), fleet.key.clone(), site.region);
    let requests: Requests = Arc::new(move |_, n| call(n).request(&address, region, &key).into());
    let load = Load::lasting(&site.address, CONNECTIONS, requests, TIME_MAX);
    Load { count_max: count, answers, ..load }.run().map(drop)
}

/// Makes multi-Region keys with the primary at one site and a replica at the other, which may not be there yet. Returns their ids.
pub(super) fn make_keys(fleet: &Fleet, (at_site, to): (&Site, &Site), count: u64) -> Result<Vec<String>, Error> {
    let ids = collect(
        fleet,
        at_site,
        count,
        |_| Call::kms("CreateKey", &json!({"MultiRegion": true})),
        |answer| answer.pointer("/KeyMetadata/KeyId").cloned(),
    )?;
    let (of, to) = (ids.clone(), to.region);
    bulk(fleet, at_site, count, move |n| replicate(at(&of, n), to), None)?;
    Ok(ids)
}

/// The call that makes a replica of a key in another region.
pub(super) fn replicate(key: &str, to: &str) -> Call {
    Call::kms("ReplicateKey", &json!({"KeyId": key, "ReplicaRegion": to}))
}

/// Makes secrets with these numbers, with the primary at one site and a replica at the other, which may not be there yet.
pub(super) fn make_secrets(fleet: &Fleet, (at_site, to): (&Site, &Site), numbers: Range<u64>) -> Result<(), Error> {
    let (first, to) = (numbers.start, to.region);
    let create = move |n: u64| {
        let replicas = json!([{"Region": to}]);
        let name = secret_name(first + n);
        let body =
            json!({"Name": name, "SecretString": "0", "ClientRequestToken": token(), "AddReplicaRegions": replicas});
        Call::secrets("CreateSecret", &body)
    };
    bulk(fleet, at_site, numbers.end - first, create, None)
}

/// Makes keys and secrets at the primary, and waits until the other region has them all.
pub(super) fn make_both(fleet: &Fleet, keys: u64, secrets: u64) -> Result<Vec<String>, Error> {
    let sites = (&fleet.primary, &fleet.replica);
    let ids = make_keys(fleet, sites, keys)?;
    make_secrets(fleet, sites, 0..secrets)?;
    fleet.until_settled(SETTLES_WITHIN)?;
    Ok(ids)
}

/// The name of a secret of [`make_secrets`].
pub(super) fn secret_name(n: u64) -> String {
    format!("replicated-{n:08}")
}

/// The call that gives a secret a new value.
pub(super) fn put(secret: u64, value: u64) -> Call {
    let body =
        json!({"SecretId": secret_name(secret), "SecretString": value.to_string(), "ClientRequestToken": token()});
    Call::secrets("PutSecretValue", &body)
}

/// The call that reads a secret.
pub(super) fn get(secret: u64) -> Call {
    Call::secrets("GetSecretValue", &json!({"SecretId": secret_name(secret)}))
}

/// A member that is a number.
pub(super) fn number(answer: &Value, member: &str) -> Option<u64> {
    answer.get(member)?.as_u64()
}

/// The number that a secret's present value is, from the answer to [`get`].
pub(super) fn value(answer: &Value) -> Option<u64> {
    answer.get("SecretString")?.as_str()?.parse().ok()
}

/// A ciphertext of each key, made at a site.
pub(super) fn encrypt(fleet: &Fleet, site: &Site, keys: &[String]) -> Result<Vec<String>, Error> {
    let of = keys.to_vec();
    let call = move |n| Call::kms("Encrypt", &json!({"KeyId": at(&of, n), "Plaintext": PLAINTEXT}));
    collect(fleet, site, keys.len() as u64, call, |answer| answer.get("CiphertextBlob").cloned())
}

/// Decrypts all ciphertexts at a site.
///
/// # Errors
///
/// One of them does not decrypt.
pub(super) fn decrypt(fleet: &Fleet, site: &Site, ciphertexts: &[String]) -> Result<(), Error> {
    let (count, of) = (ciphertexts.len() as u64, ciphertexts.to_vec());
    let call = move |n| Call::kms("Decrypt", &json!({"CiphertextBlob": at(&of, n)}));
    let plaintexts = collect(fleet, site, count, call, |answer| answer.get("Plaintext").cloned())?;
    let are_right = plaintexts.iter().all(|plaintext| plaintext == PLAINTEXT);
    if are_right { Ok(()) } else { Err(unexpected("a ciphertext decrypts to something else")) }
}

/// Reads secrets at a site, and returns how many have another value than they should.
pub(super) fn wrong_values(
    fleet: &Fleet,
    site: &Site,
    count: u64,
    expected: impl Fn(u64) -> u64 + Send + Sync + 'static,
) -> Result<usize, Error> {
    let wrong = Arc::new(Mutex::new(0));
    let found = wrong.clone();
    let answers: Answers = Arc::new(move |n, body| {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        if value(&answer) != Some(expected(n)) {
            *found.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }
    });
    bulk(fleet, site, count, get, Some(answers))?;
    let wrong = *wrong.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(wrong)
}

/// Makes calls, and returns a text of each answer.
fn collect(
    fleet: &Fleet,
    site: &Site,
    count: u64,
    call: impl Fn(u64) -> Call + Send + Sync + 'static,
    member: fn(&Value) -> Option<Value>,
) -> Result<Vec<String>, Error> {
    let texts = Arc::new(Mutex::new(Vec::new()));
    let found = texts.clone();
    let answers: Answers = Arc::new(move |_, body| {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = member(&answer).and_then(|text| text.as_str().map(str::to_owned));
        found.lock().unwrap_or_else(PoisonError::into_inner).extend(text);
    });
    bulk(fleet, site, count, call, Some(answers))?;
    let texts = std::mem::take(&mut *texts.lock().unwrap_or_else(PoisonError::into_inner));
    if texts.len() as u64 == count { Ok(texts) } else { Err(unexpected("an answer lacks a member")) }
}

/// The `n`th text, in turn.
pub(super) fn at(texts: &[String], n: u64) -> &str {
    let place = usize::try_from(n).unwrap_or_default().checked_rem(texts.len()).unwrap_or_default();
    texts.get(place).map_or("", String::as_str)
}
