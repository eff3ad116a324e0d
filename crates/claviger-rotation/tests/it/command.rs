//! Programs and Python files.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use claviger_rotation::{BindingSources, RotationBindings};
use claviger_types::{RotationFailure, RotationFunctions, RotationStep};
use serde_json::{Value, json};

use crate::kit::{FUNCTION, SECRET, TOKEN, bound, call, load};
use crate::secrets::{Secrets, bound_to};

/// The bindings of one function, with a server that shows a secret.
fn served(target: &str) -> RotationBindings {
    bound_to(&Secrets::start(r#"{"password": "hunter2 hunter3", "host": "db.test"}"#), target, &json!({}))
}

fn failure(bindings: &RotationBindings) -> RotationFailure {
    bindings.invoke(&call(RotationStep::SetSecret)).unwrap_err()
}

/// A shell script of these lines, as a target.
fn script(folder: &Path, lines: &str) -> String {
    let file = folder.join("rotate.sh");
    fs::write(&file, lines).unwrap();
    format!("command:/bin/sh '{}' {}", file.display(), folder.display())
}

#[test]
fn a_program_gets_the_event_and_its_environment_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let target = script(folder.path(), "cat >> $1/events; echo >> $1/events; env -0 > $1/env\n");
    let bindings = bound(&target);
    for step in RotationStep::ALL {
        bindings.invoke(&call(step)).unwrap();
    }
    let events = fs::read_to_string(folder.path().join("events")).unwrap();
    let steps: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let event = |step: &str| {
        json!({"Step": step, "SecretId": SECRET, "ClientRequestToken": TOKEN,
               "RotationToken": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"})
    };
    assert_eq!(steps, ["createSecret", "setSecret", "testSecret", "finishSecret"].map(event));
    let environment = fs::read_to_string(folder.path().join("env")).unwrap();
    let mut names: Vec<&str> = environment.split('\0').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    // The shell adds these itself.
    names.retain(|name| !["PWD", "_", "SHLVL", "OLDPWD"].contains(name));
    names.sort_unstable();
    let expected = [
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "HOME",
        "PATH",
        "SECRETS_MANAGER_ENDPOINT",
    ];
    assert_eq!(names, expected);
    for pair in ["AWS_LAMBDA_FUNCTION_NAME=rotate-db", "SECRETS_MANAGER_ENDPOINT=http://127.0.0.1:4566"] {
        assert!(environment.split('\0').any(|of| of == pair), "{pair}");
    }
}

#[test]
fn the_last_line_of_the_error_output_is_the_failure() {
    let folder = tempfile::tempdir().unwrap();
    let said = |lines: &str| match failure(&served(&script(folder.path(), lines))) {
        RotationFailure::Failed(why) => why,
        other => panic!("{other}"),
    };
    let lines = "yes noise | head -c 300000 >&2; echo >&2; printf 'no \\033[1mroute\\n\\n' >&2; exit 3\n";
    assert_eq!(said(lines), "no  [1mroute");
    assert_eq!(said("exit 3\n"), "exit status: 3");
    // Nobody knows where a line begins of which so much is not kept.
    assert_eq!(said("yes hunter2 | head -c 300000 | tr -d '\\n' >&2; exit 3\n"), "exit status: 3");
    let missing = failure(&served("command:/nonexistent/program"));
    assert!(matches!(&missing, RotationFailure::Unreachable(why) if why.contains("/nonexistent/program")), "{missing}");
}

#[test]
fn secrets_are_hidden_in_what_a_program_says() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::start(r#"{"password": "hunter2 hunter3", "host": "db.test", "masterarn": "master"}"#);
    secrets.state.lock().unwrap().others.insert("master".to_owned(), r#"{"password": "of-admin"}"#.to_owned());
    secrets.set_pending(r#"{"password": "next-one"}"#);
    secrets.set_previous("whole text");
    let said = "hunter2 hunter3, next-one, of-admin, whole text, $AWS_SECRET_ACCESS_KEY do not open db.test";
    let target = script(folder.path(), &format!("echo \"{said}\" >&2; exit 1\n"));
    let hidden = failure(&bound_to(&secrets, &target, &json!({})));
    assert_eq!(hidden, RotationFailure::Failed("***, ***, ***, ***, *** do not open db.test".to_owned()));
    // Where the secrets cannot be read, they cannot be found in a text either.
    assert_eq!(failure(&bound(&target)), RotationFailure::Failed("exit status: 1".to_owned()));
    secrets.state.lock().unwrap().others.clear();
    assert!(failure(&bound_to(&secrets, &target, &json!({}))).to_string().contains(" of-admin"));
}

#[test]
fn the_pending_value_is_hidden_when_its_label_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::start(r#"{"password": "first-one"}"#);
    secrets.set_pending(r#"{"password": "next-one"}"#);
    secrets.take_pending_away();
    let target = script(folder.path(), "echo 'next-one is refused' >&2; exit 1\n");
    let hidden = failure(&bound_to(&secrets, &target, &json!({})));
    assert_eq!(hidden, RotationFailure::Failed("*** is refused".to_owned()));
}

#[test]
fn a_process_that_is_left_behind_ends_with_the_step() {
    let folder = tempfile::tempdir().unwrap();
    for status in [0, 1] {
        let target = script(folder.path(), &format!("sleep 600 & echo $! > $1/pid; exit {status}\n"));
        let outcome = bound(&target).invoke(&call(RotationStep::SetSecret));
        assert_eq!(outcome.is_ok(), status == 0);
        assert_ends(folder.path());
    }
}

#[test]
fn a_program_is_stopped_when_its_call_is() {
    let folder = tempfile::tempdir().unwrap();
    let target = script(folder.path(), "trap '' TERM; sleep 600 & echo $! > $1/pid; wait\n");
    assert_eq!(stopped(folder.path(), &target), Err(RotationFailure::Unreachable("it was stopped".to_owned())));
    assert_ends(folder.path());
}

/// The outcome of a call that is stopped as soon as its script has written a number.
fn stopped(folder: &Path, target: &str) -> Result<(), RotationFailure> {
    let bindings = bound(target);
    let call = call(RotationStep::SetSecret);
    let stop = call.stop.clone();
    let invoked = std::thread::spawn(move || bindings.invoke(&call));
    while !fs::read_to_string(folder.join("pid")).is_ok_and(|pid| pid.ends_with('\n')) {
        std::thread::yield_now();
    }
    stop.ask();
    soon(|| invoked.join().unwrap())
}

#[test]
fn the_time_limit_ends_the_program_and_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let bindings = bound_for_a_second(folder.path(), "trap '' TERM; sleep 600 & echo $! > $1/pid; wait\n");
    assert_eq!(failure(&bindings), RotationFailure::Unreachable("its 1 seconds are over".to_owned()));
    assert_ends(folder.path());
}

/// The bindings of a script whose time is one second.
fn bound_for_a_second(folder: &Path, lines: &str) -> RotationBindings {
    let file = folder.join("bindings.json");
    let binding = json!({"function": FUNCTION, "target": script(folder, lines), "timeoutSeconds": 1});
    fs::write(&file, json!({"functions": [binding]}).to_string()).unwrap();
    load(BindingSources { file: Some(file), ..BindingSources::default() })
}

/// The program puts itself into a session of its own, and then writes its number.
const LEAVES: &str = "exec setsid sh -c 'echo $$ > \"$0\"/pid; exec sleep 60' $1\n";

/// What the work gives, which must be long before those programs end by themselves.
fn soon<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (give, get) = mpsc::channel();
    std::thread::spawn(move || give.send(work()));
    get.recv_timeout(Duration::from_secs(20)).expect("the step waits for its program")
}

#[test]
fn the_time_limit_ends_a_program_that_has_left_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let bindings = bound_for_a_second(folder.path(), LEAVES);
    let outcome = soon(move || bindings.invoke(&call(RotationStep::SetSecret)));
    assert_eq!(outcome, Err(RotationFailure::Unreachable("its 1 seconds are over".to_owned())));
    assert_ends(folder.path());
}

#[test]
fn a_program_that_has_left_its_group_is_stopped_when_its_call_is() {
    let folder = tempfile::tempdir().unwrap();
    let target = script(folder.path(), LEAVES);
    assert_eq!(stopped(folder.path(), &target), Err(RotationFailure::Unreachable("it was stopped".to_owned())));
    assert_ends(folder.path());
}

#[test]
fn a_process_that_has_left_the_group_holds_no_step_up() {
    let folder = tempfile::tempdir().unwrap();
    // It keeps all that it has inherited open: the input, the output and the error output. The number is written when it has left.
    let daemon = "setsid sh -c 'echo $$ > \"$0\"/pid; exec sleep 60' $1 <&0 & until [ -s $1/pid ]; do :; done";
    for (rest, outcome) in [
        ("exit 0", Ok(())),
        ("exit 3", Err(RotationFailure::Failed("exit status: 3".to_owned()))),
        ("sleep 60", Err(RotationFailure::Unreachable("its 1 seconds are over".to_owned()))),
    ] {
        let bindings = bound_for_a_second(folder.path(), &format!("{daemon}; {rest}\n"));
        assert_eq!(soon(move || bindings.invoke(&call(RotationStep::SetSecret))), outcome);
        let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
        assert!(alive(pid.trim()), "the step waited for the daemon");
        assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap().success());
        fs::remove_file(folder.path().join("pid")).unwrap();
    }
}

/// The process whose number a script has written is gone. The kernel ends a killed process within moments.
fn assert_ends(folder: &Path) {
    let pid = fs::read_to_string(folder.join("pid")).unwrap();
    assert!((0..10_000).any(|_| !alive(pid.trim())), "{pid}");
}

/// Whether a process runs. One that has ended and is not waited for does not.
fn alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

#[test]
fn a_lambda_handler_runs_unmodified() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rotate_db.py");
    let code = r#"
import helper
def lambda_handler(event, context):
    assert event["Step"] in ("createSecret", "setSecret"), "no such step\nhere"
    assert context.function_name == "rotate-db" and len(context.aws_request_id) == 36
    assert context.invoked_function_arn.endswith(":function:rotate-db")
    assert 0 < context.get_remaining_time_in_millis() <= 900000
    helper.note(event["Step"])
def refuse(event, context):
    raise ValueError("Secret has no AWSPENDING")
"#;
    fs::write(&file, code).unwrap();
    let log = folder.path().join("log");
    fs::write(
        folder.path().join("helper.py"),
        format!("def note(step):\n    open({:?}, 'a').write(step + '\\n')\n", log.display().to_string()),
    )
    .unwrap();
    let target = format!("python:{}", file.display());
    let bindings = served(&target);
    bindings.invoke(&call(RotationStep::CreateSecret)).unwrap();
    bindings.invoke(&call(RotationStep::SetSecret)).unwrap();
    assert_eq!(fs::read_to_string(&log).unwrap(), "createSecret\nsetSecret\n");
    let failed = |bindings: &RotationBindings| match bindings.invoke(&call(RotationStep::TestSecret)) {
        Err(RotationFailure::Failed(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed(&bindings), "AssertionError: no such step here");
    assert_eq!(failed(&served(&format!("{target}:refuse"))), "ValueError: Secret has no AWSPENDING");
    assert!(failed(&served(&format!("{target}:missing"))).starts_with("AttributeError: "));
    let broken = folder.path().join("broken.py");
    fs::write(&broken, "import no_such_module\n").unwrap();
    let failure = failed(&served(&format!("python:{}", broken.display())));
    assert_eq!(failure, "ModuleNotFoundError: No module named 'no_such_module'");
}
