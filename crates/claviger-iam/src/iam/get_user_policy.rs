//! GetUserPolicy: an inline policy of a user.

use claviger_model::iam::{GetUserPolicyRequest, GetUserPolicyResponse};
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;

pub(crate) struct GetUserPolicy;

impl Act for GetUserPolicy {
    const NAME: &'static str = "GetUserPolicy";
    const ACTION: &'static str = "iam:GetUserPolicy";
    const ACCESS: Access = Access::Read;
    type Subject = UserRecord;
    type Input = GetUserPolicyRequest;
    type Output = GetUserPolicyResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(input: Self::Input, user: UserRecord, _cx: &mut Cx<'_, '_>) -> Result<GetUserPolicyResponse, Error> {
        Ok(GetUserPolicyResponse {
            policy_document: inline::document(&user, &input.policy_name)?,
            user_name: user.identity.name,
            policy_name: input.policy_name,
        })
    }
}
