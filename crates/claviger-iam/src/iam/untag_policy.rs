//! UntagPolicy: takes tags away from a managed policy.

use claviger_model::iam::UntagPolicyRequest;
use claviger_store::tables::iam::PolicyRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::{policies, tags};

pub(crate) struct UntagPolicy;

impl Act for UntagPolicy {
    const NAME: &'static str = "UntagPolicy";
    const ACTION: &'static str = "iam:UntagPolicy";
    const ACCESS: Access = Access::Write;
    type Subject = PolicyRecord;
    type Input = UntagPolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        tags::with_keys(permission, input.tag_keys.clone())
    }

    fn act(input: Self::Input, mut policy: PolicyRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::remove(&mut policy.tags, &input.tag_keys);
        policies::save(cx, &policy)
    }
}
