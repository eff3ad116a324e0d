//! The request parameters in a record: only members that the model knows and does not mark as sensitive, and never a blob.

use claviger_model::{Kind, Member, Name, Number, Shape, Tree, Value};
use claviger_types::Timestamp;

use super::json::{self, Object};
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

/// The recipient's attestation document is shown among a record's additional data, as AWS does, and in no other place.
const SHOWN_ELSEWHERE: &str = "Recipient";

/// The most bytes of parameters that a record shows, as in CloudTrail.
const BYTES_MAX: usize = 102_400;

/// Writes the members that may be shown, by their names in lower camel case.
pub(super) fn write_shown(out: &mut Vec<u8>, call: &Call) {
    let start = out.len();
    let info = call.service.model.operation(call.entry.name);
    if !info.and_then(|info| info.input).is_some_and(|shape| write_value(out, shape, &call.input)) {
        out.extend_from_slice(b"null");
    }
    let size = out.len() - start;
    if size > BYTES_MAX {
        out.truncate(start);
        let mut omitted = Object::open(out);
        omitted.boolean("omitted", true);
        json::display(omitted.member("originalSize"), size);
        omitted.text("reason", "requestParameters too large");
        omitted.close();
    }
}

/// Whether a request has a member that records hide, although the model does not mark it as sensitive. An error's text may
/// quote it.
pub(crate) fn has_hidden(call: &Call) -> bool {
    let Tree::Map(members) = &call.input else { return false };
    members.iter().any(|(name, _)| HIDDEN.contains(&name.as_ref()) || name == "ProvidedContexts")
}

/// Writes a value without the members that may not be shown. Writes nothing and returns false if the value as a whole may not
/// be shown.
fn write_value(out: &mut Vec<u8>, shape: &Shape, tree: &Tree) -> bool {
    if shape.sensitive {
        return false;
    }
    match (&shape.kind, tree) {
        (Kind::Structure(members), Tree::Map(values)) => write_members(out, members, values),
        (Kind::List(item), Tree::List(values)) => {
            json::list(out, values.iter(), |out, value| write_value(out, item, value));
        }
        (Kind::Map(_, item), Tree::Map(values)) => {
            let mut entries = Object::open(out);
            for (name, value) in values {
                entries.optional(|entries| write_value(entries.entry(name), item, value));
            }
            entries.close();
        }
        (Kind::String, Tree::Text(text)) => json::string(out, text),
        (Kind::Boolean, Tree::Bool(value)) => json::boolean(out, *value),
        (Kind::Integer | Kind::Long, Tree::Number(Number::Integer(value))) => json::display(out, value),
        (Kind::Timestamp, Tree::Number(_)) => match Timestamp::read(tree) {
            Ok(time) => json::string(out, &time.in_words()),
            Err(_) => return false,
        },
        _ => return false,
    }
    true
}

fn write_members(out: &mut Vec<u8>, members: &[Member], values: &[(Name, Tree)]) {
    let mut object = Object::open(out);
    for member in members {
        let given = values.iter().find(|(name, _)| name == member.name);
        if let Some((_, value)) = given.filter(|_| !HIDDEN.contains(&member.name) && member.name != SHOWN_ELSEWHERE) {
            object.optional(|object| write_value(object.camel_member(member.name), member.shape, value));
        }
    }
    object.close();
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
}
