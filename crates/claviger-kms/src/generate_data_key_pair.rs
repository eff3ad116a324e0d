//! GenerateDataKeyPair: a fresh key pair, its private key in the clear and under the KMS key.

use claviger_model::kms::{GenerateDataKeyPairRequest, GenerateDataKeyPairResponse};
use claviger_types::{KeyUsage, Sensitive};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::data_keys;
use super::envelope::{Envelope, KeyReference};
use super::on_crypto::{CryptoCall, CryptoOperation};

pub(crate) struct GenerateDataKeyPair;

impl CryptoOperation for GenerateDataKeyPair {
    const ACTION: &'static str = "kms:GenerateDataKeyPair";
    const IN_KEY_STORES: bool = false;
    type Input = GenerateDataKeyPairRequest;
    type Output = GenerateDataKeyPairResponse;

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

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("kms:DataKeyPairSpec", input.key_pair_spec.as_str())
    }

    fn perform(input: &Self::Input, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let pair = data_keys::pair(&input.key_pair_spec, call, cx)?;
        let (private_key_plaintext, ciphertext) =
            call.recipient.deliver(Sensitive::new(pair.key.expose().to_vec()), cx)?.into_members();
        Ok(GenerateDataKeyPairResponse {
            private_key_ciphertext_blob: Some(pair.sealed.blob),
            private_key_plaintext,
            ciphertext_for_recipient: ciphertext,
            public_key: Some(pair.key.public_key().to_vec()),
            key_id: Some(call.key.arn.to_string()),
            key_pair_spec: Some(input.key_pair_spec.clone()),
            key_material_id: call.recipient.material_id(Some(pair.sealed.material)),
        })
    }
}
