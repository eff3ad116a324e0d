//! AttachUserPolicy: gives a user a managed policy.

use claviger_model::iam::AttachUserPolicyRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::attached;

pub(crate) struct AttachUserPolicy;

impl Act for AttachUserPolicy {
    const NAME: &'static str = "AttachUserPolicy";
    const ACTION: &'static str = "iam:AttachUserPolicy";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = AttachUserPolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PolicyARN", input.policy_arn.as_str())
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        attached::attach(cx, user, &input.policy_arn)
    }
}
