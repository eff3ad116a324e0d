//! The reference page of the configuration, made from the table of members.

use super::explain::applies;
use super::members::{Fallback, MEMBERS, Member};
use super::raw::expected;

/// The text of `docs/reference/configuration.md`.
pub(crate) fn page() -> String {
    let mut text = String::from(HEAD);
    let mut table = "";
    for member in MEMBERS {
        let own = member.key.split_once('.').map_or("", |(table, _)| table);
        if own != table {
            table = own;
            text.push_str(&format!("\n## `[{}]`\n\n{COLUMNS}", if own == "regions" { "regions.NAME" } else { own }));
        }
        text.push_str(&row(member));
    }
    text
}

const HEAD: &str = "# Configuration

`claviger server --config FILE` reads one TOML file. `claviger init` writes it. A member that this page does not name is an error. Relative paths
are taken from the folder of the file. The file holds no secret.

```
claviger config validate FILE         all errors of a file, with their lines
claviger config explain [KEY]         the meaning, bounds and default of members; with --config FILE their values and where they come from
claviger config reload --config FILE  has the running server read its file again, as SIGHUP does
```

A reload takes the members marked \"at a reload\", and the files of certificates. If the file is wrong, or if it changes a member that only a start
can change, the server refuses the whole file, says so, and goes on with the last good one.

This page is made from the table in `crates/claviger/src/config/members.rs`, and a test compares the two.

| Member | Values | Default | Takes effect | Meaning |
| --- | --- | --- | --- | --- |
";

const COLUMNS: &str = "| Member | Values | Default | Takes effect | Meaning |\n| --- | --- | --- | --- | --- |\n";

fn row(member: &Member) -> String {
    let default = match member.fallback {
        Fallback::Required => "none, it must be given".to_owned(),
        Fallback::Value(text) => format!("`{text}`"),
        Fallback::Absent(text) => format!("absent: {text}"),
    };
    let key = member.key.replace('*', "NAME");
    format!("| `{key}` | {} | {default} | {} | {} |\n", expected(member), applies(member), member.meaning)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// `CLAVIGER_WRITE_REFERENCE=1 cargo test -p claviger` writes the page.
    #[test]
    fn the_page_is_that_of_the_table() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.md");
        if crate::system::variable("CLAVIGER_WRITE_REFERENCE").is_some() {
            fs::write(&file, page()).unwrap();
        }
        assert_eq!(fs::read_to_string(file).unwrap(), page());
    }
}
