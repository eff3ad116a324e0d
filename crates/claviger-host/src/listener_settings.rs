//! The settings of a cluster's listeners.

use claviger_http::limits::LiveLimits;
use claviger_http::tls::Tls;
use claviger_http::{Cors, ListenerMetrics, ServerSettings};

use crate::local_admin::LocalAdmin;

/// What a cluster's listeners take and show.
#[derive(Debug, Clone)]
pub struct ListenerSettings {
    /// Their limits, which may change while they run.
    pub limits: LiveLimits,
    /// The most bytes of a body.
    pub bodies: BodyLimits,
    /// Their certificate. None: plain HTTP.
    pub tls: Option<Tls>,
    /// Whether they answer `/healthz` and `/readyz`, which anybody may ask. A server has another listener for these.
    pub answers_health: bool,
    /// Where their connections are counted.
    pub metrics: ListenerMetrics,
    /// Where requests of the admin endpoint go, in dev mode. None: such requests are as any other.
    pub admin: Option<LocalAdmin>,
}

/// The most bytes of a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// To KMS, IAM or STS.
    pub bytes: usize,
    /// To Secrets Manager.
    pub secrets_bytes: usize,
}

impl Default for BodyLimits {
    /// 256 KiB, and 512 KiB for Secrets Manager: a secret of 64 KiB fits in every escaping and encoding.
    fn default() -> BodyLimits {
        BodyLimits { bytes: 256 * 1024, secrets_bytes: 512 * 1024 }
    }
}

impl Default for ListenerSettings {
    /// Those of a developer's process: plain HTTP, with the health of the regions on the same address.
    fn default() -> ListenerSettings {
        ListenerSettings {
            limits: LiveLimits::default(),
            bodies: BodyLimits::default(),
            tls: None,
            answers_health: true,
            metrics: ListenerMetrics::default(),
            admin: None,
        }
    }
}

impl ListenerSettings {
    pub(crate) fn server(&self, cors: &Cors) -> ServerSettings {
        ServerSettings {
            limits: self.limits.clone(),
            cors: cors.clone(),
            tls: self.tls.clone(),
            metrics: self.metrics.clone(),
        }
    }
}
