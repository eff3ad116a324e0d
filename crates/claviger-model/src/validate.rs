//! Checks a body against the model: wrong types first, then every broken constraint, in AWS's words.

use std::fmt::Write as _;

use crate::error::{Invalid, Serialization};
use crate::shape::{Kind, Shape};
use crate::tree::{Number, Tree};
use crate::value::{decode_blob, timestamp};

/// How many broken constraints one answer lists. AWS knows no such bound; here it keeps a body of a hundred thousand bad
/// tags from being answered with many times its size.
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
            let outer = self.path.len();
            if outer > 0 {
                self.path.push('.');
            }
            push_lower_camel(&mut self.path, member.name);
            match tree.member(member.name) {
                Some(tree) => self.value(member.shape, tree)?,
                None if member.required => self.report(Some("null".to_owned()), NOT_NULL),
                None => {}
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
            // AWS quotes its own objects' Java text here, which is of no use to anyone; only the empty list has one form.
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
        entries: &[(String, Tree)],
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

    /// Looks at every value, for one of the wrong type outweighs any broken constraint.
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

const NOT_NULL: &str = "Member must not be null";

/// The constraints that a scalar breaks, or that it is no value of this shape at all.
fn broken(shape: &Shape, tree: &Tree) -> Result<Vec<String>, Serialization> {
    let mut broken = Vec::new();
    match (shape.kind, tree) {
        (_, Tree::Null) | (Kind::Boolean, Tree::Bool(_)) | (Kind::Double, Tree::Number(_)) => {}
        (Kind::String, Tree::Text(text)) => {
            broken = broken_length(shape, text.encode_utf16().count());
            if !shape.values.is_empty() && !shape.values.contains(&text.as_str()) {
                broken.push(value_set(shape));
            }
            if let Some(pattern) = shape.pattern.filter(|pattern| !pattern.matches(text)) {
                broken.push(format!("Member must satisfy regular expression pattern: {}", pattern.source()));
            }
        }
        (Kind::Blob, Tree::Text(text)) => broken = broken_length(shape, decode_blob(text)?.len()),
        (Kind::Integer | Kind::Long, Tree::Number(number)) => broken = broken_range(shape, *number)?,
        (Kind::Timestamp, Tree::Number(number)) => {
            timestamp(*number).ok_or(Serialization(None))?;
        }
        _ => return Err(Serialization(Some(wrong_type(shape, tree)))),
    }
    Ok(broken)
}

fn broken_length(shape: &Shape, length: usize) -> Vec<String> {
    outside(shape, i64::try_from(length).unwrap_or(i64::MAX), "length")
}

fn broken_range(shape: &Shape, number: Number) -> Result<Vec<String>, Serialization> {
    let whole = number.whole().ok_or(Serialization(None))?;
    if matches!(shape.kind, Kind::Integer) {
        i32::try_from(whole).map_err(|_| Serialization(None))?;
    }
    Ok(outside(shape, whole, "value"))
}

fn outside(shape: &Shape, measure: i64, what: &str) -> Vec<String> {
    let below = shape.min.filter(|min| measure < *min);
    let above = shape.max.filter(|max| measure > *max);
    let below = below.map(|min| format!("Member must have {what} greater than or equal to {min}"));
    below.into_iter().chain(above.map(|max| format!("Member must have {what} less than or equal to {max}"))).collect()
}

/// All that a member of a list or map must satisfy, in the order in which AWS lists it.
fn rules(shape: &Shape, null: bool) -> String {
    let what = if matches!(shape.kind, Kind::Integer | Kind::Long) { "value" } else { "length" };
    let mut rules = Vec::new();
    rules.extend(shape.max.map(|max| format!("Member must have {what} less than or equal to {max}")));
    rules.extend(shape.min.map(|min| format!("Member must have {what} greater than or equal to {min}")));
    rules.extend(
        shape.pattern.map(|pattern| format!("Member must satisfy regular expression pattern: {}", pattern.source())),
    );
    if !shape.values.is_empty() {
        rules.push(value_set(shape));
    }
    if null {
        rules.push(NOT_NULL.to_owned());
    }
    rules.join(", ")
}

fn value_set(shape: &Shape) -> String {
    format!("Member must satisfy enum value set: [{}]", shape.values.join(", "))
}

fn is_scalar(shape: &Shape) -> bool {
    !matches!(shape.kind, Kind::Structure(_) | Kind::List(_) | Kind::Map(..))
}

fn is_blob(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Blob)
}

/// The value as the error text quotes it; none if it may not be shown.
fn quoted(shape: &Shape, tree: &Tree) -> Option<String> {
    (!shape.sensitive && !is_blob(shape)).then(|| quote(scalar_text(tree)))
}

fn quote(text: String) -> String {
    format!("'{text}'")
}

fn list_text(member: &Shape, items: &[Tree]) -> String {
    debug_assert!(is_scalar(member));
    let items: Vec<String> = items.iter().map(scalar_text).collect();
    format!("[{}]", items.join(", "))
}

fn scalar_text(tree: &Tree) -> String {
    match tree {
        Tree::Text(text) => text.to_string(),
        Tree::Bool(value) => value.to_string(),
        Tree::Number(Number::Integer(value)) => value.to_string(),
        Tree::Number(Number::Float(value)) => value.to_string(),
        Tree::Null | Tree::List(_) | Tree::Map(_) => "null".to_owned(),
    }
}

/// AWS's front end names the JSON token it found and the type it wanted.
fn wrong_type(shape: &Shape, tree: &Tree) -> &'static str {
    match tree {
        Tree::Map(_) => "Start of structure or map found where not expected.",
        Tree::List(_) => "Start of list found where not expected",
        Tree::Text(_) => match shape.kind {
            Kind::Integer => "STRING_VALUE can not be converted to an Integer",
            Kind::Long => "STRING_VALUE can not be converted to a Long",
            Kind::Double => "STRING_VALUE can not be converted to a Double",
            Kind::Boolean => "STRING_VALUE can not be converted to a Boolean",
            Kind::Timestamp => "STRING_VALUE can not be converted to milliseconds since epoch",
            _ => UNEXPECTED,
        },
        Tree::Number(_) => match shape.kind {
            Kind::String => "NUMBER_VALUE can not be converted to a String",
            Kind::Boolean => "NUMBER_VALUE can not be converted to a Boolean",
            Kind::Blob => "NUMBER_VALUE can not be converted to a Blob",
            _ => UNEXPECTED,
        },
        Tree::Bool(true) => match shape.kind {
            Kind::String => "TRUE_VALUE can not be converted to a String",
            Kind::Integer => "TRUE_VALUE can not be converted to an Integer",
            Kind::Long => "TRUE_VALUE can not be converted to a Long",
            _ => UNEXPECTED,
        },
        Tree::Bool(false) => match shape.kind {
            Kind::String => "FALSE_VALUE can not be converted to a String",
            Kind::Integer => "FALSE_VALUE can not be converted to an Integer",
            Kind::Long => "FALSE_VALUE can not be converted to a Long",
            _ => UNEXPECTED,
        },
        Tree::Null => UNEXPECTED,
    }
}

const UNEXPECTED: &str = "Unexpected field type";

/// AWS prints members as Java fields: the first letter small, the rest as it is.
fn push_lower_camel(path: &mut String, name: &str) {
    let mut chars = name.chars();
    path.extend(chars.next().map(|first| first.to_ascii_lowercase()));
    path.push_str(chars.as_str());
}
