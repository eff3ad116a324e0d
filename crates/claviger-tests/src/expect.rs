//! Checks of answers.

use std::fmt::Debug;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// The call must have been refused with this code and exactly this text; `None` is a refusal without a text.
#[track_caller]
pub fn refused<T: Debug, E: ProvideErrorMetadata + Debug>(
    answer: Result<T, E>,
    code: &str,
    text: impl Into<Option<&'static str>>,
) {
    check_refused(&answer, code, text.into());
}

/// As [`refused`], for a text with variable parts.
#[track_caller]
pub fn check_refused<T: Debug, E: ProvideErrorMetadata + Debug>(answer: &Result<T, E>, code: &str, text: Option<&str>) {
    match answer {
        Ok(answer) => panic!("wanted {code}, but the call was answered: {answer:?}"),
        Err(error) => assert_eq!((error.code(), error.message()), (Some(code), text), "{error:?}"),
    }
}

/// The outcome of a call: `ok`, or the code and the text of its refusal.
pub fn code_of<T, E: ProvideErrorMetadata + Debug>(answer: &Result<T, E>) -> (String, String) {
    match answer {
        Ok(_) => ("ok".to_owned(), String::new()),
        Err(error) => match error.code() {
            Some(code) => (code.to_owned(), error.message().unwrap_or_default().to_owned()),
            None => (format!("{error:?}"), String::new()),
        },
    }
}
