//! DeriveSharedSecret: ECDH with another party's public key.

use claviger_model::kms::{DeriveSharedSecretRequest, DeriveSharedSecretResponse};
use claviger_types::{KeyUsage, Sensitive};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::envelope::{Envelope, KeyReference};
use super::materials;
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct DeriveSharedSecret;

impl CryptoOperation for DeriveSharedSecret {
    const ACTION: &'static str = "kms:DeriveSharedSecret";
    type Input = DeriveSharedSecretRequest;
    type Output = DeriveSharedSecretResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        Envelope {
            key: KeyReference::Named(&input.key_id),
            usage: KeyUsage::KeyAgreement,
            algorithm: Some(&input.key_agreement_algorithm),
            context: None,
            grant_tokens: input.grant_tokens.as_deref(),
            recipient: input.recipient.is_some(),
            dry_run: input.dry_run.unwrap_or(false),
        }
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("kms:KeyAgreementAlgorithm", input.key_agreement_algorithm.as_str())
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let key = call.key;
        cx.audit.record_resource(&key.arn, &key.record.account, true);
        let (_, material) = materials::current(cx, &key.record)?;
        let agreed = materials::private(&material)?.agree(&input.public_key);
        // AWS refuses a key that is no point of the curve without a message.
        let mut secret = agreed.map_err(|_| Error::Validation(String::new()))?;
        call.end_dry_run()?;
        Ok(DeriveSharedSecretResponse {
            key_id: Some(key.arn.to_string()),
            shared_secret: Some(Sensitive::new(std::mem::take(&mut *secret))),
            key_agreement_algorithm: Some(call.algorithm.to_string()),
            key_origin: Some(key.record.origin.to_string()),
            ..DeriveSharedSecretResponse::default()
        })
    }
}
