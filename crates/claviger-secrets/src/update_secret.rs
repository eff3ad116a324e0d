//! UpdateSecret: changes a secret's description, key, type or value. Members that are not given stay.

use claviger_model::secretsmanager::{UpdateSecretRequest, UpdateSecretResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved, TargetError};
use claviger_core::permission::RequiredPermission;

use super::lookup::{self, Named};
use super::value::{self, Value};
use super::value_key::{self, ValueKey};
use super::write::Write;
use super::{rekey, replicas, stages, vault, versions};

pub(crate) struct UpdateSecret;

/// The secret, the new key and the new value.
#[derive(Debug)]
pub(crate) struct Plan {
    record: SecretRecord,
    /// The key that the request sets.
    key: Option<ValueKey>,
    /// The value that it gives.
    write: Option<Write>,
}

impl Operation for UpdateSecret {
    const ACTION: &'static str = "secretsmanager:UpdateSecret";
    const READ_ONLY: bool = false;
    type Input = UpdateSecretRequest;
    type Output = UpdateSecretResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        let token = match value::given(input.secret_string.as_ref(), input.secret_binary.as_ref())? {
            true => Some(versions::require_token(input.client_request_token.as_deref())?),
            false => None,
        };
        let named = Named::find(cx, &input.secret_id)?;
        let permission = named.permission(Self::ACTION, cx);
        let plan = plan(input, named, token, cx);
        let key = plan.as_ref().ok().and_then(Resolved::target).and_then(|plan| plan.key.as_ref());
        Ok(Resolved::then(vec![with_conditions(permission, input, key, cx)], plan))
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (record, rest) = plan.map(|plan| (plan.record, (plan.key, plan.write))).split();
        let (key, write) = rest.split();
        let (mut record, key, write) = (record.into_inner(), key.transpose(), write.transpose());
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
            changed |= Write::perform(write, cx, &mut record, value, &[stages::CURRENT.to_owned()])?;
        }
        // The value is handled first: a version that is compared must still be under the key that the lookup found.
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

fn plan(
    input: &UpdateSecretRequest,
    named: Named,
    token: Option<&str>,
    cx: &Cx<'_, '_>,
) -> Result<Resolved<Plan>, TargetError> {
    let record = named.into_record()?;
    lookup::require_writable(&record)?;
    // An empty key id means the default key; an absent one, the present key.
    let key_name = input.kms_key_id.as_deref().or(record.kms_key_id.as_deref()).filter(|id| !id.is_empty());
    let key = match input.kms_key_id {
        Some(_) => value_key::for_writing(cx, &record.arn, key_name, &[(value_key::STORE, vault::PROBE)])?.map(Some),
        None => Resolved::open(None),
    };
    let write = match token {
        Some(token) => Write::plan(cx, &record, key_name, token)?.map(Some),
        None => Resolved::open(None),
    };
    Ok(key.join(write).map(|(key, write)| Plan { record, key, write }))
}

fn with_conditions(
    permission: RequiredPermission,
    input: &UpdateSecretRequest,
    key: Option<&ValueKey>,
    cx: &Cx<'_, '_>,
) -> RequiredPermission {
    let key_arn = input.kms_key_id.as_deref().and_then(|name| value_key::condition_arn(cx, name, key));
    permission
        .with_opt("secretsmanager:Description", input.description.as_deref())
        .with_opt("secretsmanager:KmsKeyId", input.kms_key_id.as_deref().filter(|id| !id.is_empty()))
        .with_opt("secretsmanager:KmsKeyArn", key_arn)
        .with_opt("secretsmanager:Type", input.r#type.as_deref())
}

/// Tries the new key and moves the versions in use under it. A default key that no version needs is not made.
fn change_key(cx: &mut RunCx<'_, '_>, record: &mut SecretRecord, key: Authorized<ValueKey>) -> Result<(), Error> {
    if key.is_to_be_made() && !rekey::is_needed(record, None) {
        return Ok(());
    }
    let key = ValueKey::ready(key, cx)?;
    key.probe(cx, &record.arn)?;
    rekey::versions_in_use(cx, record, &key)
}
