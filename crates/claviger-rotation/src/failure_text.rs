//! The text of a failure, made from what a function said.

use claviger_types::RotationCall;

/// The most characters of a text.
pub(crate) const CHARACTERS_MAX: usize = 500;

/// A text on one line, bounded, without control characters and without the credentials of the call.
pub(crate) fn cleaned(text: &str, call: &RotationCall) -> String {
    let secrets = [&call.credentials.secret_access_key, &call.credentials.session_token, &call.rotation_token]
        .map(|s| s.expose());
    let mut text = text.to_owned();
    for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret.as_str(), "***");
    }
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let cut: String = visible.take(CHARACTERS_MAX).collect();
    cut.trim().to_owned()
}

/// The last line of a program's output that is not empty.
pub(crate) fn last_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_kit::call;

    #[test]
    fn texts_are_one_bounded_line_without_credentials() {
        let call = call("*", claviger_types::RotationStep::SetSecret);
        assert_eq!(cleaned(" a\u{1b}[31mb\nc\t ", &call), "a [31mb c");
        assert_eq!(cleaned(&"x".repeat(2000), &call).len(), CHARACTERS_MAX);
        let said = format!("{} {}", call.credentials.session_token.expose(), call.rotation_token.expose());
        assert_eq!(cleaned(&said, &call), "*** ***");
        assert_eq!(last_line(b"a\nb\n\n  \n"), "b");
        assert_eq!(last_line(b"\xff\n"), "\u{fffd}");
        assert_eq!(last_line(b""), "");
    }
}
