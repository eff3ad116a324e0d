//! ReEncrypt: from one key to another; the plaintext never leaves.

use claviger_crypto::Blob;
use claviger_model::kms::{ReEncryptRequest, ReEncryptResponse};

use claviger_core::authorize::{self, Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::crypto::{self, Source};
use super::keys::{self, FoundKey, SYMMETRIC};

pub(crate) struct ReEncrypt;

/// The key that the ciphertext is under, and the one that it shall be under.
pub(crate) struct Pair {
    source: FoundKey,
    destination: FoundKey,
}

impl Operation for ReEncrypt {
    const NAME: &'static str = "ReEncrypt";
    type Input = ReEncryptRequest;
    type Output = ReEncryptResponse;
    type Target = Pair;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Pair, Error> {
        crypto::no_grant_tokens(input.grant_tokens.as_deref())?;
        // Before the key is looked for: what is wrong with a request says nothing of a key.
        crypto::context(&input.source_encryption_context)?;
        crypto::context(&input.destination_encryption_context)?;
        let given = Source {
            ciphertext: input.ciphertext_blob.as_deref(),
            key_id: input.source_key_id.as_deref(),
            dry_run: input.dry_run.unwrap_or(false),
            modifiers: input.dry_run_modifiers.as_deref(),
        };
        // One key's absence must not decide what is said of the other, or a caller who may use neither learns of one by the
        // other: what is simply not there comes first, then a refusal of the source, then one of the destination.
        let destination = match keys::find(cx, &input.destination_key_id, "kms:ReEncryptTo") {
            Err(error) if !matches!(error, Error::Denied(_)) => return Err(error),
            outcome => outcome,
        };
        let source = crypto::source_key(cx, "kms:ReEncryptFrom", &given)?;
        match destination {
            Ok(destination) => Ok(Pair { source, destination }),
            Err(refused) => {
                authorize::authorize(cx, vec![source_permission(input, &source, false, cx)?], ())?;
                Err(refused)
            }
        }
    }

    fn permissions(input: &Self::Input, pair: &Pair, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let same = pair.source.arn == pair.destination.arn;
        let to = keys::permission("kms:ReEncryptTo", &pair.destination, cx)?
            .with("kms:ReEncryptOnSameKey", same.to_string());
        Ok(vec![
            source_permission(input, &pair.source, same, cx)?,
            keys::with_encryption(to, crypto::context(&input.destination_encryption_context)?),
        ])
    }

    fn run(input: Self::Input, pair: Authorized<Pair>, cx: &mut Cx<'_, '_>) -> Result<ReEncryptResponse, Error> {
        let Pair { source, destination } = &*pair;
        crypto::require_symmetric(source, Self::NAME, input.source_encryption_algorithm.as_deref())?;
        crypto::require_symmetric(destination, Self::NAME, input.destination_encryption_algorithm.as_deref())?;
        let Some(bytes) = input.ciphertext_blob else { return Err(crypto::dry_run_success()) };
        let blob = Blob::parse(&bytes).map_err(|_| crypto::invalid_ciphertext())?;
        let plaintext = crypto::open(cx, source, &blob, crypto::context(&input.source_encryption_context)?)?;
        crypto::dry_run(input.dry_run)?;
        let context = crypto::context(&input.destination_encryption_context)?;
        let sealed = crypto::seal(cx, destination, context, plaintext.expose())?;
        Ok(ReEncryptResponse {
            ciphertext_blob: Some(sealed.blob),
            source_key_id: Some(source.arn.to_string()),
            key_id: Some(destination.arn.to_string()),
            source_encryption_algorithm: Some(SYMMETRIC.to_owned()),
            destination_encryption_algorithm: Some(SYMMETRIC.to_owned()),
            source_key_material_id: Some(blob.material_id().to_string()),
            destination_key_material_id: Some(sealed.material.to_string()),
        })
    }
}

fn source_permission(
    input: &ReEncryptRequest,
    source: &FoundKey,
    same: bool,
    cx: &Cx<'_, '_>,
) -> Result<RequiredPermission, Error> {
    let context = crypto::context(&input.source_encryption_context)?;
    let permission =
        crypto::source_permission(cx, "kms:ReEncryptFrom", source, input.source_key_id.as_deref(), context)?;
    Ok(permission.with("kms:ReEncryptOnSameKey", same.to_string()))
}
