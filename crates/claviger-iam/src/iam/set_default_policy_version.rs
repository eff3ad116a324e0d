//! SetDefaultPolicyVersion: chooses which version of a managed policy is in force.

use claviger_model::iam::SetDefaultPolicyVersionRequest;
use claviger_store::tables::iam_table::PolicyRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::policies;

pub(crate) struct SetDefaultPolicyVersion;

impl ResourceOperation for SetDefaultPolicyVersion {
    const ACTION: &'static str = "iam:SetDefaultPolicyVersion";
    const READ_ONLY: bool = false;
    type Resource = PolicyRecord;
    type Input = SetDefaultPolicyVersionRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(input: Self::Input, mut policy: PolicyRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let version = policies::own_version(cx, &policy, &input.policy_arn, &input.version_id)?;
        policy.set_default(&version);
        policy.updated = cx.now;
        policies::save(cx, &policy)
    }
}
