//! The types that every other crate uses: regions, accounts, keys, secrets, callers, raw requests and answers, time and
//! randomness; and the strict readers of JSON and percent-encoding that several crates need.
//!
//! Values are parsed once, at the edge; inside there are no raw strings for them and no second check.
//! This crate does no IO and depends on no other crate of the workspace.

pub mod strict;

mod account;
mod arn;
mod clock;
mod iam_arn;
mod key;
mod key_spec;
pub mod panics;
mod principal;
mod random;
mod region;
mod secret;
mod sensitive;
mod text_enum;
pub mod wire;

pub use account::AccountId;
pub use arn::Arn;
pub use clock::{Clock, ManualClock, Timestamp};
pub use iam_arn::{IamArn, IamKind, Owner};
pub use key::{KeyArn, KeyId, MaterialId};
pub use key_spec::{Algorithm, KeyOrigin, KeySpec, KeyUsage};
pub use principal::{Caller, CallerKind, SessionContext};
pub use random::Random;
pub use region::{Partition, Region};
pub use secret::SecretArn;
pub use sensitive::Sensitive;

/// A string that is not of the form that a type asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not a valid {kind}")]
pub struct ParseError {
    /// What was expected: "Region", "key id", ...
    pub kind: &'static str,
    /// What was given.
    pub input: String,
}

impl ParseError {
    /// A failure to read `input` as a `kind`.
    pub fn new(kind: &'static str, input: &str) -> ParseError {
        ParseError { kind, input: input.to_owned() }
    }
}
