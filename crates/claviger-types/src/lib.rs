//! The types that every other crate uses: regions, accounts, keys, secrets, callers, raw requests and answers, time and
//! randomness; and the strict readers of JSON and percent-encoding that several crates need.
//!
//! Values are parsed once, where they enter. Past that point code uses these types, without raw strings and a second check.
//! This crate does no IO and depends on no other crate of the workspace.

pub mod strict;

mod account;
mod arn;
mod calendar;
mod clock;
mod generations;
mod grant_operation;
mod hex;
mod iam_arn;
mod key;
mod key_spec;
mod outbound;
pub mod panics;
mod principal;
mod random;
mod region;
mod rotation;
mod rotation_stop;
mod secret;
#[cfg(feature = "test-kit")]
mod seeded_random;
mod sensitive;
mod text_enum;
pub mod wire;

pub use account::AccountId;
pub use arn::Arn;
pub use clock::{Clock, ManualClock, Timestamp};
pub use generations::{Expired, Generations};
pub use grant_operation::{GrantOperation, GrantOperations};
pub use hex::Hex;
pub use iam_arn::{IamArn, IamKind, Owner};
pub use key::{KeyArn, KeyId, MaterialId};
pub use key_spec::{Algorithm, KeyOrigin, KeySpec, KeyUsage};
pub use outbound::{
    NoOutbound, Outbound, OutboundAnswer, OutboundFailure, OutboundMethod, OutboundReply, OutboundRequest, Reach,
    ReplyFuture,
};
pub use principal::{Caller, CallerKind, FederatingUser, Federation, SessionContext, WebIdentity};
pub use random::Random;
pub use region::{Partition, Region};
pub use rotation::{
    NoRotationFunctions, RotationCall, RotationFailure, RotationFunctions, RotationStep, SessionCredentials,
};
pub use rotation_stop::RotationStop;
pub use secret::SecretArn;
#[cfg(feature = "test-kit")]
pub use seeded_random::SeededRandom;
pub use sensitive::Sensitive;

/// A string that a type does not accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not a valid {kind}")]
pub struct ParseError {
    /// The expected form: "Region", "key id", ...
    pub kind: &'static str,
    /// The string.
    pub input: String,
}

impl ParseError {
    /// A failure to read `input` as a `kind`.
    pub fn new(kind: &'static str, input: &str) -> ParseError {
        ParseError { kind, input: input.to_owned() }
    }
}
