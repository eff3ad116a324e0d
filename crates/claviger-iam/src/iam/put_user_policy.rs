//! PutUserPolicy: writes an inline policy of a user.

use claviger_model::iam::PutUserPolicyRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::inline;

pub(crate) struct PutUserPolicy;

impl Act for PutUserPolicy {
    const NAME: &'static str = "PutUserPolicy";
    const ACTION: &'static str = "iam:PutUserPolicy";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = PutUserPolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        inline::put(cx, user, input.policy_name, input.policy_document)
    }
}
