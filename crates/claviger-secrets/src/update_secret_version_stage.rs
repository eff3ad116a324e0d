//! UpdateSecretVersionStage: moves, attaches or detaches one staging label.

use claviger_model::secretsmanager::{UpdateSecretVersionStageRequest, UpdateSecretVersionStageResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::{replicas, stages};

pub(crate) struct UpdateSecretVersionStage;

impl Operation for UpdateSecretVersionStage {
    const NAME: &'static str = "UpdateSecretVersionStage";
    type Input = UpdateSecretVersionStageRequest;
    type Output = UpdateSecretVersionStageResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let permission = secret.permission("secretsmanager:UpdateSecretVersionStage", cx);
        Ok(vec![permission.with("secretsmanager:VersionStage", input.version_stage.as_str())])
    }

    fn run(input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_writable(&record)?;
        let (from, to) = (input.remove_from_version_id.as_deref(), input.move_to_version_id.as_deref());
        stages::update(&mut record.versions, &input.version_stage, from, to)?;
        record.last_changed = cx.now;
        replicas::save_written(cx, &mut record)?;
        Ok(UpdateSecretVersionStageResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
