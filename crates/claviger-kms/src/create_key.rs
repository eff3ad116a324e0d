//! CreateKey: a new key with its first material, or one whose material is to be imported, or one in a key store.

use claviger_model::kms::{CreateKeyRequest, CreateKeyResponse, error};
use claviger_store::tables::key_table::{self, ImportStatus, KeyRecord, KeyState, MultiRegion};
use claviger_store::tables::{Epoch, Tag};
use claviger_types::{KeyId, KeyOrigin, KeySpec, KeyUsage, ParseError};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::key_lookup::FoundKey;
use super::key_permissions;
use super::materials::add_first_material;
use super::metadata;
use super::new_external_key::{self, NewExternalKey};
use super::new_key::{ORIGIN, SPEC, USAGE, new_record};
use super::{policy, region_specs, tags};

pub(crate) struct CreateKey;

/// The key that the request describes, checked and with defaults filled in.
pub(crate) struct Plan {
    spec: KeySpec,
    usage: KeyUsage,
    origin: KeyOrigin,
    multi_region: bool,
    tags: Vec<Tag>,
    outside: Option<NewExternalKey>,
}

impl Operation for CreateKey {
    const ACTION: &'static str = "kms:CreateKey";
    const READ_ONLY: bool = false;
    type Input = CreateKeyRequest;
    type Output = CreateKeyResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        let (spec, usage) = spec_and_usage(input, cx)?;
        let outside = new_external_key::of_request(input, spec)?;
        let origin = origin(input, spec)?;
        let tags = tags::parse(input.tags.as_deref().unwrap_or_default())?;
        let plan = Plan { spec, usage, origin, multi_region: input.multi_region.unwrap_or(false), tags, outside };
        Ok(Resolved::new(permissions(input, &plan, cx), Ok(plan)))
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let plan = plan.into_inner();
        let place = plan.outside.as_ref().map(|outside| outside.place(cx)).transpose()?;
        let id = KeyId::generate(cx.random, plan.multi_region);
        let arn = cx.key_arn(&id);
        let mut record = new_record(cx, id, policy::default_policy(cx, cx.account()));
        (record.spec, record.usage, record.origin) = (plan.spec, plan.usage, plan.origin);
        record.description = input.description.unwrap_or_default();
        record.tags = plan.tags;
        record.multi_region = plan.multi_region.then(|| new_primary(cx));
        if let Some(text) = input.policy {
            let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
            let key = FoundKey::new(record, arn.clone());
            let bound = policy::check(cx, &text, &key, bypass)?;
            record = KeyRecord { policy: text.into(), bound, ..key.record.into_owned() };
        }
        if plan.origin == KeyOrigin::External {
            (record.state, record.import) = (KeyState::PendingImport, Some(ImportStatus::default()));
        } else {
            add_first_material(cx, &mut record)?;
        }
        key_table::save_new_key(cx.tx, &record)?;
        let key = FoundKey { place, ..FoundKey::new(record, arn) };
        new_external_key::save(cx, &key)?;
        Ok(CreateKeyResponse { key_metadata: Some(metadata::of_found(&key)) })
    }
}

fn permissions(input: &CreateKeyRequest, plan: &Plan, cx: &Cx<'_, '_>) -> Vec<RequiredPermission> {
    let bypass = input.bypass_policy_lockout_safety_check.unwrap_or(false);
    let ask = |action| {
        let permission = RequiredPermission::on_anything(action, cx).with("kms:CallerAccount", cx.account().as_str());
        let permission = key_permissions::spec_conditions(permission, plan.spec, plan.usage, plan.origin)
            .with("kms:MultiRegion", plan.multi_region.to_string())
            .with_opt("kms:MultiRegionKeyType", plan.multi_region.then_some("PRIMARY"));
        tags::with_request_tags(permission, &plan.tags)
    };
    let mut permissions = vec![ask(CreateKey::ACTION).with("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string())];
    if !plan.tags.is_empty() {
        permissions.push(ask("kms:TagResource"));
    }
    permissions
}

/// The spec and usage that the request names, or else those of a symmetric encryption key.
fn spec_and_usage(input: &CreateKeyRequest, cx: &Cx<'_, '_>) -> Result<(KeySpec, KeyUsage), Error> {
    if input.key_spec.is_some() && input.customer_master_key_spec.is_some() {
        let text = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.";
        return Err(Error::Validation(text.to_owned()));
    }
    // The model admits the words of these two types only.
    let unknown = |error: ParseError| Error::Internal(error.to_string());
    let named = input.key_spec.as_deref().or(input.customer_master_key_spec.as_deref());
    let spec = named.map_or(Ok(SPEC), KeySpec::parse).map_err(unknown)?;
    if spec != SPEC && input.key_usage.is_none() {
        let text = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
        return Err(Error::Validation(text.to_owned()));
    }
    let usage = input.key_usage.as_deref().map_or(Ok(USAGE), KeyUsage::parse).map_err(unknown)?;
    if !spec.usages().any(|possible| possible == usage) {
        return Err(Error::Validation(format!("KeyUsage {usage} is not compatible with KeySpec {spec}")));
    }
    if !region_specs::has(cx, spec) {
        let text = format!("KeySpec {spec} is not supported in this region.");
        return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
    }
    Ok((spec, usage))
}

/// The origin of the key's material: this service, the caller, who imports it, or a key store.
fn origin(input: &CreateKeyRequest, spec: KeySpec) -> Result<KeyOrigin, Error> {
    let unbuilt = |what: String| Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, what);
    let named = input.origin.as_deref().map_or(Ok(ORIGIN), KeyOrigin::parse);
    let origin = named.map_err(|error: ParseError| Error::Internal(error.to_string()))?;
    match origin {
        KeyOrigin::External if matches!(spec, KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87) => {
            Err(unbuilt(format!("Origin {origin} is not supported for KeySpec {spec}.")))
        }
        KeyOrigin::AwsKms | KeyOrigin::External | KeyOrigin::ExternalKeyStore => Ok(origin),
        KeyOrigin::AwsCloudHsm => {
            Err(unbuilt("Claviger has no AWS CloudHSM key stores. Use an Origin of EXTERNAL_KEY_STORE.".to_owned()))
        }
    }
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
        former: Vec::new(),
        known_since: None,
    }
}
