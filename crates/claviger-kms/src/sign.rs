//! Sign: a signature by an asymmetric key.

use claviger_model::kms::{SignRequest, SignResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::envelope::Envelope;
use super::on_crypto::{CryptoCall, CryptoOperation};
use super::{materials, signing};

pub(crate) struct Sign;

impl CryptoOperation for Sign {
    const ACTION: &'static str = "kms:Sign";
    type Input = SignRequest;
    type Output = SignResponse;

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
        let (id, material) = materials::current(cx, &key.record)?;
        let signature = materials::private(&material)?.sign(call.algorithm, message).map_err(|error| {
            signing::wrong_length(error, call.algorithm, || Error::Internal(format!("material {id}: {error}")))
        })?;
        call.end_dry_run()?;
        Ok(SignResponse {
            key_id: Some(key.arn.to_string()),
            signature: Some(signature),
            signing_algorithm: Some(call.algorithm.to_string()),
        })
    }
}
