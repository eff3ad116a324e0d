//! `claviger init`: sets a server up. It makes everything or, if something is there already, nothing.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use claviger_host::root_access_key::{self, RootAccessKey, RootKeyPurpose};
use claviger_host::{Cluster, ClusterConfig, Listen, ListenerSettings};
use claviger_types::{AccountId, Clock, Random};
use zeroize::Zeroizing;

use crate::cli::{InitOptions, TlsOption};
use crate::config::{self, Settings};
use crate::dev::reachable;
use crate::failure::Failure;
use crate::output;
use crate::server::{certificate, parts, seals};
use crate::system::{OsRandom, SystemClock};

pub(crate) async fn run(options: InitOptions) -> Result<(), Failure> {
    let file = options.config.clone().unwrap_or_else(|| options.data.join("claviger.toml"));
    require_nothing_there(&options.data, &file)?;
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|error| Failure::new(format!("cannot use {}", path.display()), error))
    };
    let (data, file) = (absolute(&options.data)?, absolute(&file)?);
    let text = text(&options, &data)?;
    let loaded = config::load(&file, &text);
    let settings = loaded.map_err(|faults| Failure::usage("these options do not go together", faults))?.settings;
    for folder in [Some(data.as_path()), file.parent()].into_iter().flatten() {
        claviger_store::folder::make(folder)
            .map_err(|error| Failure::new(format!("cannot make the folder {}", folder.display()), error))?;
    }
    let made = set_up(&options, &settings).await.map_err(|failure| {
        let next = format!("remove {} before you try again; it has no account that anybody could use", data.display());
        failure.also(next)
    })?;
    // Written last: where there is a configuration, everything that it names is there.
    write(&file, &text)?;
    output::line(report(&options, &settings, &file, made.as_ref()).as_str())
}

/// A server's keys must not be overwritten, so nothing of a former one may be there.
fn require_nothing_there(data: &Path, file: &Path) -> Result<(), Failure> {
    if fs::symlink_metadata(file).is_ok() {
        let what = format!("will not touch {}", file.display());
        return Err(Failure::usage(what, "it exists already").then("--config FILE names another file"));
    }
    match fs::read_dir(data) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new(format!("cannot use {}", data.display()), error)),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => {
                let why = "it is not empty, and may hold the keys of a server";
                Err(Failure::usage(format!("will not touch {}", data.display()), why)
                    .then("--data DIR names another folder"))
            }
        },
    }
}

/// The configuration file.
fn text(options: &InitOptions, data: &Path) -> Result<String, Failure> {
    let quoted = |text: &str| toml_text(text);
    let Some(home) = options.regions.first() else { return Err(Failure::usage("no region", "none was named")) };
    let listen: Vec<String> = options.listen.iter().map(|address| quoted(&address.to_string())).collect();
    let mut text = format!(
        "# Written by `claviger init`. All members: `claviger config explain`, docs/reference/configuration.md\n\
         data = {}\niam_home = \"{home}\"\n",
        path_text(data)?
    );
    for region in &options.regions {
        text.push_str(&format!("\n[regions.{region}]\nseal = {}\n", quoted(&options.seal)));
        if let Some(file) = &options.passphrase_file {
            text.push_str(&format!("passphrase_file = {}\n", path_text(&existing(file)?)?));
        }
        if let Some(variable) = &options.passphrase_variable {
            text.push_str(&format!("passphrase_variable = {}\n", quoted(variable)));
        }
    }
    text.push_str(&format!("\n[api]\nlisten = [{}]\n", listen.join(", ")));
    match &options.tls {
        TlsOption::Generated => {
            let names: Vec<String> = certificate_names(options).iter().map(|name| quoted(name)).collect();
            text.push_str(&format!("\n[tls]\ngenerated = true\nnames = [{}]\n", names.join(", ")));
        }
        TlsOption::Own { certificate, key } => {
            let (certificate, key) = (path_text(&existing(certificate)?)?, path_text(&existing(key)?)?);
            text.push_str(&format!("\n[tls]\ncertificate = {certificate}\nkey = {key}\n"));
        }
        TlsOption::None => {}
    }
    text.push_str(&format!("\n[health]\nlisten = \"{}\"\n", options.health_listen));
    Ok(text)
}

/// The absolute path of a file that must be there.
fn existing(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::new(format!("cannot read {}", path.display()), error))
}

fn path_text(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().ok_or("it is not UTF-8");
    let text = text.map_err(|why| Failure::usage(format!("cannot use the path {}", path.display()), why))?;
    Ok(toml_text(text))
}

/// A basic string of TOML.
fn toml_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn certificate_names(options: &InitOptions) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let listened = options.listen.iter().filter(|address| !address.ip().is_unspecified()).map(|a| a.ip().to_string());
    for name in options.tls_name.iter().cloned().chain(listened) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The first account and its key.
struct Made {
    account: AccountId,
    key: RootAccessKey,
}

/// Makes the regions, which make their root keys and stores, and the first account.
async fn set_up(options: &InitOptions, settings: &Settings) -> Result<Option<Made>, Failure> {
    let now = SystemClock.now();
    if options.tls == TlsOption::Generated {
        certificate::make_authority(&settings.data, now)?;
    }
    // The certificate is read now, so that `init` fails and not the first start.
    if let Some(pem) = certificate::load(settings, now)? {
        pem.tls(settings)?;
    }
    let functions = Arc::new(parts::rotation_functions(settings)?);
    let seals = seals::choose(settings)?;
    let config = parts::cluster(settings, ListenerSettings::default(), Listen::Nowhere, functions, seals)?;
    // The regions are made here.
    let config = ClusterConfig { starts_without_lost: false, ..config };
    let cluster = Cluster::start(config).await.map_err(|error| Failure::new("the regions cannot be made", error))?;
    let made = if options.without_account { Ok(None) } else { make_account(options, &cluster).await.map(Some) };
    cluster.stop().await;
    made
}

async fn make_account(options: &InitOptions, cluster: &Cluster) -> Result<Made, Failure> {
    let account = match &options.account {
        Some(account) => account.clone(),
        None => random_account(&OsRandom::new()?),
    };
    let no_home = || Failure::new("no account can be made", "the region where IAM is written does not run");
    let node = cluster.node(&cluster.iam_home()).ok_or_else(no_home)?;
    let (of, now) = (account.clone(), SystemClock.now());
    let created =
        tokio::task::spawn_blocking(move || root_access_key::create(&node, &of, RootKeyPurpose::NewAccount, now)).await;
    let key = created.map_err(|_| Failure::new("no account can be made", "the work was cancelled"))?;
    Ok(Made { account, key: key.map_err(|error| Failure::new("no account can be made", error))? })
}

/// Twelve random digits, other than those of `dev`'s account.
pub(crate) fn random_account(random: &dyn Random) -> AccountId {
    loop {
        if let Ok(account) = AccountId::parse(&random.text(12, b"0123456789"))
            && account != AccountId::dev()
        {
            return account;
        }
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).and_then(|mut open| {
        open.write_all(text.as_bytes())?;
        open.sync_all()
    });
    written.map_err(|error| Failure::new(format!("cannot write {}", file.display()), error))
}

/// The lines that are printed at the end. A shell can run them: all but the exports are comments.
fn report(options: &InitOptions, settings: &Settings, file: &Path, made: Option<&Made>) -> Zeroizing<String> {
    let regions: Vec<&str> = options.regions.iter().map(|region| region.as_str()).collect();
    let mut lines = vec![
        format!("# Claviger is set up in {}", settings.data.display()),
        format!("#   regions    {}", regions.join("  ")),
        format!("#   config     {}", file.display()),
    ];
    for region in &regions {
        let key = settings.data.join(region).join("root.key");
        lines.push(format!(
            "#   root key   {}: keep a copy in another place; without it the data is lost",
            key.display()
        ));
    }
    if options.tls == TlsOption::Generated {
        lines.push(format!("#   CA         {}", certificate::authority_file(&settings.data).display()));
    }
    lines.push(format!("# Start it:    claviger server --config {}", file.display()));
    let mut text = Zeroizing::new(String::with_capacity(8192));
    text.push_str(&lines.join("\n"));
    if let Some(Made { account, key }) = made {
        text.push_str(&format!(
            "\n#\n# Account {account}. Its root access key is shown this once and is stored nowhere in the clear:\n"
        ));
        text.push_str(&format!("export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY='", key.id));
        text.push_str(key.secret.expose());
        text.push_str("'\n");
        text.push_str(&exports(options, settings));
    }
    text
}

/// The exports that hold no secret.
fn exports(options: &InitOptions, settings: &Settings) -> String {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let address = settings.listen.first().copied().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 4599)));
    let region = options.regions.first().map(|region| region.as_str()).unwrap_or_default();
    let mut lines = vec![
        format!("export AWS_ENDPOINT_URL={scheme}://{}", reachable(address)),
        format!("export AWS_REGION={region}"),
        format!("export AWS_DEFAULT_REGION={region}"),
    ];
    if options.tls == TlsOption::Generated {
        let file = certificate::authority_file(&settings.data).display().to_string();
        lines.push(format!("export AWS_CA_BUNDLE='{}'", file.replace('\'', r"'\''")));
    }
    lines.push("unset AWS_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS".to_owned());
    lines.join("\n")
}
