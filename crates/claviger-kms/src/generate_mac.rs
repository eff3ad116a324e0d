//! GenerateMac: a message's HMAC.

use claviger_model::kms::{GenerateMacRequest, GenerateMacResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::envelope::Envelope;
use super::materials;
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct GenerateMac;

impl CryptoOperation for GenerateMac {
    const ACTION: &'static str = "kms:GenerateMac";
    type Input = GenerateMacRequest;
    type Output = GenerateMacResponse;

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
        let mac = materials::mac(&material)?.tag(input.message.expose());
        call.end_dry_run()?;
        Ok(GenerateMacResponse {
            mac: Some(mac),
            mac_algorithm: Some(call.algorithm.to_string()),
            key_id: Some(key.arn.to_string()),
        })
    }
}
