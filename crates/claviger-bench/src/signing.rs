//! The cost of a signature: the server's processor time for `Sign`, beside that of the bare library call and that of a request which
//! computes a MAC, whose own work is about a microsecond.
//!
//! The library signs with tables: 148 KiB for P-256. A loop of bare calls keeps them in the processor's caches. Between two signatures of
//! a server the rest of the requests, and the client on the same cores, displace them. So the bare call is also timed with the
//! caches displaced before each call.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::call::{AccessKey, Call};
use crate::compare::{Contender, Slices, compare};
use crate::error::{Error, unexpected};
use crate::load::Requests;
use crate::process;
use crate::subject::Subject;
use crate::table::{self, Out};
use crate::time;
use crate::workload::REGION;

const CONNECTIONS: usize = 16;
const MESSAGE: &[u8] = b"the cellar key hangs behind the clock";
/// Read between two calls to displace the caches: about the second level of a core.
const DISPLACING: usize = 2 << 20;
/// `MESSAGE` in base64.
const ENCODED: &str = "dGhlIGNlbGxhciBrZXkgaGFuZ3MgYmVoaW5kIHRoZSBjbG9jaw==";

/// Writes the table.
///
/// # Errors
///
/// A load fails.
pub fn run(binary: &Path, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let mut subject = Subject::in_memory(binary)?;
    let mac = call(&mut subject, "HMAC_256", "GENERATE_VERIFY_MAC", "GenerateMac", ("MacAlgorithm", "HMAC_SHA_256"))?;
    let signing = [
        ("ECDSA_SHA_256, ECC_NIST_P256", "ECC_NIST_P256", "ECDSA_SHA_256", elliptic(slices)?),
        ("RSASSA_PKCS1_V1_5_SHA_256, RSA_2048", "RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", rsa(slices)?),
    ];
    let mut requests = vec![mac];
    for (_, spec, algorithm, _) in &signing {
        requests.push(call(&mut subject, spec, "SIGN_VERIFY", "Sign", ("SigningAlgorithm", algorithm))?);
    }
    let contenders: Vec<Contender<'_>> = requests
        .into_iter()
        .map(|requests| Contender::new(&subject.address, requests, subject.server.as_ref()))
        .collect();
    let figures = compare(&contenders, CONNECTIONS, slices)?;
    let mut cpu = figures.iter().map(crate::compare::Figures::cpu_per_request);
    let own = cpu.next().unwrap_or_default();
    out(&format!(
        "\nSignatures over {CONNECTIONS} connections, in memory. The request's own cost is that of `GenerateMac`: {} of processor time.",
        table::time(own)
    ))?;
    table::head(
        out,
        &[
            "Algorithm and key",
            "`Sign`, processor time",
            "library call",
            "`Sign` / (library + own)",
            "library call, caches displaced",
            "`Sign` / (that + own)",
        ],
    )?;
    for ((name, _, _, library), cpu) in signing.iter().zip(cpu) {
        let mut cells = vec![(*name).to_owned(), table::time(cpu)];
        for library in [library.warm, library.displaced] {
            cells.extend([table::time(library), table::ratio(cpu.as_secs_f64(), (library + own).as_secs_f64())]);
        }
        table::row(out, &cells)?;
    }
    Ok(())
}

/// The requests of an operation with a new key.
fn call(
    subject: &mut Subject,
    spec: &str,
    usage: &str,
    operation: &'static str,
    (parameter, algorithm): (&str, &str),
) -> Result<Requests, Error> {
    let made = subject.client.call(&Call::kms("CreateKey", &json!({"KeySpec": spec, "KeyUsage": usage})))?;
    let key: Value = made.pointer("/KeyMetadata/KeyId").cloned().ok_or_else(|| unexpected("a key without an id"))?;
    let call = Call::kms(operation, &json!({"KeyId": key, "Message": ENCODED, parameter: algorithm}));
    let address = subject.address.clone();
    Ok(Arc::new(move |_, _| call.request(&address, REGION, &AccessKey::root()).into()))
}

/// The mean processor time of a bare call.
struct Library {
    /// One call after the other.
    warm: Duration,
    /// With the caches displaced before each call.
    displaced: Duration,
}

fn elliptic(slices: Slices) -> Result<Library, Error> {
    let failed = |_| unexpected("the library cannot sign with P-256");
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(failed)?;
    library(slices, || pair.sign(&SystemRandom::new(), MESSAGE).map(drop).map_err(failed))
}

fn rsa(slices: Slices) -> Result<Library, Error> {
    let failed = |_| unexpected("the library cannot sign with RSA");
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    library(slices, || pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), MESSAGE, &mut signature).map_err(failed))
}

fn library(slices: Slices, mut call: impl FnMut() -> Result<(), Error>) -> Result<Library, Error> {
    let warm = timed(slices, &mut call)?;
    let memory = vec![1_u8; DISPLACING];
    let displace = || {
        // One byte of each line of the cache.
        black_box(memory.iter().step_by(64).map(|byte| u64::from(*byte)).sum::<u64>());
    };
    let both = timed(slices, || {
        displace();
        call()
    })?;
    let alone = timed(slices, || {
        displace();
        Ok(())
    })?;
    Ok(Library { warm, displaced: both.saturating_sub(alone) })
}

/// The mean processor time of a call in this process, which has nothing else to do meanwhile.
fn timed(slices: Slices, mut call: impl FnMut() -> Result<(), Error>) -> Result<Duration, Error> {
    let (begun, before, mut calls) = (time::instant(), process::cpu_of(std::process::id())?, 0);
    while begun.elapsed() < slices.time * slices.count {
        call()?;
        calls += 1;
    }
    Ok(process::cpu_of(std::process::id())?.saturating_sub(before) / calls.max(1))
}
