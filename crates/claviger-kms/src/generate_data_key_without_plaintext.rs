//! GenerateDataKeyWithoutPlaintext: a fresh key under the KMS key, to be opened later.

use claviger_model::kms::{GenerateDataKeyWithoutPlaintextRequest, GenerateDataKeyWithoutPlaintextResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::{crypto, data_keys};

pub(crate) struct GenerateDataKeyWithoutPlaintext;

impl Operation for GenerateDataKeyWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyWithoutPlaintext";
    type Input = GenerateDataKeyWithoutPlaintextRequest;
    type Output = GenerateDataKeyWithoutPlaintextResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        data_keys::length(input.key_spec.as_deref(), input.number_of_bytes)?;
        crypto::no_grant_tokens(input.grant_tokens.as_deref())?;
        // Before the key is looked for: what is wrong with a request says nothing of a key.
        crypto::context(&input.encryption_context)?;
        keys::find(cx, &input.key_id, "kms:GenerateDataKeyWithoutPlaintext")
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let permission = keys::permission("kms:GenerateDataKeyWithoutPlaintext", key, cx)?;
        Ok(vec![keys::with_encryption(permission, crypto::context(&input.encryption_context)?)])
    }

    fn run(
        input: Self::Input,
        key: Authorized<FoundKey>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<GenerateDataKeyWithoutPlaintextResponse, Error> {
        crypto::require_symmetric(&key, Self::NAME, None)?;
        crypto::dry_run(input.dry_run)?;
        let length = data_keys::length(input.key_spec.as_deref(), input.number_of_bytes)?;
        let data_key = data_keys::generate(cx.random, length);
        let sealed = crypto::seal(cx, &key, crypto::context(&input.encryption_context)?, data_key.expose())?;
        Ok(GenerateDataKeyWithoutPlaintextResponse {
            ciphertext_blob: Some(sealed.blob),
            key_id: Some(key.arn.to_string()),
            key_material_id: Some(sealed.material.to_string()),
        })
    }
}
