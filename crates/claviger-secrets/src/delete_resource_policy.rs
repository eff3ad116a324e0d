//! DeleteResourcePolicy: removes a secret's policy. A secret without one is no error.

use claviger_model::secretsmanager::{DeleteResourcePolicyRequest, DeleteResourcePolicyResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::on_secret::{Accepts, SecretOperation};
use super::replicas;

pub(crate) struct DeleteResourcePolicy;

impl SecretOperation for DeleteResourcePolicy {
    const ACTION: &'static str = "secretsmanager:DeleteResourcePolicy";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = DeleteResourcePolicyRequest;
    type Output = DeleteResourcePolicyResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(_input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        if record.policy.take().is_some() {
            record.bound.clear();
            replicas::save_changed(cx, &mut record)?;
        }
        Ok(DeleteResourcePolicyResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
