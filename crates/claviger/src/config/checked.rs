//! The settings of a server, after every check that needs nothing but the file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use claviger_host::{
    AuditRotation, BodyLimits, Limits, OperatorPublicKey, Operators, RequestQuotas, Times, kms_request_quotas,
};
use claviger_types::Region;

use super::fault::{Fault, Faults};
use super::members::{Applies, Fallback, MEMBERS};
use super::raw::{self, Raw, path, shown};

/// The settings of a server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// The folder with a folder for each region.
    pub(crate) data: PathBuf,
    /// The regions of this process, and their seals.
    pub(crate) regions: BTreeMap<Region, Seal>,
    pub(crate) iam_home: Region,
    /// Where the API is served.
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) allow_origins: Vec<String>,
    /// None: plain HTTP, on addresses of this machine.
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) link: Link,
    /// Where health and metrics are answered.
    pub(crate) health: Option<SocketAddr>,
    pub(crate) connections: Option<usize>,
    pub(crate) connections_per_peer: Option<usize>,
    pub(crate) times: Times,
    pub(crate) bodies: BodyLimits,
    pub(crate) audit: AuditRotation,
    pub(crate) quotas: RequestQuotas,
    pub(crate) rotation_functions: Vec<String>,
    pub(crate) rotation_file: Option<PathBuf>,
    /// None: all whose regions are reachable, and at least one.
    pub(crate) require_replicas: Option<u32>,
    /// Whose signatures a failover needs.
    pub(crate) operators: Operators,
    pub(crate) key_store_ca: Option<PathBuf>,
    pub(crate) key_store_proxies: Vec<(String, SocketAddr)>,
    pub(crate) issuer_ca: Option<PathBuf>,
    pub(crate) encodes_denials: bool,
    pub(crate) issuer_hosts: Vec<String>,
    pub(crate) attestation_roots: Vec<PathBuf>,
}

/// How a region's root key is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seal {
    /// In the clear, in a file of its owner.
    File,
    /// In a file that a passphrase opens.
    Passphrase(PassphraseSource),
}

/// Where a passphrase comes from. It is never in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PassphraseSource {
    File(PathBuf),
    Variable(String),
    /// A person, or the standard input.
    Asked,
}

impl Seal {
    /// The word that chooses it in the configuration.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Seal::File => "file",
            Seal::Passphrase(_) => "passphrase",
        }
    }
}

/// Where the server's certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TlsFiles {
    /// An authority in the data folder makes it, for these names.
    Generated { names: Vec<String> },
    /// It is in files.
    Own { certificate: PathBuf, key: PathBuf },
}

/// The link to other processes of the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) listen: Option<SocketAddr>,
    /// `HOST:PORT`, by which others reach it.
    pub(crate) advertise: Vec<String>,
}

/// A configuration that was read and checked.
pub(crate) struct Loaded {
    raw: Raw,
    pub(crate) settings: Settings,
}

impl Loaded {
    /// The members that differ from `next` and take effect at a start only.
    pub(crate) fn differences_for_a_start(&self, next: &Loaded) -> Vec<String> {
        self.raw.differences(&next.raw, Applies::Start)
    }
}

/// Checks the text of a file.
///
/// # Errors
///
/// All faults of the file.
pub(crate) fn load(file: &Path, text: &str) -> Result<Loaded, Faults> {
    let raw = Raw::read(file, text)?;
    let settings = check(&raw).map_err(|faults| Faults::of(file, faults))?;
    Ok(Loaded { raw, settings })
}

fn check(raw: &Raw) -> Result<Settings, Vec<Fault>> {
    let mut checks = Checks { raw, faults: Vec::new() };
    checks.required();
    let regions = checks.regions();
    let iam_home = checks.iam_home(&regions);
    let tls = checks.tls();
    let listen = checks.listen(tls.is_some());
    let link = checks.link();
    let quotas = checks.quotas();
    let key_store_proxies = checks.proxies();
    let operators = checks.operators();
    let Checks { faults, .. } = checks;
    let data = raw.path(&path("data"));
    let (Some(data), Some(iam_home), []) = (data, iam_home, faults.as_slice()) else { return Err(faults) };
    Ok(Settings {
        data,
        regions,
        iam_home,
        listen,
        allow_origins: raw.texts(&path("api.allow_origins")),
        tls,
        link,
        health: raw.address(&path("health.listen")),
        connections: count(raw, "limits.connections"),
        connections_per_peer: count(raw, "limits.connections_per_peer"),
        times: times(raw),
        bodies: bodies(raw),
        audit: audit(raw),
        quotas,
        rotation_functions: raw.texts(&path("rotation.functions")),
        rotation_file: raw.path(&path("rotation.file")),
        require_replicas: raw.integer(&path("rotation.require_replicas")).and_then(|number| u32::try_from(number).ok()),
        key_store_ca: raw.path(&path("key_stores.ca")),
        key_store_proxies,
        issuer_ca: raw.path(&path("identity_providers.ca")),
        encodes_denials: raw.boolean(&path("api.encoded_denials")),
        issuer_hosts: raw.texts(&path("identity_providers.private_hosts")),
        operators,
        attestation_roots: raw.paths(&path("recipients.attestation_roots")),
    })
}

/// The checks of one file, and the faults that they have found.
struct Checks<'r> {
    raw: &'r Raw,
    faults: Vec<Fault>,
}

impl Settings {
    /// The limits of the listeners, for a process that may have so many descriptors.
    pub(crate) fn limits(&self, descriptors: usize) -> Limits {
        let connections = self.connections.unwrap_or_else(|| (descriptors / 4 * 3).clamp(16, 65_536));
        let connections_per_peer = self.connections_per_peer.unwrap_or(connections / 2);
        Limits { connections, connections_per_peer, times: self.times }
    }
}

impl Checks<'_> {
    fn fault(&mut self, key: &[String], problem: String, fix: &str) {
        let line = self.raw.given(key).map(|given| given.line);
        self.faults.push(Fault::new(line, problem, fix));
    }

    fn required(&mut self) {
        for member in MEMBERS.iter().filter(|member| member.fallback == Fallback::Required) {
            if self.raw.given(&path(member.key)).is_none() {
                let fix = format!("add {} = {}: {}", member.key, raw::expected(member), member.meaning);
                self.faults.push(Fault::new(None, format!("{} is absent", member.key), fix));
            }
        }
    }

    fn regions(&mut self) -> BTreeMap<Region, Seal> {
        let mut regions = BTreeMap::new();
        for (name, line) in self.raw.names("regions") {
            match Region::parse(&name) {
                Ok(region) => {
                    let seal = self.seal(&name);
                    regions.insert(region, seal);
                }
                Err(_) => {
                    let problem = format!("regions.{} names no region", shown(&[name]));
                    self.faults.push(Fault::new(
                        Some(line),
                        problem,
                        "a region is named as AWS's are, such as eu-west-1",
                    ));
                }
            }
        }
        if self.raw.names("regions").is_empty() {
            self.faults.push(Fault::new(None, "there is no region", "add a table such as [regions.eu-west-1]"));
        }
        regions
    }

    fn seal(&mut self, region: &str) -> Seal {
        let [seal, file, variable] =
            ["seal", "passphrase_file", "passphrase_variable"].map(|name| ["regions", region, name].map(str::to_owned));
        let is_sealed = self.raw.text(&seal).as_deref() == Some("passphrase");
        match (is_sealed, self.raw.path(&file), self.raw.text(&variable)) {
            (false, None, None) => Seal::File,
            (true, Some(file), None) => Seal::Passphrase(PassphraseSource::File(file)),
            (true, None, Some(variable)) => Seal::Passphrase(PassphraseSource::Variable(variable)),
            (true, None, None) => Seal::Passphrase(PassphraseSource::Asked),
            (true, Some(_), Some(_)) => {
                let problem = format!("{} is given beside passphrase_file", shown(&variable));
                self.fault(&variable, problem, "keep one of the two");
                Seal::File
            }
            (false, given, _) => {
                let key = if given.is_some() { file } else { variable };
                let problem = format!("{} is given, and the seal is \"file\"", shown(&key));
                self.fault(&key, problem, "write seal = \"passphrase\", or remove the member");
                Seal::File
            }
        }
    }

    fn iam_home(&mut self, regions: &BTreeMap<Region, Seal>) -> Option<Region> {
        let key = path("iam_home");
        let text = self.raw.text(&key)?;
        let home = Region::parse(&text).ok().filter(|home| regions.contains_key(home));
        if home.is_none() {
            let known: Vec<&str> = regions.keys().map(Region::as_str).collect();
            let fix = format!("name one of the regions of this file: {}", known.join(", "));
            self.fault(&key, format!("iam_home is \"{text}\", which is not one of the regions"), &fix);
        }
        home
    }

    fn tls(&mut self) -> Option<TlsFiles> {
        let [generated, names, certificate, key] =
            ["tls.generated", "tls.names", "tls.certificate", "tls.key"].map(path);
        let files = (self.raw.path(&certificate), self.raw.path(&key));
        match (self.raw.boolean(&generated), files) {
            (true, (None, None)) => Some(TlsFiles::Generated { names: self.raw.texts(&names) }),
            (false, (Some(certificate), Some(key))) => Some(TlsFiles::Own { certificate, key }),
            (false, (None, None)) => None,
            (true, _) => {
                let problem = "tls.generated is true beside a certificate of your own".to_owned();
                self.fault(&generated, problem, "remove tls.generated, or remove tls.certificate and tls.key");
                None
            }
            (false, (Some(_), None)) => {
                self.fault(&certificate, "tls.certificate is without its key".to_owned(), "add tls.key = \"FILE\"");
                None
            }
            (false, (None, Some(_))) => {
                self.fault(&key, "tls.key is without a certificate".to_owned(), "add tls.certificate = \"FILE\"");
                None
            }
        }
    }

    /// Without TLS, a reader of the network could read secrets and use every signature for some minutes.
    fn listen(&mut self, encrypted: bool) -> Vec<SocketAddr> {
        let key = path("api.listen");
        let listen = self.raw.addresses(&key);
        for address in listen.iter().filter(|address| !encrypted && !address.ip().is_loopback()) {
            let problem = format!("api.listen has {address}, which other machines reach, and there is no TLS");
            self.fault(
                &key,
                problem,
                "add [tls] with generated = true or with certificate and key, or listen on 127.0.0.1",
            );
        }
        listen
    }

    fn link(&mut self) -> Link {
        let (listen, advertise) = (path("link.listen"), path("link.advertise"));
        let link = Link { listen: self.raw.address(&listen), advertise: self.raw.texts(&advertise) };
        for text in &link.advertise {
            let is_reachable = text.rsplit_once(':').is_some_and(|(host, port)| {
                let port: Option<u16> = port.parse().ok();
                !host.is_empty() && host.chars().all(|c| c.is_ascii_graphic()) && port.is_some_and(|port| port > 0)
            });
            if !is_reachable {
                let problem = format!("link.advertise has \"{text}\", which is not a host and a port");
                self.fault(&advertise, problem, "write it as HOST:PORT, such as \"kms-a.example:4610\"");
            }
        }
        if link.listen.is_none() && !link.advertise.is_empty() {
            let problem = "link.advertise is given, and link.listen is not".to_owned();
            self.fault(&advertise, problem, "add link.listen = \"0.0.0.0:4610\"");
        }
        link
    }

    fn quotas(&mut self) -> RequestQuotas {
        let in_flight = count(self.raw, "limits.requests_in_flight_per_account");
        let mut quotas = RequestQuotas {
            aws_defaults: self.raw.boolean(&path("kms.aws_request_quotas")),
            per_second: BTreeMap::new(),
            in_flight_per_account: in_flight.and_then(|count| u32::try_from(count).ok()),
        };
        for (name, line) in self.raw.names("kms.request_quotas") {
            let key = ["kms".to_owned(), "request_quotas".to_owned(), name.clone()];
            let rate = self.raw.integer(&key).and_then(|rate| u32::try_from(rate).ok());
            match rate.filter(|_| kms_request_quotas().any(|known| known == name)) {
                Some(rate) => {
                    quotas.per_second.insert(name, rate);
                }
                None => {
                    let known: Vec<&str> = kms_request_quotas().collect();
                    let fix = format!("the names are {}", known.join(", "));
                    self.faults.push(Fault::new(Some(line), format!("{} names no request quota", shown(&key)), fix));
                }
            }
        }
        quotas
    }

    fn operators(&mut self) -> Operators {
        let (key, required) = (path("fleet.operators"), path("fleet.operators_required"));
        let mut keys = Vec::new();
        for text in self.raw.texts(&key) {
            match OperatorPublicKey::parse(&text) {
                Ok(public) => keys.push(public),
                Err(error) => {
                    self.fault(&key, format!("fleet.operators has \"{text}\": {error}"), "remove it, or write it again")
                }
            }
        }
        if keys.is_empty() && self.raw.given(&required).is_some() {
            let problem = "fleet.operators_required is given, and fleet.operators names nobody".to_owned();
            self.fault(&required, problem, "add fleet.operators, or remove the member");
        }
        let number = self.raw.integer(&required).and_then(|number| usize::try_from(number).ok()).unwrap_or(1);
        Operators::new(keys, number).unwrap_or_else(|error| {
            let at = if self.raw.given(&required).is_some() { required } else { key };
            self.fault(
                &at,
                format!("fleet.operators: {error}"),
                "name every operator once, and require not more than there are",
            );
            Operators::default()
        })
    }

    fn proxies(&mut self) -> Vec<(String, SocketAddr)> {
        let mut proxies = Vec::new();
        for (name, line) in self.raw.names("key_stores.proxies") {
            let key = ["key_stores".to_owned(), "proxies".to_owned(), name.clone()];
            let Some(address) = self.raw.address(&key) else { continue };
            if address.ip().is_loopback() {
                proxies.push((name, address));
            } else {
                let problem = format!("{} is {address}, which is not on this machine", shown(&key));
                let fix = "without TLS, a proxy must be at 127.0.0.1 or [::1]; one that has TLS needs no entry";
                self.faults.push(Fault::new(Some(line), problem, fix));
            }
        }
        proxies
    }
}

fn count(raw: &Raw, key: &str) -> Option<usize> {
    raw.integer(&path(key)).and_then(|number| usize::try_from(number).ok())
}

fn bodies(raw: &Raw) -> BodyLimits {
    let bytes = |key: &str| count(raw, key).unwrap_or_default() << 10;
    BodyLimits { bytes: bytes("limits.body_kib"), secrets_bytes: bytes("limits.secrets_body_kib") }
}

fn times(raw: &Raw) -> Times {
    let seconds = |key: &str| Duration::from_secs(raw.integer(&path(key)).unwrap_or_default());
    Times {
        handshake: seconds("limits.handshake_seconds"),
        head: seconds("limits.head_seconds"),
        body: seconds("limits.body_seconds"),
        idle: seconds("limits.idle_seconds"),
        answer: seconds("limits.answer_seconds"),
        stop: seconds("limits.stop_seconds"),
        ..Times::default()
    }
}

fn audit(raw: &Raw) -> AuditRotation {
    let number = |key: &str| raw.integer(&path(key)).unwrap_or_default();
    AuditRotation {
        bytes_max: number("audit.file_mib") << 20,
        age_max: Duration::from_secs(number("audit.file_hours") * 60 * 60),
        files_kept: usize::try_from(number("audit.files")).unwrap_or(usize::MAX),
        is_off: false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const LEAST: &str = "data = \"data\"\niam_home = \"eu-west-1\"\n[regions.eu-west-1]\n";

    fn read(text: &str) -> Result<Settings, String> {
        let loaded = load(Path::new("/etc/claviger/claviger.toml"), text);
        loaded.map(|loaded| loaded.settings).map_err(|faults| faults.to_string())
    }

    #[test]
    fn the_least_file_has_the_defaults_of_the_code() {
        let settings = read(LEAST).unwrap();
        assert_eq!(settings.data, Path::new("/etc/claviger/data"));
        assert_eq!(settings.regions.len(), 1);
        assert_eq!(settings.listen, ["127.0.0.1:4599".parse().unwrap()]);
        assert_eq!((settings.times, settings.audit), (Times::default(), AuditRotation::default()));
        assert_eq!((settings.bodies, settings.quotas.in_flight_per_account), (BodyLimits::default(), Some(1000)));
        let limits = settings.limits(1024);
        assert_eq!((limits.connections, limits.connections_per_peer), (768, 384));
        assert!(settings.tls.is_none() && settings.health.is_none() && !settings.quotas.aws_defaults);
        assert_eq!(settings.require_replicas, None);
        assert!(settings.operators.is_empty());
    }

    #[test]
    fn every_fault_names_file_line_member_value_and_fix() {
        let check = |text: &str, parts: &[&str]| {
            let shown = read(&format!("{LEAST}{text}")).unwrap_err();
            for part in ["/etc/claviger/claviger.toml", parts[0], parts[1], parts[2]] {
                assert!(shown.contains(part), "{part} is not in {shown}");
            }
        };
        check("[api]\nlistn = 1", &[":5: there is no member api.listn", "did you mean api.listen?", ""]);
        check(
            "[api]\nlisten = [\"here\"]",
            &[":5: api.listen is [\"here\"]", "write a list of addresses", "127.0.0.1:4599"],
        );
        check("[api]\nlisten = [\"0.0.0.0:1\"]", &[":5: api.listen has 0.0.0.0:1", "no TLS", "generated = true"]);
        check(
            "[limits]\nhead_seconds = 0",
            &[":5: limits.head_seconds is 0", "from 1 to 300 seconds", "leave it out for 10"],
        );
        check("[limits]\nhead_seconds = \"1\"", &[":5: limits.head_seconds is \"1\"", "a whole number", ""]);
        check("[tls]\ncertificate = \"c\"", &[":5: tls.certificate is without its key", "tls.key", ""]);
        check("[tls]\ngenerated = true\nkey = \"c\"", &[":5: tls.generated is true beside", "remove", ""]);
        check("[kms.request_quotas]\nNoQuota = 1", &[":5: kms.request_quotas.NoQuota", "CreateKey", ""]);
        check(
            "[key_stores.proxies]\n\"a.b\" = \"10.0.0.1:1\"",
            &[":5: key_stores.proxies.\"a.b\" is 10.0.0.1:1", "127.0.0.1", ""],
        );
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        check("[fleet]\noperators = [\"x\"]", &[":5: fleet.operators has \"x\"", "64 hexadecimal digits", ""]);
        check(&format!("[fleet]\noperators = [\"{key}\", \"{key}\"]"), &[":5: fleet.operators", "is named twice", key]);
        check("[fleet]\noperators_required = 1", &[":5: fleet.operators_required is given", "names nobody", ""]);
        check(
            &format!("[fleet]\noperators = [\"{key}\"]\noperators_required = 2"),
            &[":6: fleet.operators", "2 signatures are required, and there are 1 operators", ""],
        );
        check("[link]\nadvertise = [\"a\"]", &[":5: link.advertise has \"a\"", "HOST:PORT", "link.listen"]);
        check("[regions.Mars]\n", &[":4: regions.Mars names no region", "eu-west-1", ""]);
        check("seal = \"tpm\"", &[":4: regions.eu-west-1.seal is \"tpm\"", "\"file\" or \"passphrase\"", ""]);
        check(
            "passphrase_file = \"p\"",
            &[":4: regions.eu-west-1.passphrase_file is given", "seal = \"passphrase\"", ""],
        );
        check(
            "seal = \"passphrase\"\npassphrase_file = \"p\"\npassphrase_variable = \"P\"",
            &[":6: regions.eu-west-1.passphrase_variable", "keep one", ""],
        );
        check("= 1", &[":4: not TOML", "NAME = VALUE", ""]);
    }

    #[test]
    fn absent_members_are_named() {
        let shown = read("").unwrap_err();
        for part in ["data is absent", "iam_home is absent", "there is no region"] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
        let shown = read(&LEAST.replace("iam_home = \"eu-west-1\"", "iam_home = \"us-east-1\"")).unwrap_err();
        assert!(shown.contains(":2: iam_home is \"us-east-1\"") && shown.contains("eu-west-1"), "{shown}");
    }

    #[test]
    fn only_some_members_may_change_while_the_server_runs() {
        let differences = |before: &str, after: &str| {
            let load = |text: &str| load(Path::new("f"), &format!("{LEAST}{text}")).ok().unwrap();
            load(before).differences_for_a_start(&load(after))
        };
        assert!(differences("", "[limits]\nhead_seconds = 3\n[audit]\nfiles = 16\n").is_empty());
        assert_eq!(differences("[regions.us-east-1]\n", ""), ["regions.us-east-1"]);
        assert_eq!(differences("[health]\nlisten = \"127.0.0.1:1\"", ""), ["health.listen"]);
        assert_eq!(differences("", "[audit]\nfiles = 1\n[tls]\ngenerated = true"), ["audit.files", "tls.generated"]);
    }

    #[test]
    fn all_members_are_read() {
        let text = "data = \"/d\"\niam_home = \"eu-west-1\"\n[regions.eu-west-1]\nseal = \"file\"\n[regions.us-east-1]\n\
            [api]\nlisten = [\"0.0.0.0:443\", \"[::1]:4599\"]\nallow_origins = [\"https://a\"]\n\
            [tls]\ncertificate = \"c.pem\"\nkey = \"/k.pem\"\n[link]\nlisten = \"0.0.0.0:1\"\nadvertise = [\"a.b:1\"]\n\
            [health]\nlisten = \"127.0.0.1:2\"\n[kms]\naws_request_quotas = true\nrequest_quotas.CreateKey = 7\n\
            [key_stores]\nca = \"ca\"\n[key_stores.proxies]\n\"a.b\" = \"127.0.0.1:3\"\n[audit]\nfiles = 3\n\
            [rotation]\nrequire_replicas = 2\n[fleet]\noperators_required = 1\n\
            operators = [\"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\"]\n";
        let settings = read(text).unwrap();
        let certificate = PathBuf::from("/etc/claviger/c.pem");
        assert_eq!(settings.tls, Some(TlsFiles::Own { certificate, key: PathBuf::from("/k.pem") }));
        assert_eq!((settings.regions.len(), settings.listen.len(), settings.audit.files_kept), (2, 2, 3));
        assert_eq!((settings.link.advertise, settings.require_replicas), (vec!["a.b:1".to_owned()], Some(2)));
        assert_eq!(settings.operators.required(), 1);
        assert_eq!(settings.quotas.per_second["CreateKey"], 7);
        assert_eq!(settings.key_store_proxies, [("a.b".to_owned(), "127.0.0.1:3".parse().unwrap())]);
    }
}
