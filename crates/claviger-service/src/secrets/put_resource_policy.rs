//! PutResourcePolicy: replaces a secret's policy, here and on its replicas.

use claviger_model::secretsmanager::{PutResourcePolicyRequest, PutResourcePolicyResponse};

use crate::authorize::{Authorized, Demand};
use crate::error::Error;
use crate::operation::{Cx, Operation};

use super::lookup::{self, Named};
use super::{policy, replicas};

pub(crate) struct PutResourcePolicy;

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    type Input = PutResourcePolicyRequest;
    type Output = PutResourcePolicyResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn demands(input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<Demand>, Error> {
        let block_public = input.block_public_policy.unwrap_or(false);
        let demand = secret.demand("secretsmanager:PutResourcePolicy", cx);
        Ok(vec![demand.with("secretsmanager:BlockPublicPolicy", block_public.to_string())])
    }

    fn run(input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_writable(&record)?;
        record.bound = policy::check(cx, &input.resource_policy, input.block_public_policy.unwrap_or(false))?;
        record.policy = Some(input.resource_policy);
        replicas::save_changed(cx, &mut record)?;
        Ok(PutResourcePolicyResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name) })
    }
}
