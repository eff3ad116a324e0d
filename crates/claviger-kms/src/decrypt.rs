//! Decrypt: decrypts a ciphertext with the key that it names.

use claviger_model::kms::{DecryptRequest, DecryptResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::crypto::{self, Purpose};
use super::envelope::{self, Envelope, KeyReference, Source};
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct Decrypt;

impl CryptoOperation for Decrypt {
    const ACTION: &'static str = "kms:Decrypt";
    type Input = DecryptRequest;
    type Output = DecryptResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        Envelope {
            key: KeyReference::Ciphertext(Source {
                ciphertext: input.ciphertext_blob.as_deref(),
                key_id: input.key_id.as_deref(),
                modifiers: input.dry_run_modifiers.as_deref(),
            }),
            usage: KeyUsage::EncryptDecrypt,
            algorithm: input.encryption_algorithm.as_deref(),
            context: input.encryption_context.as_ref(),
            grant_tokens: input.grant_tokens.as_deref(),
            recipient: input.recipient.as_ref(),
            dry_run: input.dry_run.unwrap_or(false),
        }
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let Some(bytes) = &input.ciphertext_blob else { return Err(envelope::dry_run_success()) };
        let decrypted = crypto::decrypt(cx, call.key, Purpose::of("Decrypt"), call.algorithm, call.context, bytes)?;
        call.end_dry_run()?;
        let (plaintext, ciphertext) = call.recipient.deliver(decrypted.bytes, cx)?.into_members();
        Ok(DecryptResponse {
            key_id: Some(call.key.arn.to_string()),
            plaintext,
            ciphertext_for_recipient: ciphertext,
            encryption_algorithm: Some(call.algorithm.to_string()),
            key_material_id: call.recipient.material_id(decrypted.material),
        })
    }
}
