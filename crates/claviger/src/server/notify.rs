//! Tells systemd how the process is doing, if it was started by a unit of `Type=notify` (sd_notify(3)).

use std::io;
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::system;

/// The process answers requests.
pub(crate) const READY: &str = "READY=1";
/// The process is about to end.
pub(crate) const STOPPING: &str = "STOPPING=1";

/// Sends a state. Does nothing when nobody wants to know.
pub(crate) fn tell(state: &str) {
    let Some(path) = system::variable("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&path, state) {
        tracing::warn!(%error, "systemd could not be told that the state is {state}");
    }
}

/// A path that begins with `@` is a name of the abstract namespace.
fn send(path: &str, state: &str) -> io::Result<()> {
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address(path)?).map(|_| ())
}

fn address(path: &str) -> io::Result<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = path.strip_prefix('@') {
        return SocketAddr::from_abstract_name(name);
    }
    SocketAddr::from_pathname(path)
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_state_arrives_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).unwrap();
        send(path.to_str().unwrap(), READY).unwrap();
        let mut bytes = [0; 64];
        let len = listening.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..len], READY.as_bytes());

        let name = format!("claviger-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let listening = UnixDatagram::bind_addr(&address).unwrap();
        send(&format!("@{name}"), STOPPING).unwrap();
        let len = listening.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..len], STOPPING.as_bytes());
    }
}
