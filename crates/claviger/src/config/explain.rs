//! `claviger config explain`: each member, its value, where that comes from, its meaning, unit and bounds.

use std::path::Path;

use super::fault::Faults;
use super::members::{Applies, Fallback, MEMBERS, Member};
use super::raw::{Raw, expected, path, show, shown};

/// The explanation of the members whose names begin with `prefix`, with the values of a file if there is one.
///
/// # Errors
///
/// Faults of the file.
pub(crate) fn explain(prefix: &str, file: Option<(&Path, &str)>) -> Result<String, Faults> {
    let raw = file.map(|(file, text)| Raw::read(file, text)).transpose()?;
    let mut sections = Vec::new();
    for member in MEMBERS {
        let places = places(member, raw.as_ref());
        for place in places.iter().filter(|place| member.key.starts_with(prefix) || shown(place).starts_with(prefix)) {
            sections.push(section(member, place, raw.as_ref(), file.map(|(file, _)| file)));
        }
    }
    Ok(sections.join("\n\n"))
}

/// The paths of a member: one, or for chosen names one for each that the file has.
fn places(member: &Member, raw: Option<&Raw>) -> Vec<Vec<String>> {
    let Some((table, rest)) = member.key.split_once(".*") else { return vec![path(member.key)] };
    let names: Vec<String> = raw.map(|raw| raw.names(table).into_keys().collect()).unwrap_or_default();
    if names.is_empty() {
        return vec![path(member.key)];
    }
    let place = |name: String| {
        let rest = rest.split('.').filter(|part| !part.is_empty()).map(str::to_owned);
        path(table).into_iter().chain([name]).chain(rest).collect()
    };
    names.into_iter().map(place).collect()
}

fn section(member: &Member, place: &[String], raw: Option<&Raw>, file: Option<&Path>) -> String {
    let given = raw.and_then(|raw| raw.given(place));
    let (value, origin) = match (given, member.fallback) {
        (Some(given), _) => {
            let file = file.map(|file| file.display().to_string()).unwrap_or_default();
            (show(&given.value), format!("{file}:{}", given.line))
        }
        (None, Fallback::Value(text)) => (text.to_owned(), "default".to_owned()),
        (None, Fallback::Absent(text)) => (format!("absent: {text}"), "default".to_owned()),
        (None, Fallback::Required) => ("absent".to_owned(), "the file must have it".to_owned()),
    };
    let key = if place.iter().any(|name| name == "*") { member.key.replace('*', "NAME") } else { shown(place) };
    format!(
        "{key} = {value}\n    from:    {origin}\n    meaning: {}\n    values:  {}\n    applies: {}",
        member.meaning,
        expected(member),
        applies(member)
    )
}

/// When a change takes effect, in words.
pub(super) fn applies(member: &Member) -> &'static str {
    match member.applies {
        Applies::Start => "at the next start",
        Applies::Reload => "at a reload",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn values_and_their_origins() {
        let text = "data = \"/d\"\niam_home = \"eu-west-1\"\n[regions.eu-west-1]\n[limits]\nhead_seconds = 7\n";
        let all = explain("", Some((Path::new("c.toml"), text))).unwrap();
        for part in [
            "data = \"/d\"\n    from:    c.toml:1",
            "limits.head_seconds = 7\n    from:    c.toml:5",
            "limits.body_seconds = 30\n    from:    default",
            "a whole number from 1 to 3600 seconds",
            "regions.eu-west-1.seal = \"file\"\n    from:    default",
            "health.listen = absent: no health and metrics",
        ] {
            assert!(all.contains(part), "{part} is not in {all}");
        }
        let one = explain("limits.head_seconds", None).unwrap();
        assert!(one.starts_with("limits.head_seconds = 10") && !one.contains("body_seconds"), "{one}");
        assert!(explain("regions", None).unwrap().starts_with("regions.NAME.seal"));
        assert_eq!(explain("nothing", None).unwrap(), "");
    }
}
