//! The source of one service's module.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;

use super::botocore;
use super::model::{Model, Operation, Reference, Shape};
use super::names;
use super::services::ServiceSource;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The source of the service's module, not yet formatted. `sha256` is the digest of the model.
pub(crate) fn module(service: &ServiceSource, model: &Model, sha256: &str) -> Result<String> {
    Emitter::new(service, model)?.module(sha256)
}

/// The source of the module above the services' modules. `counts` has the number of operations of each service's model.
pub(crate) fn index(counts: &[(&str, usize)]) -> Result<String> {
    let mut out = format!("//! One module for each service.\n{MADE}\n");
    writeln!(out, "use crate::Service;\n")?;
    let mut names: Vec<&str> = counts.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    for name in names {
        writeln!(out, "pub mod {name};")?;
    }
    let statics: Vec<String> = counts.iter().map(|(name, _)| format!("&{name}::SERVICE")).collect();
    writeln!(
        out,
        "\n/// The services whose models are built in.\npub fn services() -> &'static [&'static Service] {{\n\
         static SERVICES: [&Service; {}] = [{}];\n&SERVICES\n}}\n",
        counts.len(),
        statics.join(", ")
    )?;
    writeln!(out, "/// How many operations the model of each service has.\n#[cfg(test)]")?;
    writeln!(out, "pub(crate) const OPERATION_COUNTS: &[(&str, usize)] = &{counts:?};")?;
    Ok(out)
}

/// Stands at the head of every module.
const MADE: &str = "//!\n//! Made by `cargo xtask codegen`. Do not edit.\n";

struct Emitter<'a> {
    service: &'a ServiceSource,
    model: &'a Model,
    /// The shapes that operations use, by name.
    used: BTreeMap<&'a str, &'a Shape>,
    /// For each of them, the structures and operations that name it.
    users: BTreeMap<&'a str, BTreeSet<String>>,
    out: String,
}

impl<'a> Emitter<'a> {
    fn new(service: &'a ServiceSource, model: &'a Model) -> Result<Emitter<'a>> {
        let mut emitter = Emitter { service, model, used: BTreeMap::new(), users: BTreeMap::new(), out: String::new() };
        for (name, operation) in &model.operations.0 {
            for (reference, verb) in [(&operation.input, "What"), (&operation.output, "The answer of")] {
                let Some(reference) = reference else { continue };
                let tail = if verb == "What" { " takes" } else { "" };
                emitter.reach(reference, format!("{verb} `{name}`{tail}"), 0)?;
            }
        }
        emitter.refuse_collisions()?;
        Ok(emitter)
    }

    /// Marks a shape as used, and all shapes that it contains.
    fn reach(&mut self, reference: &'a Reference, user: String, depth: usize) -> Result<()> {
        let name = reference.shape.as_str();
        if reference.location_name.is_some() || reference.location.is_some() || reference.flattened {
            return Err(format!("{user}: {name} is renamed or flattened, which the runtime does not know").into());
        }
        if depth > 16 {
            return Err(format!("{name} contains itself, which the runtime does not know").into());
        }
        let shape = self.model.shapes.find(name).ok_or_else(|| format!("no shape {name}"))?;
        if shape.flattened {
            return Err(format!("{name} is flattened, which the runtime does not know").into());
        }
        self.users.entry(name).or_default().insert(user.clone());
        self.used.insert(name, shape);
        for (_, member) in &shape.members.0 {
            self.reach(member, format!("[`{name}`]"), depth + 1)?;
        }
        for part in [&shape.member, &shape.key, &shape.value].into_iter().flatten() {
            self.reach(part, user.clone(), depth + 1)?;
        }
        Ok(())
    }

    fn refuse_collisions(&self) -> Result<()> {
        let mut seen = BTreeMap::new();
        for name in self.used.keys() {
            if let Some(other) = seen.insert(names::constant(name), name) {
                return Err(format!("{name} and {other} are one name in Rust").into());
            }
        }
        Ok(())
    }

    fn module(mut self, sha256: &str) -> Result<String> {
        let (title, version) = (self.service.title, botocore::VERSION);
        writeln!(
            self.out,
            "//! {title}, as its service model in botocore {version} describes it ({}).",
            self.service.folder
        )?;
        writeln!(self.out, "//! The model's SHA-256 digest is\n//! `{sha256}`.\n{MADE}")?;
        writeln!(self.out, "use std::collections::BTreeMap;\n")?;
        writeln!(self.out, "use claviger_types::{{Sensitive, Timestamp}};\n")?;
        writeln!(self.out, "use crate::structure::structure;")?;
        writeln!(self.out, "use crate::{{Kind, OperationInfo, Pattern, Protocol, Service, Shape}};\n")?;
        self.service()?;
        for (name, shape) in self.used.clone() {
            if shape.kind == "structure" {
                self.structure(name, shape)?;
            }
        }
        for (name, shape) in self.used.clone() {
            if shape.kind != "structure" {
                self.shape(name, shape)?;
            }
        }
        Ok(self.without_unused_imports())
    }

    fn service(&mut self) -> Result<()> {
        let metadata = &self.model.metadata;
        let protocol = match metadata.protocol.as_str() {
            "json" => format!(
                "Protocol::Json {{ target_prefix: {:?} }}",
                metadata.target_prefix.as_ref().ok_or("no target prefix")?
            ),
            "query" => format!(
                "Protocol::Query {{ version: {:?}, namespace: {:?} }}",
                metadata.api_version,
                metadata.xml_namespace.as_ref().ok_or("no XML namespace")?
            ),
            other => return Err(format!("protocol {other} is not known").into()),
        };
        let signing_name = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
        let internal_error = match self.service.internal_error {
            Some(name) if self.exceptions().any(|(exception, _)| exception == name) => {
                format!("Some(error::{})", names::constant(name))
            }
            Some(name) => return Err(format!("{} has no error {name}", self.service.name).into()),
            None => "None".to_owned(),
        };
        writeln!(self.out, "/// The service: its protocol and operations.")?;
        writeln!(
            self.out,
            "pub static SERVICE: Service = Service {{ name: {:?}, signing_name: {signing_name:?}, protocol: {protocol}, \
             operations: OPERATIONS, internal_error: {internal_error} }};\n",
            self.service.name
        )?;
        self.operations()?;
        self.errors()
    }

    /// Sorted by name: `Service::operation` uses a binary search.
    fn operations(&mut self) -> Result<()> {
        let mut operations: Vec<&(String, Operation)> = self.model.operations.0.iter().collect();
        operations.sort_by(|(one, _), (other, _)| one.cmp(other));
        writeln!(self.out, "static OPERATIONS: &[OperationInfo] = &[")?;
        for (name, operation) in operations {
            let shape = |reference: &Option<Reference>| match reference {
                Some(reference) => format!("Some(&{})", names::constant(&reference.shape)),
                None => "None".to_owned(),
            };
            writeln!(
                self.out,
                "OperationInfo {{ name: {name:?}, signed: {}, input: {}, output: {} }},",
                operation.is_signed(),
                shape(&operation.input),
                shape(&operation.output)
            )?;
        }
        Ok(writeln!(self.out, "];\n")?)
    }

    /// A module with a constant for each error. Constants of references can be values and patterns alike.
    fn errors(&mut self) -> Result<()> {
        writeln!(self.out, "/// The errors of the model, each under the name of its shape.")?;
        writeln!(self.out, "pub mod error {{\nuse crate::ErrorInfo;\n")?;
        for (name, shape) in self.exceptions() {
            let (code, status) = match &shape.error {
                Some(error) => (error.code.as_str(), error.http_status_code),
                None => (name.as_str(), if shape.fault { 500 } else { 400 }),
            };
            let fixed = self.service.statuses.iter().find(|(fixed, _)| fixed == name);
            let status = fixed.map_or(status, |(_, status)| *status);
            let message = shape.members.0.iter().find(|(member, _)| member.eq_ignore_ascii_case("message"));
            let message = message.map(|(member, _)| member);
            writeln!(self.out, "/// `{name}`.")?;
            writeln!(
                self.out,
                "pub const {}: &ErrorInfo = &ErrorInfo {{ code: {code:?}, status: {status}, message_member: {message:?} }};",
                names::constant(name)
            )?;
        }
        Ok(writeln!(self.out, "}}\n")?)
    }

    fn exceptions(&self) -> impl Iterator<Item = &'a (String, Shape)> + use<'a> {
        self.model.shapes.0.iter().filter(|(_, shape)| shape.exception)
    }

    fn structure(&mut self, name: &str, shape: &Shape) -> Result<()> {
        let users: Vec<&str> = self.users.get(name).into_iter().flatten().map(String::as_str).collect();
        let is_part = users.iter().all(|user| user.starts_with('['));
        let users = if is_part { format!("Part of {}", users.join(", ")) } else { users.join("; ") };
        writeln!(self.out, "structure! {{")?;
        writeln!(self.out, "    /// {users}.")?;
        if shape.members.0.is_empty() {
            return Ok(writeln!(self.out, "    {name} as {} {{}}\n}}\n", names::constant(name))?);
        }
        writeln!(self.out, "    {name} as {} {{", names::constant(name))?;
        for (member, reference) in &shape.members.0 {
            let target = self.target(reference)?;
            let required = shape.required.contains(member);
            let kind = self.rust_type(reference)?;
            let kind = if required { kind } else { format!("Option<{kind}>") };
            let presence = if required { "required" } else { "optional" };
            writeln!(self.out, "        /// {}.", self.describe(&reference.shape, target)?)?;
            writeln!(
                self.out,
                "        {}: {kind} = {member:?}, {presence} {};",
                names::identifier(member),
                names::constant(&reference.shape)
            )?;
        }
        Ok(writeln!(self.out, "    }}\n}}\n")?)
    }

    fn shape(&mut self, name: &str, shape: &Shape) -> Result<()> {
        let constant = names::constant(name);
        let of = |reference: &Option<Reference>| {
            reference.as_ref().map(|reference| names::constant(&reference.shape)).ok_or("incomplete shape")
        };
        let mut expression = match shape.kind.as_str() {
            "list" => format!("Shape::list(&{})", of(&shape.member)?),
            "map" => format!("Shape::map(&{}, &{})", of(&shape.key)?, of(&shape.value)?),
            kind => format!("Shape::new(Kind::{})", scalar(kind)?.0),
        };
        if let Some(min) = shape.min {
            write!(expression, ".min({min})")?;
        }
        if let Some(max) = shape.max {
            write!(expression, ".max({max})")?;
        }
        if let Some(pattern) = &shape.pattern {
            writeln!(self.out, "static {constant}_PATTERN: Pattern = Pattern::new(r#\"{pattern}\"#);")?;
            write!(expression, ".pattern(&{constant}_PATTERN)")?;
        }
        if !shape.values.is_empty() {
            write!(expression, ".values(&{:?})", names::hash_order(&shape.values))?;
        }
        if shape.sensitive {
            expression.push_str(".sensitive()");
        }
        Ok(writeln!(self.out, "static {constant}: Shape = {expression};")?)
    }

    fn target(&self, reference: &Reference) -> Result<&'a Shape> {
        Ok(self.used.get(reference.shape.as_str()).ok_or("shape not reached")?)
    }

    fn rust_type(&self, reference: &Reference) -> Result<String> {
        let shape = self.target(reference)?;
        let of = |part: &Option<Reference>| self.rust_type(part.as_ref().ok_or("incomplete shape")?);
        let kind = match shape.kind.as_str() {
            "structure" => reference.shape.clone(),
            "list" => format!("Vec<{}>", of(&shape.member)?),
            "map" => format!("BTreeMap<String, {}>", of(&shape.value)?),
            kind => scalar(kind)?.1.to_owned(),
        };
        Ok(if shape.sensitive { format!("Sensitive<{kind}>") } else { kind })
    }

    /// The documentation of a member: its type and limits in words.
    fn describe(&self, name: &str, shape: &Shape) -> Result<String> {
        let of = |part: &Option<Reference>| {
            let part = part.as_ref().ok_or("incomplete shape")?;
            self.describe(&part.shape, self.target(part)?)
        };
        let mut text = match shape.kind.as_str() {
            "structure" => format!("[`{name}`]"),
            "list" => format!("List{}, each: {}", range(shape, " of ", " members"), lower(&of(&shape.member)?)),
            "map" => format!("Map from text to: {}", lower(&of(&shape.value)?)),
            "string" if !shape.values.is_empty() => one_of(&shape.values),
            "string" => format!("Text{}", range(shape, " of ", " characters")),
            "blob" => format!("Bytes{}", range(shape, ", ", " of them")),
            "boolean" => "True or false".to_owned(),
            "timestamp" => "A moment".to_owned(),
            _ => format!("Number{}", range(shape, ", ", "")),
        };
        if shape.sensitive {
            text.push_str("; secret");
        }
        Ok(text)
    }

    fn without_unused_imports(self) -> String {
        let uses = |word: &str| self.out.matches(word).count() > 1;
        let (map, sensitive, timestamp) = (uses("BTreeMap"), uses("Sensitive"), uses("Timestamp"));
        let types = match (sensitive, timestamp) {
            (true, true) => "use claviger_types::{Sensitive, Timestamp};\n",
            (true, false) => "use claviger_types::Sensitive;\n",
            (false, true) => "use claviger_types::Timestamp;\n",
            (false, false) => "",
        };
        let out = self.out.replacen("use claviger_types::{Sensitive, Timestamp};\n", types, 1);
        if map { out } else { out.replacen("use std::collections::BTreeMap;\n\n", "", 1) }
    }
}

/// The kind of a scalar, and its Rust type.
fn scalar(kind: &str) -> Result<(&'static str, &'static str)> {
    Ok(match kind {
        "string" => ("String", "String"),
        "blob" => ("Blob", "Vec<u8>"),
        "integer" => ("Integer", "i32"),
        "long" => ("Long", "i64"),
        "double" | "float" => ("Double", "f64"),
        "boolean" => ("Boolean", "bool"),
        "timestamp" => ("Timestamp", "Timestamp"),
        other => return Err(format!("type {other} is not known").into()),
    })
}

fn one_of(values: &[String]) -> String {
    const SHOWN_MAX: usize = 8;
    let shown: Vec<String> = values.iter().take(SHOWN_MAX).map(|value| format!("`{value}`")).collect();
    let others = values.len().saturating_sub(SHOWN_MAX);
    let tail = if others > 0 { format!(" and {others} more") } else { String::new() };
    format!("One of {}{tail}", shown.join(", "))
}

fn range(shape: &Shape, before: &str, after: &str) -> String {
    match (shape.min, shape.max) {
        (Some(min), Some(max)) => format!("{before}{min} to {max}{after}"),
        (Some(min), None) => format!("{before}at least {min}{after}"),
        (None, Some(max)) => format!("{before}up to {max}{after}"),
        (None, None) => String::new(),
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_ascii_lowercase().to_string() + chars.as_str()).unwrap_or_default()
}
