//! Requests and responses as structures, and the macros that the generated modules are written in.

use crate::error::{Invalid, Serialization};
use crate::shape::Shape;
use crate::tree::Tree;
use crate::validate::validate;
use crate::value::Value;

/// A structure of a service's model.
pub trait Structure: Value {
    /// Its shape in the model.
    fn shape() -> &'static Shape;
}

/// An operation's request: a structure, or `()` for an operation without parameters.
pub trait Input: Sized {
    /// Its shape in the model.
    fn shape() -> &'static Shape;

    /// From a body that keeps the constraints; members that the model does not know are ignored.
    fn from_tree(tree: &Tree) -> Result<Self, Serialization>;

    /// From any body: checked against the model, then read.
    fn decode(tree: &Tree) -> Result<Self, Invalid> {
        validate(Self::shape(), tree)?;
        Ok(Self::from_tree(tree)?)
    }
}

/// An operation's response: a structure, or `()` for an empty body.
pub trait Output {
    /// Its shape in the model; none for an empty body.
    fn shape() -> Option<&'static Shape>;

    /// Into a body; none for an empty one. Absent members are left out, never null; empty lists stay.
    fn to_tree(&self) -> Option<Tree>;
}

impl<T: Structure> Input for T {
    fn shape() -> &'static Shape {
        <T as Structure>::shape()
    }

    fn from_tree(tree: &Tree) -> Result<Self, Serialization> {
        T::read(tree)
    }
}

impl<T: Structure> Output for T {
    fn shape() -> Option<&'static Shape> {
        Some(<T as Structure>::shape())
    }

    fn to_tree(&self) -> Option<Tree> {
        Some(self.write())
    }
}

impl Input for () {
    fn shape() -> &'static Shape {
        const { &Shape::structure(&[]) }
    }

    fn from_tree(tree: &Tree) -> Result<Self, Serialization> {
        tree.members().map(drop)
    }
}

impl Output for () {
    fn shape() -> Option<&'static Shape> {
        None
    }

    fn to_tree(&self) -> Option<Tree> {
        None
    }
}

/// The value of a member that a body did or did not have.
pub(crate) fn present<T: Value>(value: Option<T>) -> Result<T, Serialization> {
    value.map_or_else(T::absent, Ok)
}

/// The members that have a value.
pub(crate) fn members<const N: usize>(all: [(&'static str, Tree); N]) -> Tree {
    let mut members = Vec::with_capacity(N);
    let given = all.into_iter().filter(|(_, tree)| !matches!(tree, Tree::Null));
    members.extend(given.map(|(name, tree)| (name.into(), tree)));
    Tree::Map(members)
}

/// From one description of a structure: its shape, the Rust type, and the way between the two.
macro_rules! structure {
    (
        $(#[$doc:meta])*
        $name:ident as $shape:ident {
            $( $(#[$member_doc:meta])* $field:ident: $type:ty = $wire:literal, $presence:ident $member:ident; )*
        }
    ) => {
        static $shape: $crate::Shape = $crate::Shape::structure(&[$($crate::Member::$presence($wire, &$member)),*]);

        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name {
            $( $(#[$member_doc])* pub $field: $type, )*
        }

        impl $crate::Structure for $name {
            fn shape() -> &'static $crate::Shape {
                &$shape
            }
        }

        impl $crate::Value for $name {
            #[allow(clippy::match_single_binding, reason = "a structure without members matches no name")]
            fn read(tree: &$crate::Tree) -> Result<Self, $crate::Serialization> {
                $( let mut $field: Option<$type> = None; )*
                for (name, value) in tree.members()? {
                    match name.as_ref() {
                        $( $wire => $field = Some(<$type as $crate::Value>::read(value)?), )*
                        _ => _ = value,
                    }
                }
                Ok($name { $( $field: $crate::structure::present($field)?, )* })
            }

            fn write(&self) -> $crate::Tree {
                $crate::structure::members([$(($wire, $crate::Value::write(&self.$field))),*])
            }
        }
    };
}

pub(crate) use structure;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeMap;

    use claviger_types::{Sensitive, Timestamp};

    use super::*;
    use crate::{kms, read_json, secretsmanager};

    fn written<T: Output>(output: &T) -> String {
        String::from_utf8(output.to_tree().unwrap().to_json().to_vec()).unwrap()
    }

    #[test]
    fn reads_every_kind() {
        let body = br#"{"KeyId":"k","Plaintext":"aGVsbG8=","EncryptionContext":{"b":"2","a":"1"},"GrantTokens":["t"],"DryRun":true}"#;
        let request = kms::EncryptRequest::decode(&read_json(body).unwrap()).unwrap();
        assert_eq!(
            request,
            kms::EncryptRequest {
                key_id: "k".to_owned(),
                plaintext: Sensitive::new(b"hello".to_vec()),
                encryption_context: Some(BTreeMap::from(
                    [("a", "1"), ("b", "2")].map(|(k, v)| (k.to_owned(), v.to_owned()))
                )),
                grant_tokens: Some(vec!["t".to_owned()]),
                dry_run: Some(true),
                encryption_algorithm: None,
            }
        );
    }

    #[test]
    fn secrets_are_silent() {
        let request = secretsmanager::CreateSecretRequest {
            name: "n".to_owned(),
            secret_string: Some(Sensitive::new("hunter2".to_owned())),
            ..Default::default()
        };
        assert!(!format!("{request:?}").contains("hunter2"));
        assert!(!format!("{:?}", request.to_tree()).contains("hunter2"));
        assert_eq!(written(&request), r#"{"Name":"n","SecretString":"hunter2"}"#);
    }

    #[test]
    fn writes_moments_and_leaves_out_the_absent() {
        let entry =
            |creation_date| kms::AliasListEntry { creation_date: Some(Timestamp(creation_date)), ..Default::default() };
        assert_eq!(written(&entry(1_609_193_147_831)), r#"{"CreationDate":1609193147.831}"#);
        assert_eq!(written(&entry(1_609_193_147_000)), r#"{"CreationDate":1609193147}"#);
        assert_eq!(written(&entry(-1)), r#"{"CreationDate":-0.001}"#);
        let response =
            kms::ListAliasesResponse { aliases: Some(Vec::new()), truncated: Some(false), next_marker: None };
        assert_eq!(written(&response), r#"{"Aliases":[],"Truncated":false}"#);
        assert_eq!(written(&kms::DeleteCustomKeyStoreResponse {}), "{}");
        assert!(().to_tree().is_none());
    }

    #[test]
    fn reads_moments_in_every_notation() {
        for (text, expected) in [
            ("1609193147.831", 1_609_193_147_831),
            ("1609193147", 1_609_193_147_000),
            ("1.609193147831E9", 1_609_193_147_831),
            ("1609193147.8314", 1_609_193_147_831),
            ("0", 0),
            ("-0.001", -1),
        ] {
            let body =
                format!(r#"{{"KeyId":"k","ImportToken":"AA==","EncryptedKeyMaterial":"AA==","ValidTo":{text}}}"#);
            let request = kms::ImportKeyMaterialRequest::decode(&read_json(body.as_bytes()).unwrap()).unwrap();
            assert_eq!(request.valid_to, Some(Timestamp(expected)), "{text}");
        }
        let body = br#"{"KeyId":"k","ImportToken":"AA==","EncryptedKeyMaterial":"AA==","ValidTo":1e300}"#;
        let result = kms::ImportKeyMaterialRequest::decode(&read_json(body).unwrap());
        assert_eq!(result, Err(Invalid::Serialization(None)));
    }

    #[test]
    fn every_moment_comes_back() {
        // The shortest decimal of a float of milliseconds over a thousand has three digits, for every moment.
        for ms in (0..4_102_444_800_000_i64).step_by(7_919_000_003).chain([1, 999, 1_609_193_147_831]) {
            assert_eq!(Timestamp::read(&Timestamp(ms).write()), Ok(Timestamp(ms)));
            let text = written(&kms::AliasListEntry { creation_date: Some(Timestamp(ms)), ..Default::default() });
            let fraction = text.trim_end_matches('}').split_once('.').map_or("", |(_, fraction)| fraction);
            assert!(fraction.len() <= 3, "{text}");
            let read = kms::AliasListEntry::from_tree(&read_json(text.as_bytes()).unwrap()).unwrap();
            assert_eq!(read.creation_date, Some(Timestamp(ms)));
        }
    }

    #[test]
    fn nothing_reads_as_unit_and_required_is_required() {
        assert_eq!(<() as Input>::decode(&read_json(br#"{"Any":1}"#).unwrap()), Ok(()));
        assert_eq!(kms::DescribeKeyRequest::from_tree(&read_json(b"{}").unwrap()), Err(Serialization(None)));
    }
}
