//! Import cycles between the modules of a crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{production, rust_files};

/// The crates whose modules import each other in one direction only. A crate is added here when its cycles are broken.
const CRATES: [&str; 20] = [
    "claviger-types",
    "claviger-crypto",
    "claviger-model",
    "claviger-policy",
    "claviger-policy-oracle",
    "claviger-sigv4",
    "claviger-schedule",
    "claviger-audit",
    "claviger-store",
    "claviger-core",
    "claviger-kms",
    "claviger-secrets",
    "claviger-iam",
    "claviger-replication",
    "claviger-protocol-model",
    "claviger-service",
    "claviger-http",
    "claviger-host",
    "claviger-bench",
    "claviger-link",
];

/// The other modules of its crate that each module imports. A module is a file or a folder beside `lib.rs`.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// One message for each cycle.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in CRATES {
        let source = root.join("crates").join(name).join("src");
        if let Some(cycle) = cycle(&imports(&source)?) {
            wrong.push(format!("the modules of {name} import each other in a circle: {}", cycle.join(" -> ")));
        }
    }
    Ok(wrong)
}

fn imports(source: &Path) -> Result<Imports, String> {
    let root = std::fs::read_to_string(source.join("lib.rs")).map_err(|e| format!("{}: {e}", source.display()))?;
    let exported = exported(&root);
    let mut imports = Imports::new();
    for path in rust_files(source)? {
        let Ok(inner) = path.strip_prefix(source) else { continue };
        let Some(module) = inner.iter().next() else { continue };
        let module = module.to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        imports.entry(module).or_default().extend(named(production(&path, &text), depth(inner)));
    }
    // The root re-exports its modules. It imports all of them.
    imports.remove("lib");
    let modules: BTreeSet<String> = imports.keys().cloned().collect();
    for (module, used) in &mut imports {
        // A name that the root re-exports stands for the module that holds it.
        let resolve = |name: &String| modules.get(name).or_else(|| exported.get(name));
        let resolved = used.iter().filter_map(resolve).filter(|other| *other != module && modules.contains(*other));
        *used = resolved.cloned().collect();
    }
    Ok(imports)
}

/// How many modules a file is below the root: one for `one.rs` and `one/mod.rs`, two for `one/two.rs`.
fn depth(path: &Path) -> usize {
    path.iter().count() - usize::from(path.ends_with("mod.rs"))
}

/// The names that the root re-exports, each with the module that holds it.
fn exported(root: &str) -> BTreeMap<String, String> {
    let mut exported = BTreeMap::new();
    for line in code(root).split(';') {
        let Some((_, tree)) = line.split_once("use ") else { continue };
        let names = tree.split(['{', '}', ',']).filter_map(|path| path.rsplit("::").next());
        let names = names.map(|name| name.rsplit(" as ").next().unwrap_or(name).trim());
        exported.extend(names.filter(|name| !name.is_empty()).map(|name| (name.to_owned(), identifier(tree))));
    }
    exported
}

/// What paths from the root name first: `crate::one::Item`, `crate::{one, two::Item}`, and the same by as many `super::` as lead to it.
fn named(text: &str, depth: usize) -> BTreeSet<String> {
    let code = code(text);
    let mut found = BTreeSet::new();
    for root in ["crate::".to_owned(), "super::".repeat(depth)] {
        for rest in code.split(&root).skip(1) {
            match rest.strip_prefix('{') {
                Some(group) => found.extend(members(group).iter().map(|item| identifier(item.trim()))),
                None => drop(found.insert(identifier(rest))),
            }
        }
    }
    found
}

/// The members of a group, up to its closing brace. A member can hold a group of its own.
fn members(text: &str) -> Vec<String> {
    let (mut members, mut open) = (vec![String::new()], 1);
    for c in text.chars() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        match members.last_mut() {
            _ if open == 0 => break,
            _ if c == ',' && open == 1 => members.push(String::new()),
            Some(member) => member.push(c),
            None => break,
        }
    }
    members
}

fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// A cycle, if there is one, from a module back to itself.
fn cycle(imports: &Imports) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| visit(module, imports, &mut Vec::new(), &mut done))
}

fn visit<'a>(
    module: &'a str,
    imports: &'a Imports,
    path: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|seen| *seen == module) {
        let circle = path.iter().skip(start).chain([&module]);
        return Some(circle.map(|name| (*name).to_owned()).collect());
    }
    if done.contains(module) {
        return None;
    }
    path.push(module);
    let found = imports.get(module)?.iter().find_map(|other| visit(other, imports, path, done));
    path.pop();
    done.insert(module);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Imports {
        let mut imports = Imports::new();
        for (from, to) in edges {
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            imports.entry((*to).to_owned()).or_default();
        }
        imports
    }

    #[test]
    fn cycles_are_found() {
        assert_eq!(cycle(&graph(&[("a", "b"), ("b", "c"), ("a", "c"), ("d", "a")])), None);
        let found = cycle(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
        assert_eq!(found, Some(["b", "c", "d", "b"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn paths_name_modules() {
        let text = "use crate::one::{A, B};\nuse crate::{two, three::{C, D}, six};\n// crate::four\nfn f() { crate::five::g(); }";
        let expected = ["five", "one", "six", "three", "two"].map(str::to_owned);
        assert_eq!(named(text, 1), BTreeSet::from(expected));
    }

    #[test]
    fn super_paths_name_modules() {
        let text = "use super::one::A;\nuse super::super::{two::B, three};";
        assert_eq!(
            named(text, depth(Path::new("folder/file.rs"))),
            BTreeSet::from(["two", "three"].map(str::to_owned))
        );
        let text = "use super::{one::A, two};";
        assert_eq!(named(text, depth(Path::new("file.rs"))), BTreeSet::from(["one", "two"].map(str::to_owned)));
        assert_eq!(depth(Path::new("folder/mod.rs")), 1);
    }

    #[test]
    fn exported_names_stand_for_their_modules() {
        let root = "mod one;\npub use one::{A, inner::B as C};\n// use four::E;\npub(crate) use two::D;\nmod two;";
        let expected = [("A", "one"), ("C", "one"), ("D", "two")].map(|(name, module)| (name.into(), module.into()));
        assert_eq!(exported(root), BTreeMap::from(expected));
    }
}
