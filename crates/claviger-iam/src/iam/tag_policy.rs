//! TagPolicy: adds tags to a managed policy, or changes their values.

use claviger_model::iam::TagPolicyRequest;
use claviger_store::tables::iam::PolicyRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::{policies, tags};

pub(crate) struct TagPolicy;

impl Act for TagPolicy {
    const NAME: &'static str = "TagPolicy";
    const ACTION: &'static str = "iam:TagPolicy";
    const ACCESS: Access = Access::Write;
    type Subject = PolicyRecord;
    type Input = TagPolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        tags::with_request_tags(permission, &input.tags)
    }

    fn act(input: Self::Input, mut policy: PolicyRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::merge(&mut policy.tags, &input.tags, "Policy")?;
        policies::save(cx, &policy)
    }
}
