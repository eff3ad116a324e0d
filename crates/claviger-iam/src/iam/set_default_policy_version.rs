//! SetDefaultPolicyVersion: chooses which version of a managed policy is in force.

use claviger_model::iam::SetDefaultPolicyVersionRequest;
use claviger_store::tables::iam::PolicyRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::policies;

pub(crate) struct SetDefaultPolicyVersion;

impl Act for SetDefaultPolicyVersion {
    const NAME: &'static str = "SetDefaultPolicyVersion";
    const ACTION: &'static str = "iam:SetDefaultPolicyVersion";
    const ACCESS: Access = Access::Write;
    type Subject = PolicyRecord;
    type Input = SetDefaultPolicyVersionRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn act(input: Self::Input, mut policy: PolicyRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let version = policies::own_version(cx, &policy, &input.policy_arn, &input.version_id)?;
        policy.set_default(&version);
        policy.updated = cx.now;
        policies::save(cx, &policy)
    }
}
