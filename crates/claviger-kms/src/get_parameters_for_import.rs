//! GetParametersForImport: the public key under which a caller encrypts material, and the token that it sends back with it.

use claviger_crypto::{MaterialKind, PrivateKeyKind, RsaSize, WrappingAlgorithm, WrappingKey};
use claviger_model::kms::{GetParametersForImportRequest, GetParametersForImportResponse, error};
use claviger_types::KeySpec;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::slow::slow;

use super::import_token::{self, ImportToken};
use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::origin;
use super::state::{self, KeyAction};

/// The seconds for which the public key and the token can be used.
const VALID_SECS: i64 = 24 * 60 * 60;

pub(crate) struct GetParametersForImport;

impl KeyOperation for GetParametersForImport {
    const ACTION: &'static str = "kms:GetParametersForImport";
    const READ_ONLY: bool = true;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = GetParametersForImportRequest;
    type Output = GetParametersForImportResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn condition(
        input: &Self::Input,
        _key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        Ok(permission
            .with("kms:WrappingAlgorithm", input.wrapping_algorithm.as_str())
            .with("kms:WrappingKeySpec", input.wrapping_key_spec.as_str()))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        origin::require_imported(&key)?;
        state::require(KeyAction::GetImportParameters, &key)?;
        let (size, algorithm) = wrapping(&input, key.record.spec)?;
        let wrapping_key = slow(cx, || WrappingKey::generate(size))?;
        let valid_to = cx.now.plus_secs(VALID_SECS);
        let public_key = wrapping_key.public_key().to_vec();
        let token = ImportToken { valid_to, size, algorithm, key: wrapping_key };
        Ok(GetParametersForImportResponse {
            key_id: Some(key.arn.to_string()),
            import_token: Some(import_token::seal(cx, &key, &token)),
            public_key: Some(public_key.into()),
            parameters_valid_to: Some(valid_to),
        })
    }
}

/// The size of the wrapping key and the algorithm, which fit the material that keys of this spec have.
fn wrapping(input: &GetParametersForImportRequest, spec: KeySpec) -> Result<(RsaSize, WrappingAlgorithm), Error> {
    let (name, wrapping_spec) = (input.wrapping_algorithm.as_str(), input.wrapping_key_spec.as_str());
    let refused = |what: String| Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, what);
    let size = KeySpec::parse(wrapping_spec).ok().and_then(MaterialKind::of).and_then(|kind| match kind {
        MaterialKind::Private(PrivateKeyKind::Rsa(size)) => Some(size),
        _ => None,
    });
    // SM2 exists in the regions of China only. AWS KMS has not supported RSAES_PKCS1_V1_5 since October 2023.
    let size =
        size.ok_or_else(|| refused(format!("WrappingKeySpec {wrapping_spec} is not supported in this region.")))?;
    let algorithm = WrappingAlgorithm::parse(name);
    let algorithm = algorithm.ok_or_else(|| refused(format!("WrappingAlgorithm {name} is not supported.")))?;
    if !fits(spec, size, algorithm) {
        let text = format!("WrappingAlgorithm {name} with {wrapping_spec} cannot wrap key material of KeySpec {spec}.");
        return Err(refused(text));
    }
    Ok((size, algorithm))
}

/// Whether the material fits into one RSA block, or needs none.
fn fits(spec: KeySpec, size: RsaSize, algorithm: WrappingAlgorithm) -> bool {
    match spec {
        _ if algorithm.is_hybrid() => true,
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => false,
        KeySpec::EccNistP521 => size != RsaSize::Bits2048,
        _ => true,
    }
}
