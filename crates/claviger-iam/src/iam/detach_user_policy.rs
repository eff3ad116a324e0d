//! DetachUserPolicy: takes a managed policy away from a user.

use claviger_model::iam::DetachUserPolicyRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::attached;

pub(crate) struct DetachUserPolicy;

impl Act for DetachUserPolicy {
    const NAME: &'static str = "DetachUserPolicy";
    const ACTION: &'static str = "iam:DetachUserPolicy";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = DetachUserPolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PolicyARN", input.policy_arn.as_str())
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        attached::detach(cx, user, &input.policy_arn)
    }
}
