//! DeleteInstanceProfile: deletes an instance profile that has no role.

use claviger_model::iam::DeleteInstanceProfileRequest;
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use crate::iam::entities::{self, Entity};
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct DeleteInstanceProfile;

impl ResourceOperation for DeleteInstanceProfile {
    const ACTION: &'static str = "iam:DeleteInstanceProfile";
    const READ_ONLY: bool = false;
    type Resource = InstanceProfileRecord;
    type Input = DeleteInstanceProfileRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.instance_profile_name)
    }

    fn run(_: Self::Input, profile: InstanceProfileRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        if profile.role.is_some() {
            return Err(entities::conflict(entities::STILL_IN_PROFILE));
        }
        profile.remove(cx)
    }
}
