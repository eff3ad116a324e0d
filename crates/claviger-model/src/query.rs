//! Query-protocol requests: form bodies into a [`Tree`].

use std::collections::BTreeMap;

use claviger_types::Timestamp;

use crate::error::Serialization;
use crate::shape::{Kind, Shape};
use crate::tree::{Number, Tree};
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

/// From a form's parameters to the request that they spell: `Tags.member.1.Key=a` is member `Key` of the first of `Tags`.
/// List members are taken in the order of their numbers, gaps or not. A parameter that fits no member of the shape
/// (`Action` and `Version` among them) is ignored, one that occurs twice is refused.
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

    /// None if nothing here fits the shape.
    fn read(&self, shape: &'static Shape) -> Result<Option<Tree>, Serialization> {
        match shape.kind {
            Kind::Structure(members) => {
                let mut tree = Vec::new();
                for member in members {
                    let Some(child) = self.children.get(member.name) else { continue };
                    if let Some(value) = child.read(member.shape)? {
                        tree.push((member.name.to_owned(), value));
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
        // `Tags=` is how some clients write an empty list.
        let is_empty_list = items.is_empty() && self.value == Some("");
        Ok((!items.is_empty() || is_empty_list).then_some(Tree::List(items)))
    }

    fn map(&self, key: &'static Shape, value: &'static Shape) -> Result<Option<Tree>, Serialization> {
        let mut entries: Vec<(String, Tree)> = Vec::new();
        for child in self.numbered("entry") {
            let part = |name: &str, shape| child.children.get(name).map(|node| node.read(shape)).transpose();
            if let (Some(Some(Tree::Text(name))), Some(Some(tree))) = (part("key", key)?, part("value", value)?) {
                if entries.iter().any(|(other, _)| *other == *name) {
                    return Err(Serialization(None));
                }
                entries.push((name.to_string(), tree));
            }
        }
        Ok((!entries.is_empty()).then_some(Tree::Map(entries)))
    }

    /// The children `{word}.1`, `{word}.2` ... by number. `0`, `01` and `x` are no numbers of a list.
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
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit =
                    || rest.next().and_then(|digit| char::from(*digit).to_digit(16)).ok_or(Serialization(None));
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).map_err(|_| Serialization(None))?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| Serialization(None))
}
