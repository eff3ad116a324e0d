//! Policy documents: the checks before one is stored, and the form in which it is shown.

use std::fmt::Write as _;

use claviger_policy::{Malformed, Policy, PolicyKind, PrincipalPattern};
use claviger_store::tables::BoundPrincipal;

use claviger_core::binding;
use claviger_core::binding::principal_exists;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;

/// The most characters of a managed policy, white space apart.
pub(crate) const MANAGED_MAX: usize = 6144;

/// The most characters of a trust policy, white space apart.
pub(crate) const TRUST_MAX: usize = 2048;

/// Checks a policy of a user, group, role or account.
pub(crate) fn check_identity(text: &str) -> Result<(), Error> {
    Policy::parse(text, PolicyKind::Identity).map(drop).map_err(malformed)
}

/// Checks a version of a managed policy: its grammar and its size.
pub(crate) fn check_managed(text: &str) -> Result<(), Error> {
    Policy::parse(text, PolicyKind::Managed).map_err(malformed)?;
    if size(text) > MANAGED_MAX { Err(quota("PolicySize", MANAGED_MAX)) } else { Ok(()) }
}

/// Checks a trust policy: its grammar, its size, and that its principals exist. Returns their unique ids.
pub(crate) fn check_trust(cx: &Cx<'_, '_>, text: &str) -> Result<Vec<BoundPrincipal>, Error> {
    let policy = Policy::parse(text, PolicyKind::Trust).map_err(malformed)?;
    if size(text) > TRUST_MAX {
        return Err(quota("ACLSizePerRole", TRUST_MAX));
    }
    for principal in policy.principals() {
        if !principal_exists(cx, principal)? {
            return Err(absent_principal(principal));
        }
    }
    binding::bind(cx, &policy)
}

fn absent_principal(principal: &PrincipalPattern) -> Error {
    let (kind, name) = match principal {
        PrincipalPattern::User(name)
        | PrincipalPattern::Role(name)
        | PrincipalPattern::Session(name)
        | PrincipalPattern::UniqueId(name)
        | PrincipalPattern::Account(name) => ("AWS", name.as_str()),
        PrincipalPattern::Anyone => ("AWS", "*"),
        PrincipalPattern::Federated(name) => ("Federated", name.as_str()),
        PrincipalPattern::Service(name) => ("Service", name.as_str()),
    };
    Error::new(
        error::MALFORMED_POLICY_DOCUMENT_EXCEPTION,
        format!("Invalid principal in policy: \"{kind}\":\"{name}\""),
    )
}

/// The size that counts against quotas: characters that are not white space (reference: "IAM and AWS STS quotas").
pub(crate) fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// A document as IAM shows it: percent-encoded as in RFC 3986.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The error for a document that is not a policy of its kind, with the text of the policy's reader.
pub(crate) fn malformed(error: Malformed) -> Error {
    Error::new(error::MALFORMED_POLICY_DOCUMENT_EXCEPTION, error.message)
}

/// A quota would be exceeded.
pub(crate) fn quota(name: &str, max: usize) -> Error {
    Error::new(error::LIMIT_EXCEEDED_EXCEPTION, format!("Cannot exceed quota for {name}: {max}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_managed_policies_of_aws_are_valid() {
        for policy in &claviger_core::aws_managed_policies::POLICIES {
            check_managed(policy.document).unwrap();
        }
    }

    #[test]
    fn documents_are_percent_encoded() {
        assert_eq!(encode(r#"{"a": "b-c._~/*+é"}"#), "%7B%22a%22%3A%20%22b-c._~%2F%2A%2B%C3%A9%22%7D");
        assert_eq!(encode(""), "");
    }

    #[test]
    fn white_space_does_not_count() {
        assert_eq!(size("{ \"a\" :\n\t1 }"), 7);
        assert_eq!(size("é é"), 2);
    }

    #[test]
    fn managed_policies_have_a_size() {
        let policy = |characters: usize| {
            let text = |key: &str| {
                format!(
                    r#"{{ "Version": "2012-10-17", "Statement": {{ "Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:*:*:key/{key}" }} }}"#
                )
            };
            let room = characters - size(&text(""));
            text(&"k".repeat(room))
        };
        assert!(check_managed(&policy(MANAGED_MAX)).is_ok());
        match check_managed(&policy(MANAGED_MAX + 1)) {
            Err(Error::Service { info: error::LIMIT_EXCEEDED_EXCEPTION, message }) => {
                assert_eq!(message.as_deref(), Some("Cannot exceed quota for PolicySize: 6144"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn identity_policies_are_checked() {
        let good = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;
        assert!(check_identity(good).is_ok());
        for (text, expected) in [
            ("{", "Syntax errors in policy."),
            (
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}"#,
                "Policy statement must contain actions.",
            ),
            (
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}"#,
                "Policy document should not specify a principal.",
            ),
        ] {
            match check_identity(text) {
                Err(Error::Service { info: error::MALFORMED_POLICY_DOCUMENT_EXCEPTION, message }) => {
                    assert_eq!(message.as_deref(), Some(expected));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
