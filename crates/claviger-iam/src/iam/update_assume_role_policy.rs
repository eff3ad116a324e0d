//! UpdateAssumeRolePolicy: changes who may assume a role.

use claviger_model::iam::UpdateAssumeRolePolicyRequest;
use claviger_store::tables::iam::RoleRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::documents;
use super::entities::Entity;

pub(crate) struct UpdateAssumeRolePolicy;

impl Act for UpdateAssumeRolePolicy {
    const NAME: &'static str = "UpdateAssumeRolePolicy";
    const ACTION: &'static str = "iam:UpdateAssumeRolePolicy";
    const ACCESS: Access = Access::Write;
    type Subject = RoleRecord;
    type Input = UpdateAssumeRolePolicyRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn act(input: Self::Input, mut role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        role.bound = documents::check_trust(cx, &input.policy_document)?;
        role.trust = input.policy_document;
        role.save(cx)
    }
}
