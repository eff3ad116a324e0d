//! The four services and their tables: the single list of what exists.

use claviger_model::{Protocol, Service};

use crate::operation::OperationEntry;
use crate::{iam, kms, secrets, sts};

/// A service: its model and the operations of it that this release builds.
pub struct ServiceDefinition {
    /// Names, shapes and errors of the whole service.
    pub model: &'static Service,
    /// What is built.
    pub table: &'static [OperationEntry],
    /// How far a signature's time may lie from the present, in seconds: 5 minutes for the JSON services, 15 for the query
    /// services, as AWS's error texts say.
    pub window_secs: i64,
}

/// All services.
pub static SERVICES: [ServiceDefinition; 4] = [
    ServiceDefinition { model: &claviger_model::kms::SERVICE, table: kms::TABLE, window_secs: 300 },
    ServiceDefinition { model: &claviger_model::secretsmanager::SERVICE, table: secrets::TABLE, window_secs: 300 },
    ServiceDefinition { model: &claviger_model::sts::SERVICE, table: sts::TABLE, window_secs: 900 },
    ServiceDefinition { model: &claviger_model::iam::SERVICE, table: iam::TABLE, window_secs: 900 },
];

impl ServiceDefinition {
    /// The service with a signing name (`kms`, `secretsmanager`, `sts`, `iam`).
    pub fn by_signing_name(name: &str) -> Option<&'static ServiceDefinition> {
        SERVICES.iter().find(|o| o.model.signing_name == name)
    }

    /// The service that an `X-Amz-Target` names, and the operation's name in it.
    pub fn by_target(target: &str) -> Option<(&'static ServiceDefinition, &str)> {
        let (prefix, operation) = target.split_once('.')?;
        let service = SERVICES
            .iter()
            .find(|o| matches!(o.model.protocol, Protocol::Json { target_prefix } if target_prefix == prefix));
        Some((service?, operation))
    }

    /// The table's line for an operation.
    pub fn entry(&self, operation: &str) -> Option<&'static OperationEntry> {
        self.table.iter().find(|e| e.name == operation)
    }

    /// Whether bodies are JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.model.protocol, Protocol::Json { .. })
    }
}
