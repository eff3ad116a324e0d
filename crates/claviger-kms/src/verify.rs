//! Verify: whether a signature is one by an asymmetric key. One that is not is an error.

use claviger_model::kms::{VerifyRequest, VerifyResponse, error};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::envelope::Envelope;
use super::on_crypto::{CryptoCall, CryptoOperation};
use super::{materials, signing};

pub(crate) struct Verify;

impl CryptoOperation for Verify {
    const ACTION: &'static str = "kms:Verify";
    type Input = VerifyRequest;
    type Output = VerifyResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        let algorithm = &input.signing_algorithm;
        let grant_tokens = input.grant_tokens.as_deref();
        Envelope::without_context(&input.key_id, KeyUsage::SignVerify, algorithm, grant_tokens, input.dry_run)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        signing::condition(permission, &input.signing_algorithm, input.message_type.as_deref())
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let key = call.key;
        cx.audit.record_resource(&key.arn, &key.record.account, true);
        let message = signing::message(input.message.expose(), input.message_type.as_deref(), call.algorithm)?;
        let (_, material) = materials::current(cx, &key.record)?;
        let verified = materials::private(&material)?.verify(call.algorithm, message, &input.signature);
        verified.map_err(|error| signing::wrong_length(error, call.algorithm, invalid_signature))?;
        call.end_dry_run()?;
        Ok(VerifyResponse {
            key_id: Some(key.arn.to_string()),
            signature_valid: Some(true),
            signing_algorithm: Some(call.algorithm.to_string()),
        })
    }
}

/// AWS sends this one without a message.
fn invalid_signature() -> Error {
    Error::silent(error::KMS_INVALID_SIGNATURE_EXCEPTION)
}
