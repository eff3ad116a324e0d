//! GenerateDataKey: a fresh key, in the clear and under the KMS key.

use claviger_model::kms::{GenerateDataKeyRequest, GenerateDataKeyResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::crypto::{self, Purpose};
use super::data_keys;
use super::envelope::{Envelope, KeyReference};
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct GenerateDataKey;

impl CryptoOperation for GenerateDataKey {
    const ACTION: &'static str = "kms:GenerateDataKey";
    type Input = GenerateDataKeyRequest;
    type Output = GenerateDataKeyResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        Envelope {
            key: KeyReference::Named(&input.key_id),
            usage: KeyUsage::EncryptDecrypt,
            algorithm: None,
            context: input.encryption_context.as_ref(),
            grant_tokens: input.grant_tokens.as_deref(),
            recipient: input.recipient.as_ref(),
            dry_run: input.dry_run.unwrap_or(false),
        }
    }

    fn check(input: &Self::Input) -> Result<(), Error> {
        data_keys::length(input.key_spec.as_deref(), input.number_of_bytes).map(drop)
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        call.end_dry_run()?;
        let length = data_keys::length(input.key_spec.as_deref(), input.number_of_bytes)?;
        let data_key = data_keys::generate(cx.random, length);
        let sealed = crypto::seal(cx, call.key, Purpose::of("GenerateDataKey"), call.context, data_key.expose())?;
        let (plaintext, ciphertext) = call.recipient.deliver(data_key, cx)?.into_members();
        Ok(GenerateDataKeyResponse {
            ciphertext_blob: Some(sealed.blob),
            plaintext,
            ciphertext_for_recipient: ciphertext,
            key_id: Some(call.key.arn.to_string()),
            key_material_id: call.recipient.material_id(crypto::named_material(&call.key, sealed.material)),
        })
    }
}
