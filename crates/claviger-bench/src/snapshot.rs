//! The latency of Decrypt while the region sends a snapshot to a region that has lost its store.
//!
//! The shared keys of a lost region are not sent to a new store unasked, but all IAM records are. So the snapshot is one of many
//! IAM users.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::call::{AccessKey, Call};
use crate::client::Client;
use crate::compare::Slices;
use crate::error::{Error, machine, unexpected};
use crate::fill::make_users;
use crate::load::Sample;
use crate::paced::paced;
use crate::subject::{Signer, Subject};
use crate::table;
use crate::time;
use crate::workload::{OTHER_REGION, Workload, new_access_key};

/// The users. More of them could hold up the start of a process for longer than a start may take.
const USERS: u64 = 2_000;
/// The time limit of a snapshot.
const ARRIVED_WITHIN: Duration = Duration::from_secs(120);

/// The outcome.
pub(crate) struct Snapshots {
    /// Decrypt after a restart.
    pub(crate) alone: Sample,
    /// Decrypt after a restart, while the snapshot is sent.
    pub(crate) beside: Sample,
    /// How much was sent in which time.
    pub(crate) sent: String,
}

/// Measures Decrypt, `rate` times per second over `connections`.
///
/// # Errors
///
/// A load fails, or the snapshot does not arrive.
pub(crate) fn measure(
    binary: &Path,
    folder: &Path,
    mut subject: Subject,
    (rate, connections): (f64, usize),
    slices: Slices,
) -> Result<Snapshots, Error> {
    let decrypt = |subject: &Subject| {
        let requests = subject.requests(Workload::Decrypt, Signer::Root)?;
        paced(&subject.address, connections, rate, &requests, slices.time)
    };
    let last = make_users(&subject, USERS)?;
    let everything =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let members = [("UserName", last.as_str()), ("PolicyName", "all"), ("PolicyDocument", &everything.to_string())];
    subject.client.call(&Call::iam("PutUserPolicy", &members))?;
    let key = new_access_key(&mut subject.client, &last)?;
    let lost = folder.join(OTHER_REGION);
    let (mut alone, mut beside, mut arrival) = (Sample::default(), Sample::default(), Duration::ZERO);
    for _ in 0..slices.count {
        // Both measurements begin with a new process, so that the caches of both are empty.
        (subject, _) = subject.restarted(binary, folder, || Ok(()))?;
        alone.add(&decrypt(&subject)?);
        let lose = || std::fs::remove_dir_all(&lost).map_err(machine(lost.display().to_string()));
        (subject, _) = subject.restarted(binary, folder, lose)?;
        let (measured, took) = beside_snapshot(&subject.address, &key, || decrypt(&subject))?;
        beside.add(&measured);
        arrival += took / slices.count;
    }
    Ok(Snapshots { alone, beside, sent: format!("{USERS} users in {}", table::time(arrival)) })
}

/// The measured load, and how long after its begin the other region knew the last user.
fn beside_snapshot(
    address: &str,
    key: &AccessKey,
    measured: impl FnOnce() -> Result<Sample, Error>,
) -> Result<(Sample, Duration), Error> {
    std::thread::scope(|scope| {
        let arrival = scope.spawn(|| arrived(address, key));
        let measured = measured();
        let arrival = arrival.join().map_err(|_| unexpected("the thread that waits for a snapshot panicked"))??;
        Ok((measured?, arrival))
    })
}

fn arrived(address: &str, key: &AccessKey) -> Result<Duration, Error> {
    let mut client = Client::connect(address, OTHER_REGION)?;
    client.key = key.clone();
    let begun = time::instant();
    while let Err(error) = client.call(&Call::kms("ListKeys", &json!({}))) {
        if begun.elapsed() > ARRIVED_WITHIN {
            return Err(error);
        }
        time::sleep(Duration::from_millis(10));
    }
    Ok(begun.elapsed())
}
