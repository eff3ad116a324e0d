//! The latency of Decrypt at half load, alone and while the same process is busy with something else.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use crate::call::{AccessKey, Call};
use crate::client::Client;
use crate::compare::Slices;
use crate::error::{Error, unexpected};
use crate::load::{Load, Requests, Sample};
use crate::paced::paced;
use crate::snapshot;
use crate::subject::{Signer, Subject};
use crate::table::{self, Out};
use crate::time;
use crate::workload::{OTHER_REGION, REGION, Workload};

/// The connections of the measured load.
const CONNECTIONS: usize = 16;
/// AWS's limit of a key policy.
const POLICY_BYTES_MAX: usize = 32 * 1024;
/// How long a disturbance runs before the measured load begins.
const LEAD: Duration = Duration::from_millis(100);
/// A disturbance ends when it is told to, and not before.
const FOREVER: Duration = Duration::from_secs(3600);

/// Something that keeps the process busy.
struct Disturbance {
    name: &'static str,
    connections: usize,
    region: &'static str,
    call: Call,
}

/// Writes the table.
///
/// # Errors
///
/// A load fails.
pub fn run(binary: &Path, folder: &Path, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let subject = Subject::with_data(binary, &folder.join("isolation"))?;
    let requests = subject.requests(Workload::Decrypt, Signer::Root)?;
    let rate = half_load(&subject, &requests, slices)?;
    out(&format!(
        "\nDecrypt at half of its full load: {rate:.0} requests/s over {CONNECTIONS} connections, `--data`."
    ))?;
    let columns = ["While", "p50 alone", "p99", "p99.9", "p50 beside it", "p99", "p99.9", "p99 beside / alone"];
    table::head(out, &[&columns[..], &["of it per second"]].concat())?;
    for disturbance in disturbances(&subject)? {
        let load = disturbance.load(&subject);
        let (mut alone, mut beside, mut others) = (Sample::default(), Sample::default(), Sample::default());
        for _ in 0..slices.count {
            alone.add(&paced(&subject.address, CONNECTIONS, rate, &requests, slices.time)?);
            let (measured, other) = disturbed(&subject.address, &load, rate, &requests, slices.time)?;
            beside.add(&measured);
            others.add(&other);
        }
        let mut cells = row(disturbance.name, &alone, &beside);
        cells.push(table::per_second(others.rate()));
        table::row(out, &cells)?;
    }
    let snapshots = snapshot::measure(binary, &folder.join("isolation"), subject, (rate, CONNECTIONS), slices)?;
    let name = "another region that lost its store gets a snapshot";
    let mut cells = row(name, &snapshots.alone, &snapshots.beside);
    cells.push(snapshots.sent);
    table::row(out, &cells)
}

/// Half of the rate at which connections without a pause are answered.
fn half_load(subject: &Subject, requests: &Requests, slices: Slices) -> Result<f64, Error> {
    let load = Load::lasting(&subject.address, CONNECTIONS, requests.clone(), slices.time * slices.count);
    Ok(load.run()?.rate() / 2.0)
}

/// The cells of a row up to the comparison of the two.
fn row(name: &str, alone: &Sample, beside: &Sample) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    for sample in [alone, beside] {
        cells.extend([0.5, 0.99, 0.999].map(|share| table::time(sample.latency.quantile(share))));
    }
    let p99 = |sample: &Sample| sample.latency.quantile(0.99).as_secs_f64();
    cells.push(table::ratio(p99(beside), p99(alone)));
    cells
}

fn disturbances(subject: &Subject) -> Result<Vec<Disturbance>, Error> {
    let mut other = Client::connect(&subject.address, OTHER_REGION)?;
    let key = |client: &mut Client| -> Result<Value, Error> {
        let made = client.call(&Call::kms("CreateKey", &json!({})))?;
        made.pointer("/KeyMetadata/KeyId").cloned().ok_or_else(|| unexpected("a key without an id"))
    };
    let there = key(&mut other)?;
    let generate = Call::kms("GenerateDataKey", &json!({"KeyId": there, "KeySpec": "AES_256"}));
    let create = || Call::kms("CreateKey", &json!({}));
    let policy = Call::kms("PutKeyPolicy", &json!({"KeyId": there, "PolicyName": "default", "Policy": large_policy()}));
    let refused = Call::kms("PutKeyPolicy", &json!({"KeyId": there, "Policy": "x".repeat(1024 * 1024)}));
    let rsa = Call::kms("CreateKey", &json!({"KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY"}));
    let new = |name, connections, region, call| Disturbance { name, connections, region, call };
    Ok(vec![
        new("another region answers `GenerateDataKey` to 4 connections", 4, OTHER_REGION, generate),
        new("another region makes keys for 16 connections", 16, OTHER_REGION, create()),
        new("a connection puts key policies of 32 KiB in another region", 1, OTHER_REGION, policy),
        new("a connection sends policies of 1 MiB, which are refused", 1, OTHER_REGION, refused),
        new("the same region makes keys for 16 connections", 16, REGION, create()),
        new("the same region makes RSA-4096 keys for 16 connections", 16, REGION, rsa),
    ])
}

/// A key policy that is nearly as long as KMS allows, with many statements to compile.
fn large_policy() -> String {
    let root = json!({"Sid": "root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "kms:*", "Resource": "*"});
    let text = |statements: &[Value]| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let mut statements = vec![root];
    let mut length = text(&statements).len();
    loop {
        let n = statements.len();
        let next = json!({"Sid": format!("s{n}"), "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["kms:Decrypt", "kms:Encrypt"],
            "Resource": "*", "Condition": {"StringLike": {"kms:EncryptionContext:team": [format!("team-{n}-*"), format!("*-{n}")]}}});
        length += next.to_string().len() + 1;
        if length > POLICY_BYTES_MAX {
            return text(&statements);
        }
        statements.push(next);
    }
}

impl Disturbance {
    /// The disturbance as a load. A signature is valid for minutes, and a slice lasts less.
    fn load(&self, subject: &Subject) -> Load {
        let (call, address, region) = (self.call.clone(), subject.address.clone(), self.region);
        let requests: Requests = Arc::new(move |_, _| call.request(&address, region, &AccessKey::root()).into());
        let load = Load::lasting(&subject.address, self.connections, requests, FOREVER);
        Load { any_status: true, ..load }
    }
}

/// The measured load beside the disturbance, and the disturbance itself.
fn disturbed(
    address: &str,
    disturbance: &Load,
    rate: f64,
    requests: &Requests,
    time_max: Duration,
) -> Result<(Sample, Sample), Error> {
    disturbance.stop.store(false, Ordering::Relaxed);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| disturbance.run());
        time::sleep(LEAD);
        let measured = paced(address, CONNECTIONS, rate, requests, time_max);
        disturbance.stop.store(true, Ordering::Relaxed);
        let other = other.join().map_err(|_| unexpected("the thread of a disturbance panicked"))??;
        Ok((measured?, other))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_policy_is_nearly_as_long_as_allowed() {
        let length = super::large_policy().len();
        assert!((32_000..=super::POLICY_BYTES_MAX).contains(&length), "{length}");
    }
}
