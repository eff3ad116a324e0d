//! The services of reports, and their actions.

use claviger_model::Service;
use claviger_model::{iam, kms, secretsmanager, sts};

/// A service that is served here.
pub(super) struct AccessedService {
    model: &'static Service,
    /// The service's name in reports.
    pub(super) name: &'static str,
    /// The actions that are no operation (Service Authorization Reference).
    permissions_only: &'static [&'static str],
    /// The operations that are no action: other actions give the permission to them.
    operations_only: &'static [&'static str],
}

/// The services, by namespace.
pub(super) const SERVICES: [AccessedService; 4] = [
    AccessedService {
        model: &iam::SERVICE,
        name: "AWS Identity and Access Management",
        permissions_only: &["PassRole"],
        operations_only: &[],
    },
    AccessedService {
        model: &kms::SERVICE,
        name: "AWS Key Management Service",
        permissions_only: &["ReEncryptFrom", "ReEncryptTo", "SynchronizeMultiRegionKey"],
        operations_only: &["ReEncrypt"],
    },
    AccessedService {
        model: &secretsmanager::SERVICE,
        name: "AWS Secrets Manager",
        permissions_only: &[],
        operations_only: &[],
    },
    AccessedService {
        model: &sts::SERVICE,
        name: "AWS Security Token Service",
        permissions_only: &["GetServiceBearerToken", "SetContext", "SetSourceIdentity", "TagSession"],
        operations_only: &[],
    },
];

impl AccessedService {
    /// `kms`.
    pub(super) fn namespace(&self) -> &'static str {
        self.model.name
    }

    /// All its actions: `kms:Decrypt`.
    pub(super) fn actions(&self) -> Vec<String> {
        let operations = self.model.operations.iter().map(|operation| operation.name);
        let operations = operations.filter(|name| !self.operations_only.contains(name));
        let names = operations.chain(self.permissions_only.iter().copied());
        names.map(|name| format!("{}:{name}", self.namespace())).collect()
    }
}

/// All actions of the service with a namespace. None of a service that is not served here.
pub(super) fn known_actions(namespace: &str) -> Vec<String> {
    SERVICES.iter().find(|service| service.namespace() == namespace).map_or_else(Vec::new, AccessedService::actions)
}

/// Whether a text can be the namespace of a service. AWS refuses those that no service has. The list of AWS's services is not here, so each
/// that is spelled like one is taken.
pub(super) fn is_namespace(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn services_are_in_the_order_of_namespaces() {
        assert!(SERVICES.is_sorted_by_key(AccessedService::namespace));
        let kms = known_actions("kms");
        assert!(kms.contains(&"kms:Decrypt".to_owned()) && kms.contains(&"kms:ReEncryptTo".to_owned()));
        assert!(!kms.contains(&"kms:ReEncrypt".to_owned()));
        assert!(known_actions("s3").is_empty());
    }

    #[test]
    fn namespaces() {
        assert!(is_namespace("kms") && is_namespace("execute-api") && is_namespace("s3"));
        assert!(!is_namespace("KMS") && !is_namespace("a_b") && !is_namespace("kms:Decrypt"));
    }
}
