//! The steps of the demo: a key and a secret in two regions, the loss of one region, and both used in the other.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_host::ListenerSettings;
use claviger_host::link::Network;
use claviger_host::{
    AttestationRoots, AuditRotation, Cluster, ClusterConfig, Cors, Listen, RequestQuotas, RootSeals, SERVICES,
};
use claviger_types::{NoOutbound, Random, Region};
use serde_json::{Value, json};

use super::client::{CallError, Client, Service};
use crate::failure::Failure;
use crate::output;
use crate::system::{OsRandom, Stopwatch, SystemClock};

const PRIMARY: &str = "eu-central-1";
const REPLICA: &str = "eu-west-1";
const MESSAGE: &str = "the cellar key hangs behind the clock";

/// How long a change may take from one region to the other before the demo counts as failed.
const ARRIVES_WITHIN: Duration = Duration::from_secs(5);

/// Runs every step, and fails at the first whose outcome is not the expected one.
pub(crate) async fn run() -> Result<(), Failure> {
    let total = Stopwatch::start();
    output::line("Claviger demo: one key and one secret in two regions, and then only one region is left.\n")?;
    let mut cluster = start().await?;
    let outcome = steps(&mut cluster).await;
    cluster.stop().await;
    outcome?;
    output::line(format!("\nDone in {} ms; every step was checked. Next: claviger dev", total.ms()))
}

async fn start() -> Result<Cluster, Failure> {
    let watch = Stopwatch::start();
    let cluster = Cluster::start(ClusterConfig {
        regions: vec![region(PRIMARY)?, region(REPLICA)?],
        iam_home: region(PRIMARY)?,
        data: None,
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom::new()?),
        dev: true,
        services: SERVICES,
        quotas: RequestQuotas::default(),
        audit: AuditRotation::default(),
        rebuild: std::collections::BTreeSet::new(),
        listen: Listen::Each(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        listener: ListenerSettings::default(),
        cors: Cors::default(),
        network: Arc::new(Network::default()),
        link: None,
        outbound: Arc::new(NoOutbound),
        issuers: Arc::new(NoOutbound),
        attestation_roots: AttestationRoots::default(),
        require_replicas: None,
        encodes_denials: false,
        operators: claviger_host::Operators::default(),
        starts_without_lost: false,
        rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
        seals: RootSeals::default(),
    });
    let cluster = cluster.await.map_err(|error| Failure::new("the demo's regions do not start", error))?;
    output::line(format!("1. Two regions, each with its own store, root key and address. {}", took(watch)))?;
    Ok(cluster)
}

async fn steps(cluster: &mut Cluster) -> Result<(), Failure> {
    let here = client(cluster, PRIMARY)?;
    let there = client(cluster, REPLICA)?;
    for client in [&here, &there] {
        output::line(format!("     {:<14} http://{}", client.region.as_str(), client.address))?;
    }
    let key = key(&here, &there).await?;
    let sealed = encrypt(&here).await?;
    let secret = secret(&here, &there, &key).await?;
    lose(cluster, &here).await?;
    decrypt(&there, &key, &sealed).await?;
    read(&there, &secret).await
}

/// A multi-Region key, its replica, and the same alias in both regions. Returns the key's id.
async fn key(here: &Client, there: &Client) -> Result<String, Failure> {
    let watch = Stopwatch::start();
    let made = call(here, Service::Kms, "CreateKey", json!({"MultiRegion": true, "Description": "demo"})).await?;
    let id = text(&made, "/KeyMetadata/KeyId")?;
    output::line(format!(
        "2. A multi-Region key in {PRIMARY}. {}\n     {}",
        took(watch),
        text(&made, "/KeyMetadata/Arn")?
    ))?;

    let watch = Stopwatch::start();
    call(here, Service::Kms, "ReplicateKey", json!({"KeyId": id, "ReplicaRegion": REPLICA})).await?;
    let replica = until(there, Service::Kms, "DescribeKey", json!({"KeyId": id}), |answer| {
        answer.pointer("/KeyMetadata/KeyState") == Some(&json!("Enabled"))
    });
    let replica = replica.await?;
    output::line(format!("3. Its replica in {REPLICA}, enabled. {}", took(watch)))?;
    output::line(format!("     {}", text(&replica, "/KeyMetadata/Arn")?))?;
    check("both regions give the key the same id", text(&replica, "/KeyMetadata/KeyId")? == id)?;
    check("the replica knows its primary", {
        let primary = replica.pointer("/KeyMetadata/MultiRegionConfiguration/PrimaryKey/Region");
        primary == Some(&json!(PRIMARY))
    })?;
    for client in [here, there] {
        call(client, Service::Kms, "CreateAlias", json!({"AliasName": "alias/demo", "TargetKeyId": id})).await?;
    }
    Ok(id)
}

/// A ciphertext of a message, encrypted in the primary's region.
async fn encrypt(here: &Client) -> Result<Value, Failure> {
    let watch = Stopwatch::start();
    let input =
        json!({"KeyId": "alias/demo", "Plaintext": STANDARD.encode(MESSAGE), "EncryptionContext": {"for": "demo"}});
    let output = call(here, Service::Kms, "Encrypt", input).await?;
    let sealed = text(&output, "/CiphertextBlob")?;
    output::line(format!("4. A message, encrypted in {PRIMARY} under alias/demo. {}", took(watch)))?;
    output::line(format!("     {}...", sealed.chars().take(60).collect::<String>()))?;
    check("the ciphertext does not show the message", {
        let bytes = STANDARD.decode(&sealed).unwrap_or_default();
        !bytes.is_empty() && !bytes.windows(6).any(|window| MESSAGE.as_bytes().windows(6).any(|w| w == window))
    })?;
    Ok(json!(sealed))
}

/// The secret's newest value and version, written before its primary's region goes down.
struct Secret {
    name: &'static str,
    value: &'static str,
    version: String,
}

/// A secret with a replica, and a new value that follows.
async fn secret(here: &Client, there: &Client, key: &str) -> Result<Secret, Failure> {
    let watch = Stopwatch::start();
    let (name, value) = ("demo/database", "second password");
    let input = json!({
        "Name": name, "SecretString": "first password", "KmsKeyId": key, "ClientRequestToken": token()?,
        "AddReplicaRegions": [{"Region": REPLICA, "KmsKeyId": key}],
    });
    let made = call(here, Service::SecretsManager, "CreateSecret", input).await?;
    let described = until(here, Service::SecretsManager, "DescribeSecret", json!({"SecretId": name}), |answer| {
        answer.pointer("/ReplicationStatus/0/Status") == Some(&json!("InSync"))
    });
    described.await?;
    let copy = call(there, Service::SecretsManager, "GetSecretValue", json!({"SecretId": name})).await?;
    output::line(format!("5. A secret in {PRIMARY} with a replica in {REPLICA}, in sync. {}", took(watch)))?;
    for arn in [text(&made, "/ARN")?, text(&copy, "/ARN")?] {
        output::line(format!("     {arn}"))?;
    }
    check("the replica's ARN differs in nothing but the region", {
        text(&made, "/ARN")?.replace(PRIMARY, REPLICA) == text(&copy, "/ARN")?
    })?;
    check("the replica holds the value", text(&copy, "/SecretString")? == "first password")?;

    let watch = Stopwatch::start();
    let input = json!({"SecretId": name, "SecretString": value, "ClientRequestToken": token()?});
    let put = call(here, Service::SecretsManager, "PutSecretValue", input).await?;
    let arrived = until(there, Service::SecretsManager, "GetSecretValue", json!({"SecretId": name}), |answer| {
        answer.pointer("/SecretString") == Some(&json!(value))
    });
    let arrived = arrived.await?;
    output::line(format!("6. A new value, put in {PRIMARY} and read in {REPLICA}. {}", took(watch)))?;
    let version = text(&put, "/VersionId")?;
    check("both regions give the version the same id", text(&arrived, "/VersionId")? == version)?;
    Ok(Secret { name, value, version })
}

async fn lose(cluster: &mut Cluster, here: &Client) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    cluster.stop_region(&here.region).await;
    let call = here.call(Service::Kms, "ListKeys", json!({})).await;
    output::line(format!("7. {PRIMARY} is gone: listener, thread and node. {}", took(watch)))?;
    match call {
        Err(error @ CallError::Unreachable(..)) => output::line(format!("     {error}")),
        _ => check("nobody answers in the lost region", false),
    }
}

async fn decrypt(there: &Client, key: &str, sealed: &Value) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let input = json!({"CiphertextBlob": sealed, "EncryptionContext": {"for": "demo"}});
    let output = call(there, Service::Kms, "Decrypt", input).await?;
    let opened = STANDARD.decode(text(&output, "/Plaintext")?).unwrap_or_default();
    let opened = String::from_utf8_lossy(&opened);
    output::line(format!("8. The message, decrypted in {REPLICA}. {}\n     \"{opened}\"", took(watch)))?;
    check("it is the message", opened == MESSAGE)?;
    let expected = format!("arn:aws:kms:{REPLICA}:000000000000:key/{key}");
    check("the replica decrypted it", text(&output, "/KeyId")? == expected)
}

async fn read(there: &Client, secret: &Secret) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let output = call(there, Service::SecretsManager, "GetSecretValue", json!({"SecretId": secret.name})).await?;
    let value = text(&output, "/SecretString")?;
    output::line(format!("9. The secret, read in {REPLICA}. {}\n     \"{value}\"", took(watch)))?;
    check("it is the newest value", value == secret.value && text(&output, "/VersionId")? == secret.version)
}

/// A client request token. It makes a repeated request idempotent. The SDKs add one by default.
fn token() -> Result<String, Failure> {
    let random: &dyn Random = &OsRandom::new()?;
    Ok(random.uuid())
}

fn region(name: &str) -> Result<Region, Failure> {
    Region::parse(name).map_err(|error| Failure::new("the demo's regions do not start", error))
}

fn client(cluster: &Cluster, name: &str) -> Result<Client, Failure> {
    let region = region(name)?;
    let address = cluster.address_of(&region);
    let address = address.ok_or_else(|| Failure::new("the demo failed", format!("{name} does not listen")))?;
    Ok(Client { region, address })
}

async fn call(client: &Client, service: Service, operation: &'static str, input: Value) -> Result<Value, Failure> {
    client.call(service, operation, input).await.map_err(|error| Failure::new("the demo failed", error))
}

/// Calls until the answer fulfils `wished`. A refusal counts as "not yet", since the target may not exist yet.
async fn until(
    client: &Client,
    service: Service,
    operation: &'static str,
    input: Value,
    wished: impl Fn(&Value) -> bool,
) -> Result<Value, Failure> {
    let watch = Stopwatch::start();
    loop {
        let answer = client.call(service, operation, input.clone()).await;
        let last = match answer {
            Ok(answer) if wished(&answer) => return Ok(answer),
            Ok(answer) => answer.to_string(),
            Err(error) => error.to_string(),
        };
        if watch.elapsed() > ARRIVES_WITHIN {
            let why =
                format!("{operation} in {} did not come to what it should be; the last answer: {last}", client.region);
            return Err(Failure::new("the demo failed", why));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn text(answer: &Value, at: &str) -> Result<String, Failure> {
    let found = answer.pointer(at).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Failure::new("the demo failed", format!("an answer lacks {at}")))
}

fn check(what: &str, holds: bool) -> Result<(), Failure> {
    if !holds {
        return Err(Failure::new("the demo failed", format!("this does not hold: {what}")));
    }
    output::line(format!("     ok: {what}"))
}

fn took(watch: Stopwatch) -> String {
    format!("({:.1} ms)", watch.elapsed().as_secs_f64() * 1000.0)
}
