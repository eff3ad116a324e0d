//! UpdateSecretVersionStage: moves, attaches or detaches one staging label.

use claviger_model::secretsmanager::{UpdateSecretVersionStageRequest, UpdateSecretVersionStageResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::on_secret::{Accepts, SecretOperation};
use super::{replicas, stages};

pub(crate) struct UpdateSecretVersionStage;

impl SecretOperation for UpdateSecretVersionStage {
    const ACTION: &'static str = "secretsmanager:UpdateSecretVersionStage";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = UpdateSecretVersionStageRequest;
    type Output = UpdateSecretVersionStageResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> Result<RequiredPermission, Error> {
        Ok(permission.with("secretsmanager:VersionStage", input.version_stage.as_str()))
    }

    fn run(input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (from, to) = (input.remove_from_version_id.as_deref(), input.move_to_version_id.as_deref());
        stages::update(&mut record.versions, &input.version_stage, from, to)?;
        record.last_changed = cx.now;
        replicas::save_written(cx, &mut record)?;
        Ok(UpdateSecretVersionStageResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
