//! CreateGroup: a group without members or policies.

use claviger_model::iam::{CreateGroupRequest, CreateGroupResponse};
use claviger_store::tables::group_table::GroupRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::access;
use super::entities::{self, Creation, Entity};
use super::wire;

pub(crate) struct CreateGroup;

impl Operation for CreateGroup {
    const ACTION: &'static str = "iam:CreateGroup";
    const READ_ONLY: bool = false;
    type Input = CreateGroupRequest;
    type Output = CreateGroupResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let arn = entities::arn_of::<GroupRecord>(cx, input.path.as_deref().unwrap_or("/"), &input.group_name);
        Ok(Resolved::found(RequiredPermission::new(Self::ACTION, arn, cx.account(), ResourcePolicy::Identity), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<CreateGroupResponse, Error> {
        let creation = Creation { name: &input.group_name, path: input.path.as_deref(), tags: &[], boundary: None };
        let group = GroupRecord { identity: creation.identity::<GroupRecord>(cx)? };
        group.save(cx)?;
        Ok(CreateGroupResponse { group: wire::group(cx, &group) })
    }
}
