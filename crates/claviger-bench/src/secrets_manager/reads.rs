//! GetSecretValue beside Decrypt, and BatchGetSecretValue of 20 secrets beside 20 calls of GetSecretValue.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::call::{AccessKey, Call};
use crate::compare::{Contender, Figures, Slices, compare};
use crate::error::{Error, unexpected};
use crate::load::Requests;
use crate::subject::{Signer, Subject};
use crate::table::{self, Out};
use crate::workload::{REGION, Workload};

const CONNECTIONS: usize = 16;
/// The most that BatchGetSecretValue takes.
const BATCH: u32 = 20;

/// Writes the table.
///
/// # Errors
///
/// A server does not start, or a call fails.
pub(super) fn run(binary: &Path, folder: &Path, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let subjects = [Subject::in_memory(binary)?, Subject::with_data(binary, folder)?];
    let title = format!("Processor time of a request, {CONNECTIONS} connections");
    let get = format!("{BATCH} × `GetSecretValue`");
    let batch = format!("`BatchGetSecretValue` of {BATCH}");
    table::head(out, &[&title, "`Decrypt`", "`GetSecretValue`", "to `Decrypt`", &get, &batch, "to the single calls"])?;
    for subject in subjects {
        let mut subject = subject.with_user()?;
        let names = make_secrets(&mut subject)?;
        for (signer, caller) in [(Signer::Root, "root"), (Signer::User, "user with ten managed policies")] {
            let figures = measure(&subject, signer, &names, slices)?;
            let cpu = figures.iter().map(Figures::cpu_per_request).collect::<Vec<Duration>>();
            let [decrypt, get, single, batch] = cpu.as_slice() else { continue };
            let singles = *single * BATCH;
            let ratio = |one: &Duration, other: &Duration| table::ratio(one.as_secs_f64(), other.as_secs_f64());
            let times = [decrypt, get, &singles, batch].map(|time| table::time(*time));
            let [decrypt_time, get_time, singles_time, batch_time] = times;
            let row = [
                format!("{}, {caller}", subject.name),
                decrypt_time,
                get_time,
                ratio(get, decrypt),
                singles_time,
                batch_time,
                ratio(batch, &singles),
            ];
            table::row(out, &row)?;
        }
    }
    Ok(())
}

/// Makes the secrets of the batch. Returns their names.
fn make_secrets(subject: &mut Subject) -> Result<Vec<String>, Error> {
    let names: Vec<String> = (0..BATCH).map(|n| format!("batch-{n}")).collect();
    for name in &names {
        subject.client.call(&subject.fixtures.new_secret(name))?;
    }
    Ok(names)
}

/// Decrypt, GetSecretValue of one secret, GetSecretValue of the batch's secrets in turn, and the batch.
fn measure(subject: &Subject, signer: Signer, names: &[String], slices: Slices) -> Result<Vec<Figures>, Error> {
    let key = match signer {
        Signer::Root => AccessKey::root(),
        Signer::User => subject.fixtures.user.clone().ok_or_else(|| unexpected("the IAM user was not made"))?,
    };
    let single = names.iter().map(|name| Call::secrets("GetSecretValue", &json!({"SecretId": name}))).collect();
    let batch = vec![Call::secrets("BatchGetSecretValue", &json!({"SecretIdList": names}))];
    let contender =
        |calls| Contender::new(&subject.address, in_turn(calls, &subject.address, &key), subject.server.as_ref());
    let contenders = [
        Contender::of(subject, Workload::Decrypt, signer)?,
        Contender::of(subject, Workload::GetSecretValue, signer)?,
        contender(single),
        contender(batch),
    ];
    compare(&contenders, CONNECTIONS, slices)
}

/// Requests that are signed now and sent in turn.
fn in_turn(calls: Vec<Call>, address: &str, key: &AccessKey) -> Requests {
    let signed: Vec<Arc<[u8]>> = calls.iter().map(|call| call.request(address, REGION, key).into()).collect();
    Arc::new(move |_, n| {
        let place = usize::try_from(n).unwrap_or_default().checked_rem(signed.len());
        place.and_then(|place| signed.get(place).cloned()).unwrap_or_default()
    })
}
