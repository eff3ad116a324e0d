//! Encrypt: encrypts up to 4096 bytes under a key.

use claviger_model::kms::{EncryptRequest, EncryptResponse};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::crypto;
use super::envelope::{Envelope, KeyReference};
use super::key_permissions::SYMMETRIC;
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct Encrypt;

impl CryptoOperation for Encrypt {
    const ACTION: &'static str = "kms:Encrypt";
    type Input = EncryptRequest;
    type Output = EncryptResponse;

    fn envelope(input: &Self::Input) -> Envelope<'_> {
        Envelope {
            key: KeyReference::Named(&input.key_id),
            algorithm: input.encryption_algorithm.as_deref(),
            context: input.encryption_context.as_ref(),
            grant_tokens: input.grant_tokens.as_deref(),
            recipient: false,
            dry_run: input.dry_run.unwrap_or(false),
        }
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        call.end_dry_run()?;
        let sealed = crypto::seal(cx, call.key, call.context, input.plaintext.expose())?;
        Ok(EncryptResponse {
            ciphertext_blob: Some(sealed.blob),
            key_id: Some(call.key.arn.to_string()),
            encryption_algorithm: Some(SYMMETRIC.to_owned()),
        })
    }
}
