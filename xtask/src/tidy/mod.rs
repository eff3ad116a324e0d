//! `cargo xtask tidy`: checks the code against ARCHITECTURE.md and the glossary, which are the source of these rules.

mod cycles;
mod glossary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files of code stay below this many lines; generated ones do not count.
const LINES_MAX: usize = 600;

/// A walk through one operation stays readable: its path leads through at most this many files, its leaves apart.
const WALK_FILES_MAX: usize = 12;

/// The walks that this holds for.
const SHORT_WALKS: [&str; 1] = ["## Walk: Decrypt"];

/// Makes all checks and returns every violation.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).map_err(|e| format!("ARCHITECTURE.md: {e}"))?;
    let mut wrong = dependencies(root, &map)?;
    wrong.extend(paths(root, &map));
    wrong.extend(functions(root, &map));
    wrong.extend(long_walks(&map));
    wrong.extend(long_files(root)?);
    wrong.extend(cycles::check(root)?);
    wrong.extend(glossary::check(root)?);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Each crate uses only those crates of the workspace that its row in the table names.
fn dependencies(root: &Path, map: &str) -> Result<Vec<String>, String> {
    let allowed = rows(map);
    let mut wrong = Vec::new();
    for (name, uses) in used(root)? {
        let Some(allowed) = allowed.get(&name) else {
            if name != "xtask" {
                wrong.push(format!("{name} has no row in ARCHITECTURE.md"));
            }
            continue;
        };
        let any = allowed.contains("any");
        for other in uses.iter().filter(|other| !any && !allowed.contains(other.as_str())) {
            wrong.push(format!("{name} uses {other}, which its row in ARCHITECTURE.md does not name"));
        }
    }
    Ok(wrong)
}

/// The rows of the table of crates: a crate's name, and the short names of the crates that it may use.
fn rows(map: &str) -> BTreeMap<String, BTreeSet<String>> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        let uses = cells.get(3)?.split(',').map(|s| s.trim().to_owned()).collect();
        (name.starts_with("claviger") && cells.len() == 6).then_some((name, uses))
    };
    map.lines().filter_map(row).collect()
}

/// The crates of the workspace that each crate uses outside its tests, by short names.
fn used(root: &Path) -> Result<Vec<(String, Vec<String>)>, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata.get("packages").and_then(|p| p.as_array()).ok_or("cargo metadata names no packages")?;
    let name = |value: &serde_json::Value| value.get("name").and_then(|n| n.as_str()).unwrap_or_default().to_owned();
    let uses = |package: &serde_json::Value| {
        let all = package.get("dependencies").and_then(|d| d.as_array()).cloned().unwrap_or_default();
        all.iter()
            .filter(|d| d.get("kind").is_none_or(|kind| kind.is_null()))
            .filter_map(|d| name(d).strip_prefix("claviger-").map(str::to_owned))
            .collect()
    };
    Ok(packages.iter().map(|package| (name(package), uses(package))).collect())
}

/// Every path that the map names must exist: whole paths, and those of the walks, which leave out `crates/claviger-`.
fn paths(root: &Path, map: &str) -> Vec<String> {
    let code = map.split('`').skip(1).step_by(2);
    let named = code.filter(|text| text.ends_with(".rs") && text.contains('/') && !text.contains('{'));
    let missing = named.filter(|text| find(root, text).is_none());
    missing.map(|text| format!("ARCHITECTURE.md names {text}, which is not there")).collect()
}

fn find(root: &Path, named: &str) -> Option<PathBuf> {
    let short = format!("crates/claviger-{named}");
    [root.join(named), root.join("crates").join(named), root.join(short)].into_iter().find(|path| path.is_file())
}

/// Every function that a walk names right after its file, as in "`file.rs`: `one`, `another`", must be in that file.
fn functions(root: &Path, map: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut file: Option<&str> = None;
    let mut pieces = map.split('`');
    pieces.next();
    while let (Some(code), Some(between)) = (pieces.next(), pieces.next()) {
        if code.ends_with(".rs") {
            file = (between.trim() == ":").then_some(code);
            continue;
        }
        if let Some(named) = file {
            let text = find(root, named).and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
            if !text.contains(&format!("fn {code}(")) && !text.contains(&format!("fn {code}<")) {
                wrong.push(format!("ARCHITECTURE.md names {code} in {named}, which is not there"));
            }
        }
        file = file.filter(|_| between.trim() == ",");
    }
    wrong
}

/// The walks that lead through too many files, or that are missing. The steps of a walk are a numbered list. The paragraph
/// after the list names leaves.
fn long_walks(map: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for title in SHORT_WALKS {
        let steps = map.split_once(&format!("{title}\n\n")).and_then(|(_, rest)| rest.split("\n\n").next());
        let files: BTreeSet<&str> =
            steps.unwrap_or_default().split('`').skip(1).step_by(2).filter(|code| code.ends_with(".rs")).collect();
        if files.is_empty() || files.len() > WALK_FILES_MAX {
            wrong.push(format!("`{title}` names {} files; the limit is {WALK_FILES_MAX}", files.len()));
        }
    }
    wrong
}

/// A file's text without its unit tests; nothing of a file that holds only tests.
fn production<'a>(path: &Path, text: &'a str) -> &'a str {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let in_tests = path.iter().any(|part| part.to_string_lossy().ends_with("_tests"));
    if name == "testing" || name.ends_with("tests") || in_tests {
        return "";
    }
    // Unit tests stand at the end of their file. A module that is declared for tests only is not the beginning of the end.
    let end = text.match_indices("\n#[cfg(test)]\n").find(|(at, _)| text.get(*at..).is_some_and(begins_tests));
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Whether an item for tests is a module with a body.
fn begins_tests(text: &str) -> bool {
    let item = text.lines().skip(2).find(|line| !line.starts_with("#["));
    item.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
}

fn long_files(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for path in rust_files(&root.join("crates"))?.into_iter().chain(rust_files(&root.join("xtask"))?) {
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{} has {lines} lines; the limit is {LINES_MAX}", path.display()));
        }
    }
    Ok(wrong)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let generated = path.file_name().is_some_and(|name| name == "generated" || name == "target");
        if path.is_dir() && !generated {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn long_walks_are_found() {
        let walk = |files: usize| {
            let steps: Vec<String> = (0..files).map(|n| format!("{n}. `a/{n}.rs`: `f`")).collect();
            super::long_walks(&format!("## Walk: Decrypt\n\n{}\n\nLeaves: `b/leaf.rs`.\n", steps.join("\n"))).len()
        };
        assert_eq!((walk(0), walk(1), walk(12), walk(13)), (1, 0, 0, 1));
    }

    #[test]
    fn unit_tests_are_left_out() {
        let text = "use a;\n#[cfg(test)]\nmod testing;\nfn f() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n}\n";
        assert_eq!(super::production(Path::new("a.rs"), text), "use a;\n#[cfg(test)]\nmod testing;\nfn f() {}");
        assert_eq!(super::production(Path::new("a_tests.rs"), text), "");
        assert_eq!(super::production(Path::new("golden_tests/a.rs"), text), "");
    }

    #[test]
    fn functions_that_a_walk_names_are_looked_for() {
        let root = crate::workspace();
        let wrong = |map: &str| super::functions(&root, map).len();
        assert_eq!(wrong("`xtask/src/tidy/mod.rs`: `run`, `functions` do it; see `Elsewhere`"), 0);
        assert_eq!(wrong("`xtask/src/tidy/mod.rs`: `run`,\n`nowhere` and `xtask/src/main.rs`: `nowhere`"), 2);
    }
}
