//! GetCallerIdentity: who the caller is. It needs no permission, and no policy can deny it.

use claviger_model::sts::{GetCallerIdentityRequest, GetCallerIdentityResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

pub(crate) struct GetCallerIdentity;

impl Operation for GetCallerIdentity {
    const NAME: &'static str = "GetCallerIdentity";
    type Input = GetCallerIdentityRequest;
    type Output = GetCallerIdentityResponse;
    type Target = ();

    fn resolve(_input: &Self::Input, _cx: &Cx<'_, '_>) -> Result<(), Error> {
        Ok(())
    }

    fn permissions(_input: &Self::Input, _target: &(), _cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(Vec::new())
    }

    fn run(_: Self::Input, _target: Authorized<()>, cx: &mut Cx<'_, '_>) -> Result<GetCallerIdentityResponse, Error> {
        Ok(GetCallerIdentityResponse {
            user_id: Some(cx.caller.user_id()),
            account: Some(cx.caller.account.to_string()),
            arn: Some(cx.caller.arn(cx.partition())),
        })
    }
}
