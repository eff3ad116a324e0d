//! GetPublicKey: the public key of an asymmetric key, to be used outside of KMS.

use claviger_model::kms::{GetPublicKeyRequest, GetPublicKeyResponse, error};
use claviger_store::tables::key_table::{self, KeyState};
use claviger_types::{Algorithm, KeyUsage};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::key_lookup::{self, FoundKey};
use super::state::{self, KeyAction};
use super::{grant_lookup, materials};

pub(crate) struct GetPublicKey;

impl Operation for GetPublicKey {
    const ACTION: &'static str = "kms:GetPublicKey";
    const READ_ONLY: bool = true;
    type Input = GetPublicKeyRequest;
    type Output = GetPublicKeyResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        grant_lookup::check_tokens(cx, input.grant_tokens.as_deref())?;
        let key = key_lookup::find(cx, &input.key_id)?;
        let permission = key.permission(Self::ACTION, cx)?;
        Ok(key.resolved(permission))
    }

    fn run(_input: Self::Input, key: Authorized<FoundKey>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        state::require(KeyAction::ReadPublicKey, &key)?;
        let (record, arn) = (&key.record, &key.arn);
        let (spec, usage) = (record.spec, record.usage);
        if !spec.is_asymmetric() {
            let text = format!("{arn} key spec is {spec} which is not valid for this operation.");
            return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
        }
        let public_key = match record.state {
            KeyState::PendingImport => imported(cx, &key)?,
            _ => materials::private(&materials::current(cx, record)?.1)?.public_key().to_vec(),
        };
        let algorithms = |of| (usage == of).then(|| spec.algorithms(usage).iter().map(Algorithm::to_string).collect());
        Ok(GetPublicKeyResponse {
            key_id: Some(arn.to_string()),
            public_key: Some(public_key),
            customer_master_key_spec: Some(spec.to_string()),
            key_spec: Some(spec.to_string()),
            key_usage: Some(usage.to_string()),
            encryption_algorithms: algorithms(KeyUsage::EncryptDecrypt),
            signing_algorithms: algorithms(KeyUsage::SignVerify),
            key_agreement_algorithms: algorithms(KeyUsage::KeyAgreement),
        })
    }
}

/// The public key of a key whose private key is not here, if it was imported in any related key before.
fn imported(cx: &Cx<'_, '_>, key: &FoundKey) -> Result<Vec<u8>, Error> {
    let metas = key_table::materials(cx.tx, &key.record.id)?;
    let known = metas.into_iter().find(|meta| Some(meta.id) == key.record.current);
    known.and_then(|meta| meta.public_key).map(Vec::from).ok_or_else(|| state::refusal(key))
}
