//! GetCallerIdentity: the caller's identity. It needs no permission, and no policy can deny it.

use claviger_model::sts::{GetCallerIdentityRequest, GetCallerIdentityResponse};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

pub(crate) struct GetCallerIdentity;

impl Operation for GetCallerIdentity {
    const ACTION: &'static str = "sts:GetCallerIdentity";
    const READ_ONLY: bool = true;
    type Input = GetCallerIdentityRequest;
    type Output = GetCallerIdentityResponse;
    type Target = ();

    fn resolve(_input: &Self::Input, _cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        Ok(Resolved::open(()))
    }

    fn run(
        _: Self::Input,
        _target: Authorized<()>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<GetCallerIdentityResponse, Error> {
        Ok(GetCallerIdentityResponse {
            user_id: Some(cx.caller.user_id()),
            account: Some(cx.caller.account.to_string()),
            arn: Some(cx.caller.arn(cx.partition())),
        })
    }
}
