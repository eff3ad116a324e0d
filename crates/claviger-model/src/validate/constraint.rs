//! The constraints of single values, and AWS's texts for them.

use crate::error::Serialization;
use crate::shape::{Kind, Shape};
use crate::tree::{Number, Tree};
use crate::value::{blob_len, timestamp};

pub(super) const NOT_NULL: &str = "Member must not be null";

/// The constraints that a scalar breaks, or the error that it is of another type.
pub(super) fn broken(shape: &Shape, tree: &Tree) -> Result<Vec<String>, Serialization> {
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
        (Kind::Blob, Tree::Text(text)) => broken = broken_length(shape, blob_len(text)?),
        (Kind::Integer | Kind::Long, Tree::Number(number)) => broken = broken_range(shape, *number)?,
        (Kind::Timestamp, Tree::Number(number)) => {
            timestamp(*number).ok_or(Serialization(None))?;
        }
        _ => return Err(Serialization(Some(wrong_type(shape, tree)))),
    }
    Ok(broken)
}

pub(super) fn broken_length(shape: &Shape, length: usize) -> Vec<String> {
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

/// All constraints of the members of a list or map, in the order in which AWS lists them.
pub(super) fn rules(shape: &Shape, null: bool) -> String {
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

pub(super) fn is_scalar(shape: &Shape) -> bool {
    !matches!(shape.kind, Kind::Structure(_) | Kind::List(_) | Kind::Map(..))
}

pub(super) fn is_blob(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Blob)
}

/// The value as the error text quotes it; none if it may not be shown.
pub(super) fn quoted(shape: &Shape, tree: &Tree) -> Option<String> {
    (!shape.sensitive && !is_blob(shape)).then(|| quote(scalar_text(tree)))
}

pub(super) fn quote(text: String) -> String {
    format!("'{text}'")
}

pub(super) fn list_text(member: &Shape, items: &[Tree]) -> String {
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
