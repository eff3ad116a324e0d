//! DescribeSecret: everything of a secret but its values. Works on one that is scheduled for deletion, too.

use claviger_model::secretsmanager::{DescribeSecretRequest, DescribeSecretResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::describe;
use super::lookup::Named;

pub(crate) struct DescribeSecret;

impl Operation for DescribeSecret {
    const NAME: &'static str = "DescribeSecret";
    type Input = DescribeSecretRequest;
    type Output = DescribeSecretResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(_input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![secret.permission("secretsmanager:DescribeSecret", cx)])
    }

    fn run(_input: Self::Input, secret: Authorized<Named>, _cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(describe::description(secret.record()?))
    }
}
