//! GenerateRandom: up to 1024 random bytes. No key is involved.

use claviger_model::kms::{GenerateRandomRequest, GenerateRandomResponse, error};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::{data_keys, envelope, key_stores};

pub(crate) struct GenerateRandom;

impl Operation for GenerateRandom {
    const ACTION: &'static str = "kms:GenerateRandom";
    const READ_ONLY: bool = true;
    type Input = GenerateRandomRequest;
    type Output = GenerateRandomResponse;
    /// How many bytes.
    type Target = usize;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<usize>, Error> {
        if input.recipient.is_some() {
            return Err(envelope::recipient_unsupported());
        }
        if let Some(store) = &input.custom_key_store_id {
            // The random bytes of a key store are those of a CloudHSM cluster.
            key_stores::find(cx, store)?;
            let text = "Random bytes are not generated in external key stores.";
            return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
        }
        let bytes = input.number_of_bytes.ok_or_else(|| Error::Validation("NumberOfBytes is required.".to_owned()))?;
        let permission = RequiredPermission::on_anything(Self::ACTION, cx);
        let length = usize::try_from(bytes).unwrap_or_default();
        Ok(Resolved::found(permission.with("kms:CallerAccount", cx.account().as_str()), length))
    }

    fn run(_input: Self::Input, length: Authorized<usize>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let plaintext = data_keys::generate(cx.random, length.into_inner());
        Ok(GenerateRandomResponse { plaintext: Some(plaintext), ..GenerateRandomResponse::default() })
    }
}
