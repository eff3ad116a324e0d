//! DeleteGroup: deletes a group that has neither members nor policies.

use claviger_model::iam::DeleteGroupRequest;
use claviger_store::tables::group_table::{self, GroupRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::{self, Entity};
use super::on_resource::ResourceOperation;

pub(crate) struct DeleteGroup;

impl ResourceOperation for DeleteGroup {
    const ACTION: &'static str = "iam:DeleteGroup";
    const READ_ONLY: bool = false;
    type Resource = GroupRecord;
    type Input = DeleteGroupRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.group_name)
    }

    fn run(_input: Self::Input, group: GroupRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        if !group_table::members(cx.tx, cx.account(), &group.identity.id, None, 1)?.is_empty() {
            return Err(entities::conflict(entities::STILL_MEMBERS));
        }
        entities::require_bare(&group)?;
        group.remove(cx)
    }
}
