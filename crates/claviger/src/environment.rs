//! `claviger env`: the variables that a shell must set so that AWS's own tools use `claviger dev`.

use crate::cli::EnvOptions;
use crate::failure::Failure;
use crate::output;

pub(crate) fn print(options: &EnvOptions) -> Result<(), Failure> {
    output::line(script(options))
}

/// A profile, a session token, or the setting that ignores configured endpoints would lead a client to another server.
fn script(options: &EnvOptions) -> String {
    let endpoint = options.endpoint.trim_end_matches('/');
    let region = options.region.as_str();
    let set = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
    ];
    let exports = set.map(|(name, value)| format!("export {name}={}", quoted(value)));
    format!("unset AWS_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n{}", exports.join("\n"))
}

/// A value, quoted so that a POSIX shell reads it unchanged.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::Region;

    use super::*;

    #[test]
    fn a_shell_gets_what_it_needs() {
        let options =
            EnvOptions { endpoint: "http://localhost:1/".to_owned(), region: Region::parse("eu-west-1").unwrap() };
        let lines: Vec<String> = script(&options).lines().map(str::to_owned).collect();
        assert!(
            lines[0].starts_with("unset ")
                && lines[0].contains(" AWS_PROFILE")
                && lines[0].contains(" AWS_SESSION_TOKEN")
        );
        assert_eq!(lines[1], "export AWS_ENDPOINT_URL=http://localhost:1");
        assert_eq!(lines[4..], ["export AWS_REGION=eu-west-1", "export AWS_DEFAULT_REGION=eu-west-1"]);
    }

    #[test]
    fn values_are_quoted() {
        assert_eq!(quoted("http://a/$(b)';c"), r"'http://a/$(b)'\'';c'");
    }
}
