//! VerifyMac: whether an HMAC is a message's. One that is not is an error.

use claviger_model::kms::{VerifyMacRequest, VerifyMacResponse, error};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::envelope::Envelope;
use super::materials;
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct VerifyMac;

impl CryptoOperation for VerifyMac {
    const ACTION: &'static str = "kms:VerifyMac";
    type Input = VerifyMacRequest;
    type Output = VerifyMacResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        let algorithm = &input.mac_algorithm;
        let grant_tokens = input.grant_tokens.as_deref();
        Envelope::without_context(&input.key_id, KeyUsage::GenerateVerifyMac, algorithm, grant_tokens, input.dry_run)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("kms:MacAlgorithm", input.mac_algorithm.as_str())
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let key = call.key;
        cx.audit.record_resource(&key.arn, &key.record.account, true);
        let (_, material) = materials::current(cx, &key.record)?;
        if !materials::mac(&material)?.verify(input.message.expose(), &input.mac) {
            return Err(Error::silent(error::KMS_INVALID_MAC_EXCEPTION));
        }
        call.end_dry_run()?;
        Ok(VerifyMacResponse {
            key_id: Some(key.arn.to_string()),
            mac_valid: Some(true),
            mac_algorithm: Some(call.algorithm.to_string()),
        })
    }
}
