//! What the tests share.

use std::sync::Arc;

use claviger_rotation::{BindingSources, RotationBindings};
use claviger_types::{ManualClock, Timestamp};

pub(crate) use crate::test_kit::{FUNCTION, SECRET, TOKEN, call};

/// The bindings of a server that nobody calls back.
pub(crate) fn load(sources: BindingSources) -> RotationBindings {
    load_at(sources, "http://127.0.0.1:4566/")
}

/// The bindings of a server at this URL.
pub(crate) fn load_at(sources: BindingSources, url: &str) -> RotationBindings {
    let inherited = ["PATH", "HOME"].map(|name| (name.to_owned(), env(name))).to_vec();
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_795_532_645)));
    let guard = ["/bin/sh", "-c", "read -r line; kill -s KILL 0"].map(str::to_owned).to_vec();
    let sources = BindingSources { inherited, guard, ..sources };
    let bindings = RotationBindings::load(sources, clock).unwrap();
    bindings.set_endpoint(url).unwrap();
    bindings
}

/// The bindings of one function.
pub(crate) fn bound(target: &str) -> RotationBindings {
    load(BindingSources { texts: vec![format!("{FUNCTION}={target}")], ..BindingSources::default() })
}

#[allow(clippy::disallowed_methods, reason = "a test starts programs of the machine")]
pub(crate) fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
