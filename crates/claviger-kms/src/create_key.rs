//! CreateKey: a new key with its first material.

use claviger_crypto::{Material, MaterialKind};
use claviger_model::kms::{CreateKeyRequest, CreateKeyResponse};
use claviger_store::tables::keys::{self as records, KeyRecord, KeyState, MaterialMeta, MultiRegion, Rotation};
use claviger_store::tables::{Epoch, Tag};
use claviger_types::{KeyId, KeyOrigin, KeySpec, KeyUsage};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::metadata::metadata;
use super::{policy, tags};

pub(crate) struct CreateKey;

/// What the request asks for, checked and with defaults filled in.
pub(crate) struct Plan {
    multi_region: bool,
    tags: Vec<Tag>,
}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    type Input = CreateKeyRequest;
    type Output = CreateKeyResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, _cx: &Cx<'_, '_>) -> Result<Plan, Error> {
        require_symmetric(input)?;
        let tags = tags::parse(input.tags.as_deref().unwrap_or_default())?;
        Ok(Plan { multi_region: input.multi_region.unwrap_or(false), tags })
    }

    fn permissions(input: &Self::Input, plan: &Plan, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
        let ask = |action| {
            let permission =
                RequiredPermission::on_anything(action, cx).with("kms:CallerAccount", cx.account().as_str());
            let permission = keys::spec_conditions(permission, SPEC, USAGE, ORIGIN)
                .with("kms:MultiRegion", plan.multi_region.to_string())
                .with_opt("kms:MultiRegionKeyType", plan.multi_region.then_some("PRIMARY"));
            tags::with_request_tags(permission, &plan.tags)
        };
        let mut permissions = vec![ask("kms:CreateKey").with("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string())];
        if !plan.tags.is_empty() {
            permissions.push(ask("kms:TagResource"));
        }
        Ok(permissions)
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let plan = plan.into_inner();
        let id = KeyId::generate(cx.random, plan.multi_region);
        let arn = cx.key_arn(&id);
        let mut record = new_record(cx, id, policy::default_policy(cx, cx.account()));
        record.description = input.description.unwrap_or_default();
        record.tags = plan.tags;
        record.multi_region = plan.multi_region.then(|| new_primary(cx));
        if let Some(text) = input.policy {
            let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
            let key = FoundKey { record, arn, alias: None };
            let bound = policy::check(cx, &text, &key, bypass)?;
            record = KeyRecord { policy: text, bound, ..key.record };
        }
        add_first_material(cx, &mut record)?;
        records::save_key(cx.tx, &record)?;
        Ok(CreateKeyResponse { key_metadata: Some(metadata(&record, cx.region())) })
    }
}

const SPEC: KeySpec = KeySpec::SymmetricDefault;
const USAGE: KeyUsage = KeyUsage::EncryptDecrypt;
const ORIGIN: KeyOrigin = KeyOrigin::AwsKms;

/// This release makes symmetric encryption keys of its own material. What it does not make it says so of.
fn require_symmetric(input: &CreateKeyRequest) -> Result<(), Error> {
    if input.key_spec.is_some() && input.customer_master_key_spec.is_some() {
        let text = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.";
        return Err(Error::Validation(text.to_owned()));
    }
    let spec = input.key_spec.as_deref().or(input.customer_master_key_spec.as_deref()).unwrap_or(SPEC.as_str());
    if spec != SPEC.as_str() && input.key_usage.is_none() {
        let text = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
        return Err(Error::Validation(text.to_owned()));
    }
    let usage = input.key_usage.as_deref().unwrap_or(USAGE.as_str());
    if spec == SPEC.as_str() && usage != USAGE.as_str() {
        return Err(Error::Validation(format!("KeyUsage {usage} is not compatible with KeySpec {spec}")));
    }
    let unbuilt = |what: String| Error::new("UnsupportedOperationException", what);
    if spec != SPEC.as_str() {
        return Err(unbuilt(format!("Claviger does not create keys with KeySpec {spec} yet.")));
    }
    if input.custom_key_store_id.is_some() || input.xks_key_id.is_some() {
        return Err(unbuilt("Claviger does not create keys in custom key stores yet.".to_owned()));
    }
    let origin = input.origin.as_deref().unwrap_or(ORIGIN.as_str());
    if origin != ORIGIN.as_str() {
        return Err(unbuilt(format!("Claviger does not create keys with Origin {origin} yet.")));
    }
    Ok(())
}

/// A symmetric key of the caller's account, enabled, without material.
pub(crate) fn new_record(cx: &Cx<'_, '_>, id: KeyId, policy: String) -> KeyRecord {
    KeyRecord {
        id,
        account: cx.account().clone(),
        region: cx.region().clone(),
        created: cx.now,
        description: String::new(),
        state: KeyState::Enabled,
        spec: SPEC,
        usage: USAGE,
        origin: ORIGIN,
        managed_by: None,
        policy,
        tags: Vec::new(),
        rotation: Rotation::default(),
        material_count: 0,
        current: None,
        multi_region: None,
        bound: Vec::new(),
    }
}

/// Generates a key's first material.
pub(crate) fn add_first_material(cx: &mut Cx<'_, '_>, record: &mut KeyRecord) -> Result<(), Error> {
    let material = Material::generate(MaterialKind::Symmetric, cx.random);
    let id = material.id(&record.id);
    let sealed = material.seal(cx.keyring, cx.random, &record.id);
    records::add_material(cx.tx, record, MaterialMeta { id, created: cx.now, rotated: None }, sealed)?;
    record.current = Some(id);
    Ok(())
}

fn new_primary(cx: &Cx<'_, '_>) -> MultiRegion {
    MultiRegion {
        primary: cx.region().clone(),
        replicas: Vec::new(),
        epoch: Epoch { counter: 1, region: cx.region().clone() },
        revision: 1,
        pending: Vec::new(),
        holders: Vec::new(),
        handover: None,
    }
}
