//! A binding: a function's ARN or a pattern, and what it stands for.

use std::time::Duration;

use claviger_types::Sensitive;
use zeroize::Zeroize;

use crate::function_pattern::FunctionPattern;
use crate::target::{Target, TargetError};

/// The longest time that Lambda gives a function.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(900);

/// A function's ARN or a pattern, what it stands for, and how that runs.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Which functions it is for.
    pub function: FunctionPattern,
    /// What runs.
    pub target: Target,
    /// How it runs.
    pub options: BindingOptions,
}

/// The settings of a binding.
#[derive(Debug, Clone)]
pub struct BindingOptions {
    /// The ARN of the role whose credentials the function gets.
    pub role: Option<String>,
    /// The time for one step.
    pub time: Duration,
    /// For HTTP targets: sign with this key, and not with the credentials of the call.
    pub sign_with: Option<SigningKeyPair>,
    /// Certificates, as PEM, that the other server's certificate must lead to. None: Mozilla's list.
    pub roots: Option<Vec<u8>>,
    /// For built-in functions: how passwords are made.
    pub passwords: PasswordOptions,
}

impl Default for BindingOptions {
    /// No role, Lambda's longest time, signed with the credentials of the call, Mozilla's list.
    fn default() -> BindingOptions {
        BindingOptions {
            role: None,
            time: TIME_MAX,
            sign_with: None,
            roots: None,
            passwords: PasswordOptions::default(),
        }
    }
}

/// How a built-in function asks for a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordOptions {
    /// `ExcludeCharacters` of `GetRandomPassword`.
    pub exclude_characters: String,
    /// `PasswordLength` of `GetRandomPassword`.
    pub length: u32,
}

impl Default for PasswordOptions {
    /// The defaults of AWS's rotation function templates.
    fn default() -> PasswordOptions {
        PasswordOptions { exclude_characters: "/@\"'\\".to_owned(), length: 32 }
    }
}

/// A long-lived access key of the server that is called.
#[derive(Debug, Clone)]
pub struct SigningKeyPair {
    /// `AKIA...`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Sensitive<String>,
}

/// Why the bindings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BindingError {
    /// The text form has no `=`.
    #[error("`{0}` is not a binding: use ARN-OR-PATTERN=TARGET")]
    NoEquals(String),
    /// The function side cannot be read.
    #[error("`{0}` is neither the ARN of a Lambda function nor a pattern of ARNs with `*`")]
    Function(String),
    /// The target side cannot be read.
    #[error("the binding of `{function}`: {why}")]
    Target {
        /// The function side.
        function: String,
        /// What is wrong.
        why: TargetError,
    },
    /// An option does not fit.
    #[error("the binding of `{function}`: {why}")]
    Option {
        /// The function side.
        function: String,
        /// What is wrong.
        why: String,
    },
    /// The same function side twice, so that the second would never be used.
    #[error("`{0}` is bound twice")]
    Twice(String),
    /// The JSON file is not one.
    #[error("the file `{file}` cannot be used: {why}")]
    File {
        /// Its name.
        file: String,
        /// What is wrong.
        why: String,
    },
}

impl Binding {
    /// Reads `ARN-OR-PATTERN=TARGET`.
    ///
    /// # Errors
    ///
    /// See [`BindingError`].
    pub fn parse(text: &str) -> Result<Binding, BindingError> {
        let (function, target) = text.split_once('=').ok_or_else(|| BindingError::NoEquals(text.to_owned()))?;
        Binding::new(function, target, BindingOptions::default())
    }

    pub(crate) fn new(function: &str, target: &str, options: BindingOptions) -> Result<Binding, BindingError> {
        let pattern = FunctionPattern::parse(function).ok_or_else(|| BindingError::Function(function.to_owned()))?;
        let target =
            Target::parse(target).map_err(|why| BindingError::Target { function: function.to_owned(), why })?;
        Ok(Binding { function: pattern, target, options })
    }
}

/// The bindings of a server, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bindings(Vec<Binding>);

impl Bindings {
    pub(crate) fn new(bindings: Vec<Binding>) -> Result<Bindings, BindingError> {
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = bindings.iter().find(|binding| !seen.insert(binding.function.as_str().to_owned())) {
            return Err(BindingError::Twice(twice.function.as_str().to_owned()));
        }
        Ok(Bindings(bindings))
    }

    /// The binding of an ARN: an exact one, or else the first pattern that matches.
    pub(crate) fn find(&self, arn: &str) -> Option<&Binding> {
        let exact = self.0.iter().find(|binding| binding.function.is_exact() && binding.function.matches(arn));
        exact.or_else(|| self.0.iter().find(|binding| binding.function.matches(arn)))
    }
}

/// Reads a file that holds a secret on one line.
pub(crate) fn read_secret(file: &str) -> Result<Sensitive<String>, String> {
    let mut text = std::fs::read_to_string(file).map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    let line = Sensitive::new(text.trim().to_owned());
    text.zeroize();
    let acceptable = !line.expose().is_empty() && line.expose().bytes().all(|b| b.is_ascii_graphic());
    if acceptable { Ok(line) } else { Err(format!("`{file}` does not hold a secret access key on one line")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:db";

    fn target(bindings: &Bindings, arn: &str) -> Option<String> {
        bindings.find(arn).map(|binding| match &binding.target {
            Target::Command(words) => words.concat(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_first_match_wins_and_exact_arns_come_before_patterns() {
        let texts = ["arn:aws:lambda:*:function:d*=command:first", "arn:*=command:second"];
        let mut list: Vec<Binding> = texts.iter().map(|text| Binding::parse(text).unwrap()).collect();
        list.push(Binding::parse(&format!("{ARN}=command:exact a=b")).unwrap());
        let bindings = Bindings::new(list).unwrap();
        assert_eq!(target(&bindings, ARN).unwrap(), "exacta=b");
        assert_eq!(target(&bindings, &format!("{ARN}2")).unwrap(), "first");
        assert_eq!(target(&bindings, "arn:aws:lambda:eu-west-1:111122223333:function:x").unwrap(), "second");
        assert_eq!(target(&bindings, "rotate"), None);
    }

    #[test]
    fn refusals_name_the_binding() {
        let text = |given: &str| Binding::parse(given).unwrap_err().to_string();
        assert_eq!(text(ARN), format!("`{ARN}` is not a binding: use ARN-OR-PATTERN=TARGET"));
        assert!(text("db=random-password").starts_with("`db` is neither the ARN of a Lambda function"));
        assert!(text(&format!("{ARN}=shell")).starts_with(&format!("the binding of `{ARN}`: `shell` is not a target")));
        let twice = vec![Binding::parse("*=random-password").unwrap(); 2];
        assert_eq!(Bindings::new(twice).unwrap_err().to_string(), "`*` is bound twice");
    }
}
