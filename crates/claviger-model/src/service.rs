//! A service's protocol, the names of all its operations, and its errors.

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
    /// Every operation of the model, by name.
    pub operations: &'static [OperationInfo],
    /// The error that stands for a fault of the service itself; none if the model has no such error.
    pub internal_error: Option<&'static ErrorInfo>,
}

/// How a service's requests and responses are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON 1.1 bodies; the operation is named in `X-Amz-Target`, as `{target_prefix}.{operation}`.
    Json {
        /// The prefix before the operation's name in `X-Amz-Target`: `TrentService`.
        target_prefix: &'static str,
    },
    /// Form bodies with `Action` and `Version`, answered in XML.
    Query {
        /// The required `Version`: `2011-06-15`.
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
    /// Whether it is called with a signature. The model marks the few that are not (`smithy.api#noAuth`): they carry a proof of
    /// identity in their parameters.
    pub signed: bool,
    /// The shape of its request; none if it takes no members.
    pub input: Option<&'static Shape>,
    /// The shape of its response; none if it answers with an empty body.
    pub output: Option<&'static Shape>,
}

/// An error of a service's model, or one of [`common_error`](crate::common_error). No other crate can make one, so that no answer
/// has a code without a source:
///
/// ```compile_fail,E0639
/// const TYPO: claviger_model::ErrorInfo =
///     claviger_model::ErrorInfo { code: "NotFoundExeption", status: 400, message_member: None };
/// ```
///
/// ```compile_fail,E0425
/// // KMS has no such error.
/// let error = claviger_model::kms::error::NO_SUCH_ENTITY_EXCEPTION;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorInfo {
    /// The code on the wire: `NoSuchEntity`. In query protocols it differs from the name of the shape, `NoSuchEntityException`.
    pub code: &'static str,
    /// The HTTP status. Below 500 the caller is at fault (`Sender`), from 500 on the service (`Receiver`).
    pub status: u16,
    /// How the member with the text is spelled: `message` or `Message`. None for an error without one.
    pub message_member: Option<&'static str>,
}

impl Service {
    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Option<&'static OperationInfo> {
        let at = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(at)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::generated::OPERATION_COUNTS;
    use crate::{iam, kms, secretsmanager, services, sts};

    #[test]
    fn every_operation_of_the_models_is_named() {
        let counts: Vec<_> = services().iter().map(|service| (service.name, service.operations.len())).collect();
        assert_eq!(counts, OPERATION_COUNTS);
    }

    #[test]
    fn operations_are_found_by_name() {
        for service in services() {
            for operation in service.operations {
                assert_eq!(service.operation(operation.name).unwrap().name, operation.name);
            }
            assert!(service.operation("decrypt").is_none());
        }
        let create_alias = kms::SERVICE.operation("CreateAlias").unwrap();
        assert!(create_alias.input.is_some() && create_alias.output.is_none());
    }

    #[test]
    fn errors() {
        let all = |error: &ErrorInfo| (error.code, error.status, error.message_member);
        assert_eq!(all(kms::error::NOT_FOUND_EXCEPTION), ("NotFoundException", 400, Some("message")));
        assert_eq!(all(kms::error::KMS_INTERNAL_EXCEPTION), ("KMSInternalException", 500, Some("message")));
        assert_eq!(kms::error::KEY_UNAVAILABLE_EXCEPTION.status, 500);
        assert_eq!(kms::error::DEPENDENCY_TIMEOUT_EXCEPTION.status, 503);
        let not_found = ("ResourceNotFoundException", 400, Some("Message"));
        assert_eq!(all(secretsmanager::error::RESOURCE_NOT_FOUND_EXCEPTION), not_found);
        assert_eq!(all(iam::error::NO_SUCH_ENTITY_EXCEPTION), ("NoSuchEntity", 404, Some("message")));
        assert_eq!(iam::error::ENTITY_ALREADY_EXISTS_EXCEPTION.status, 409);
        assert_eq!(sts::error::PACKED_POLICY_TOO_LARGE_EXCEPTION.code, "PackedPolicyTooLarge");
    }

    #[test]
    fn faults_of_the_services() {
        let codes = services().iter().map(|service| service.internal_error.map(|error| (error.code, error.status)));
        let internal = |code| Some((code, 500));
        let expected =
            [internal("KMSInternalException"), internal("InternalServiceError"), None, internal("ServiceFailure")];
        assert_eq!(codes.collect::<Vec<_>>(), expected);
        assert_eq!(secretsmanager::error::INTERNAL_SERVICE_ERROR.message_member, Some("Message"));
    }
}
