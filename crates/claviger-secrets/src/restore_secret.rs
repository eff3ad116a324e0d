//! RestoreSecret: calls a scheduled deletion off. The secret keeps its ARN.

use claviger_model::secretsmanager::{RestoreSecretRequest, RestoreSecretResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::replicas;

pub(crate) struct RestoreSecret;

impl Operation for RestoreSecret {
    const NAME: &'static str = "RestoreSecret";
    type Input = RestoreSecretRequest;
    type Output = RestoreSecretResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(_input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![secret.permission("secretsmanager:RestoreSecret", cx)])
    }

    fn run(_input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_primary(&record)?;
        // On a secret that is not scheduled for deletion there is nothing to do.
        if record.deletion.take().is_some() {
            replicas::save_changed(cx, &mut record)?;
        }
        Ok(RestoreSecretResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
