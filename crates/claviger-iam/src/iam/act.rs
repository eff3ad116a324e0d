//! Operations on one user, role or managed policy: what all of them share is here, once.
//!
//! Whether the thing is there is told only to those who may do what they ask: the permission is checked first, on its ARN as far
//! as that can be known, and then comes NoSuchEntity.

use std::marker::PhantomData;

use claviger_model::{Input, Output};
use claviger_store::tables::Tag;

use claviger_core::authorize::{Authorized, RequiredPermission, ResourcePolicy};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::access::{self, Access};

/// Something that a request can name.
pub(crate) trait Subject: Sized + 'static {
    /// Finds it. An error here is about the name itself, and not about whether there is such a thing.
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<Self>, Error>;

    /// Its tags.
    fn tags(&self) -> &[Tag];

    /// The ARN of the policy that bounds it, of things that can be bounded (`iam:PermissionsBoundary`).
    fn boundary(&self) -> Option<&str> {
        None
    }
}

/// What a name led to.
pub(crate) struct Found<S> {
    /// The ARN, as it is or as it would be.
    pub arn: String,
    /// The thing, or what to say of its absence.
    pub subject: Result<S, Error>,
}

impl<S: Subject> Found<S> {
    /// Asks for a permission on it.
    pub(crate) fn permission(&self, action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
        self.permission_at(action, &self.arn, cx)
    }

    /// Asks for a permission on it under an ARN that it does not have yet.
    pub(crate) fn permission_at(&self, action: &'static str, arn: &str, cx: &Cx<'_, '_>) -> RequiredPermission {
        let boundary = self.subject.as_ref().ok().and_then(Subject::boundary);
        let permission = RequiredPermission::new(action, arn, cx.account(), ResourcePolicy::Identity)
            .with_opt("iam:PermissionsBoundary", boundary);
        let tags = self.subject.as_ref().map(Subject::tags).unwrap_or_default();
        tags.iter().fold(permission, |permission, tag| {
            permission
                .with(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str())
                .with(&format!("iam:ResourceTag/{}", tag.key), tag.value.as_str())
        })
    }
}

/// An operation on one [`Subject`].
pub(crate) trait Act: 'static {
    /// Its name in the API.
    const NAME: &'static str;
    /// The permission that it needs.
    const ACTION: &'static str;
    /// Whether it writes.
    const ACCESS: Access;
    /// What it acts on.
    type Subject: Subject;
    /// The request.
    type Input: Input;
    /// The answer.
    type Output: Output;

    /// What the request calls its subject.
    fn named<'a>(input: &'a Self::Input, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error>;

    /// Adds the condition keys of this request.
    fn condition(_input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission
    }

    /// The permissions that this request needs besides.
    fn more_permissions(
        _input: &Self::Input,
        _found: &Found<Self::Subject>,
        _cx: &Cx<'_, '_>,
    ) -> Vec<RequiredPermission> {
        Vec::new()
    }

    /// Does it.
    fn act(input: Self::Input, subject: Self::Subject, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error>;
}

/// Makes an [`Act`] an operation.
pub(crate) struct On<A>(PhantomData<A>);

impl<A: Act> Operation for On<A> {
    const NAME: &'static str = <A as Act>::NAME;
    type Input = <A as Act>::Input;
    type Output = <A as Act>::Output;
    type Target = Found<A::Subject>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Self::Target, Error> {
        access::admit(cx, A::ACCESS)?;
        A::Subject::find(cx, A::named(input, cx)?)
    }

    fn permissions(
        input: &Self::Input,
        found: &Self::Target,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let mut permissions = vec![A::condition(input, found.permission(A::ACTION, cx))];
        permissions.extend(A::more_permissions(input, found, cx));
        Ok(permissions)
    }

    fn run(input: Self::Input, found: Authorized<Self::Target>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        A::act(input, found.into_inner().subject?, cx)
    }
}
