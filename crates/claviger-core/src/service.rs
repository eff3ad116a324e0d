//! A service as this release builds it, and all services of a process.

use claviger_model::{Protocol, Service};

use crate::entry::OperationEntry;
use crate::quotas::QuotaOf;

/// A service: its model and the operations of it that this release builds.
pub struct ServiceDefinition {
    /// Names, shapes and errors of the whole service.
    pub model: &'static Service,
    /// The operations that are built.
    pub table: &'static [OperationEntry],
    /// How far a signature's time may lie from the present, in seconds: 5 minutes for the JSON services, 15 for the query
    /// services, as in AWS's error texts.
    pub window_secs: i64,
    /// How long a presigned request lives from its date, in seconds, without regard to its `X-Amz-Expires`. `None` if that
    /// parameter decides.
    pub presigned_secs: Option<i64>,
    /// The request quotas, if the service has any.
    pub quota_of: Option<QuotaOf>,
}

impl ServiceDefinition {
    /// The table's line for an operation.
    pub fn entry(&self, operation: &str) -> Option<&'static OperationEntry> {
        self.table.iter().find(|e| e.name == operation)
    }

    /// Whether bodies are JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.model.protocol, Protocol::Json { .. })
    }
}

/// The services that a process serves. This crate knows none of them: the assembly hands them in.
#[derive(Clone, Copy)]
pub struct Services(pub &'static [ServiceDefinition]);

impl Services {
    /// The service with a signing name (`kms`, `secretsmanager`, `sts`, `iam`).
    pub fn by_signing_name(self, name: &str) -> Option<&'static ServiceDefinition> {
        self.0.iter().find(|service| service.model.signing_name == name)
    }

    /// The service that an `X-Amz-Target` names, and the operation's name in it.
    pub fn by_target(self, target: &str) -> Option<(&'static ServiceDefinition, &str)> {
        let (prefix, operation) = target.split_once('.')?;
        let service = self
            .0
            .iter()
            .find(|s| matches!(s.model.protocol, Protocol::Json { target_prefix } if target_prefix == prefix));
        Some((service?, operation))
    }
}
