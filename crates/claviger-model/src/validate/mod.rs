//! Checks a body against the model: wrong types first, then every broken constraint, in AWS's words.

mod constraint;

use std::fmt::Write as _;

use self::constraint::{NOT_NULL, broken, broken_length, is_blob, is_scalar, list_text, quote, quoted, rules};
use crate::error::{Invalid, Serialization};
use crate::shape::{Kind, Shape};
use crate::tree::{Name, Tree};

/// How many broken constraints one answer lists. AWS has no such limit. Without it, a body of a hundred thousand bad tags would
/// be answered with many times its size.
pub const VIOLATIONS_MAX: usize = 100;

/// Checks a request. All broken constraints are reported together, in the model's order of members; a value of the wrong
/// type anywhere is reported alone, as [`Invalid::Serialization`].
///
/// Lengths of texts are counted in UTF-16 code units, as Java does. Texts are quoted whole, secrets and blobs never.
pub fn validate(shape: &'static Shape, tree: &Tree) -> Result<(), Invalid> {
    let mut check = Check { path: String::new(), violations: Vec::new() };
    check.value(shape, tree)?;
    match check.violations.len() {
        0 => Ok(()),
        count => {
            let plural = if count == 1 { "" } else { "s" };
            let list = check.violations.join("; ");
            Err(Invalid::Constraints(format!("{count} validation error{plural} detected: {list}")))
        }
    }
}

/// The first member of a body that the model does not know, as a path of names (`Constraints.SourceArn`). Members without a value
/// are absent. The body has been checked by [`validate`].
pub fn unknown_member(shape: &Shape, tree: &Tree) -> Option<String> {
    let (Kind::Structure(known), Tree::Map(given)) = (shape.kind, tree) else { return None };
    let mut given = given.iter().filter(|(_, value)| *value != Tree::Null);
    given.find_map(|(name, value)| match known.iter().find(|member| member.name == name) {
        Some(member) => unknown_member(member.shape, value).map(|inner| format!("{name}.{inner}")),
        None => Some(name.to_string()),
    })
}

struct Check {
    path: String,
    violations: Vec<String>,
}

impl Check {
    fn value(&mut self, shape: &'static Shape, tree: &Tree) -> Result<(), Serialization> {
        match (shape.kind, tree) {
            (Kind::Structure(_), Tree::Map(_)) => self.structure(shape, tree),
            (Kind::List(member), Tree::List(items)) => self.list(shape, member, items),
            (Kind::Map(key, value), Tree::Map(entries)) => self.map(shape, (key, value), entries),
            _ => {
                for constraint in broken(shape, tree)? {
                    self.report(quoted(shape, tree), &constraint);
                }
                Ok(())
            }
        }
    }

    fn structure(&mut self, shape: &'static Shape, tree: &Tree) -> Result<(), Serialization> {
        for member in shape.members() {
            let value = tree.member(member.name);
            if value.is_none() && !member.required {
                continue;
            }
            let outer = self.path.len();
            if outer > 0 {
                self.path.push('.');
            }
            push_lower_camel(&mut self.path, member.name);
            match value {
                Some(tree) => self.value(member.shape, tree)?,
                None => self.report(Some("null".to_owned()), NOT_NULL),
            }
            self.path.truncate(outer);
        }
        Ok(())
    }

    /// Structures within a list are reported by their own paths; scalars by the list's, which is then quoted whole, with
    /// all that its members must satisfy. Seen against AWS for both.
    fn list(&mut self, shape: &Shape, member: &'static Shape, items: &[Tree]) -> Result<(), Serialization> {
        if is_scalar(member) {
            let faulty = self.any_broken(member, items.iter())?;
            let value = || (!member.sensitive && !is_blob(member)).then(|| list_text(member, items));
            for constraint in broken_length(shape, items.len()) {
                self.report(value().map(quote), &constraint);
            }
            if faulty {
                let rules = rules(member, items.contains(&Tree::Null));
                self.report(value().map(quote), &format!("Member must satisfy constraint: [{rules}]"));
            }
            return Ok(());
        }
        for constraint in broken_length(shape, items.len()) {
            // AWS quotes the Java text of its own objects here, which is of no use to clients. Only the empty list has a fixed
            // form.
            self.report(items.is_empty().then(|| "'[]'".to_owned()), &constraint);
        }
        for (index, item) in items.iter().enumerate() {
            let outer = self.path.len();
            let _infallible = write!(self.path, ".{}.member", index + 1);
            match item {
                Tree::Null => self.report(Some("null".to_owned()), NOT_NULL),
                item => self.value(member, item)?,
            }
            self.path.truncate(outer);
        }
        Ok(())
    }

    fn map(
        &mut self,
        shape: &Shape,
        (key, value): (&'static Shape, &'static Shape),
        entries: &[(Name, Tree)],
    ) -> Result<(), Serialization> {
        for constraint in broken_length(shape, entries.len()) {
            self.report(None, &constraint);
        }
        let keys: Vec<Tree> = entries.iter().map(|(name, _)| Tree::text(name)).collect();
        if self.any_broken(key, keys.iter())? {
            self.report(None, &format!("Map keys must satisfy constraint: [{}]", rules(key, false)));
        }
        if is_scalar(value) {
            if self.any_broken(value, entries.iter().map(|(_, tree)| tree))? {
                let null = entries.iter().any(|(_, tree)| *tree == Tree::Null);
                self.report(None, &format!("Map value must satisfy constraint: [{}]", rules(value, null)));
            }
            return Ok(());
        }
        for (name, tree) in entries {
            let outer = self.path.len();
            let _infallible = write!(self.path, ".{name}.member");
            match tree {
                Tree::Null => self.report(Some("null".to_owned()), NOT_NULL),
                tree => self.value(value, tree)?,
            }
            self.path.truncate(outer);
        }
        Ok(())
    }

    /// Checks every value, since the error for a wrong type takes precedence over broken constraints.
    fn any_broken<'t>(&self, shape: &Shape, trees: impl Iterator<Item = &'t Tree>) -> Result<bool, Serialization> {
        let mut any = false;
        for tree in trees {
            any |= *tree == Tree::Null || !broken(shape, tree)?.is_empty();
        }
        Ok(any)
    }

    fn report(&mut self, value: Option<String>, constraint: &str) {
        if self.violations.len() < VIOLATIONS_MAX {
            let value = value.map(|value| format!("Value {value}")).unwrap_or_else(|| "Value".to_owned());
            let path = &self.path;
            self.violations.push(format!("{value} at '{path}' failed to satisfy constraint: {constraint}"));
        }
    }
}

/// AWS prints members as Java fields: the first letter small, the rest as it is.
fn push_lower_camel(path: &mut String, name: &str) {
    let mut chars = name.chars();
    path.extend(chars.next().map(|first| first.to_ascii_lowercase()));
    path.push_str(chars.as_str());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::structure::Input;
    use crate::{iam, kms, read_json, secretsmanager, services, sts};

    fn violations<T: Input>(body: &str) -> String {
        match T::decode(&read_json(body.as_bytes()).unwrap()) {
            Err(Invalid::Constraints(text)) => text,
            Err(other) => panic!("{body}: {other:?}"),
            Ok(_) => panic!("{body} was accepted"),
        }
    }

    fn one<T: Input>(body: &str, expected: &str) {
        assert_eq!(violations::<T>(body), format!("1 validation error detected: {expected}"), "{body}");
    }

    fn accepted<T: Input>(body: &str) -> T {
        T::decode(&read_json(body.as_bytes()).unwrap()).unwrap()
    }

    fn wrong<T: Input>(body: &str, text: Option<&'static str>) {
        match T::decode(&read_json(body.as_bytes()).unwrap()) {
            Err(Invalid::Serialization(found)) => assert_eq!(found, text, "{body}"),
            Err(other) => panic!("{body}: {other:?}"),
            Ok(_) => panic!("{body} was accepted"),
        }
    }

    #[test]
    fn numbers() {
        let constraint = "failed to satisfy constraint: Member must have value";
        one::<kms::GenerateRandomRequest>(
            r#"{"NumberOfBytes":0}"#,
            &format!("Value '0' at 'numberOfBytes' {constraint} greater than or equal to 1"),
        );
        one::<kms::GenerateRandomRequest>(
            r#"{"NumberOfBytes":1025}"#,
            &format!("Value '1025' at 'numberOfBytes' {constraint} less than or equal to 1024"),
        );
        assert_eq!(accepted::<kms::GenerateRandomRequest>(r#"{"NumberOfBytes":1024}"#).number_of_bytes, Some(1024));
        assert_eq!(accepted::<kms::GenerateRandomRequest>(r#"{"NumberOfBytes":1e1}"#).number_of_bytes, Some(10));
        wrong::<kms::GenerateRandomRequest>(r#"{"NumberOfBytes":1.5}"#, None);
        wrong::<kms::GenerateRandomRequest>(r#"{"NumberOfBytes":4294967297}"#, None);
    }

    #[test]
    fn lengths() {
        let plaintext = |bytes: usize| {
            use base64::Engine as _;
            let text = base64::engine::general_purpose::STANDARD.encode(vec![7; bytes]);
            format!(r#"{{"KeyId":"k","Plaintext":"{text}"}}"#)
        };
        one::<kms::EncryptRequest>(
            &plaintext(4097),
            "Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
        );
        one::<kms::EncryptRequest>(
            &plaintext(0),
            "Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
        );
        assert_eq!(accepted::<kms::EncryptRequest>(&plaintext(4096)).plaintext.expose().len(), 4096);
        // Two code units each in UTF-16: 64 of them fill a tag key of 128.
        let tag = |key: &str| format!(r#"{{"KeyId":"k","Tags":[{{"TagKey":"{key}","TagValue":""}}]}}"#);
        accepted::<kms::TagResourceRequest>(&tag(&"😀".repeat(64)));
        assert!(violations::<kms::TagResourceRequest>(&tag(&"😀".repeat(65))).contains("'tags.1.member.tagKey'"));
    }

    #[test]
    fn nested_paths() {
        let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
        let body = format!(
            r#"{{"Tags":[{{"TagKey":"{long_key}","TagValue":"a"}},{{"TagKey":"b","TagValue":"{long_value}"}}]}}"#
        );
        assert_eq!(
            violations::<kms::CreateKeyRequest>(&body),
            format!(
                "2 validation errors detected: Value '{long_key}' at 'tags.1.member.tagKey' failed to satisfy constraint: \
                 Member must have length less than or equal to 128; Value '{long_value}' at 'tags.2.member.tagValue' failed \
                 to satisfy constraint: Member must have length less than or equal to 256"
            )
        );
        one::<kms::CreateKeyRequest>(
            r#"{"Tags":[null]}"#,
            "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null",
        );
        one::<kms::CreateKeyRequest>(
            r#"{"Tags":[{"TagKey":"a","TagValue":null}]}"#,
            "Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null",
        );
        one::<secretsmanager::RotateSecretRequest>(
            r#"{"SecretId":"s","RotationRules":{"AutomaticallyAfterDays":1001}}"#,
            "Value '1001' at 'rotationRules.automaticallyAfterDays' failed to satisfy constraint: Member must have value \
             less than or equal to 1000",
        );
    }

    #[test]
    fn enumerations() {
        one::<kms::GenerateMacRequest>(
            r#"{"Message":"AA==","KeyId":"k","MacAlgorithm":"INVALID"}"#,
            "Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: \
             [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]",
        );
        one::<kms::GenerateDataKeyRequest>(
            r#"{"KeyId":"k","KeySpec":"AES-256"}"#,
            "Value 'AES-256' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: \
             [AES_256, AES_128]",
        );
        one::<secretsmanager::ListSecretsRequest>(
            r#"{"Filters":[{"Key":"x","Values":["a"]}]}"#,
            "Value 'x' at 'filters.1.member.key' failed to satisfy constraint: Member must satisfy enum value set: \
             [owning-service, all, tag-value, primary-region, tag-key, name, description]",
        );
    }

    #[test]
    fn patterns() {
        one::<kms::CreateGrantRequest>(
            r#"{"KeyId":"k","GranteePrincipal":"arn:aws:iam::111122223333:root","Operations":["Decrypt"],"Name":"x y"}"#,
            "Value 'x y' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: \
             ^[a-zA-Z0-9:/_-]+$",
        );
        assert_eq!(
            violations::<iam::CreateRoleRequest>(r#"{"RoleName":"","AssumeRolePolicyDocument":"{}"}"#),
            r"2 validation errors detected: Value '' at 'roleName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+"
        );
    }

    #[test]
    fn required_members() {
        one::<kms::DescribeKeyRequest>(
            "{}",
            "Value null at 'keyId' failed to satisfy constraint: Member must not be null",
        );
        one::<kms::DescribeKeyRequest>(
            r#"{"KeyId":null,"Unknown":[{"a":1}]}"#,
            "Value null at 'keyId' failed to satisfy constraint: Member must not be null",
        );
        one::<iam::GetRoleRequest>(
            "{}",
            "Value null at 'roleName' failed to satisfy constraint: Member must not be null",
        );
    }

    #[test]
    fn unknown_members_are_found_in_structures() {
        let check = |body: &str, expected: Option<&str>| {
            let tree = read_json(body.as_bytes()).unwrap();
            let found = unknown_member(<kms::CreateGrantRequest as Input>::shape(), &tree);
            assert_eq!(found.as_deref(), expected, "{body}");
        };
        check(r#"{"KeyId":"k","Operations":["Decrypt"]}"#, None);
        check(r#"{"KeyId":"k","Constraints":{"EncryptionContextEquals":{"any":"name"}}}"#, None);
        check(r#"{"KeyId":"k","Constraints":{"SourceArn":"a"}}"#, Some("Constraints.SourceArn"));
        check(r#"{"KeyId":"k","Constraints":{"SourceArn":null},"Other":null}"#, None);
        check(r#"{"keyId":"k"}"#, Some("keyId"));
    }

    #[test]
    fn several_in_model_order() {
        assert_eq!(
            violations::<kms::EncryptRequest>(r#"{"EncryptionAlgorithm":"ROT13","Plaintext":""}"#),
            "3 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; \
             Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1; \
             Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: \
             [SM2PKE, SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1]"
        );
    }

    #[test]
    fn secrets_are_not_quoted() {
        let secret = "s3cr3t".repeat(20_000);
        one::<secretsmanager::CreateSecretRequest>(
            &format!(r#"{{"Name":"n","SecretString":"{secret}"}}"#),
            "Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
        );
        one::<kms::ConnectCustomKeyStoreRequest>(
            r#"{"CustomKeyStoreId":""}"#,
            "Value '' at 'customKeyStoreId' failed to satisfy constraint: Member must have length greater than or equal to 1",
        );
        one::<kms::CreateCustomKeyStoreRequest>(
            r#"{"CustomKeyStoreName":"n","KeyStorePassword":"short"}"#,
            "Value at 'keyStorePassword' failed to satisfy constraint: Member must have length greater than or equal to 7",
        );
    }

    #[test]
    fn lists() {
        one::<secretsmanager::BatchGetSecretValueRequest>(
            r#"{"SecretIdList":[]}"#,
            "Value '[]' at 'secretIdList' failed to satisfy constraint: Member must have length greater than or equal to 1",
        );
        one::<sts::AssumeRoleRequest>(
            r#"{"RoleArn":"arn:aws:iam::111122223333:role/r","RoleSessionName":"se","TransitiveTagKeys":["a","b;"]}"#,
            "Value '[a, b;]' at 'transitiveTagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member \
             must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must \
             satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]",
        );
        let text = violations::<kms::CreateGrantRequest>(
            r#"{"KeyId":"k","GranteePrincipal":"arn:aws:iam::111122223333:root","Operations":["decrypt"]}"#,
        );
        let start = "1 validation error detected: Value '[decrypt]' at 'operations' failed to satisfy constraint: Member \
                     must satisfy constraint: [Member must satisfy enum value set: [";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn maps() {
        accepted::<kms::EncryptRequest>(r#"{"KeyId":"k","Plaintext":"AA==","EncryptionContext":{"a":"b"}}"#);
        one::<kms::EncryptRequest>(
            r#"{"KeyId":"k","Plaintext":"AA==","EncryptionContext":{"a":null}}"#,
            "Value at 'encryptionContext' failed to satisfy constraint: Map value must satisfy constraint: [Member must \
             not be null]",
        );
    }

    #[test]
    fn wrong_types_outweigh_constraints() {
        wrong::<kms::EncryptRequest>(r#"{"KeyId":7}"#, Some("NUMBER_VALUE can not be converted to a String"));
        wrong::<kms::EncryptRequest>(r#"{"KeyId":true}"#, Some("TRUE_VALUE can not be converted to a String"));
        wrong::<kms::EncryptRequest>(r#"{"KeyId":{}}"#, Some("Start of structure or map found where not expected."));
        wrong::<kms::EncryptRequest>(r#"{"KeyId":"k","Plaintext":"not base64"}"#, None);
        wrong::<kms::EncryptRequest>(
            r#"{"KeyId":"k","Plaintext":"AA=="  ,"EncryptionContext":{"a":1}}"#,
            Some("NUMBER_VALUE can not be converted to a String"),
        );
        wrong::<kms::CreateKeyRequest>(r#"{"Tags":{}}"#, Some("Start of structure or map found where not expected."));
        wrong::<kms::CreateKeyRequest>(
            r#"{"MultiRegion":"true"}"#,
            Some("STRING_VALUE can not be converted to a Boolean"),
        );
        wrong::<kms::GenerateRandomRequest>(
            r#"{"NumberOfBytes":"16"}"#,
            Some("STRING_VALUE can not be converted to an Integer"),
        );
        // A broken constraint before it, and another list member after it.
        wrong::<kms::CreateKeyRequest>(
            r#"{"KeySpec":"x","Tags":[{"TagKey":""},{"TagKey":1}]}"#,
            Some("NUMBER_VALUE can not be converted to a String"),
        );
    }

    #[test]
    fn answers_stay_small() {
        let body = format!(r#"{{"Tags":[{}null]}}"#, "null,".repeat(5000));
        assert!(violations::<kms::CreateKeyRequest>(&body).starts_with("100 validation errors detected: "));
    }

    proptest! {
        #[test]
        fn any_tree_for_any_operation(
            tree in crate::json::tests::any_tree(),
            operation in any::<prop::sample::Index>(),
            member in any::<prop::sample::Index>(),
        ) {
            let shapes: Vec<&Shape> = services()
                .iter()
                .flat_map(|service| service.operations)
                .filter_map(|operation| operation.input)
                .filter(|shape| !shape.members().is_empty())
                .collect();
            let shape = shapes[operation.index(shapes.len())];
            let members = shape.members();
            let name = members[member.index(members.len())].name.to_owned();
            let _result = validate(shape, &Tree::Map(vec![(name.into(), tree)]));
        }
    }
}
