//! The request parameters in a record: only members that the model knows and does not mark as sensitive, and never a blob.

use claviger_model::{Kind, Member, Number, Shape, Tree};
use serde_json::{Value, json};

use crate::call::Call;

/// Members that the models do not mark as sensitive although they prove an identity or a permission.
const HIDDEN: [&str; 7] = [
    "AuthenticationCode1",
    "AuthenticationCode2",
    "ContextAssertion",
    "GrantToken",
    "GrantTokens",
    "TokenCode",
    "XksProxyAuthenticationCredential",
];

/// The most bytes of parameters that a record shows, as in CloudTrail.
const BYTES_MAX: usize = 102_400;

/// The members that may be shown, by their names in lower camel case.
pub(crate) fn shown(call: &Call) -> Value {
    let info = call.service.model.operation(call.entry.name);
    let parameters = info.and_then(|i| i.input).and_then(|shape| value(shape, &call.input)).unwrap_or(Value::Null);
    let size = parameters.to_string().len();
    if size > BYTES_MAX {
        return json!({ "omitted": true, "originalSize": size, "reason": "requestParameters too large" });
    }
    parameters
}

/// Whether a request has a member that records hide, although the model does not mark it as sensitive. An error's text may
/// quote it.
pub(crate) fn has_hidden(call: &Call) -> bool {
    let Tree::Map(members) = &call.input else { return false };
    members.iter().any(|(name, _)| HIDDEN.contains(&name.as_str()) || name == "ProvidedContexts")
}

/// A value without the members that may not be shown.
fn value(shape: &Shape, tree: &Tree) -> Option<Value> {
    if shape.sensitive {
        return None;
    }
    match (&shape.kind, tree) {
        (Kind::Structure(members), Tree::Map(values)) => {
            let member = |m: &Member| {
                let (_, given) = values.iter().find(|(name, _)| name == m.name && !HIDDEN.contains(&m.name))?;
                Some((lower_camel(m.name), value(m.shape, given)?))
            };
            Some(Value::Object(members.iter().filter_map(member).collect()))
        }
        (Kind::List(item), Tree::List(values)) => Some(values.iter().filter_map(|v| value(item, v)).collect()),
        (Kind::Map(_, item), Tree::Map(values)) => {
            let entry = |(name, given): &(String, Tree)| Some((name.clone(), value(item, given)?));
            Some(Value::Object(values.iter().filter_map(entry).collect()))
        }
        (Kind::String, Tree::Text(text)) => Some(json!(text.as_str())),
        (Kind::Boolean, Tree::Bool(value)) => Some(json!(value)),
        (Kind::Integer | Kind::Long, Tree::Number(Number::Integer(value))) => Some(json!(value)),
        _ => None,
    }
}

fn lower_camel(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeSet;

    use claviger_model::{iam, kms, secretsmanager, sts};

    use super::*;

    /// Names of members that a record may show.
    fn names(shape: &Shape, found: &mut BTreeSet<&'static str>) {
        if shape.sensitive {
            return;
        }
        match &shape.kind {
            Kind::Structure(members) => {
                for member in members.iter().filter(|m| !HIDDEN.contains(&m.name)) {
                    if !member.shape.sensitive && !matches!(member.shape.kind, Kind::Blob) {
                        found.insert(member.name);
                    }
                    names(member.shape, found);
                }
            }
            Kind::List(item) | Kind::Map(_, item) => names(item, found),
            _ => {}
        }
    }

    /// This test fails for a new operation whose request has a member of such a name. Its author must check whether the member
    /// may be shown.
    #[test]
    fn members_that_sound_secret_are_known_to_be_harmless() {
        let mut found = BTreeSet::new();
        let services = [&kms::SERVICE, &secretsmanager::SERVICE, &sts::SERVICE, &iam::SERVICE];
        for operation in services.iter().flat_map(|service| service.operations) {
            operation.input.into_iter().for_each(|shape| names(shape, &mut found));
        }
        let sounds = ["token", "secret", "password", "plaintext", "blob", "binary", "credential", "assertion", "code"];
        let suspicious: Vec<&str> =
            found.into_iter().filter(|name| sounds.iter().any(|s| name.to_ascii_lowercase().contains(s))).collect();
        assert_eq!(suspicious, HARMLESS);
    }

    /// Ids of versions and secrets, settings and switches, lengths, sealed markers of pages, messages that STS encoded itself,
    /// and metadata for the rotation by a third party.
    const HARMLESS: [&str; 18] = [
        "AllowUsersToChangePassword",
        "AssertionEncryptionMode",
        "ClientRequestToken",
        "CredentialAgeDays",
        "EncodedMessage",
        "ExternalSecretRotationMetadata",
        "ExternalSecretRotationRoleArn",
        "ForceOverwriteReplicaSecret",
        "GlobalEndpointTokenVersion",
        "MaxPasswordAge",
        "MinimumPasswordLength",
        "NextToken",
        "PasswordLength",
        "PasswordResetRequired",
        "PasswordReusePrevention",
        "SecretId",
        "SecretIdList",
        "ServiceSpecificCredentialId",
    ];

    #[test]
    fn names_are_in_camel_case() {
        assert_eq!(lower_camel("KeyId"), "keyId");
        assert_eq!(lower_camel("ARN"), "aRN");
        assert_eq!(lower_camel(""), "");
    }
}
