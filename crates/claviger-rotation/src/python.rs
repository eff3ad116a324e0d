//! Rotation functions that are Python files with a Lambda handler.

use crate::binding::BindingOptions;

/// Makes a Lambda-like context and calls the handler.
const SHIM: &str = include_str!("shim.py");

/// The command that runs a handler. `python3` is looked up in the server's `PATH`.
pub(crate) fn command(path: &str, handler: &str, function_arn: &str, options: &BindingOptions) -> Vec<String> {
    let seconds = options.time.as_secs().to_string();
    ["python3", "-c", SHIM, path, handler, function_arn, &seconds].map(str::to_owned).to_vec()
}
