//! Operations on one custom key store: the steps that all of them share.

use std::marker::PhantomData;

use claviger_model::{Input, Output};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::KeyStoreRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::key_stores;

/// An operation on one key store of the caller's account, which the request names by its id.
pub(crate) trait KeyStoreOperation: 'static {
    /// The action that policies name.
    const ACTION: &'static str;
    /// The request.
    type Input: Input;
    /// The answer.
    type Output: Output;

    /// The id in the request.
    fn id(input: &Self::Input) -> &str;

    /// Acts on the key store.
    fn run(
        input: Self::Input,
        key_store: Shared<KeyStoreRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error>;
}

/// Makes a [`KeyStoreOperation`] an operation.
pub(crate) struct OnKeyStore<K>(PhantomData<K>);

impl<K: KeyStoreOperation> Operation for OnKeyStore<K> {
    const ACTION: &'static str = K::ACTION;
    const READ_ONLY: bool = false;
    type Input = K::Input;
    type Output = K::Output;
    type Target = Shared<KeyStoreRecord>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        let key_store = key_stores::find(cx, K::id(input));
        Ok(Resolved::new(vec![key_stores::permission(K::ACTION, cx)], key_store.map_err(Into::into)))
    }

    fn run(
        input: Self::Input,
        key_store: Authorized<Self::Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<K::Output, Error> {
        K::run(input, key_store.into_inner(), cx)
    }
}
