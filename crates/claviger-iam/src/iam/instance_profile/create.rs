//! CreateInstanceProfile: an instance profile without a role.

use claviger_model::iam::{CreateInstanceProfileRequest, CreateInstanceProfileResponse};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use crate::iam::access;
use crate::iam::entities::{Creation, Entity};
use crate::iam::wire::{self, Detail};

pub(crate) struct CreateInstanceProfile;

impl Operation for CreateInstanceProfile {
    const ACTION: &'static str = "iam:CreateInstanceProfile";
    const READ_ONLY: bool = false;
    type Input = CreateInstanceProfileRequest;
    type Output = CreateInstanceProfileResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permissions =
            creation(input).permissions::<InstanceProfileRecord>(cx, Self::ACTION, "iam:TagInstanceProfile");
        Ok(Resolved::new(permissions, Ok(())))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let identity = creation(&input).identity::<InstanceProfileRecord>(cx)?;
        let profile = InstanceProfileRecord { identity, role: None };
        profile.save(cx)?;
        Ok(CreateInstanceProfileResponse { instance_profile: wire::instance_profile(cx, &profile, Detail::Full)? })
    }
}

fn creation(input: &CreateInstanceProfileRequest) -> Creation<'_> {
    Creation {
        name: &input.instance_profile_name,
        path: input.path.as_deref(),
        tags: input.tags.as_deref().unwrap_or_default(),
        boundary: None,
    }
}
