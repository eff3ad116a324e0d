//! GetResourcePolicy: the policy as it was given, with unique ids in place of deleted principals. Absent if there is none.

use claviger_model::secretsmanager::{GetResourcePolicyRequest, GetResourcePolicyResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::binding;
use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::on_secret::{Accepts, SecretOperation};

pub(crate) struct GetResourcePolicy;

impl SecretOperation for GetResourcePolicy {
    const ACTION: &'static str = "secretsmanager:GetResourcePolicy";
    const READ_ONLY: bool = true;
    const ACCEPTS: Accepts = Accepts::NotDeleted;
    type Input = GetResourcePolicyRequest;
    type Output = GetResourcePolicyResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(_input: Self::Input, record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let policy = record.policy.as_ref().map(|text| binding::shown(cx, text, &record.bound)).transpose()?;
        Ok(GetResourcePolicyResponse {
            arn: Some(record.arn.to_string()),
            name: Some(record.arn.name),
            resource_policy: policy,
        })
    }
}
