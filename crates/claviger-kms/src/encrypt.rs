//! Encrypt: seals up to 4096 bytes under a key.

use claviger_model::kms::{EncryptRequest, EncryptResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::crypto;
use super::keys::{self, FoundKey, SYMMETRIC};

pub(crate) struct Encrypt;

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    type Input = EncryptRequest;
    type Output = EncryptResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        crypto::no_grant_tokens(input.grant_tokens.as_deref())?;
        // Before the key is looked for: what is wrong with a request says nothing of a key.
        crypto::context(&input.encryption_context)?;
        keys::find(cx, &input.key_id, "kms:Encrypt")
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let permission = keys::permission("kms:Encrypt", key, cx)?;
        Ok(vec![keys::with_encryption(permission, crypto::context(&input.encryption_context)?)])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        crypto::require_symmetric(&key, Self::NAME, input.encryption_algorithm.as_deref())?;
        crypto::dry_run(input.dry_run)?;
        let sealed = crypto::seal(cx, &key, crypto::context(&input.encryption_context)?, input.plaintext.expose())?;
        Ok(EncryptResponse {
            ciphertext_blob: Some(sealed.blob),
            key_id: Some(key.arn.to_string()),
            encryption_algorithm: Some(SYMMETRIC.to_owned()),
        })
    }
}
