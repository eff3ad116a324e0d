//! The trait that every API operation implements.

use claviger_model::{Input, Output};
use claviger_types::Partition;

use crate::authorize::Authorized;
use crate::context::{Cx, RunCx};
use crate::error::Error;
use crate::presented_token::{PresentedToken, TokenRefusal};
pub use crate::resolved::{Resolved, TargetError};

/// One API operation: a pure function over one transaction, in two parts. Between them the pipeline decides on the permissions.
///
/// After a conflict the pipeline runs an operation again on a fresh snapshot. Only the writes of the last run are committed.
pub trait Operation: 'static {
    /// The action that policies name: `kms:Decrypt`.
    const ACTION: &'static str;
    /// The operation's name in the API: `Decrypt`. It differs from the action's name for the few operations that IAM names otherwise.
    const NAME: &'static str = name_of(Self::ACTION);
    /// Whether CloudTrail counts the operation among the reads; cryptography counts there.
    const READ_ONLY: bool;
    /// Whether the answer stands even if the store refuses the operation's writes, for whatever reason. After a conflict the
    /// operation first runs again as often as others do.
    const WRITES_MAY_BE_LOST: bool = false;
    /// Whether a request with a member that the model does not know is refused. Other operations ignore such members.
    const KNOWN_MEMBERS_ONLY: bool = false;
    /// The request, generated from the model. Its constraints are checked before `resolve` sees it.
    type Input: Input;
    /// The answer, generated from the model; `()` for operations without one.
    type Output: Output;
    /// The records that the operation acts on, as found in the store.
    type Target;

    /// Finds the target and the permissions that the request needs. Reads only, and leaves no trace in the audit record.
    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error>;

    /// Acts on the target, which comes wrapped in the proof that the caller has all permissions.
    fn run(input: Self::Input, target: Authorized<Self::Target>, cx: &mut RunCx<'_, '_>)
    -> Result<Self::Output, Error>;
}

/// An operation that a caller without credentials makes: a token in the request proves the caller's identity, in place of a signature. Its
/// caller is always a [`WebIdentity`](claviger_types::WebIdentity).
pub trait TokenOperation: Operation {
    /// The token, and the account whose identity provider must vouch for it.
    fn token(input: &Self::Input, partition: Partition) -> Result<PresentedToken, Error>;

    /// The answer to a token that proves nothing.
    fn refusal(refusal: TokenRefusal) -> Error;
}

/// The part of an action after its colon.
const fn name_of(action: &'static str) -> &'static str {
    let mut rest = action;
    loop {
        match rest.as_bytes() {
            [b':', ..] => return rest.split_at(1).1,
            [_, ..] => rest = rest.split_at(1).1,
            [] => return action,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn names_are_the_actions_without_their_service() {
        assert_eq!(name_of("kms:Decrypt"), "Decrypt");
        assert_eq!(name_of("Decrypt"), "Decrypt");
    }
}
