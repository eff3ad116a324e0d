//! DeleteUserPolicy: deletes an inline policy of a user.

use claviger_model::iam::DeleteUserPolicyRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;

pub(crate) struct DeleteUserPolicy;

impl Act for DeleteUserPolicy {
    const NAME: &'static str = "DeleteUserPolicy";
    const ACTION: &'static str = "iam:DeleteUserPolicy";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = DeleteUserPolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        inline::delete(cx, user, &input.policy_name)
    }
}
