//! The file as it is given: every member that the file has is known and of the right kind.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Faults};
use super::members::{self, Applies, Fallback, Kind, Member};

/// The members of a file, by their paths of names.
pub(crate) struct Raw {
    folder: PathBuf,
    given: BTreeMap<Vec<String>, Given>,
    tables: BTreeMap<Vec<String>, usize>,
}

/// A member that the file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) line: usize,
}

/// A value of one of the kinds that members have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Texts(Vec<String>),
}

impl Raw {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// All faults that can be seen without the meaning of the members.
    pub(crate) fn read(file: &Path, text: &str) -> Result<Raw, Faults> {
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map(|span| line(text, span.start));
            let fix = "the file is TOML: NAME = VALUE, tables as [NAME], texts in quotes";
            Faults::one(file, Fault::new(line, format!("not TOML: {}", error.message().replace('\n', ", ")), fix))
        })?;
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let mut reader =
            Reader { text, raw: Raw { folder, given: BTreeMap::new(), tables: BTreeMap::new() }, faults: Vec::new() };
        reader.table(&mut Vec::new(), table.get_ref());
        if reader.faults.is_empty() { Ok(reader.raw) } else { Err(Faults::of(file, reader.faults)) }
    }

    /// The names that the file chose below a table, with the first line of each.
    pub(crate) fn names(&self, table: &str) -> BTreeMap<String, usize> {
        let prefix = path(table);
        let all = self.tables.iter().chain(self.given.iter().map(|(path, given)| (path, &given.line)));
        let mut names = BTreeMap::new();
        for (path, line) in all {
            if let Some([name, ..]) = path.strip_prefix(prefix.as_slice()) {
                let first = names.entry(name.clone()).or_insert(*line);
                *first = (*first).min(*line);
            }
        }
        names
    }

    /// The members of which another file has other values, and which take effect at such a moment.
    pub(crate) fn differences(&self, other: &Raw, applies: Applies) -> Vec<String> {
        let given: BTreeSet<&Vec<String>> = self.given.keys().chain(other.given.keys()).collect();
        let changed = given.into_iter().filter(|path| self.value(path) != other.value(path));
        let applicable = changed
            .filter(|path| members::find(path).is_some_and(|member| member.applies == applies))
            .map(|path| shown(path));
        let regions = |raw: &Raw| raw.names("regions").into_keys().collect::<BTreeSet<String>>();
        let (ours, theirs) = (regions(self), regions(other));
        let moved = ours.symmetric_difference(&theirs).filter(|_| applies == Applies::Start);
        applicable.chain(moved.map(|name| format!("regions.{}", shown(std::slice::from_ref(name))))).collect()
    }

    /// A member that the file has.
    pub(crate) fn given(&self, path: &[String]) -> Option<&Given> {
        self.given.get(path)
    }

    /// The member's value: the file's, or the default of the table.
    pub(crate) fn value(&self, path: &[String]) -> Option<Value> {
        let default = || match members::find(path)?.fallback {
            Fallback::Value(text) => default_value(text),
            Fallback::Required | Fallback::Absent(_) => None,
        };
        self.given.get(path).map(|given| given.value.clone()).or_else(default)
    }

    pub(crate) fn text(&self, path: &[String]) -> Option<String> {
        if let Some(Value::Text(text)) = self.value(path) { Some(text) } else { None }
    }

    pub(crate) fn path(&self, path: &[String]) -> Option<PathBuf> {
        self.text(path).map(|text| self.folder.join(text))
    }

    pub(crate) fn texts(&self, path: &[String]) -> Vec<String> {
        if let Some(Value::Texts(texts)) = self.value(path) { texts } else { Vec::new() }
    }

    pub(crate) fn paths(&self, path: &[String]) -> Vec<PathBuf> {
        self.texts(path).iter().map(|text| self.folder.join(text)).collect()
    }

    pub(crate) fn address(&self, path: &[String]) -> Option<SocketAddr> {
        self.text(path)?.parse().ok()
    }

    pub(crate) fn addresses(&self, path: &[String]) -> Vec<SocketAddr> {
        self.texts(path).iter().filter_map(|text| text.parse().ok()).collect()
    }

    pub(crate) fn boolean(&self, path: &[String]) -> bool {
        self.value(path) == Some(Value::Boolean(true))
    }

    /// A whole number, which the reader has found within the member's bounds.
    pub(crate) fn integer(&self, path: &[String]) -> Option<u64> {
        if let Some(Value::Integer(number)) = self.value(path) { u64::try_from(number).ok() } else { None }
    }
}

/// The path of a key without chosen names.
pub(crate) fn path(key: &str) -> Vec<String> {
    key.split('.').map(str::to_owned).collect()
}

fn default_value(text: &str) -> Option<Value> {
    let line = format!("a = {text}");
    let table = DeTable::parse(&line).ok()?;
    value(table.get_ref().get("a")?.get_ref()).ok()
}

struct Reader<'t> {
    text: &'t str,
    raw: Raw,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn table(&mut self, path: &mut Vec<String>, table: &DeTable<'_>) {
        for (name, item) in table {
            path.push(name.get_ref().to_string());
            let at = line(self.text, name.span().start);
            match (members::find(path), item.get_ref()) {
                (Some(member), item) => self.member(path, member, item, at),
                (None, DeValue::Table(inner)) if members::is_table(path) => {
                    self.raw.tables.insert(path.clone(), at);
                    self.table(path, inner);
                }
                (None, _) if members::is_table(path) => {
                    let key = shown(path);
                    let fix = format!("write [{key}] and its members below");
                    self.faults.push(Fault::new(Some(at), format!("{key} is a table"), fix));
                }
                (None, _) => {
                    let fix = match members::nearest(path) {
                        Some(name) => format!("did you mean {name}? `claviger config explain` lists all members"),
                        None => "`claviger config explain` lists all members".to_owned(),
                    };
                    self.faults.push(Fault::new(Some(at), format!("there is no member {}", shown(path)), fix));
                }
            }
            path.pop();
        }
    }

    fn member(&mut self, path: &[String], member: &Member, item: &DeValue<'_>, line: usize) {
        let checked = value(item).and_then(|value| match wrong(member.kind, &value) {
            None => Ok(value),
            Some(wrong) => Err(wrong),
        });
        match checked {
            Ok(value) => {
                self.raw.given.insert(path.to_vec(), Given { value, line });
            }
            Err(found) => {
                let expected = expected(member);
                let default = match member.fallback {
                    Fallback::Value(text) => format!(", or leave it out for {text}"),
                    _ => String::new(),
                };
                let problem = format!("{} is {found}, and must be {expected}", shown(path));
                self.faults.push(Fault::new(Some(line), problem, format!("write {expected}{default}")));
            }
        }
    }
}

/// The value, or the text that shows a value of no kind that members have.
fn value(item: &DeValue<'_>) -> Result<Value, String> {
    match item {
        DeValue::String(text) => Ok(Value::Text(text.to_string())),
        DeValue::Boolean(value) => Ok(Value::Boolean(*value)),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            parsed.map(Value::Integer).map_err(|_| format!("the number {number}"))
        }
        DeValue::Array(items) => {
            let texts: Option<Vec<String>> =
                items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            texts.map(Value::Texts).ok_or_else(|| "a list with a value that is no text".to_owned())
        }
        other => Err(format!("a {}", other.type_str())),
    }
}

/// The text that shows the value, if it is not of the kind.
fn wrong(kind: Kind, value: &Value) -> Option<String> {
    let fits = match (kind, value) {
        (Kind::Text | Kind::Path, Value::Text(text)) => !text.is_empty(),
        (Kind::Word(words), Value::Text(text)) => words.contains(&text.as_str()),
        (Kind::Address, Value::Text(text)) => text.parse::<SocketAddr>().is_ok(),
        (Kind::Addresses, Value::Texts(texts)) => {
            !texts.is_empty() && texts.iter().all(|text| text.parse::<SocketAddr>().is_ok())
        }
        (Kind::Texts | Kind::Paths, Value::Texts(texts)) => texts.iter().all(|text| !text.is_empty()),
        (Kind::Boolean, Value::Boolean(_)) => true,
        (Kind::Integer(min, max), Value::Integer(number)) => (min..=max).contains(number),
        _ => false,
    };
    (!fits).then(|| show(value))
}

/// The value as it would stand in the file.
pub(crate) fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Texts(texts) => {
            let items: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// The values that a member takes.
pub(crate) fn expected(member: &Member) -> String {
    match member.kind {
        Kind::Text => "a text in quotes".to_owned(),
        Kind::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            words.join(" or ")
        }
        Kind::Path => "the path of a file or folder in quotes".to_owned(),
        Kind::Address => "an address and a port, such as \"127.0.0.1:4599\"".to_owned(),
        Kind::Addresses => "a list of addresses and ports, such as [\"127.0.0.1:4599\"]".to_owned(),
        Kind::Texts => "a list of texts, such as [\"a\", \"b\"]".to_owned(),
        Kind::Paths => "a list of paths, such as [\"a.pem\"]".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer(min, max) => {
            let unit = if member.unit.is_empty() { String::new() } else { format!(" {}", member.unit) };
            format!("a whole number from {min} to {max}{unit}")
        }
    }
}

/// A path as TOML writes it.
pub(crate) fn shown(path: &[String]) -> String {
    let bare = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let quoted = path.iter().map(|name| if bare(name) { name.clone() } else { format!("\"{name}\"") });
    quoted.collect::<Vec<_>>().join(".")
}

fn line(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
