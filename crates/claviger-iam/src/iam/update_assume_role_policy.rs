//! UpdateAssumeRolePolicy: changes who may assume a role.

use claviger_model::iam::UpdateAssumeRolePolicyRequest;
use claviger_store::tables::iam_table::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::documents;
use super::entities::Entity;
use super::on_resource::ResourceOperation;

pub(crate) struct UpdateAssumeRolePolicy;

impl ResourceOperation for UpdateAssumeRolePolicy {
    const ACTION: &'static str = "iam:UpdateAssumeRolePolicy";
    const READ_ONLY: bool = false;
    type Resource = RoleRecord;
    type Input = UpdateAssumeRolePolicyRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(input: Self::Input, mut role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        role.require_modifiable()?;
        role.bound = documents::check_trust(cx, &input.policy_document)?;
        role.trust = input.policy_document.into();
        role.save(cx)
    }
}
