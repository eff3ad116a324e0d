//! DeletePolicyVersion: deletes a version of a managed policy, but never the one in force.

use claviger_model::iam::DeletePolicyVersionRequest;
use claviger_store::tables::iam_table::PolicyRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::{entities, policies};

pub(crate) struct DeletePolicyVersion;

impl ResourceOperation for DeletePolicyVersion {
    const ACTION: &'static str = "iam:DeletePolicyVersion";
    const READ_ONLY: bool = false;
    type Resource = PolicyRecord;
    type Input = DeletePolicyVersionRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(input: Self::Input, policy: PolicyRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let version = policies::own_version(cx, &policy, &input.policy_arn, &input.version_id)?;
        if version.number == policy.default_version {
            return Err(entities::conflict("Cannot delete the default version of a policy."));
        }
        policies::delete_version(cx, &version)
    }
}
