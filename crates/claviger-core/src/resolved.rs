//! The result of an operation's first part.

use crate::audit::{Refusal, ServiceCall};
use crate::error::Error;
use crate::permission::RequiredPermission;

/// The permissions that a request needs, and its target.
///
/// AWS answers "denied" before "not found". So a missing target is not an error of `resolve`: the pipeline decides on the
/// permissions first, and answers the error of the target only to a caller that has them.
#[derive(Debug)]
pub struct Resolved<T> {
    pub(crate) permissions: Vec<RequiredPermission>,
    pub(crate) target: Result<T, TargetError>,
}

impl<T> Resolved<T> {
    /// A target, or the error that a caller with these permissions gets in its place. The pipeline decides on the permissions in
    /// order, and a denial names the first that is lacking.
    pub fn new(permissions: Vec<RequiredPermission>, target: Result<T, TargetError>) -> Resolved<T> {
        Resolved { permissions, target }
    }

    /// A target that was found, and the one permission that acting on it needs.
    pub fn found(permission: RequiredPermission, target: T) -> Resolved<T> {
        Resolved::new(vec![permission], Ok(target))
    }

    /// A target that needs no permission, such as the caller's own identity.
    pub fn open(target: T) -> Resolved<T> {
        Resolved::new(Vec::new(), Ok(target))
    }

    /// These permissions, and then those of a part of the request. An error of the part is the target's error.
    pub fn then(mut permissions: Vec<RequiredPermission>, part: Result<Resolved<T>, TargetError>) -> Resolved<T> {
        match part {
            Ok(part) => {
                permissions.extend(part.permissions);
                Resolved::new(permissions, part.target)
            }
            Err(error) => Resolved::new(permissions, Err(error)),
        }
    }

    /// Adds permissions after the others.
    pub fn and(mut self, permissions: impl IntoIterator<Item = RequiredPermission>) -> Resolved<T> {
        self.permissions.extend(permissions);
        self
    }

    /// Makes another target of a target that was found.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Resolved<U> {
        Resolved { permissions: self.permissions, target: self.target.map(change) }
    }

    /// Both targets, with the permissions of both; the first error stands for both.
    pub fn join<U>(mut self, other: Resolved<U>) -> Resolved<(T, U)> {
        self.permissions.extend(other.permissions);
        let target = self.target.and_then(|one| Ok((one, other.target?)));
        Resolved { permissions: self.permissions, target }
    }

    /// The target, if it was found.
    pub fn target(&self) -> Option<&T> {
        self.target.as_ref().ok()
    }
}

/// The reason why a target cannot be acted on. Only a caller with the permissions gets it.
#[derive(Debug)]
pub struct TargetError {
    pub(crate) error: Error,
    pub(crate) call: Option<Box<FailedCall>>,
}

/// A service call that failed while the target was being found.
#[derive(Debug)]
pub(crate) struct FailedCall {
    pub(crate) asked: ServiceCall,
    pub(crate) refusal: Refusal,
}

impl TargetError {
    /// A call that a service made in the caller's name failed with `error`. `answer` makes the service's own error from it. The
    /// call gets an audit record of its own.
    pub fn of_call(asked: ServiceCall, error: Error, answer: impl FnOnce(Error) -> Error) -> TargetError {
        let call = FailedCall { asked, refusal: Refusal::of(&error) };
        TargetError { error: answer(error), call: Some(Box::new(call)) }
    }
}

impl From<Error> for TargetError {
    fn from(error: Error) -> TargetError {
        TargetError { error, call: None }
    }
}

impl From<claviger_store::Error> for TargetError {
    fn from(error: claviger_store::Error) -> TargetError {
        Error::from(error).into()
    }
}
