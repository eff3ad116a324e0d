//! Query-protocol requests: form bodies into a [`Tree`].

use std::collections::BTreeMap;

use claviger_types::{Timestamp, strict};

use crate::error::Serialization;
use crate::shape::{Kind, Shape};
use crate::tree::{Name, Number, Tree};
use crate::value::Value;

/// How many parameters a form may have. The greatest request of the models, fifty tags of two parts each, has some 110.
pub const PARAMETERS_MAX: usize = 4096;

/// How many parts a parameter's name may have (`Tags.member.1.Key` has four); one with more fits no member.
const PARTS_MAX: usize = 16;

/// Splits and decodes a form: pairs joined by `&`, `+` for a space, `%` before two hexadecimal digits.
pub fn parse_form(body: &[u8]) -> Result<Vec<(String, String)>, Serialization> {
    let mut pairs = Vec::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == PARAMETERS_MAX {
            return Err(Serialization(None));
        }
        let mut sides = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(sides.next().unwrap_or_default())?;
        let value = decode(sides.next().unwrap_or_default())?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Reads a form's parameters as a request: `Tags.member.1.Key=a` is member `Key` of the first of `Tags`. List members are taken
/// in the order of their numbers, with gaps or without. A parameter that fits no member of the shape (`Action` and `Version`
/// among them) is ignored. One that occurs twice is refused.
pub fn read_query(pairs: &[(String, String)], shape: &'static Shape) -> Result<Tree, Serialization> {
    if pairs.len() > PARAMETERS_MAX {
        return Err(Serialization(None));
    }
    let mut root = Node::default();
    for (name, value) in pairs {
        root.insert(name, value)?;
    }
    root.read(shape).map(|tree| tree.unwrap_or(Tree::Map(Vec::new())))
}

/// The parameters below a common beginning of their names.
#[derive(Default)]
struct Node<'a> {
    value: Option<&'a str>,
    children: BTreeMap<&'a str, Node<'a>>,
}

impl<'a> Node<'a> {
    fn insert(&mut self, name: &'a str, value: &'a str) -> Result<(), Serialization> {
        if name.split('.').count() > PARTS_MAX {
            return Ok(());
        }
        let mut node = self;
        for part in name.split('.') {
            node = node.children.entry(part).or_default();
        }
        match node.value.replace(value) {
            Some(_) => Err(Serialization(Some("Duplicate parameters are not allowed."))),
            None => Ok(()),
        }
    }

    /// None if no parameter here fits the shape.
    fn read(&self, shape: &'static Shape) -> Result<Option<Tree>, Serialization> {
        match shape.kind {
            Kind::Structure(members) => {
                let mut tree = Vec::new();
                for member in members {
                    let Some(child) = self.children.get(member.name) else { continue };
                    if let Some(value) = child.read(member.shape)? {
                        tree.push((member.name.into(), value));
                    }
                }
                Ok((!self.children.is_empty()).then_some(Tree::Map(tree)))
            }
            Kind::List(member) => self.list(member),
            Kind::Map(key, value) => self.map(key, value),
            _ => self.value.map(|text| scalar(shape, text)).transpose(),
        }
    }

    fn list(&self, member: &'static Shape) -> Result<Option<Tree>, Serialization> {
        let mut items = Vec::new();
        for child in self.numbered("member") {
            items.extend(child.read(member)?);
        }
        // Some clients write an empty list as `Tags=`.
        let is_empty_list = items.is_empty() && self.value == Some("");
        Ok((!items.is_empty() || is_empty_list).then_some(Tree::List(items)))
    }

    fn map(&self, key: &'static Shape, value: &'static Shape) -> Result<Option<Tree>, Serialization> {
        let mut entries: Vec<(Name, Tree)> = Vec::new();
        for child in self.numbered("entry") {
            let part = |name: &str, shape| child.children.get(name).map(|node| node.read(shape)).transpose();
            if let (Some(Some(Tree::Text(name))), Some(Some(tree))) = (part("key", key)?, part("value", value)?) {
                if entries.iter().any(|(other, _)| *other == *name) {
                    return Err(Serialization(None));
                }
                entries.push((name.to_string().into(), tree));
            }
        }
        Ok((!entries.is_empty()).then_some(Tree::Map(entries)))
    }

    /// The children `{word}.1`, `{word}.2` ... by number. `0`, `01` and `x` are not list numbers.
    fn numbered(&self, word: &str) -> impl Iterator<Item = &Node<'a>> {
        let children = self.children.get(word).into_iter().flat_map(|node| &node.children);
        let ordered: BTreeMap<u32, &Node<'a>> = children
            .filter(|(number, _)| number.starts_with(|first: char| ('1'..='9').contains(&first)))
            .filter_map(|(number, node)| Some((number.parse().ok()?, node)))
            .collect();
        ordered.into_values()
    }
}

fn scalar(shape: &Shape, text: &str) -> Result<Tree, Serialization> {
    let wrong = Serialization(None);
    Ok(match shape.kind {
        Kind::Boolean => match text {
            "true" => Tree::Bool(true),
            "false" => Tree::Bool(false),
            _ => return Err(wrong),
        },
        Kind::Integer | Kind::Long => Tree::Number(Number::Integer(text.parse().map_err(|_| wrong)?)),
        Kind::Double => Tree::Number(Number::Float(text.parse().map_err(|_| wrong)?)),
        Kind::Timestamp => Timestamp::parse_iso8601(text).ok_or(wrong)?.write(),
        _ => Tree::text(text),
    })
}

fn decode(text: &[u8]) -> Result<String, Serialization> {
    let bytes = strict::percent_decode(text).map_err(|_| Serialization(None))?;
    String::from_utf8(bytes).map_err(|_| Serialization(None))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::iam::{CreateRoleRequest, ListPoliciesRequest, TagRoleRequest, UntagRoleRequest};
    use crate::structure::{Input, Output};
    use crate::sts::AssumeRoleRequest;
    use crate::{Invalid, iam, sts};

    fn decode_form<T: Input>(form: &str) -> Result<T, Invalid> {
        let pairs = parse_form(form.as_bytes())?;
        T::decode(&read_query(&pairs, T::shape())?)
    }

    #[test]
    fn forms() {
        let pairs = parse_form(b"Action=A&&a+b=c%20d%2B&empty=&bare&x=1=2&u=%C3%A9").unwrap();
        let expected = [("Action", "A"), ("a b", "c d+"), ("empty", ""), ("bare", ""), ("x", "1=2"), ("u", "é")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for bad in ["a=%", "a=%2", "a=%zz", "a=%ff", "%ff=a", "a=%+1"] {
            assert_eq!(parse_form(bad.as_bytes()), Err(Serialization(None)), "{bad}");
        }
        assert!(parse_form("a=b&".repeat(PARAMETERS_MAX).as_bytes()).is_ok());
        assert!(parse_form("a=b&".repeat(PARAMETERS_MAX + 1).as_bytes()).is_err());
    }

    #[test]
    fn structures_and_lists() {
        let request: AssumeRoleRequest = decode_form(
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fdemo\
             &RoleSessionName=test&DurationSeconds=900&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess\
             &Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.10.Key=c&Tags.member.10.Value=3\
             &Tags.member.1.Key=a&Tags.member.1.Value=&TransitiveTagKeys.member.1=a&Unknown.member.1=x",
        )
        .unwrap();
        assert_eq!(request.role_arn, "arn:aws:iam::111122223333:role/demo");
        assert_eq!(request.duration_seconds, Some(900));
        let tags = request.tags.unwrap();
        let tags: Vec<(&str, &str)> = tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect();
        assert_eq!(tags, [("a", ""), ("b", "2"), ("c", "3")]);
        assert_eq!(request.policy_arns.unwrap()[0].arn.as_deref(), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
        assert_eq!(request.transitive_tag_keys, Some(vec!["a".to_owned()]));
        assert_eq!(request.external_id, None);
    }

    #[test]
    fn empty_lists_and_strange_numbers() {
        let request: TagRoleRequest = decode_form("RoleName=r&Tags=").unwrap();
        assert_eq!(request.tags, []);
        let request: UntagRoleRequest = decode_form(
            "RoleName=r&TagKeys.member.0=no&TagKeys.member.01=no&TagKeys.member.+2=no&TagKeys.member.3=yes",
        )
        .unwrap();
        assert_eq!(request.tag_keys, ["yes"]);
        let error = decode_form::<UntagRoleRequest>("RoleName=r&TagKeys.member.4294967296=no").unwrap_err();
        let text = "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null";
        assert_eq!(error, Invalid::Constraints(text.to_owned()));
    }

    #[test]
    fn scalars() {
        let request: ListPoliciesRequest = decode_form("OnlyAttached=true&MaxItems=7&Scope=Local").unwrap();
        assert_eq!((request.only_attached, request.max_items), (Some(true), Some(7)));
        for bad in
            ["OnlyAttached=yes", "OnlyAttached=", "MaxItems=x", "MaxItems=", "MaxItems=3000000000", "MaxItems=1.5"]
        {
            let error = decode_form::<ListPoliciesRequest>(bad).unwrap_err();
            assert!(matches!(error, Invalid::Serialization(_)), "{bad}: {error:?}");
        }
        let error = decode_form::<ListPoliciesRequest>("MaxItems=0&Scope=local").unwrap_err();
        assert_eq!(
            error.to_string(),
            "2 validation errors detected: Value 'local' at 'scope' failed to satisfy constraint: Member must satisfy enum \
             value set: [All, Local, AWS]; Value '0' at 'maxItems' failed to satisfy constraint: Member must have value \
             greater than or equal to 1"
        );
    }

    #[test]
    fn duplicates_are_refused() {
        assert!(matches!(decode_form::<TagRoleRequest>("RoleName=a&RoleName=b"), Err(Invalid::Serialization(Some(_)))));
    }

    /// The inverse of reading: the parameters as a client writes them.
    fn flatten(prefix: &str, shape: &'static Shape, tree: &Tree, pairs: &mut Vec<(String, String)>) {
        let join = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        match (shape.kind, tree) {
            (Kind::Structure(members), tree) => {
                for member in members {
                    if let Some(tree) = tree.member(member.name) {
                        flatten(&join(member.name), member.shape, tree, pairs);
                    }
                }
            }
            (Kind::List(member), Tree::List(items)) => {
                if items.is_empty() {
                    pairs.push((prefix.to_owned(), String::new()));
                }
                for (index, item) in items.iter().enumerate() {
                    flatten(&join(&format!("member.{}", index + 1)), member, item, pairs);
                }
            }
            (_, Tree::Text(text)) => pairs.push((prefix.to_owned(), text.to_string())),
            (_, Tree::Number(number)) => pairs.push((prefix.to_owned(), number.whole().unwrap().to_string())),
            (_, Tree::Bool(value)) => pairs.push((prefix.to_owned(), value.to_string())),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn round_trip(
            role_name in any::<String>(),
            assume_role_policy_document in any::<String>(),
            max_session_duration in any::<Option<i32>>(),
            tags in prop::option::of(prop::collection::vec((any::<String>(), any::<String>()), 0..20)),
        ) {
            let tags = tags.map(|tags| tags.into_iter().map(|(key, value)| iam::Tag { key, value }).collect());
            let request = CreateRoleRequest {
                role_name, assume_role_policy_document, max_session_duration, tags, ..Default::default()
            };
            let mut pairs = Vec::new();
            flatten("", CreateRoleRequest::shape_of(), &request.to_tree().unwrap(), &mut pairs);
            let form: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
            let pairs = parse_form(form.join("&").as_bytes()).unwrap();
            let tree = read_query(&pairs, CreateRoleRequest::shape_of()).unwrap();
            prop_assert_eq!(CreateRoleRequest::from_tree(&tree).unwrap(), request);
        }

        #[test]
        fn arbitrary_forms_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            if let Ok(pairs) = parse_form(&bytes) {
                let _result = read_query(&pairs, AssumeRoleRequest::shape_of());
            }
        }

        #[test]
        fn arbitrary_names_never_panic(names in prop::collection::vec("(Tags|PolicyArns|member|Key|arn|[0-9]{1,12}|\\.){0,40}", 0..20)) {
            let pairs: Vec<(String, String)> = names.into_iter().map(|name| (name, "1".to_owned())).collect();
            if let Ok(tree) = read_query(&pairs, AssumeRoleRequest::shape_of()) {
                let _result = sts::AssumeRoleRequest::decode(&tree);
            }
        }
    }

    trait ShapeOf: Input {
        fn shape_of() -> &'static Shape {
            <Self as Input>::shape()
        }
    }

    impl<T: Input> ShapeOf for T {}

    fn escape(text: &str) -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' => char::from(byte).to_string(),
                b' ' => "+".to_owned(),
                other => format!("%{other:02X}"),
            })
            .collect()
    }
}
