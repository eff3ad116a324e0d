//! ReEncrypt: re-encrypts a ciphertext under another key. The plaintext is not answered.

use claviger_model::kms::{ReEncryptRequest, ReEncryptResponse};
use claviger_types::KeyUsage;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::crypto::{self, Purpose};
use super::envelope::{self, Envelope, KeyReference, Source};
use super::key_lookup::FoundKey;

pub(crate) struct ReEncrypt;

/// The action on the key that the ciphertext is under.
const FROM: &str = "kms:ReEncryptFrom";
/// The action on the key that the new ciphertext is to be under.
const TO: &str = "kms:ReEncryptTo";

const PURPOSE: Purpose = Purpose::of("ReEncrypt");

impl Operation for ReEncrypt {
    // Policies name the two halves, `kms:ReEncryptFrom` and `kms:ReEncryptTo`.
    const ACTION: &'static str = "kms:ReEncrypt";
    const READ_ONLY: bool = true;
    type Input = ReEncryptRequest;
    type Output = ReEncryptResponse;
    /// The key that the ciphertext is under, and the one that the new ciphertext is to be under.
    type Target = (FoundKey, FoundKey);

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        let (from, to) = (source(input), destination(input));
        from.check(cx)?;
        to.check(cx)?;
        // The answer for one key must not depend on whether the other exists. The order is: names that do not exist in the
        // caller's own account, then the permission on the source, then the permission on the destination.
        let destination = to.find(cx, TO)?;
        let source = from.find(cx, FROM)?;
        let same = match (source.found(), destination.found()) {
            (Some(source), Some(destination)) => source.arn == destination.arn,
            _ => false,
        };
        let permission = |envelope: &Envelope<'_>, action, key| {
            Ok::<_, Error>(envelope.permission(cx, action, key)?.with("kms:ReEncryptOnSameKey", same.to_string()))
        };
        let permissions = vec![permission(&from, FROM, &source)?, permission(&to, TO, &destination)?];
        let target = source.into_target().and_then(|source| Ok((source, destination.into_target()?)));
        Ok(Resolved::new(permissions, target))
    }

    fn run(
        input: Self::Input,
        keys: Authorized<(FoundKey, FoundKey)>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<ReEncryptResponse, Error> {
        let (source_key, destination_key) = keys.split();
        let (from, to) = (source(&input), destination(&input));
        cx.audit.asked_for_spec(source_key.record.spec);
        let from_algorithm = from.require_usable(source_key.as_ref(), Self::NAME)?;
        let to_algorithm = to.require_usable(destination_key.as_ref(), Self::NAME)?;
        let Some(bytes) = &input.ciphertext_blob else { return Err(envelope::dry_run_success()) };
        let opened = crypto::decrypt(cx, source_key.as_ref(), PURPOSE, from_algorithm, from.context(), bytes)?;
        from.end_dry_run()?;
        let sealed =
            crypto::encrypt(cx, destination_key.as_ref(), PURPOSE, to_algorithm, to.context(), opened.bytes.expose())?;
        cx.audit.used_key(&source_key.record, Self::NAME);
        cx.audit.used_key(&destination_key.record, Self::NAME);
        Ok(ReEncryptResponse {
            ciphertext_blob: Some(sealed.bytes),
            source_key_id: Some(source_key.arn.to_string()),
            key_id: Some(destination_key.arn.to_string()),
            source_encryption_algorithm: Some(from_algorithm.to_string()),
            destination_encryption_algorithm: Some(to_algorithm.to_string()),
            source_key_material_id: opened.material.map(|id| id.to_string()),
            destination_key_material_id: sealed.material.map(|id| id.to_string()),
        })
    }
}

fn source(input: &ReEncryptRequest) -> Envelope<'_> {
    Envelope {
        key: KeyReference::Ciphertext(Source {
            ciphertext: input.ciphertext_blob.as_deref(),
            key_id: input.source_key_id.as_deref(),
            modifiers: input.dry_run_modifiers.as_deref(),
        }),
        usage: KeyUsage::EncryptDecrypt,
        algorithm: input.source_encryption_algorithm.as_deref(),
        context: input.source_encryption_context.as_ref(),
        grant_tokens: input.grant_tokens.as_deref(),
        recipient: None,
        dry_run: input.dry_run.unwrap_or(false),
    }
}

fn destination(input: &ReEncryptRequest) -> Envelope<'_> {
    Envelope {
        key: KeyReference::Named(&input.destination_key_id),
        algorithm: input.destination_encryption_algorithm.as_deref(),
        context: input.destination_encryption_context.as_ref(),
        ..source(input)
    }
}
