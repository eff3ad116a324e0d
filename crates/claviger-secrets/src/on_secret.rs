//! Operations on one secret: the steps that all of them share.

use std::marker::PhantomData;

use claviger_model::{Input, Output};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::lookup::{self, Named};

/// The secrets that an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// Every secret.
    Any,
    /// All but those that are scheduled for deletion.
    NotDeleted,
    /// All but replicas.
    Primary,
    /// All but replicas and those that are scheduled for deletion.
    Writable,
}

/// An operation on one secret, which the request names by `SecretId`, with one permission.
pub(crate) trait SecretOperation: 'static {
    /// The action that policies name.
    const ACTION: &'static str;
    /// Whether CloudTrail counts it among the reads.
    const READ_ONLY: bool;
    /// The secrets that it works on.
    const ACCEPTS: Accepts;
    /// The request.
    type Input: Input;
    /// The answer.
    type Output: Output;

    /// The name of the secret in the request.
    fn secret_id(input: &Self::Input) -> &str;

    /// Checks the request before the secret lookup.
    fn check(_input: &Self::Input) -> Result<(), Error> {
        Ok(())
    }

    /// Adds the condition keys of this request.
    fn condition(_input: &Self::Input, permission: RequiredPermission) -> Result<RequiredPermission, Error> {
        Ok(permission)
    }

    /// Acts on the secret.
    fn run(input: Self::Input, record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error>;
}

/// Makes a [`SecretOperation`] an operation.
pub(crate) struct OnSecret<S>(PhantomData<S>);

impl<S: SecretOperation> Operation for OnSecret<S> {
    const ACTION: &'static str = S::ACTION;
    const READ_ONLY: bool = S::READ_ONLY;
    type Input = S::Input;
    type Output = S::Output;
    type Target = SecretRecord;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<SecretRecord>, Error> {
        S::check(input)?;
        let named = Named::find(cx, S::secret_id(input))?;
        let permission = S::condition(input, named.permission(S::ACTION, cx))?;
        Ok(Resolved::new(vec![permission], named.into_record().map_err(Into::into)))
    }

    fn run(
        input: Self::Input,
        record: Authorized<SecretRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let record = record.into_inner();
        match S::ACCEPTS {
            Accepts::Any => {}
            Accepts::NotDeleted => lookup::require_not_deleted(&record)?,
            Accepts::Primary => lookup::require_primary(&record)?,
            Accepts::Writable => lookup::require_writable(&record)?,
        }
        S::run(input, record, cx)
    }
}
