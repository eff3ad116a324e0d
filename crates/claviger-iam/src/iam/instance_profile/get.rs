//! GetInstanceProfile.

use claviger_model::iam::{GetInstanceProfileRequest, GetInstanceProfileResponse};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use crate::iam::on_resource::ResourceOperation;
use crate::iam::wire::{self, Detail};

pub(crate) struct GetInstanceProfile;

impl ResourceOperation for GetInstanceProfile {
    const ACTION: &'static str = "iam:GetInstanceProfile";
    const READ_ONLY: bool = true;
    type Resource = InstanceProfileRecord;
    type Input = GetInstanceProfileRequest;
    type Output = GetInstanceProfileResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.instance_profile_name)
    }

    fn run(_: Self::Input, profile: InstanceProfileRecord, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(GetInstanceProfileResponse { instance_profile: wire::instance_profile(cx, &profile, Detail::Full)? })
    }
}
