//! GetPolicyVersion: one version of a managed policy, with its document.

use claviger_model::iam::{GetPolicyVersionRequest, GetPolicyVersionResponse};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::policies::{self, Managed};
use super::wire;

pub(crate) struct GetPolicyVersion;

impl ResourceOperation for GetPolicyVersion {
    const ACTION: &'static str = "iam:GetPolicyVersion";
    const READ_ONLY: bool = true;
    type Resource = Managed;
    type Input = GetPolicyVersionRequest;
    type Output = GetPolicyVersionResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(input: Self::Input, policy: Managed, _cx: &mut Cx<'_, '_>) -> Result<GetPolicyVersionResponse, Error> {
        let versions = policy.versions();
        let number = policies::version_number(&versions, &input.policy_arn, &input.version_id)?;
        let version = versions.iter().find(|v| v.number == number);
        let shown = version.map(|version| wire::version(version, policy.default_version(), true));
        Ok(GetPolicyVersionResponse { policy_version: shown })
    }
}
