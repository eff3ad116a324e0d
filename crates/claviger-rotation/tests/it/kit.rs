//! What the tests share.

use std::sync::Arc;

use claviger_rotation::{BindingSources, RotationBindings};
use claviger_types::{
    ManualClock, Region, RotationCall, RotationStep, RotationStop, Sensitive, SessionCredentials, Timestamp,
};

pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:rotate-db";
pub(crate) const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
pub(crate) const TOKEN: &str = "11111111-2222-4333-8444-555555555555";

/// A call of the function.
pub(crate) fn call(step: RotationStep) -> RotationCall {
    let secret = |text: &str| Sensitive::new(text.to_owned());
    RotationCall {
        function_arn: FUNCTION.to_owned(),
        step,
        secret_arn: SECRET.to_owned(),
        client_request_token: TOKEN.to_owned(),
        rotation_token: secret("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        region: Region::parse("eu-west-1").unwrap(),
        credentials: SessionCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: secret("session-secret-key"),
            session_token: secret("session-token-text"),
        },
        stop: RotationStop::default(),
    }
}

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
fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
