//! GenerateRandom: up to 1024 random bytes. No key is involved.

use claviger_model::kms::{GenerateRandomRequest, GenerateRandomResponse, error};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::recipient::Recipient;
use super::{data_keys, key_stores};

pub(crate) struct GenerateRandom;

impl Operation for GenerateRandom {
    const ACTION: &'static str = "kms:GenerateRandom";
    const READ_ONLY: bool = true;
    type Input = GenerateRandomRequest;
    type Output = GenerateRandomResponse;
    /// How many bytes, and for whom.
    type Target = (usize, Recipient);

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        let recipient = Recipient::verify(cx, input.recipient.as_ref())?;
        if let Some(store) = &input.custom_key_store_id {
            // The random bytes of a key store are those of a CloudHSM cluster.
            key_stores::find(cx, store)?;
            let text = "Random bytes are not generated in external key stores.";
            return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
        }
        let bytes = input.number_of_bytes.ok_or_else(|| Error::Validation("NumberOfBytes is required.".to_owned()))?;
        let permission = RequiredPermission::on_anything(Self::ACTION, cx);
        let length = usize::try_from(bytes).unwrap_or_default();
        let permission = recipient.condition(permission.with("kms:CallerAccount", cx.account().as_str()));
        Ok(Resolved::found(permission, (length, recipient)))
    }

    fn run(
        _input: Self::Input,
        target: Authorized<Self::Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let (length, recipient) = target.into_inner();
        recipient.record(cx.audit);
        let (plaintext, ciphertext) = recipient.deliver(data_keys::generate(cx.random, length), cx)?.into_members();
        Ok(GenerateRandomResponse { plaintext, ciphertext_for_recipient: ciphertext })
    }
}
