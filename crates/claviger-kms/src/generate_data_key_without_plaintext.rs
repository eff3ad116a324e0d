//! GenerateDataKeyWithoutPlaintext: a fresh key under the KMS key, to be decrypted later.

use claviger_model::kms::{GenerateDataKeyWithoutPlaintextRequest, GenerateDataKeyWithoutPlaintextResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::crypto::{self, Purpose};
use super::data_keys;
use super::envelope::{Envelope, KeyReference};
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct GenerateDataKeyWithoutPlaintext;

const PURPOSE: Purpose = Purpose::of("GenerateDataKeyWithoutPlaintext");

impl CryptoOperation for GenerateDataKeyWithoutPlaintext {
    const ACTION: &'static str = "kms:GenerateDataKeyWithoutPlaintext";
    type Input = GenerateDataKeyWithoutPlaintextRequest;
    type Output = GenerateDataKeyWithoutPlaintextResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        Envelope {
            key: KeyReference::Named(&input.key_id),
            usage: KeyUsage::EncryptDecrypt,
            algorithm: None,
            context: input.encryption_context.as_ref(),
            grant_tokens: input.grant_tokens.as_deref(),
            recipient: None,
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
        let sealed = crypto::seal(cx, call.key, PURPOSE, call.context, data_key.expose())?;
        Ok(GenerateDataKeyWithoutPlaintextResponse {
            ciphertext_blob: Some(sealed.blob),
            key_id: Some(call.key.arn.to_string()),
            key_material_id: crypto::named_material(&call.key, sealed.material).map(|id| id.to_string()),
        })
    }
}
