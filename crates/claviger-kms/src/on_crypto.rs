//! Cryptographic operations with one key: the steps that all of them share.

use std::marker::PhantomData;

use claviger_crypto::EncryptionContext;
use claviger_model::{Input, Output};
use claviger_store::tables::key_table::KeyState;
use claviger_types::Algorithm;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::envelope::Envelope;
use super::key_lookup::FoundKey;
use super::origin;
use super::recipient::Recipient;

/// A cryptographic operation with one key.
pub(crate) trait CryptoOperation: 'static {
    /// The action that policies name.
    const ACTION: &'static str;
    /// Whether keys in key stores can do it.
    const IN_KEY_STORES: bool = true;
    /// The request.
    type Input: Input;
    /// The answer.
    type Output: Output;

    /// The members that all cryptographic requests share.
    fn envelope(input: &Self::Input) -> Envelope<'_>;

    /// Checks the other members, before the key lookup.
    fn check(_input: &Self::Input) -> Result<(), Error> {
        Ok(())
    }

    /// Adds the condition keys of this operation.
    fn condition(_input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission
    }

    /// Does the operation's own part. The envelope, the permission and the key's state have been checked.
    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error>;
}

/// A call that may use its key.
pub(crate) struct CryptoCall<'a> {
    /// The key, which fits the call.
    pub(crate) key: Authorized<&'a FoundKey>,
    /// The algorithm, which fits the key.
    pub(crate) algorithm: Algorithm,
    /// The encryption context.
    pub(crate) context: &'a EncryptionContext,
    /// The recipient of the answer's secret.
    pub(crate) recipient: &'a Recipient,
    envelope: &'a Envelope<'a>,
}

impl CryptoCall<'_> {
    /// Ends a dry run. Each operation calls it after all checks and before it produces an output.
    pub(crate) fn end_dry_run(&self) -> Result<(), Error> {
        self.envelope.end_dry_run()
    }
}

/// Makes a [`CryptoOperation`] an operation. CloudTrail counts cryptography among the reads.
pub(crate) struct WithKey<C>(PhantomData<C>);

impl<C: CryptoOperation> Operation for WithKey<C> {
    const ACTION: &'static str = C::ACTION;
    const READ_ONLY: bool = true;
    type Input = C::Input;
    type Output = C::Output;
    type Target = (FoundKey, Recipient);

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        C::check(input)?;
        let envelope = C::envelope(input);
        let recipient = envelope.check(cx)?;
        let key = envelope.find(cx, C::ACTION)?;
        let permission = envelope.permission(cx, C::ACTION, &key)?;
        let permission = recipient.condition(C::condition(input, permission));
        Ok(key.resolved(permission).map(|key| (key, recipient)))
    }

    fn run(
        input: Self::Input,
        target: Authorized<Self::Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        // By reference: the record of a key is large enough for its moves to be counted.
        let (key, recipient) = (target.as_ref().map(|(key, _)| key), &target.1);
        let envelope = C::envelope(&input);
        cx.audit.asked_for_spec(key.record.spec);
        recipient.record(cx.audit);
        if !C::IN_KEY_STORES {
            require_no_key_store(key)?;
        }
        let algorithm = envelope.require_usable(key, Self::NAME)?;
        let call = CryptoCall { key, algorithm, context: envelope.context(), recipient, envelope: &envelope };
        let output = C::perform(&input, &call, cx)?;
        cx.audit.used_key(&key.record, Self::NAME);
        Ok(output)
    }
}

/// A key in a key store refuses what such keys never do, in every state in which it could be used if the key store were connected.
fn require_no_key_store(key: Authorized<&FoundKey>) -> Result<(), Error> {
    let usable = key.record.state == KeyState::Enabled || key.is_unavailable();
    if usable { origin::require_here(&key) } else { Ok(()) }
}
