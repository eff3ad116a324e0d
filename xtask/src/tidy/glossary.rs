//! The glossary: each term is defined once, and each public type has a name of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{production, rust_files};

/// The page that defines the terms, and lists the names that two crates share.
const PAGE: &str = "docs/reference/glossary.md";

/// The crates that have a public type of a name.
type Types = BTreeMap<String, BTreeSet<String>>;

/// Returns the violations of the page and of the types.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let page = std::fs::read_to_string(root.join(PAGE)).map_err(|e| format!("{PAGE}: {e}"))?;
    let mut wrong = defined_twice(&page);
    wrong.extend(shared_names(&types(root)?, &listed(&page)));
    Ok(wrong)
}

/// The terms that more than one line defines. A line that defines a term begins with it: `- **Term**: ...`.
fn defined_twice(page: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let terms = page.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("**"));
    let twice = terms.filter(|(term, _)| !seen.insert(term.to_lowercase()));
    twice.map(|(term, _)| format!("{PAGE} defines `{term}` twice")).collect()
}

/// The rows of the page's table of shared names: the name, and whether there is a reason.
fn listed(page: &str) -> BTreeMap<String, bool> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        Some((name, cells.get(3).is_some_and(|reason| !reason.is_empty())))
    };
    page.lines().filter_map(row).collect()
}

fn shared_names(types: &Types, listed: &BTreeMap<String, bool>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, crates) in types.iter().filter(|(_, crates)| crates.len() > 1) {
        let crates: Vec<&str> = crates.iter().map(String::as_str).collect();
        match listed.get(name) {
            Some(true) => {}
            Some(false) => wrong.push(format!("{PAGE} lists `{name}` without a reason")),
            None => wrong.push(format!("{} each have a public type `{name}`", crates.join(" and "))),
        }
    }
    let stale = listed.keys().filter(|name| types.get(*name).is_none_or(|crates| crates.len() < 2));
    wrong.extend(stale.map(|name| format!("{PAGE} lists `{name}`, which no two crates share")));
    wrong
}

/// The public types of the crates, without those that are generated from AWS's models and those of tests.
fn types(root: &Path) -> Result<Types, String> {
    let mut types = Types::new();
    for entry in std::fs::read_dir(root.join("crates")).map_err(|e| format!("crates: {e}"))? {
        let folder = entry.map_err(|e| e.to_string())?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for path in rust_files(&folder.join("src"))? {
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            for public in production(&path, &text).lines().filter_map(public_type) {
                types.entry(public.to_owned()).or_default().insert(name.clone());
            }
        }
    }
    Ok(types)
}

fn public_type(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub ")?;
    let name = ["struct ", "enum ", "trait ", "type "].into_iter().find_map(|keyword| rest.strip_prefix(keyword))?;
    name.split(|c: char| !c.is_alphanumeric()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_defined_once() {
        assert_eq!(defined_twice("- **Region**: a.\n- **Key**: b.\nRegion again.\n"), Vec::<String>::new());
        assert_eq!(defined_twice("- **Region**: a.\n- **region**: b.\n").len(), 1);
    }

    #[test]
    fn shared_names_need_a_row_and_rows_a_shared_name() {
        let types = Types::from([
            ("Error".to_owned(), BTreeSet::from(["a".to_owned(), "b".to_owned()])),
            ("Key".to_owned(), BTreeSet::from(["a".to_owned()])),
        ]);
        let wrong = |page: &str| shared_names(&types, &listed(page)).len();
        assert_eq!(wrong("| `Error` | a, b | each has its own |"), 0);
        assert_eq!(wrong(""), 1);
        assert_eq!(wrong("| `Error` | a, b | |"), 1);
        assert_eq!(wrong("| `Error` | a, b | each |\n| `Key` | a | why |"), 1);
    }

    #[test]
    fn public_types_are_read() {
        assert_eq!(public_type("pub struct Node<'a> {"), Some("Node"));
        assert_eq!(public_type("pub trait Clock: Send {"), Some("Clock"));
        assert_eq!(public_type("pub(crate) enum Frame {"), None);
        assert_eq!(public_type("pub fn run() {"), None);
    }
}
