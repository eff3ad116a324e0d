//! CancelRotateSecret: turns rotation off. The settings and the labels of versions stay.

use claviger_model::secretsmanager::{CancelRotateSecretRequest, CancelRotateSecretResponse};
use claviger_store::tables::rotation_table;
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::on_secret::{Accepts, SecretOperation};
use super::replicas;
use super::rotation::{self, outcome};

pub(crate) struct CancelRotateSecret;

impl SecretOperation for CancelRotateSecret {
    const ACTION: &'static str = "secretsmanager:CancelRotateSecret";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = CancelRotateSecretRequest;
    type Output = CancelRotateSecretResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(_input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let is_on = record.rotation.as_mut().filter(|settings| settings.enabled);
        if let Some(settings) = is_on {
            settings.enabled = false;
            let stored = rotation_table::rotation(cx.tx, &record.arn.account, &record.arn.name)?;
            if let Some(run) = stored.and_then(|rotation| rotation.run) {
                outcome::replace(cx, &mut record, &run)?;
            }
            rotation_table::delete_rotation(cx.tx, &record.arn.account, &record.arn.name)?;
            replicas::save_changed(cx, &mut record)?;
        }
        // The caller needs the id to remove the label of a version that is not complete.
        let version_id = rotation::unfinished(&record).map(|version| version.id.clone());
        Ok(CancelRotateSecretResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name), version_id })
    }
}
