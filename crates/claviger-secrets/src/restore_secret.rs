//! RestoreSecret: cancels a scheduled deletion. The secret keeps its ARN.

use claviger_model::secretsmanager::{RestoreSecretRequest, RestoreSecretResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::on_secret::{Accepts, SecretOperation};
use super::{replicas, rotation};

pub(crate) struct RestoreSecret;

impl SecretOperation for RestoreSecret {
    const ACTION: &'static str = "secretsmanager:RestoreSecret";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Primary;
    type Input = RestoreSecretRequest;
    type Output = RestoreSecretResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(_input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        // On a secret that is not scheduled for deletion there is nothing to do.
        if record.deletion.take().is_some() {
            let now = cx.now;
            rotation::claim::wake(cx.tx, &record, now)?;
            replicas::save_changed(cx, &mut record)?;
        }
        Ok(RestoreSecretResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
