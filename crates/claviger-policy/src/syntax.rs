//! The grammar of a document: its elements and the types of their values. The values are compiled afterwards, in `document.rs`.

use crate::json::{self, Json};
use crate::malformed::Fault;
use crate::operator::Operator;

/// A document that follows the grammar.
#[derive(Debug)]
pub(crate) struct RawDocument {
    pub(crate) version: Option<Version>,
    /// At least one.
    pub(crate) statements: Vec<RawStatement>,
}

/// The versions of the language. A document without a version is of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// 2008-10-17: `${` is text.
    V2008,
    /// 2012-10-17: with policy variables.
    V2012,
}

/// A statement that follows the grammar.
#[derive(Debug)]
pub(crate) struct RawStatement {
    pub(crate) sid: Option<String>,
    /// As written; `Allow` or `Deny` in any case.
    pub(crate) effect: String,
    pub(crate) principals: Option<Clause<RawPrincipals>>,
    pub(crate) actions: Option<Clause<Vec<String>>>,
    pub(crate) resources: Option<Clause<Vec<String>>>,
    pub(crate) conditions: Vec<RawCondition>,
}

/// An element that has a `Not` form.
#[derive(Debug)]
pub(crate) struct Clause<T> {
    pub(crate) negated: bool,
    pub(crate) items: T,
}

/// The value of a `Principal` element.
#[derive(Debug)]
pub(crate) enum RawPrincipals {
    /// `"*"`.
    Star,
    /// By type (`AWS`, `Service`, ...), at least one name each.
    Typed(Vec<(String, Vec<String>)>),
}

/// One operator with one key and its values, of which there may be none.
#[derive(Debug)]
pub(crate) struct RawCondition {
    pub(crate) operator: Operator,
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// Reads a document of any kind.
pub(crate) fn read(text: &str) -> Result<RawDocument, Fault> {
    let members = match json::parse(text).map_err(|e| Fault::Json(e.to_string()))? {
        Json::Object(members) => members,
        _ => return Err(Fault::syntax("a policy is a JSON object")),
    };
    let (mut version, mut statements) = (None, None);
    for (name, value) in members {
        match name.as_str() {
            "Version" => version = Some(read_version(&value)?),
            "Id" => drop(string(value, "Id")?),
            "Statement" => statements = Some(read_statements(value)?),
            other => return Err(Fault::syntax(format!("unknown element `{other}`"))),
        }
    }
    let statements = statements.filter(|s| !s.is_empty()).ok_or_else(|| Fault::syntax("there is no statement"))?;
    Ok(RawDocument { version, statements })
}

fn read_version(value: &Json) -> Result<Version, Fault> {
    match value {
        Json::String(text) if text == "2008-10-17" => Ok(Version::V2008),
        Json::String(text) if text == "2012-10-17" => Ok(Version::V2012),
        _ => Err(Fault::syntax("Version is neither 2008-10-17 nor 2012-10-17")),
    }
}

fn read_statements(value: Json) -> Result<Vec<RawStatement>, Fault> {
    match value {
        Json::Array(items) => items.into_iter().map(read_statement).collect(),
        single => Ok(vec![read_statement(single)?]),
    }
}

fn read_statement(value: Json) -> Result<RawStatement, Fault> {
    let Json::Object(members) = value else { return Err(Fault::syntax("a statement is a JSON object")) };
    let (mut sid, mut effect, mut conditions) = (None, None, Vec::new());
    let (mut principals, mut actions, mut resources) = (None, None, None);
    for (name, value) in members {
        match name.as_str() {
            "Sid" => sid = Some(string(value, "Sid")?).filter(|sid| !sid.is_empty()),
            "Effect" => effect = Some(read_effect(value)?),
            "Principal" | "NotPrincipal" => put(&mut principals, &name, read_principals(value)?)?,
            "Action" | "NotAction" => put(&mut actions, &name, strings(value, &name)?)?,
            "Resource" => put(&mut resources, &name, strings(without_nulls(value), &name)?)?,
            "NotResource" => put(&mut resources, &name, strings(value, &name)?)?,
            "Condition" => conditions = read_conditions(value)?,
            other => return Err(Fault::syntax(format!("unknown element `{other}` in a statement"))),
        }
    }
    let effect = effect.ok_or_else(|| Fault::syntax("a statement has no Effect"))?;
    Ok(RawStatement { sid, effect, principals, actions, resources, conditions })
}

/// Sets an element that may be given in its plain or in its `Not` form, but not in both.
fn put<T>(place: &mut Option<Clause<T>>, name: &str, items: T) -> Result<(), Fault> {
    let clause = Clause { negated: name.starts_with("Not"), items };
    match place.replace(clause) {
        None => Ok(()),
        Some(_) => Err(Fault::syntax(format!("`{name}` stands beside its opposite"))),
    }
}

fn read_effect(value: Json) -> Result<String, Fault> {
    let effect = string(value, "Effect")?;
    if effect.eq_ignore_ascii_case("Allow") || effect.eq_ignore_ascii_case("Deny") {
        Ok(effect)
    } else {
        Err(Fault::syntax("Effect is neither Allow nor Deny"))
    }
}

fn read_principals(value: Json) -> Result<RawPrincipals, Fault> {
    let members = match value {
        Json::String(text) if text == "*" => return Ok(RawPrincipals::Star),
        Json::String(name) => return Err(Fault::PrincipalInvalid { kind: "STAR".to_owned(), name }),
        Json::Object(members) if !members.is_empty() => members,
        _ => return Err(Fault::syntax("Principal is neither `*` nor an object of types and names")),
    };
    let mut typed = Vec::with_capacity(members.len());
    for (kind, names) in members {
        let names = strings(names, &kind)?;
        if names.is_empty() {
            return Err(Fault::syntax(format!("`{kind}` has no value")));
        }
        typed.push((kind, names));
    }
    Ok(RawPrincipals::Typed(typed))
}

fn read_conditions(value: Json) -> Result<Vec<RawCondition>, Fault> {
    let Json::Object(operators) = value else { return Err(Fault::syntax("Condition is a JSON object")) };
    let mut conditions = Vec::new();
    for (name, keys) in operators {
        let Json::Object(keys) = keys else {
            return Err(Fault::syntax(format!("`{name}` is not an object of keys and values")));
        };
        if keys.is_empty() {
            // AWS does not look at the name of an operator without keys.
            continue;
        }
        let operator =
            Operator::parse(&name).ok_or_else(|| Fault::syntax(format!("unknown condition operator `{name}`")))?;
        for (key, values) in keys {
            let values = condition_values(values, &key)?;
            conditions.push(RawCondition { operator, key, values });
        }
    }
    Ok(conditions)
}

/// Numbers and booleans may be written without quotes. They mean their text.
fn condition_values(value: Json, key: &str) -> Result<Vec<String>, Fault> {
    let scalar = |value: Json| match value {
        Json::String(text) | Json::Number(text) => Ok(text),
        Json::Bool(value) => Ok(value.to_string()),
        _ => Err(Fault::syntax(format!("a value of `{key}` is neither text, number nor boolean"))),
    };
    match value {
        Json::Array(items) => items.into_iter().map(scalar).collect(),
        single => Ok(vec![scalar(single)?]),
    }
}

fn strings(value: Json, name: &str) -> Result<Vec<String>, Fault> {
    match value {
        Json::Array(items) => items.into_iter().map(|item| string(item, name)).collect(),
        single => Ok(vec![string(single, name)?]),
    }
}

/// AWS takes a `null` in a list of resources and has it match nothing.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.into_iter().filter(|item| *item != Json::Null).collect()),
        single => single,
    }
}

fn string(value: Json, name: &str) -> Result<String, Fault> {
    match value {
        Json::String(text) => Ok(text),
        _ => Err(Fault::syntax(format!("`{name}` is not text"))),
    }
}
