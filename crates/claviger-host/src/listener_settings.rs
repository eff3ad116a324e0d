//! The settings of a cluster's listeners.

use claviger_http::limits::Times;
use claviger_http::tls::Tls;
use claviger_http::{Cors, ServerSettings};

/// What a cluster's listeners take and show.
#[derive(Debug, Clone)]
pub struct ListenerSettings {
    /// Their time limits.
    pub times: Times,
    /// Their certificate. None: plain HTTP.
    pub tls: Option<Tls>,
    /// Whether they answer `/healthz` and `/readyz`, which anybody may ask. A server has another listener for these.
    pub answers_health: bool,
}

impl Default for ListenerSettings {
    /// Those of a developer's process: plain HTTP, with the health of the regions on the same address.
    fn default() -> ListenerSettings {
        ListenerSettings { times: Times::default(), tls: None, answers_health: true }
    }
}

impl ListenerSettings {
    pub(crate) fn server(&self, cors: &Cors) -> ServerSettings {
        ServerSettings { times: self.times, cors: cors.clone(), tls: self.tls.clone() }
    }
}
