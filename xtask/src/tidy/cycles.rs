//! Import cycles between the modules of a crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{production, rust_files};

/// The crates whose modules import each other in one direction only. A crate is added here when its cycles are broken.
const CRATES: [&str; 14] = [
    "claviger-types",
    "claviger-crypto",
    "claviger-model",
    "claviger-policy",
    "claviger-sigv4",
    "claviger-store",
    "claviger-core",
    "claviger-kms",
    "claviger-secrets",
    "claviger-iam",
    "claviger-replication",
    "claviger-service",
    "claviger-http",
    "claviger-host",
];

/// What each module of a crate imports of the crate's other modules. A module is a file or a folder beside `lib.rs`.
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
    let mut imports = Imports::new();
    for path in rust_files(source)? {
        let Some(module) = path.strip_prefix(source).ok().and_then(|inner| inner.iter().next()) else { continue };
        let module = module.to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        imports.entry(module).or_default().extend(named(production(&path, &text)));
    }
    // The root re-exports what the modules hold. It imports all of them, and none of them imports it.
    imports.remove("lib");
    let modules: BTreeSet<String> = imports.keys().cloned().collect();
    for (module, used) in &mut imports {
        used.retain(|other| other != module && modules.contains(other));
    }
    Ok(imports)
}

/// The modules that `crate::` paths name: `crate::one::Item`, and `crate::{one, two::Item}`.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{').and_then(|group| group.split_once('}')) {
            Some((group, _)) => found.extend(group.split(',').map(|item| identifier(item.trim()))),
            None => drop(found.insert(identifier(rest))),
        }
    }
    found
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
        let text = "use crate::one::{A, B};\nuse crate::{two, three::C};\n// crate::four\nfn f() { crate::five::g(); }";
        let expected = ["five", "one", "three", "two"].map(str::to_owned);
        assert_eq!(named(text), BTreeSet::from(expected));
    }
}
