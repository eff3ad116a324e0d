//! The text of a failure, made from what a function said.

use claviger_types::{RotationCall, RotationFailure};

use crate::secret_mask::SecretMask;
use crate::secrets_api::SecretsApi;

/// The most characters of a text.
pub(crate) const CHARACTERS_MAX: usize = 500;

/// A failure before secrets are hidden in it.
#[derive(Debug)]
pub(crate) enum Reported {
    /// This crate's own words.
    Own(RotationFailure),
    /// The function ran, and said why it failed.
    Failed(Said),
    /// The function did not run, and something between said why.
    Unreachable(Said),
}

/// What a function said. It may quote a password.
#[derive(Debug)]
pub(crate) struct Said {
    /// What is told without it, such as an exit status.
    pub(crate) kind: String,
    /// Empty if it said nothing.
    pub(crate) text: String,
}

impl From<RotationFailure> for Reported {
    fn from(failure: RotationFailure) -> Reported {
        Reported::Own(failure)
    }
}

impl Reported {
    /// The failure as operators see it. It has the function's words only if all secrets are known that they could quote.
    pub(crate) fn shown(self, api: &dyn SecretsApi, call: &RotationCall) -> RotationFailure {
        match self {
            Reported::Own(failure) => failure,
            Reported::Failed(said) => RotationFailure::Failed(said.shown(api, call)),
            Reported::Unreachable(said) => RotationFailure::Unreachable(said.shown(api, call)),
        }
    }
}

impl Said {
    fn shown(self, api: &dyn SecretsApi, call: &RotationCall) -> String {
        let of_call = SecretMask::of_call(call);
        let kind = cleaned(&self.kind, &of_call);
        if self.text.trim().is_empty() {
            return kind;
        }
        SecretMask::of_values(api, call).map_or(kind, |mask| cleaned(&self.text, &mask))
    }
}

/// A text on one line, bounded, without control characters and without secrets.
pub(crate) fn cleaned(text: &str, secrets: &SecretMask) -> String {
    let hidden = secrets.hide(text);
    let visible = hidden.chars().map(|c| if c.is_control() { ' ' } else { c });
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
    use claviger_types::RotationStep;

    use super::*;
    use crate::test_kit::call;

    #[test]
    fn texts_are_one_bounded_line_without_credentials() {
        let call = call(RotationStep::SetSecret);
        let mask = SecretMask::of_call(&call);
        assert_eq!(cleaned(" a\u{1b}[31mb\nc\t ", &mask), "a [31mb c");
        assert_eq!(cleaned(&"x".repeat(2000), &mask).len(), CHARACTERS_MAX);
        let said = format!("{} {}", call.credentials.session_token.expose(), call.rotation_token.expose());
        assert_eq!(cleaned(&said, &mask), "*** ***");
        assert_eq!(last_line(b"a\nb\n\n  \n"), "b");
        assert_eq!(last_line(b"\xff\n"), "\u{fffd}");
        assert_eq!(last_line(b""), "");
    }
}
