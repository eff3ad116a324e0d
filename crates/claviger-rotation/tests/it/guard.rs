//! The process that guards a group.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};

use claviger_rotation::guard_process_group;

use crate::kit::env;

/// Set in the processes that this test starts from its own program.
const IS_GUARD: &str = "CLAVIGER_TEST_IS_GUARD";

#[test]
fn a_guard_kills_its_group_only_if_it_leads_it() {
    if !env(IS_GUARD).is_empty() {
        return guard_process_group(io::stdin().lock());
    }
    // The guard is in the group of another process, as it is in a shell script.
    let mut beside = Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
    let group = i32::try_from(beside.id()).unwrap();
    assert_eq!(guard(group).wait().unwrap().code(), Some(0));
    assert_eq!(beside.try_wait().unwrap(), None);
    beside.kill().unwrap();
    beside.wait().unwrap();

    let mut leader = guard(0);
    let group = i32::try_from(leader.id()).unwrap();
    let mut guarded = Command::new("sleep").arg("60").process_group(group).spawn().unwrap();
    drop(leader.stdin.take());
    for process in [&mut leader, &mut guarded] {
        assert_eq!(process.wait().unwrap().signal(), Some(9));
    }
}

/// This test's own program as a guard in a group, or in a new group that it leads if the number is 0.
fn guard(group: i32) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "guard::a_guard_kills_its_group_only_if_it_leads_it", "--nocapture"]);
    command.env(IS_GUARD, "1").stdin(Stdio::piped()).stdout(Stdio::null());
    command.process_group(group).spawn().unwrap()
}
