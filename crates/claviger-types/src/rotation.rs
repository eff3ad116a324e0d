//! Rotation functions: the programs that give a secret a new value in four steps.

use std::fmt;

use crate::{Region, RotationStop, Sensitive};

/// A step of a rotation. A function is invoked once for each, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RotationStep {
    /// Make the new value and store it under `AWSPENDING`.
    CreateSecret,
    /// Set the new value in the system that the secret is for.
    SetSecret,
    /// Test that the new value works there.
    TestSecret,
    /// Move `AWSCURRENT` to the new version.
    FinishSecret,
}

impl RotationStep {
    /// All steps, in order.
    pub const ALL: [RotationStep; 4] =
        [RotationStep::CreateSecret, RotationStep::SetSecret, RotationStep::TestSecret, RotationStep::FinishSecret];

    /// Its name in the event.
    pub const fn as_str(self) -> &'static str {
        match self {
            RotationStep::CreateSecret => "createSecret",
            RotationStep::SetSecret => "setSecret",
            RotationStep::TestSecret => "testSecret",
            RotationStep::FinishSecret => "finishSecret",
        }
    }
}

/// The credentials of a session, with which a function calls back.
#[derive(Debug, Clone)]
pub struct SessionCredentials {
    /// `ASIA...`.
    pub access_key_id: String,
    /// The key of its signatures.
    pub secret_access_key: Sensitive<String>,
    /// Sent with each request.
    pub session_token: Sensitive<String>,
}

/// One invocation of a rotation function.
#[derive(Debug, Clone)]
pub struct RotationCall {
    /// The secret's `RotationLambdaARN`, as it was given.
    pub function_arn: String,
    /// The step.
    pub step: RotationStep,
    /// The full ARN of the secret.
    pub secret_arn: String,
    /// The id of the version that the rotation makes.
    pub client_request_token: String,
    /// Proves that a `PutSecretValue` belongs to this rotation.
    pub rotation_token: Sensitive<String>,
    /// The secret's region.
    pub region: Region,
    /// Valid for longer than an invocation may take.
    pub credentials: SessionCredentials,
    /// Asked when the function must not go on.
    pub stop: RotationStop,
}

/// Why a function did not do its step. The text is shown to operators and never holds a value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotationFailure {
    /// The ARN is bound to nothing any more.
    Unbound,
    /// The function could not be started or reached, or its time was over.
    Unreachable(String),
    /// The function ran, and reported an error.
    Failed(String),
}

impl fmt::Display for RotationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RotationFailure::Unbound => f.write_str("the function's ARN is bound to no function"),
            RotationFailure::Unreachable(why) => write!(f, "the function cannot be run: {why}"),
            RotationFailure::Failed(why) => write!(f, "the function failed: {why}"),
        }
    }
}

/// What the function ARNs of this server stand for.
pub trait RotationFunctions: Send + Sync {
    /// Whether an ARN is bound to a function. It is cheap and asks no other server.
    fn is_bound(&self, function_arn: &str) -> bool;

    /// The ARN of the role whose credentials the function gets, if the binding names one.
    fn role(&self, function_arn: &str) -> Option<String>;

    /// Runs a step. Blocks until the function has answered, its time is over, or the call is asked to stop.
    ///
    /// # Errors
    ///
    /// See [`RotationFailure`].
    fn invoke(&self, call: &RotationCall) -> Result<(), RotationFailure>;
}

/// Binds nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoRotationFunctions;

impl RotationFunctions for NoRotationFunctions {
    fn is_bound(&self, _function_arn: &str) -> bool {
        false
    }

    fn role(&self, _function_arn: &str) -> Option<String> {
        None
    }

    fn invoke(&self, _call: &RotationCall) -> Result<(), RotationFailure> {
        Err(RotationFailure::Unbound)
    }
}
