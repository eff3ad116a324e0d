//! DeriveSharedSecret: ECDH with another party's public key.

use claviger_model::kms::{DeriveSharedSecretRequest, DeriveSharedSecretResponse};
use claviger_types::{KeyUsage, Sensitive};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::envelope::Envelope;
use super::materials;
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct DeriveSharedSecret;

impl CryptoOperation for DeriveSharedSecret {
    const ACTION: &'static str = "kms:DeriveSharedSecret";
    type Input = DeriveSharedSecretRequest;
    type Output = DeriveSharedSecretResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        let algorithm = &input.key_agreement_algorithm;
        let grant_tokens = input.grant_tokens.as_deref();
        let envelope =
            Envelope::without_context(&input.key_id, KeyUsage::KeyAgreement, algorithm, grant_tokens, input.dry_run);
        Envelope { recipient: input.recipient.as_ref(), ..envelope }
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
        let (shared_secret, ciphertext) =
            call.recipient.deliver(Sensitive::new(std::mem::take(&mut *secret)), cx)?.into_members();
        Ok(DeriveSharedSecretResponse {
            key_id: Some(key.arn.to_string()),
            shared_secret,
            ciphertext_for_recipient: ciphertext,
            key_agreement_algorithm: Some(call.algorithm.to_string()),
            key_origin: Some(key.record.origin.to_string()),
        })
    }
}
