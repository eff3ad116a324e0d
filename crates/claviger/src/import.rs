//! `claviger import`: secrets from elsewhere into a running server.

use std::collections::BTreeMap;
use std::sync::Arc;

use claviger_transfer::seal::{self, Unseal};
use claviger_transfer::{
    Changes, Found, Http, Plan, Progress, Remark, Secret, SecretsManager, State, Value, WipingBuffer, apply, aws,
    document, dotenv, plan, vault,
};
use claviger_types::{Random, Sensitive};

use crate::failure::Failure;
use crate::output;
use crate::system::{OsRandom, variable};
use crate::transfer::options::{DotenvOptions, ImportOptions, ImportSource, JsonOptions, VaultOptions};
use crate::transfer::{connect, progress, read};

/// Reads the source, shows the plan, and carries it out.
pub(crate) async fn run(options: ImportOptions) -> Result<(), Failure> {
    let http = connect::http(&options.server)?;
    let server = connect::server(&http, &options.server)?;
    let progress = progress::of(options.server.progress);
    let (origin, found) = read_source(&http, &options, &progress).await?;
    let import = format!(
        "{origin} to {}, {}{}",
        server.base().join(""),
        server.region(),
        if options.prefix.is_empty() { String::new() } else { format!(", under {}", options.prefix) }
    );
    let state = if options.dry_run && !options.state.exists() { None } else { Some(open(&options, &import)?) };
    let changes = Changes {
        name_prefix: options.prefix.clone(),
        kms_keys: options.map_kms_key.iter().cloned().collect::<BTreeMap<_, _>>(),
        overwrite: options.overwrite,
    };
    let plan = plan(&server, found, &changes, state.as_ref(), &progress).await;
    let plan = plan.map_err(|error| unreachable(&server, error))?;
    show(&plan)?;
    let conflicts =
        plan.items.iter().filter(|item| matches!(item.action, claviger_transfer::Action::Conflict(_))).count();
    match state.filter(|_| !options.dry_run) {
        None => output::line("Nothing was changed: this was a dry run.")?,
        Some(state) => write(&server, plan, state, &progress).await?,
    }
    if conflicts > 0 {
        let what = format!("{conflicts} of the secrets are in conflict and were not touched");
        let next = "see the lines `conflict` above; --overwrite replaces what the server has";
        return Err(Failure::partial(what, "the server has another content, or cannot have it").then(next));
    }
    Ok(())
}

fn open(options: &ImportOptions, import: &str) -> Result<State, Failure> {
    State::open(&options.state, import).map_err(|error| {
        Failure::new("the state of the import cannot be kept", error)
            .then("finish the other import, remove the file, or name another one with --state FILE")
    })
}

fn unreachable(server: &SecretsManager, error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the secrets of {} cannot be read", server.base().authority), error)
}

fn show(plan: &Plan) -> Result<(), Failure> {
    let lines = plan.items.iter().map(ToString::to_string);
    let notes = plan.notes.iter().map(|note| format!("note       {}  ({})", note.name, note.text));
    let counts = plan.counts();
    let counts: Vec<String> = counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    let counts = if counts.is_empty() { "no secrets".to_owned() } else { counts.join(", ") };
    let all: Vec<String> = lines.chain(notes).chain([format!("Plan: {counts}")]).collect();
    output::line(all.join("\n"))
}

async fn write(
    server: &Arc<SecretsManager>,
    plan: Plan,
    state: State,
    progress: &Arc<dyn Progress>,
) -> Result<(), Failure> {
    let planned = plan.items.iter().filter(|item| item.action.writes()).count();
    let (state, random) = (Arc::new(state), Arc::new(OsRandom::new()?) as Arc<dyn Random>);
    let failed = apply(server, plan, &state, &random, progress).await;
    output::line(format!("Wrote {} of {planned} secrets.", planned.saturating_sub(failed.len())))?;
    if let Some(Remark { name, text }) = failed.first() {
        let lines: Vec<String> =
            failed.iter().map(|remark| format!("failed     {}  ({})", remark.name, remark.text)).collect();
        output::line(lines.join("\n"))?;
        let what = format!("{} of the secrets were not written whole", failed.len());
        return Err(
            Failure::partial(what, format!("the first is {name}: {text}")).then("run the command again: it continues")
        );
    }
    match Arc::into_inner(state).map(State::remove) {
        Some(Err(error)) => Err(Failure::new("the state file cannot be removed", error)),
        _ => Ok(()),
    }
}

/// Where the secrets come from, in words, and what is there.
async fn read_source(
    http: &Http,
    options: &ImportOptions,
    progress: &Arc<dyn Progress>,
) -> Result<(String, Found), Failure> {
    let (origin, mut found) = match &options.source {
        ImportSource::Aws(from) => {
            let source = connect::source(http, from, &options.server)?;
            let selection = aws::Selection {
                name_prefix: options.filter.clone(),
                tags: from.tag.clone(),
                all_versions: from.all_versions,
            };
            let found = aws::read(&source, &selection, progress).await;
            let found = found.map_err(|error| unreachable(&source, error))?;
            (format!("{}, {}", source.base().join(""), source.region()), found)
        }
        ImportSource::Vault(from) => read_vault(http, from, options, progress).await?,
        ImportSource::Dotenv(from) => (from.file.display().to_string(), secrets(read_dotenv(from)?)),
        ImportSource::Json(from) => (from.file.display().to_string(), secrets(read_json(from)?)),
    };
    found.secrets.retain(|secret| secret.name.starts_with(&options.filter));
    Ok((origin, found))
}

fn secrets(secrets: Vec<Secret>) -> Found {
    Found { secrets, ..Found::default() }.sorted()
}

async fn read_vault(
    http: &Http,
    from: &VaultOptions,
    options: &ImportOptions,
    progress: &Arc<dyn Progress>,
) -> Result<(String, Found), Failure> {
    let lacking =
        |name: &str, next: &str| Failure::usage("the source cannot be used", format!("{name} is not set")).then(next);
    let address = from.address.clone().or_else(|| variable("VAULT_ADDR"));
    let address = address.ok_or_else(|| lacking("VAULT_ADDR", "set it, or give --address URL"))?;
    let token = variable("VAULT_TOKEN").ok_or_else(|| lacking("VAULT_TOKEN", "set it in the environment"))?;
    let engine = vault::KvEngine {
        http: http.clone(),
        base: connect::url(&address, &options.server)?,
        token: Sensitive::new(token),
        namespace: from.namespace.clone().or_else(|| variable("VAULT_NAMESPACE")),
        mount: from.mount.trim_matches('/').to_owned(),
        kv_version: from.kv_version,
    };
    let origin = format!("{} {}/{}", engine.base.join(""), engine.mount, from.path);
    let found = vault::read(Arc::new(engine), &from.path, progress).await;
    Ok((origin, found.map_err(|error| Failure::new(format!("the secrets of {address} cannot be read"), error))?))
}

fn read_dotenv(from: &DotenvOptions) -> Result<Vec<Secret>, Failure> {
    let text = read::text(&from.file)?;
    let variables = dotenv::parse(text.expose());
    let variables =
        variables.map_err(|error| Failure::new(format!("{} cannot be read", from.file.display()), error))?;
    let Some(name) = &from.one else {
        return Ok(variables.into_iter().map(|(key, value)| Secret::of_value(key, Value::Text(value))).collect());
    };
    let mut object = WipingBuffer::new();
    for (at, (key, value)) in variables.iter().enumerate() {
        object.push(if at == 0 { b"{" } else { b"," });
        object.push_json(key);
        object.push(b":");
        object.push_json(value.expose());
    }
    object.push(if variables.is_empty() { b"{}" } else { b"}" });
    Ok(object.into_text().map(|text| Secret::of_value(name, Value::Text(text))).into_iter().collect())
}

fn read_json(from: &JsonOptions) -> Result<Vec<Secret>, Failure> {
    let unread = |error: &dyn std::fmt::Display| Failure::new(format!("{} cannot be read", from.file.display()), error);
    let mut bytes = read::bytes(&from.file)?;
    if seal::is_sealed(bytes.expose()) {
        let with = match &from.identity {
            Some(path) => Unseal::Identities(read::text(path)?),
            None => Unseal::Passphrase(read::passphrase(from.passphrase_file.as_deref(), false)?),
        };
        bytes = seal::unseal(bytes.expose(), with).map_err(|error| unread(&error))?;
    }
    document::read(bytes.expose()).map_err(|error| unread(&error))
}
