//! RemoveUserFromGroup: ends a user's membership of a group. It succeeds too if the user is no member, as on AWS.

use claviger_model::iam::RemoveUserFromGroupRequest;
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::{self, Entity};
use super::on_resource::ResourceOperation;

pub(crate) struct RemoveUserFromGroup;

impl ResourceOperation for RemoveUserFromGroup {
    const ACTION: &'static str = "iam:RemoveUserFromGroup";
    const READ_ONLY: bool = false;
    type Resource = GroupRecord;
    type Input = RemoveUserFromGroupRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.group_name)
    }

    fn run(input: Self::Input, group: GroupRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let mut user: UserRecord = entities::existing(cx, &input.user_name)?;
        let before = user.groups.len();
        user.groups.retain(|id| *id != group.identity.id);
        if user.groups.len() == before { Ok(()) } else { user.save(cx) }
    }
}
