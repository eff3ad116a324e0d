//! Two regions, each a process of `claviger server`, and the link between them, which passes a relay.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::relay::{self, Weather};
use crate::call::{AccessKey, Call};
use crate::client::Client;
use crate::error::{Error, machine, unexpected};
use crate::process::ServerProcess;
use crate::time;
use crate::workload::{OTHER_REGION, REGION};

/// So many readings without a waiting change mean that there is none.
const SETTLED_READINGS: u32 = 4;

/// A region, and where its process listens.
pub(super) struct Site {
    pub(super) region: &'static str,
    /// `HOST:PORT` of the API, without TLS: only the link is measured.
    pub(super) address: String,
    health: String,
    /// Where the link listens, and the relay in front of it.
    link: (String, String),
    folder: PathBuf,
    binary: PathBuf,
    server: Option<ServerProcess>,
}

/// The home of IAM, which is the primary region, and a region for replicas.
pub(super) struct Fleet {
    pub(super) primary: Site,
    pub(super) replica: Site,
    pub(super) weather: Weather,
    /// The root of the fleet's account.
    pub(super) key: AccessKey,
}

impl Fleet {
    /// Sets two servers up in a folder, which must not exist, and has the second one join the first one's fleet.
    ///
    /// # Errors
    ///
    /// A server does not start, or the fleet is not complete in time.
    pub(super) fn start(binary: &Path, folder: &Path, delay: Duration) -> Result<Fleet, Error> {
        let weather = Weather::delayed(delay);
        let mut primary = Site::new(REGION, binary, folder, &weather)?;
        let mut replica = Site::new(OTHER_REGION, binary, folder, &weather)?;
        let key = access_key(&primary.init(&[])?)?;
        replica.init(&["--without-account"])?;
        primary.start()?;
        replica.start()?;
        let fleet = Fleet { primary, replica, weather, key };
        fleet.join(&[])?;
        // The replica region authenticates callers by its own copy of IAM.
        fleet.until_replica_answers()?;
        Ok(fleet)
    }

    /// Has the second server join. `more` are arguments of the invitation.
    pub(super) fn join(&self, more: &[&str]) -> Result<(), Error> {
        let invited = self.primary.command(&[&["invite", OTHER_REGION], more].concat(), None)?;
        let invitation = invited.get("invitation").and_then(Value::as_str).unwrap_or_default();
        self.replica.command(&["join"], Some(invitation)).map(drop)
    }

    /// Waits until the second region accepts the account's key.
    pub(super) fn until_replica_answers(&self) -> Result<Duration, Error> {
        until(Duration::from_secs(120), "the replica region answers", || {
            let Ok(mut client) = self.client(&self.replica) else { return Ok(false) };
            Ok(attempt(&mut client, &Call::kms("ListKeys", &json!({})))?.is_some())
        })
    }

    /// A connection to a site as the account's root.
    pub(super) fn client(&self, site: &Site) -> Result<Client, Error> {
        let mut client = Client::connect(&site.address, site.region)?;
        client.key = self.key.clone();
        Ok(client)
    }

    /// Waits until neither region has a change that the other one has not acknowledged. The regions are asked one after the other, so a change
    /// and its answer could slip through between them: they must say so several times in a row.
    pub(super) fn until_settled(&self, time_max: Duration) -> Result<Duration, Error> {
        let mut health = [self.primary.health()?, self.replica.health()?];
        let mut in_a_row = 0;
        until(time_max, "all changes are acknowledged", || {
            let waiting: Result<Vec<Option<u64>>, Error> = health.iter_mut().map(waiting).collect();
            in_a_row = if waiting?.iter().all(|count| *count == Some(0)) { in_a_row + 1 } else { 0 };
            // A long outbox takes milliseconds to count.
            time::sleep(Duration::from_millis(if in_a_row == 0 { 20 } else { 2 }));
            Ok(in_a_row == SETTLED_READINGS)
        })
    }
}

impl Site {
    fn new(region: &'static str, binary: &Path, folder: &Path, weather: &Weather) -> Result<Site, Error> {
        let link = free_address()?;
        let relay = relay::start(link.clone(), weather.clone())?;
        let (address, health) = (free_address()?, free_address()?);
        let (folder, binary) = (folder.join(region), binary.to_owned());
        Ok(Site { region, address, health, link: (link, relay), folder, binary, server: None })
    }

    /// Runs `claviger init`, and returns what it prints.
    pub(super) fn init(&self, more: &[&str]) -> Result<String, Error> {
        let folder = self.folder.to_string_lossy();
        let mut command = Command::new(&self.binary);
        command.args(["init", "--region", self.region, "--data", &folder, "--tls", "none"]);
        command.args(["--listen", &self.address, "--health-listen", &self.health]).args(more);
        let printed = output(&mut command, None)?;
        let (listen, relay) = &self.link;
        let table = format!("\n[link]\nlisten = \"{listen}\"\nadvertise = [\"{relay}\"]\n");
        let config = self.config();
        let opened = OpenOptions::new().append(true).open(&config);
        opened.and_then(|mut file| file.write_all(table.as_bytes())).map_err(machine(config.display().to_string()))?;
        Ok(printed)
    }

    fn config(&self) -> PathBuf {
        self.folder.join("claviger.toml")
    }

    /// Starts the server, and waits until it listens.
    pub(super) fn start(&mut self) -> Result<(), Error> {
        self.start_with(&[])
    }

    /// [`Site::start`] with variables of the environment, as `NAME=VALUE`.
    pub(super) fn start_with(&mut self, variables: &[&str]) -> Result<(), Error> {
        let log = self.folder.with_extension("log");
        let opened = OpenOptions::new().create(true).append(true).open(&log);
        let opened = opened.map_err(machine(log.display().to_string()))?;
        let (binary, config) = (self.binary.to_string_lossy(), self.config());
        let config = config.to_string_lossy();
        let line = [&["env"], variables, &[&*binary, "server", "--config", &*config]].concat();
        self.server = Some(ServerProcess::start_logging(&line, opened.into())?);
        Ok(())
    }

    /// Kills the process (SIGKILL), if it runs.
    pub(super) fn kill(&mut self) {
        self.server = None;
    }

    /// Kills the process and removes its data folder.
    pub(super) fn lose(&mut self) -> Result<(), Error> {
        self.kill();
        std::fs::remove_dir_all(&self.folder).map_err(machine(self.folder.display().to_string()))
    }

    /// Runs `claviger region` with this site's configuration, and returns its answer.
    pub(super) fn command(&self, words: &[&str], input: Option<&str>) -> Result<Value, Error> {
        let mut command = Command::new(&self.binary);
        command.arg("region").args(words).arg("--json").arg("--config").arg(self.config());
        let printed = output(&mut command, input)?;
        serde_json::from_str(&printed).map_err(|error| unexpected(format!("the answer of claviger region: {error}")))
    }

    /// A connection to the listener of health and metrics.
    pub(super) fn health(&self) -> Result<Client, Error> {
        Client::connect(&self.health, self.region)
    }

    /// Waits until the region says that it serves requests.
    pub(super) fn until_ready(&self, time_max: Duration) -> Result<Duration, Error> {
        let mut health = self.health()?;
        until(time_max, "the region is ready", || Ok(health.answer(&get("/readyz"))?.0 == 200))
    }
}

/// The changes that the other regions have not acknowledged, from the metrics. `None` until the region knows another one.
pub(super) fn waiting(health: &mut Client) -> Result<Option<u64>, Error> {
    let (_, body) = health.answer(&get("/metrics"))?;
    let text = String::from_utf8_lossy(&body);
    let samples = text.lines().filter(|line| line.starts_with("claviger_replication_waiting_changes{"));
    let counts: Vec<u64> = samples.filter_map(|line| line.rsplit_once(' ')?.1.parse().ok()).collect();
    Ok((!counts.is_empty()).then(|| counts.iter().sum()))
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes()
}

/// Makes a call. None: it was refused, as what it names is not there yet.
pub(super) fn attempt(client: &mut Client, call: &Call) -> Result<Option<Value>, Error> {
    match client.call(call) {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks every millisecond until it is so. Returns how long that took.
pub(super) fn until(
    time_max: Duration,
    what: &str,
    mut is_so: impl FnMut() -> Result<bool, Error>,
) -> Result<Duration, Error> {
    let begun = time::instant();
    while !is_so()? {
        if begun.elapsed() > time_max {
            return Err(unexpected(format!("not within {} s: {what}", time_max.as_secs())));
        }
        time::sleep(Duration::from_millis(1));
    }
    Ok(begun.elapsed())
}

/// A port that nobody listens on now.
fn free_address() -> Result<String, Error> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(free.map_err(machine("a free port"))?.to_string())
}

/// Runs a program to its end, and returns its standard output.
fn output(command: &mut Command, input: Option<&str>) -> Result<String, Error> {
    let name = format!("{command:?}");
    let failed = || machine(name.clone());
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let spawned = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(failed())?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(input.as_bytes()).map_err(failed())?;
    }
    let output = child.wait_with_output().map_err(failed())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(unexpected(format!("{name}: {}", String::from_utf8_lossy(&output.stderr))))
}

/// The access key among the exports that `claviger init` prints.
fn access_key(printed: &str) -> Result<AccessKey, Error> {
    let variable = |name: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix("export ")?.strip_prefix(name)?.strip_prefix('='));
        line.map(|value| value.trim_matches('\'').to_owned()).ok_or_else(|| unexpected(format!("no {name} of init")))
    };
    Ok(AccessKey { id: variable("AWS_ACCESS_KEY_ID")?, secret: variable("AWS_SECRET_ACCESS_KEY")? })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_access_key_is_read() {
        let printed =
            "# Claviger\nexport AWS_ACCESS_KEY_ID=AKIA\nexport AWS_SECRET_ACCESS_KEY='a/b+c'\nunset AWS_PROFILE";
        let key = super::access_key(printed).unwrap();
        assert_eq!((key.id.as_str(), key.secret.as_str()), ("AKIA", "a/b+c"));
        assert!(super::access_key("# Claviger").is_err());
    }
}
