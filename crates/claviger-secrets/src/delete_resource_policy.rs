//! DeleteResourcePolicy: takes a secret's policy away. To take away none is no error.

use claviger_model::secretsmanager::{DeleteResourcePolicyRequest, DeleteResourcePolicyResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::replicas;

pub(crate) struct DeleteResourcePolicy;

impl Operation for DeleteResourcePolicy {
    const NAME: &'static str = "DeleteResourcePolicy";
    type Input = DeleteResourcePolicyRequest;
    type Output = DeleteResourcePolicyResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(_input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![secret.permission("secretsmanager:DeleteResourcePolicy", cx)])
    }

    fn run(_input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_writable(&record)?;
        if record.policy.take().is_some() {
            record.bound.clear();
            replicas::save_changed(cx, &mut record)?;
        }
        Ok(DeleteResourcePolicyResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
