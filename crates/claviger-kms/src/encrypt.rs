//! Encrypt: encrypts up to 4096 bytes under a key.

use claviger_model::kms::{EncryptRequest, EncryptResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::crypto::{self, Purpose};
use super::envelope::{Envelope, KeyReference};
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct Encrypt;

impl CryptoOperation for Encrypt {
    const ACTION: &'static str = "kms:Encrypt";
    type Input = EncryptRequest;
    type Output = EncryptResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        Envelope {
            key: KeyReference::Named(&input.key_id),
            usage: KeyUsage::EncryptDecrypt,
            algorithm: input.encryption_algorithm.as_deref(),
            context: input.encryption_context.as_ref(),
            grant_tokens: input.grant_tokens.as_deref(),
            recipient: None,
            dry_run: input.dry_run.unwrap_or(false),
        }
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        call.end_dry_run()?;
        let purpose = Purpose::of("Encrypt");
        let encrypted = crypto::encrypt(cx, call.key, purpose, call.algorithm, call.context, input.plaintext.expose())?;
        Ok(EncryptResponse {
            ciphertext_blob: Some(encrypted.bytes),
            key_id: Some(call.key.arn.to_string()),
            encryption_algorithm: Some(call.algorithm.to_string()),
        })
    }
}
