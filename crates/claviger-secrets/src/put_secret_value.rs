//! PutSecretValue: a new version of a secret's value.

use claviger_model::secretsmanager::{PutSecretValueRequest, PutSecretValueResponse, error};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved, TargetError};

use super::lookup::{self, Named};
use super::value::{self, Value};
use super::write::Write;
use super::{replicas, rotation, stages, versions};

pub(crate) struct PutSecretValue;

impl Operation for PutSecretValue {
    const ACTION: &'static str = "secretsmanager:PutSecretValue";
    const READ_ONLY: bool = false;
    type Input = PutSecretValueRequest;
    type Output = PutSecretValueResponse;
    type Target = (SecretRecord, Write);

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        let token = versions::require_token(input.client_request_token.as_deref())?;
        if !value::given(input.secret_string.as_ref(), input.secret_binary.as_ref())? {
            let text = "You must provide either SecretString or SecretBinary.";
            return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text));
        }
        let named = Named::find(cx, &input.secret_id)?;
        let permission = named.permission(Self::ACTION, cx);
        Ok(Resolved::then(vec![permission], plan(named, token, cx)))
    }

    fn run(
        input: Self::Input,
        target: Authorized<(SecretRecord, Write)>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let (record, write) = target.split();
        let mut record = record.into_inner();
        if let Some(rotation_token) = &input.rotation_token {
            rotation::require_token(cx, &record, rotation_token.expose())?;
        }
        let token = input.client_request_token.unwrap_or_default();
        let labels = input.version_stages.unwrap_or_else(|| vec![stages::CURRENT.to_owned()]);
        if let Some(value) = Value::take(input.secret_string, input.secret_binary)
            && Write::perform(write, cx, &mut record, &value, &labels)?
        {
            replicas::save_written(cx, &mut record)?;
        }
        Ok(PutSecretValueResponse {
            arn: Some(record.arn.to_string()),
            version_stages: record.version(&token).map(|v| v.stages.clone()).filter(|stages| !stages.is_empty()),
            name: Some(record.arn.name),
            version_id: Some(token),
        })
    }
}

fn plan(named: Named, token: &str, cx: &Cx<'_, '_>) -> Result<Resolved<(SecretRecord, Write)>, TargetError> {
    let record = named.into_record()?;
    lookup::require_writable(&record)?;
    let write = Write::plan(cx, &record, record.kms_key_id.as_deref(), token)?;
    Ok(write.map(|write| (record, write)))
}
