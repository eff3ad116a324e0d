//! Fills a store with many keys and secrets, through the protocol, as fast as the server commits.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::call::{AccessKey, Call};
use crate::error::Error;
use crate::load::{Answers, Load, Requests};
use crate::subject::Subject;
use crate::workload::{OTHER_REGION, REGION, WRITTEN, token, written};

/// Writers at the same time.
const CONNECTIONS: usize = 64;
/// A store that is filled more slowly than this is at fault.
const TIME_MAX: Duration = Duration::from_secs(3600);

/// Makes this many keys and secrets in the subject's store.
///
/// # Errors
///
/// A call fails.
pub fn fill(subject: &Subject, keys: u64, secrets: u64) -> Result<(), Error> {
    run(subject, keys, |_| Call::kms("CreateKey", &json!({"Description": "one of many"})), None)?;
    make_secrets(subject, secrets, secret_name)
}

/// The name of a secret that [`fill`] makes.
pub(crate) fn secret_name(n: u64) -> String {
    format!("team-{}/service-{}/secret-{n:08}", n % 20, n % 300)
}

/// Makes this many secrets with descriptions, tags and some replicas, for lists with filters. Its names are those of [`secret_name`].
///
/// # Errors
///
/// A call fails.
pub(crate) fn make_listed_secrets(subject: &Subject, count: u64) -> Result<(), Error> {
    run(subject, count, listed, None)
}

/// A secret for lists. Of 1,000 secrets 50 are of each team, 3 or 4 of each service, and one has a replica.
fn listed(n: u64) -> Call {
    let (team, service) = (n % 20, n % 300);
    let tag = |key: &str, value: String| json!({"Key": key, "Value": value});
    let mut body = json!({
        "Name": secret_name(n),
        "SecretString": "a secret value",
        "Description": format!("The password of service {service} for squad{team}"),
        "Tags": [tag("team", format!("team-{team}")), tag(&format!("service-{service}"), "yes".to_owned())],
        "ClientRequestToken": token(),
    });
    if let (Some(members), 7) = (body.as_object_mut(), n % 1000) {
        members.insert("AddReplicaRegions".to_owned(), json!([{"Region": OTHER_REGION}]));
    }
    Call::secrets("CreateSecret", &body)
}

/// Makes this many IAM users, and returns the name of the last one.
///
/// # Errors
///
/// A call fails.
pub(crate) fn make_users(subject: &Subject, count: u64) -> Result<String, Error> {
    let name = |n: u64| format!("user-{n:06}");
    run(subject, count, move |n| Call::iam("CreateUser", &[("UserName", &name(n))]), None)?;
    Ok(name(count.saturating_sub(1)))
}

/// Makes the secrets that [`Workload::PutSecretValue`](crate::Workload) writes.
///
/// # Errors
///
/// A call fails.
pub(crate) fn make_written_secrets(subject: &Subject) -> Result<(), Error> {
    make_secrets(subject, WRITTEN, written)
}

fn make_secrets(
    subject: &Subject,
    count: u64,
    name: impl Fn(u64) -> String + Send + Sync + 'static,
) -> Result<(), Error> {
    let fixtures = subject.fixtures.clone();
    run(subject, count, move |n| fixtures.new_secret(&name(n)), None)
}

/// Makes so many calls. It can take longer than a signature is valid, so each request is signed when it is sent.
pub(crate) fn run(
    subject: &Subject,
    count: u64,
    call: impl Fn(u64) -> Call + Send + Sync + 'static,
    answers: Option<Answers>,
) -> Result<(), Error> {
    let (address, root) = (subject.address.clone(), AccessKey::root());
    let requests: Requests = Arc::new(move |_, n| call(n).request(&address, REGION, &root).into());
    let load = Load::lasting(&subject.address, CONNECTIONS, requests, TIME_MAX);
    Load { count_max: count, answers, ..load }.run().map(drop)
}
