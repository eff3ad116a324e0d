//! GenerateDataKeyPairWithoutPlaintext: a fresh key pair, its private key under the KMS key, to be decrypted later.

use claviger_model::kms::{GenerateDataKeyPairWithoutPlaintextRequest, GenerateDataKeyPairWithoutPlaintextResponse};
use claviger_types::KeyUsage;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::data_keys;
use super::envelope::{Envelope, KeyReference};
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct GenerateDataKeyPairWithoutPlaintext;

impl CryptoOperation for GenerateDataKeyPairWithoutPlaintext {
    const ACTION: &'static str = "kms:GenerateDataKeyPairWithoutPlaintext";
    const IN_KEY_STORES: bool = false;
    type Input = GenerateDataKeyPairWithoutPlaintextRequest;
    type Output = GenerateDataKeyPairWithoutPlaintextResponse;

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

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("kms:DataKeyPairSpec", input.key_pair_spec.as_str())
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let pair = data_keys::pair(&input.key_pair_spec, call, cx)?;
        Ok(GenerateDataKeyPairWithoutPlaintextResponse {
            private_key_ciphertext_blob: Some(pair.sealed.blob),
            public_key: Some(pair.key.public_key().to_vec()),
            key_id: Some(call.key.arn.to_string()),
            key_pair_spec: Some(input.key_pair_spec.clone()),
            key_material_id: Some(pair.sealed.material.to_string()),
        })
    }
}
