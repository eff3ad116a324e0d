//! What a service is: its protocol, the names of all its operations, and its errors.

use crate::generated::{iam, kms, secretsmanager, sts};
use crate::shape::Shape;

/// A service of AWS, as its model describes it.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Its name in IAM actions and ARNs: `kms`.
    pub name: &'static str,
    /// Its name in credential scopes: `kms`.
    pub signing_name: &'static str,
    /// How its requests and responses are written.
    pub protocol: Protocol,
    /// Every operation of the model, built or not, by name.
    pub operations: &'static [OperationInfo],
    /// Every error of the model, by name.
    pub errors: &'static [ErrorInfo],
}

/// How a service's requests and responses are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON 1.1 bodies; the operation is named in `X-Amz-Target`, as `{target_prefix}.{operation}`.
    Json {
        /// What stands before the operation's name: `TrentService`.
        target_prefix: &'static str,
    },
    /// Form bodies with `Action` and `Version`, answered in XML.
    Query {
        /// What `Version` must be: `2011-06-15`.
        version: &'static str,
        /// The XML namespace of answers.
        namespace: &'static str,
    },
}

/// An operation of a service's model.
#[derive(Debug, Clone, Copy)]
pub struct OperationInfo {
    /// Its name: `Decrypt`.
    pub name: &'static str,
    /// Whether its structures were generated; if not, the operation is known by name alone.
    pub built: bool,
    /// Whether it is called with a signature. The model marks the few that are not (`smithy.api#noAuth`): they carry a proof of
    /// identity in their parameters.
    pub signed: bool,
    /// The shape of its request; none if it takes no members or was not built.
    pub input: Option<&'static Shape>,
    /// The shape of its response; none if it answers with an empty body or was not built.
    pub output: Option<&'static Shape>,
}

/// An error of a service's model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorInfo {
    /// The shape's name: `NoSuchEntityException`.
    pub name: &'static str,
    /// The code on the wire, which in query protocols differs from the name: `NoSuchEntity`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whether the caller is at fault (`Sender`) rather than the service (`Receiver`).
    pub sender_fault: bool,
    /// How the member with the text is spelled: `message` or `Message`. None for an error without one.
    pub message_member: Option<&'static str>,
}

impl Service {
    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Option<&'static OperationInfo> {
        let at = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(at)
    }

    /// The error of this shape name or wire code.
    pub fn error(&self, name: &str) -> Option<&'static ErrorInfo> {
        self.errors.iter().find(|error| error.name == name || error.code == name)
    }
}

/// The services whose models are built in.
pub fn services() -> &'static [&'static Service] {
    static SERVICES: [&Service; 4] = [&kms::SERVICE, &secretsmanager::SERVICE, &sts::SERVICE, &iam::SERVICE];
    &SERVICES
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_models_is_named() {
        let counts: Vec<_> = services().iter().map(|service| (service.name, service.operations.len())).collect();
        assert_eq!(counts, [("kms", 54), ("secretsmanager", 23), ("sts", 11), ("iam", 176)]);
        // Of STS and IAM a list says what is built, and it is there to grow.
        for service in [&kms::SERVICE, &secretsmanager::SERVICE] {
            assert!(service.operations.iter().all(|operation| operation.built));
        }
    }

    #[test]
    fn operations_are_found_by_name() {
        for service in services() {
            for operation in service.operations {
                assert_eq!(service.operation(operation.name).unwrap().name, operation.name);
                assert!(operation.built || operation.input.is_none() && operation.output.is_none());
            }
            assert!(service.operation("decrypt").is_none());
        }
        let create_alias = kms::SERVICE.operation("CreateAlias").unwrap();
        assert!(create_alias.input.is_some() && create_alias.output.is_none());
    }

    #[test]
    fn errors() {
        let find = |service: &Service, name: &str| {
            let error = service.error(name).unwrap();
            (error.code, error.status, error.sender_fault, error.message_member)
        };
        assert_eq!(find(&kms::SERVICE, "NotFoundException"), ("NotFoundException", 400, true, Some("message")));
        assert_eq!(find(&kms::SERVICE, "KMSInternalException"), ("KMSInternalException", 500, false, Some("message")));
        assert_eq!(find(&kms::SERVICE, "KeyUnavailableException").1, 500);
        assert_eq!(find(&kms::SERVICE, "DependencyTimeoutException").1, 503);
        let secrets = &secretsmanager::SERVICE;
        let not_found = ("ResourceNotFoundException", 400, true, Some("Message"));
        assert_eq!(find(secrets, "ResourceNotFoundException"), not_found);
        assert_eq!(find(secrets, "InternalServiceError"), ("InternalServiceError", 500, false, Some("Message")));
        assert_eq!(find(&iam::SERVICE, "NoSuchEntityException"), ("NoSuchEntity", 404, true, Some("message")));
        assert_eq!(find(&iam::SERVICE, "EntityAlreadyExists").1, 409);
        assert_eq!(find(&iam::SERVICE, "ServiceFailureException"), ("ServiceFailure", 500, false, Some("message")));
        assert_eq!(find(&sts::SERVICE, "PackedPolicyTooLargeException").0, "PackedPolicyTooLarge");
    }
}
