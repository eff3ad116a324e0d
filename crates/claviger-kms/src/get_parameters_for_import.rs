//! GetParametersForImport: the public key under which a caller encrypts material, and the token that it sends back with it.

use claviger_crypto::{MaterialKind, RsaSize, WrappingAlgorithm, WrappingKey, WrappingKeyKind};
use claviger_model::kms::{GetParametersForImportRequest, GetParametersForImportResponse, error};
use claviger_types::KeySpec;

use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::slow::slow;

use super::import_token::{self, ImportToken};
use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::{self, KeyAction};
use super::{origin, region_specs};

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
        let (kind, algorithm) = wrapping(&input, key.record.spec, cx)?;
        let wrapping_key = generate(kind, cx)?;
        let valid_to = cx.now.plus_secs(VALID_SECS);
        let public_key = wrapping_key.public_key().to_vec();
        let token = ImportToken { valid_to, algorithm, key: wrapping_key };
        Ok(GetParametersForImportResponse {
            key_id: Some(key.arn.to_string()),
            import_token: Some(import_token::seal(cx, &key, &token)),
            public_key: Some(public_key.into()),
            parameters_valid_to: Some(valid_to),
        })
    }
}

/// A new wrapping key. An RSA key is made on a thread for slow work.
fn generate(kind: WrappingKeyKind, cx: &Cx<'_, '_>) -> Result<WrappingKey, Error> {
    match kind {
        WrappingKeyKind::Rsa(_) => slow(cx, || WrappingKey::generate(kind)),
        WrappingKeyKind::Sm2 => Ok(WrappingKey::generate(kind)),
    }
}

/// The kind of the wrapping key and the algorithm, which fit the material that keys of this spec have.
fn wrapping(
    input: &GetParametersForImportRequest,
    spec: KeySpec,
    cx: &Cx<'_, '_>,
) -> Result<(WrappingKeyKind, WrappingAlgorithm), Error> {
    let (name, wrapping_spec) = (input.wrapping_algorithm.as_str(), input.wrapping_key_spec.as_str());
    let refused = |what: String| Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, what);
    let here = KeySpec::parse(wrapping_spec).ok().filter(|spec| region_specs::has(cx, *spec));
    let kind = here.and_then(|spec| WrappingKeyKind::of(MaterialKind::of(spec)));
    let kind =
        kind.ok_or_else(|| refused(format!("WrappingKeySpec {wrapping_spec} is not supported in this region.")))?;
    // AWS KMS has not supported RSAES_PKCS1_V1_5 since October 2023.
    let algorithm = WrappingAlgorithm::parse(name);
    let algorithm = algorithm.ok_or_else(|| refused(format!("WrappingAlgorithm {name} is not supported.")))?;
    let is_here = match algorithm {
        WrappingAlgorithm::Sm2Pke => region_specs::in_china(cx),
        _ => !(algorithm.is_hybrid() && region_specs::in_china(cx)),
    };
    if !is_here {
        return Err(refused(format!("WrappingAlgorithm {name} is not supported in this region.")));
    }
    if !fits(spec, kind, algorithm) {
        let text = format!("WrappingAlgorithm {name} with {wrapping_spec} cannot wrap key material of KeySpec {spec}.");
        return Err(refused(text));
    }
    Ok((kind, algorithm))
}

/// Whether the wrapping key has the algorithm, and the algorithm is for such material (reference: AWS KMS Developer Guide, "Select a
/// wrapping algorithm").
fn fits(spec: KeySpec, kind: WrappingKeyKind, algorithm: WrappingAlgorithm) -> bool {
    match (kind, algorithm) {
        (WrappingKeyKind::Sm2, WrappingAlgorithm::Sm2Pke) => spec.is_asymmetric(),
        (WrappingKeyKind::Sm2, _) | (WrappingKeyKind::Rsa(_), WrappingAlgorithm::Sm2Pke) => false,
        (WrappingKeyKind::Rsa(_), hybrid) if hybrid.is_hybrid() => true,
        (WrappingKeyKind::Rsa(size), _) => fits_one_block(spec, size),
    }
}

/// Whether the material fits into one RSA block.
fn fits_one_block(spec: KeySpec, size: RsaSize) -> bool {
    match spec {
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => false,
        KeySpec::EccNistP521 => size != RsaSize::Bits2048,
        _ => true,
    }
}
