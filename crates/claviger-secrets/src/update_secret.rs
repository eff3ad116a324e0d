//! UpdateSecret: changes a secret's description, key, type or value; what is not given stays.

use claviger_model::secretsmanager::{UpdateSecretRequest, UpdateSecretResponse};
use claviger_store::tables::secrets::SecretRecord;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named, Prepared};
use super::value::{self, Value};
use super::vault::{self, VaultKey};
use super::write::Write;
use super::{rekey, replicas, stages, versions};

pub(crate) struct UpdateSecret;

/// What is to be done with keys and values.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The key that the request sets.
    key: Option<VaultKey>,
    /// The value that it gives.
    write: Option<Write>,
}

impl Operation for UpdateSecret {
    const NAME: &'static str = "UpdateSecret";
    type Input = UpdateSecretRequest;
    type Output = UpdateSecretResponse;
    type Target = Prepared<Plan>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Prepared<Plan>, Error> {
        let token = match value::given(input.secret_string.as_ref(), input.secret_binary.as_ref())? {
            true => Some(versions::require_token(input.client_request_token.as_deref())?),
            false => None,
        };
        let named = Named::find(cx, &input.secret_id)?;
        let plan = plan(input, &named, token, cx);
        Ok(Prepared { named, plan })
    }

    fn permissions(
        input: &Self::Input,
        target: &Prepared<Plan>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let key = target.plan.as_ref().ok().and_then(|plan| plan.key.as_ref());
        let mut permissions = vec![update_permission(input, &target.named, key, cx)];
        if let (Ok(plan), Ok(record)) = (&target.plan, target.named.record()) {
            if let Some(key) = &plan.key {
                permissions.extend(key.permissions(cx, &vault::STORE, &record.arn, vault::PROBE)?);
            }
            if let Some(write) = &plan.write {
                permissions.extend(write.permissions(cx, record)?);
            }
        }
        Ok(permissions)
    }

    fn run(input: Self::Input, target: Authorized<Prepared<Plan>>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let Prepared { named, plan } = target.into_inner();
        let mut record = named.into_record()?;
        let Plan { key, write } = plan?;
        let mut changed = input.description.is_some() || input.r#type.is_some() || key.is_some();
        if let Some(description) = input.description {
            record.description = Some(description).filter(|text| !text.is_empty());
        }
        if let Some(kind) = input.r#type {
            record.kind = Some(kind).filter(|kind| !kind.is_empty());
        }
        let value = Value::take(input.secret_string, input.secret_binary);
        let written = value.is_some() || key.is_some();
        let version_id = input.client_request_token.filter(|_| value.is_some());
        if let (Some(write), Some(value)) = (write, &value) {
            changed |= write.perform(cx, &mut record, value, &[stages::CURRENT.to_owned()])?;
        }
        // The value is dealt with first: a version that is compared must still be under the key that it was found under.
        if let Some(key) = key {
            record.kms_key_id = input.kms_key_id.filter(|id| !id.is_empty());
            change_key(cx, &mut record, key)?;
        }
        if changed {
            record.last_changed = cx.now;
            match written {
                true => replicas::save_written(cx, &mut record)?,
                false => replicas::save_changed(cx, &mut record)?,
            }
        }
        Ok(UpdateSecretResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name), version_id })
    }
}

fn plan(input: &UpdateSecretRequest, named: &Named, token: Option<&str>, cx: &Cx<'_, '_>) -> Result<Plan, Error> {
    let record = named.record()?;
    lookup::require_writable(record)?;
    // An empty key id asks for the default key; none, for the present one.
    let key_name = input.kms_key_id.as_deref().or(record.kms_key_id.as_deref()).filter(|id| !id.is_empty());
    let key = match input.kms_key_id {
        Some(_) => Some(VaultKey::find(cx, &record.arn.account, key_name)?),
        None => None,
    };
    let write = token.map(|token| Write::plan(cx, record, key_name, token)).transpose()?;
    Ok(Plan { key, write })
}

fn update_permission(
    input: &UpdateSecretRequest,
    named: &Named,
    key: Option<&VaultKey>,
    cx: &Cx<'_, '_>,
) -> RequiredPermission {
    let key_arn = key.and_then(VaultKey::found).map(|key| key.arn.to_string());
    named
        .permission("secretsmanager:UpdateSecret", cx)
        .with_opt("secretsmanager:Description", input.description.as_deref())
        .with_opt("secretsmanager:KmsKeyId", input.kms_key_id.as_deref().filter(|id| !id.is_empty()))
        .with_opt("secretsmanager:KmsKeyArn", key_arn)
        .with_opt("secretsmanager:Type", input.r#type.as_deref())
}

/// Tries the new key and moves the versions in use under it. A default key that nothing is under yet stays unmade.
fn change_key(cx: &mut Cx<'_, '_>, record: &mut SecretRecord, key: VaultKey) -> Result<(), Error> {
    if matches!(key, VaultKey::Default(None)) && !rekey::is_needed(record, None) {
        return Ok(());
    }
    let key = key.ready(cx, &record.arn.account)?;
    key.probe(cx, &record.arn)?;
    rekey::versions_in_use(cx, record, &key)
}
