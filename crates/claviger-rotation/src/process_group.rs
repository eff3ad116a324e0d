//! The processes of a function's program, which end when the program's step ends and when this server does.
//!
//! A second process, the guard, leads the group. It reads from a pipe that only this server can write to. When the server ends, however that
//! happens, the kernel closes the pipe, and the guard kills the group.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, getpgrp, getpid, kill_current_process_group, kill_process_group};

/// A group of processes. It is killed when the value is dropped.
pub(crate) struct ProcessGroup {
    guard: Child,
    id: Pid,
}

impl ProcessGroup {
    /// Starts a group with its guard, whose program and arguments `words` are.
    pub(crate) fn start(words: &[String]) -> io::Result<ProcessGroup> {
        let (program, arguments) = words.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(program);
        command.args(arguments).env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let guard = command.spawn()?;
        let id = i32::try_from(guard.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidData)?;
        Ok(ProcessGroup { guard, id })
    }

    /// The number of the group, for processes that are started in it.
    pub(crate) fn id(&self) -> i32 {
        self.id.as_raw_nonzero().get()
    }

    /// Kills all processes of the group.
    pub(crate) fn kill(&self) {
        // The guard has not been waited for, so the number is still that of this group.
        let _ = kill_process_group(self.id, Signal::KILL);
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
        let _ = self.guard.wait();
    }
}

/// Runs as the guard of its process group: kills the group, and with it this process, when the input ends. Returns at once in a process
/// that does not lead its group, because the group is then that of somebody else, such as a shell script.
pub fn guard_process_group(mut input: impl Read) {
    if getpgrp() != getpid() {
        return;
    }
    let _ = io::copy(&mut input, &mut io::sink());
    let _ = kill_current_process_group(Signal::KILL);
}
