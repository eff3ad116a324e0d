//! Decrypt: opens a ciphertext with the key that it names.

use claviger_crypto::Blob;
use claviger_model::kms::{DecryptRequest, DecryptResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::crypto::{self, Source};
use super::keys::{FoundKey, SYMMETRIC};

pub(crate) struct Decrypt;

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    type Input = DecryptRequest;
    type Output = DecryptResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        crypto::no_recipient(input.recipient.is_some())?;
        crypto::no_grant_tokens(input.grant_tokens.as_deref())?;
        // Before the key is looked for: what is wrong with a request says nothing of a key.
        crypto::context(&input.encryption_context)?;
        let source = Source {
            ciphertext: input.ciphertext_blob.as_deref(),
            key_id: input.key_id.as_deref(),
            dry_run: input.dry_run.unwrap_or(false),
            modifiers: input.dry_run_modifiers.as_deref(),
        };
        crypto::source_key(cx, "kms:Decrypt", &source)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let context = crypto::context(&input.encryption_context)?;
        Ok(vec![crypto::source_permission(cx, "kms:Decrypt", key, input.key_id.as_deref(), context)?])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        crypto::require_symmetric(&key, Self::NAME, input.encryption_algorithm.as_deref())?;
        let Some(bytes) = input.ciphertext_blob else { return Err(crypto::dry_run_success()) };
        let blob = Blob::parse(&bytes).map_err(|_| crypto::invalid_ciphertext())?;
        let plaintext = crypto::open(cx, &key, &blob, crypto::context(&input.encryption_context)?)?;
        crypto::dry_run(input.dry_run)?;
        Ok(DecryptResponse {
            key_id: Some(key.arn.to_string()),
            plaintext: Some(plaintext),
            encryption_algorithm: Some(SYMMETRIC.to_owned()),
            key_material_id: Some(blob.material_id().to_string()),
            ..DecryptResponse::default()
        })
    }
}
