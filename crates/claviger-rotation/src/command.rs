//! Rotation functions that are programs of this machine.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claviger_types::{RotationCall, RotationFailure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::binding::BindingOptions;
use crate::event::event;
use crate::failure_text::{Reported, Said, last_line};
use crate::process_group::ProcessGroup;

/// How much of the end of a program's error output is kept.
const KEPT_BYTES_MAX: usize = 8 << 10;

/// How long a step waits for the end of a program that it has killed, and for the end of the error output of a program that has ended.
/// A process that has left the program's group may hold the output open.
const AFTER_END: Duration = Duration::from_millis(500);

/// The facts about the server that programs get.
pub(crate) struct ProgramSettings<'a> {
    /// The server's own URL.
    pub(crate) endpoint: &'a str,
    /// `PATH`, `HOME` and `LANG` of the server, as far as they are set.
    pub(crate) inherited: &'a [(String, String)],
    /// The program that guards a function's processes, with its arguments.
    pub(crate) guard: &'a [String],
}

/// Runs a program for one step.
pub(crate) async fn run(
    words: &[String],
    options: &BindingOptions,
    settings: &ProgramSettings<'_>,
    call: &RotationCall,
) -> Result<(), Reported> {
    let unreachable = |what: &str, error: io::Error| RotationFailure::Unreachable(format!("{what}: {error}"));
    let [program, arguments @ ..] = words else {
        return Err(RotationFailure::Unreachable("there is no program".to_owned()).into());
    };
    let group =
        ProcessGroup::start(settings.guard).map_err(|error| unreachable("its processes cannot be guarded", error))?;
    let mut child = command(program, arguments, settings, call)
        .process_group(group.id())
        .spawn()
        .map_err(|error| unreachable(&format!("`{program}` cannot be started"), error))?;
    let ended = tokio::select! {
        ended = timeout(options.time, exchange(&mut child, &group, call)) => ended.ok(),
        () = call.stop.asked() => None,
    };
    let Some(ended) = ended else {
        end(&mut child, &group).await;
        let why = format!("its {} seconds are over", options.time.as_secs());
        let why = if call.stop.is_asked() { "it was stopped".to_owned() } else { why };
        return Err(RotationFailure::Unreachable(why).into());
    };
    let (status, output) = ended.map_err(|error| unreachable("it cannot be waited for", error))?;
    if status.success() {
        return Ok(());
    }
    Err(Reported::Failed(Said { kind: status.to_string(), text: said(&output) }))
}

/// Kills the processes of the group, and the program itself, which may have left the group.
async fn end(child: &mut Child, group: &ProcessGroup) {
    group.kill();
    let _ = child.start_kill();
    // The kernel does not end a process that waits for a broken disk. The step goes on without it.
    let _ = timeout(AFTER_END, child.wait()).await;
}

/// The last line of what is kept of the error output. A line whose beginning is not kept may begin within a secret, so it is left out.
fn said(kept: &[u8]) -> String {
    let is_whole = kept.len() < KEPT_BYTES_MAX;
    let first = if is_whole { Some(0) } else { kept.iter().position(|byte| *byte == b'\n') };
    last_line(first.and_then(|first| kept.get(first..)).unwrap_or_default())
}

fn command(program: &str, arguments: &[String], settings: &ProgramSettings<'_>, call: &RotationCall) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(settings.inherited.iter().map(|(name, value)| (name, value)));
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", call.credentials.access_key_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", call.credentials.secret_access_key.expose()),
        ("AWS_SESSION_TOKEN", call.credentials.session_token.expose()),
        ("AWS_REGION", call.region.as_str()),
        ("AWS_DEFAULT_REGION", call.region.as_str()),
        ("AWS_ENDPOINT_URL", settings.endpoint),
        ("SECRETS_MANAGER_ENDPOINT", settings.endpoint),
        ("AWS_LAMBDA_FUNCTION_NAME", function_name(&call.function_arn)),
    ] {
        command.env(name, value);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

/// The name in a function's ARN, or the whole text if it has another form.
pub(crate) fn function_name(arn: &str) -> &str {
    arn.split(':').nth(6).filter(|name| !name.is_empty()).unwrap_or(arn)
}

/// Gives the program its event, and waits for its end and the end of its error output. What the program has left running is killed.
async fn exchange(child: &mut Child, group: &ProcessGroup, call: &RotationCall) -> io::Result<(ExitStatus, Vec<u8>)> {
    let output = Arc::new(Mutex::new(Vec::new()));
    let reading = child.stderr.take().map(|stderr| tokio::spawn(keep_end(stderr, Arc::clone(&output))));
    let stdin = child.stdin.take();
    let give = async {
        if let Some(mut stdin) = stdin {
            // A program may end without having read its event.
            let _ = stdin.write_all(event(call).expose()).await;
        }
    };
    let (status, ()) = tokio::join!(child.wait(), give);
    group.kill();
    if let Some(reading) = reading {
        let _ = timeout(AFTER_END, reading).await;
    }
    let output = output.lock().unwrap_or_else(PoisonError::into_inner).clone();
    status.map(|status| (status, output))
}

/// Reads to the end, and keeps the last bytes only.
async fn keep_end(mut from: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let surplus = kept.len().saturating_sub(KEPT_BYTES_MAX);
        kept.drain(..surplus);
    }
}
