//! `cargo xtask bench`: ready time, memory, replication and latency, side by side with moto_server in the same run.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark reads this machine's clock, and JSON by its names"
)]

mod client;
mod server;
mod stats;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use client::Client;
use server::Server;
use stats::Latency;

/// How many starts the ready time is taken from.
const STARTS: usize = 20;
/// How many requests each latency is taken from, after a tenth as many that do not count.
const REQUESTS: usize = 2000;
/// The region that is measured.
const REGION: &str = "eu-central-1";
/// Where replicas go.
const REPLICA: &str = "eu-west-1";

/// The options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A claviger that is built already; without it the release build is made first
    #[arg(long)]
    claviger: Option<PathBuf>,
}

/// Measures and prints tables in Markdown.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), String> {
    let binary = match &arguments.claviger {
        Some(path) => path.clone(),
        None => server::build_release(root)?,
    };
    println!("{}\n", stats::machine());
    start(&binary)?;
    let ours = Server::claviger(&binary, &[])?;
    println!("| Idle memory, 3 regions, in memory | {:.1} MiB resident |", ours.resident_mib()?);
    replicate(&ours)?;
    println!(
        "\n| One connection, {REQUESTS} requests | Claviger p50 | p99 | moto_server p50 | p99 |\n| --- | --- | --- | --- | --- |"
    );
    let moto = Server::moto(root)?;
    if moto.is_none() {
        println!(
            "SKIPPED the peer: moto_server is neither in .venv/bin nor on PATH. After `./test` has made .venv: \
             .venv/bin/pip install -r tests/clients/bench-requirements.txt"
        );
    }
    let mut ours = Subject::new(&ours)?;
    let mut peer = moto.as_ref().map(Subject::new).transpose()?;
    for call in [Call::Encrypt, Call::Decrypt, Call::GetSecretValue] {
        compare(call, &mut ours, peer.as_mut())?;
    }
    Ok(())
}

fn start(binary: &Path) -> Result<(), String> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begun = Instant::now();
        let server = Server::claviger(binary, &[])?;
        times.push(begun.elapsed());
        drop(server);
    }
    let latency = Latency::of(times);
    println!("| What | Figure |\n| --- | --- |");
    println!(
        "| Process start to `Ready`, 3 regions, in memory, {STARTS} starts | p50 {}, max {} |",
        latency.p50(),
        latency.max()
    );
    let data = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = data.path().to_string_lossy().into_owned();
    let begun = Instant::now();
    let server = Server::claviger(binary, &["--data", &folder])?;
    println!("| The same with a new `--data` folder, once | {} |", stats::show(begun.elapsed()));
    drop(server);
    Ok(())
}

fn replicate(server: &Server) -> Result<(), String> {
    let mut home = Client::connect(server, REGION)?;
    let mut away = Client::connect(server, REPLICA)?;
    let mut times = Vec::new();
    for _ in 0..50 {
        let key = home.kms("CreateKey", &json!({"MultiRegion": true}))?;
        let id = key["KeyMetadata"]["KeyId"].clone();
        let begun = Instant::now();
        home.kms("ReplicateKey", &json!({"KeyId": id, "ReplicaRegion": REPLICA}))?;
        let enabled =
            || away.kms("DescribeKey", &json!({"KeyId": id})).is_ok_and(|k| k["KeyMetadata"]["KeyState"] == "Enabled");
        until(enabled)?;
        times.push(begun.elapsed());
    }
    let latency = Latency::of(times);
    println!(
        "| `ReplicateKey` until the replica is `Enabled`, 50 times | p50 {}, max {} |",
        latency.p50(),
        latency.max()
    );
    Ok(())
}

fn until(mut done: impl FnMut() -> bool) -> Result<(), String> {
    let begun = Instant::now();
    while !done() {
        if begun.elapsed() > Duration::from_secs(10) {
            return Err("a replica was not enabled within 10 s".to_owned());
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Encrypt,
    Decrypt,
    GetSecretValue,
}

/// A server with a key, a ciphertext and a secret to call it with.
struct Subject {
    client: Client,
    key: Value,
    blob: Value,
}

impl Subject {
    fn new(server: &Server) -> Result<Subject, String> {
        let mut client = Client::connect(server, REGION)?;
        let key = client.kms("CreateKey", &json!({}))?["KeyMetadata"]["KeyId"].clone();
        let blob = client.kms("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT}))?["CiphertextBlob"].clone();
        let token = "00000000-0000-4000-8000-000000000001";
        let secret =
            json!({"Name": "bench", "SecretString": "a secret value", "KmsKeyId": key, "ClientRequestToken": token});
        client.secrets("CreateSecret", &secret)?;
        Ok(Subject { client, key, blob })
    }

    fn call(&mut self, call: Call) -> Result<Value, String> {
        match call {
            Call::Encrypt => self.client.kms("Encrypt", &json!({"KeyId": self.key, "Plaintext": PLAINTEXT})),
            Call::Decrypt => self.client.kms("Decrypt", &json!({"CiphertextBlob": self.blob})),
            Call::GetSecretValue => self.client.secrets("GetSecretValue", &json!({"SecretId": "bench"})),
        }
    }

    fn measure(&mut self, call: Call, requests: usize) -> Result<Vec<Duration>, String> {
        let mut times = Vec::with_capacity(requests);
        for _ in 0..requests {
            let begun = Instant::now();
            self.call(call)?;
            times.push(begun.elapsed());
        }
        Ok(times)
    }
}

/// 32 bytes in base64.
const PLAINTEXT: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// Measures the two alternately, in slices, so that a busy moment of the machine affects both.
fn compare(call: Call, ours: &mut Subject, mut peer: Option<&mut Subject>) -> Result<(), String> {
    const SLICES: usize = 10;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for slice in 0..=SLICES {
        let mine = ours.measure(call, REQUESTS / SLICES)?;
        let theirs = peer.as_mut().map(|p| p.measure(call, REQUESTS / SLICES)).transpose()?.unwrap_or_default();
        // The first slice warms both up.
        if slice > 0 {
            a.extend(mine);
            b.extend(theirs);
        }
    }
    let a = Latency::of(a);
    let (p50, p99) = if b.is_empty() {
        ("-".to_owned(), "-".to_owned())
    } else {
        (Latency::of(b.clone()).p50(), Latency::of(b).p99())
    };
    println!("| `{call:?}` | {} | {} | {p50} | {p99} |", a.p50(), a.p99());
    Ok(())
}
