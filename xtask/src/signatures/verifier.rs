//! The verifier under test, and the same with a rule broken.

use std::collections::HashMap;

use claviger_sigv4::{Expect, SigningKeys, check, claim, verify};

use super::request::{Request, Signed};

/// A server that knows the corpus' secrets. It takes every service and region that a request is scoped to, so that nothing but the
/// signature tells them apart.
pub(crate) struct Verifier {
    secrets: HashMap<String, String>,
    keys: SigningKeys,
}

impl Verifier {
    pub(crate) fn of(corpus: &[Signed]) -> Verifier {
        let secrets = corpus.iter().map(|signed| (signed.access_key_id.clone(), signed.secret.clone())).collect();
        Verifier { secrets, keys: SigningKeys::new() }
    }

    /// Whether a request verifies at the time at which `original` was signed.
    pub(crate) fn accepts(&self, original: &Signed, request: &Request) -> bool {
        let headers = request.arrived();
        let parts = request.parts(&headers);
        let Ok(claim) = claim(&parts) else { return false };
        let service = claim.service.clone();
        let expect =
            Expect { service: &service, now: original.at, window_secs: 300, presigned_secs: None, region: None };
        let Some(secret) = self.secrets.get(&claim.access_key_id) else { return false };
        let key = self.keys.derive(&claim.access_key_id, secret, &claim.date, &claim.region, &claim.service);
        check(&claim, &expect).is_ok() && verify(&claim, &parts, &key).is_ok()
    }
}

/// What a broken verifier would look at instead of the request that it is given, which is a mutant of the first. `None` is a refusal.
type View = fn(&Request, &Request) -> Option<Request>;

/// Broken rules by name. The first ones accept too much, the last three refuse too much.
pub(crate) const BROKEN: [(&str, View); 14] = [
    ("body-unread", |original, mutant| Some(Request { body: original.body.clone(), ..mutant.clone() })),
    ("method-unread", |original, mutant| Some(Request { method: original.method.clone(), ..mutant.clone() })),
    ("method-case", |_, mutant| Some(Request { method: mutant.method.to_ascii_uppercase(), ..mutant.clone() })),
    ("path-decoded", |_, mutant| {
        Some(Request { path: mutant.path.replace("%41", "A").replace("%61", "a"), ..mutant.clone() })
    }),
    ("unknown-parameters", unknown_parameters),
    ("unsigned-amz-headers", unsigned_amz_headers),
    ("first-of-repeated-headers", first_of_repeated),
    ("host-unread", |original, mutant| original_value(original, mutant, "host")),
    ("blanks-removed", blanks_removed),
    ("signature-case", signature_case),
    ("signature-start", signature_start),
    ("strict-header-order", |original, mutant| (names(original) == names(mutant)).then(|| mutant.clone())),
    ("strict-parameter-order", |original, mutant| {
        (sorted(&original.query) != sorted(&mutant.query) || original.query == mutant.query).then(|| mutant.clone())
    }),
    ("strict-blanks", |_, mutant| {
        let double = |value: &[u8]| value.windows(2).any(|pair| pair == b"  ");
        (!mutant.headers.iter().any(|(_, value)| double(value))).then(|| mutant.clone())
    }),
];

/// Parameters that the original does not have are not looked at.
fn unknown_parameters(original: &Request, mutant: &Request) -> Option<Request> {
    let known: Vec<&str> = original.query.split('&').collect();
    let kept: Vec<&str> = mutant.query.split('&').filter(|piece| known.contains(piece)).collect();
    Some(Request { query: kept.join("&"), ..mutant.clone() })
}

fn unsigned_amz_headers(original: &Request, mutant: &Request) -> Option<Request> {
    let mut view = mutant.clone();
    view.headers
        .retain(|(name, _)| original.header(name).is_some() || !name.to_ascii_lowercase().starts_with("x-amz-"));
    Some(view)
}

fn first_of_repeated(original: &Request, mutant: &Request) -> Option<Request> {
    let mut view = Request { headers: Vec::new(), ..mutant.clone() };
    for (name, value) in &mutant.headers {
        let times = |request: &Request| request.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).count();
        if times(&view) < times(original).max(1) {
            view.headers.push((name.clone(), value.clone()));
        }
    }
    Some(view)
}

fn original_value(original: &Request, mutant: &Request, name: &str) -> Option<Request> {
    let mut view = mutant.clone();
    if let Some((_, value)) = original.header(name).and_then(|at| original.headers.get(at)) {
        view.set(name, value.clone());
    }
    Some(view)
}

/// Values that differ in blanks alone count as equal.
fn blanks_removed(original: &Request, mutant: &Request) -> Option<Request> {
    let bare = |value: &[u8]| -> Vec<u8> { value.iter().copied().filter(|byte| !b" \t".contains(byte)).collect() };
    let mut view = mutant.clone();
    for (name, value) in &mut view.headers {
        let same = |other: &&(String, Vec<u8>)| other.0.eq_ignore_ascii_case(name) && bare(&other.1) == bare(value);
        if let Some((_, own)) = original.headers.iter().find(same) {
            *value = own.clone();
        }
    }
    Some(view)
}

fn signature_case(original: &Request, mutant: &Request) -> Option<Request> {
    with_signature(original, mutant, |own, given| own.eq_ignore_ascii_case(given))
}

/// The first 60 digits of a signature are compared.
fn signature_start(original: &Request, mutant: &Request) -> Option<Request> {
    with_signature(original, mutant, |own, given| own.len() == given.len() && own.get(..60) == given.get(..60))
}

/// The mutant with the original's signature where the two count as equal.
fn with_signature(original: &Request, mutant: &Request, equal: fn(&str, &str) -> bool) -> Option<Request> {
    let after = |text: &str, name: &str| text.split(name).nth(1).and_then(|rest| rest.get(..64)).map(str::to_owned);
    let mut view = mutant.clone();
    let (own, given) = (original.authorization(), mutant.authorization());
    if let (Some(own), Some(given)) = (&own, &given)
        && let (Some(own), Some(digits)) = (after(own, "Signature="), after(given, "Signature="))
        && equal(&own, &digits)
    {
        view.set("authorization", given.replace(&digits, &own));
    }
    let name = "X-Amz-Signature=";
    if let (Some(own), Some(digits)) = (after(&original.query, name), after(&mutant.query, name))
        && equal(&own, &digits)
    {
        view.query = view.query.replace(&digits, &own);
    }
    Some(view)
}

fn names(request: &Request) -> Vec<String> {
    request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect()
}

fn sorted(query: &str) -> Vec<&str> {
    let mut pieces: Vec<&str> = query.split('&').collect();
    pieces.sort_unstable();
    pieces
}
