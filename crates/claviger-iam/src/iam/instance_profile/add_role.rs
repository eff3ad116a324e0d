//! AddRoleToInstanceProfile: gives an instance profile its role. The caller needs `iam:PassRole` on the role too.

use claviger_model::iam::AddRoleToInstanceProfileRequest;
use claviger_store::tables::iam_table::RoleRecord;
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use crate::iam::documents;
use crate::iam::entities::{self, Entity};
use crate::iam::on_resource::{Found, IamResource, ResourceOperation};

pub(crate) struct AddRoleToInstanceProfile;

impl ResourceOperation for AddRoleToInstanceProfile {
    const ACTION: &'static str = "iam:AddRoleToInstanceProfile";
    const READ_ONLY: bool = false;
    type Resource = InstanceProfileRecord;
    type Input = AddRoleToInstanceProfileRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.instance_profile_name)
    }

    fn more_permissions(
        input: &Self::Input,
        _found: &Found<InstanceProfileRecord>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let role = RoleRecord::find(cx, &input.role_name)?;
        Ok(vec![role.permission("iam:PassRole", cx).with("iam:PassedToService", "ec2.amazonaws.com")])
    }

    fn run(input: Self::Input, mut profile: InstanceProfileRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let role: RoleRecord = entities::existing(cx, &input.role_name)?;
        role.require_modifiable()?;
        if profile.role.is_some() {
            return Err(documents::quota("InstanceSessionsPerInstanceProfile", 1));
        }
        profile.role = Some(role.identity.name);
        profile.save(cx)
    }
}
