//! RemoveRoleFromInstanceProfile.

use claviger_model::iam::{RemoveRoleFromInstanceProfileRequest, error};
use claviger_store::tables::iam_table::RoleRecord;
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use crate::iam::entities::{self, Entity};
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct RemoveRoleFromInstanceProfile;

impl ResourceOperation for RemoveRoleFromInstanceProfile {
    const ACTION: &'static str = "iam:RemoveRoleFromInstanceProfile";
    const READ_ONLY: bool = false;
    type Resource = InstanceProfileRecord;
    type Input = RemoveRoleFromInstanceProfileRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.instance_profile_name)
    }

    fn run(input: Self::Input, mut profile: InstanceProfileRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let role: RoleRecord = entities::existing(cx, &input.role_name)?;
        role.require_modifiable()?;
        if profile.role.as_ref() != Some(&role.identity.name) {
            let (role, profile) = (role.identity.name, profile.identity.name);
            let text = format!("Role {role} is not in instance profile {profile}.");
            return Err(Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text));
        }
        profile.role = None;
        profile.save(cx)
    }
}
