//! PutSecretValue: a new version of a secret's value.

use claviger_model::secretsmanager::{PutSecretValueRequest, PutSecretValueResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named, Prepared};
use super::value::{self, Value};
use super::write::Write;
use super::{replicas, stages, versions};

pub(crate) struct PutSecretValue;

impl Operation for PutSecretValue {
    const NAME: &'static str = "PutSecretValue";
    type Input = PutSecretValueRequest;
    type Output = PutSecretValueResponse;
    type Target = Prepared<Write>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Prepared<Write>, Error> {
        let token = versions::require_token(input.client_request_token.as_deref())?;
        if !value::given(input.secret_string.as_ref(), input.secret_binary.as_ref())? {
            let text = "You must provide either SecretString or SecretBinary.";
            return Err(Error::new("InvalidRequestException", text));
        }
        let named = Named::find(cx, &input.secret_id)?;
        let plan = plan(&named, token, cx);
        Ok(Prepared { named, plan })
    }

    fn permissions(
        _input: &Self::Input,
        target: &Prepared<Write>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let mut permissions = vec![target.named.permission("secretsmanager:PutSecretValue", cx)];
        if let (Ok(write), Ok(record)) = (&target.plan, target.named.record()) {
            permissions.extend(write.permissions(cx, record)?);
        }
        Ok(permissions)
    }

    fn run(
        input: Self::Input,
        target: Authorized<Prepared<Write>>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let Prepared { named, plan } = target.into_inner();
        let mut record = named.into_record()?;
        let write = plan?;
        let token = input.client_request_token.unwrap_or_default();
        let labels = input.version_stages.unwrap_or_else(|| vec![stages::CURRENT.to_owned()]);
        if let Some(value) = Value::take(input.secret_string, input.secret_binary)
            && write.perform(cx, &mut record, &value, &labels)?
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

fn plan(named: &Named, token: &str, cx: &Cx<'_, '_>) -> Result<Write, Error> {
    let record = named.record()?;
    lookup::require_writable(record)?;
    Write::plan(cx, record, record.kms_key_id.as_deref(), token)
}
