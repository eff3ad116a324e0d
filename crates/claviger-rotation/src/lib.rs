//! Rotation functions: what the `RotationLambdaARN` of a secret stands for on this server.
//!
//! A [`Binding`] names a function's ARN, or a pattern of ARNs, and a [`Target`]: a program of this machine, a Python file with a Lambda
//! handler, a server that speaks Lambda's Invoke, or a function that is built in. [`RotationBindings`] runs one step of a rotation when the
//! rotation engine asks for it. The crate keeps no state between steps. When a rotation is due, which version is pending and whether a step is
//! tried again is the engine's business.

mod binding;
mod built_in;
mod command;
mod config;
mod event;
mod failure_text;
mod function_pattern;
mod http;
mod process_group;
mod python;
mod rotation_bindings;
mod secret_mask;
mod secret_value;
mod secrets_api;
mod signed_request;
mod target;
#[cfg(test)]
mod test_kit;
mod trusted;
mod words;
mod written_form;

pub use binding::{Binding, BindingError, BindingOptions, PasswordOptions, SigningKeyPair};
pub use function_pattern::FunctionPattern;
pub use process_group::guard_process_group;
pub use rotation_bindings::{BindingSources, RotationBindings};
pub use target::{BindingTargetError, BuiltIn, HttpTarget, Target};
pub use words::{WordsError, split_words};
