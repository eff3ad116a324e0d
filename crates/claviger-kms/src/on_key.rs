//! Operations on one key of the caller's own account: the steps that all of them share.

use std::marker::PhantomData;

use claviger_model::{Input, Output};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::key_lookup::{self, FoundKey};
use super::key_permissions;
use super::state::{self, KeyAction};

/// An operation on one key, which the request names by id or key ARN.
pub(crate) trait KeyOperation: 'static {
    /// The action that policies name.
    const ACTION: &'static str;
    /// Whether CloudTrail counts it among the reads.
    const READ_ONLY: bool;
    /// The kind of action, which decides in which key states the operation works (`state.rs`).
    const KEY_ACTION: KeyAction;
    /// The request.
    type Input: Input;
    /// The answer.
    type Output: Output;

    /// The name of the key in the request.
    fn key_id(input: &Self::Input) -> &str;

    /// Checks the request before the key lookup.
    fn check(_input: &Self::Input) -> Result<(), Error> {
        Ok(())
    }

    /// Adds the condition keys of this request.
    fn condition(
        _input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        Ok(permission)
    }

    /// Acts on the key, whose state allows it.
    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error>;
}

/// Makes a [`KeyOperation`] an operation.
pub(crate) struct OnKey<K>(PhantomData<K>);

impl<K: KeyOperation> Operation for OnKey<K> {
    const ACTION: &'static str = K::ACTION;
    const READ_ONLY: bool = K::READ_ONLY;
    type Input = K::Input;
    type Output = K::Output;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        K::check(input)?;
        let key = key_lookup::find_own(cx, K::key_id(input))?;
        let permission = key_permissions::permission(K::ACTION, &key, cx)?;
        Ok(Resolved::found(K::condition(input, &key, permission)?, key))
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        state::require(K::KEY_ACTION, &key)?;
        K::run(input, key.into_inner(), cx)
    }
}
