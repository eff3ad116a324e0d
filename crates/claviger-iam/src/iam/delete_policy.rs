//! DeletePolicy: deletes a managed policy that is not attached and has no version but the default one.

use claviger_model::iam::DeletePolicyRequest;
use claviger_store::tables::iam_table::{self, PolicyRecord};
use claviger_store::tables::policy_version_table::policy_versions;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::{announce, entities, policies};

pub(crate) struct DeletePolicy;

impl ResourceOperation for DeletePolicy {
    const ACTION: &'static str = "iam:DeletePolicy";
    const READ_ONLY: bool = false;
    type Resource = PolicyRecord;
    type Input = DeletePolicyRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(_input: Self::Input, policy: PolicyRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let arn = policies::arn(cx, &policy);
        if !iam_table::policy_uses(cx.tx, &policy.account, &arn, None, 1)?.is_empty() {
            return Err(entities::conflict("Cannot delete a policy attached to entities."));
        }
        let versions = policy_versions(cx.tx, &policy.account, &policy.id)?;
        if versions.len() > 1 {
            return Err(entities::conflict(MORE_VERSIONS));
        }
        for version in &versions {
            policies::delete_version(cx, version)?;
        }
        iam_table::delete_policy(cx.tx, &policy.account, &policy.name)?;
        announce::policy(cx, &policy.name)
    }
}

const MORE_VERSIONS: &str = "This policy has more than one version. Before you delete a policy, you must delete the \
                             policy's versions. The default version is deleted with the policy.";
